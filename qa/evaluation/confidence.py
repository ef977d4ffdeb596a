"""Measures of a confidence: does it separate, does it rank the errors last, is it a probability?

Pure functions over two aligned vectors, one entry a question. NaN means that the measure has no
value there (an empty set, or only one class).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatVector = npt.NDArray[np.float64]
BoolVector = npt.NDArray[np.bool_]

BINS = 10


def auroc(confidence: FloatVector, positive: BoolVector) -> float:
    """Compute the area under the ROC curve: how often a positive outranks a negative, ties as half.

    By midranks (Mann & Whitney 1947); in [0, 1], 0.5 is chance, NaN without both classes.
    """
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return float("nan")
    rank_sum = float(_midranks(confidence)[positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def _midranks(values: FloatVector) -> FloatVector:
    """Rank from 1, equal values sharing the mean of their ranks."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    midrank: FloatVector = last - (sizes - 1) / 2
    return midrank[group]


def risk_coverage(confidence: FloatVector, wrong: BoolVector) -> FloatVector:
    """Compute the risk among the most confident: entry i covers the i + 1 surest questions.

    After El-Yaniv & Wiener 2010. Questions of equal confidence share their group's mean error, so
    the curve does not depend on the order of the file.

    Returns:
        (n,) shares of wrong answers in [0, 1]; lower is better; the last is the overall share.
    """
    if not len(wrong):
        return np.empty(0)
    _, group, sizes = np.unique(-confidence, return_inverse=True, return_counts=True)
    errors = np.bincount(group, weights=wrong.astype(np.float64))
    expected = np.repeat(errors / sizes, sizes)
    risk: FloatVector = np.cumsum(expected) / np.arange(1, len(expected) + 1)
    return risk


def risk_at(confidence: FloatVector, wrong: BoolVector, *, coverage: float) -> float:
    """Read the curve of risk at a coverage in (0, 1], to the nearest question; at least one.

    In [0, 1], lower is better; NaN for no question.
    """
    risk = risk_coverage(confidence, wrong)
    return float(risk[max(1, round(coverage * len(risk))) - 1]) if len(risk) else float("nan")


def aurc(confidence: FloatVector, wrong: BoolVector) -> float:
    """Compute the mean of the risk over all coverages (Geifman & El-Yaniv 2019).

    In [0, 1], lower is better; NaN for no question.
    """
    return float(risk_coverage(confidence, wrong).mean()) if len(wrong) else float("nan")


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Questions of similar confidence: ``low < confidence <= high`` (the first bin includes 0).

    Attributes:
        low, high: edges of the bin, in [0, 1].
        count: number of questions, at least 1.
        confidence: their mean confidence.
        share: share of them that came true.
    """

    low: float
    high: float
    count: int
    confidence: float
    share: float


def reliability_bins(
    confidence: FloatVector, came_true: BoolVector, *, bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """Group questions into bins of equal width; empty bins are left out."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    return tuple(
        ReliabilityBin(
            low=float(edges[i]),
            high=float(edges[i + 1]),
            count=int((place == i).sum()),
            confidence=float(confidence[place == i].mean()),
            share=float(came_true[place == i].mean()),
        )
        for i in range(bins)
        if (place == i).any()
    )


def expected_calibration_error(confidence: FloatVector, came_true: BoolVector) -> float:
    """Compute the mean gap between confidence and truth over 10 bins (Naeini et al. 2015).

    In [0, 1], lower is better; NaN for no question.
    """
    if not len(confidence):
        return float("nan")
    bins = reliability_bins(confidence, came_true)
    return sum(one.count * abs(one.confidence - one.share) for one in bins) / len(confidence)
