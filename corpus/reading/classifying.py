"""From groups of lines to drafts: the regions of an article decide what a group may be.

Owns the walk through front matter, body and bibliography, for every format that is read from lines;
the rules for one group are in `corpus.reading.layout`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from corpus.document import BlockKind, Span
from corpus.reading import layout
from corpus.reading.drafting import Draft
from corpus.reading.inline import LINK_STUB
from corpus.reading.layout import Group, Line


def classify(groups: Sequence[Group]) -> Iterator[Draft]:
    """Turn groups into drafts in file order.

    The first group is the title, unless another one is known to be; what stands above it is front
    matter.
    """
    titles = [n for n, group in enumerate(groups) if group.kind is BlockKind.TITLE]
    title = titles[0] if titles else 0
    for group in groups[:title]:
        yield from _labelled(group, BlockKind.FRONT_MATTER)
    yield Draft(BlockKind.TITLE, [line.span for line in groups[title].lines])
    walk = _Walk()
    for group, following in zip_longest(groups[title + 1 :], groups[title + 2 :]):
        yield from walk.read(group, following)


class _Walk:
    """Knows which region of the article it is in, and how many tables have been read."""

    def __init__(self) -> None:
        self._region = "front"
        self._tables = 0
        self._references = _References()

    def read(self, group: Group, following: Group | None) -> Iterator[Draft]:
        """Turn a group into drafts."""
        heading = following is not None and layout.is_heading(group) and not _torn(group, following)
        self._enter(group, heading=heading)
        if heading and layout.REFERENCES_HEADING.fullmatch(group.text):
            self._region = "references"
            yield Draft(BlockKind.HEADING, [line.span for line in group.lines])
        elif self._region == "references":
            yield from self._entries(group)
        elif layout.is_table(group) and not (self._region == "front" and group.kind):
            yield from _table(group, self._tables)
            self._tables += 1
        elif group.kind in (BlockKind.CAPTION, BlockKind.TABLE_NOTE, BlockKind.FOOTNOTE):
            yield _beside_table(group, self._tables, following)
        elif self._region == "front":
            yield from _labelled(group, BlockKind.FRONT_MATTER)
        else:
            above = following is not None and layout.is_table(following)
            yield from _body(group, heading=heading, tables=self._tables, above_table=above)

    def _enter(self, group: Group, *, heading: bool) -> None:
        """Change the region where a group opens another one."""
        if self._region == "front" and _opens_body(group, heading=heading):
            self._region = "body"
        if self._region == "references" and heading and group.kind is BlockKind.HEADING:
            self._region = "body"

    def _entries(self, group: Group) -> Iterator[Draft]:
        if layout.END_MATTER.match(group.text):
            yield from _labelled(group, BlockKind.END_MATTER)
        elif group.kind is BlockKind.TABLE_ROW:
            yield from _table(group, self._tables)
            self._tables += 1
        else:
            yield from self._references.read(group)


def _beside_table(group: Group, tables: int, following: Group | None) -> Draft:
    """Turn a caption, note or footnote into a draft; ``tables`` have been read before it."""
    table = None
    if group.kind is BlockKind.TABLE_NOTE:
        table = max(0, tables - 1)
    elif group.kind is BlockKind.CAPTION and layout.TABLE_CAPTION.match(group.text):
        table = tables if following is not None and layout.is_table(following) else tables - 1
    known = table if table is not None and table >= 0 else None
    return Draft(group.kind or BlockKind.CAPTION, [line.span for line in group.lines], table=known)


def _torn(group: Group, following: Group) -> bool:
    """Tell whether a short line is the first half of a sentence that ``following`` carries on."""
    return bool(layout.DANGLING.search(group.text)) and following.text[0].islower()


def _body(group: Group, *, heading: bool, tables: int, above_table: bool) -> Iterator[Draft]:
    """Turn a group of the body into drafts; ``tables`` have been read before it."""
    spans = [line.span for line in group.lines]
    if layout.is_front_matter(group):
        yield from _labelled(group, BlockKind.FRONT_MATTER)
    elif layout.END_MATTER.match(group.text):
        yield from _labelled(group, BlockKind.END_MATTER)
    elif heading:
        yield Draft(BlockKind.HEADING, spans)
    elif layout.CAPTION.match(group.text):
        table = tables if above_table else max(0, tables - 1)
        yield Draft(BlockKind.TABLE_NOTE, spans, table=table)
    elif tables and layout.LEGEND.match(group.text):
        yield Draft(BlockKind.TABLE_NOTE, spans, table=tables - 1)
    else:
        yield from _prose(group)


def _labelled(group: Group, kind: BlockKind) -> Iterator[Draft]:
    for span in layout.split_labelled_lines(group):
        lines = [line.span for line in group.lines if line.span in span]
        yield Draft(kind, lines if group.is_joined else [span])


def _opens_body(group: Group, *, heading: bool) -> bool:
    """Tell whether the body starts here: a usual heading, or (without any) a paragraph of prose."""
    if heading and layout.KNOWN_HEADING.fullmatch(group.text):
        return True
    return len(group.text) > 300 and layout.is_terminated(group.text)


class _References:
    """Tells entries from lines that carry an entry on; it has to remember the numbers before."""

    def __init__(self) -> None:
        self._last_number = 0
        self._labelled = False
        self._terminated = True

    def read(self, group: Group) -> Iterator[Draft]:
        """Turn the lines of a group into drafts."""
        for line in group.lines:
            label = 0 if line.continues else self._label(line.text)
            start = line.span.start
            if label:
                self._labelled = True
                end = start + label
                span = Span(start, end)
                yield Draft(BlockKind.REFERENCE, [Span(end, line.span.end)], label=span)
            else:
                continues = self._labelled or LINK_STUB.fullmatch(line.text) is not None
                if line.continues is not None and not self._labelled:
                    continues = line.continues
                yield Draft(BlockKind.REFERENCE, [line.span], continues=continues)
            self._terminated = line.text.endswith((".", "]"))

    def _label(self, text: str) -> int:
        """Return the length of an entry's label, 0 where the line has none.

        A number opens an entry if it is the next one or the line before has ended ("pages / 12.
        Rome." carries on), a bullet only as long as no entry was numbered.
        """
        numbered = layout.NUMBERED_ENTRY.match(text)
        if numbered:
            number = int(numbered["square"] or numbered["plain"])
            if self._last_number and number != self._last_number + 1 and not self._terminated:
                return 0
            self._last_number = number
            return numbered.end()
        bullet = layout.BULLET.match(text)
        return bullet.end() if bullet and not self._last_number else 0


def _table(group: Group, number: int) -> Iterator[Draft]:
    for row, line in enumerate(group.lines):
        is_head = row < group.header_rows
        kind = BlockKind.TABLE_HEADER if is_head else BlockKind.TABLE_ROW
        columns, cells = zip(*_cells(line), strict=True)
        yield Draft(kind, [line.span], table=number, cells=list(cells), columns=list(columns))


def _cells(line: Line) -> Iterator[tuple[int, Span]]:
    """Yield the column and the source range of each cell that is not empty."""
    start = line.span.start
    for column, cell in enumerate(line.text.split("\t"), start=line.leading_tabs):
        if cell.strip():
            left = start + len(cell) - len(cell.lstrip())
            yield column, Span(left, left + len(cell.strip()))
        start += len(cell) + 1


def _prose(group: Group) -> Iterator[Draft]:
    """Cut a group into paragraphs and list items; hard-wrapped lines become one paragraph."""
    bulleted = [line.indent for line in group.lines if layout.BULLET.match(line.text)]
    outer = min(bulleted, default=0)
    for is_item, run in groupby(_join_items(group.lines), key=lambda lines: _is_item(lines[0])):
        if is_item:
            yield from (_list_item(lines, outer) for lines in run)
            continue
        lines = tuple(line for paragraph in run for line in paragraph)
        if group.is_joined or layout.is_wrapped_prose(lines):
            starts = group.starts if lines[0] is group.lines[0] else None
            yield Draft(BlockKind.PARAGRAPH, [line.span for line in lines], starts=starts)
        else:
            yield from (Draft(BlockKind.PARAGRAPH, [line.span]) for line in lines)


def _is_item(line: Line) -> bool:
    return layout.BULLET.match(line.text) is not None


def _join_items(lines: tuple[Line, ...]) -> Iterator[list[Line]]:
    """Put the wrapped lines of a list item together; other lines stand alone."""
    current: list[Line] = []
    for line in lines:
        wrapped = current and _is_item(current[0]) and not _is_item(line)
        if wrapped and (line.indent > current[0].indent or line.text[0].islower()):
            current.append(line)
            continue
        if current:
            yield current
        current = [line]
    yield current


def _list_item(lines: list[Line], outer: int) -> Draft:
    bullet = layout.BULLET.match(lines[0].text)
    start = lines[0].span.start
    end = start + (bullet.end() if bullet else 0)
    ranges = [Span(end, lines[0].span.end), *(line.span for line in lines[1:])]
    level = int(lines[0].indent > outer)
    return Draft(BlockKind.LIST_ITEM, ranges, level, label=Span(start, end))
