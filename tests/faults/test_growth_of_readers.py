"""Each reader takes four times the time for four times the text, whatever it is that is repeated.

Files of 20 MB are taken, so that what grows with the square of a file's size is a hang.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from corpus.document import CorpusError
from corpus.passages import split_passages
from corpus.reading.articles import reader_of
from tests.corpus.printing import opened
from tests.faults.growing import growth_of

LIMIT = 8.0
"""Between 4 and 16 (quadratic)."""
LARGE = 40_000
"""Bytes; what is quadratic takes seconds for so many, and what is not a fraction of one."""
BEES = "Bees of the north"
ENTRY = "1. Moss I. Bees and their flora. Apidologie 2011; 4: 1-9."
TEXT = f"{BEES}\n\nIntroduction\n\nBees eat pollen (1).\n\n", f"\n\nReferences\n\n{ENTRY}\n"
MARKDOWN = f"# {BEES}\n\nBees eat pollen [1].\n\n", f"\n\n## References\n\n{ENTRY}\n"
HTML = (
    f"<!DOCTYPE html><html><head><title>{BEES}</title></head><body><article><h1>{BEES}</h1>"
    '<p>Bees eat pollen <a href="#r1">[1]</a>.</p>',
    f'<h2>References</h2><ol><li id="r1">{ENTRY}</ol></article></body></html>',
)
XML = (
    f"<article><front><article-meta><title-group><article-title>{BEES}</article-title>"
    "</title-group></article-meta></front><body>",
    '</body><back><ref-list><ref id="b1"><label>1</label><mixed-citation>Moss I. Bees. Apidologie '
    "2011; 4: 1-9.</mixed-citation></ref></ref-list></back></article>",
)
FILES = {".txt": TEXT, ".md": MARKDOWN, ".html": HTML, ".xml": XML}
REPEATED = {
    ".txt": {
        "citations": "Bees eat pollen (1,1). Wax is soft (1). ",
        "paragraphs with citations": "Bees eat pollen (1).\n\n",
        "raised numbers": "Wax is soft.¹ It is 10² deep. ",
        "entries": "Moss I. Bees. Apidologie 2011; 4: 1-9.\n",
        "entries in the list": "\n\nReferences\n\n1. Moss I. Bees. Gut 2011.\n",
        "torn lines": "Bees eat pollen and bee-\n",
        "open brackets": "(Bees eat. ",
        "abbreviations": "Bees eat (BE) pollen. ",
        "abbreviations that stop nothing": "Fig. 2 e.g. bees ",
        "formulas in cells": "$\\alpha$\tx\t",
        "rows": "a\tb\n",
        "stops": "...",
        "blanks": " ",
    },
    ".md": {
        "citations": "Bees eat pollen [1]. ",
        "tables": "| A | B |\n|---|---|\n| C | D |\n\n",
        "open footnotes": "[^1",
        "footnotes": "[^a]: Moss 2011\n",
        "links": "[a](b) ",
        "brackets": "[",
        "ticks": "` ",
        "stars": "*a ",
        "rules": "***\n",
        "tags": "<b>x</b>",
    },
    ".html": {
        "citations": '<p>Bees eat <a href="#r1">[1]</a>.</p>',
        "cited without words": '<a href="#r1">1</a>, ',
        "open paragraphs": "<p>x",
        "open tags": "<a ",
        "open comments": "<!--",
        "open attributes": '<a b="',
        "cells": "<table><tr><td>x",
        "references": "&amp;&#x41;&",
        "scripts": "<script>x</script>",
        "entries": '</ol><h2>References</h2><ol><li id="x">Moss I. Bees. Gut 2011; 1: 2.',
    },
    ".xml": {
        "citations": '<p>Bees eat <xref ref-type="bibr" rid="b1">1</xref>.</p>',
        "sections": "<sec><title>Wax</title><p>It is soft.</p></sec>",
        "tables": "<table-wrap><table><tr><td>A</td></tr></table></table-wrap>",
        "entities": "<p>&amp;&#65;</p>",
        "comments": "<!-- x -->",
    },
}
CASES = [(suffix, name) for suffix, repeated in REPEATED.items() for name in repeated]


def read(content: bytes, suffix: str) -> Callable[[], object]:
    """Return the call that reads a file and splits it, or has it refused."""
    path = Path(f"bees{suffix}")

    def call() -> object:
        try:
            return split_passages(reader_of(path)(content, path, document_id="bees"))
        except CorpusError as error:
            return error

    return call


@pytest.mark.parametrize(("suffix", "name"), CASES, ids=lambda value: value.strip("."))
def test_time_grows_with_the_file(suffix: str, name: str) -> None:
    repeated = REPEATED[suffix][name]

    def sized(size: int) -> Callable[[], object]:
        before, behind = FILES[suffix]
        return read(f"{before}{repeated * (size // len(repeated))}{behind}".encode(), suffix)

    assert growth_of(sized, size=LARGE, limit=LIMIT) is None


def test_time_grows_with_the_citations_of_a_text() -> None:
    """The more of them there are, the longer each takes, if all are looked at for each."""

    def sized(size: int) -> Callable[[], object]:
        items = "- (1)\n" * (size // 6)
        return read(f"{TEXT[0]}{items}{TEXT[1]}".encode(), ".txt")

    assert growth_of(sized, size=2 * LARGE, limit=LIMIT) is None


@cache
def printed(pages: int) -> bytes:
    printer = opened()
    for _ in range(pages):
        printer.lines(*["Bees eat pollen (1,2) and the wax of the hive and pollen-"] * 20)
        printer.page()
    return printer.save()


def test_time_grows_with_the_pages() -> None:
    assert growth_of(lambda pages: read(printed(pages), ".pdf"), size=16, limit=LIMIT) is None


def test_prolog_of_an_xml_file_is_read_once() -> None:
    def sized(size: int) -> Callable[[], object]:
        return read(f"<?xml version='1.0'?>{'<!-- -->' * (size // 8)}<article/>".encode(), ".xml")

    assert growth_of(sized, size=LARGE, limit=LIMIT) is None


def test_declarations_of_an_xml_file_are_read_once() -> None:
    def sized(size: int) -> Callable[[], object]:
        declared = "<!ENTITY " * (size // 9)
        return read(f"<!DOCTYPE a [{declared} NDATA x>]><a/>".encode(), ".xml")

    assert growth_of(sized, size=LARGE, limit=LIMIT) is None
