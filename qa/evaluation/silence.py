"""The measures of silence and confidence: name, meaning, and which questions bear on each.

Near misses, questions off topic and requests for advice are told apart: a system may be good at one
and bad at another. The arithmetic is in `confidence`, the intervals in `bootstrap`.
"""

from collections.abc import Callable
from functools import partial

from qa.evaluation import confidence
from qa.evaluation.bootstrap import NOTHING, Ratio
from qa.evaluation.judging import JudgedQuote, Outcome, System
from qa.evaluation.measures import ConfidenceMeasure, Measure

# What would be shown if the assistant never kept silent; the risk-coverage curve needs it.
SHOWN_IF_FORCED = 3

Group = Callable[[Outcome], bool]


def _share(holds: bool, *, of: bool) -> Ratio:
    """Count a question towards a share: ``of`` says whether it is in the denominator."""
    return Ratio(float(holds), 1.0) if of else NOTHING


def _is_near_miss(outcome: Outcome) -> bool:
    """On the subject, but the documents do not say it."""
    question = outcome.question
    return not question.answerable and question.kind not in ("offtopic", "advice")


def _is_off_topic(outcome: Outcome) -> bool:
    return outcome.question.kind == "offtopic"


def _is_advice(outcome: Outcome) -> bool:
    return outcome.question.kind == "advice"


def _silence_precision(outcome: Outcome, *, group: Group) -> Ratio:
    inside = outcome.question.answerable or group(outcome)
    return _share(group(outcome), of=inside and not outcome.is_answered)


def _silence_recall(outcome: Outcome, *, group: Group) -> Ratio:
    return _share(not outcome.is_answered, of=group(outcome))


def _silence_f1(outcome: Outcome, *, group: Group) -> Ratio:
    """Add to 2 TP / (2 TP + FP + FN), which is F1."""
    if group(outcome):
        return Ratio(1.0, 1.0) if not outcome.is_answered else Ratio(0.0, 0.5)
    return Ratio(0.0, 0.5 * (outcome.question.answerable and not outcome.is_answered))


def _silence_pair(outcome: Outcome, *, group: Group) -> tuple[float, bool] | None:
    """Pair the confidence with whether there is an answer; declined counts as confidence 0."""
    if not (outcome.question.answerable or group(outcome)):
        return None
    return outcome.confidence or 0.0, outcome.question.answerable


def forced_quotes(outcome: Outcome, system: System = "answer") -> tuple[JudgedQuote, ...]:
    """Return what would be shown if the assistant never kept silent and ranked by a system.

    As many of the system's first quotes as the reply shows, `SHOWN_IF_FORCED` where it shows none.
    """
    if system == "answer" and outcome.quotes:
        return outcome.quotes
    return outcome.rankings.get(system, ())[: len(outcome.quotes) or SHOWN_IF_FORCED]


def forced_pair(outcome: Outcome) -> tuple[float, bool] | None:
    """Pair the confidence with whether an answer would be wrong; advice is declined before that."""
    if _is_advice(outcome):
        return None
    return outcome.confidence or 0.0, not any(quote.held for quote in forced_quotes(outcome))


def calibration_pair(outcome: Outcome) -> tuple[float, bool] | None:
    """Pair the confidence with whether there is an answer; None where none was given."""
    if outcome.confidence is None:
        return None
    return outcome.confidence, outcome.question.answerable


ANSWERING_MEASURES: tuple[Measure, ...] = (
    Measure(
        "answered and wrong",
        "of all questions: answered without evidence",
        lambda outcome: _share(outcome.is_wrong, of=True),
        lower_is_better=True,
    ),
    Measure(
        "wrong among answered",
        "of the answers: those without evidence",
        lambda outcome: _share(outcome.is_wrong, of=outcome.is_answered),
        lower_is_better=True,
    ),
    Measure(
        "wrongly silent",
        "of the answerable questions: not answered",
        lambda outcome: _share(not outcome.is_answered, of=outcome.question.answerable),
        lower_is_better=True,
    ),
)

SILENCE_MEASURES: tuple[Measure, ...] = (
    *ANSWERING_MEASURES,
    *(
        Measure(f"silence {name} ({label})", meaning, partial(ratio, group=group))
        for label, group in (("near miss", _is_near_miss), ("off topic", _is_off_topic))
        for name, meaning, ratio in (
            ("precision", "silent replies that are right to be silent", _silence_precision),
            ("recall", "questions without an answer that get none", _silence_recall),
            ("F1", "harmonic mean of the two", _silence_f1),
        )
    ),
    Measure(
        "advice declined",
        "requests for advice that are declined",
        lambda outcome: _share(outcome.status == "declined", of=_is_advice(outcome)),
    ),
    Measure(
        "falsely declined",
        "all other questions that are declined",
        lambda outcome: _share(outcome.status == "declined", of=not _is_advice(outcome)),
        lower_is_better=True,
    ),
)

CONFIDENCE_MEASURES: tuple[ConfidenceMeasure, ...] = (
    ConfidenceMeasure(
        "AUROC (near miss)",
        "how often an answerable question has more confidence than a near miss",
        partial(_silence_pair, group=_is_near_miss),
        confidence.auroc,
    ),
    ConfidenceMeasure(
        "AUROC (off topic)",
        "how often an answerable question has more confidence than one off topic",
        partial(_silence_pair, group=_is_off_topic),
        confidence.auroc,
    ),
    ConfidenceMeasure(
        "AURC",
        "mean risk over all coverages, surest questions first",
        forced_pair,
        confidence.aurc,
        lower_is_better=True,
    ),
    ConfidenceMeasure(
        "ECE",
        "mean gap between confidence and the share that is answerable",
        calibration_pair,
        confidence.expected_calibration_error,
        lower_is_better=True,
    ),
)
