"""Articles written by hand with the damage of PDF texts, and how to look at what was read."""

from collections import Counter
from pathlib import Path

from corpus.document import BlockKind, Document, Span
from corpus.reading.plain_text import read_plain_text

TITLE = "Gut flora of honey bees"
AUTHORS = "Ida Moss, Per Lund"
ABSTRACT = "Bees carry a small set of gut bacteria that helps them to digest pollen."
FIRST = "Moss I. Bees and their flora. Apidologie 2011; 4: 1-9."
SECOND = "Lund P, Moss I. Pollen at work. J Insect Sci 2014; 7(2): 33-41."
OPENING = (
    "The hind gut of a worker bee houses about one billion bacterial cells. Almost all of them "
    "fall into one of"
)
"""A paragraph that breaks off in mid-sentence."""


def article(*body: str, references: str = f"1. {FIRST}\n2. {SECOND}") -> str:
    """Lay out an article about bees around the groups of lines of its section "Background"."""
    parts = [TITLE, AUTHORS, "Summary", ABSTRACT, "Background", *body, "References", references]
    return "\n\n".join(parts) + "\n"


def read(source: str) -> Document:
    """Read a text as an article called "bees"."""
    return read_plain_text(source.encode(), Path("bees.txt"), document_id="bees")


def texts(document: Document, kind: BlockKind) -> list[str]:
    """The texts of all blocks of a kind, in order."""
    return [document.slice(block.span) for block in document.blocks if block.kind is kind]


def section_texts(document: Document, title: str) -> list[tuple[str, str]]:
    """Kind and text of every block of a section but its heading."""
    return [
        (block.kind.value, document.slice(block.span))
        for block in document.blocks
        if document.sections[block.section].title == title and block.kind is not BlockKind.HEADING
    ]


def span_of(document: Document, text: str) -> Span:
    """Where a text first stands in the document."""
    start = document.text.index(text)
    return Span(start, start + len(text))


def lost_or_doubled(document: Document) -> list[tuple[int, str, int]]:
    """Characters of the source that are not in one piece or removal: (offset, it, count)."""
    count: Counter[int] = Counter()
    for block in document.blocks:
        for piece in block.pieces:
            count.update(range(piece.source.start, piece.source.end))
    for removal in document.removed:
        count.update(range(removal.source.start, removal.source.end))
    return [
        (offset, character, count[offset])
        for offset, character in enumerate(document.source)
        if count[offset] > 1 or (count[offset] == 0 and not character.isspace())
    ]


def changed_pieces(document: Document) -> list[tuple[str, str]]:
    """Pieces that read otherwise than in the source: (in the source, in the text)."""
    pairs = (
        (
            document.source[piece.source.start : piece.source.end],
            document.text[piece.span.start : piece.span.end],
        )
        for block in document.blocks
        for piece in block.pieces
    )
    return [(before, after) for before, after in pairs if before != after]


def unmapped_characters(document: Document) -> list[tuple[int, str]]:
    """Characters of blocks that no piece holds, other than single spaces between two pieces."""
    unmapped: list[tuple[int, str]] = []
    for block in document.blocks:
        position = block.span.start
        for piece in block.pieces:
            gap = document.text[position : piece.span.start]
            if gap not in ("", " ") or (gap and position == block.span.start):
                unmapped.append((position, gap))
            position = piece.span.end
        if position != block.span.end:
            unmapped.append((position, document.text[position : block.span.end]))
    return unmapped


def removed_of(document: Document) -> list[tuple[str, str]]:
    """What of the source is in no block, in order, and why."""
    return [(document.source[r.source.start : r.source.end], r.reason) for r in document.removed]


def cited(document: Document) -> list[tuple[str, tuple[int, ...]]]:
    """The citations as they are printed, in order, and the numbers that they stand for."""
    return [(document.slice(marker.span), marker.numbers) for marker in document.markers]
