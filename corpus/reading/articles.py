"""Article folders: `article.toml` beside the source file as it came.

Owns what may be wrong with them; the reading of the text itself is one module a format.
"""

import hashlib
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from corpus.document import Author, CorpusError, Document, Licence, Metadata
from corpus.reading.encoding import decode

ARTICLE_FILE = "article.toml"
MAX_BYTES = 20_000_000
"""A larger "article" is refused: the longest reviews have under one million characters."""


class Reader(Protocol):
    """Reads one format."""

    def __call__(
        self, content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
    ) -> Document:
        """Read a file's bytes; without ``metadata`` the document says itself what it is."""
        ...


READERS = {
    ".txt": "plain_text.read_plain_text",
    ".xml": "jats.read_jats",
    ".nxml": "jats.read_jats",
    ".pdf": "pdf.read_pdf",
    ".html": "html_page.read_html_page",
    ".htm": "html_page.read_html_page",
    ".xhtml": "html_page.read_html_page",
    ".md": "markdown.read_markdown",
    ".markdown": "markdown.read_markdown",
}
"""Module and function by the ending of the file's name, in lower case. A module is imported when
its format is read: together they take longer to import than an indexed library to open."""


def load_corpus(folder: Path) -> list[Document]:
    """Read every article folder below ``folder``, in order of their ids.

    Raises:
        CorpusError: there is no article, or one cannot be read.
    """
    folders = sorted(path.parent for path in folder.glob(f"*/{ARTICLE_FILE}"))
    if not folders:
        raise CorpusError(f"{folder} holds no article: expected NAME/{ARTICLE_FILE}")
    return [read_article(path) for path in folders]


def read_article(folder: Path) -> Document:
    """Read one article folder; its name becomes the document's id.

    Raises:
        CorpusError: a file is missing, cannot be read, or differs from the hash in `article.toml`.
    """
    facts = _read_toml(folder / ARTICLE_FILE)
    path = _source_of(facts, folder)
    reader = reader_of(path)
    content = read_bytes(path)
    digest = hashlib.sha256(content).hexdigest()
    expected = _table(facts, "source", folder).get("sha256")
    if expected is not None and expected != digest:
        raise CorpusError(
            f"{path} has sha256 {digest}, but {ARTICLE_FILE} says {expected}: the file was "
            "changed; restore it, or write the new hash after checking the change"
        )
    # A file says itself what it is; `article.toml` may say it in its place.
    said = facts.keys() - {"source"}
    known = _metadata(facts, folder) if said else None
    return reader(content, path, document_id=folder.name, metadata=known)


def find_source(folder: Path) -> Path:
    """Return the source file that the `article.toml` of a folder names, whether it is there or not.

    Raises:
        CorpusError: `article.toml` cannot be read, or names a file in another folder.
    """
    return _source_of(_read_toml(folder / ARTICLE_FILE), folder)


def _source_of(facts: dict[str, Any], folder: Path) -> Path:
    path = folder / str(_table(facts, "source", folder).get("file", "source.txt"))
    if path.parent != folder:
        raise CorpusError(f"{folder / ARTICLE_FILE}: source.file must name a file in this folder")
    return path


def read_document(path: Path, *, metadata: Metadata | None = None) -> Document:
    """Read an article folder or a single file.

    Args:
        path: a folder with `article.toml`, or a file with an ending of `READERS`.
        metadata: of a single file; None takes what the file itself says.

    Raises:
        CorpusError: the path does not exist, is of an unknown format, or cannot be read.
    """
    if path.is_dir():
        return read_article(path)
    reader = reader_of(path)
    return reader(read_bytes(path), path, document_id=path.stem, metadata=metadata)


def reader_of(path: Path) -> Reader:
    """Return the reader of a file by its ending.

    Raises:
        CorpusError: there is none.
    """
    name = READERS.get(path.suffix.lower())
    if name is None:
        raise CorpusError(
            f"{path}: no reader for {path.suffix or 'files without an ending'!r}; "
            f"use {', '.join(READERS)}"
        )
    module, _, function = name.partition(".")
    return cast(Reader, getattr(import_module(f"corpus.reading.{module}"), function))


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        CorpusError: it is missing, cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CorpusError(f"{path} has {size} bytes; at most {MAX_BYTES} are read")
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(decode(read_bytes(path), path))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{path} is not valid TOML: {error}") from error


def _table(facts: dict[str, Any], name: str, folder: Path) -> dict[str, Any]:
    table = facts.get(name, {})
    if not isinstance(table, dict):
        raise CorpusError(f"{folder / ARTICLE_FILE}: [{name}] must be a table")
    return table


def _metadata(facts: dict[str, Any], folder: Path) -> Metadata:
    title = facts.get("title")
    if not isinstance(title, str) or not title.strip():
        raise CorpusError(f'{folder / ARTICLE_FILE}: a title is needed, as in title = "…"')
    year = facts.get("year")
    if year is not None and not isinstance(year, int):
        raise CorpusError(f"{folder / ARTICLE_FILE}: year must be a number, got {year!r}")
    licence = _table(facts, "licence", folder)
    fields = ("affiliation", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid")
    plain = {name: str(facts.get(name, "")) for name in fields}
    return Metadata(
        title=title,
        authors=tuple(_author(entry, folder) for entry in facts.get("authors", ())),
        year=year,
        language=str(facts.get("language", "en")),
        licence=_licence(licence) if licence else None,
        **plain,
    )


def _author(entry: object, folder: Path) -> Author:
    if not isinstance(entry, dict) or not entry.get("family"):
        raise CorpusError(
            f'{folder / ARTICLE_FILE}: an author is {{ family = "…", given = "…" }}, got {entry!r}'
        )
    return Author(str(entry["family"]), str(entry.get("given", "")))


def _licence(table: dict[str, Any]) -> Licence:
    return Licence(*(str(table.get(name, "")) for name in ("id", "name", "url", "attribution")))
