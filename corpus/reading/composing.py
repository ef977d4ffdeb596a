"""From drafts to a `Document`: the canonical text and where each of its characters came from."""

import logging
import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.bibliography import (
    find_citations,
    number_entries,
    numbers_as_printed,
    parse_reference,
)
from corpus.document import (
    MATTER,
    Block,
    BlockKind,
    Document,
    Metadata,
    Piece,
    Reference,
    Removed,
    Section,
    Span,
    page_of,
)
from corpus.reading.drafting import Draft
from corpus.reading.inline import strip_markup, translate_latex

logger = logging.getLogger(__name__)


class Composer:
    """Writes the canonical text block by block and remembers where each piece came from."""

    def __init__(
        self,
        source: str,
        document_id: str,
        removed: Iterable[Removed],
        *,
        path: Path,
        tight: Container[int] | None = None,
        page_starts: tuple[int, ...] = (),
        can_be_mended: bool = True,
    ) -> None:
        """Start a text.

        Args:
            source: the decoded source file.
            document_id: the id that quotations will carry.
            removed: what of the source is in no draft.
            path: the name of the file, for error messages.
            tight: ends of lines behind which the next one follows without a space; None where
                only words can tell.
            page_starts: as in `Document`.
            can_be_mended: whether somebody can correct the source: references that are numbered
                inconsistently are an error then, otherwise those without a sure number are left
                out.
        """
        self._source = source
        self._id = document_id
        self._path = path
        self._removed = list(removed)
        self._tight = tight
        self._page_starts = page_starts
        self._can_be_mended = can_be_mended
        self._last_end = 0  # in the source, of what was written last
        self._written: list[str] = []
        self._length = 0  # of what was written
        self._blocks: list[Block] = []
        self._continued: list[Piece] = []  # of the last block, an entry
        self._labels: dict[Span, str] = {}  # block span -> the number printed before an entry

    def compose(
        self, arranged: list[tuple[str, list[Draft]]], metadata: Metadata, sha256: str
    ) -> Document:
        """Write titled sections of drafts, none of them empty.

        Raises:
            CorpusError: the references are numbered inconsistently, and that can be mended.
        """
        sections = []
        for number, (title, drafts) in enumerate(arranged):
            first = len(self._blocks)
            for draft in drafts:
                self._add(draft, number)
            self._end_reference()
            span = Span(self._blocks[first].span.start, self._blocks[-1].span.end)
            sections.append(Section(title, span))
        text = "".join(self._written)
        references = self._read_references(text)
        cited_in = [block for block in self._blocks if block.kind is not BlockKind.REFERENCE]
        markers = find_citations(
            text,
            [block.span for block in cited_in],
            references,
            is_numbered=any(re.search(r"\d", label) for label in self._labels.values()),
            raised=[block.span for block in cited_in if block.kind not in MATTER],
        )
        return Document(
            id=self._id,
            metadata=metadata,
            text=text,
            sections=tuple(sections),
            blocks=tuple(self._blocks),
            references=references,
            markers=markers,
            removed=tuple(sorted(self._removed, key=lambda item: item.source)),
            source_sha256=sha256,
            source=self._source,
            page_starts=self._page_starts,
        )

    def _add(self, draft: Draft, section: int) -> None:
        if draft.continues and self._blocks and self._blocks[-1].kind is BlockKind.REFERENCE:
            self._continued += self._write_ranges(draft)
            return
        self._end_reference()
        tight = {
            BlockKind.LIST_ITEM,
            BlockKind.TABLE_HEADER,
            BlockKind.TABLE_ROW,
            BlockKind.REFERENCE,
        }
        if self._blocks:
            together = self._blocks[-1].kind in tight and draft.kind in tight
            self._write("\n" if together else "\n\n")
        start = self._length
        pieces = self._write_ranges(draft)
        span = Span(start, self._length)
        if draft.label:
            reason = "reference label" if draft.kind is BlockKind.REFERENCE else "list bullet"
            self._removed.append(Removed(draft.label, reason))
            self._labels[span] = self._source[draft.label.start : draft.label.end].strip()
        cells = tuple(_to_text(cell, pieces) for cell in draft.cells)
        self._blocks.append(
            Block(
                kind=draft.kind,
                span=span,
                section=section,
                pieces=tuple(pieces),
                level=draft.level,
                cells=cells,
                table=draft.table,
                columns=tuple(draft.columns),
                page=page_of(pieces[0].source.start, self._page_starts),
            )
        )

    def _end_reference(self) -> None:
        """Make the last entry one block with the lines that carried it on."""
        if not self._continued:
            return
        last = self._blocks.pop()
        label = self._labels.pop(last.span, "")
        span = Span(last.span.start, self._length)
        self._labels[span] = label
        self._blocks.append(replace(last, span=span, pieces=(*last.pieces, *self._continued)))
        self._continued = []

    def _write_ranges(self, draft: Draft) -> list[Piece]:
        pieces: list[Piece] = []
        for position, source_range in enumerate(draft.ranges):
            stays = self._strip(source_range, draft)
            if stays and (position or draft.continues):
                self._write(self._joint(stays[0].start))
            for part in stays:
                for kept in translate_latex(self._source, part):
                    span = Span(self._length, self._length + len(kept.text))
                    self._write(kept.text)
                    pieces.append(Piece(kept.source, span))
                    self._last_end = kept.source.end
        return pieces

    def _write(self, text: str) -> None:
        if text:
            self._written.append(text)
            self._length += len(text)

    def _strip(self, source_range: Span, draft: Draft) -> list[Span]:
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
        if self._tight is not None:
            return "" if self._last_end in self._tight else " "
        ending = "".join(self._written[-2:])[-2:]
        parted = re.fullmatch(r"[^\W\d_]-", ending) and self._source[next_start].islower()
        suspended = re.match(r"(?:and|or|to)\b", self._source[next_start : next_start + 4])
        return "" if parted and not suspended else " "

    def _read_references(self, text: str) -> tuple[Reference, ...]:
        entries = [block for block in self._blocks if block.kind is BlockKind.REFERENCE]
        labels = [self._labels.get(block.span, "") for block in entries]
        numbers: Sequence[int | None] = (
            number_entries(labels, where=str(self._path))
            if self._can_be_mended
            else numbers_as_printed(labels)
        )
        references = []
        for number, block in zip(numbers, entries, strict=True):
            if number is None:
                logger.warning("%s: an entry of the reference list has no sure number", self._path)
                continue
            entry = text[block.span.start : block.span.end]
            raw = self._source[block.pieces[0].source.start : self._end_of_line(block)].strip()
            references.append(parse_reference(entry, number=number, span=block.span, raw=raw))
        return tuple(sorted(references, key=lambda reference: reference.number))

    def _end_of_line(self, block: Block) -> int:
        end = block.pieces[-1].source.end
        line_end = self._source.find("\n", end)
        return len(self._source) if line_end < 0 else line_end


def _to_text(source_span: Span, pieces: list[Piece]) -> Span:
    """Map a range of the source to the canonical text; translated formulas map as a whole."""
    start = end = -1
    first = bisect_right(pieces, source_span.start, key=lambda piece: piece.source.end)
    for number in range(first, len(pieces)):
        piece = pieces[number]
        if piece.source.start >= source_span.end:
            break
        same = piece.source.end - piece.source.start == piece.span.end - piece.span.start
        low = max(source_span.start - piece.source.start, 0) if same else 0
        high = max(piece.source.end - source_span.end, 0) if same else 0
        start = piece.span.start + low if start < 0 else start
        end = piece.span.end - high
    return Span(start, end)
