"""What kind of file something is, by its content."""

from pathlib import Path

import pytest

from corpus.document import CorpusError
from corpus.reading import READERS
from corpus.reading.content_type import find_ending
from tests.conftest import REVIEW_FOLDER

JATS = (
    b'<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.0//EN" "JATS.dtd">\n<article><front/></article>'
)
SAMPLES = Path(__file__).with_name("jats")


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("review.pdf", b"%PDF-1.7\n", ".pdf"),
        ("review.txt", b"%PDF-1.7\n", ".pdf"),
        ("review", b"\r\nHTTP line\r\n%PDF-1.4\n", ".pdf"),
        ("a.nxml", JATS, ".nxml"),
        ("a.html", JATS, ".xml"),
        ("a.txt", b'<?xml version="1.0"?>\n<!-- made by hand -->\n<article/>', ".xml"),
        ("a.xml", b"<article><front/></article>", ".xml"),
        ("a.xml", b"<!DOCTYPE html>\n<html><body>x</body></html>", ".html"),
        ("a.htm", b"\xef\xbb\xbf\n<!-- saved --><HTML lang='en'>", ".htm"),
        ("a.xhtml", b'<?xml version="1.0"?><html xmlns="x"/>', ".xhtml"),
        ("a.txt", b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html/>', ".html"),
        ("a.html", b"<p>A page that was cut out.</p>", ".html"),
        ("a.md", b"<div>\n# Milk\n", ".md"),
        ("a.MD", b"# Milk\n", ".md"),
        ("a.txt", b"Milk and cells\n", ".txt"),
        ("a.markdown", b"", ".markdown"),
        ("a.txt", b"<5 mg were given\n", ".txt"),
    ],
)
def test_content_decides_how_a_file_is_read(name: str, content: bytes, ending: str) -> None:
    assert find_ending(content, Path(name)) == ending
    assert ending in READERS


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"PK\x03\x04word", "a.pdf is a ZIP archive (a Word document"),
        ("a.txt", b"\x7fELF\x02", "a.txt is a program by its content"),
        ("a.md", b"\x89PNG\r\n", "a.md is an image by its content"),
        ("a.html", b"{\\rtf1 x}", "a.html is an RTF document by its content"),
        ("a.pdf", b"Milk and cells", "a.pdf is no PDF by its content; a text needs the ending"),
        ("a.xml", b"Milk and cells", "a.xml is no XML by its content"),
        ("a.docx", b"Milk", "a.docx: no reader for '.docx'; use PDF, XML, HTML, or a text"),
        ("a", b"Milk", "a: no reader for 'files without an ending'"),
    ],
)
def test_what_is_no_article_is_refused_with_what_it_is(
    name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(CorpusError) as error:
        find_ending(content, Path(name))
    assert str(error.value).startswith(reason)


def test_real_articles_keep_their_ending() -> None:
    files = [REVIEW_FOLDER / "source.txt", *sorted(SAMPLES.glob("*.nxml"))]
    assert len(files) > 5
    assert [find_ending(f.read_bytes(), f) for f in files] == [f.suffix for f in files]


@pytest.mark.parametrize("head", [b"<!--" * 1000, b"<?" * 2000, b"<!doctype x" + b" [" * 2000])
@pytest.mark.timeout(5)
def test_a_head_that_never_ends_takes_no_time(head: bytes) -> None:
    find_ending(head * 3, Path("a.txt"))
