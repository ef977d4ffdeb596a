"""Fitting the weights of `qa.evidence` on a question set: ``python -m qa calibrate``.

Two logistic regressions with an L2 penalty. The first learns, over the candidates of each
answerable question, which hold evidence; each question counts the same, half for its evidence and
half for the rest, and the result is then scaled to probabilities (Platt 1999) on predictions for
questions that it was not fitted on. The second learns which questions are answerable at all; it too
sees the first one's scores as predicted out of fold, so that they are not too sure.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from index.library import Library
from qa import evidence
from qa.answering import Stages, gather, look_up, understand
from qa.boundaries import check_boundaries
from qa.evaluation.judging import Judge
from qa.evaluation.questions import Question
from qa.evidence import PassageSignals, QuestionSignals, question_signals, signal_names
from qa.quoting import make_quote
from qa.wording import Wording

FOLDS = 10
SEED = 0
PENALTY = 1.0
"""Inverse strength of the penalty; from .3 to 10 the cross-validated hit@1 stays within .01."""

FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its candidates.

    Attributes:
        question: from the question set.
        wording: as searched.
        signals: (candidates, signals) float64.
        holds: (candidates,), 1.0 where the quote made of the candidate holds evidence.
        judged: neither looked up nor declined, so that the weights decide about it.
    """

    question: Question
    wording: Wording
    signals: tuple[PassageSignals, ...]
    holds: NDArray[np.float64]
    judged: bool

    @property
    def matrix(self) -> FloatMatrix:
        """The signals as numbers, (candidates, signals)."""
        return np.array([astuple(item) for item in self.signals], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted weights and what cross-validation says of them.

    Attributes:
        weights: as written to `qa.evidence.WEIGHTS_FILE`.
        hit_at_1, hit_at_3: over answerable questions that are not looked up, predicted out of fold.
        questions: how many of these.
    """

    weights: dict[str, dict[str, float]]
    hit_at_1: float
    hit_at_3: float
    questions: int


def make_examples(questions: Sequence[Question], stages: Stages) -> list[Example]:
    """Search each question and mark which candidates hold its evidence."""
    marker = Judge(stages.library.documents)
    return [_make_example(question, stages, marker) for question in questions]


def _make_example(question: Question, stages: Stages, marker: Judge) -> Example:
    asked = understand(question.question, question.history, stages)
    hits, signals, wording = gather(asked.text, stages)
    quotes = [
        make_quote(stages.library.documents[hit.passage.document_id], hit.passage.span, score=0.5)
        for hit in hits
    ]
    judged = marker.judge(quotes, question.evidence)
    decided = (
        look_up(asked, stages)[0] is not None or check_boundaries(question.question) is not None
    )
    holds = np.array([float(bool(quote.held)) for quote in judged])
    return Example(question, wording, tuple(signals), holds, judged=not decided)


def fit(examples: Sequence[Example], library: Library) -> Fit:
    """Fit both functions.

    Raises:
        ValueError: there are fewer examples than folds, or none that the weights decide about.
    """
    if len(examples) < FOLDS:
        raise ValueError(f"{len(examples)} questions are too few to fit on, {FOLDS} are needed")
    folds = KFold(FOLDS, shuffle=True, random_state=SEED)
    odds: dict[int, NDArray[np.float64]] = {}
    for rest, held_out in folds.split(np.arange(len(examples))):
        model = _fit_passages([examples[n] for n in rest])
        odds |= {int(n): model.decision_function(examples[n].matrix) for n in held_out}
    scale = _fit_scale(examples, odds)
    scores = {n: scale.predict_proba(values[:, None])[:, 1] for n, values in odds.items()}
    asked = [n for n, example in enumerate(examples) if example.judged]
    rows = [
        astuple(
            question_signals(examples[n].wording, examples[n].signals, list(scores[n]), library)
        )
        for n in asked
    ]
    answerable = [examples[n].question.answerable for n in asked]
    overall = LogisticRegression(C=PENALTY, max_iter=5_000).fit(np.array(rows), answerable)
    ranked = [
        examples[n].holds[np.argsort(-scores[n], kind="stable")]
        for n in asked
        if examples[n].question.answerable
    ]
    return Fit(
        weights={
            "passage": _weights(
                _fit_passages(examples),
                signal_names(PassageSignals),
                slope=float(scale.coef_[0, 0]),
                shift=float(scale.intercept_[0]),
            ),
            "question": _weights(overall, signal_names(QuestionSignals)),
        },
        hit_at_1=float(np.mean([held[:1].any() for held in ranked])),
        hit_at_3=float(np.mean([held[:3].any() for held in ranked])),
        questions=len(ranked),
    )


def _fit_passages(examples: Sequence[Example]) -> LogisticRegression:
    useful = [e for e in examples if e.question.answerable and 0 < e.holds.sum() < len(e.holds)]
    weights = [np.where(e.holds > 0, 1 / e.holds.sum(), 1 / (1 - e.holds).sum()) for e in useful]
    stacked = np.concatenate(weights)
    return LogisticRegression(C=PENALTY, max_iter=5_000).fit(
        np.concatenate([e.matrix for e in useful]),
        np.concatenate([e.holds for e in useful]),
        sample_weight=stacked / stacked.mean(),
    )


def _fit_scale(
    examples: Sequence[Example], odds: dict[int, NDArray[np.float64]]
) -> LogisticRegression:
    """Map out-of-fold log odds to probabilities over the candidates as they come, unweighted."""
    useful = [n for n, example in enumerate(examples) if example.holds.any()]
    values = np.concatenate([odds[n] for n in useful])[:, None]
    return LogisticRegression().fit(values, np.concatenate([examples[n].holds for n in useful]))


def _weights(
    model: LogisticRegression, names: Sequence[str], *, slope: float = 1.0, shift: float = 0.0
) -> dict[str, float]:
    fitted = dict(zip(names, map(float, model.coef_[0]), strict=True))
    bias = slope * float(model.intercept_[0]) + shift
    return {name: round(slope * value, 4) for name, value in fitted.items()} | {
        "bias": round(bias, 4)
    }


def write_weights(result: Fit, path: Path = evidence.WEIGHTS_FILE) -> None:
    """Write the weights where `qa.evidence` reads them."""
    path.write_text(json.dumps(result.weights, indent=1) + "\n", encoding="utf-8")
    evidence.load_model.cache_clear()
