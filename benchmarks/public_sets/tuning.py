"""Choosing how evidence and hybrid are weighed, on questions that no number is reported for."""

from collections.abc import Sequence
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.measuring import NDCG, SystemRankings, score_queries
from benchmarks.public_sets.reranking import SCALINGS, Combination, read_documents, rerank
from benchmarks.public_sets.searching import HYBRID, Ranking, Search
from index.fusion import FloatVector
from qa.evidence_model.scorer import EvidenceScorer

WEIGHTS = tuple(step / 10 for step in range(11))


class OverlapError(Exception):
    """A question to tune on is one that is measured."""


@dataclass(frozen=True, slots=True)
class TuningRow:
    """What a combination scores on the questions to tune on."""

    combination: Combination
    ndcg: float


def refuse_overlap(tuned: Sequence[Query], measured: Sequence[Query]) -> None:
    """Check that no question is in both.

    Raises:
        OverlapError: one is, by its id or by its text.
    """
    ids = {query.id for query in measured}
    texts = {query.text.casefold() for query in measured}
    for query in tuned:
        if query.id in ids or query.text.casefold() in texts:
            raise OverlapError(
                f"query {query.id!r} ({query.text!r:.60}) is one of those measured; tune on others"
            )


def read_rankings(
    documents: Sequence[BeirDocument],
    queries: Sequence[Query],
    rankings: Sequence[Ranking],
    scorer: EvidenceScorer,
) -> list[FloatVector]:
    """Let the evidence model read each query's documents; gives their logits in ranked order."""
    pairs = zip(queries, rankings, strict=True)
    return [
        read_documents(scorer, query, [documents[row] for row in ranking.rows])
        for query, ranking in tqdm(pairs, desc="evidence", unit="q", total=len(queries))
    ]


def tune(
    documents: Sequence[BeirDocument],
    queries: Sequence[Query],
    search: Search,
    scorer: EvidenceScorer,
    *,
    depth: int,
) -> list[TuningRow]:
    """Score every scaling with every weight; the best comes first, of equals the lightest.

    Args:
        documents: of the set.
        queries: none of them measured later.
        search: in these documents.
        scorer: the evidence model.
        depth: how many documents a query it reads.
    """
    rankings = [found[HYBRID] for found in search.rank(queries, depth)]
    logits = read_rankings(documents, queries, rankings, scorer)
    rows = []
    for scaling in SCALINGS:
        for weight in WEIGHTS:
            combination = Combination(scaling, weight)
            pairs = zip(rankings, logits, strict=True)
            found = [rerank(ranking, read, combination) for ranking, read in pairs]
            values = score_queries(documents, SystemRankings(queries, found))[NDCG].values()
            rows.append(TuningRow(combination, sum(values) / len(values)))
    return sorted(rows, key=lambda row: (-row.ndcg, row.combination.weight))
