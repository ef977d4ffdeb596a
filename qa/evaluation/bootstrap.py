"""How sure a number is: percentile intervals by resampling the questions (Efron & Tibshirani 1993).

Every measure of the report is either a ratio of two sums over questions or a statistic of a whole
sample; both are resampled the same way, with the same seed, so systems can be compared in pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.evaluation.confidence import BoolVector, FloatVector

RESAMPLES = 2000
SEED = 2021
# Percent cut off at each end: a 95% interval.
_TAIL = 2.5

IndexMatrix = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One question's share of a measure; the measure is sum of numerators / sum of denominators.

    ``Ratio(x, 1)`` makes a mean of x, ``NOTHING`` leaves a question out.
    """

    numerator: float
    denominator: float


NOTHING = Ratio(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval.

    Attributes:
        value: None where no question bears on the measure.
        low, high: ends of the interval; None where ``value`` is.
        questions: how many questions bear on it.
    """

    value: float | None
    low: float | None
    high: float | None
    questions: int


def estimate_ratio(ratios: Sequence[Ratio]) -> Estimate:
    """Estimate a measure that is a ratio of sums, one entry a question."""
    numerators, denominators = _split(ratios)
    questions = int((denominators != 0).sum())
    if not questions:
        return Estimate(None, None, None, 0)
    value = float(numerators.sum() / denominators.sum())
    return _estimate(value, _resampled_ratios(numerators, denominators), questions)


def estimate_difference(first: Sequence[Ratio], second: Sequence[Ratio]) -> Estimate:
    """Estimate first minus second over the same questions: the paired bootstrap.

    Raises:
        ValueError: the two do not have one entry for each of the same questions.
    """
    if len(first) != len(second):
        raise ValueError(f"paired systems need the same questions, got {len(first)}, {len(second)}")
    ours, theirs = _split(first), _split(second)
    questions = int(((ours[1] != 0) & (theirs[1] != 0)).sum())
    if not questions:
        return Estimate(None, None, None, 0)
    value = float(ours[0].sum() / ours[1].sum() - theirs[0].sum() / theirs[1].sum())
    return _estimate(value, _resampled_ratios(*ours) - _resampled_ratios(*theirs), questions)


def estimate_statistic(
    statistic: Callable[[FloatVector, BoolVector], float],
    confidence: FloatVector,
    outcome: BoolVector,
) -> Estimate:
    """Estimate a statistic of two aligned vectors, one entry a question; NaN means no value."""
    value = statistic(confidence, outcome)
    if np.isnan(value):
        return Estimate(None, None, None, 0)
    drawn = [statistic(confidence[rows], outcome[rows]) for rows in _resample(len(outcome))]
    return _estimate(value, np.array(drawn), len(outcome))


def _split(ratios: Sequence[Ratio]) -> tuple[FloatVector, FloatVector]:
    return (
        np.array([ratio.numerator for ratio in ratios], dtype=np.float64),
        np.array([ratio.denominator for ratio in ratios], dtype=np.float64),
    )


def _resample(questions: int) -> IndexMatrix:
    """Draw (RESAMPLES, questions) row numbers with replacement; the same ones on every call."""
    return np.random.default_rng(SEED).integers(0, questions, size=(RESAMPLES, questions))


def _resampled_ratios(numerators: FloatVector, denominators: FloatVector) -> FloatVector:
    rows = _resample(len(numerators))
    with np.errstate(invalid="ignore"):
        ratios: FloatVector = numerators[rows].sum(axis=1) / denominators[rows].sum(axis=1)
    return ratios


def _estimate(value: float, drawn: FloatVector, questions: int) -> Estimate:
    """Cut the interval; resamples without a value (a class was not drawn) do not count."""
    valued = drawn[~np.isnan(drawn)]
    if not len(valued):
        return Estimate(value, value, value, questions)
    low, high = np.percentile(valued, [_TAIL, 100 - _TAIL])
    return Estimate(value, float(low), float(high), questions)
