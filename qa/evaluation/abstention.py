"""Whether keeping silent pays: risk at each coverage, the threshold in force, answering always.

The assistant that always answers is not run: what it would show is known from the rankings, and on
a question without an answer in the source whatever it shows is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from qa.evaluation.bootstrap import NOTHING, Estimate, Ratio, estimate_ratio, estimate_statistic
from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.confidence import risk_at
from qa.evaluation.judging import Outcome, System
from qa.evaluation.measures import Measure, collect_pairs
from qa.evaluation.silence import ANSWERING_MEASURES, forced_pair, forced_quotes

COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
CALIBRATED = "calibrated"
"""The assistant as it is: silent below its threshold. The other policies are named by a system."""
_ALWAYS: tuple[System, ...] = ("hybrid", "signals", "evidence", "answer")


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """The share of wrong answers if only so large a share of the questions were answered."""

    coverage: float
    risk: Estimate


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where the threshold in force lies on the curve of risk and coverage.

    Read from the confidence alone. What was looked up is answered with a confidence of its own,
    whatever the threshold; the measures of the reply count what was really answered.

    Attributes:
        confidence: the threshold, in [0, 1].
        coverage: share of the questions with at least that confidence; advice is left out.
        risk: share of wrong answers among them; no value where there are none.
    """

    confidence: float
    coverage: Estimate
    risk: Estimate


def summarise_risk(outcomes: Sequence[Outcome]) -> tuple[RiskPoint, ...]:
    """Estimate the risk at each of `COVERAGES`."""
    pairs = collect_pairs(forced_pair, outcomes)
    return tuple(
        RiskPoint(coverage, estimate_statistic(partial(risk_at, coverage=coverage), *pairs))
        for coverage in COVERAGES
    )


def locate_threshold(outcomes: Sequence[Outcome], min_confidence: float) -> Threshold:
    """Say how much is answered at a threshold and how much of that is wrong."""
    pairs = [pair for outcome in outcomes if (pair := forced_pair(outcome)) is not None]
    return Threshold(
        confidence=min_confidence,
        coverage=estimate_ratio([Ratio(float(c >= min_confidence), 1.0) for c, _ in pairs]),
        risk=estimate_ratio(
            [Ratio(float(wrong), 1.0) if c >= min_confidence else NOTHING for c, wrong in pairs]
        ),
    )


def compare_policies(outcomes: Sequence[Outcome]) -> Comparison:
    """Compare answering every question that is not declined with the calibrated abstention."""
    return compare(
        {
            **{
                system: [_answered_by(measure, system) for measure in ANSWERING_MEASURES]
                for system in _ALWAYS
            },
            CALIBRATED: ANSWERING_MEASURES,
        },
        outcomes,
        pairs=[(CALIBRATED, system) for system in _ALWAYS],
        beside={system: (CALIBRATED, system) for system in _ALWAYS},
    )


def _answered_by(measure: Measure, system: System) -> Measure:
    def ratio(outcome: Outcome) -> Ratio:
        return measure.ratio(answer_always(outcome, system))

    return replace(measure, ratio=ratio)


def answer_always(outcome: Outcome, system: System) -> Outcome:
    """Return what would have come back if every question not declined were answered."""
    if outcome.status == "declined":
        return outcome
    return replace(outcome, status="answered", quotes=forced_quotes(outcome, system), nearest=())
