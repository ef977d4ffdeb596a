"""How well a model does on articles that it was not trained on.

For each question the sentences of its article most like it are scored. Answerability is the AUROC
of the best score, answerable against unanswerable questions; hit@1 is the share of answerable
questions whose best-scored sentence answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Example, source_of
from qa.evidence_training.groups import WideGroup
from qa.evidence_training.sampling import Sampler

Score = Callable[[str, Sequence[Candidate]], Sequence[float]]
"""Question and candidates to one number each, larger where it answers."""

Row = tuple[bool, float, bool, bool, bool]
"""Answerable; the best score; whether the best answers, whether the first, whether any does."""


@dataclass(frozen=True, slots=True)
class HeldOutResult:
    """Numbers of one source of questions; NaN where they cannot be computed.

    Attributes:
        source: of the questions.
        questions, answerable: how many.
        auroc: of the best score, answerable against not.
        hit_at_1: of the answerable questions.
        retrieval_hit_at_1: the same without the model.
        recall: share of answerable questions with an answer among the candidates.
    """

    source: str
    questions: int
    answerable: int
    auroc: float
    hit_at_1: float
    retrieval_hit_at_1: float
    recall: float


def evaluate_held_out(
    examples: Sequence[Example], sampler: Sampler, score: Score, *, candidates: int = 12
) -> list[HeldOutResult]:
    """Score held-out questions and sum up by source.

    Questions whose answer is in no sentence (it is too short for one) are left out.
    """
    known = [example for example in examples if example.answers or example.near]
    rows: dict[str, list[Row]] = {}
    for example in tqdm(known, desc="held-out questions", unit="q", mininterval=5):
        ranked = sampler.first_allowed(example, candidates)
        sentences = example.article.sentences
        scores = score(example.question, [sentences[n].candidate for n in ranked])
        best = int(np.argmax(scores))
        answers = set(example.answers)
        row = (
            bool(answers),
            float(scores[best]),
            ranked[best] in answers,
            ranked[0] in answers,
            bool(answers & set(ranked)),
        )
        rows.setdefault(source_of(example), []).append(row)
    return [_sum_up(source, found) for source, found in sorted(rows.items())]


def sum_up_groups(
    groups: Sequence[WideGroup], scores: Sequence[Sequence[float]]
) -> list[HeldOutResult]:
    """Sum up by source what was scored of held-out groups; the same as `evaluate_held_out`.

    Args:
        groups: whose candidates are in the order of retrieval.
        scores: of each one's candidates.
    """
    rows: dict[str, list[Row]] = {}
    for group, own in zip(groups, scores, strict=True):
        best = int(np.argmax(own))
        labels = group.labels
        row = (bool(group.answerable), own[best], bool(labels[best]), bool(labels[0]), any(labels))
        rows.setdefault(group.source.split("-")[0], []).append(row)
    return [_sum_up(source, found) for source, found in sorted(rows.items())]


def _sum_up(source: str, rows: Sequence[Row]) -> HeldOutResult:
    table = np.array(rows, dtype=float)
    answerable = table[:, 0] == 1
    both = 0 < answerable.sum() < len(table)
    hits = table[answerable].mean(axis=0) if answerable.any() else np.full(5, np.nan)
    return HeldOutResult(
        source=source,
        questions=len(table),
        answerable=int(answerable.sum()),
        auroc=float(roc_auc_score(answerable, table[:, 1])) if both else float("nan"),
        hit_at_1=float(hits[2]),
        retrieval_hit_at_1=float(hits[3]),
        recall=float(hits[4]),
    )
