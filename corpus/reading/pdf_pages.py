"""From the bytes of a PDF to its glyphs: each character with its place, size and weight.

Owns pypdfium2 and every reason why a file cannot be read; no error of PDFium leaves this module.
What the glyphs mean, from words to paragraphs, is left to the modules that lay them out.

Lengths are points. A page's own frame is turned until most of its text runs from left to right;
y grows upwards.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.document import CorpusError

MAX_PAGES = 400
"""A longer file is a book; the longest reviews have under 200 pages."""
MAX_UNREADABLE = 0.2
"""With a larger share of glyphs of unknown meaning, what is read is not what is printed."""
MIN_RULE = 40.0
"""A shorter line is no rule of a table."""
MAX_RULE_HEIGHT = 2.5
UNREADABLE = "\ufffd"

_PASSWORD_ERROR = 4
_HEAD_BYTES, _TAIL_BYTES = 1024, 4096
_EMPHASISED = re.compile(r"bold|black|heavy|demi|cmbx|ital|obli|cmti|[-_,](?:bd?|i|it)\b", re.I)
"""In the name of a font; the weight that a file states is often wrong."""
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "►", 0xF0B4: "×", 0xF0B1: "±", 0xF0B0: "°"}
"""Characters of symbol fonts that files leave in the private area."""
_PDFIUM = Lock()
"""PDFium is not safe to be called by two threads."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character.

    Attributes:
        text: one character, or the letters of a ligature.
        left, right: where it begins and where the next one would.
        baseline: the line that it stands on.
        size: of its font, as printed.
        is_emphasised: its font is bold or italic.
        is_parted: PDFium takes it for the first one of a word.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_emphasised: bool
    is_parted: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line of ink."""

    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class Page:
    """The glyphs of a page in the order of the file; ``turned`` is text that runs another way."""

    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    turned: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """A whole file, with the title that it gives itself."""

    pages: tuple[Page, ...]
    title: str


def read_pages(content: bytes, path: Path) -> Pages:
    """Read the glyphs of all pages.

    Args:
        content: the file's bytes.
        path: its name, for error messages.

    Raises:
        CorpusError: it is no whole PDF, is encrypted, has too many pages or none, holds no text, or
            does not say which characters its fonts draw.
    """
    _check_bytes(content, path)
    with _PDFIUM:
        pdf = _open(content, path)
        try:
            read = Pages(tuple(_pages(pdf, path)), _title(pdf))
        finally:
            pdf.close()
    _check_text(read, path)
    return read


def _check_bytes(content: bytes, path: Path) -> None:
    if not content:
        raise CorpusError(f"{path} is empty (0 bytes); fetch or save the file again")
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        what = "a zip archive" if content.startswith(b"PK") else f"it begins with {content[:8]!r}"
        raise CorpusError(
            f"{path} is not a PDF ({what}); give the article's PDF, or name the file by what it is"
        )
    if b"%%EOF" not in content[-_TAIL_BYTES:]:
        raise CorpusError(
            f"{path} is not whole: it stops after {len(content)} bytes without the end mark of a "
            "PDF; fetch or copy the file again"
        )


def _open(content: bytes, path: Path) -> pypdfium2.PdfDocument:
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        # Without this word the code is left over from an earlier file.
        if error.err_code == _PASSWORD_ERROR and b"/Encrypt" in content:
            raise CorpusError(
                f"{path} is encrypted and needs a password; save a copy without one"
            ) from error
        raise CorpusError(
            f"{path} cannot be read as a PDF: it is damaged or has no pages; fetch or copy it again"
        ) from error
    count = len(pdf)
    if count > MAX_PAGES:
        pdf.close()
        raise CorpusError(
            f"{path} has {count} pages, at most {MAX_PAGES} are read; cut out the article"
        )
    return pdf


def _check_text(read: Pages, path: Path) -> None:
    glyphs = [glyph for page in read.pages for glyph in page.glyphs if not glyph.text.isspace()]
    if not glyphs:
        raise CorpusError(
            f"{path} holds no text, its {len(read.pages)} pages are pictures (a scan?); run text "
            "recognition (OCR) on it first"
        )
    unreadable = sum(glyph.text == UNREADABLE for glyph in glyphs)
    if unreadable > MAX_UNREADABLE * len(glyphs):
        raise CorpusError(
            f"{path}: {unreadable} of {len(glyphs)} characters cannot be read, because its fonts "
            "do not say what they draw; run text recognition (OCR) on it first"
        )


def _title(pdf: pypdfium2.PdfDocument) -> str:
    return " ".join(str(pdf.get_metadata_dict().get("Title", "")).split())


def _pages(pdf: pypdfium2.PdfDocument, path: Path) -> Iterator[Page]:
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            yield _read_page(page)
            page.close()
        except pypdfium2.PdfiumError as error:
            raise CorpusError(
                f"{path}: page {number + 1} of {len(pdf)} cannot be read ({error}); the file is "
                "damaged, fetch or copy it again"
            ) from error


@dataclass(frozen=True, slots=True)
class _Font:
    """What the characters of one text object have in common."""

    size: float
    angle: int  # in quarter turns, against the clock
    is_emphasised: bool


@dataclass(slots=True)
class _Raw:
    """A glyph in the frame of the file."""

    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    font: _Font
    is_parted: bool


def _read_page(page: pypdfium2.PdfPage) -> Page:
    textpage = page.get_textpage()
    try:
        raw = list(_without_ligatures(_Characters(textpage).read()))
    finally:
        textpage.close()
    turn = Counter(glyph.font.angle for glyph in raw).most_common(1)[0][0] if raw else 0
    glyphs = [_upright(glyph, turn) for glyph in raw if glyph.font.angle == turn]
    turned = "".join(glyph.text for glyph in raw if glyph.font.angle != turn)
    return Page(tuple(glyphs), tuple(_rules(page)) if not turn else (), " ".join(turned.split()))


def _without_ligatures(found: Iterator[_Raw]) -> Iterator[_Raw]:
    """Put the letters of a ligature into one glyph; PDFium gives each of them the same place."""
    last: _Raw | None = None
    for raw in found:
        if last and raw.font is last.font and (raw.box, raw.origin) == (last.box, last.origin):
            last.text += raw.text
            continue
        if last:
            yield last
        last = raw
    if last:
        yield last


def _upright(raw: _Raw, turn: int) -> Glyph:
    """Turn a glyph's place so that its text runs from left to right."""
    corners = [_turned(x, y, turn) for x in raw.box[::2] for y in raw.box[1::2]]
    x, baseline = _turned(*raw.origin, turn)
    right = max(corner[0] for corner in corners)
    font = raw.font
    left = min(x, right)
    return Glyph(raw.text, left, right, baseline, font.size, font.is_emphasised, raw.is_parted)


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]


