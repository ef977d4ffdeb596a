"""The records: spans, look-up by offset, citations inside a span, the article's own citation."""

import re
from dataclasses import FrozenInstanceError

import pytest

from corpus.document import Author, Document, Metadata, Span
from tests.corpus.by_hand import article, read, span_of


@pytest.fixture(scope="module")
def bees() -> Document:
    return read(article("Bees forage (2). They return (1,2). They dance (1).", "They rest."))


@pytest.mark.parametrize(
    ("start", "end"), [(3, 3), (4, 3), (-1, 2), (0, 0)], ids=["empty", "reversed", "minus", "zero"]
)
def test_span_without_characters_is_refused(start: int, end: int) -> None:
    message = re.escape(f"a span needs 0 <= start < end, got {start}:{end}")
    with pytest.raises(ValueError, match=message):
        Span(start, end)


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [(2, 5, True), (3, 4, True), (1, 3, False), (4, 6, False), (0, 9, False)],
    ids=["itself", "within", "over-the-start", "over-the-end", "around"],
)
def test_span_holds_spans_that_lie_wholly_inside(start: int, end: int, inside: bool) -> None:
    assert (Span(start, end) in Span(2, 5)) is inside


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [(0, 2, False), (0, 3, True), (4, 9, True), (5, 9, False), (3, 4, True)],
    ids=["ends-before", "one-character", "last-character", "starts-after", "within"],
)
def test_spans_overlap_if_they_share_a_character(start: int, end: int, overlaps: bool) -> None:
    assert Span(2, 5).overlaps(Span(start, end)) is overlaps


def test_span_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(1, 2).start = 0  # type: ignore[misc]  # that it fails is the point


def test_slice_is_cut_by_offsets(bees: Document) -> None:
    assert bees.slice(Span(0, 3)) == "Gut"


def test_slice_past_the_text_is_refused(bees: Document) -> None:
    length = len(bees.text)
    message = re.escape(f"span 5:{length + 1} ends past the text of bees ({length})")
    with pytest.raises(ValueError, match=message):
        bees.slice(Span(5, length + 1))


@pytest.mark.parametrize("edge", ["start", "end"])
def test_block_is_found_at_both_of_its_edges(bees: Document, edge: str) -> None:
    wrong = [
        block
        for block in bees.blocks
        if bees.block_at(block.span.start if edge == "start" else block.span.end - 1) is not block
    ]
    assert wrong == []


def test_gap_between_blocks_belongs_to_the_block_before(bees: Document) -> None:
    first = bees.blocks[0]
    assert bees.text[first.span.end] == "\n"
    assert bees.block_at(first.span.end) is first


@pytest.mark.parametrize("offset", [-1, 10_000], ids=["before", "behind"])
def test_block_outside_the_text_is_an_error(bees: Document, offset: int) -> None:
    with pytest.raises(ValueError, match=f"offset {offset} lies outside the text of bees"):
        bees.block_at(offset)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Ida Moss", "Article information"),
        ("Bees carry", "Summary"),
        ("They rest", "Background"),
        ("Lund P, Moss I", "References"),
    ],
)
def test_section_is_found_by_offset(bees: Document, words: str, title: str) -> None:
    assert bees.section_at(bees.text.index(words)).title == title


def test_references_in_a_span_are_in_order_of_mention_each_once(bees: Document) -> None:
    span = span_of(bees, "Bees forage (2). They return (1,2). They dance (1).")
    assert [entry.number for entry in bees.references_in(span)] == [2, 1]


def test_references_in_a_span_are_only_those_cited_inside(bees: Document) -> None:
    span = span_of(bees, "They dance (1).")
    assert [entry.number for entry in bees.references_in(span)] == [1]


def test_marker_that_is_cut_by_a_span_does_not_count(bees: Document) -> None:
    assert bees.references_in(span_of(bees, "They dance (1")) == ()


def test_markers_in_a_span_are_in_text_order(bees: Document) -> None:
    span = span_of(bees, "They return (1,2). They dance (1).")
    assert [marker.numbers for marker in bees.markers_in(span)] == [(1, 2), (1,)]


def test_reference_is_found_by_number_and_missing_is_none(bees: Document) -> None:
    second = bees.reference(2)
    assert second is not None
    assert second.title == "Pollen at work"
    assert bees.reference(3) is None


def test_span_inside_an_entry_is_resolved_to_it(bees: Document) -> None:
    assert [e.number for e in bees.reference_at(span_of(bees, "Pollen at work"))] == [2]
    assert bees.reference_at(span_of(bees, "They rest.")) == ()


def test_table_that_does_not_exist_has_no_header(bees: Document) -> None:
    assert bees.table_header(0) is None


def test_citation_of_the_review(review: Document) -> None:
    assert review.metadata.citation == (
        "Kersin SG, Özek E. Breast milk stem cells: Are they magic bullets in neonatology? "
        "Turk Arch Pediatr 2021; 56(3): 187-91."
    )


@pytest.mark.parametrize(
    ("metadata", "citation"),
    [
        (Metadata("Bees", (), "", "", None, "", "", "", "en", None), "Bees."),
        (
            Metadata("Bees", (Author("Moss", "Ida"),), "", "Apid", 2011, "", "", "", "en", None),
            "Moss I. Bees. Apid 2011.",
        ),
        (
            Metadata("Bees", (), "", "Apid", 2011, "4", "", "1-9", "en", None),
            "Bees. Apid 2011; 4: 1-9.",
        ),
    ],
    ids=["title-alone", "no-volume", "no-issue"],
)
def test_citation_leaves_out_what_is_not_known(metadata: Metadata, citation: str) -> None:
    assert metadata.citation == citation


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (Author("Kersin", "Sinem Gülcan"), "Kersin SG"),
        (Author("Brown", "Jean-Paul"), "Brown JP"),
        (Author("WHO", ""), "WHO"),
    ],
    ids=["two-names", "hyphen", "no-given-name"],
)
def test_author_in_vancouver_style(author: Author, name: str) -> None:
    assert author.vancouver == name
