"""The hand-made oracle `golden/verify.json`, and what a verdict shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.document import BlockKind, Document
from qa.verifying import fold, verdict_to_text, verify
from tests.qa.documents import make_document, span_of

GOLDEN = json.loads((Path(__file__).parent / "golden" / "verify.json").read_text(encoding="utf-8"))
FOUND = [case for case in GOLDEN if case["expected"] == "found"]
CHANGED = [case for case in GOLDEN if case["expected"] in ("altered", "misattributed")]


def case_id(case: dict[str, Any]) -> str:
    return f"{case['expected']}-{case['id']}"


def plain(text: str) -> str:
    """Return a golden text as the document has it: one line, its one formula written out."""
    return fold(text.replace("$\\alpha 6$", "α6")).strip(" \"'")


@pytest.mark.parametrize("case", GOLDEN, ids=case_id)
def test_a_claimed_quote_gets_its_status(article: Document, case: dict[str, Any]) -> None:
    assert verify(case["text"], [article]).status == case["expected"]


@pytest.mark.parametrize("case", FOUND, ids=case_id)
def test_a_found_quote_stands_at_each_of_its_places(
    article: Document, case: dict[str, Any]
) -> None:
    verdict = verify(case["text"], [article])
    texts = {fold(article.slice(place.span)) for place in verdict.places}
    assert texts == {plain(case["text"])}


@pytest.mark.parametrize("case", FOUND, ids=case_id)
def test_a_found_quote_has_no_difference(article: Document, case: dict[str, Any]) -> None:
    verdict = verify(case["text"], [article])
    assert verdict.difference == (("same", verdict.source_text),)
    assert verdict.source_text == article.slice(verdict.places[0].span)


@pytest.mark.parametrize("case", CHANGED, ids=case_id)
def test_a_changed_quote_points_at_the_place_it_was_changed_from(
    article: Document, case: dict[str, Any]
) -> None:
    verdict = verify(case["text"], [article])
    origin = span_of(article, plain(case["source_contains"]))
    assert verdict.places[0].span.overlaps(origin)
    assert verdict.places[0].section == article.section_at(origin.start).title


@pytest.mark.parametrize("case", CHANGED, ids=case_id)
def test_what_is_the_same_or_removed_makes_up_the_source(
    article: Document, case: dict[str, Any]
) -> None:
    verdict = verify(case["text"], [article])
    runs = [run for kind, run in verdict.difference if kind in ("same", "removed")]
    assert fold(" ".join(runs)).split() == fold(verdict.source_text).split()


@pytest.mark.parametrize("case", CHANGED, ids=case_id)
def test_what_is_the_same_or_added_makes_up_the_claim(
    article: Document, case: dict[str, Any]
) -> None:
    verdict = verify(case["text"], [article])
    runs = [run for kind, run in verdict.difference if kind in ("same", "added")]
    assert " ".join(runs).split() == plain(case["text"]).split()


@pytest.mark.parametrize(
    "case", [case for case in GOLDEN if case["expected"] == "absent"], ids=case_id
)
def test_an_absent_quote_has_neither_place_nor_difference(
    article: Document, case: dict[str, Any]
) -> None:
    verdict = verify(case["text"], [article])
    assert (verdict.places, verdict.source_text, verdict.difference) == ((), "", ())


# Single words of the difference


@pytest.mark.parametrize(
    ("claim", "difference"),
    [
        (
            "Stem cells in breast milk were first described in 2006.",
            (
                ("same", "Stem cells in breast milk were first described in"),
                ("removed", "2007."),
                ("added", "2006."),
            ),
        ),
        (
            "Breast milk composition is not variable among women.",
            (
                ("same", "Breast milk composition is"),
                ("added", "not"),
                ("same", "variable among women."),
            ),
        ),
    ],
    ids=["exchanged", "added"],
)
def test_a_difference_is_told_word_by_word(
    article: Document, claim: str, difference: tuple[tuple[str, str], ...]
) -> None:
    assert verify(claim, [article]).difference == difference


@pytest.mark.parametrize(
    ("claim", "difference"),
    [
        (
            "There is no evidence on the exact origin of breast milk stem cells.",
            (
                ("same", "There is no evidence"),
                ("removed", "available"),
                ("same", "on the exact origin of breast milk stem cells."),
            ),
        ),
        (
            "Stem cells in breast milk were described in 2007.",
            (
                ("same", "Stem cells in breast milk were"),
                ("removed", "first"),
                ("same", "described in 2007."),
            ),
        ),
    ],
    ids=["near the start", "near the end"],
)
def test_a_removed_word_is_the_only_difference(
    article: Document, claim: str, difference: tuple[tuple[str, str], ...]
) -> None:
    assert verify(claim, [article]).difference == difference


@pytest.mark.parametrize(
    "claim",
    [
        '"Breast milk composition is variable among women."',
        "“Breast milk composition is variable among women.”",
        "  Breast milk\n composition\tis variable among women. ",
        "Breast milk composition is\u00a0variable among wo\u00admen.",
        "composition is variable",
    ],
    ids=["straight marks", "curly marks", "white space", "invisible signs", "a part"],
)
def test_quotation_marks_and_white_space_do_not_matter(article: Document, claim: str) -> None:
    assert verify(claim, [article]).status == "found"


@pytest.mark.parametrize(
    "claim", ["omposition is variable", "composition is variabl"], ids=["start", "end"]
)
def test_a_quote_must_not_cut_a_word(article: Document, claim: str) -> None:
    assert verify(claim, [article]).status != "found"


@pytest.mark.parametrize("claim", ["", "   ", "…", "“”", "?!"])
def test_a_text_without_a_letter_is_an_error(article: Document, claim: str) -> None:
    with pytest.raises(ValueError, match="there is nothing to check: please give a sentence"):
        verify(claim, [article])


def test_a_repeated_sentence_is_found_at_all_its_places() -> None:
    document = make_document()
    verdict = verify("Milk holds cells (1).", [document])
    assert [(place.span.start, place.section) for place in verdict.places] == [
        (25, "Findings"),
        (47, "Findings"),
    ]


def test_a_quote_is_found_in_the_second_of_two_documents() -> None:
    first = make_document([(BlockKind.PARAGRAPH, "It rains all day.")], document_id="first")
    second = make_document(document_id="second")
    verdict = verify("Twelve pups had seizures.", [first, second])
    assert [place.document_id for place in verdict.places] == ["second"]


def test_the_nearest_of_two_documents_is_compared() -> None:
    near = "Nine infants had severe bleeding in the ward."
    far = "Nine infants had no bleeding at home in May."
    documents = [
        make_document([(BlockKind.PARAGRAPH, text)], document_id=name)
        for name, text in (("far", far), ("near", near))
    ]
    verdict = verify("Nine infants had mild bleeding in the ward.", documents)
    assert (verdict.status, verdict.source_text) == ("altered", near)


def test_in_an_empty_library_everything_is_absent() -> None:
    assert verify("Milk holds cells.", []).status == "absent"


# As text


def test_a_found_verdict_as_text() -> None:
    document = make_document()
    verdict = verify("Twelve pups had seizures.", [document])
    assert verdict_to_text(verdict, {"hand": document}) == (
        "FOUND: The source says exactly this.\n"
        "  in: Findings (125-150) — Tester A. Cells in milk. J Tests 2021; 5: 1-9.\n"
    )


def test_an_altered_verdict_as_text_marks_what_was_removed_and_added() -> None:
    document = make_document()
    verdict = verify("Twelve pups had fits.", [document])
    assert verdict_to_text(verdict, {"hand": document}).splitlines()[-1] == (
        "  difference: Twelve pups had [-seizures.-] {+fits.+}"
    )


def test_an_absent_verdict_as_text(article: Document) -> None:
    verdict = verify("The train leaves at noon.", [article])
    assert verdict_to_text(verdict, {}) == "ABSENT: Nothing like this is in the source.\n"
