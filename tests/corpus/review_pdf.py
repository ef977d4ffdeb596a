"""Prints the shipped review as a journal would: two columns, running headers, a table, references.

What it prints is the review's own text, so that a reader of the PDF can be compared with it. Words
are parted at line ends and lines are justified.
"""

import re
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Table,
)

from corpus.document import Block, BlockKind, Document

FIRST_PAGE = 187
LEFT_HEADER = "Kersin and Özek. Breast Milk Stem Cells"
RIGHT_HEADER = "Turk Arch Pediatr 2021; 56(3)"
TABLE_PAGE = 3
TABLE_CAPTION = "Table 1. Studies of stem cells in diseases of newborns"
DOI = "10.5152/TurkArchPediatr.2021.00000"
"""Made up: the review prints none."""

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_FACES = {
    "Review": "STIXGeneral.ttf",
    "Review-Bold": "STIXGeneralBol.ttf",
    "Review-Italic": "STIXGeneralItalic.ttf",
    "Review-BoldItalic": "STIXGeneralBolIta.ttf",
}
_MARGIN, _GUTTER = 50.0, 16.0
_WIDTH = (A4[0] - 2 * _MARGIN - _GUTTER) / 2
_SYLLABLE = re.compile(r"(?<=[aeiou])(?=[bcdfghjklmnpqrstvwxz][aeiou])")
_MARKER = re.compile(r"\s*\((\d{1,3}(?:[-\N{NON-BREAKING HYPHEN},–]\s*\d{1,3})*)\)")


def register_fonts() -> None:
    """Make the faces known that tests print with; they come with matplotlib."""
    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    pdfmetrics.registerFontFamily(
        "Review",
        normal="Review",
        bold="Review-Bold",
        italic="Review-Italic",
        boldItalic="Review-BoldItalic",
    )


def print_review(review: Document, *, is_raised: bool = False, is_parted: bool = True) -> bytes:
    """Print the review.

    Args:
        review: read from its text file.
        is_raised: cite with raised numbers in the place of brackets.
        is_parted: part words at line ends.
    """
    register_fonts()
    out = BytesIO()
    printer = _Printer(review, is_raised=is_raised, is_parted=is_parted)
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        pageTemplates=printer.templates(),
        title=review.metadata.title,
        author="",
        invariant=1,
    )
    document.build(printer.story())
    return out.getvalue()


def _style(name: str, size: float, **more: object) -> ParagraphStyle:
    given = {
        "fontName": "Review",
        "bulletFontName": "Review",
        "bulletFontSize": size,
        "leading": 1.2 * size,
        "alignment": TA_JUSTIFY,
    } | more
    return ParagraphStyle(name, fontSize=size, embeddedHyphenation=1, **given)


_STYLES = {
    "title": _style("title", 16, fontName="Review-Bold", alignment=TA_CENTER, spaceAfter=8),
    "front": _style("front", 9, alignment=TA_CENTER, spaceAfter=5),
    "abstract": _style("abstract", 10, spaceAfter=5),
    "heading": _style("heading", 11, fontName="Review-Bold", spaceBefore=8, spaceAfter=3),
    "body": _style("body", 10, firstLineIndent=12),
    "item": _style("item", 10, leftIndent=12, bulletIndent=2),
    "inner": _style("inner", 10, leftIndent=24, bulletIndent=14),
    "reference": _style("reference", 8, leftIndent=18, bulletIndent=0),
    "cell": _style("cell", 8, alignment=0),
    "small": _style("small", 8),
}


