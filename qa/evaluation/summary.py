"""From outcomes to everything that the report shows: tables, curves, failures, times.

Owns the record of one evaluation. It neither runs the assistant nor draws or writes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa.evaluation.bootstrap import Estimate, estimate_difference
from qa.evaluation.confidence import ReliabilityBin, reliability_bins, risk_coverage
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
COMPARED: tuple[tuple[System, System], ...] = (
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
        documents: source file's sha256 by document id.
        corpus_sha256: of everything that was indexed.
        questions_file: name of the question file, without its folder.
        questions_sha256: of the question file's bytes.
        software: version of this software and of Python.
        date: ISO day of the run, UTC.
    """

    model: str
    documents: Mapping[str, str]
    corpus_sha256: str
    questions_file: str
    questions_sha256: str
    software: str
    date: str


@dataclass(frozen=True, slots=True)
class Row:
    """A measure and its estimate for each system that has one."""

    name: str
    meaning: str
    lower_is_better: bool
    estimates: Mapping[System, Estimate]


@dataclass(frozen=True, slots=True)
class Difference:
    """One system minus another on one measure, in pairs."""

    name: str
    first: System
    second: System
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class KindRow:
    """How one kind of question fares.

    Attributes:
        kind: of the question set.
        questions: how many there are, at least 1.
        hit_at_1, hit_at_3: of the full system, over its answerable questions; no value without any.
        right: share of replies that are the best possible one.
        answered, declined: shares of the replies; the rest was silent.
    """

    kind: Kind
    questions: int
    hit_at_1: Estimate
    hit_at_3: Estimate
    right: float
    answered: float
    declined: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time of one stage in milliseconds a question."""

    stage: str
    questions: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Summary:
    """One evaluation.

    Attributes:
        ranking: measures of the rankings, an estimate for each system.
        reply: measures of quotes, silence and confidence, for "answer" alone.
        risk: risk at each coverage, surest questions first.
    """

    conditions: Conditions
    outcomes: tuple[Outcome, ...]
    ranking: tuple[Row, ...]
    reply: tuple[Row, ...]
    differences: tuple[Difference, ...]
    kinds: tuple[KindRow, ...]
    risk: tuple[float, ...]
    reliability: tuple[ReliabilityBin, ...]
    timings: tuple[Timing, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Outcomes whose reply is not the best possible one, in the order of the file."""
        return tuple(outcome for outcome in self.outcomes if not outcome.is_right)

    def estimate(self, name: str, system: System = "answer") -> Estimate:
        """Look a measure up by its name.

        Raises:
            KeyError: there is no such measure for that system.
        """
        for row in self.ranking + self.reply:
            if row.name == name:
                return row.estimates[system]
        raise KeyError(name)


def summarise(outcomes: Sequence[Outcome], conditions: Conditions) -> Summary:
    """Compute everything that the report shows."""
    wrong = risk_coverage(*collect_pairs(forced_pair, outcomes))
    return Summary(
        conditions=conditions,
        outcomes=tuple(outcomes),
        ranking=_summarise_rankings(outcomes),
        reply=tuple(_summarise_reply(measure, outcomes) for measure in REPLY_MEASURES),
        differences=_compare_systems(outcomes),
        kinds=_summarise_kinds(outcomes),
        risk=tuple(float(risk) for risk in wrong),
        reliability=reliability_bins(*collect_pairs(calibration_pair, outcomes)),
        timings=_summarise_times(outcomes),
    )


def _summarise_rankings(outcomes: Sequence[Outcome]) -> tuple[Row, ...]:
    by_system = {system: ranking_measures(system) for system in SYSTEMS}
    return tuple(
        Row(
            measure.name,
            measure.meaning,
            measure.lower_is_better,
            {system: by_system[system][place].estimate(outcomes) for system in SYSTEMS},
        )
        for place, measure in enumerate(by_system["answer"])
    )


def _summarise_reply(measure: Measure | ConfidenceMeasure, outcomes: Sequence[Outcome]) -> Row:
    estimate = measure.estimate(outcomes)
    return Row(measure.name, measure.meaning, measure.lower_is_better, {"answer": estimate})


def _compare_systems(outcomes: Sequence[Outcome]) -> tuple[Difference, ...]:
    ratios = {
        (system, measure.name): [measure.ratio(outcome) for outcome in outcomes]
        for system in SYSTEMS
        for measure in ranking_measures(system)
        if measure.name in COMPARED_MEASURES
    }
    return tuple(
        Difference(
            name, first, second, estimate_difference(ratios[first, name], ratios[second, name])
        )
        for first, second in COMPARED
        for name in COMPARED_MEASURES
    )


def _summarise_kinds(outcomes: Sequence[Outcome]) -> tuple[KindRow, ...]:
    measures = {measure.name: measure for measure in ranking_measures("answer")}
    rows = []
    for kind in KINDS:
        chosen = [outcome for outcome in outcomes if outcome.question.kind == kind]
        if chosen:
            row = KindRow(
                kind=kind,
                questions=len(chosen),
                hit_at_1=measures["hit@1"].estimate(chosen),
                hit_at_3=measures["hit@3"].estimate(chosen),
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
