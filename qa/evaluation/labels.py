"""How numbers and variants are written for a reader, wherever they are shown."""

from qa.evaluation.abstention import CALIBRATED
from qa.evaluation.bootstrap import Estimate

SYSTEM_NAMES: dict[str, str] = {
    "bm25": "BM25",
    "dense": "dense",
    "hybrid": "hybrid",
    "signals": "+ signals",
    "evidence": "+ evidence model",
    "answer": "full system",
}
REWRITING_NAMES: dict[str, str] = {
    "alone": "the question alone",
    "prepended": "the last question before it",
    "rewritten": "made to stand alone",
}
POLICY_NAMES: dict[str, str] = {
    **{system: f"always, {name}" for system, name in SYSTEM_NAMES.items()},
    CALIBRATED: "silent below the threshold",
}


def format_estimate(estimate: Estimate) -> str:
    """Write an estimate for a table: ``"0.71 [0.62, 0.79]"``, or ``"n/a"`` without a value."""
    if estimate.value is None:
        return "n/a"
    return f"{estimate.value:.2f} {format_interval(estimate)}"


def format_interval(estimate: Estimate) -> str:
    """Write the interval of an estimate that has a value: ``"[0.62, 0.79]"``."""
    return f"[{_unsigned_zero(estimate.low)}, {_unsigned_zero(estimate.high)}]"


def format_difference(estimate: Estimate) -> str:
    """Write a difference with its sign: ``"+0.07 [-0.01, 0.15]"``."""
    if estimate.value is None:
        return "n/a"
    return f"{round(estimate.value, 2) + 0.0:+.2f} {format_interval(estimate)}"


def format_value(value: float | None) -> str:
    """Write a value without its interval."""
    return "n/a" if value is None else f"{value:.2f}"


def _unsigned_zero(value: float | None) -> str:
    """Write a number; -0.001 is 0.00, not -0.00."""
    return f"{round(value or 0.0, 2) + 0.0:.2f}"
