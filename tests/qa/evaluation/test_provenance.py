"""Exactness and citations, checked against the raw file without the code under test."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import Document, Marker, Piece, Span
from corpus.reading.plain_text import read_plain_text
from qa.evaluation.provenance import (
    cited_in,
    cited_numbers,
    is_exact,
    is_in_source,
    is_reference_right,
    printed_entries,
)


def span_of(document: Document, text: str) -> Span:
    start = document.text.index(text)
    return Span(start, start + len(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("No citation.", ()),
        ("One (11).", (11,)),
        ("Two (2,3) and again (3, 4).", (2, 3, 4)),
        ("A range (31-33), an en dash (5\u20136).", (31, 32, 33, 5, 6)),
        ("Mixed [1,4-6;9].", (1, 4, 5, 6, 9)),
        ("Names (CD49f), hours (3-24 hours), years (2007).", ()),
        ("An issue 56(3): 187-91 is no citation.", ()),
        ("A range that falls (9-3) or is a measurement (10-90).", ()),
        ("A range of two brackets [3]\u2013[5].", (3, 4, 5)),
        ("Powers 10\u2076 and cells\u00b2.", ()),
    ],
)
def test_citations_are_read_from_the_text(text: str, numbers: tuple[int, ...]) -> None:
    assert cited_numbers(text) == numbers


def test_raised_citations_are_read_where_the_article_has_them() -> None:
    assert cited_numbers("Cells\u00b9,\u00b3 of 10\u2076 (2).", raised=True) == (1, 3, 2)


BEES = """Bees

Bees fly (Moss, 2011; Lund and Moss 2014a), as Lund and Moss (2014b) say. (2) They rest.

References

Moss, I. (2011). Bees and their flora. Apidologie, 4, 1-9.

Lund, P., & Moss, I. (2014a). Pollen at work. Insects, 7(2), 33-41.

Lund, P., & Moss, I. (2014b). Pollen at rest. Insects, 7(3), 1-4.
"""


@pytest.fixture
def bees() -> Document:
    return read_plain_text(BEES.encode(), Path("bees.txt"), document_id="bees")


def test_citation_by_name_is_right_if_the_entry_prints_name_and_year(bees: Document) -> None:
    (block,) = [b for b in bees.blocks if "Bees fly" in bees.slice(b.span)]
    text, entries = bees.slice(block.span), printed_entries(bees)
    assert cited_in(text, block.span, bees, entries) == (1, 2, 3)
    other_name, other_year = entries[1].replace("Moss", "Hart"), entries[1].replace("2011", "2012")
    for wrong in ({1: other_name}, {1: other_year}):
        assert 1 not in cited_in(text, block.span, bees, entries | wrong)


def test_marker_that_points_to_another_entry_is_found_out(bees: Document) -> None:
    moved = tuple(replace(marker, numbers=(3,)) for marker in bees.markers[:1])
    wrong = replace(bees, markers=(*moved, *bees.markers[1:2]))
    (block,) = [b for b in bees.blocks if "Bees fly" in bees.slice(b.span)]
    cited = cited_in(bees.slice(block.span), block.span, wrong, printed_entries(bees))
    assert cited == (2,)


def test_linked_number_counts_only_if_it_is_printed(milk: Document) -> None:
    start = milk.text.index("6 integrin")
    linked = replace(milk, markers=(Marker(Span(start, start + 1), (6, 1)),))
    assert cited_in("6", Span(start, start + 1), linked, {1: "", 6: ""}) == (6,)


def test_entry_without_a_printed_number_is_numbered_by_its_place(milk: Document) -> None:
    assert printed_entries(milk) == {
        1: "SmithA.MilkofMammals.JMilk2001;1(2):1-9.",
        2: "CreganM.NestininCells.JMilk2007;2:3-4.",
    }


def test_printed_number_wins_over_the_place(milk: Document) -> None:
    source = milk.source.replace("\n2. Cregan", "\n3. Cregan")
    assert list(printed_entries(replace(milk, source=source))) == [1, 3]


@pytest.mark.parametrize(
    ("number", "quote", "right"),
    [
        pytest.param(1, "Milk holds stem cells (1,2).", True, id="cited"),
        pytest.param(1, "Cregan et al. (2) in term milk.", False, id="not cited there"),
        pytest.param(1, "Smith A. Milk of Mammals.", True, id="the entry itself"),
    ],
)
def test_reference_is_right_only_where_the_quote_cites_it(
    milk: Document, number: int, quote: str, right: bool
) -> None:
    reference = milk.reference(number)
    assert reference is not None
    found = is_reference_right(
        reference,
        text=quote,
        span=span_of(milk, quote),
        document=milk,
        entries=printed_entries(milk),
    )
    assert found is right


def test_reference_resolved_to_another_entry_is_wrong(milk: Document) -> None:
    first, second = milk.references
    swapped = replace(first, text=second.text)
    quote = "Milk holds stem cells (1,2)."
    assert not is_reference_right(
        swapped,
        text=quote,
        span=span_of(milk, quote),
        document=milk,
        entries=printed_entries(milk),
    )


def test_slice_of_the_document_is_exact(milk: Document) -> None:
    text = "These cells were found by Cregan et al. (2) in term milk."
    assert is_exact(text, span_of(milk, text), milk)


def test_translated_latex_is_exact(milk: Document) -> None:
    assert is_exact("λ6 integrin", span_of(milk, "λ6 integrin"), milk)


@pytest.mark.parametrize("text", ["Milk holds stem cell", "Milk  holds stem cells", "milk"])
def test_altered_text_is_not_exact(milk: Document, text: str) -> None:
    assert not is_exact(text, span_of(milk, "Milk holds stem cells"), milk)


def test_span_past_the_text_is_not_exact(bone: Document) -> None:
    assert not is_exact("Bone", Span(0, len(bone.text) + 1), bone)


def test_text_that_no_piece_backs_is_not_in_the_source(bone: Document) -> None:
    bare = replace(bone, blocks=bone.blocks[:1])
    assert is_in_source(Span(0, 4), bare)
    assert not is_in_source(span_of(bone, "Bone is hard"), bare)


def test_piece_that_points_elsewhere_in_the_source_is_found_out(bone: Document) -> None:
    title, paragraph = bone.blocks
    (piece,) = paragraph.pieces
    moved = Piece(Span(piece.source.start - 1, piece.source.end - 1), piece.span)
    shifted = replace(bone, blocks=(title, replace(paragraph, pieces=(moved,))))
    assert not is_in_source(span_of(bone, "Bone is hard"), shifted)


def test_translation_that_changes_a_digit_is_found_out(milk: Document) -> None:
    changed = replace(milk, source=milk.source.replace("lambda 6", "lambda 7"))
    assert not is_in_source(span_of(milk, "λ6"), changed)
