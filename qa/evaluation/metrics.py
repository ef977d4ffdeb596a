"""Measures of one ranking or one list of shown quotes: pure functions over what the quotes hold.

``held`` is one set of evidence indices for each quote, best quote first; ``snippets`` is the number
of evidence snippets of the question, at least 1. Every value lies in [0, 1], higher is better, and
an empty ranking scores 0. A snippet counts once, however many quotes repeat it.
"""

from collections.abc import Collection, Sequence

import ir_measures
from ir_measures import nDCG

Held = Sequence[Collection[int]]


def hit_at(held: Held, k: int) -> float:
    """Score 1 where one of the first k quotes holds a snippet."""
    return float(any(held[:k]))


def recall_at(held: Held, k: int, *, snippets: int) -> float:
    """Compute the share of the snippets that the first k quotes hold together."""
    return len(set().union(*held[:k])) / snippets


def reciprocal_rank_at(held: Held, k: int) -> float:
    """Compute 1 / rank of the first of k quotes that holds a snippet."""
    return next((1 / rank for rank, one in enumerate(held[:k], 1) if one), 0.0)


def ndcg_at(held: Held, k: int, *, snippets: int) -> float:
    """Compute the normalised discounted cumulative gain (Järvelin & Kekäläinen 2002).

    The arithmetic is that of ir_measures. The units that gain are the snippets: a quote that holds
    two new snippets is read as two places of the ranking, so that no ranking exceeds the ideal one;
    a quote with none new takes a place for nothing.
    """
    units = _read_as_units(held[:k])
    judged = [ir_measures.Qrel("question", f"snippet {i}", 1) for i in range(snippets)]
    # Strictly falling scores: trec_eval, underneath, breaks ties by name and ignores the order.
    ranked = [
        ir_measures.ScoredDoc("question", unit, float(-place)) for place, unit in enumerate(units)
    ]
    return float(ir_measures.calc_aggregate([nDCG @ k], judged, ranked)[nDCG @ k])


def _read_as_units(held: Held) -> list[str]:
    """Name what each place of the ranking gains: a new snippet, or nothing."""
    units: list[str] = []
    seen: set[int] = set()
    for rank, one in enumerate(held):
        new = sorted(set(one) - seen)
        units += [f"snippet {i}" for i in new] or [f"nothing {rank}"]
        seen.update(new)
    return units


def quote_precision(held: Held) -> float:
    """Compute the share of the shown quotes that hold a snippet."""
    return sum(bool(one) for one in held) / len(held) if held else 0.0


def quote_recall(held: Held, *, snippets: int) -> float:
    """Compute the share of the snippets that the shown quotes hold together."""
    return recall_at(held, len(held), snippets=snippets)
