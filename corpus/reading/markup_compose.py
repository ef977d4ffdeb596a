"""From lines of characters to the text of a `Document`, with the place of each in the file.

Owns the writing: white space becomes one space, block parts from block, each stretch of characters
that is the same in the file becomes a piece, citations become markers with numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.bibliography import MAX_RANGE, PLAIN_DIGITS, expand_numbers
from corpus.document import Block, BlockKind, Marker, Piece, Section, Span
from corpus.reading.markup_lines import Citation, Line
from corpus.reading.markup_source import Character

_RANGE_GAP = re.compile(r"\s*+[\])]?\s*+[-–—‐‑−⁻]\s*+[\[(]?\s*+")
_LIST_GAP = re.compile(r"\s*+[\])]?\s*+[,;]?\s*+[\[(]?\s*+")
_NUMERIC = re.compile(r"[\s\[(,;–-]*\d{1,3}[a-z]?(?:\s*[-–—,;]\s*\d{1,3})*[\s\]),;]*")
_OPENS_WITH_DASH = re.compile(r"\s*[-–—]")
_BRACKETS = {"(": ")", "[": "]"}
_TIGHT = {
    BlockKind.LIST_ITEM,
    BlockKind.TABLE_HEADER,
    BlockKind.TABLE_ROW,
    BlockKind.REFERENCE,
}


@dataclass(slots=True)
class Cell:
    """One cell of a table row: its line, or None where an earlier row's cell reaches down."""

    line: Line
    columns: tuple[int, ...]
    from_above: "Cell | None" = None
    span: Span | None = None  # in the canonical text, once it is written


@dataclass(slots=True)
class Draft:
    """A block before its place in the canonical text is known; a row has cells for a line."""

    kind: BlockKind
    line: Line = field(default_factory=Line)
    level: int = 0
    table: int | None = None
    cells: list[Cell] = field(default_factory=list)
    target: str = ""  # the id of a bibliography entry


@dataclass(slots=True)
class Part:
    """A titled section before it is written."""

    title: str
    drafts: list[Draft] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cited:
    span: Span
    targets: tuple[str, ...]


@dataclass(slots=True)
class _Stretch:
    """A piece that may still grow; ``is_plain`` where it reads as in the file."""

    source: int
    source_end: int
    start: int
    end: int
    is_plain: bool

    def close(self) -> Piece:
        return Piece(Span(self.source, self.source_end), Span(self.start, self.end))


