"""Articles that were read and embedded, on their way into an index.

They come from files, from a library on disk, or from shards (`index.shards`); how they are written
is up to the index.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.document import CorpusError
from index.encoder import Encoder, FloatMatrix
from index.entries import ArticleFiles, Entry, find_files, read_entry, read_new
from index.incoming import Candidate, as_given, collect, stage
from index.parts import PartError
from index.snapshot import LibraryError, StaleIndexError, read_manifest
from index.updating import describe_misfit
from index.vectors import read_vectors


@dataclass(frozen=True, slots=True)
class EmbeddedArticle:
    """An article that was read, with the vectors of its passages in their order."""

    entry: Entry
    vectors: FloatMatrix


class EmbeddedArticles(Protocol):
    """Articles that were read and embedded, to be gone through more than once."""

    @property
    def passages(self) -> int:
        """How many passages all of them have."""

    @property
    def terms(self) -> int:
        """How many terms all of these hold, repetitions counted."""

    def __len__(self) -> int:
        """How many articles."""

    def __iter__(self) -> Iterator[EmbeddedArticle]:
        """Read one after the other."""


class ArticleList:
    """A few embedded articles in memory."""

    def __init__(self, articles: Sequence[EmbeddedArticle]) -> None:
        self._articles = articles
        self.passages = sum(article.entry.passages for article in articles)
        self.terms = sum(count_terms_of(article.entry) for article in articles)

    def __len__(self) -> int:
        return len(self._articles)

    def __iter__(self) -> Iterator[EmbeddedArticle]:
        return iter(self._articles)


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as it was read from its files.

    Attributes:
        files: their names and hashes.
        content: the files themselves, by their names in the article folder.
        entry: what was read.
    """

    files: ArticleFiles
    content: Mapping[str, bytes]
    entry: Entry


def read_candidate(
    candidate: Candidate, read: Callable[[ArticleFiles], Entry] = read_new
) -> ReadArticle:
    """Read and split an article that is in no library.

    Args:
        candidate: the article.
        read: reads it from its files.

    Raises:
        CorpusError: it cannot be read.
        OSError: the folder for temporary files cannot be written.
    """
    content = collect(candidate)
    with tempfile.TemporaryDirectory(prefix="sic-") as name:
        staged = stage(candidate, content, Path(name))
        try:
            files = find_files(staged)
            return ReadArticle(files, content, read(files))
        except CorpusError as error:
            raise CorpusError(as_given(str(error), staged, candidate)) from error


def embed(entry: Entry, encoder: Encoder) -> EmbeddedArticle:
    """Embed the passages of an article."""
    texts = [passage.sentence for passage in entry.unpack_passages()]
    return EmbeddedArticle(entry, encoder.encode(texts))


def count_terms_of(entry: Entry) -> int:
    """Return how many terms the passages of an article hold, repetitions counted."""
    return int(entry.term_counts.counts.sum())


class LibraryArticles:
    """The articles of a library on disk, as they are in its index.

    Args:
        folder: the library.
        encoder: the model that its index must have been made with.

    Raises:
        LibraryError: there is no index, or it was made otherwise.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        try:
            manifest = read_manifest(folder)
            reason = describe_misfit(manifest, encoder)
        except StaleIndexError as error:
            reason = str(error)
        if reason:
            raise LibraryError(
                f"the index in {folder} cannot be copied: {reason}; "
                f"run: python -m index build --library {folder}"
            )
        self._folder = folder
        self._manifest = manifest
        self._dimension = encoder.dimension
        self.passages = manifest.facts.passages
        self.terms = sum(count_terms_of(self._entry(name)) for name in manifest.articles)

    def __len__(self) -> int:
        return len(self._manifest.articles)

    def __iter__(self) -> Iterator[EmbeddedArticle]:
        for name, record in self._manifest.articles.items():
            shape = (record.passages, self._dimension)
            try:
                vectors = read_vectors(self._folder, record.vectors, shape)
            except PartError as error:
                raise self._damaged(error) from error
            yield EmbeddedArticle(self._entry(name), vectors)

    def _entry(self, name: str) -> Entry:
        try:
            return read_entry(self._folder, self._manifest.articles[name].key)
        except PartError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: PartError) -> LibraryError:
        return LibraryError(
            f"the index in {self._folder} is damaged ({error}); "
            f"run: python -m index build --library {self._folder}"
        )
