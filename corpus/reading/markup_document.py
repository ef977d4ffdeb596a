"""From the outline of an article to its `Document`: numbers, references, citations, what is left.

A citation that is a link to an entry counts as it is; only an article without any is searched for
citations that are printed.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from corpus.bibliography import (
    find_citations,
    number_entries,
    parse_reference,
    printed_number,
    resolved_markers,
)
from corpus.document import BlockKind, Document, Marker, Metadata, Reference, Removed, Span
from corpus.reading.markup_compose import Composer
from corpus.reading.markup_outline import Entry, Outline


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of a file is passed on as it is: name, decoded text, the article's id, and its hash."""

    path: Path
    text: str
    document_id: str
    sha256: str


def make_document(
    outline: Outline, file: FileFacts, metadata: Metadata, removed: list[Removed]
) -> Document:
    """Write an outline; what of the file is in no block has still to be listed (`unread`).

    Raises:
        CorpusError: the references are numbered inconsistently, and no link says which is meant.
    """
    numbers = _number(outline, file.path)
    for line in outline.lines():
        line.citations = [c for c in line.citations if any(t in numbers for t in c.targets)]
    composer = Composer(file.text, numbers)
    composer.write(outline.parts)
    references = _references(outline.entries, composer, numbers, file.text)
    prose = [block for block in composer.blocks if block.kind is not BlockKind.REFERENCE]
    markers: tuple[Marker, ...] = tuple(resolved_markers(composer.markers, references))
    if not markers:
        is_numbered = any(re.search(r"\d", entry.label) for entry in outline.entries)
        spans = [block.span for block in prose]
        markers = find_citations(composer.text, spans, references, is_numbered=is_numbered)
    return Document(
        id=file.document_id,
        metadata=metadata,
        text=composer.text,
        sections=tuple(composer.sections),
        blocks=tuple(composer.blocks),
        references=references,
        markers=markers,
        removed=tuple(removed),
        source_sha256=file.sha256,
        source=file.text,
        supplied=tuple(composer.supplied),
    )


def unread(source: str, stretch: Span, used: bytearray) -> Iterator[Span]:
    """Yield what of a stretch of the file is neither used nor white space, also as ``&nbsp;``."""
    if used.find(0, stretch.start, stretch.end) < 0:
        return
    position = stretch.start
    for is_used, group in groupby(used[stretch.start : stretch.end]):
        end = position + sum(1 for _ in group)
        text = source[position:end]
        if not is_used and html.unescape(text).strip():
            start = position + len(text) - len(text.lstrip())
            yield Span(start, start + len(text.strip()))
        position = end


def used_places(document: Document) -> bytearray:
    """Return 1 for each character of the file that is in a block or listed as removed, else 0."""
    used = bytearray(len(document.source) + 1)
    stretches = [piece.source for block in document.blocks for piece in block.pieces]
    for stretch in (*stretches, *(item.source for item in document.removed)):
        used[stretch.start : stretch.end] = b"\x01" * (stretch.end - stretch.start)
    return used


def with_removed(document: Document, more: list[Removed]) -> Document:
    """Return the document with further stretches listed, in the order of the file."""
    removed = sorted((*document.removed, *more), key=lambda item: item.source)
    return replace(document, removed=tuple(removed))


def _number(outline: Outline, path: Path) -> dict[str, int]:
    """Number the entries by all ids; the printed numbers count where each entry has its own."""
    labels = [entry.label for entry in outline.entries]
    printed = [printed_number(label) or 0 for label in labels]
    ids = {target for entry in outline.entries for target in entry.ids}
    is_linked = any(ids.intersection(c.targets) for line in outline.lines() for c in line.citations)
    if all(printed) and len(set(printed)) == len(printed) and is_linked:
        numbers = printed
    elif is_linked:
        numbers = list(range(1, len(labels) + 1))
    else:
        numbers = number_entries(labels, where=str(path))
    return {
        target: number
        for entry, number in zip(outline.entries, numbers, strict=True)
        for target in (entry.draft.target, *entry.ids)
    }


def _references(
    entries: list[Entry], composer: Composer, numbers: dict[str, int], source: str
) -> tuple[Reference, ...]:
    blocks = {block.span.start: block for block in composer.blocks}
    written = composer.text
    references = []
    for entry in entries:
        span = composer.entries.get(entry.draft.target)
        if span is None:
            continue
        pieces = blocks[span.start].pieces
        raw = source[pieces[0].source.start : pieces[-1].source.end]
        text = written[span.start : span.end]
        number = numbers[entry.draft.target]
        read = parse_reference(text, number=number, span=span, raw=raw)
        references.append(replace(read, doi=entry.doi or read.doi, pmid=entry.pmid or read.pmid))
    return tuple(sorted(references, key=lambda reference: reference.number))
