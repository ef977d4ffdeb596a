"""Read a PDF: its glyphs become lines, columns and paragraphs, and these a `Document`.

`Document.source` is what was extracted: page by page and in reading order the running header, the
paragraphs (one printed line a line, a table row with tabs) and the footer. The same file gives the
same text. A hyphen that only parts a word at a line end is in `Document.removed`.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.document import BlockKind, Document, Metadata, Removed, Span
from corpus.reading.classifying import classify
from corpus.reading.composing import Composer
from corpus.reading.drafting import arrange, mend_torn_paragraphs
from corpus.reading.layout import Group, Line
from corpus.reading.pdf_columns import Column, find_furniture, find_gutter, order_columns
from corpus.reading.pdf_hyphens import Hyphens, Joint
from corpus.reading.pdf_lines import Strip, cluster_rows, join_row, read_strips
from corpus.reading.pdf_pages import Page, read_pages
from corpus.reading.pdf_paragraphs import Paragraph, PrintedLine, find_paragraphs
from corpus.reading.pdf_tables import Grid, find_aligned, find_ruled

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;:)\]]")
_FILE_NAME = re.compile(r"microsoft word|untitled|\.(?:docx?|dvi|tex|indd|pdf|rtf|odt)\b", re.I)
HYPHEN = "line-end hyphen"


def read_pdf(
    content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
) -> Document:
    """Read an article from PDF.

    Args:
        content: the file's bytes.
        path: its name, for error messages.
        document_id: the id that quotations will carry.
        metadata: what is known about the article; None takes the title and a DOI from the first
            page. Authors are never guessed.

    Raises:
        CorpusError: the file is damaged, encrypted, too long, a scan without text, or its
            references are numbered inconsistently.
    """
    pages = read_pages(content, path)
    printed = [read_strips(page.glyphs) for page in pages.pages]
    hyphens = Hyphens(strip.text for strips in printed for strip in strips)
    furniture = find_furniture(printed)
    columns = _read_columns(pages.pages, printed, furniture, hyphens)
    paragraphs = find_paragraphs(columns)
    transcript = _Transcript(hyphens)
    following = _following_lines(paragraphs)
    for number, page in enumerate(pages.pages):
        own = [
            (part, below)
            for part, below in zip(paragraphs, following, strict=True)
            if part.page == number
        ]
        transcript.add_page(own, furniture[number], page.turned)
    source = transcript.source
    drafts = mend_torn_paragraphs(list(classify(transcript.groups)), source)
    known = metadata or Metadata(_title(pages.title, paragraphs))
    if not known.doi:
        known = replace(known, doi=_find_doi(paragraphs, furniture[0]))
    return Composer(
        source,
        document_id,
        transcript.removed,
        path=path,
        tight=frozenset(transcript.tight),
        page_starts=tuple(transcript.page_starts),
        can_be_mended=False,
    ).compose(arrange(drafts, source, transcript.tight), known, hashlib.sha256(content).hexdigest())


def _following_lines(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Return, for each paragraph, the line that would carry it on in another column or page."""
    following = []
    for position, part in enumerate(paragraphs):
        alike = (
            later.lines[0].text
            for later in paragraphs[position + 1 :]
            if later.lines and later.kind is part.kind and abs(later.size - part.size) < 0.5
        )
        following.append(next(alike, "") if part.lines else "")
    return following


def _read_columns(
    pages: Sequence[Page],
    printed: Sequence[Sequence[Strip]],
    furniture: Sequence[dict[Strip, str]],
    hyphens: Hyphens,
) -> list[list[Column]]:
    """Find the tables and columns of each page."""
    bodies: list[tuple[list[Strip], list[Grid]]] = []
    for page, strips, apart in zip(pages, printed, furniture, strict=True):
        body = [strip for strip in strips if strip not in apart]
        found = find_ruled(body, page.rules, hyphens.join)
        taken = {strip for _, inside in found for strip in inside}
        bodies.append(([s for s in body if s not in taken], [grid for grid, _ in found]))
    gutters = Counter(x for rest, _ in bodies if (x := find_gutter(rest)) is not None)
    usual = [x for x, _ in gutters.most_common(2)]
    return [
        [_with_tables(column, hyphens) for column in order_columns([*rest, *grids], usual)]
        for rest, grids in bodies
    ]


def _with_tables(column: Column, hyphens: Hyphens) -> Column:
    """Find the tables without rules in a column; other rows become one strip each."""
    items: list[Strip | Grid] = []
    strips: list[Strip] = []
    for item in (*column.items, None):
        if isinstance(item, Strip):
            strips.append(item)
            continue
        items += _lines_and_tables(strips, hyphens)
        strips = []
        if item:
            items.append(item)
    return replace(column, items=tuple(items))


