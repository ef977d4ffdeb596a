"""Exactness of quotes from XML: the file's own characters, and listed punctuation, nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import Document, Piece, Span
from corpus.reading import read_document
from qa.evaluation.provenance import is_exact

SAMPLE = Path(__file__).parents[2] / "corpus" / "jats" / "1472-6831-8-11.nxml"


@pytest.fixture(scope="module")
def oral_health() -> Document:
    return read_document(SAMPLE)


def test_every_block_of_an_xml_article_is_exact(oral_health: Document) -> None:
    blocks = oral_health.blocks
    texts = [oral_health.slice(block.span) for block in blocks]
    assert [
        t for t, b in zip(texts, blocks, strict=True) if not is_exact(t, b.span, oral_health)
    ] == []


def test_letters_that_only_the_reader_wrote_are_not_exact(oral_health: Document) -> None:
    start = oral_health.text.index("Locker D. Measuring")
    invented = replace(oral_health, supplied=(Span(start, start + 6),))
    block = invented.block_at(start)
    bare = replace(block, pieces=tuple(p for p in block.pieces if p.span.start >= start + 6))
    changed = replace(invented, blocks=tuple(bare if b is block else b for b in invented.blocks))
    assert not is_exact(changed.slice(block.span), block.span, changed)


def test_piece_that_points_elsewhere_is_not_exact(oral_health: Document) -> None:
    block = oral_health.blocks[0]
    first = block.pieces[0]
    moved = Piece(Span(first.source.start + 1, first.source.end + 1), first.span)
    changed = replace(
        oral_health,
        blocks=(replace(block, pieces=(moved, *block.pieces[1:])), *oral_health.blocks[1:]),
    )
    assert not is_exact(changed.slice(block.span), block.span, changed)
