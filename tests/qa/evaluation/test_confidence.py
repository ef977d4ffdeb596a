"""AUROC, risk and coverage, calibration: by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qa.evaluation.confidence import (
    ReliabilityBin,
    aurc,
    auroc,
    expected_calibration_error,
    reliability_bins,
    risk_at,
    risk_coverage,
)


def values(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float64)


def truths(*flags: int) -> np.ndarray:
    return np.array(flags, dtype=np.bool_)


EMPTY = (values(), truths())


@pytest.mark.parametrize(
    ("confidence", "positive", "expected"),
    [
        pytest.param(values(0.9, 0.8, 0.2, 0.1), truths(1, 1, 0, 0), 1.0, id="perfect"),
        pytest.param(values(0.1, 0.9), truths(1, 0), 0.0, id="reversed"),
        pytest.param(values(0.5, 0.5, 0.5), truths(1, 0, 0), 0.5, id="all tied"),
        pytest.param(values(0.9, 0.4, 0.4, 0.1), truths(1, 1, 0, 0), 0.875, id="one tie"),
    ],
)
def test_auroc_by_hand(confidence: np.ndarray, positive: np.ndarray, expected: float) -> None:
    assert auroc(confidence, positive) == expected


@pytest.mark.parametrize("seed", range(5))
def test_auroc_equals_scikit_learn_with_ties(seed: int) -> None:
    random = np.random.default_rng(seed)
    confidence = random.integers(0, 8, size=60) / 8
    positive = random.random(60) < 0.4
    assert auroc(confidence, positive) == pytest.approx(roc_auc_score(positive, confidence))


@pytest.mark.parametrize("positive", [truths(1, 1), truths(0, 0)])
def test_auroc_of_one_class_has_no_value(positive: np.ndarray) -> None:
    assert math.isnan(auroc(values(0.1, 0.2), positive))
    assert math.isnan(auroc(*EMPTY))


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [(1.0, 2 / 4), (0.7, 1 / 3), (0.5, 1 / 2), (0.25, 0.0), (0.01, 0.0)],
)
def test_risk_at_a_coverage_is_that_of_the_nearest_question(
    coverage: float, expected: float
) -> None:
    confidence, wrong = values(0.2, 0.9, 0.7, 0.4), truths(1, 0, 1, 0)
    assert risk_at(confidence, wrong, coverage=coverage) == pytest.approx(expected)


def test_risk_at_a_coverage_of_no_question_has_no_value() -> None:
    assert math.isnan(risk_at(*EMPTY, coverage=0.5))


def test_risk_is_cumulated_from_the_surest_on() -> None:
    risk = risk_coverage(values(0.2, 0.9, 0.7, 0.4), truths(1, 0, 1, 0))
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])


def test_ties_share_their_errors_in_any_order() -> None:
    one = risk_coverage(values(0.9, 0.5, 0.5), truths(0, 1, 0))
    other = risk_coverage(values(0.5, 0.5, 0.9), truths(0, 1, 0)[[0, 1, 2]])
    assert one.tolist() == pytest.approx([0, 0.25, 1 / 3])
    assert other.tolist() == pytest.approx([0, 0.25, 1 / 3])


def test_aurc_is_the_mean_of_the_risks() -> None:
    confidence, wrong = values(0.2, 0.9, 0.7, 0.4), truths(1, 0, 1, 0)
    assert aurc(confidence, wrong) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_aurc_ranges_from_no_error_to_all_errors() -> None:
    assert aurc(values(0.3, 0.6), truths(0, 0)) == 0.0
    assert aurc(values(0.3, 0.6), truths(1, 1)) == 1.0


def test_no_question_has_no_risk() -> None:
    assert risk_coverage(*EMPTY).tolist() == []
    assert math.isnan(aurc(*EMPTY))


def test_bins_hold_their_upper_edge_and_skip_empty_ones() -> None:
    bins = reliability_bins(values(0.0, 0.5, 0.51, 1.0), truths(0, 1, 0, 1), bins=2)
    assert bins == (
        ReliabilityBin(0.0, 0.5, 2, 0.25, 0.5),
        ReliabilityBin(0.5, 1.0, 2, 0.755, 0.5),
    )
    assert len(reliability_bins(values(0.95, 0.96), truths(1, 1))) == 1


def test_calibration_error_weighs_bins_by_their_size() -> None:
    confidence = values(0.95, 0.95, 0.95, 0.25)
    came_true = truths(1, 1, 0, 1)
    # Bin (0.9, 1.0]: |0.95 - 2/3| for three questions; bin (0.2, 0.3]: |0.25 - 1| for one.
    expected = 3 / 4 * abs(0.95 - 2 / 3) + 1 / 4 * 0.75
    assert expected_calibration_error(confidence, came_true) == pytest.approx(expected)


def test_perfect_calibration_has_no_error() -> None:
    assert expected_calibration_error(values(1.0, 0.0), truths(1, 0)) == 0.0
    assert math.isnan(expected_calibration_error(*EMPTY))
