"""What is kept of an article once it has been read, so that it need not be read again.

An entry holds the document, its passages, the counts of their terms, and what is known of it
without unpacking these. It is kept under a key made from the article's files and from the program
that read them, so that neither another article nor another reader's work is ever taken for it.
MessagePack with checked types, no pickle.
"""

import hashlib
import logging
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np

from corpus.document import CorpusError, Document
from corpus.passages import Passage, make_expander, split_passages
from corpus.reading import read_article
from corpus.reading.articles import ARTICLE_FILE, find_source
from index.lexical import TermCounts, count_terms, terms
from index.packing import pack_record, unpack_record
from index.parts import PartError, read_part, write_part
from index.profiles import (
    Lexicon,
    Profile,
    lexicon_of,
    profile_of,
)

PROGRAM = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "lxml",
    "markdown-it-py",
    "msgspec",
    "pypdfium2",
    "pyspellchecker",
    "PyStemmer",
    "PyYAML",
)
"""Whose version may change what is read or how it is kept."""
MADE_BY = ("author_names.py", "entries.py", "lexical.py", "packing.py", "profiles.py")
"""Modules of this package that decide what an entry holds."""
ENTRIES = "read"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ArticleFiles:
    """An article folder, not read yet.

    Attributes:
        id: the article's.
        folder: where its files are.
        source: its source file.
        source_sha256: hex digest of that file.
        key: name of its entry; another one where a file of it or the program changes.
    """

    id: str
    folder: Path
    source: Path
    source_sha256: str
    key: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list of articles says of one; "" or None for nothing."""

    title: str
    authors: tuple[str, ...]
    citation: str
    year: int | None
    doi: str
    references: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that was read.

    Attributes:
        id: the article's.
        profile: what it says of itself.
        definitions: abbreviation -> long form.
        passages: how many.
        passages_sha256: over their ids, texts and terms.
        texts_sha256: over the texts that are embedded.
        vocabulary, sizes, terms, counts: the `TermCounts` of those texts.
        document_record, passage_records: the document and its passages, packed.
        lexicon_record: its names and words, packed.
    """

    id: str
    profile: Profile
    definitions: dict[str, str]
    passages: int
    passages_sha256: str
    texts_sha256: str
    vocabulary: tuple[str, ...]
    sizes: bytes
    terms: bytes
    counts: bytes
    document_record: bytes
    passage_records: bytes
    lexicon_record: bytes

    @property
    def facts(self) -> Facts:
        """For a list of articles."""
        said = self.profile.metadata
        return Facts(
            title=said.title,
            authors=tuple(author.vancouver for author in said.authors),
            citation=said.citation,
            year=said.year,
            doi=said.doi,
            references=self.profile.references,
        )

    @property
    def lexicon(self) -> Lexicon:
        """Its names and words."""
        return unpack_record(self.lexicon_record, Lexicon)

    @property
    def term_counts(self) -> TermCounts:
        """How often each passage holds each term."""
        sizes, ids, counts = (
            np.frombuffer(raw, dtype=np.int32) for raw in (self.sizes, self.terms, self.counts)
        )
        return TermCounts(self.vocabulary, sizes, ids, counts)

    def unpack_document(self) -> Document:
        """Return the document as it was read."""
        return unpack_record(self.document_record, Document)

    def unpack_passages(self) -> tuple[Passage, ...]:
        """Return the passages as they were split, in text order."""
        return unpack_record(self.passage_records, tuple[Passage, ...])


def make_entry(document: Document) -> Entry:
    """Split a document and keep all that a library needs of it."""
    passages = split_passages(document)
    texts = [passage.sentence for passage in passages]
    counted = count_terms(texts)
    return Entry(
        id=document.id,
        profile=profile_of(document),
        definitions=make_expander(document).definitions,
        passages=len(passages),
        passages_sha256=hash_passages(passages),
        texts_sha256=hash_texts(texts),
        vocabulary=counted.vocabulary,
        sizes=counted.sizes.tobytes(),
        terms=counted.terms.tobytes(),
        counts=counted.counts.tobytes(),
        document_record=pack_record(document),
        passage_records=pack_record(passages),
        lexicon_record=pack_record(lexicon_of(document)),
    )


def write_entry(library: Path, key: str, entry: Entry) -> None:
    """Keep an entry.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    write_part(library / ENTRIES / key, msgspec.msgpack.encode(entry))


def read_entry(library: Path, key: str) -> Entry:
    """Return the entry that is kept under a key.

    Raises:
        PartError: it is missing or damaged.
    """
    content = read_part(library / ENTRIES / key)
    try:
        return msgspec.msgpack.decode(content, type=Entry)
    except msgspec.DecodeError as error:
        raise PartError(f"{key} is no entry ({error})") from error


def kept_entry(library: Path, key: str) -> Entry | None:
    """Return the entry that is kept under a key, None where there is no whole one."""
    try:
        return read_entry(library, key)
    except PartError:
        return None


def read_new(files: ArticleFiles) -> Entry:
    """Read and split an article from its source.

    Raises:
        CorpusError: it cannot be read, for whatever reason.
    """
    try:
        document = read_article(files.folder)
        entry = make_entry(document)
    except CorpusError:
        raise
    except Exception as error:  # one strange file must not stop the work on the others
        logger.exception("the reader failed on %s", files.source)
        raise CorpusError(
            f"{files.source} cannot be read: the reader failed on it ({type(error).__name__}: "
            f"{error}); please report it"
        ) from error
    if document.source_sha256 != files.source_sha256:
        raise CorpusError(f"{files.source} was changed while it was read; try again")
    return entry


def find_files(folder: Path) -> ArticleFiles:
    """Look up and hash the files of an article folder, without reading the article.

    Raises:
        CorpusError: a file is missing or cannot be read.
    """
    source = find_source(folder)
    try:
        facts = _sha256(folder / ARTICLE_FILE)
        content = _sha256(source)
    except OSError as error:
        raise CorpusError(f"{error.filename} cannot be read: {error.strerror}") from error
    made_from = (folder.name, facts, source.name, content, reader_sha256())
    key = hashlib.sha256("\x00".join(made_from).encode()).hexdigest()
    return ArticleFiles(folder.name, folder, source, content, key)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def reader_sha256() -> str:
    """Return a hex digest over all that decides how an article is read and split.

    It is taken over the program's own text, so that no version number can be forgotten: an entry
    made by other code is not used.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    modules = sorted((PROGRAM / "corpus").rglob("*.py"))
    modules += [PROGRAM / "index" / name for name in MADE_BY]
    for path in modules:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_texts(texts: Sequence[str]) -> str:
    """Return a hex digest over texts in their order."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)}\x00{text}".encode())
    return digest.hexdigest()


def hash_passages(passages: Sequence[Passage]) -> str:
    """Return a hex digest over the passages' ids, texts and terms.

    The terms are in it so that an index made with other rules of folding words is stale.
    """
    digest = hashlib.sha256()
    for passage in passages:
        held = " ".join(terms(passage.sentence))
        digest.update(f"{passage.id}\x00{passage.sentence}\x00{passage.context}\x00{held}".encode())
    return digest.hexdigest()
