"""Rewritings of follow-ups: only answerable follow-ups count, each way by its own ranking."""

from collections.abc import Callable

import pytest

from qa.evaluation.follow_ups import compare_rewritings
from qa.evaluation.judging import JudgedQuote, Outcome

MakeOutcome = Callable[..., Outcome]


@pytest.fixture
def outcomes(make_outcome: MakeOutcome, make_judged: Callable[..., JudgedQuote]) -> list[Outcome]:
    """Four follow-ups and a question without a history, which every system finds."""
    first, third, none = (
        (make_judged(0),),
        (make_judged(), make_judged(), make_judged(0)),
        (make_judged(),),
    )
    ranked = [(none, none, first), (none, third, first), (first, first, third), (none, none, none)]
    return [
        *(
            make_outcome(
                kind="followup",
                rewritings={"alone": alone, "prepended": prepended, "rewritten": rewritten},
            )
            for alone, prepended, rewritten in ranked
        ),
        make_outcome(rankings={"answer": first}),
    ]


@pytest.mark.parametrize(
    ("rewriting", "hit_at_1", "hit_at_3"),
    [("alone", 1 / 4, 1 / 4), ("prepended", 1 / 4, 2 / 4), ("rewritten", 2 / 4, 3 / 4)],
)
def test_rewritings_by_hand(
    outcomes: list[Outcome], rewriting: str, hit_at_1: float, hit_at_3: float
) -> None:
    compared = compare_rewritings(outcomes)
    assert compared.estimate("hit@1", rewriting).value == hit_at_1
    assert compared.estimate("hit@3", rewriting).value == hit_at_3
    assert compared.estimate("hit@3", rewriting).questions == 4


def test_ours_is_compared_with_each_of_the_others(outcomes: list[Outcome]) -> None:
    compared = compare_rewritings(outcomes)
    assert [(d.first, d.second, d.name, d.estimate.value) for d in compared.differences] == [
        ("rewritten", "alone", "hit@1", 0.25),
        ("rewritten", "alone", "hit@3", 0.5),
        ("rewritten", "prepended", "hit@1", 0.25),
        ("rewritten", "prepended", "hit@3", 0.25),
    ]


def test_set_without_follow_ups_has_no_value(make_outcome: MakeOutcome) -> None:
    assert compare_rewritings([make_outcome()]).estimate("hit@1", "alone").value is None
