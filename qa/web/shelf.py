"""What one visitor asks: the library, the visitor's own articles beside it, a choice among both.

An article that is uploaded is read in a process of its own, by what its content is and not by its
name. It vanishes with the session, unless it is kept: then the library has it, for everybody.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from corpus.document import CorpusError, Document
from corpus.reading.articles import ARTICLE_FILE, read_bytes
from corpus.reading.content_type import find_ending
from index.entries import find_files
from index.reading_process import Limits, ReadingProcess
from index.snapshot import LibraryError
from index.store import add_articles, remove_articles
from qa.article_naming import Described, short_name
from qa.web.opening import Answerer, Opening

MAX_UPLOADS = 20
"""So many articles of one's own at a time; a department's hundreds belong into the library."""
UPLOAD_LIMITS = Limits(seconds=60, patience=300)
"""The longest reviews are read in a few seconds."""


class ShelfError(Exception):
    """What was asked of the shelf cannot be done; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An article of the visitor's own.

    Attributes:
        document: as read; its id is made from the file's name.
        suffix: ending under which its content is read, with the dot.
        content: the file's bytes, for keeping it.
    """

    document: Document
    suffix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: the article's title, or why it was refused."""

    name: str
    title: str = ""
    reason: str = ""


class Shelf:
    """The articles that one session may ask.

    Args:
        opening: the library that all sessions share.
        folder: where that library is; None where nothing can be kept in it or removed from it.
    """

    def __init__(self, opening: Opening, folder: Path | None = None) -> None:
        self._opening = opening
        self._folder = folder
        self._uploads: dict[str, Upload] = {}
        self._chosen: frozenset[str] = frozenset()
        self._made: tuple[Answerer, tuple[str, ...], Answerer] | None = None
        self._lock = Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> "Shelf":
        """Give each session a shelf of its own: Gradio copies the first value of a state."""
        return Shelf(self._opening, self._folder)

    @property
    def can_keep(self) -> bool:
        """Tell whether articles can be kept in the library and removed from it."""
        return self._folder is not None

    @property
    def uploads(self) -> tuple[Document, ...]:
        """The visitor's own articles, in the order in which they came."""
        return tuple(upload.document for upload in self._uploads.values())

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the articles that are asked, () for all, in the order of the shelf."""
        if not self._chosen:
            return ()
        documents = self.assistant().library.documents
        return tuple(name for name in documents if name in self._chosen)

    def choose(self, ids: Iterable[str]) -> None:
        """Ask some articles alone; () asks all."""
        self._chosen = frozenset(ids)

    def assistant(self) -> Answerer:
        """Return who answers: over the library as it is now, and the visitor's own articles.

        Raises:
            OpeningError: the library cannot be opened.
        """
        base = self._opening.wait()
        names = tuple(name for name in self._uploads if name not in base.library.documents)
        if not names:
            return base
        with self._lock:
            made = self._made
            if made is None or made[0] is not base or names[: len(made[1])] != made[1]:
                made = (base, (), base)
            if names != made[1]:
                more = [self._uploads[name].document for name in names[len(made[1]) :]]
                made = (base, names, made[2].with_documents(more))
            self._made = made
            return made[2]

    def add(self, files: Sequence[Path]) -> list[Outcome]:
        """Read files; each is taken or refused by itself.

        Raises:
            OpeningError: the library cannot be opened.
        """
        with ReadingProcess(UPLOAD_LIMITS) as reading:
            return [self._add(path, reading) for path in files]

    def _add(self, path: Path, reading: ReadingProcess) -> Outcome:
        name = _make_id(path.stem)
        try:
            if len(self._uploads) >= MAX_UPLOADS:
                raise ShelfError(f"there are {MAX_UPLOADS} articles of yours; remove one first")
            if name in self.assistant().library.documents:
                raise ShelfError(f"there is an article {name} already; rename the file")
            upload = read_upload(path, name, reading)
        except (CorpusError, ShelfError, OSError) as error:
            return Outcome(path.name, reason=_without_folder(str(error), path))
        self._uploads[name] = upload
        title = upload.document.metadata.title
        try:
            self.assistant()
        except LibraryError as error:  # a library on a cluster, or too large for that
            del self._uploads[name]
            return Outcome(path.name, reason=str(error))
        return Outcome(path.name, title=title)

    def keep(self, name: str) -> None:
        """Add an article of the visitor's own to the library.

        Raises:
            OpeningError: the library cannot be opened.
            ShelfError: there is no such article, or it cannot be added.
        """
        upload = self._uploads.get(name)
        if upload is None:
            raise ShelfError(f"there is no article {name} of yours")
        folder, base = self._writable(), self._opening.wait()
        with TemporaryDirectory(prefix="sic-") as temporary:
            path = Path(temporary, f"{name}{upload.suffix}")
            path.write_bytes(upload.content)
            try:
                report = add_articles(folder, [path], encoder=base.library.encoder)
            except (CorpusError, LibraryError, OSError) as error:
                raise ShelfError(f"{name} cannot be kept: {error}") from error
        if report.refused:
            raise ShelfError(f"{name} cannot be kept: {report.refused[0].reason}")
        self._uploads.pop(name, None)

    def remove(self, name: str) -> None:
        """Take an article off the shelf: one's own, or one of the library, for everybody.

        Raises:
            ShelfError: there is no such article, or it cannot be removed.
        """
        if self._uploads.pop(name, None) is None:
            try:
                remove_articles(self._writable(), [name])
            except (CorpusError, LibraryError, OSError) as error:
                raise ShelfError(f"{name} cannot be removed: {error}") from error
        self._chosen -= {name}

    def _writable(self) -> Path:
        if self._folder is None:
            raise ShelfError("the library of this server is read-only")
        return self._folder


def read_upload(path: Path, name: str, reading: ReadingProcess) -> Upload:
    """Read an uploaded file elsewhere.

    Args:
        path: of the file.
        name: the id of its document.
        reading: where it is read.

    Raises:
        CorpusError: it is no article, or cannot be read.
        OSError: the folder for temporary files cannot be written.
    """
    content = read_bytes(path)
    ending = find_ending(content, path)
    with TemporaryDirectory(prefix="sic-") as temporary:
        folder = Path(temporary, name)
        source = folder / f"{name}{ending}"
        folder.mkdir()
        source.write_bytes(content)
        facts = f'[source]\nfile = "{source.name}"\n'
        (folder / ARTICLE_FILE).write_text(facts, encoding="utf-8")
        try:
            document = reading.read_new(find_files(folder)).unpack_document()
        except CorpusError as error:
            raise CorpusError(str(error).replace(str(source), str(path))) from error
    if document.metadata.title == name:  # it has none of its own
        document = replace(document, metadata=replace(document.metadata, title=path.stem))
    return Upload(document, ending, content)


def choices(articles: Iterable[Described]) -> list[tuple[str, str]]:
    """Return what an article is called in a list, and its id."""
    return [(_label(article), article.id) for article in articles]


def _label(article: Described) -> str:
    name, title = short_name(article), article.metadata.title
    return title if name == title else f"{name}: {title}"


def _make_id(stem: str) -> str:
    """Make an id out of a file's name: letters, digits and -._ only."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._") or "article"


def _without_folder(message: str, path: Path) -> str:
    """Name the file as the visitor knows it, not where the server has put it."""
    return message.replace(f"{path.parent}/", "")