def _lines_and_tables(strips: Sequence[Strip], hyphens: Hyphens) -> Iterator[Strip | Grid]:
    rows = cluster_rows(strips)
    tables = {rows_of.start: (grid, rows_of) for grid, rows_of in find_aligned(rows, hyphens.join)}
    position = 0
    while position < len(rows):
        grid, rows_of = tables.get(position, (None, range(position, position + 1)))
        yield grid or join_row(rows[position])
        position = rows_of.stop


@dataclass(slots=True)
class _Transcript:
    """Writes the extracted text and remembers where each line stands in it."""

    hyphens: Hyphens
    groups: list[Group] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    tight: set[int] = field(default_factory=set)
    page_starts: list[int] = field(default_factory=list)
    source: str = ""

    def add_page(
        self,
        paragraphs: Sequence[tuple[Paragraph, str]],
        furniture: dict[Strip, str],
        turned: str,
    ) -> None:
        """Write a page: its paragraphs, each with the line that may carry it on elsewhere."""
        self.page_starts.append(len(self.source))
        heights = [line.strip.baseline for part, _ in paragraphs for line in part.lines]
        height = min(heights, default=0.0)
        above = {s: reason for s, reason in furniture.items() if s.baseline > height}
        self._add_furniture(above)
        for part, below in paragraphs:
            self._add_paragraph(part, below)
        self._add_furniture({s: r for s, r in furniture.items() if s not in above})
        if turned:
            self.removed.append(Removed(self._write(turned), "text that runs another way"))
            self._end_paragraph()

    def _write(self, text: str) -> Span:
        start = len(self.source)
        self.source += text + "\n"
        return Span(start, start + len(text))

    def _end_paragraph(self) -> None:
        self.source += "\n"

    def _add_furniture(self, furniture: dict[Strip, str]) -> None:
        for strip in sorted(furniture, key=lambda s: (-round(s.baseline), s.left)):
            self.removed.append(Removed(self._write(strip.text), furniture[strip]))
            self._end_paragraph()

    def _add_paragraph(self, part: Paragraph, below: str) -> None:
        if part.grid:
            lines = list(self._table_lines(part.grid))
            self.groups.append(
                Group(tuple(lines), BlockKind.TABLE_ROW, header_rows=part.grid.header_rows)
            )
        else:
            following = [*(line.text for line in part.lines[1:]), below]
            lines = [
                self._write_line(line, text)
                for line, text in zip(part.lines, following, strict=True)
            ]
            self.groups.append(Group(tuple(lines), part.kind, is_joined=True, starts=part.starts))
        self._end_paragraph()

    def _table_lines(self, grid: Grid) -> Iterator[Line]:
        for row in grid.rows:
            text = "\t".join(row).rstrip("\t")
            tabs = len(text) - len(text.lstrip("\t"))
            span = self._write(text)
            yield Line(Span(span.start + tabs, span.end), text[tabs:], tabs, tabs)

    def _write_line(self, printed: PrintedLine, following: str) -> Line:
        text = printed.text
        span = self._write(text)
        joint = self.hyphens.joint(text, following)
        if joint is Joint.MENDED and len(text) > 1:
            self.removed.append(Removed(Span(span.end - 1, span.end), HYPHEN))
            span, text = Span(span.start, span.end - 1), text[:-1]
        if joint is not Joint.SPACE:
            self.tight.add(span.end)
        return Line(span, text, max(0, round(printed.indent / 4)), continues=printed.continues)


def _title(given: str, paragraphs: Sequence[Paragraph]) -> str:
    """Return the title that the file gives itself if it is printed, else the one in large type."""
    first_page = " ".join(part.text for part in paragraphs if part.page == 0)
    is_name = _FILE_NAME.search(given) or len(given.split()) < 3
    if given and not is_name and _letters(given) in _letters(first_page):
        return given
    titles = [part for part in paragraphs if part.kind is BlockKind.TITLE]
    return (titles or list(paragraphs))[0].text


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _find_doi(paragraphs: Sequence[Paragraph], furniture: dict[Strip, str]) -> str:
    """Return the DOI that the first page prints, "" if there is none or more than one."""
    lines = [line.text for part in paragraphs if part.page == 0 for line in part.lines]
    lines += [strip.text for strip in furniture]
    found = {match[0].lower(): match[0] for text in lines for match in _DOI.finditer(text)}
    return next(iter(found.values())) if len(found) == 1 else ""
