"""Prints small PDFs line by line, so that a test knows where each word stands."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from corpus.document import Document
from corpus.reading.pdf import read_pdf
from tests.corpus.review_pdf import register_fonts

LEFT, TOP = 60.0, A4[1] - 80
LEADING = 13.0
SECOND_COLUMN = 320.0
TITLE = "Gut flora of honey bees in winter"
BODY_FILL = (
    "Workers that nurse the brood eat pollen all day and warm the cells with their bodies.",
    "Foragers leave the hive in the morning and come back with loads of nectar and dust.",
    "Guards sit at the entrance and know the smell of each colony that lives in the yard.",
)

ENTRIES = (
    "Moss I. Bees and their flora. Apidologie 2011; 4: 1-9.",
    "Lund P, Moss I. Pollen at work. J Insect Sci 2014; 7(2): 33-41.",
    "Ek O. Wax moths. Oikos 2015; 8: 3-5.",
)


class Printer:
    """Writes on the pages of one file; ``y`` is the baseline of the next line."""

    def __init__(self, *, title: str = "", encrypt: str | None = None) -> None:
        register_fonts()
        self._out = BytesIO()
        self.canvas = Canvas(self._out, pagesize=A4, invariant=1, encrypt=encrypt)
        if title:
            self.canvas.setTitle(title)
        self.y = TOP

    def at(self, x: float, y: float, text: str, *, size: float = 10, face: str = "Review") -> float:
        """Write at a place; returns where the text ends."""
        self.canvas.setFont(face, size)
        self.canvas.drawString(x, y, text)
        return x + stringWidth(text, face, size)

    def line(
        self, text: str, *, x: float = LEFT, size: float = 10, face: str = "Review", skip: float = 0
    ) -> None:
        """Write the next line; ``skip`` leaves room above it."""
        self.y -= skip
        self.at(x, self.y, text, size=size, face=face)
        self.y -= LEADING * size / 10

    def lines(self, *texts: str, x: float = LEFT, indent: float = 0, size: float = 10) -> None:
        """Write the lines of a paragraph."""
        for number, text in enumerate(texts):
            self.line(text, x=x + (0 if number else indent), size=size)

    def heading(self, text: str, *, x: float = LEFT) -> None:
        """Write a heading in bold with room around it."""
        self.line(text, x=x, size=12, face="Review-Bold", skip=10)
        self.y -= 4

    def title(self, text: str = TITLE) -> None:
        """Write the title in large type."""
        self.line(text, size=18, face="Review-Bold")
        self.y -= 10

    def scripted(self, *parts: tuple[str, float], x: float = LEFT) -> None:
        """Write a line of parts, each raised by so many points and, if so, smaller."""
        for text, rise in parts:
            size = 6 if rise else 10
            x = self.at(x, self.y + rise, text, size=size)
        self.y -= LEADING

    def rows(self, columns: Sequence[float], rows: Iterable[Sequence[str]]) -> None:
        """Write table rows of one line each, the cells at the columns."""
        for row in rows:
            for x, cell in zip(columns, row, strict=True):
                self.at(x, self.y, cell)
            self.y -= LEADING

    def rule(self, left: float, right: float) -> None:
        """Draw a line a little above the next line of text."""
        height = self.y + LEADING - 3
        self.canvas.line(left, height, right, height)

    def page(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.y = TOP

    def save(self) -> bytes:
        """Return the file."""
        self.canvas.save()
        return self._out.getvalue()

    def read(self) -> Document:
        """Return the file, read."""
        return read_pdf(self.save(), Path("bees.pdf"), document_id="bees")


def opened(*, title: str = "") -> Printer:
    """Return a printer that has printed a title and the heading of an introduction."""
    printer = Printer(title=title)
    printer.title()
    printer.heading("Introduction")
    return printer


def filled(printer: Printer, *, x: float = LEFT) -> None:
    """Print sentences of one line each, so that a page has text of the usual kind."""
    printer.lines(*BODY_FILL, x=x)
