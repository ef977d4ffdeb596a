"""From outcomes to everything that the report shows: tables, curves, failures, times.

Owns the record of one evaluation. It neither runs the assistant nor draws or writes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa.evaluation.abstention import (
    RiskPoint,
    Threshold,
    compare_policies,
    locate_threshold,
    summarise_risk,
)
from qa.evaluation.bootstrap import Estimate
from qa.evaluation.boundary_questions import BoundaryResult
from qa.evaluation.comparing import Comparison, Pair, Row, compare
from qa.evaluation.confidence import ReliabilityBin, reliability_bins, risk_coverage
from qa.evaluation.follow_ups import compare_rewritings
from qa.evaluation.judging import SYSTEMS, Outcome, System
from qa.evaluation.measures import (
    QUOTE_MEASURES,
    ConfidenceMeasure,
    Measure,
    collect_pairs,
    ranking_measures,
)
from qa.evaluation.questions import KINDS, Kind
from qa.evaluation.silence import (
    CONFIDENCE_MEASURES,
    SILENCE_MEASURES,
    calibration_pair,
    forced_pair,
)

REPLY_MEASURES: tuple[Measure | ConfidenceMeasure, ...] = (
    *QUOTE_MEASURES,
    *SILENCE_MEASURES,
    *CONFIDENCE_MEASURES,
)
STEPS: tuple[System, ...] = ("hybrid", "signals", "evidence", "answer")
"""Search alone, then one thing more at a time: signals, evidence model, look-ups."""
STEP_PAIRS: dict[str, Pair] = {
    "signals": ("signals", "hybrid"),
    "evidence": ("evidence", "signals"),
    "answer": ("answer", "evidence"),
}
COMPARED: tuple[Pair, ...] = (
    *STEP_PAIRS.values(),
    ("answer", "hybrid"),
    ("hybrid", "dense"),
    ("hybrid", "bm25"),
)
COMPARED_MEASURES = ("hit@1", "hit@3", "MRR@10", "nDCG@10")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the numbers depend on: enough to repeat the run.

    Attributes:
        model: name of the embedding model.
        evidence_model: name of the evidence model, "none" without one.
        min_confidence: the threshold in force, in [0, 1].
        documents: source file's sha256 by document id.
        corpus_sha256: of everything that was indexed.
        questions_file: name of the question file, without its folder.
        questions_sha256: of the question file's bytes.
        boundaries_file, boundaries_sha256: the same of the file of phrasings to be declined or not.
        software: version of this software and of Python.
        date: ISO day of the run, UTC.
    """

    model: str
    evidence_model: str
    min_confidence: float
    documents: Mapping[str, str]
    corpus_sha256: str
    questions_file: str
    questions_sha256: str
    boundaries_file: str
    boundaries_sha256: str
    software: str
    date: str


@dataclass(frozen=True, slots=True)
class KindRow:
    """How one kind of question fares.

    Attributes:
        kind: of the question set.
        questions: how many there are, at least 1.
        hit_at_1, hit_at_3: by system, over its answerable questions; no value without any.
        right: share of replies that are the best possible one.
        answered, declined: shares of the replies; the rest was silent.
    """

    kind: Kind
    questions: int
    hit_at_1: Mapping[System, Estimate]
    hit_at_3: Mapping[System, Estimate]
    right: float
    answered: float
    declined: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time of one stage in milliseconds a question, over those that went through it."""

    stage: str
    questions: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Summary:
    """One evaluation.

    Attributes:
        ranking: the systems side by side; each of `STEPS` beside the one before it.
        reply: measures of quotes, silence and confidence, for "answer" alone.
        policies: answering always, ranked by each of `STEPS`, beside the calibrated abstention.
        follow_ups: ways of rewriting a follow-up.
        boundaries: how the boundaries fare on their own phrasings.
        risk: risk at each coverage, surest questions first.
        risk_points: the same at round coverages.
        threshold: where the threshold in force lies on that curve.
        timings: of "ask" first, then of its stages in the order they run.
        peak_mib: largest resident memory of the process, evaluation included, in MiB.
    """

    conditions: Conditions
    outcomes: tuple[Outcome, ...]
    ranking: Comparison
    reply: tuple[Row, ...]
    policies: Comparison
    follow_ups: Comparison
    boundaries: BoundaryResult
    kinds: tuple[KindRow, ...]
    risk: tuple[float, ...]
    risk_points: tuple[RiskPoint, ...]
    threshold: Threshold
    reliability: tuple[ReliabilityBin, ...]
    timings: tuple[Timing, ...]
    peak_mib: float

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Outcomes whose reply is not the best possible one, in the order of the file."""
        return tuple(outcome for outcome in self.outcomes if not outcome.is_right)

    def estimate(self, name: str, system: System = "answer") -> Estimate:
        """Look a measure up by its name.

        Raises:
            KeyError: there is no such measure for that system.
        """
        for row in self.ranking.rows + self.reply:
            if row.name == name:
                return row.estimates[system]
        raise KeyError(name)