class _Printer:
    """Turns the review's blocks into what is printed."""

    def __init__(self, review: Document, *, is_raised: bool, is_parted: bool) -> None:
        self._review = review
        self._is_raised = is_raised
        self._is_parted = is_parted

    def templates(self) -> list[PageTemplate]:
        """First page with a wide top, later ones in two columns, one with a table above them."""
        return [
            PageTemplate("first", self._frames(bottom=135, wide=250), onPage=self._first_page),
            PageTemplate("later", self._frames(), onPage=self._later_page),
            PageTemplate("table", self._frames(top=450), onPage=self._table_page),
        ]

    def _frames(self, *, bottom: float = 55, top: float = 60, wide: float = 0) -> list[Frame]:
        frames = []
        if wide:
            low = A4[1] - top - wide
            frames.append(_frame(_MARGIN, low, A4[0] - 2 * _MARGIN, wide))
            top += wide
        height = A4[1] - top - bottom
        columns = (_MARGIN, _MARGIN + _WIDTH + _GUTTER)
        return frames + [_frame(x, bottom, _WIDTH, height) for x in columns]

    def story(self) -> list[Flowable]:
        """What flows through the frames; the table is drawn on its page."""
        story: list[Flowable] = []
        number = 0
        floating = {BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.TABLE_NOTE}
        for block in self._review.blocks:
            if block.kind in floating or self._is_at_the_foot(block):
                continue
            if self._text(block) == "Introduction":
                story += [FrameBreak(), NextPageTemplate(["later", "table", "later"])]
            number += block.kind is BlockKind.REFERENCE
            story.append(self._paragraph(block, number))
        return story

    def _is_at_the_foot(self, block: Block) -> bool:
        text = self._text(block)
        return block.kind is BlockKind.FRONT_MATTER and text.startswith(
            ("Corresponding", "Received", "Accepted", "turkarch", "Content", "Cite")
        )

    def _paragraph(self, block: Block, number: int) -> Paragraph:
        markup = self._markup(block)
        match block.kind:
            case BlockKind.TITLE:
                return Paragraph(escape(self._text(block)), _STYLES["title"])
            case BlockKind.FRONT_MATTER:
                return Paragraph(escape(self._text(block)), _STYLES["front"])
            case BlockKind.HEADING:
                return Paragraph(escape(self._text(block)), _STYLES["heading"])
            case BlockKind.LIST_ITEM:
                style = "inner" if block.level else "item"
                return Paragraph(markup, _STYLES[style], bulletText="•")
            case BlockKind.REFERENCE:
                return Paragraph(markup, _STYLES["reference"], bulletText=f"{number}.")
            case BlockKind.END_MATTER:
                label, _, rest = self._text(block).partition(":")
                text = f"<b>{escape(label)}:</b>{escape(rest)}"
                return Paragraph(text, _STYLES["abstract"])
        in_abstract = self._review.sections[block.section].title == "Abstract"
        return Paragraph(markup, _STYLES["abstract" if in_abstract else "body"])

    def _text(self, block: Block) -> str:
        return self._review.slice(block.span)

    def _markup(self, block: Block) -> str:
        text = self._text(block)
        if self._is_parted:
            text = re.sub(r"[A-Za-z]{8,}", _with_soft_hyphens, text)
        # ReportLab loses the hyphen of a compound that it tries to part there.
        text = escape(text.replace("-", "\N{NON-BREAKING HYPHEN}"))
        if self._is_raised and block.kind is not BlockKind.REFERENCE:
            text = _MARKER.sub(r"<super>\1</super>", text)
        return text

    def _first_page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.saveState()
        y = 128.0
        foot = [self._text(b) for b in self._review.blocks if self._is_at_the_foot(b)]
        for text in foot:
            clean = " ".join(text.replace("✉", "").split())
            drawn = Paragraph(escape(clean), _STYLES["small"])
            _, height = drawn.wrapOn(canvas, _WIDTH, 100)
            y -= height
            drawn.drawOn(canvas, _MARGIN, y)
        canvas.setFont("Review", 8)
        canvas.drawRightString(A4[0] - _MARGIN, 60, f"DOI: {DOI}")
        canvas.restoreState()
        self._furniture(canvas, document.page)

    def _later_page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        self._furniture(canvas, document.page)

    def _table_page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        self._furniture(canvas, document.page)
        kinds = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
        rows = [
            [Paragraph(escape(cell), _STYLES["cell"]) for cell in self._review.row_texts(block)]
            for block in self._review.blocks
            if block.kind in kinds
        ]
        rules = [("LINEABOVE", (0, 0), (-1, 0), 1, "black")]
        rules += [("LINEBELOW", (0, n), (-1, n), 0.5, "black") for n in (0, -1)]
        whole = ((0, 0), (-1, -1))
        spaces = [("VALIGN", *whole, "TOP"), ("TOPPADDING", *whole, 2)]
        spaces.append(("BOTTOMPADDING", *whole, 2))
        table = Table(rows, colWidths=[90, 105, 115, 50, 135], style=[*rules, *spaces])
        legend = next(b for b in self._review.blocks if b.kind is BlockKind.TABLE_NOTE)
        y = A4[1] - 60
        for drawn in (
            Paragraph(escape(TABLE_CAPTION), _STYLES["small"]),
            table,
            Paragraph(escape(self._text(legend)), _STYLES["small"]),
        ):
            _, height = drawn.wrapOn(canvas, A4[0] - 2 * _MARGIN, 400)
            y -= height + 3
            drawn.drawOn(canvas, _MARGIN, y)

    def _furniture(self, canvas: Canvas, page: int) -> None:
        canvas.saveState()
        canvas.setFont("Review-Italic", 8)
        header = LEFT_HEADER if page % 2 == 0 else RIGHT_HEADER
        canvas.drawString(_MARGIN, A4[1] - 40, header)
        canvas.setFont("Review", 8)
        canvas.drawCentredString(A4[0] / 2, 30, str(FIRST_PAGE + page - 1))
        canvas.restoreState()


def _frame(x: float, y: float, width: float, height: float) -> Frame:
    return Frame(x, y, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _with_soft_hyphens(match: re.Match[str]) -> str:
    word = match[0]
    cuts = [m.start() for m in _SYLLABLE.finditer(word) if 3 <= m.start() <= len(word) - 3]
    for cut in reversed(cuts):
        word = word[:cut] + "\u00ad" + word[cut:]
    return word
