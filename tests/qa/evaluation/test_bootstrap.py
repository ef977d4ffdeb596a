"""Intervals: right value, deterministic, wide where they must be, paired where they can be."""

import numpy as np
import pytest

from qa.evaluation.bootstrap import (
    NOTHING,
    Estimate,
    Ratio,
    estimate_difference,
    estimate_ratio,
    estimate_statistic,
)
from qa.evaluation.confidence import auroc


def means(*numbers: float) -> list[Ratio]:
    return [Ratio(number, 1.0) for number in numbers]


def test_ratio_of_sums_is_not_a_mean_of_ratios() -> None:
    assert estimate_ratio([Ratio(1, 1), Ratio(0, 3)]).value == 0.25


def test_question_without_bearing_is_left_out() -> None:
    estimate = estimate_ratio([*means(1, 0), NOTHING, NOTHING])
    assert (estimate.value, estimate.questions) == (0.5, 2)


def test_no_bearing_at_all_has_no_value() -> None:
    assert estimate_ratio([NOTHING]) == Estimate(None, None, None, 0)
    assert estimate_ratio([]) == Estimate(None, None, None, 0)


def test_same_questions_give_the_same_interval() -> None:
    ratios = means(*([1, 0, 1, 1] * 10))
    assert estimate_ratio(ratios) == estimate_ratio(ratios)


def test_equal_values_have_no_spread() -> None:
    assert estimate_ratio(means(1, 1, 1)) == Estimate(1.0, 1.0, 1.0, 3)


def test_interval_is_that_of_the_binomial() -> None:
    # 100 questions, half right: the standard error is 0.05, so about 0.402 to 0.598.
    estimate = estimate_ratio(means(*([1, 0] * 50)))
    assert estimate.value == 0.5
    assert estimate.low == pytest.approx(0.402, abs=0.012)
    assert estimate.high == pytest.approx(0.598, abs=0.012)


def test_difference_is_paired() -> None:
    # Question by question the first is better by 0.1: unpaired noise would be far wider.
    theirs = [0.0, 0.9, 0.3, 0.6] * 5
    estimate = estimate_difference(means(*(t + 0.1 for t in theirs)), means(*theirs))
    assert estimate.value == pytest.approx(0.1)
    assert estimate.low == pytest.approx(0.1)
    assert estimate.high == pytest.approx(0.1)
    assert estimate.questions == 20


def test_difference_has_a_sign() -> None:
    estimate = estimate_difference(means(0, 0, 1), means(1, 1, 1))
    assert estimate.value == pytest.approx(-2 / 3)
    assert estimate.low == -1.0
    assert estimate.high == 0.0


def test_difference_over_other_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="the same questions, got 2, 1"):
        estimate_difference(means(1, 0), means(1))


def test_statistic_skips_resamples_without_a_value() -> None:
    # With one negative of three many resamples have a single class, where AUROC is NaN.
    confidence = np.array([0.9, 0.8, 0.1])
    estimate = estimate_statistic(auroc, confidence, np.array([True, True, False]))
    assert estimate == Estimate(1.0, 1.0, 1.0, 3)


def test_statistic_without_a_value_has_no_interval() -> None:
    estimate = estimate_statistic(auroc, np.array([0.5]), np.array([True]))
    assert estimate == Estimate(None, None, None, 0)
