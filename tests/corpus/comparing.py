"""Compares the review as read from another format with the review as read from its text.

Both hold the same words; how many of the sentences, citations, entries and rows of the one are in
the other says how well a format is read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import BlockKind, Document
from corpus.passages import sentence_spans

BODY = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARKER = re.compile(r"\s*(?:\((\d[\d,–\- ]*)\)|([⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹,–-]*(?<![,–-])))")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What of the original is missing from a document.

    Attributes:
        sentences: number of sentences of the original's body.
        missing: those that the document does not hold, white space normalised.
        whole: number of those that the document holds as a sentence of its own.
    """

    sentences: int
    missing: tuple[str, ...]
    whole: int

    @property
    def share(self) -> float:
        """Share of the sentences that are found, in [0, 1]."""
        return 1 - len(self.missing) / self.sentences


def compare_sentences(original: Document, document: Document) -> Comparison:
    """Look for each sentence of the original's body; citations may be printed in another way."""
    wanted = [_normal(text) for text in body_sentences(original)]
    # The parts of the body may not be joined: a sentence has to stand inside one of them.
    held = [_normal(document.slice(b.span)) for b in document.blocks if b.kind in BODY]
    own = {_normal(text) for text in body_sentences(document)}
    missing = tuple(text for text in wanted if not any(text in part for part in held))
    return Comparison(len(wanted), missing, sum(text in own for text in wanted))


def body_sentences(document: Document) -> list[str]:
    """Return the sentences and list items of an article's body, in order."""
    return [
        document.slice(span)
        for block in document.blocks
        if block.kind in BODY
        for span in sentence_spans(document, block)
    ]


def cited_in_order(document: Document, kinds: Iterable[BlockKind] = BODY) -> list[tuple[int, ...]]:
    """Return the numbers of each citation in blocks of some kinds, in text order."""
    wanted = set(kinds)
    return [
        marker.numbers
        for marker in document.markers
        if document.block_at(marker.span.start).kind in wanted
    ]


def headings(document: Document) -> list[str]:
    """Return the titles of the sections, in order."""
    return [section.title for section in document.sections]


def table_rows(document: Document) -> list[tuple[str, ...]]:
    """Return head and rows of all tables, white space normalised."""
    kinds = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
    return [
        tuple(" ".join(cell.split()) for cell in document.row_texts(block))
        for block in document.blocks
        if block.kind in kinds
    ]


def entries(document: Document) -> list[str]:
    """Return the entries of the bibliography, in order."""
    return [" ".join(reference.text.split()) for reference in document.references]


def _normal(text: str) -> str:
    """Normalise white space, and write each citation in one way."""
    plain = _MARKER.sub(lambda found: f" ({(found[1] or found[2]).translate(_RAISED)})", text)
    return " ".join(plain.split())
