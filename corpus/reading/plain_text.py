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
from itertools import groupby

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
from corpus.reading.inline import strip_markup, translate_latex
from corpus.reading.layout import Group, Line

FRONT_TITLE = "Article information"
END_TITLE = "Declarations"
MIN_TORN_CHARS = 40
"""A shorter unfinished paragraph is taken for a stray heading, not for half a sentence."""

DANGLING = re.compile(
    r"(?:,|-|\b(?:and|or|the|a|an|of|by|in|on|at|to|with|for|from|as|that|than|was|were|is|"
    r"are))$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Draft:
    """A block before its place in the canonical text is known."""

    kind: BlockKind
    ranges: list[Span]  # of the source file; joined by a space
    level: int = 0
    table: int | None = None
    cells: list[Span] = field(default_factory=list)
    label: Span | None = None  # the number or bullet in front, taken out of the text


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
    if not groups:
        raise CorpusError(f"{document_id}: the source file holds no text; is it the right file?")
    furniture = layout.find_page_furniture(groups)
    drafts = _mend_torn_paragraphs(list(_classify(_without(groups, furniture))), source)
    removed = [Removed(span, reason) for span, reason in furniture.items()]
    return _Composer(source, document_id, removed).compose(
        _arrange(drafts, source), metadata, sha256
    )


def _without(groups: list[Group], furniture: dict[Span, str]) -> list[Group]:
    return [group for group in groups if group.lines[0].span not in furniture]


def _classify(groups: list[Group]) -> Iterator[_Draft]:
    """Turn groups into drafts in file order; the article's regions decide what a line may be."""
    region, tables = "front", 0
    yield _Draft(BlockKind.TITLE, [line.span for line in groups[0].lines])
    for position, group in enumerate(groups[1:], start=1):
        heading = position + 1 < len(groups) and layout.is_heading(group)
        if region == "front" and _opens_body(group, heading=heading):
            region = "body"
        if region == "references":
            yield from _references(group)
        elif heading and layout.REFERENCES_HEADING.fullmatch(group.text):
            region = "references"
            yield _Draft(BlockKind.HEADING, [group.lines[0].span])
        elif layout.is_table(group):
            yield from _table(group, tables)
            tables += 1
        elif region == "front":
            yield from _labelled(group, BlockKind.FRONT_MATTER)
        else:
            yield from _body(group, heading=heading, tables=tables)


def _body(group: Group, *, heading: bool, tables: int) -> Iterator[_Draft]:
    """Turn a group of the body into drafts; ``tables`` have been read before it."""
    if layout.is_front_matter(group):
        yield from _labelled(group, BlockKind.FRONT_MATTER)
    elif layout.END_MATTER.match(group.text):
        yield from _labelled(group, BlockKind.END_MATTER)
    elif heading:
        yield _Draft(BlockKind.HEADING, [group.lines[0].span])
    elif (tables and layout.LEGEND.match(group.text)) or layout.CAPTION.match(group.text):
        spans = [line.span for line in group.lines]
        yield _Draft(BlockKind.TABLE_NOTE, spans, table=max(0, tables - 1))
    else:
        yield from _prose(group)


def _labelled(group: Group, kind: BlockKind) -> Iterator[_Draft]:
    return (_Draft(kind, [span]) for span in layout.split_labelled_lines(group))


def _opens_body(group: Group, *, heading: bool) -> bool:
    """Tell whether the body starts here: a usual heading, or (without any) a paragraph of prose."""
    if heading and layout.KNOWN_HEADING.fullmatch(group.text):
        return True
    return len(group.text) > 300 and layout.is_terminated(group.text)


def _references(group: Group) -> Iterator[_Draft]:
    for line in group.lines:
        label = layout.NUMBERED_ENTRY.match(line.text) or layout.BULLET.match(line.text)
        start = line.span.start
        if label:
            end = start + label.end()
            body = Span(end, line.span.end)
            yield _Draft(BlockKind.REFERENCE, [body], label=Span(start, end))
        else:  # a wrapped entry goes on, or a list without labels
            yield _Draft(BlockKind.REFERENCE, [line.span])


def _table(group: Group, number: int) -> Iterator[_Draft]:
    for row, line in enumerate(group.lines):
        kind = BlockKind.TABLE_ROW if row else BlockKind.TABLE_HEADER
        yield _Draft(kind, [line.span], table=number, cells=list(_cells(line)))


def _cells(line: Line) -> Iterator[Span]:
    for match in re.finditer(r"[^\t]+", line.text):
        cell = match[0].strip()
        if cell:
            start = line.span.start + match.start() + match[0].index(cell)
            yield Span(start, start + len(cell))


def _prose(group: Group) -> Iterator[_Draft]:
    """Cut a group into paragraphs and list items; hard-wrapped lines become one paragraph."""
    outer = min((line.indent for line in group.lines if layout.BULLET.match(line.text)), default=0)
    for is_item, run in groupby(group.lines, key=lambda line: bool(layout.BULLET.match(line.text))):
        lines = tuple(run)
        if is_item:
            for line in lines:
                start, bullet = line.span.start, layout.BULLET.match(line.text)
                end = start + (bullet.end() if bullet else 0)
                level = int(line.indent > outer)
                label = Span(start, end)
                yield _Draft(BlockKind.LIST_ITEM, [Span(end, line.span.end)], level, label=label)
        elif layout.is_wrapped_prose(lines):
            yield _Draft(BlockKind.PARAGRAPH, [line.span for line in lines])
        else:
            for line in lines:
                yield _Draft(BlockKind.PARAGRAPH, [line.span])


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
    return bool(DANGLING.search(before)) or not after[0].isupper()


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
        if draft.kind is BlockKind.REFERENCE and draft.label is None and self._goes_on(draft):
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
        block = Block(draft.kind, span, section, tuple(pieces), draft.level, cells, draft.table)
        self._blocks.append(block)

    def _goes_on(self, draft: _Draft) -> bool:
        """Tell whether an unlabelled line in a labelled bibliography carries on the last entry."""
        return bool(self._blocks) and self._blocks[-1].span in self._labels

    def _extend_reference(self, draft: _Draft) -> None:
        last = self._blocks.pop()
        label = self._labels.pop(last.span)
        self._text += " "
        pieces = self._write_ranges(draft)
        span = Span(last.span.start, len(self._text))
        self._labels[span] = label
        self._blocks.append(replace(last, span=span, pieces=(*last.pieces, *pieces)))

    def _write_ranges(self, draft: _Draft) -> list[Piece]:
        pieces: list[Piece] = []
        for position, source_range in enumerate(draft.ranges):
            if position:
                self._text += " "
            stays = [source_range]
            if draft.kind is BlockKind.REFERENCE:
                stays, removed = strip_markup(self._source, source_range)
                self._removed.extend(removed)
            for part in stays:
                for kept in translate_latex(self._source, part):
                    span = Span(len(self._text), len(self._text) + len(kept.text))
                    self._text += kept.text
                    pieces.append(Piece(kept.source, span))
        return pieces

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
