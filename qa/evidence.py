"""Does this passage answer this question? The weighing of all that is known about it.

Three logistic functions, fitted on the dev half of the question set (`python -m qa calibrate`):

1. `EvidenceWeights.first` weighs the signals of search and wording; it picks the candidates that
   the evidence model reads, which takes most of the time of an answer.
2. `EvidenceWeights.passage` weighs the first score and the model's verdict; it ranks the quotes.
3. `EvidenceWeights.question` weighs the signals of the whole list: the confidence that the source
   answers at all.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from corpus.document import BlockKind
from index.searching import Hit
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import EvidenceScorer
from qa.sealing import is_whole
from qa.signals import PassageSignals, QuestionSignals

WEIGHTS_FILE = Path(__file__).with_name("evidence_weights.json")

_LOGIT_SCALE = 0.2
"""Log odds are weighed as fifths, so that they are about as large as the other signals."""
_LOGIT_LIMIT = 8.0
_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})


class WeightsError(Exception):
    """There are no weights for the evidence model in use; shown to the user as it is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second stage weighs of one candidate.

    Attributes:
        first: scaled log odds of the first stage.
        evidence: scaled log odds of the evidence model.
        evidence_row: the same for what is not prose (rows, references, front matter), else 0.
        row: whether it is not prose.
    """

    first: float
    evidence: float
    evidence_row: float
    row: float


@dataclass(frozen=True, slots=True)
class ListVerdict:
    """What the model's verdicts on all candidates say of the question.

    Attributes:
        best_evidence, second_evidence: the two largest, scaled log odds.
        top_evidence: that of the candidate ranked first.
        top_score: probability of the candidate ranked first.
    """

    best_evidence: float
    second_evidence: float
    top_evidence: float
    top_score: float


Signals = PassageSignals | QuestionSignals | Verdict | ListVerdict
_VALUES: dict[type[Signals], Callable[[Signals], tuple[float, ...]]] = {
    kind: attrgetter(*(field.name for field in fields(kind)))
    for kind in (PassageSignals, QuestionSignals, Verdict, ListVerdict)
}
"""What gives a record's fields in order; `dataclasses.astuple` copies each of them deeply."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic function: one weight a signal, in the order of its fields, and a bias."""

    weights: tuple[float, ...]
    bias: float

    def log_odds(self, *signals: Signals) -> float:
        """Return the weighed sum of the signals of one or more records."""
        values = [value for record in signals for value in _VALUES[type(record)](record)]
        total = self.bias + sum(w * value for w, value in zip(self.weights, values, strict=True))
        return max(-30.0, min(30.0, total))

    def __call__(self, *signals: Signals) -> float:
        """Return a probability in (0, 1)."""
        return probability(self.log_odds(*signals))


def probability(log_odds: float) -> float:
    """Turn log odds into a probability in (0, 1)."""
    return 1.0 / (1.0 + math.exp(-log_odds))


@dataclass(frozen=True, slots=True)
class EvidenceWeights:
    """The fitted functions.

    Attributes:
        evidence_model: whose verdicts they were fitted on; `scorer.NO_MODEL` for none.
        first: over `PassageSignals`.
        passage: over `Verdict`.
        question: over `QuestionSignals` and `ListVerdict`.
        question_alone: over `QuestionSignals`, for use without an evidence model.
        min_confidence: the threshold below which the source counts as silent, in [0, 1].
    """

    evidence_model: str
    first: Logistic
    passage: Logistic
    question: Logistic
    question_alone: Logistic
    min_confidence: float


_RECORDS: dict[str, tuple[type[Any], ...]] = {
    "first": (PassageSignals,),
    "passage": (Verdict,),
    "question": (QuestionSignals, ListVerdict),
    "question_alone": (QuestionSignals,),
}


def weights_path(evidence_model: str, shipped: str, folder: Path) -> Path:
    """Return where the weights for an evidence model are: shipped, or in the library's folder."""
    if evidence_model == shipped:
        return WEIGHTS_FILE
    name = "".join(c if c.isalnum() or c in "-." else "_" for c in evidence_model)
    return folder / f"evidence_weights-{name}.json"


