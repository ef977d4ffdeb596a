"""References and in-text citations: the real list field by field, and what is no citation."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from corpus.bibliography import (
    expand_numbers,
    find_markers,
    number_entries,
    numbers_as_printed,
    parse_reference,
    printed_number,
)
from corpus.document import CorpusError, Document, Reference, Span
from tests.corpus.by_hand import FIRST, SECOND, article, read

GOLDEN = Path(__file__).parent / "golden"
REFERENCES: list[dict[str, Any]] = json.loads((GOLDEN / "references.json").read_text("utf-8"))
MARKERS: list[dict[str, Any]] = json.loads((GOLDEN / "markers.json").read_text("utf-8"))


def parse(text: str) -> Reference:
    return parse_reference(text, number=1, span=Span(0, len(text)), raw=text)


def numbers_in(text: str) -> list[tuple[int, ...]]:
    """The citations found in a text whose bibliography has 49 entries."""
    return [m.numbers for m in find_markers(text, [Span(0, len(text))], set(range(1, 50)))]


def source_offset(document: Document, offset: int) -> int:
    """Where a character of the canonical text stands in the source file."""
    for piece in document.block_at(offset).pieces:
        if piece.span.start <= offset < piece.span.end:
            return piece.source.start + offset - piece.span.start
    raise AssertionError(f"no piece holds offset {offset}")


# The bibliography of the review.


@pytest.mark.parametrize("golden", REFERENCES, ids=lambda golden: f"reference-{golden['number']}")
def test_entry_is_read_field_by_field(review: Document, golden: dict[str, Any]) -> None:
    entry = review.reference(golden["number"])
    assert entry is not None
    assert {
        "number": entry.number,
        "authors": list(entry.authors),
        "et_al": entry.et_al,
        "title": entry.title,
        "journal": entry.journal,
        "year": entry.year,
        "volume": entry.volume,
        "issue": entry.issue,
        "pages": entry.pages,
    } == golden


def test_entries_of_the_review_are_one_to_forty_nine_in_order(review: Document) -> None:
    assert [entry.number for entry in review.references] == list(range(1, 50))


def test_text_of_each_entry_is_its_slice_of_the_document(review: Document) -> None:
    assert [e.number for e in review.references if review.slice(e.span) != e.text] == []


def test_raw_of_each_entry_is_a_line_of_the_source(review: Document) -> None:
    lines = [line.strip() for line in review.source.splitlines()]
    missing = [e.number for e in review.references if not any(x.endswith(e.raw) for x in lines)]
    assert missing == []


def test_raw_of_an_entry_keeps_emphasis_and_link_stub(review: Document) -> None:
    entry = review.reference(17)
    assert entry is not None
    assert entry.raw == (
        "Wobus AM. Potential of embryonic stem cells. *Mol Aspects Med* 2001; 22: 149-64. "
        "[Crossref]"
    )


def test_addresses_search_for_the_quoted_title(review: Document) -> None:
    for entry in review.references:
        assert entry.pubmed_url == (
            f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(entry.title)}"
        )
        assert entry.crossref_url == f"https://search.crossref.org/?q={quote_plus(entry.title)}"


def test_title_with_signs_is_quoted_in_addresses() -> None:
    entry = parse("Moss I. Bees & flora: What's new? Apidologie 2011; 4: 1-9.")
    assert entry.pubmed_url == (
        "https://pubmed.ncbi.nlm.nih.gov/?term=Bees+%26+flora%3A+What%27s+new%3F"
    )


def test_no_address_holds_a_doi(review: Document) -> None:
    doi = re.compile(r"doi|10\.\d{4}", re.IGNORECASE)
    urls = [url for entry in review.references for url in (entry.pubmed_url, entry.crossref_url)]
    assert [url for url in urls if doi.search(url)] == []


# Entries written by hand.


def test_entry_with_issue_is_taken_apart() -> None:
    entry = parse("Lund P, Moss I, et al. Pollen at work. J Insect Sci 2014; 7(2): 33-41.")
    assert (entry.authors, entry.et_al) == (("Lund P", "Moss I"), True)
    assert (entry.title, entry.journal) == ("Pollen at work", "J Insect Sci")
    assert (entry.year, entry.volume, entry.issue, entry.pages) == (2014, "7", "2", "33-41")


def test_entry_without_spaces_around_its_numbers_is_taken_apart() -> None:
    entry = parse("Lund P. Pollen at work. J Insect Sci 2014;7(2):33-41.")
    assert (entry.year, entry.volume, entry.issue, entry.pages) == (2014, "7", "2", "33-41")


def test_title_that_is_a_question_keeps_its_mark() -> None:
    entry = parse("Lund P. What is pollen? J Insect Sci 2014; 7: 33-41.")
    assert (entry.title, entry.journal) == ("What is pollen?", "J Insect Sci")


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ("van der Berg JH, De Coppi P", ("van der Berg JH", "De Coppi P")),
        ("O'Neill K, Smith-Jones AB", ("O'Neill K", "Smith-Jones AB")),
        ("Öztürk Ş, Ateş U", ("Öztürk Ş", "Ateş U")),
        ("Brown J-P, King ML Jr", ("Brown J-P", "King ML Jr")),
    ],
    ids=["particles", "apostrophe-and-hyphen", "accents", "double-initials-and-junior"],
)
def test_names_of_many_forms_are_authors(names: str, authors: tuple[str, ...]) -> None:
    entry = parse(f"{names}. Pollen at work. J Insect Sci 2014; 7: 33-41.")
    assert entry.authors == authors


def test_what_an_entry_does_not_print_is_empty() -> None:
    entry = parse("Lund P. Pollen at work. J Insect Sci 2014.")
    assert (entry.year, entry.volume, entry.issue, entry.pages) == (2014, "", "", "")


def test_entry_in_another_style_keeps_its_text_as_title() -> None:
    entry = parse("World Health Organization. Infant feeding. Geneva: WHO; 2009.")
    assert entry.title == "World Health Organization. Infant feeding. Geneva: WHO; 2009"
    assert (entry.authors, entry.journal, entry.year) == ((), "", None)


@pytest.mark.parametrize(
    "tail",
    ["doi: 10.1000/182", "https://doi.org/10.1000/182", "PMID: 12345678."],
    ids=["doi", "address", "pmid"],
)
def test_identifier_behind_the_pages_is_in_no_field(tail: str) -> None:
    entry = parse(f"{SECOND} {tail}")
    assert (entry.title, entry.journal, entry.year) == ("Pollen at work", "J Insect Sci", 2014)
    assert "10.1000" not in entry.pubmed_url


# Numbering.


def test_entries_that_lost_their_number_take_their_place_in_the_list() -> None:
    assert number_entries(["-", "•", "3.", "[4]", ""], where="bees") == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["1.", "3."], "bees: entry 2 of the reference list is numbered 3"),
        (["1.", "2.", "2."], "bees: entry 3 of the reference list is numbered 2"),
        (["-", "-", "2."], "bees: entry 3 of the reference list is numbered 2"),
        (["0."], "bees: entry 1 of the reference list is numbered 0"),
    ],
    ids=["missing", "doubled", "one-bullet-too-many", "from-zero"],
)
def test_inconsistent_number_is_an_error_that_names_the_entry(
    labels: list[str], message: str
) -> None:
    with pytest.raises(CorpusError, match=re.escape(message)):
        number_entries(labels, where="bees")


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        (["1.", "2.", "3."], [1, 2, 3]),
        (["1.", "3."], [1, 3]),
        (["1.", "2.", "2.", "3."], [1, None, None, 3]),
        (["1.", "", "3."], [1, 2, 3]),
        (["1.", "", "4."], [1, None, 4]),
        (["1.", "", "", "3."], [1, None, None, 3]),
        (["", "2."], [1, 2]),
        (["", "3."], [None, 3]),
        (["[7]", "", ""], [7, 8, 9]),
        (["-", "•", ""], [1, 2, 3]),
        (["2.", "1.", ""], [None, 1, None]),
        ([], []),
    ],
)
def test_number_that_is_not_certain_is_none(labels: list[str], numbers: list[int | None]) -> None:
    assert numbers_as_printed(labels) == numbers


def test_article_with_a_missing_reference_is_refused() -> None:
    with pytest.raises(CorpusError, match="entry 2 of the reference list is numbered 3"):
        read(article("Text (1).", references=f"1. {FIRST}\n3. {SECOND}"))


# Citations in the review.


def test_citations_of_the_review_are_exactly_those_found_by_hand(review: Document) -> None:
    found = sorted(
        (source_offset(review, m.span.start), review.slice(m.span), m.numbers)
        for m in review.markers
    )
    expected = [(golden["marker"], tuple(golden["numbers"])) for golden in MARKERS]
    assert [(text, numbers) for _, text, numbers in found] == expected


def test_citations_of_the_review_stand_behind_the_words_found_by_hand(review: Document) -> None:
    offsets = sorted(source_offset(review, marker.span.start) for marker in review.markers)
    before = [
        (offset, golden["before"])
        for offset, golden in zip(offsets, MARKERS, strict=True)
        if not review.source[:offset].endswith(golden["before"])
    ]
    assert before == []


def test_citations_are_in_text_order(review: Document) -> None:
    starts = [marker.span.start for marker in review.markers]
    assert starts == sorted(set(starts))


def test_every_reference_of_the_review_is_cited(review: Document) -> None:
    cited = {number for marker in review.markers for number in marker.numbers}
    assert cited == set(range(1, 50))


# What is a citation and what is none.


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("They cross the gut (4).", [(4,)]),
        ("They cross the gut (2,3).", [(2, 3)]),
        ("They cross the gut (2, 3).", [(2, 3)]),
        ("They cross the gut (2; 3).", [(2, 3)]),
        ("They cross the gut ( 2 ).", [(2,)]),
        ("They cross the gut (31-33).", [(31, 32, 33)]),
        ("They cross the gut (31\N{EN DASH}33).", [(31, 32, 33)]),  # as journals print it
        ("They cross the gut (2,5-7).", [(2, 5, 6, 7)]),
        ("They cross the gut [4].", [(4,)]),
        ("They cross the gut [4, 6-7].", [(4, 6, 7)]),
        ("Moss et al. (4) and Lund (5) differ.", [(4,), (5,)]),
        ("They cross the gut.(4) Then they stay.", [(4,)]),
        ("They cross the gut (4,4).", [(4,)]),
        ("They cross the gut [4]-[6] and [9].", [(4, 5, 6), (9,)]),
        ("They cross the gut.¹,³ Then¹²⁻¹⁴ they stay.", [(1, 3), (12, 13, 14)]),
        ("They weigh 10⁶ mg/cm² (R² of 2), as Ca²⁺ does.⁴", [(4,)]),
    ],
    ids=[
        *("one", "list", "list-with-space", "semicolon", "inner-spaces", "range", "en-dash"),
        *("list-and-range", "square", "square-list", "two", "behind-a-stop", "repeated"),
        *("range-of-brackets", "raised", "powers"),
    ],
)
def test_citation_is_found(text: str, numbers: list[tuple[int, ...]]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "They express cytokeratin (CK) 18 at birth.",
        "They carry integrin (CD49f) at birth.",
        "They were seen after 3-24 hours at birth.",
        "They were seen late (3-24 hours) at birth.",
        "They help in encephalopathy (HIE) at birth.",
        "Turk Arch Pediatr 2021; 56(3): 187-91.",
        "They are drawn in Fig. (2) at birth.",
        "They are listed in Table (2) at birth.",
        "They follow from Eq. (2) at birth.",
        "They were counted by Moss (2021) at birth.",
        "They are beyond the list (50) at birth.",
        "They are partly beyond the list (48-50) at birth.",
        "They are before the list (0) at birth.",
        "They run backwards (9-3) at birth.",
        "They do not close (4] at birth.",
        "They were few (n=4) at birth.",
        "They were few (4%) at birth.",
        "They were few (0.4) at birth.",
        "They depend on f(4) at birth.",
        "They measure 3 mm² and weigh 10⁶ at birth.",
        "They are χ² and R² and 5 × 10⁻⁶ at birth.",
        "They are beyond the list⁵⁰ at birth.",
    ],
    ids=[
        *("ck", "cd49f", "hours", "hours-in-brackets", "hie", "issue", "figure", "table"),
        *("equation", "year", "beyond", "partly-beyond", "zero", "backwards", "mixed-brackets"),
        *("count", "percent", "decimal", "function", "unit", "letter", "raised-beyond"),
    ],
)
def test_bracket_is_no_citation(text: str) -> None:
    assert numbers_in(text) == []


def test_citation_span_covers_its_brackets() -> None:
    text = "They cross (2, 3) the gut."
    (marker,) = find_markers(text, [Span(0, len(text))], {2, 3})
    assert text[marker.span.start : marker.span.end] == "(2, 3)"


def test_article_cites_in_the_kind_of_bracket_that_is_more_frequent() -> None:
    assert numbers_in("First [4]. Group (1) was fed. Then [5, 6].") == [(4,), (5, 6)]


def test_citations_outside_the_given_spans_are_not_looked_at() -> None:
    text = "One (1). Two (2). Three (3)."
    found = find_markers(text, [Span(0, 8), Span(18, 28)], {1, 2, 3})
    assert [marker.numbers for marker in found] == [(1,), (3,)]


def test_numbers_in_the_reference_list_are_no_citations() -> None:
    document = read(article("Text (1).", references=f"1. {FIRST} (2)\n2. {SECOND}"))
    assert [marker.numbers for marker in document.markers] == [(1,)]


@pytest.mark.parametrize("word", ["stage", "types", "phases", "steps"])
def test_citation_behind_an_ordinary_word_is_found(word: str) -> None:
    assert numbers_in(f"Milk differs between these {word} (12).") == [(12,)]


@pytest.mark.parametrize(
    ("listing", "numbers"),
    [
        ("7", (7,)),
        ("2,5-7", (2, 5, 6, 7)),
        ("31 - 33", (31, 32, 33)),
        ("1-61", tuple(range(1, 62))),
        ("1-62", ()),
        ("7-5", ()),
        ("2,7-5", ()),
        ("3,1-3", (3, 1, 2)),
    ],
    ids=["one", "mixed", "spaces", "widest", "too-wide", "reversed", "partly-reversed", "repeats"],
)
def test_listing_is_expanded(listing: str, numbers: tuple[int, ...]) -> None:
    assert expand_numbers(listing) == numbers


LONG = "5" * 5_000
"""More digits than Python turns into a number."""


def test_a_number_of_thousands_of_digits_is_no_number_of_an_entry() -> None:
    assert printed_number("12.") == 12
    assert printed_number(f"[{LONG}]") is None
    assert numbers_as_printed(["1.", f"{LONG}.", "3."]) == [1, 2, 3]
    with pytest.raises(CorpusError, match="entry 2 of the reference list is numbered 555"):
        number_entries(["1.", f"{LONG}."], where="bees.txt")
