"""Taking one article after the other into a library, and what became of each.

An article is copied, read and indexed beside the library's articles and only then moved among them.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from corpus.document import CorpusError
from corpus.reading.articles import ARTICLE_FILE
from index.encoder import Encoder
from index.entries import find_files
from index.folders import articles_folder, put_in
from index.incoming import Candidate, Refusal, as_given, collect, has_content_of, stage
from index.reading_process import ReadingProcess
from index.updating import index_article


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the paths that were to be added.

    Attributes:
        added, replaced, unchanged: ids, in the order in which they came.
        refused: the paths of which nothing was kept, and why.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]


class Adding:
    """Adds one path after the other and remembers what became of it; the lock must be held.

    Args:
        library: its folder.
        encoder: makes the vectors.
        reading: reads each article.
        overwrite: replace an article that has the same id and another content, not refuse it.
    """

    def __init__(
        self, library: Path, encoder: Encoder, reading: ReadingProcess, *, overwrite: bool
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._reading = reading
        self._overwrite = overwrite
        self._ids: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": []}
        self._refused: list[Refusal] = []
        self._came_from: dict[str, Path] = {}

    def add(self, one: Candidate | Refusal) -> tuple[str, str]:
        """Add one; returns the outcome, and the title or the reason.

        Raises:
            OSError: the library cannot be written.
        """
        try:
            if isinstance(one, Refusal):
                raise CorpusError(one.reason)
            outcome, title = self._take(one)
        except CorpusError as error:
            self._refused.append(Refusal(one.path, str(error)))
            return "refused", str(error)
        self._ids[outcome].append(one.id)
        self._came_from.setdefault(one.id, one.path)
        return outcome, title

    def report(self) -> AddReport:
        """Say what became of all of them."""
        ids = {outcome: tuple(dict.fromkeys(found)) for outcome, found in self._ids.items()}
        return AddReport(**ids, refused=tuple(self._refused))

    def _take(self, candidate: Candidate) -> tuple[str, str]:
        present = articles_folder(self._library) / candidate.id
        if not present.exists():
            return "added", self._move_in(candidate)
        if not (present / ARTICLE_FILE).is_file():
            raise CorpusError(f"{present} is in the way and is no article; move it away")
        if has_content_of(candidate, present):
            return "unchanged", "the library has exactly this"
        earlier = self._came_from.get(candidate.id)
        if earlier is not None:
            raise CorpusError(
                f"{candidate.path} would be {candidate.id}, as {earlier} is; rename one of the two"
            )
        if not self._overwrite:
            raise CorpusError(
                f"{candidate.id} is in the library already, with another content; "
                "--replace puts this one in its place"
            )
        return "replaced", self._move_in(candidate)

    def _move_in(self, candidate: Candidate) -> str:
        """Read and index a copy of a candidate, then make it an article; returns its title."""
        content = collect(candidate)
        temporary = self._library / f".adding-{uuid4().hex}"
        try:
            staged = stage(candidate, content, temporary)
            try:
                files, read = find_files(staged), self._reading.read_new
                _, entry = index_article(self._library, files, self._encoder, read=read)
            except CorpusError as error:
                raise CorpusError(as_given(str(error), staged, candidate)) from error
            put_in(self._library, staged)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return entry.facts.title
