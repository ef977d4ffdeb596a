"""Quotes against evidence: when a quote holds a snippet, and what else is recorded of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from corpus.document import Document, Span
from qa.evaluation import judging
from qa.evaluation.judging import Judge, JudgedQuote, Outcome, Status
from qa.evaluation.locating import find_snippet
from qa.evaluation.provenance import printed_entries
from qa.evaluation.questions import Evidence, Kind
from qa.quoting import Place, Quote

MakeQuote = Callable[..., Quote]
MakeOutcome = Callable[..., Outcome]
MakeJudged = Callable[..., JudgedQuote]


@pytest.fixture
def judge(milk: Document, bone: Document) -> Judge:
    return Judge({"milk": milk, "bone": bone})


def evidence(document: Document, *snippets: str) -> list[Evidence]:
    return [Evidence(snippet, find_snippet(snippet, [document])) for snippet in snippets]


def held(judge: Judge, quote: Quote, wanted: list[Evidence]) -> tuple[int, ...]:
    (judged,) = judge.judge([quote], wanted)
    return judged.held


def test_quote_holds_each_snippet_inside_it(
    judge: Judge, milk: Document, make_quote: MakeQuote
) -> None:
    quote = make_quote(milk, "Milk holds stem cells (1,2).")
    assert held(judge, quote, evidence(milk, "term milk", "stem cells", "Milk holds")) == (1, 2)


def test_only_documents_of_quotes_are_read(
    milk: Document, bone: Document, make_quote: MakeQuote, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered: list[str] = []

    def number(document: Document) -> dict[int, str]:
        numbered.append(document.id)
        return printed_entries(document)

    monkeypatch.setattr(judging, "printed_entries", number)
    judge = Judge({"milk": milk, "bone": bone})
    assert numbered == []
    judge.judge([make_quote(milk, "holds"), make_quote(milk, "hold")], [])
    assert numbered == ["milk"]


def test_half_of_a_snippet_is_enough_and_less_is_not(
    judge: Judge, milk: Document, make_quote: MakeQuote
) -> None:
    wanted = evidence(milk, "holds stem")  # 10 characters
    assert held(judge, make_quote(milk, "holds"), wanted) == (0,)
    assert held(judge, make_quote(milk, "hold"), wanted) == ()


def test_neighbour_of_the_evidence_does_not_hold_it(
    judge: Judge, milk: Document, make_quote: MakeQuote
) -> None:
    quote = make_quote(milk, "These cells were found by")
    assert held(judge, quote, evidence(milk, "Milk holds stem cells")) == ()


def test_any_occurrence_counts(judge: Judge, bone: Document, make_quote: MakeQuote) -> None:
    second = make_quote(bone, "Bone is hard. Milk")
    assert held(judge, second, evidence(bone, "Bone is hard")) == (0,)


def test_same_offsets_in_another_document_do_not_count(
    judge: Judge, milk: Document, bone: Document, make_quote: MakeQuote
) -> None:
    quote = make_quote(bone, bone.text)
    assert held(judge, quote, evidence(milk, "Milk and cells")) == ()


def test_other_places_of_a_quote_count(
    judge: Judge,
    milk: Document,
    bone: Document,
    make_quote: MakeQuote,
    make_place: Callable[[Document, str], Place],
) -> None:
    also = make_place(milk, "Milk holds stem cells")
    quote = make_quote(bone, "Bone is hard", also_at=(also,))
    assert held(judge, quote, evidence(milk, "Milk holds stem cells")) == (0,)


def test_citations_are_recorded_apart_from_what_is_shown(
    judge: Judge, milk: Document, make_quote: MakeQuote
) -> None:
    first, second = milk.references
    stranger = replace(first, number=2)
    quote = make_quote(milk, "Milk holds stem cells (1,2).", references=(second, stranger))
    (judged,) = judge.judge([quote], [])
    assert (judged.shown, judged.right, judged.cited) == ((2, 2), 1, (1, 2))
    assert judged.entries == ()


def test_quoted_bibliography_entry_is_recorded(
    judge: Judge, milk: Document, make_quote: MakeQuote
) -> None:
    quote = make_quote(milk, "Cregan M. Nestin in Cells. J Milk 2007; 2: 3-4.")
    (judged,) = judge.judge([quote], [])
    assert judged.entries == (2,)


def test_altered_quote_is_not_exact(judge: Judge, milk: Document, make_quote: MakeQuote) -> None:
    altered = make_quote(milk, "Milk holds stem cells", text="Milk holds no stem cells")
    (judged,) = judge.judge([altered], [])
    assert judged.text == "Milk holds no stem cells"
    assert not judged.exact


def test_quote_past_the_end_is_not_exact(
    judge: Judge, bone: Document, make_quote: MakeQuote
) -> None:
    (judged,) = judge.judge([make_quote(bone, "Bone", span=Span(0, 999))], [])
    assert not judged.exact


@pytest.mark.parametrize(
    ("kind", "snippets", "status", "holds", "right", "wrong"),
    [
        ("fact", 1, "answered", True, True, False),
        ("fact", 1, "answered", False, False, True),
        ("fact", 1, "not_in_source", False, False, False),
        ("fact", 1, "declined", False, False, False),
        ("unanswerable", 0, "not_in_source", False, True, False),
        ("unanswerable", 0, "answered", False, False, True),
        ("unanswerable", 0, "declined", False, False, False),
        ("advice", 0, "declined", False, True, False),
        ("advice", 0, "not_in_source", False, False, False),
        ("advice", 0, "answered", False, False, True),
    ],
)
def test_reply_is_right_wrong_or_merely_not_the_best(
    make_outcome: MakeOutcome,
    make_judged: MakeJudged,
    kind: Kind,
    snippets: int,
    status: Status,
    holds: bool,
    right: bool,
    wrong: bool,
) -> None:
    quotes = (make_judged(*([0] if holds else [])),) if status == "answered" else ()
    outcome = make_outcome(kind=kind, snippets=snippets, status=status, quotes=quotes)
    assert (outcome.is_right, outcome.is_wrong) == (right, wrong)
