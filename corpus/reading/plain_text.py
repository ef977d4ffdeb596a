"""Read the text that came out of a PDF: from lines to a `Document`, losing nothing.

Such a text is damaged in known ways: a page break tears a sentence in two and puts correspondence
lines or a table in between, bullets and numbers stand before entries, formulas are LaTeX. The
reading goes in four steps: classify groups of lines (`corpus.reading.layout`), mend torn
paragraphs, bring floating blocks to where they belong, and compose the canonical text with the
place in the file that each character came from.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest

from corpus.bibliography import find_markers, number_entries, parse_reference
from corpus.document import (
    Block,
    BlockKind,
    CorpusError,
    Document,
    Metadata,
    Piece,
    Reference,
    Removed,
    Section,
    Span,
)
from corpus.reading import layout
from corpus.reading.inline import LINK_STUB, strip_markup, translate_latex
from corpus.reading.layout import Group, Line

FRONT_TITLE = "Article information"
END_TITLE = "Declarations"
MIN_TORN_CHARS = 40
"""A shorter unfinished paragraph is taken for a stray heading, not for half a sentence."""


@dataclass(slots=True)
class _Draft:
    """A block before its place in the canonical text is known."""

    kind: BlockKind
    ranges: list[Span]  # of the source file; joined by a space
    level: int = 0
    table: int | None = None
    cells: list[Span] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)  # of the cells
    label: Span | None = None  # the number or bullet in front, taken out of the text
    continues: bool = False  # the bibliography entry before it


def read_plain_text(source: str, *, document_id: str, metadata: Metadata, sha256: str) -> Document:
    """Read an article from plain text.

    Args:
        source: the file's text, with line feeds as line ends.
        document_id: the id that quotations will carry.
        metadata: what is known about the article.
        sha256: hex digest of the file's bytes.

    Raises:
        CorpusError: the text is empty or its references are numbered inconsistently.
    """
    groups = layout.split_groups(source)
    furniture = layout.find_page_furniture(groups)
    groups = _without(groups, furniture)
    if not groups:
        raise CorpusError(f"{document_id}: the source file holds no text; is it the right file?")
    drafts = _mend_torn_paragraphs(list(_classify(groups)), source)
    removed = [Removed(span, reason) for span, reason in furniture.items()]
    return _Composer(source, document_id, removed).compose(
        _arrange(drafts, source), metadata, sha256
    )


def _without(groups: list[Group], furniture: dict[Span, str]) -> list[Group]:
    """Take the furniture out; it parts the lines before it from those behind it."""
    return [
        Group(tuple(lines))
        for group in groups
        for removed, lines in groupby(group.lines, key=lambda line: line.span in furniture)
        if not removed
    ]


def _classify(groups: list[Group]) -> Iterator[_Draft]:
    """Turn groups into drafts in file order; the article's regions decide what a line may be."""
    region, tables, references = "front", 0, _References()
    yield _Draft(BlockKind.TITLE, [line.span for line in groups[0].lines])
    for group, following in zip_longest(groups[1:], groups[2:]):
        heading = following is not None and layout.is_heading(group) and not _torn(group, following)
        if region == "front" and _opens_body(group, heading=heading):
            region = "body"
        if region == "references" and layout.END_MATTER.match(group.text):
            yield from _labelled(group, BlockKind.END_MATTER)
        elif region == "references":
            yield from references.read(group)
        elif heading and layout.REFERENCES_HEADING.fullmatch(group.text):
            region = "references"
            yield _Draft(BlockKind.HEADING, [group.lines[0].span])
        elif layout.is_table(group):
            yield from _table(group, tables)
            tables += 1
        elif region == "front":
            yield from _labelled(group, BlockKind.FRONT_MATTER)
        else:
            above = following is not None and layout.is_table(following)
            yield from _body(group, heading=heading, tables=tables, above_table=above)


def _torn(group: Group, following: Group) -> bool:
    """Tell whether a short line is the first half of a sentence that ``following`` carries on."""
    return bool(layout.DANGLING.search(group.text)) and following.text[0].islower()