def summarise(
    outcomes: Sequence[Outcome],
    conditions: Conditions,
    *,
    boundaries: BoundaryResult,
    peak_mib: float,
) -> Summary:
    """Compute everything that the report shows."""
    wrong = risk_coverage(*collect_pairs(forced_pair, outcomes))
    return Summary(
        conditions=conditions,
        outcomes=tuple(outcomes),
        ranking=_compare_systems(outcomes),
        reply=tuple(_summarise_reply(measure, outcomes) for measure in REPLY_MEASURES),
        policies=compare_policies(outcomes),
        follow_ups=compare_rewritings(outcomes),
        boundaries=boundaries,
        kinds=_summarise_kinds(outcomes),
        risk=tuple(float(risk) for risk in wrong),
        risk_points=summarise_risk(outcomes),
        threshold=locate_threshold(outcomes, conditions.min_confidence),
        reliability=reliability_bins(*collect_pairs(calibration_pair, outcomes)),
        timings=_summarise_times(outcomes),
        peak_mib=peak_mib,
    )


def _compare_systems(outcomes: Sequence[Outcome]) -> Comparison:
    return compare(
        {system: ranking_measures(system) for system in SYSTEMS},
        outcomes,
        pairs=COMPARED,
        beside=STEP_PAIRS,
        compared=COMPARED_MEASURES,
    )


def _summarise_reply(measure: Measure | ConfidenceMeasure, outcomes: Sequence[Outcome]) -> Row:
    estimate = measure.estimate(outcomes)
    return Row(measure.name, measure.meaning, measure.lower_is_better, {"answer": estimate})


def _summarise_kinds(outcomes: Sequence[Outcome]) -> tuple[KindRow, ...]:
    measures = {
        (system, measure.name): measure
        for system in SYSTEMS
        for measure in ranking_measures(system)
    }
    rows = []
    for kind in KINDS:
        chosen = [outcome for outcome in outcomes if outcome.question.kind == kind]
        if chosen:
            row = KindRow(
                kind=kind,
                questions=len(chosen),
                hit_at_1={s: measures[s, "hit@1"].estimate(chosen) for s in SYSTEMS},
                hit_at_3={s: measures[s, "hit@3"].estimate(chosen) for s in SYSTEMS},
                right=sum(outcome.is_right for outcome in chosen) / len(chosen),
                answered=sum(outcome.is_answered for outcome in chosen) / len(chosen),
                declined=sum(outcome.status == "declined" for outcome in chosen) / len(chosen),
            )
            rows.append(row)
    return tuple(rows)


def _summarise_times(outcomes: Sequence[Outcome]) -> tuple[Timing, ...]:
    stages = dict.fromkeys(stage for outcome in outcomes for stage in outcome.seconds)
    timings = []
    for stage in stages:
        milliseconds = [1000 * o.seconds[stage] for o in outcomes if stage in o.seconds]
        median, p95 = np.percentile(milliseconds, [50, 95])
        timings.append(Timing(stage, len(milliseconds), float(median), float(p95)))
    return tuple(timings)
