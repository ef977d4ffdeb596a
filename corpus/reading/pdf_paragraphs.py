"""From the columns of all pages to paragraphs: lines that belong together, and what they may be.

Owns what only the layout can show: where a paragraph begins (indent, gap, short last line), which
lines are headings or footnotes by their type, which lines of a bibliography carry an entry on, and
whether the first line of a column opens a paragraph. What the words show is left to
`corpus.reading.layout`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.document import BlockKind
from corpus.reading import layout
from corpus.reading.pdf_columns import Column
from corpus.reading.pdf_lines import Strip
from corpus.reading.pdf_tables import Grid

INDENT = 0.6
"""In units of the size: a line that begins so far behind the others is indented."""
MAX_INDENT = 5.0
WIDE_GAP = 1.3
"""A distance of so many usual ones parts two paragraphs."""
MIN_DISTANCES = 5
"""Of fewer lines one cannot tell how far apart those of their size usually are."""
SAME_SIZE = 0.06
LARGER = 1.06
"""Headings are larger than the body by this factor, or bold, italic, numbered or in capitals."""
SMALLER = 0.93
"""Notes and captions are smaller than this share of the body."""
SHORT_LINE = 0.85
"""A line that fills less of its column may be the last one of its paragraph."""
MAX_HEADING_LINES = 3

_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.)\s+[A-Z]")
_NOTE_MARK = re.compile(r"[*†‡§¶#⁎]|[⁰¹²³⁴⁵⁶⁷⁸⁹]|[a-z]\s(?=[A-Z])|\d{1,2}\s(?=[A-Z])")
_ENTRY = re.compile(r"\s*(?:\[\d{1,3}\]|\d{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a column; ``continues`` as in `layout.Line`, ``page`` from 0."""

    strip: Strip
    column: Column
    page: int
    continues: bool | None = None

    @property
    def text(self) -> str:
        """Its characters as read."""
        return self.strip.text

    @property
    def indent(self) -> float:
        """How far behind the column's edge it begins."""
        return self.strip.left - self.column.left

    @property
    def is_short(self) -> bool:
        """Whether it ends before the column does."""
        width = self.column.right - self.column.left
        return self.strip.right < self.column.left + SHORT_LINE * width

    @property
    def is_indented(self) -> bool:
        """Whether it begins behind the column's edge as the first line of a paragraph may."""
        return INDENT * self.strip.size < self.indent < MAX_INDENT * self.strip.size


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, or a table; the other fields as in `layout.Group`."""

    page: int
    lines: tuple[PrintedLine, ...] = ()
    grid: Grid | None = None
    kind: BlockKind | None = None
    starts: bool | None = None

    @property
    def text(self) -> str:
        """Its lines joined by spaces, to look at."""
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        """Size of its first line."""
        return self.lines[0].strip.size if self.lines else 0.0


def find_paragraphs(pages: Sequence[Sequence[Column]]) -> list[Paragraph]:
    """Put the lines of all pages together, in reading order."""
    blocks = list(_blocks(pages))
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return blocks
    body = _Body.measure(lines)
    paragraphs: list[Paragraph] = []
    bibliography: Paragraph | None = None  # its heading, while inside
    for block in blocks:
        if block.grid:
            paragraphs.append(block)
            continue
        for part in _by_type(block, body):
            if body.is_heading(part) and layout.REFERENCES_HEADING.fullmatch(part.text):
                bibliography = part
                paragraphs.append(replace(part, kind=BlockKind.HEADING))
            elif bibliography and not body.is_section(part, bibliography):
                paragraphs.append(part)
            else:
                bibliography = None
                paragraphs += body.judge(part)
    return _with_starts(_with_entries(_with_title(paragraphs, body)), body)


def _blocks(pages: Sequence[Sequence[Column]]) -> Iterator[Paragraph]:
    """Take columns apart at tables."""
    for page, columns in enumerate(pages):
        for column in columns:
            lines: list[PrintedLine] = []
            for item in column.items:
                if isinstance(item, Strip):
                    lines.append(PrintedLine(item, column, page))
                    continue
                if lines:
                    yield Paragraph(page, tuple(lines))
                lines = []
                yield Paragraph(page, grid=item)
            if lines:
                yield Paragraph(page, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Body:
    """What is usual in an article: the size of its text, the distances of lines, its indents."""

    size: float
    pitches: dict[float, float]  # usual distance from line to line, by size
    is_emphasised: bool
    indents: bool  # paragraphs begin with an indented line

    @classmethod
    def measure(cls, lines: Sequence[PrintedLine]) -> "_Body":
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.strip.size, 1)] += len(line.text)
        size = sizes.most_common(1)[0][0]
        distances: dict[float, list[float]] = {}
        for above, below in pairwise(lines):
            gap = above.strip.baseline - below.strip.baseline
            same = above.column is below.column and _same_size(above, below)
            if same and 0 < gap < 3 * above.strip.size:
                distances.setdefault(round(above.strip.size, 1), []).append(round(gap, 1))
        body = [line for line in lines if abs(line.strip.size - size) < SAME_SIZE * size]
        emphasised = sum(line.strip.is_emphasised for line in body)
        indented = sum(_is_first(above, below) for above, below in pairwise(body))
        return cls(
            size,
            {key: _usual(gaps) for key, gaps in distances.items() if len(gaps) >= MIN_DISTANCES},
            2 * emphasised > len(body),
            indented >= max(3, 0.02 * len(body)),
        )

    def pitch(self, line: PrintedLine) -> float:
        return self.pitches.get(round(line.strip.size, 1), 1.25 * line.strip.size)

    def is_distinct(self, line: PrintedLine) -> bool:
        """Tell whether a line is set apart from the body by its type."""
        strip = line.strip
        bold = strip.is_emphasised and not self.is_emphasised
        capitals = line.text.isupper() and sum(map(str.isalpha, line.text)) > 3
        return strip.size > LARGER * self.size or bold or capitals

    def is_heading(self, part: Paragraph) -> bool:
        """Tell whether lines are a heading: short, and known, distinct or numbered."""
        text = part.text
        if len(part.lines) > MAX_HEADING_LINES or len(text) > 2 * layout.MAX_HEADING_CHARS:
            return False
        if layout.KNOWN_HEADING.fullmatch(text) or layout.REFERENCES_HEADING.fullmatch(text):
            return True
        if not re.search(r"[^\W\d_]{3}", text) or layout.FLOAT_CAPTION.match(text):
            return False
        first = part.lines[0]
        numbered = _NUMBERED.match(text) and first.is_short and len(part.lines) == 1
        distinct = all(self.is_distinct(line) for line in part.lines)
        if not (distinct or numbered) or part.size < SMALLER * self.size:
            return False
        opens = text[0].isupper() or text[0].isdigit()
        return opens and not re.search(r"[;:,]$|[^.]{60}\.$|\w\.\s\S.*\.$", text)

    def is_section(self, part: Paragraph, heading: Paragraph) -> bool:
        """Tell whether lines behind a bibliography are a heading like the one it has."""
        large = part.size >= (1 - SAME_SIZE) * heading.size
        return large and self.is_heading(part) and all(map(self.is_distinct, part.lines))

    def judge(self, part: Paragraph) -> Iterator[Paragraph]:
        """Cut lines of one type into paragraphs, and say what they are."""
        if layout.FLOAT_CAPTION.match(part.text):
            yield from _by_start(part, layout.FLOAT_CAPTION, BlockKind.CAPTION)
        elif self.is_heading(part):
            yield replace(part, kind=BlockKind.HEADING)
        elif part.size < SMALLER * self.size and _NOTE_MARK.match(part.text):
            yield from _by_start(part, _NOTE_MARK, BlockKind.FOOTNOTE)
        else:
            parts = _by_indent(part, indents=self.indents)
            yield from (replace(p, kind=BlockKind.PARAGRAPH) for p in parts)


def _by_start(part: Paragraph, start: re.Pattern[str], kind: BlockKind) -> Iterator[Paragraph]:
    """Part captions or notes that follow each other without a gap."""
    starts = [n for n, line in enumerate(part.lines) if start.match(line.text)]
    for first, end in pairwise([*starts, len(part.lines)]):
        yield replace(part, lines=part.lines[first:end], kind=kind)


def _usual(gaps: Sequence[float]) -> float:
    """Return the usual one of distances: the least that is not rare."""
    counts = Counter(gaps)
    frequent = [gap for gap, count in counts.items() if count >= 0.15 * len(gaps)]
    return min(frequent, default=median(gaps))


def _same_size(above: PrintedLine, below: PrintedLine) -> bool:
    larger = max(above.strip.size, below.strip.size)
    return abs(above.strip.size - below.strip.size) <= SAME_SIZE * larger


def _is_first(above: PrintedLine, below: PrintedLine) -> bool:
    """Tell whether ``below`` is indented and ``above`` is not."""
    behind = below.strip.left - above.strip.left > INDENT * below.strip.size
    return above.column is below.column and below.is_indented and behind


def _by_type(block: Paragraph, body: _Body) -> Iterator[Paragraph]:
    """Part lines at wide gaps and where the type changes."""
    lines: list[PrintedLine] = []
    for line in block.lines:
        if lines and _parted(lines, line, body):
            yield Paragraph(block.page, tuple(lines))
            lines = []
        lines.append(line)
    yield Paragraph(block.page, tuple(lines))


def _parted(lines: Sequence[PrintedLine], line: PrintedLine, body: _Body) -> bool:
    above = lines[-1]
    gap = above.strip.baseline - line.strip.baseline
    if not _same_size(above, line) or gap > WIDE_GAP * max(body.pitch(line), line.strip.size):
        return True
    if body.is_distinct(above) == body.is_distinct(line):
        return bool(layout.FLOAT_CAPTION.match(line.text) and layout.is_terminated(above.text))
    # Bold or italic words may fill a line in mid-sentence; a heading does not run to the margin.
    return above.is_short or layout.is_terminated(above.text)


def _by_indent(part: Paragraph, *, indents: bool) -> Iterator[Paragraph]:
    """Part lines where one is indented or the line above it ends early."""
    lines: list[PrintedLine] = []
    starts: bool | None = None
    for line in part.lines:
        if lines and _opens_paragraph(lines, line, indents=indents):
            yield replace(part, lines=tuple(lines), starts=starts)
            lines, starts = [], True
        lines.append(line)
    yield replace(part, lines=tuple(lines), starts=starts)


def _opens_paragraph(lines: Sequence[PrintedLine], line: PrintedLine, *, indents: bool) -> bool:
    above, first = lines[-1], lines[0]
    item, bullet = layout.BULLET.match(first.text), layout.BULLET.match(line.text)
    if item and not bullet:  # the end of a list
        finished = layout.is_terminated(above.text) or above.is_short
        back = line.indent <= first.indent + 1
        return finished and (back or above.is_short) and not line.text[0].islower()
    if item or bullet:
        return bool(bullet) != bool(item)
    if layout.END_MATTER.match(line.text) and layout.is_terminated(above.text):
        return True
    if _is_centred(above) and _is_centred(line):
        return False
    if _is_first(above, line):
        return not above.is_short or layout.is_terminated(above.text)
    ended = above.is_short and layout.is_terminated(above.text)
    return ended and not line.text[0].islower() and not (indents and not line.is_indented)


def _is_centred(line: PrintedLine) -> bool:
    middle = (line.column.left + line.column.right) / 2
    return line.indent > line.strip.size and (
        abs((line.strip.left + line.strip.right) / 2 - middle) < line.strip.size
    )


def _with_title(paragraphs: list[Paragraph], body: _Body) -> list[Paragraph]:
    """Mark the title: the largest text of the first page that can be one."""
    candidates = [
        n
        for n, part in enumerate(paragraphs)
        if part.page == 0
        and part.lines
        and len(part.text.split()) >= 3
        and part.size > LARGER * body.size
    ]
    if not candidates:
        return paragraphs
    best = max(candidates, key=lambda n: (round(paragraphs[n].size, 1), -n))
    marked = replace(paragraphs[best], kind=BlockKind.TITLE)
    return [*paragraphs[:best], marked, *paragraphs[best + 1 :]]


def _with_entries(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Say of each line of a bibliography whether it carries on the entry above it."""
    entries = [n for n, part in enumerate(paragraphs) if part.lines and part.kind is None]
    lines = [line for n in entries for line in paragraphs[n].lines]
    hangs = _hangs(lines)
    numbered = sum(bool(_ENTRY.match(line.text)) for line in lines) > 0.1 * len(lines)
    marked = list(paragraphs)
    for n in entries:
        own = []
        for position, line in enumerate(paragraphs[n].lines):
            above = paragraphs[n].lines[position - 1] if position else None
            known = _carries_entry_on(line, above, hangs=hangs, numbered=numbered)
            own.append(replace(line, continues=known))
        marked[n] = replace(paragraphs[n], lines=tuple(own))
    return marked