def _rules(page: pypdfium2.PdfPage) -> Iterator[Rule]:
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = found.get_bounds()
        if right - left >= MIN_RULE and top - bottom <= MAX_RULE_HEIGHT:
            yield Rule(left, right, (bottom + top) / 2)


@dataclass(slots=True)
class _Characters:
    """Reads the characters of one page; the font of each text object is looked at once."""

    textpage: pypdfium2.PdfTextPage
    fonts: dict[int, _Font] = field(default_factory=dict)

    def read(self) -> Iterator[_Raw]:
        box = pdfium.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        high = 0  # first half of a character outside the basic plane
        parted = False
        for index in range(self.textpage.count_chars()):
            # A generated character is no glyph but PDFium's guess at a space or line end.
            if pdfium.FPDFText_IsGenerated(self.textpage, index) == 1:
                parted = True
                continue
            code = pdfium.FPDFText_GetUnicode(self.textpage, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
            high = 0
            pdfium.FPDFText_GetLooseCharBox(self.textpage, index, box)
            pdfium.FPDFText_GetCharOrigin(self.textpage, index, x, y)
            text = _text_of(code)
            if text:
                place = (box.left, box.bottom, box.right, box.top)
                yield _Raw(text, place, (x.value, y.value), self._font(index), parted)
                parted = False

    def _font(self, index: int) -> _Font:
        found = pdfium.FPDFText_GetTextObject(self.textpage, index)
        key = ctypes.addressof(found.contents) if found else -1
        if key not in self.fonts:
            self.fonts[key] = self._look_at(index, found)
        return self.fonts[key]

    def _look_at(self, index: int, found: object) -> _Font:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self.textpage, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self.textpage, index)
        angle = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4
        font = pdfium.FPDFTextObj_GetFont(found) if found else None
        return _Font(
            size * math.hypot(matrix.c, matrix.d), angle, bool(font) and _is_emphasised(font)
        )


def _is_emphasised(font: object) -> bool:
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return bool(_EMPHASISED.search(name.value.decode("utf-8", "replace")))


def _text_of(code: int) -> str:
    """Return what a code stands for; "" for what is not printed.

    PDFium gives a hyphen at a line end as U+0002.
    """
    if code == 2:
        return "-"
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    character = chr(code)
    if code in (0, 0xFFFE, 0xFFFF) or unicodedata.category(character) in ("Co", "Cs"):
        return UNREADABLE
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf") and character != "\u00ad":
        return ""
    if "\ufb00" <= character <= "\ufb06":
        return unicodedata.normalize("NFKC", character)
    return "-" if character in "\u00ad\u2010\u2011" else character