def _body(group: Group, *, heading: bool, tables: int, above_table: bool) -> Iterator[_Draft]:
    """Turn a group of the body into drafts; ``tables`` have been read before it."""
    spans = [line.span for line in group.lines]
    if layout.is_front_matter(group):
        yield from _labelled(group, BlockKind.FRONT_MATTER)
    elif layout.END_MATTER.match(group.text):
        yield from _labelled(group, BlockKind.END_MATTER)
    elif heading:
        yield _Draft(BlockKind.HEADING, spans)
    elif layout.CAPTION.match(group.text):
        table = tables if above_table else max(0, tables - 1)
        yield _Draft(BlockKind.TABLE_NOTE, spans, table=table)
    elif tables and layout.LEGEND.match(group.text):
        yield _Draft(BlockKind.TABLE_NOTE, spans, table=tables - 1)
    else:
        yield from _prose(group)


def _labelled(group: Group, kind: BlockKind) -> Iterator[_Draft]:
    return (_Draft(kind, [span]) for span in layout.split_labelled_lines(group))


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

    def read(self, group: Group) -> Iterator[_Draft]:
        """Turn the lines of a group into drafts."""
        for line in group.lines:
            label = self._label(line.text)
            start = line.span.start
            if label:
                self._labelled = True
                end = start + label
                span = Span(start, end)
                yield _Draft(BlockKind.REFERENCE, [Span(end, line.span.end)], label=span)
            else:
                continues = self._labelled or LINK_STUB.fullmatch(line.text) is not None
                yield _Draft(BlockKind.REFERENCE, [line.span], continues=continues)
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


def _table(group: Group, number: int) -> Iterator[_Draft]:
    for row, line in enumerate(group.lines):
        kind = BlockKind.TABLE_ROW if row else BlockKind.TABLE_HEADER
        columns, cells = zip(*_cells(line), strict=True)
        yield _Draft(kind, [line.span], table=number, cells=list(cells), columns=list(columns))


def _cells(line: Line) -> Iterator[tuple[int, Span]]:
    """Yield the column and the source range of each cell that is not empty."""
    start = line.span.start
    for column, cell in enumerate(line.text.split("\t"), start=line.leading_tabs):
        if cell.strip():
            left = start + len(cell) - len(cell.lstrip())
            yield column, Span(left, left + len(cell.strip()))
        start += len(cell) + 1


def _prose(group: Group) -> Iterator[_Draft]:
    """Cut a group into paragraphs and list items; hard-wrapped lines become one paragraph."""
    bulleted = [line.indent for line in group.lines if layout.BULLET.match(line.text)]
    outer = min(bulleted, default=0)
    for is_item, run in groupby(_join_items(group.lines), key=lambda lines: _is_item(lines[0])):
        if is_item:
            yield from (_list_item(lines, outer) for lines in run)
            continue
        lines = tuple(line for paragraph in run for line in paragraph)
        if layout.is_wrapped_prose(lines):
            yield _Draft(BlockKind.PARAGRAPH, [line.span for line in lines])
        else:
            yield from (_Draft(BlockKind.PARAGRAPH, [line.span]) for line in lines)


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


def _list_item(lines: list[Line], outer: int) -> _Draft:
    bullet = layout.BULLET.match(lines[0].text)
    start = lines[0].span.start
    end = start + (bullet.end() if bullet else 0)
    ranges = [Span(end, lines[0].span.end), *(line.span for line in lines[1:])]
    level = int(lines[0].indent > outer)
    return _Draft(BlockKind.LIST_ITEM, ranges, level, label=Span(start, end))


