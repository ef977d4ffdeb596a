"""Snippets are found in the text, else in the raw file, and mapped to ranges of the text."""

import pytest

from corpus.document import Document, Span
from qa.evaluation.locating import Occurrence, find_snippet, map_to_text


def texts(document: Document, occurrence: Occurrence) -> list[str]:
    return [document.slice(span) for span in occurrence.spans]


def test_snippet_of_the_text_is_found_at_its_offsets(milk: Document) -> None:
    start = milk.text.index("stem cells")
    assert find_snippet("stem cells", [milk]) == (
        Occurrence("milk", (Span(start, start + len("stem cells")),)),
    )


def test_any_whitespace_matches_any_other(milk: Document) -> None:
    (found,) = find_snippet("Milk\n\tholds   stem cells", [milk])
    assert texts(milk, found) == ["Milk holds stem cells"]


def test_every_occurrence_in_every_document_counts(milk: Document, bone: Document) -> None:
    assert [o.spans[0].start for o in find_snippet("Bone is hard", [bone])] == [6, 20]
    assert [o.document_id for o in find_snippet("Milk holds stem cells", [milk, bone])] == [
        "milk",
        "bone",
    ]


def test_half_a_word_is_not_found(milk: Document) -> None:
    assert find_snippet("stem cell", [milk]) == ()
    assert find_snippet("tem cells", [milk]) == ()


def test_snippet_may_begin_and_end_with_punctuation(milk: Document) -> None:
    (found,) = find_snippet("(1,2). These", [milk])
    assert texts(milk, found) == ["(1,2). These"]


def test_asterisks_of_the_raw_file_are_mapped_away(milk: Document) -> None:
    (found,) = find_snippet("Milk of *Mammals.* J Milk 2001", [milk])
    assert texts(milk, found) == ["Milk of Mammals. J Milk 2001"]


def test_latex_of_the_raw_file_maps_to_the_whole_translation(milk: Document) -> None:
    (found,) = find_snippet("A marker, $\\lambda 6$ integrin", [milk])
    assert texts(milk, found) == ["A marker, λ6 integrin"]


def test_mended_page_break_is_found_in_the_text(milk: Document) -> None:
    (found,) = find_snippet("found by Cregan et al.", [milk])
    assert texts(milk, found) == ["found by Cregan et al."]


def test_page_footer_inside_a_raw_snippet_is_left_out(milk: Document) -> None:
    (found,) = find_snippet("found by Journal of Milk, page 7 Cregan et al.", [milk])
    assert texts(milk, found) == ["found by Cregan et al."]


def test_raw_snippet_over_two_blocks_keeps_both(milk: Document) -> None:
    (found,) = find_snippet("1-9. [Crossref] 2. Cregan M. Nestin in *Cells*", [milk])
    assert texts(milk, found) == ["1-9.\n\nCregan M. Nestin in Cells"]


def test_stretch_that_is_in_no_block_is_nowhere(milk: Document) -> None:
    assert "[Crossref]" in milk.source
    assert find_snippet("[Crossref]", [milk]) == ()


def test_part_of_a_piece_maps_character_by_character(milk: Document) -> None:
    start = milk.source.index("term milk")
    assert map_to_text(milk, Span(start, start + 4)) == (
        Span(milk.text.index("term milk"), milk.text.index("term milk") + 4),
    )


def test_spaces_alone_are_refused(milk: Document) -> None:
    with pytest.raises(ValueError, match="at least one character that is not a space"):
        find_snippet(" \n", [milk])


def test_overlap_counts_characters_of_all_spans_in_the_same_document() -> None:
    occurrence = Occurrence("milk", (Span(0, 10), Span(20, 30)))
    assert occurrence.length == 20
    assert occurrence.overlap("milk", Span(5, 22)) == 7
    assert occurrence.overlap("milk", Span(10, 20)) == 0
    assert occurrence.overlap("bone", Span(5, 22)) == 0