@lru_cache(maxsize=8)
def load_weights(path: Path, evidence_model: str) -> EvidenceWeights:
    """Read fitted weights.

    Raises:
        WeightsError: the file is missing or was changed, was fitted for another evidence model, or
            names other signals than these modules compute.
    """
    remedy = f"run: python -m qa calibrate --evidence-model {evidence_model} --write"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"{path} with the weights for evidence model {evidence_model!r} cannot be read "
            f"({error}); {remedy}"
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("min_confidence"), (int, float)):
        raise WeightsError(f"{path} holds no weights with a threshold; {remedy}")
    if data.get("evidence_model") != evidence_model:
        raise WeightsError(
            f"{path} was fitted for evidence model {data.get('evidence_model')!r}, not "
            f"{evidence_model!r}; {remedy}"
        )
    functions = {name: _read_logistic(data.get(name, {}), name, path) for name in _RECORDS}
    if not is_whole(data):
        raise WeightsError(f"{path} was changed since it was fitted (its sha256 differs); {remedy}")
    return EvidenceWeights(
        evidence_model=evidence_model,
        min_confidence=float(data["min_confidence"]),
        **functions,
    )


def _read_logistic(data: dict[str, float], name: str, path: Path) -> Logistic:
    names = signal_names(name)
    if set(data) != {*names, "bias"}:
        wrong = ", ".join(sorted(set(data) ^ {*names, "bias"}))
        raise WeightsError(
            f"{path} does not fit the signals of {name!r} ({wrong}); run: python -m qa calibrate"
        )
    return Logistic(tuple(data[name] for name in names), data["bias"])


def signal_names(function: str) -> list[str]:
    """Return the names of the signals of a fitted function, in the order of its weights."""
    return [item.name for record in _RECORDS[function] for item in fields(record)]


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a question after both stages.

    Attributes:
        order: positions in the list of hits, best first: those that the evidence model read, then
            the others.
        scores: probability that a hit holds the answer, in [0, 1], by position.
        verdicts: of the hits that the model read, by position.
        list_verdict: of the whole list.
    """

    order: tuple[int, ...]
    scores: tuple[float, ...]
    verdicts: dict[int, Verdict]
    list_verdict: ListVerdict


def judge(
    question: str,
    hits: Sequence[Hit],
    first: Sequence[float],
    weights: EvidenceWeights,
    scorer: EvidenceScorer,
    *,
    read: int,
) -> Judged:
    """Rank the hits of a question.

    Args:
        question: standalone.
        hits: not empty.
        first: log odds of the first stage, one a hit.
        weights: fitted for ``scorer``.
        scorer: the evidence model.
        read: how many hits it reads.
    """
    verdicts = read_hits(question, hits, first, scorer, read=read)
    scored = {n: weights.passage(verdict) for n, verdict in verdicts.items()}
    return rank_verdicts(verdicts, scored, first)


def read_hits(
    question: str,
    hits: Sequence[Hit],
    first: Sequence[float],
    scorer: EvidenceScorer,
    *,
    read: int,
) -> dict[int, Verdict]:
    """Let the evidence model read the best hits; returns its verdicts by position."""
    best = sorted(range(len(hits)), key=lambda n: -first[n])[:read]
    logits = scorer.score(question, [Candidate.of(hits[n].passage) for n in best])
    verdicts = {}
    for n, logit in zip(best, logits, strict=True):
        row = hits[n].passage.kind not in _PROSE
        evidence = _scaled(logit)
        verdicts[n] = Verdict(_scaled(first[n]), evidence, evidence * row, float(row))
    return verdicts


def rank_verdicts(
    verdicts: dict[int, Verdict], scored: dict[int, float], first: Sequence[float]
) -> Judged:
    """Rank by the second stage what it has seen, and below it the rest by the first.

    Args:
        verdicts: of the hits that the evidence model read.
        scored: their probabilities.
        first: log odds of the first stage of all hits.
    """
    rest = sorted((n for n in range(len(first)) if n not in scored), key=lambda n: -first[n])
    order = [*sorted(scored, key=lambda n: -scored[n]), *rest]
    lowest = min(scored.values())
    scores = [scored.get(n, 0.5 * lowest) for n in range(len(first))]
    best = sorted((verdict.evidence for verdict in verdicts.values()), reverse=True)
    top = order[0]
    return Judged(
        order=tuple(order),
        scores=tuple(scores),
        verdicts=verdicts,
        list_verdict=ListVerdict(
            best_evidence=best[0],
            second_evidence=best[1] if len(best) > 1 else -_LOGIT_LIMIT * _LOGIT_SCALE,
            top_evidence=verdicts[top].evidence,
            top_score=scored[top],
        ),
    )


def _scaled(log_odds: float) -> float:
    return max(-_LOGIT_LIMIT, min(_LOGIT_LIMIT, log_odds)) * _LOGIT_SCALE
