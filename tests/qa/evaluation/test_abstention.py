"""Does keeping silent pay? Eight questions by hand, so that every number fits on paper."""

from collections.abc import Callable

import pytest

from qa.evaluation.abstention import (
    COVERAGES,
    answer_always,
    compare_policies,
    locate_threshold,
    summarise_risk,
)
from qa.evaluation.judging import JudgedQuote, Outcome

MakeOutcome = Callable[..., Outcome]
MakeJudged = Callable[..., JudgedQuote]


@pytest.fixture
def outcomes(make_outcome: MakeOutcome, make_judged: MakeJudged) -> list[Outcome]:
    """Six answerable questions, a near miss and a request for advice; the threshold is 0.5."""
    good, poor = (make_judged(0),), (make_judged(),)
    both = {"hybrid": poor, "signals": poor, "evidence": good, "answer": good}
    neither = {"hybrid": poor, "signals": poor, "evidence": poor, "answer": poor}
    silent = {"status": "not_in_source"}
    return [
        make_outcome(quotes=good, confidence=0.9, rankings=both),
        make_outcome(quotes=good, confidence=0.8, rankings={**both, "hybrid": good}),
        make_outcome(quotes=poor, confidence=0.7, rankings=neither),
        make_outcome(**silent, confidence=0.4, rankings=both),
        make_outcome(**silent, confidence=0.3, rankings=neither),
        make_outcome(status="declined", rankings=both),
        make_outcome(**silent, kind="unanswerable", snippets=0, confidence=0.2),
        make_outcome(kind="advice", snippets=0, status="declined"),
    ]


@pytest.mark.parametrize(
    ("policy", "wrong", "wrong_among_answered", "silent"),
    [
        # Answered always: 6 of 8, all but the declined; 5 of the 6 without evidence.
        ("hybrid", 5 / 8, 5 / 6, 1 / 6),
        ("evidence", 3 / 8, 3 / 6, 1 / 6),
        ("answer", 3 / 8, 3 / 6, 1 / 6),
        # As it is: 3 answers, 1 of them wrong; 2 silent and 1 declined of 6 answerable.
        ("calibrated", 1 / 8, 1 / 3, 3 / 6),
    ],
)
def test_policies_by_hand(
    outcomes: list[Outcome],
    policy: str,
    wrong: float,
    wrong_among_answered: float,
    silent: float,
) -> None:
    compared = compare_policies(outcomes)
    assert compared.estimate("answered and wrong", policy).value == pytest.approx(wrong)
    assert compared.estimate("wrong among answered", policy).value == pytest.approx(
        wrong_among_answered
    )
    assert compared.estimate("wrongly silent", policy).value == pytest.approx(silent)


def test_differences_are_those_of_the_assistant_as_it_is(outcomes: list[Outcome]) -> None:
    compared = compare_policies(outcomes)
    difference = compared.difference_beside("hybrid", "answered and wrong")
    assert difference is not None
    assert difference.value == pytest.approx(-4 / 8)
    # Silence never makes an answer wrong: paired, no resample is above 0.
    assert difference.high is not None
    assert difference.high <= 0
    assert compared.difference_beside("calibrated", "answered and wrong") is None


def test_declined_question_stays_declined(make_outcome: MakeOutcome) -> None:
    declined = make_outcome(kind="advice", snippets=0, status="declined")
    assert answer_always(declined, "answer") is declined


def test_answered_question_keeps_its_quotes(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    shown = (make_judged(0), make_judged())
    ranked = (make_judged(), make_judged(0), make_judged())
    outcome = make_outcome(quotes=shown, rankings={"answer": ranked, "hybrid": ranked})
    assert answer_always(outcome, "answer").quotes == shown
    assert answer_always(outcome, "hybrid").quotes == ranked[:2]


def test_question_without_rankings_is_answered_wrongly(make_outcome: MakeOutcome) -> None:
    silent = make_outcome(kind="offtopic", snippets=0, status="not_in_source")
    assert answer_always(silent, "hybrid").is_wrong


def test_risk_is_given_at_round_coverages(outcomes: list[Outcome]) -> None:
    points = summarise_risk(outcomes)
    assert tuple(point.coverage for point in points) == COVERAGES
    # Surest first: right, right, wrong, right, wrong, wrong, and the declined one, right or wrong
    # by what it would quote: right.
    risks = [point.risk.value for point in points]
    assert risks == pytest.approx([3 / 7, 3 / 6, 3 / 6, 2 / 5, 1 / 4, 1 / 4])


def test_threshold_lies_on_the_curve(outcomes: list[Outcome]) -> None:
    threshold = locate_threshold(outcomes, 0.5)
    assert threshold.confidence == 0.5
    assert threshold.coverage.value == pytest.approx(3 / 7)
    assert threshold.risk.value == pytest.approx(1 / 3)


def test_confidence_at_the_threshold_is_answered(outcomes: list[Outcome]) -> None:
    assert locate_threshold(outcomes, 0.7).coverage.value == pytest.approx(3 / 7)


def test_threshold_that_silences_everything_has_no_risk(outcomes: list[Outcome]) -> None:
    threshold = locate_threshold(outcomes, 0.95)
    assert threshold.coverage.value == 0.0
    assert threshold.risk.value is None