def _mend_torn_paragraphs(drafts: list[_Draft], source: str) -> list[_Draft]:
    """Join a paragraph that stops in mid-sentence with the paragraph that carries it on.

    What stands in between (page break, correspondence, table, caption) keeps its own blocks and
    follows the mended paragraph. A heading or list in between means that nothing was torn.
    """
    floats = {
        BlockKind.FRONT_MATTER,
        BlockKind.TABLE_HEADER,
        BlockKind.TABLE_ROW,
        BlockKind.TABLE_NOTE,
    }
    mended: list[_Draft] = []
    open_paragraph: _Draft | None = None
    for draft in drafts:
        if draft.kind is BlockKind.PARAGRAPH:
            if open_paragraph and _carries_on(open_paragraph, draft, source):
                open_paragraph.ranges.extend(draft.ranges)
            else:
                mended.append(draft)
                open_paragraph = draft
            if layout.is_terminated(_last_text(open_paragraph, source)):
                open_paragraph = None
        else:
            mended.append(draft)
            if draft.kind not in floats:
                open_paragraph = None
    return mended


def _last_text(draft: _Draft, source: str) -> str:
    return source[draft.ranges[-1].start : draft.ranges[-1].end]


def _carries_on(first: _Draft, second: _Draft, source: str) -> bool:
    before = _last_text(first, source)
    after = source[second.ranges[0].start : second.ranges[0].end]
    if len(before) < MIN_TORN_CHARS or layout.is_terminated(before):
        return False
    return bool(layout.DANGLING.search(before)) or not after[0].isupper()


def _arrange(drafts: list[_Draft], source: str) -> list[tuple[str, list[_Draft]]]:
    """Sort drafts into titled sections: front matter first, then the body in order, then the rest.

    Front matter found in the middle of the body goes to the front section; end matter and the
    bibliography keep their place in the file. A heading opens a section.
    """
    front: list[_Draft] = []
    sections: list[tuple[str, list[_Draft]]] = []
    for draft in drafts:
        if draft.kind in (BlockKind.TITLE, BlockKind.FRONT_MATTER):
            front.append(draft)
        elif draft.kind is BlockKind.HEADING:
            sections.append((_section_title(_last_text(draft, source)), [draft]))
        elif draft.kind is BlockKind.END_MATTER and _last_title(sections) != END_TITLE:
            sections.append((END_TITLE, [draft]))
        elif sections:
            sections[-1][1].append(draft)
        else:
            sections.append(("Text", [draft]))
    return [(FRONT_TITLE, front), *sections]


def _last_title(sections: list[tuple[str, list[_Draft]]]) -> str:
    return sections[-1][0] if sections else ""


def _section_title(heading: str) -> str:
    title = heading.rstrip(":").strip()
    return title.capitalize() if title.isupper() else title


