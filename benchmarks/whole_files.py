"""Real articles as files of every format, whole and in part: what `benchmarks.fuzz_files` changes.

The shipped review and the articles of the tests, which are JATS XML. The formats that they do not
come in are written from what was read. A part is a few blocks, or pages, with all that is cited.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pypdfium2

from benchmarks.formats import ARTICLE, PLAIN, WRITERS
from benchmarks.mutating import laid_bare
from benchmarks.questions import sample_articles
from corpus.document import BlockKind, Document
from corpus.reading import read_article
from corpus.reading.articles import read_document

ENDINGS = (".xml", ".pdf", ".html", ".md", ".txt")
WRITTEN = ("1471-2180-11-174", "1472-6831-8-11", "ehp-116-1694")
"""Articles of the tests that the writers of other formats can write."""
PART = 24
"""Blocks of the body in a part of an article."""
PAGES = 2
_KEPT = (BlockKind.TITLE, BlockKind.FRONT_MATTER, BlockKind.HEADING, BlockKind.REFERENCE)


def whole_files() -> dict[str, list[bytes]]:
    """Return the files by the ending of their names."""
    originals = [path.read_bytes() for path in sample_articles()]
    articles = [read_document(path) for path in sample_articles() if path.stem in WRITTEN]
    documents = [read_article(ARTICLE), *articles]
    parts = [part for document in documents for part in split(document)]
    files = {f".{name}": [WRITERS[name](part) for part in parts] for name in ("md", "html", "xml")}
    files[".xml"] += originals
    files[f".{PLAIN}"] = [(ARTICLE / "source.txt").read_bytes(), *map(as_text, parts)]
    printed = [pages for document in documents for pages in split_pages(WRITERS["pdf"](document))]
    files[".pdf"] = [*printed, *map(laid_bare, printed)]
    return {ending: files[ending] for ending in ENDINGS}


def split(document: Document) -> Iterator[Document]:
    """Yield an article and parts of it, each with its head, its headings and its references."""
    yield document
    body = [block for block in document.blocks if block.kind not in _KEPT]
    for start in range(0, len(body), PART):
        held = set(body[start : start + PART])
        blocks = tuple(block for block in document.blocks if block.kind in _KEPT or block in held)
        yield replace(document, blocks=blocks)


def split_pages(content: bytes) -> Iterator[bytes]:
    """Yield a PDF and each few pages of it."""
    yield content
    whole = pypdfium2.PdfDocument(content)
    for first in range(0, len(whole), PAGES):
        part, out = pypdfium2.PdfDocument.new(), BytesIO()
        part.import_pages(whole, list(range(first, min(first + PAGES, len(whole)))))
        part.save(out)
        yield out.getvalue()


def as_text(document: Document) -> bytes:
    """Write the blocks of an article as plain text, its entries under a heading and numbered."""
    lines: list[str] = []
    number = 0
    for block in document.blocks:
        is_entry = block.kind is BlockKind.REFERENCE
        number += is_entry
        if number == 1 and is_entry and lines[-1] != "References":
            lines.append("References")
        lines.append(f"{f'{number}. ' if is_entry else ''}{document.slice(block.span)}")
    return ("\n\n".join(lines) + "\n").encode()
