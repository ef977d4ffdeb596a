"""Fitting the weights of `qa.evidence` on a question set: ``python -m qa calibrate``.

Logistic regressions with an L2 penalty, each fitted on what the one before it says of questions
that it was not fitted on (stacking, Wolpert 1992), so that none of them is too sure. What is
weighed and why is told in `qa.evidence`; a probability of a logistic regression is calibrated as by
Platt (1999). The threshold is the lowest at which, by cross-validation, at most `RISK` of the
questions are answered wrongly.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from index.searching import Hit, SearchableLibrary
from qa import evidence
from qa.answering import Answer, resolve
from qa.conversation import Standalone
from qa.evaluation.confidence import auroc
from qa.evaluation.judging import Judge
from qa.evaluation.questions import Question
from qa.evidence import (
    EvidenceWeights,
    Judged,
    Logistic,
    Verdict,
    rank_verdicts,
    read_hits,
    signal_names,
)
from qa.evidence_model.scorer import NO_MODEL
from qa.quoting import make_quote
from qa.ranking import (
    Stages,
    gather,
    limits,
    look_up,
    quote_look_up,
    read_question,
    understand,
)
from qa.sealing import sealed
from qa.settings import Settings
from qa.signals import PassageSignals, QuestionSignals, question_signals
from qa.wording import Wording

FOLDS = 10
SEED = 0
PENALTY = 1.0
"""Inverse strength of the penalty; from .3 to 10 the cross-validated hit@1 stays within .01."""
RISK = 0.05
"""Share of all questions that may be answered wrongly where the threshold is chosen. The same share
of the shown answers alone would silence 31% of the answerable dev questions instead of 11%."""

FloatVector = NDArray[np.float64]
FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its candidates.

    Attributes:
        question: from the question set.
        read_as: the question as the evidence model reads it.
        wording: as searched.
        hits: the candidates.
        signals: one record a candidate.
        holds: (candidates,), 1.0 where the quote made of the candidate holds evidence.
        decided: "right", "wrong" or "silent" where a look-up or a boundary decides; None where the
            weights do.
    """

    question: Question
    read_as: str
    wording: Wording
    hits: tuple[Hit, ...]
    signals: tuple[PassageSignals, ...]
    holds: FloatVector
    decided: str | None

    @property
    def matrix(self) -> FloatMatrix:
        """The signals as numbers, (candidates, signals)."""
        return np.array([astuple(item) for item in self.signals], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted weights and what cross-validation says of them.

    Attributes:
        weights: as written to `qa.evidence.WEIGHTS_FILE`.
        hit_at_1, hit_at_3: over answerable questions that are not looked up, out of fold.
        first_hit_at_1: the same by the first stage alone.
        questions: how many of these.
        auroc: of the confidence, answerable questions against the others, out of fold.
        wrong: share of all questions that are answered wrongly at the threshold, out of fold.
        wrong_among_answers: share of wrong ones among the shown answers there.
        silenced: share of the answerable questions that the threshold silences, out of fold.
    """

    weights: dict[str, object]
    hit_at_1: float
    hit_at_3: float
    first_hit_at_1: float
    questions: int
    auroc: float
    wrong: float
    wrong_among_answers: float
    silenced: float


def starting_weights() -> EvidenceWeights:
    """Return weights to search with before there are fitted ones: the fused rank, always sure."""

    def plain(function: str, bias: float, **weights: float) -> Logistic:
        return Logistic(tuple(weights.get(name, 0.0) for name in signal_names(function)), bias)

    return EvidenceWeights(
        evidence_model="",
        first=plain("first", -4.0, fused=6.0, context_coverage=4.0),
        passage=plain("passage", 0.0, first=3.0, evidence=2.0),
        question=plain("question", 3.0),
        question_alone=plain("question_alone", 3.0),
        min_confidence=0.5,
    )


def calibrate(
    questions: Sequence[Question], stages: Stages, *, training: Sequence[Question] = ()
) -> Fit:
    """Fit all functions for the evidence model of ``stages``.

    A follow-up is searched with what the first stage finds for the question before it, so that
    stage is fitted once for this alone.

    Args:
        questions: fitted on; for the threshold and for what is said of the fit, each is judged by
            functions that were not fitted on it.
        stages: with the evidence model.
        training: further questions to fit on, which do not count for either.

    Raises:
        ValueError: there are fewer questions than folds, or none that the weights decide about.
    """
    start = starting_weights()
    pooled = [*questions, *training]
    examples = make_examples(pooled, replace(stages, weights=start))
    first = _read_weights(_weights(_fit_first(examples), "first"))
    with_first = replace(stages, weights=replace(start, first=first))
    return fit(make_examples(pooled, with_first), with_first, counted=len(questions))


def _read_weights(weights: dict[str, float]) -> Logistic:
    return Logistic(tuple(weights[name] for name in signal_names("first")), weights["bias"])


def make_examples(questions: Sequence[Question], stages: Stages) -> list[Example]:
    """Search each question and mark which candidates hold its evidence."""
    marker = Judge(stages.library.documents)
    return [_make_example(question, stages, marker) for question in questions]


def _make_example(question: Question, stages: Stages, marker: Judge) -> Example:
    resolved = resolve(question.question, question.history, stages)
    if isinstance(resolved, Standalone):
        asked, decided = resolved, _decide(question, resolved, stages, marker)
    else:
        asked = understand(question.question, question.history, stages)
        shown = (
            marker.judge(resolved.quotes, question.evidence) if isinstance(resolved, Answer) else ()
        )
        decided = "right" if any(quote.held for quote in shown) else "wrong" if shown else "silent"
    hits, signals, wording = gather(asked, stages)
    quotes = [
        make_quote(hit.document_in(stages.library.documents), hit.passage.span, score=0.5)
        for hit in hits
    ]
    judged = marker.judge(quotes, question.evidence)
    return Example(
        question=question,
        read_as=read_question(asked.text, stages),
        wording=wording,
        hits=tuple(hits),
        signals=tuple(signals),
        holds=np.array([float(bool(quote.held)) for quote in judged]),
        decided=decided,
    )


def _decide(question: Question, asked: Standalone, stages: Stages, marker: Judge) -> str | None:
    if stages.boundaries(question.question) is not None:
        return "silent"
    found, _ = look_up(asked, stages)
    if found is None:
        return None
    if not found.spans:
        return "silent"
    judged = marker.judge(quote_look_up(found, stages), question.evidence)
    return "right" if any(quote.held for quote in judged) else "wrong"


def fit(examples: Sequence[Example], stages: Stages, *, counted: int | None = None) -> Fit:
    """Fit all functions for the evidence model of ``stages``.

    Args:
        examples: fitted on.
        stages: with the evidence model.
        counted: so many of the first examples choose the threshold and are reported on; None for
            all.

    Raises:
        ValueError: there are fewer examples than folds, or none that the weights decide about.
    """
    if len(examples) < FOLDS:
        raise ValueError(f"{len(examples)} questions are too few to fit on, {FOLDS} are needed")
    folds = [
        (rest, held_out)
        for rest, held_out in KFold(FOLDS, shuffle=True, random_state=SEED).split(
            np.arange(len(examples))
        )
    ]
    odds = _first_odds(examples, folds)
    scale = _fit_scale(examples, odds)
    first = {n: scale.decision_function(values[:, None]) for n, values in odds.items()}
    asked = [n for n, example in enumerate(examples) if example.decided is None]
    verdicts = {n: _read(examples[n], first[n], stages) for n in asked}
    judged = _second_stage(examples, first, verdicts, folds)
    rows = {n: _question_row(examples[n], first[n], judged[n], stages.library) for n in asked}
    confidence = _out_of_fold(examples, rows, folds)
    reported = examples[:counted]
    chosen = _choose_threshold(reported, judged, confidence)
    plain = len(astuple(_any_question_row(examples[asked[0]], first[asked[0]], stages.library)))
    truth = np.array([examples[n].question.answerable for n in asked])
    matrix = np.array([rows[n] for n in asked])
    told = [n for n in asked if n < len(reported)]
    ranked = [n for n in told if examples[n].question.answerable]
    held = [examples[n].holds[list(judged[n].order)] for n in ranked]
    held_first = [examples[n].holds[np.argsort(-first[n], kind="stable")] for n in ranked]
    whole_first = _fit_first(examples)
    return Fit(
        weights={
            "evidence_model": stages.scorer.name if stages.scorer else NO_MODEL,
            "min_confidence": round(chosen.threshold, 3),
            "first": _weights(
                whole_first, "first", slope=scale.coef_[0, 0], shift=scale.intercept_[0]
            ),
            "passage": _weights(_fit_second(examples, verdicts), "passage"),
            "question": _weights(_fit_rows(matrix, truth), "question"),
            "question_alone": _weights(_fit_rows(matrix[:, :plain], truth), "question_alone"),
        },
        hit_at_1=float(np.mean([h[:1].any() for h in held])),
        hit_at_3=float(np.mean([h[:3].any() for h in held])),
        first_hit_at_1=float(np.mean([h[:1].any() for h in held_first])),
        questions=len(ranked),
        auroc=auroc(
            np.array([confidence[n] for n in told]),
            np.array([examples[n].question.answerable for n in told]),
        ),
        wrong=chosen.wrong / len(reported),
        wrong_among_answers=chosen.wrong / max(1, chosen.answers),
        silenced=chosen.silenced / max(1, sum(e.question.answerable for e in reported)),
    )


Folds = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]


def _first_odds(examples: Sequence[Example], folds: Folds) -> dict[int, FloatVector]:
    """Return log odds of the first stage, out of fold and not yet scaled to probabilities."""
    odds: dict[int, FloatVector] = {}
    for rest, held_out in folds:
        model = _fit_first([examples[n] for n in rest])
        odds |= {int(n): model.decision_function(examples[n].matrix) for n in held_out}
    return odds


def _fit_first(examples: Sequence[Example]) -> LogisticRegression:
    """Fit on answerable questions; each counts the same, half of it for its evidence."""
    useful = [e for e in examples if e.question.answerable and 0 < e.holds.sum() < len(e.holds)]
    weights = [np.where(e.holds > 0, 1 / e.holds.sum(), 1 / (1 - e.holds).sum()) for e in useful]
    stacked = np.concatenate(weights)
    return LogisticRegression(C=PENALTY, max_iter=5_000).fit(
        np.concatenate([e.matrix for e in useful]),
        np.concatenate([e.holds for e in useful]),
        sample_weight=stacked / stacked.mean(),
    )


def _fit_scale(examples: Sequence[Example], odds: dict[int, FloatVector]) -> LogisticRegression:
    """Map out-of-fold log odds to probabilities over the candidates as they come, unweighted."""
    useful = [n for n, example in enumerate(examples) if example.holds.any()]
    values = np.concatenate([odds[n] for n in useful])[:, None]
    return LogisticRegression().fit(values, np.concatenate([examples[n].holds for n in useful]))


def _read(example: Example, first: FloatVector, stages: Stages) -> dict[int, Verdict]:
    if stages.scorer is None:
        ranked = np.argsort(-first, kind="stable")[: stages.settings.read_candidates]
        return {int(n): Verdict(float(first[n]) / 5, 0.0, 0.0, 0.0) for n in ranked}
    odds = [float(value) for value in first]
    read = stages.settings.read_candidates
    return read_hits(example.read_as, example.hits, odds, stages.scorer, read=read)


def _second_stage(
    examples: Sequence[Example],
    first: dict[int, FloatVector],
    verdicts: dict[int, dict[int, Verdict]],
    folds: Folds,
) -> dict[int, Judged]:
    judged: dict[int, Judged] = {}
    for rest, held_out in folds:
        inside = {int(n): verdicts[int(n)] for n in rest if int(n) in verdicts}
        model = _fit_second(examples, inside)
        for n in (int(n) for n in held_out if int(n) in verdicts):
            places = list(verdicts[n])
            matrix = np.array([astuple(verdicts[n][place]) for place in places])
            scored = dict(zip(places, model.predict_proba(matrix)[:, 1].tolist(), strict=True))
            judged[n] = rank_verdicts(verdicts[n], scored, [float(v) for v in first[n]])
    return judged


def _fit_second(
    examples: Sequence[Example], verdicts: dict[int, dict[int, Verdict]]
) -> LogisticRegression:
    """Fit on the questions with evidence among what was read: the function ranks, no more."""
    useful = {n: found for n, found in verdicts.items() if examples[n].holds[list(found)].any()}
    matrix = [astuple(v) for found in useful.values() for v in found.values()]
    holds = [examples[n].holds[place] for n, found in useful.items() for place in found]
    return LogisticRegression(C=PENALTY, max_iter=5_000).fit(np.array(matrix), np.array(holds))


def _question_row(
    example: Example, first: FloatVector, judged: Judged, library: SearchableLibrary
) -> tuple[float, ...]:
    own = astuple(_any_question_row(example, first, library))
    return (*own, *astuple(judged.list_verdict))


def _any_question_row(
    example: Example, first: FloatVector, library: SearchableLibrary
) -> QuestionSignals:
    scores = [float(value) for value in 1 / (1 + np.exp(-first))]
    return question_signals(example.wording, example.signals, scores, library)


def _fit_rows(matrix: FloatMatrix, truth: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=PENALTY, max_iter=5_000).fit(matrix, truth)


def _out_of_fold(
    examples: Sequence[Example], rows: dict[int, tuple[float, ...]], folds: Folds
) -> dict[int, float]:
    found: dict[int, float] = {}
    for rest, held_out in folds:
        inside = [int(n) for n in rest if int(n) in rows]
        truth = np.array([examples[n].question.answerable for n in inside])
        model = _fit_rows(np.array([rows[n] for n in inside]), truth)
        for n in (int(n) for n in held_out if int(n) in rows):
            found[n] = float(model.predict_proba(np.array([rows[n]]))[0, 1])
    return found


@dataclass(frozen=True, slots=True)
class _Threshold:
    """A threshold and how many questions are answered, answered wrongly and wrongly silenced."""

    threshold: float
    answers: int
    wrong: int
    silenced: int


def _choose_threshold(
    examples: Sequence[Example], judged: dict[int, Judged], confidence: dict[int, float]
) -> _Threshold:
    """Choose the lowest threshold at which at most `RISK` of the questions are answered wrongly.

    Where none is low enough, because look-ups alone go wrong too often, it is the highest one.
    """
    thresholds = sorted({0.0, *(confidence[n] for n in range(len(examples)) if n in confidence)})
    counted = (_count_at(t, examples, judged, confidence) for t in thresholds)
    last = _count_at(thresholds[-1], examples, judged, confidence)
    return next((c for c in counted if c.wrong <= RISK * len(examples)), last)


def _count_at(
    threshold: float,
    examples: Sequence[Example],
    judged: dict[int, Judged],
    confidence: dict[int, float],
) -> _Threshold:
    settings = Settings()
    right = [
        example.decided == "right" if example.decided else _is_right(example, judged[n], settings)
        for n, example in enumerate(examples)
        if example.decided in ("right", "wrong") or confidence.get(n, -1.0) >= threshold
    ]
    silenced = sum(
        example.question.answerable
        and (example.decided == "silent" or confidence.get(n, 1.0) < threshold)
        for n, example in enumerate(examples)
    )
    return _Threshold(threshold, len(right), right.count(False), silenced)


def _is_right(example: Example, judged: Judged, settings: Settings) -> bool:
    """Tell whether one of the quotes that would be shown holds evidence."""
    limit, ratio = limits(example.read_as, settings)
    floor = judged.scores[judged.order[0]] * ratio
    shown = [n for n in judged.order[:limit] if judged.scores[n] >= floor]
    return bool(example.holds[shown].any())


def _weights(
    model: LogisticRegression, function: str, *, slope: float = 1.0, shift: float = 0.0
) -> dict[str, float]:
    fitted = dict(zip(signal_names(function), map(float, model.coef_[0]), strict=True))
    bias = slope * float(model.intercept_[0]) + shift
    return {name: round(float(slope) * value, 4) for name, value in fitted.items()} | {
        "bias": round(float(bias), 4)
    }


def write_weights(result: Fit, path: Path = evidence.WEIGHTS_FILE) -> None:
    """Write the weights where `qa.evidence` reads them."""
    path.write_text(json.dumps(sealed(result.weights), indent=1) + "\n", encoding="utf-8")
    evidence.load_weights.cache_clear()
