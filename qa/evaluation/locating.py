"""Where an evidence snippet stands in the documents.

Owns the search for a snippet and its mapping to ranges of `Document.text`. People copy snippets
from the file that they have in front of them, so a snippet may hold markdown asterisks, LaTeX or a
page footer in mid-sentence that no reader keeps; it is then found in the raw file and mapped back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Block, Document, Piece, Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a snippet stands.

    Attributes:
        document_id: the document.
        spans: ranges in `Document.text`, in text order, disjoint, at least one. More than one only
            where a snippet of the raw file runs over text that the reader moved elsewhere.
    """

    document_id: str
    spans: tuple[Span, ...]

    @property
    def length(self) -> int:
        """Number of characters of the snippet in `Document.text`."""
        return sum(span.end - span.start for span in self.spans)

    def overlap(self, document_id: str, span: Span) -> int:
        """Count the snippet's characters that lie in a span of a document."""
        if document_id != self.document_id:
            return 0
        return sum(max(0, min(s.end, span.end) - max(s.start, span.start)) for s in self.spans)


def find_snippet(snippet: str, documents: Iterable[Document]) -> tuple[Occurrence, ...]:
    """Find every place of a snippet, as `find_snippets` does."""
    return find_snippets([snippet], documents)[snippet]


def find_snippets(
    snippets: Iterable[str], documents: Iterable[Document]
) -> dict[str, tuple[Occurrence, ...]]:
    r"""Find every place of snippets, whole words only, any whitespace matching any other.

    Each document is read once. Its text is searched first; its source file only where the text has
    no match. ``"*Adv Nutr.* 2014"`` is found in the file and mapped to ``Adv Nutr. 2014`` in the
    text.

    Returns:
        By snippet, its places in the order of the documents and of their text; empty where it is
        nowhere, or only in stretches of the file that are in no block.
    """
    patterns = {snippet: _snippet_pattern(snippet) for snippet in snippets}
    found: dict[str, list[Occurrence]] = {snippet: [] for snippet in patterns}
    for document in documents:
        for snippet, pattern in patterns.items():
            found[snippet] += _find_in(document, pattern)
    return {snippet: tuple(places) for snippet, places in found.items()}


def _snippet_pattern(snippet: str) -> re.Pattern[str]:
    """Compile a snippet, whitespace-insensitive; word boundaries keep "cell" out of "cells"."""
    words = snippet.split()
    if not words:
        raise ValueError("an evidence snippet needs at least one character that is not a space")
    body = r"\s+".join(re.escape(word) for word in words)
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", words[-1]) else ""
    return re.compile(before + body + after)


def _find_in(document: Document, pattern: re.Pattern[str]) -> list[Occurrence]:
    spans = [Span(*match.span()) for match in pattern.finditer(document.text)]
    if spans:
        return [Occurrence(document.id, (span,)) for span in spans]
    mapped = (
        map_to_text(document, Span(*match.span())) for match in pattern.finditer(document.source)
    )
    return [Occurrence(document.id, spans) for spans in mapped if spans]


def map_to_text(document: Document, source: Span) -> tuple[Span, ...]:
    """Map a range of the source file to ranges of `Document.text`.

    A range that begins and ends in one block yields that block's text alone: what stands between on
    the page (a footer, a table) is not part of the sentence.

    Returns:
        Disjoint spans in text order; empty where no character of the range is in a block.
    """
    places = sorted(
        ((piece, block) for block in document.blocks for piece in block.pieces),
        key=lambda place: place[0].source,
    )
    inside = [(piece, block) for piece, block in places if piece.source.overlaps(source)]
    if inside and inside[0][1] is inside[-1][1]:
        block = inside[0][1]
        inside = [place for place in inside if place[1] is block]
    return _merge(document, [_map_piece(document, piece, source) for piece, _ in inside])


def _map_piece(document: Document, piece: Piece, source: Span) -> Span:
    """Map the shared part of a piece; a translated piece (LaTeX) is indivisible and maps whole."""
    copied = document.source[piece.source.start : piece.source.end]
    if copied != document.slice(piece.span):
        return piece.span
    start = max(source.start, piece.source.start) - piece.source.start
    end = min(source.end, piece.source.end) - piece.source.start
    return Span(piece.span.start + start, piece.span.start + end)


def _merge(document: Document, spans: list[Span]) -> tuple[Span, ...]:
    """Join spans with nothing but whitespace between them: a mended line or page break."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and not document.text[merged[-1].end : span.start].strip():
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def blocks_in(document: Document, span: Span) -> list[Block]:
    """Return the blocks that share a character with a span, in text order."""
    return [block for block in document.blocks if block.span.overlaps(span)]