def _hangs(lines: Sequence[PrintedLine]) -> bool:
    """Tell whether the lines of an entry but the first one are indented."""
    indented = sum(line.is_indented for line in lines)
    return 0.2 * len(lines) < indented < 0.95 * len(lines)


def _carries_entry_on(
    line: PrintedLine, above: PrintedLine | None, *, hangs: bool, numbered: bool
) -> bool | None:
    if numbered:  # a right-aligned number may begin as far behind the edge as a hanging line
        return None
    if hangs:
        return line.is_indented
    if above is None:
        return None
    return not (above.is_short and layout.is_terminated(above.text))


def _with_starts(paragraphs: list[Paragraph], body: _Body) -> list[Paragraph]:
    """Say of the first lines of columns whether they open a paragraph."""
    marked: list[Paragraph] = []
    last: PrintedLine | None = None  # of the body, in whatever column
    for part in paragraphs:
        known = part
        is_prose = part.kind is BlockKind.PARAGRAPH and _is_body(part, body)
        if is_prose and last and part.starts is None and part.lines[0].column is not last.column:
            known = replace(part, starts=_opens_column(part.lines[0], last, body))
        if is_prose:
            last = part.lines[-1]
        elif part.kind is BlockKind.HEADING:
            last = None
        marked.append(known)
    return marked


def _is_body(part: Paragraph, body: _Body) -> bool:
    return abs(part.size - body.size) <= SAME_SIZE * body.size


def _opens_column(line: PrintedLine, last: PrintedLine, body: _Body) -> bool | None:
    if layout.BULLET.match(line.text):
        return True
    finished = layout.is_terminated(last.text)
    if not last.is_short and not finished:
        return False
    if body.indents and line.is_indented:
        return True
    if body.indents and not last.is_short:
        return False
    return None
