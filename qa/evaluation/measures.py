"""The measures of rankings and quotes: name, meaning, and which questions bear on each.

Owns the two kinds of measure. The arithmetic is in `metrics`, the intervals in `bootstrap`; the
measures of silence and confidence are in `silence`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from qa.evaluation import metrics
from qa.evaluation.bootstrap import NOTHING, Estimate, Ratio, estimate_ratio, estimate_statistic
from qa.evaluation.confidence import BoolVector, FloatVector
from qa.evaluation.judging import JudgedQuote, Outcome, System


@dataclass(frozen=True, slots=True)
class Measure:
    """A ratio of sums over questions.

    Attributes:
        name: as in the literature, with its cut-off: "hit@1".
        meaning: one sentence for a reader who does not know the name.
        lower_is_better: the direction; a higher value is better unless set.
        ratio: what one question adds; `NOTHING` for a question that does not bear on the measure.
    """

    name: str
    meaning: str
    ratio: Callable[[Outcome], Ratio]
    lower_is_better: bool = False

    def estimate(self, outcomes: Sequence[Outcome]) -> Estimate:
        """Compute the measure over questions, with its interval."""
        return estimate_ratio([self.ratio(outcome) for outcome in outcomes])


@dataclass(frozen=True, slots=True)
class ConfidenceMeasure:
    """A statistic of (confidence, truth) pairs; ``pair`` gives None for a question left out."""

    name: str
    meaning: str
    pair: Callable[[Outcome], tuple[float, bool] | None]
    statistic: Callable[[FloatVector, BoolVector], float]
    lower_is_better: bool = False

    def estimate(self, outcomes: Sequence[Outcome]) -> Estimate:
        """Compute the measure over questions, with its interval."""
        return estimate_statistic(self.statistic, *collect_pairs(self.pair, outcomes))


def collect_pairs(
    pair: Callable[[Outcome], tuple[float, bool] | None], outcomes: Sequence[Outcome]
) -> tuple[FloatVector, BoolVector]:
    """Gather the pairs of the questions that have one, as two aligned vectors."""
    pairs = [found for outcome in outcomes if (found := pair(outcome)) is not None]
    values = np.array([value for value, _ in pairs], dtype=np.float64)
    return values, np.array([truth for _, truth in pairs], dtype=np.bool_)


def _mean(value: float) -> Ratio:
    return Ratio(value, 1.0)


def _held(quotes: Sequence[JudgedQuote]) -> list[tuple[int, ...]]:
    return [quote.held for quote in quotes]


Score = Callable[[metrics.Held, int], float]

_RANKING: tuple[tuple[str, str, Score], ...] = (
    ("hit@1", "the first quote holds evidence", lambda held, _: metrics.hit_at(held, 1)),
    ("hit@3", "one of the first 3 holds evidence", lambda held, _: metrics.hit_at(held, 3)),
    ("hit@5", "one of the first 5 holds evidence", lambda held, _: metrics.hit_at(held, 5)),
    (
        "recall@5",
        "share of the evidence that the first 5 hold",
        lambda held, snippets: metrics.recall_at(held, 5, snippets=snippets),
    ),
    (
        "recall@10",
        "share of the evidence that the first 10 hold",
        lambda held, snippets: metrics.recall_at(held, 10, snippets=snippets),
    ),
    (
        "MRR@10",
        "1 / rank of the first quote with evidence",
        lambda held, _: metrics.reciprocal_rank_at(held, 10),
    ),
    (
        "nDCG@10",
        "evidence gained down the ranking, against the ideal order",
        lambda held, snippets: metrics.ndcg_at(held, 10, snippets=snippets),
    ),
)


Ranking = Callable[[Outcome], Sequence[JudgedQuote] | None]
"""Picks a ranking of an answerable question; None leaves the question out."""


def ranking_measures(system: System) -> tuple[Measure, ...]:
    """Return the ranking measures of one system; a question without a ranking scores 0."""
    return measure_rankings(lambda outcome: outcome.rankings.get(system, ()))


def measure_rankings(ranking: Ranking) -> tuple[Measure, ...]:
    """Return the ranking measures of whatever ranking is picked of each question."""
    return tuple(
        Measure(name, meaning, partial(_score_ranking, ranking=ranking, score=score))
        for name, meaning, score in _RANKING
    )


def _score_ranking(outcome: Outcome, *, ranking: Ranking, score: Score) -> Ratio:
    if not outcome.question.answerable:
        return NOTHING
    ranked = ranking(outcome)
    if ranked is None:
        return NOTHING
    return _mean(score(_held(ranked), len(outcome.question.evidence)))


def _quote_precision(outcome: Outcome) -> Ratio:
    if not outcome.question.answerable:
        return NOTHING
    return _mean(metrics.quote_precision(_held(outcome.quotes)))


def _quote_recall(outcome: Outcome) -> Ratio:
    if not outcome.question.answerable:
        return NOTHING
    snippets = len(outcome.question.evidence)
    return _mean(metrics.quote_recall(_held(outcome.quotes), snippets=snippets))


def _exactness(outcome: Outcome) -> Ratio:
    shown = outcome.quotes + outcome.nearest
    return Ratio(sum(quote.exact for quote in shown), len(shown))


def _citation_precision(outcome: Outcome) -> Ratio:
    return Ratio(
        sum(quote.right for quote in outcome.quotes), sum(len(q.shown) for q in outcome.quotes)
    )


def _citation_completeness(outcome: Outcome) -> Ratio:
    return Ratio(
        sum(len(set(quote.cited) & set(quote.shown)) for quote in outcome.quotes),
        sum(len(quote.cited) for quote in outcome.quotes),
    )


def _citation_recall(outcome: Outcome) -> Ratio:
    gold = set(outcome.question.references)
    if not gold:
        return NOTHING
    found = set().union(*(_given_references(outcome, quote) for quote in outcome.quotes))
    return _mean(len(gold & found) / len(gold))


def _gold_precision(outcome: Outcome) -> Ratio:
    gold = set(outcome.question.references)
    if not gold or not outcome.quotes:
        return NOTHING
    first = _given_references(outcome, outcome.quotes[0])
    return Ratio(len(first & gold), len(first))


def _given_references(outcome: Outcome, quote: JudgedQuote) -> set[int]:
    """Collect the references that a quote gives, if its numbers are those of the gold ones."""
    if quote.document_id not in outcome.question.document_ids:
        return set()
    return {*quote.shown, *quote.entries}


QUOTE_MEASURES: tuple[Measure, ...] = (
    Measure("exactness", "shown quotes that are the source, character for character", _exactness),
    Measure(
        "quote precision", "shown quotes that hold evidence (silence scores 0)", _quote_precision
    ),
    Measure(
        "quote recall", "evidence that the shown quotes hold (silence scores 0)", _quote_recall
    ),
    Measure(
        "citation precision",
        "shown references that the quote itself cites, each the right entry",
        _citation_precision,
    ),
    Measure(
        "citation completeness",
        "citations printed inside a shown quote that are shown resolved",
        _citation_completeness,
    ),
    Measure("citation recall", "expected references that the shown quotes give", _citation_recall),
    Measure(
        "citation precision (gold)",
        "references of the first quote that are expected ones",
        _gold_precision,
    ),
)
