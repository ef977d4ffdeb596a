"""From rankings to numbers: nDCG@10 and recall@10 with intervals, and differences in pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import R, nDCG

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.reranking import HYBRID_EVIDENCE
from benchmarks.public_sets.searching import BM25, HYBRID, Ranking
from qa.evaluation.bootstrap import Estimate, Ratio, estimate_difference, estimate_ratio

DEPTH = 10
NDCG = f"nDCG@{DEPTH}"
RECALL = f"recall@{DEPTH}"
MEASURES = {NDCG: nDCG @ DEPTH, RECALL: R @ DEPTH}
COMPARED = ((HYBRID, BM25), (HYBRID_EVIDENCE, HYBRID))


@dataclass(frozen=True, slots=True)
class SystemRankings:
    """What one system found.

    Attributes:
        queries: which it was asked.
        rankings: one a query, in the same order.
    """

    queries: Sequence[Query]
    rankings: Sequence[Ranking]


@dataclass(frozen=True, slots=True)
class Difference:
    """One system minus another over the queries that both were asked."""

    first: str
    second: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure on one set.

    Attributes:
        measure: its name.
        estimates: by system; `Estimate.questions` tells how many queries it was asked.
        differences: those of `COMPARED` whose systems were both measured.
    """

    measure: str
    estimates: Mapping[str, Estimate]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class SetResult:
    """The numbers of one set.

    Attributes:
        name: of the set.
        documents, queries: how many.
        recall_ceiling: the most that recall@10 can be, since a query may have more than ten
            relevant documents.
        rows: one a measure.
    """

    name: str
    documents: int
    queries: int
    recall_ceiling: float
    rows: tuple[MeasureRow, ...]


def measure_set(
    name: str, documents: Sequence[BeirDocument], systems: Mapping[str, SystemRankings]
) -> SetResult:
    """Measure systems on a set; the first of them has been asked every query."""
    queries = next(iter(systems.values())).queries
    values = {name: score_queries(documents, found) for name, found in systems.items()}
    ceilings = [min(DEPTH, len(query.relevant)) / len(query.relevant) for query in queries]
    return SetResult(
        name=name,
        documents=len(documents),
        queries=len(queries),
        recall_ceiling=sum(ceilings) / len(ceilings),
        rows=tuple(_measure(measure, values) for measure in MEASURES),
    )


def _measure(measure: str, values: Mapping[str, Mapping[str, Mapping[str, float]]]) -> MeasureRow:
    by_system = {system: found[measure] for system, found in values.items()}
    return MeasureRow(
        measure=measure,
        estimates={
            system: estimate_ratio(_ratios(found, list(found)))
            for system, found in by_system.items()
        },
        differences=tuple(
            Difference(first, second, _difference(by_system[first], by_system[second]))
            for first, second in COMPARED
            if first in by_system and second in by_system
        ),
    )


def _difference(first: Mapping[str, float], second: Mapping[str, float]) -> Estimate:
    both = [query_id for query_id in first if query_id in second]
    return estimate_difference(_ratios(first, both), _ratios(second, both))


def _ratios(values: Mapping[str, float], query_ids: Sequence[str]) -> list[Ratio]:
    return [Ratio(values[query_id], 1.0) for query_id in query_ids]


def score_queries(
    documents: Sequence[BeirDocument], found: SystemRankings
) -> dict[str, dict[str, float]]:
    """Score each query by each measure: measure -> query id -> value in [0, 1].

    A query for which nothing was found scores 0.
    """
    judged = [
        ir_measures.Qrel(query.id, document_id, grade)
        for query in found.queries
        for document_id, grade in query.relevant.items()
    ]
    # Strictly falling scores: trec_eval, underneath, breaks ties by name and ignores the order.
    run = [
        ir_measures.ScoredDoc(query.id, documents[row].id, float(-place))
        for query, ranking in zip(found.queries, found.rankings, strict=True)
        for place, row in enumerate(ranking.rows)
    ]
    names = {measure: name for name, measure in MEASURES.items()}
    values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for metric in ir_measures.iter_calc(list(names), judged, run):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    return values