class Composer:
    """Writes the canonical text block by block."""

    def __init__(self, source: str, numbers: dict[str, int]) -> None:
        """Take the file's text and the number of each bibliography entry by its id in the file."""
        self._source = source
        self._numbers = numbers
        self._characters: list[str] = []
        self._cited: list[_Cited] = []
        self.blocks: list[Block] = []
        self.sections: list[Section] = []
        self.markers: list[Marker] = []
        self.supplied: list[Span] = []
        self.entries: dict[str, Span] = {}

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self._characters)

    def write(self, parts: Iterable[Part]) -> None:
        """Write sections; one without any block is left out."""
        for part in parts:
            first = len(self.blocks)
            for draft in part.drafts:
                self._write_block(draft)
            if len(self.blocks) > first:
                span = Span(self.blocks[first].span.start, self.blocks[-1].span.end)
                self.sections.append(Section(part.title, span))

    def _write_block(self, draft: Draft) -> None:
        written = draft.cells or [Cell(draft.line, ())]
        written = [cell for cell in written if not cell.from_above and cell.line.text.strip()]
        if not written:
            return
        if self.blocks:
            together = self.blocks[-1].kind in _TIGHT and draft.kind in _TIGHT
            self._characters += "\n" if together else "\n\n"
        start = len(self._characters)
        pieces: list[_Stretch] = []
        first_cited = len(self._cited)
        for position, cell in enumerate(written):
            if position:
                self._characters.append("\t")
            cell.span = self._write_line(cell.line, pieces)
        span = Span(start, len(self._characters))
        cells = [
            (column, place)
            for cell in draft.cells
            if (place := (cell.from_above or cell).span)
            for column in cell.columns
        ]
        self.blocks.append(
            Block(
                kind=draft.kind,
                span=span,
                section=len(self.sections),
                pieces=tuple(piece.close() for piece in pieces),
                level=draft.level,
                cells=tuple(place for _, place in cells),
                table=draft.table,
                columns=tuple(column for column, _ in cells),
            )
        )
        if draft.target:
            self.entries[draft.target] = span
        self.markers += self._join_citations(self._cited[first_cited:], span)

    def _write_line(self, line: Line, pieces: list[_Stretch]) -> Span:
        """Write characters, white space as one space and none at the ends."""
        start = len(self._characters)
        at: list[int] = []  # where each character of the line stands in the text
        space: list[Character] = []
        for character in line.characters:
            if character.text.isspace():
                at.append(len(self._characters))
                space.append(character)
                continue
            if space and len(self._characters) > start:
                self._write_space(space, pieces)
            space = []
            at.append(len(self._characters))
            self._write_character(character, pieces)
        at.append(len(self._characters))
        for citation in line.citations:
            self._cite(citation, at)
        return Span(start, len(self._characters))

    def _write_space(self, space: list[Character], pieces: list[_Stretch]) -> None:
        if len(space) == 1 and space[0].text == " " and space[0].source:
            self._write_character(space[0], pieces)
        else:
            self._characters.append(" ")

    def _write_character(self, character: Character, pieces: list[_Stretch]) -> None:
        start = len(self._characters)
        self._characters += character.text
        end = len(self._characters)
        if character.source is None:
            if self.supplied and self.supplied[-1].end == start:
                start = self.supplied.pop().start
            self.supplied.append(Span(start, end))
            return
        source, source_end = character.source.start, character.source.end
        is_plain = source_end - source == 1 and self._source[source] == character.text
        last = pieces[-1] if pieces else None
        if last and is_plain and last.is_plain and (last.source_end, last.end) == (source, start):
            last.source_end, last.end = source_end, end
        else:
            pieces.append(_Stretch(source, source_end, start, end, is_plain))

    def _cite(self, citation: Citation, at: list[int]) -> None:
        start, end = at[citation.start], at[citation.end]
        while start < end and self._characters[start].isspace():
            start += 1
        while end > start and self._characters[end - 1].isspace():
            end -= 1
        if start < end:
            self._cited.append(_Cited(Span(start, end), citation.targets))

    def _join_citations(self, cited: list[_Cited], block: Span) -> list[Marker]:
        """Make markers; printed numbers that stand together are one: ``[1]–[3]``, ``(2,3)``."""
        groups: list[list[_Cited]] = []
        for one in cited:
            if groups and self._stand_together(groups[-1][-1], one):
                groups[-1].append(one)
            else:
                groups.append([one])
        return [
            Marker(self._with_brackets(group, block), numbers)
            for group in groups
            if (numbers := self._cited_numbers(group))
        ]

    def _between(self, start: int, end: int) -> str:
        return "".join(self._characters[start:end]).translate(PLAIN_DIGITS)

    def _is_numeric(self, cited: _Cited) -> bool:
        return bool(_NUMERIC.fullmatch(self._between(cited.span.start, cited.span.end)))

    def _stand_together(self, one: _Cited, other: _Cited) -> bool:
        gap = self._between(one.span.end, other.span.start)
        near = _LIST_GAP.fullmatch(gap) or _RANGE_GAP.fullmatch(gap)
        return bool(near) and self._is_numeric(one) and self._is_numeric(other)

    def _with_brackets(self, group: list[_Cited], block: Span) -> Span:
        """Widen a numeric marker by the brackets directly around it."""
        start, end = group[0].span.start, group[-1].span.end
        if self._is_numeric(group[0]) and block.start < start and end < block.end:
            opening = self._characters[start - 1]
            if _BRACKETS.get(opening) == self._characters[end]:
                return Span(start - 1, end + 1)
        return Span(start, end)

    def _cited_numbers(self, group: list[_Cited]) -> tuple[int, ...]:
        numbers: list[int] = []
        for position, one in enumerate(group):
            own = self._numbers_of(one)
            if position and own and numbers and self._is_range(group[position - 1], one):
                first, last = numbers[-1], own[0]
                ends = (self._printed(group[position - 1])[-1:], self._printed(one)[:1])
                if first < last <= first + MAX_RANGE and ends == ([first], [last]):
                    numbers.extend(range(first + 1, last))
            numbers.extend(own)
        return tuple(dict.fromkeys(numbers))

    def _is_range(self, one: _Cited, other: _Cited) -> bool:
        gap = self._between(one.span.end, other.span.start)
        own = self._between(other.span.start, other.span.end)
        return bool(_RANGE_GAP.fullmatch(gap) or (not gap and _OPENS_WITH_DASH.match(own)))

    def _printed(self, cited: _Cited) -> list[int]:
        text = self._between(cited.span.start, cited.span.end)
        return [int(number) for number in re.findall(r"\d{1,4}", text)]

    def _numbers_of(self, cited: _Cited) -> tuple[int, ...]:
        """Resolve the ids of one citation.

        A range or list printed inside it counts as printed where it holds the numbers that the list
        of references has for the ids.
        """
        named = [self._numbers[target] for target in cited.targets if target in self._numbers]
        printed = self._between(cited.span.start, cited.span.end).strip(" []()–-,;")
        listed: Sequence[int] = ()
        if re.fullmatch(r"\d{1,3}(?:\s*[-–,;]\s*\d{1,3})+", printed) or (
            not named and printed.isdecimal()
        ):
            known = set(self._numbers.values())
            listed = [number for number in expand_numbers(printed) if number in known]
        if listed and set(named) <= set(listed):
            return tuple(listed)
        return tuple(named)
