"""Variants side by side: each with its own numbers, compared in the pairs that were asked for."""

from collections.abc import Callable

import pytest

from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.measures import ranking_measures


@pytest.fixture
def comparison(
    make_outcome: Callable[..., Outcome], make_judged: Callable[..., JudgedQuote]
) -> Comparison:
    """Four questions: "dense" finds the evidence of one, "answer" that of three."""
    good, poor = make_judged(0), make_judged()
    found = [((poor,), (good,)), ((good,), (good,)), ((poor,), (poor, good)), ((poor,), (poor,))]
    return compare(
        {"dense": ranking_measures("dense"), "answer": ranking_measures("answer")},
        [make_outcome(rankings={"dense": one, "answer": other}) for one, other in found],
        pairs=[("answer", "dense")],
        beside={"answer": ("answer", "dense")},
        compared=("hit@1", "hit@3"),
    )


def test_each_variant_has_its_own_numbers(comparison: Comparison) -> None:
    assert comparison.variants == ("dense", "answer")
    assert comparison.estimate("hit@1", "dense").value == 0.25
    assert comparison.estimate("hit@1", "answer").value == 0.5
    assert comparison.estimate("MRR@10", "answer").value == pytest.approx((1 + 1 + 1 / 2) / 4)


def test_only_the_chosen_measures_are_compared(comparison: Comparison) -> None:
    assert [(d.name, d.first, d.second, d.estimate.value) for d in comparison.differences] == [
        ("hit@1", "answer", "dense", 0.25),
        ("hit@3", "answer", "dense", 0.5),
    ]
    assert comparison.difference(("answer", "dense"), "MRR@10") is None
    assert comparison.difference(("dense", "answer"), "hit@1") is None


def test_difference_stands_beside_the_variant_it_belongs_to(comparison: Comparison) -> None:
    beside = comparison.difference_beside("answer", "hit@3")
    assert beside is not None
    assert beside.value == 0.5
    assert comparison.difference_beside("dense", "hit@3") is None


def test_difference_is_paired(comparison: Comparison) -> None:
    # "answer" never loses a question to "dense": the interval does not fall below 0.
    difference = comparison.difference(("answer", "dense"), "hit@3")
    assert difference is not None
    assert difference.low == 0.0


def test_unknown_measure_or_variant_is_an_error(comparison: Comparison) -> None:
    with pytest.raises(KeyError, match="hit@2"):
        comparison.estimate("hit@2", "dense")
    with pytest.raises(KeyError, match="bm25"):
        comparison.estimate("hit@1", "bm25")
