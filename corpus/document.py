"""The records of a document that may be quoted.

Owns `Span`, `Document` and what a document is made of. Everything is frozen: `Document.text` is
made once by a reader and never edited afterwards, so a pair of offsets is a quotation.

Offsets are Python string indices (Unicode code points), half-open: start inclusive, end exclusive.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import zip_longest
from urllib.parse import quote_plus


class CorpusError(Exception):
    """A source file, its metadata or a corpus folder cannot be read; shown to the user as it is."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open, non-empty range of characters: ``0 <= start < end``.

    Raises:
        ValueError: the range is empty, reversed or starts before 0.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got {self.start}:{self.end}")

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two ranges share at least one character."""
        return self.start < other.end and other.start < self.end


class BlockKind(StrEnum):
    """What a block is; decides how it is split, embedded and shown."""

    TITLE = "title"
    FRONT_MATTER = "front matter"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    TABLE_HEADER = "table header"
    TABLE_ROW = "table row"
    TABLE_NOTE = "table note"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    END_MATTER = "end matter"
    REFERENCE = "reference"


MATTER = (BlockKind.TITLE, BlockKind.FRONT_MATTER, BlockKind.END_MATTER)
"""Kinds in which an article speaks of itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a stretch of `Document.text` came from: ``source`` in the file, ``span`` in the text.

    The two hold the same characters, except where a reader had to translate (LaTeX to Unicode, an
    entity to its character, a superscript digit to Unicode).
    """

    source: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Removed:
    """A stretch of the source file that is in no block, and why (``"list bullet"``)."""

    source: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """One unit of layout: a paragraph, a list item, a table row, a reference.

    Attributes:
        kind: what it is.
        span: its range in `Document.text`.
        section: index into `Document.sections`.
        pieces: where its characters stand in the source file, in text order.
        level: nesting of a list item, 0 for the outer list; 0 for everything else.
        cells: ranges of the cells of a table header or row, in `Document.text`; else empty. A cell
            that covers several columns or rows is listed for each: its range then repeats, or lies
            in the block of an earlier row.
        table: number of the table (from 0) that a header, row or note belongs to; else None.
        columns: column of each cell, from 0; () where it is the cell's position (none is empty).
        page: the page on which it begins, from 1; None where the source file has no pages.
    """

    kind: BlockKind
    span: Span
    section: int
    pieces: tuple[Piece, ...]
    level: int = 0
    cells: tuple[Span, ...] = ()
    table: int | None = None
    columns: tuple[int, ...] = ()
    page: int | None = None


def page_of(source_offset: int, page_starts: Sequence[int]) -> int | None:
    """Return the page, from 1, of a place in the source file; None where it has no pages."""
    return bisect_right(page_starts, source_offset) or None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the document; ``span`` covers its heading and blocks."""

    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the bibliography, as printed.

    Attributes:
        number: its number in the article, from 1.
        span: the entry in `Document.text`, without its number.
        authors: family name and initials, ``("Wobus AM",)``, whatever the entry's style; "et al."
            is left out and recorded in ``et_al``.
        title: without its final full stop.
        journal: as printed, without a final full stop.
        year: of publication, None where none is printed.
        volume, issue, pages: as printed, "" where there is none.
        raw: the entry as it stands in the source file.
        doi, pmid, pmcid: as the source file gives them, "" where it does not.
    """

    number: int
    span: Span
    text: str
    authors: tuple[str, ...]
    et_al: bool
    title: str
    journal: str
    year: int | None
    volume: str
    issue: str
    pages: str
    raw: str
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""

    @property
    def pubmed_url(self) -> str:
        """Address of a PubMed search for the title (a search, not an identifier)."""
        return f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(self.title)}"

    @property
    def crossref_url(self) -> str:
        """Address of a Crossref search for the title; no DOI is ever made up."""
        return f"https://search.crossref.org/?q={quote_plus(self.title)}"


@dataclass(frozen=True, slots=True)
class Marker:
    """An in-text citation ``(2,3)``: its range in `Document.text` and the numbers it stands for."""

    span: Span
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """A person, in the two parts that every citation style needs."""

    family: str
    given: str

    @property
    def vancouver(self) -> str:
        """The name as medical journals print it: ``Kersin SG``."""
        initials = "".join(part[0] for part in self.given.replace("-", " ").split())
        return f"{self.family} {initials}".strip()


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms the article may be shown, and the line that says so."""

    id: str
    name: str
    url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What `article.toml` or the file itself says about the article; "" or None for nothing."""

    title: str
    authors: tuple[Author, ...] = ()
    affiliation: str = ""
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    language: str = "en"
    licence: Licence | None = None
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""

    @property
    def citation(self) -> str:
        """The article's own citation in Vancouver style, one line."""
        authors = ", ".join(author.vancouver for author in self.authors)
        title = self.title if self.title.endswith(("?", "!", ".")) else self.title + "."
        issue = f"({self.issue})" if self.issue else ""
        where = f"{self.journal} {self.year or ''}".strip()
        place = f"{self.volume}{issue}: {self.pages}".strip(": ")
        tail = "; ".join(part for part in (where, place) if part)
        parts = (f"{authors}." if authors else "", title, f"{tail}." if tail else "")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Document:
    """An article, ready to be quoted.

    Attributes:
        id: the name of its folder, stable across runs.
        text: the canonical text; every quotation is a slice of it.
        sections, blocks: in text order; each block lies in exactly one section.
        references: by number, 1 first.
        markers: in-text citations outside the reference list, in text order.
        removed: what of the source file is in no block.
        source_sha256: hex digest of the source file's bytes.
        source: the source file as it came, decoded; of XML, with its markup.
        supplied: punctuation that the format leaves to whoever shows it (between the authors of an
            entry that is stored as fields); it stands in the text but not in the source file.
        page_starts: where in ``source`` each page begins, the first one at 0; () without pages.
    """

    id: str
    metadata: Metadata
    text: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    references: tuple[Reference, ...]
    markers: tuple[Marker, ...]
    removed: tuple[Removed, ...]
    source_sha256: str
    source: str = field(repr=False)
    supplied: tuple[Span, ...] = ()
    page_starts: tuple[int, ...] = ()

    def slice(self, span: Span) -> str:
        """Cut the text at a span.

        Raises:
            ValueError: the span ends past the text.
        """
        if span.end > len(self.text):
            raise ValueError(
                f"span {span.start}:{span.end} ends past the text of {self.id} ({len(self.text)})"
            )
        return self.text[span.start : span.end]

    @cached_property
    def _block_starts(self) -> list[int]:
        return [block.span.start for block in self.blocks]

    @cached_property
    def _references_by_number(self) -> dict[int, Reference]:
        return {reference.number: reference for reference in self.references}

    @cached_property
    def _markers_in_order(self) -> list[Marker]:
        return sorted(self.markers, key=lambda marker: marker.span)

    def block_at(self, offset: int) -> Block:
        """Return the block that holds the character at ``offset`` (or the last one before it).

        Raises:
            ValueError: the offset lies outside the text.
        """
        if not 0 <= offset < len(self.text):
            raise ValueError(f"offset {offset} lies outside the text of {self.id}")
        return self.blocks[max(0, bisect_right(self._block_starts, offset) - 1)]

    def section_at(self, offset: int) -> Section:
        """Return the section that holds the character at ``offset``."""
        return self.sections[self.block_at(offset).section]

    def page_at(self, offset: int) -> int | None:
        """Return the page, from 1, that the character at ``offset`` is printed on.

        A block may run over several pages, a piece never does.
        White space that joins two pieces counts to the second one. None where there are no pages.
        """
        if not self.page_starts:
            return None
        block = self.block_at(offset)
        ends = [piece.span.end for piece in block.pieces]
        piece = block.pieces[min(bisect_right(ends, offset), len(ends) - 1)]
        return page_of(piece.source.start, self.page_starts)

    def reference(self, number: int) -> Reference | None:
        """Return the bibliography entry with this number, or None where there is none."""
        return self._references_by_number.get(number)

    def row_texts(self, block: Block) -> tuple[str, ...]:
        """Return the texts of a table row by column, "" for an empty cell."""
        columns = block.columns or tuple(range(len(block.cells)))
        texts = [""] * (max(columns, default=-1) + 1)
        for column, cell in zip(columns, block.cells, strict=True):
            texts[column] = self.slice(cell)
        return tuple(texts)

    def reference_at(self, span: Span) -> tuple[Reference, ...]:
        """Return the bibliography entry that a span lies in, as a tuple of one or none."""
        return tuple(reference for reference in self.references if span in reference.span)

    def markers_in(self, span: Span) -> tuple[Marker, ...]:
        """Return the in-text citations that lie inside a span, in text order."""
        markers = self._markers_in_order
        first = bisect_left(markers, span.start, key=lambda marker: marker.span.start)
        last = bisect_left(markers, span.end, lo=first, key=lambda marker: marker.span.start)
        return tuple(marker for marker in markers[first:last] if marker.span in span)

    def references_in(self, span: Span) -> tuple[Reference, ...]:
        """Resolve the citations inside a span, in order of mention, each reference once."""
        numbers = dict.fromkeys(n for marker in self.markers_in(span) for n in marker.numbers)
        found = (self.reference(number) for number in numbers)
        return tuple(reference for reference in found if reference is not None)

    @cached_property
    def _table_headers(self) -> dict[int, list[Block]]:
        headers: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.kind is BlockKind.TABLE_HEADER and block.table is not None:
                headers.setdefault(block.table, []).append(block)
        return headers

    def table_header(self, table: int) -> Block | None:
        """Return the first header row of a table, or None where it has none."""
        return next(iter(self._table_headers.get(table, ())), None)

    def column_heads(self, table: int) -> tuple[str, ...]:
        """Return the head of each column, the texts of several header rows joined by a comma."""
        rows = [self.row_texts(header) for header in self._table_headers.get(table, ())]
        return tuple(
            ", ".join(dict.fromkeys(text for text in column if text))
            for column in zip_longest(*rows, fillvalue="")
        )
