"""Files that are no readable PDF are refused with the file's name, the reason and what to do."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from corpus.document import CorpusError
from corpus.reading import articles, pdf_pages, read_document
from corpus.reading.pdf import read_pdf
from tests.corpus.printing import TITLE, Printer, filled, opened


def printed() -> bytes:
    printer = opened()
    filled(printer)
    return printer.save()


def zipped() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("bees.txt", "Bees.")
    return out.getvalue()


def scanned() -> bytes:
    printer = Printer()
    printer.canvas.rect(50, 50, 200, 200, fill=1)
    printer.page()
    printer.canvas.rect(50, 50, 200, 200, fill=1)
    return printer.save()


def encrypted() -> bytes:
    printer = Printer(encrypt="secret")
    filled(printer)
    return printer.save()


def without_pages() -> bytes:
    out = BytesIO()
    pdf = pypdfium2.PdfDocument.new()
    pdf.save(out)
    return out.getvalue()


def garbled() -> bytes:
    return b"%PDF-1.7\n" + bytes(range(128, 256)) * 20 + b"\n%%EOF\n"


@pytest.mark.parametrize(
    ("make", "reason", "remedy"),
    [
        (lambda: b"", "is empty (0 bytes)", "fetch or save the file again"),
        (zipped, "is not a PDF (a zip archive)", "give the article's PDF"),
        (lambda: b"<html>Bees</html>", "is not a PDF (it begins with b'<html>Be')", "give the"),
        (lambda: printed()[:-200], "is not whole: it stops after", "fetch or copy the file again"),
        (garbled, "cannot be read as a PDF: it is damaged", "fetch or copy it again"),
        (encrypted, "is encrypted and needs a password", "save a copy without one"),
        (without_pages, "or has no pages", "fetch or copy it again"),
        (scanned, "holds no text, its 2 pages are pictures", "run text recognition (OCR)"),
    ],
    ids=["empty", "zip", "html", "truncated", "garbled", "encrypted", "no-pages", "scan"],
)
def test_unreadable_file_is_refused_with_reason_and_remedy(
    make: Callable[[], bytes], reason: str, remedy: str, tmp_path: Path
) -> None:
    path = tmp_path / "bees.pdf"
    path.write_bytes(make())

    with pytest.raises(CorpusError) as caught:
        read_document(path)

    message = str(caught.value)
    assert message.startswith(str(path))
    assert reason in message
    assert remedy in message


def test_every_cut_of_a_file_is_refused_without_another_error() -> None:
    content = printed()
    for cut in range(0, len(content) - 8, 997):
        with pytest.raises(CorpusError, match=r"^bees\.pdf "):
            read_pdf(content[:cut], Path("bees.pdf"), document_id="bees")


@pytest.mark.parametrize("place", range(0, 20_000, 1733))
def test_damage_inside_a_file_raises_no_other_error(place: int) -> None:
    content = bytearray(printed())
    content[place : place + 300] = bytes(300)
    try:
        outcome = str(read_pdf(bytes(content), Path("bees.pdf"), document_id="bees").id)
    except CorpusError as error:
        outcome = str(error)
    assert outcome.startswith("bees")


def test_file_that_only_forbids_copying_is_read() -> None:
    lock = StandardEncryption("", ownerPassword="owner", canCopy=0)
    printer = Printer(encrypt=lock)
    printer.title()
    filled(printer)

    assert printer.read().metadata.title == TITLE


def test_more_pages_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_PAGES", 2)
    printer = opened()
    for _ in range(3):
        filled(printer)
        printer.page()

    with pytest.raises(CorpusError, match=r"bees\.pdf has 3 pages, at most 2 are read; cut out"):
        printer.read()


def test_larger_file_than_the_limit_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(articles, "MAX_BYTES", 100)
    path = tmp_path / "bees.pdf"
    path.write_bytes(printed())

    with pytest.raises(CorpusError, match=r"bees\.pdf has \d+ bytes; at most 100 are read"):
        read_document(path)


def test_fonts_that_do_not_say_what_they_draw_are_refused() -> None:
    content = printed()
    with pytest.raises(CorpusError, match=r"characters cannot be read.*\(OCR\)"):
        read_pdf(with_private_characters(), Path("bees.pdf"), document_id="bees")
    assert read_pdf(content, Path("bees.pdf"), document_id="bees").blocks


def with_private_characters() -> bytes:
    """Print a page in characters that stand for nothing."""
    printer = opened()
    pdfmetrics.registerFont(TTFont("Symbols", str(symbols_font())))
    printer.line("\ue000\ue001\ue002\ue003" * 40, face="Symbols")
    return printer.save()


def symbols_font() -> Path:
    """A font with glyphs in the private area."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "STIXNonUni.ttf"
