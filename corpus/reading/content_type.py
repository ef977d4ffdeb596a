"""Which reader a file's content calls for; its name is asked only where the content cannot tell.

A PDF, an article in XML and a page are known by how they begin. Plain text and Markdown are both
text: there the ending decides.
"""

import re
from pathlib import Path

from corpus.document import CorpusError

PDF_HEAD = 1024
"""Bytes within which a PDF says that it is one; some have lines of a mail or of a server before."""
HEAD = 4096
BINARY = {
    b"PK\x03\x04": "a ZIP archive (a Word document, an e-book or a spreadsheet is one)",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"%!PS": "a PostScript document",
    b"SQLite format 3\x00": "a database",
}
"""How what is no article begins, and what it is called."""
_PROLOG = re.compile(
    r"(?:\s++|<\?[^>]{0,2000}+>|<!--(?:(?!-->).){0,2000}+-->)*+"
    r"(?:<!doctype\s++(?P<declared>[\w:-]++)[^>\[]{0,2000}+(?:\[[^\]]{0,2000}+\]\s*+)?+>)?+"
    r"(?:\s++|<\?[^>]{0,2000}+>|<!--(?:(?!-->).){0,2000}+-->)*+"
    r"(?:<(?P<root>[\w:-]++))?+",
    re.IGNORECASE | re.DOTALL,
)
_XML = ".xml", ".nxml"
_PAGE = ".html", ".htm", ".xhtml"
_TEXT = ".txt", ".md", ".markdown"


def find_ending(content: bytes, path: Path) -> str:
    """Return the ending under which a file's content is read, one of `READERS`.

    Args:
        content: the file's bytes.
        path: its name, for its ending and for error messages.

    Raises:
        CorpusError: the content is of no kind that has a reader.
    """
    if b"%PDF-" in content[:PDF_HEAD]:
        return ".pdf"
    other = next((name for head, name in BINARY.items() if content.startswith(head)), None)
    if other:
        raise CorpusError(
            f"{path} is {other} by its content; save the article as PDF, HTML or plain text"
        )
    ending = path.suffix.lower()
    return _markup_ending(content[:HEAD], ending) or _text_ending(path, ending)


def _markup_ending(head: bytes, ending: str) -> str:
    """Return the ending of the markup that a text begins with; "" where it begins with none."""
    text = head.decode("utf-8-sig", errors="replace")
    prolog = _PROLOG.match(text)
    if prolog is None:
        return ""
    declared, root = ((prolog[name] or "").lower() for name in ("declared", "root"))
    if "html" in (declared, root):
        return ending if ending in _PAGE else ".html"
    if declared or text.lstrip().lower().startswith("<?xml"):
        return ending if ending in _XML else ".xml"
    return ending if root and ending in (*_XML, *_PAGE) else ""


def _text_ending(path: Path, ending: str) -> str:
    if ending in _TEXT:
        return ending
    known = {".pdf": "PDF"} | dict.fromkeys(_XML, "XML") | dict.fromkeys(_PAGE, "page")
    if ending in known:
        raise CorpusError(
            f"{path} is no {known[ending]} by its content; a text needs the ending .txt or .md"
        )
    raise CorpusError(
        f"{path}: no reader for {ending or 'files without an ending'!r}; "
        f"use PDF, XML, HTML, or a text with the ending {', '.join(_TEXT)}"
    )