class _Composer:
    """Writes the canonical text block by block and remembers where each piece came from."""

    def __init__(self, source: str, document_id: str, removed: Iterable[Removed]) -> None:
        self._source = source
        self._id = document_id
        self._removed = list(removed)
        self._text = ""
        self._blocks: list[Block] = []
        self._labels: dict[Span, str] = {}  # block span -> the number printed before an entry

    def compose(
        self, arranged: list[tuple[str, list[_Draft]]], metadata: Metadata, sha256: str
    ) -> Document:
        sections = []
        for number, (title, drafts) in enumerate(arranged):
            first = len(self._blocks)
            for draft in drafts:
                self._add(draft, number)
            span = Span(self._blocks[first].span.start, self._blocks[-1].span.end)
            sections.append(Section(title, span))
        references = self._read_references()
        prose = [block for block in self._blocks if block.kind is not BlockKind.REFERENCE]
        numbers = {reference.number for reference in references}
        return Document(
            id=self._id,
            metadata=metadata,
            text=self._text,
            sections=tuple(sections),
            blocks=tuple(self._blocks),
            references=references,
            markers=find_markers(self._text, [block.span for block in prose], numbers),
            removed=tuple(sorted(self._removed, key=lambda item: item.source)),
            source_sha256=sha256,
            source=self._source,
        )

    def _add(self, draft: _Draft, section: int) -> None:
        if draft.continues and self._blocks and self._blocks[-1].kind is BlockKind.REFERENCE:
            self._extend_reference(draft)
            return
        tight = {
            BlockKind.LIST_ITEM,
            BlockKind.TABLE_HEADER,
            BlockKind.TABLE_ROW,
            BlockKind.REFERENCE,
        }
        if self._blocks:
            together = self._blocks[-1].kind in tight and draft.kind in tight
            self._text += "\n" if together else "\n\n"
        start = len(self._text)
        pieces = self._write_ranges(draft)
        span = Span(start, len(self._text))
        if draft.label:
            reason = "reference label" if draft.kind is BlockKind.REFERENCE else "list bullet"
            self._removed.append(Removed(draft.label, reason))
            self._labels[span] = self._source[draft.label.start : draft.label.end].strip()
        cells = tuple(_to_text(cell, pieces) for cell in draft.cells)
        columns = tuple(draft.columns)
        pieced = tuple(pieces)
        block = Block(draft.kind, span, section, pieced, draft.level, cells, draft.table, columns)
        self._blocks.append(block)

    def _extend_reference(self, draft: _Draft) -> None:
        last = self._blocks.pop()
        label = self._labels.pop(last.span, "")
        pieces = self._write_ranges(draft)
        span = Span(last.span.start, len(self._text))
        self._labels[span] = label
        self._blocks.append(replace(last, span=span, pieces=(*last.pieces, *pieces)))

    def _write_ranges(self, draft: _Draft) -> list[Piece]:
        pieces: list[Piece] = []
        for position, source_range in enumerate(draft.ranges):
            stays = self._strip(source_range, draft)
            if stays and (position or draft.continues):
                self._text += self._joint(stays[0].start)
            for part in stays:
                for kept in translate_latex(self._source, part):
                    span = Span(len(self._text), len(self._text) + len(kept.text))
                    self._text += kept.text
                    pieces.append(Piece(kept.source, span))
        return pieces

    def _strip(self, source_range: Span, draft: _Draft) -> list[Span]:
        """Take markup out of a bibliography entry, unless nothing would be left of it."""
        if draft.kind is not BlockKind.REFERENCE:
            return [source_range]
        stays, removed = strip_markup(self._source, source_range)
        if not stays and not draft.continues:
            return [source_range]
        self._removed.extend(removed)
        return stays

    def _joint(self, next_start: int) -> str:
        """Return what joins two lines: a space, but nothing behind the hyphen of a parted word."""
        parted = re.search(r"[^\W\d_]-$", self._text) and self._source[next_start].islower()
        suspended = re.match(r"(?:and|or|to)\b", self._source[next_start : next_start + 4])
        return "" if parted and not suspended else " "

    def _read_references(self) -> tuple[Reference, ...]:
        entries = [block for block in self._blocks if block.kind is BlockKind.REFERENCE]
        labels = [self._labels.get(block.span, "") for block in entries]
        numbers = number_entries(labels, where=self._id)
        references = []
        for number, block in zip(numbers, entries, strict=True):
            text = self._text[block.span.start : block.span.end]
            raw = self._source[block.pieces[0].source.start : self._end_of_line(block)].strip()
            references.append(parse_reference(text, number=number, span=block.span, raw=raw))
        return tuple(references)

    def _end_of_line(self, block: Block) -> int:
        end = block.pieces[-1].source.end
        line_end = self._source.find("\n", end)
        return len(self._source) if line_end < 0 else line_end


def _to_text(source_span: Span, pieces: list[Piece]) -> Span:
    """Map a range of the source to the canonical text; translated formulas map as a whole."""
    start = end = -1
    for piece in pieces:
        if not piece.source.overlaps(source_span):
            continue
        same = piece.source.end - piece.source.start == piece.span.end - piece.span.start
        low = max(source_span.start - piece.source.start, 0) if same else 0
        high = max(piece.source.end - source_span.end, 0) if same else 0
        start = piece.span.start + low if start < 0 else start
        end = piece.span.end - high
    return Span(start, end)
