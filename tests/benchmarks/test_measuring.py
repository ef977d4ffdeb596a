"""nDCG@10, recall@10 and differences whose values fit on paper."""

import math

import pytest

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.measuring import (
    NDCG,
    RECALL,
    SystemRankings,
    measure_set,
    score_queries,
)
from benchmarks.public_sets.reranking import HYBRID_EVIDENCE
from benchmarks.public_sets.searching import BM25, HYBRID, Ranking

DOCUMENTS = [BeirDocument(f"d{n}", "", f"Text {n}.") for n in range(30)]
FIRST = Query("first", "?", {"d0": 1, "d1": 1})
SECOND = Query("second", "?", {"d2": 1})
MANY = Query("many", "?", {f"d{n}": 1 for n in range(20)})
THIRD_PLACE = 1 / math.log2(4)


def ranking(*rows: int) -> Ranking:
    return Ranking(rows, tuple(1.0 for _ in rows))


def test_measures_on_paper() -> None:
    found = SystemRankings([FIRST, SECOND], [ranking(0, 9, 1), ranking(9, 8, 2)])

    values = score_queries(DOCUMENTS, found)

    ideal = 1 + 1 / math.log2(3)
    assert values[NDCG] == pytest.approx(
        {"first": (1 + THIRD_PLACE) / ideal, "second": THIRD_PLACE}
    )
    assert values[RECALL] == {"first": 1.0, "second": 1.0}


def test_order_of_equal_scores_counts_and_not_the_names() -> None:
    values = score_queries(DOCUMENTS, SystemRankings([SECOND], [ranking(2, 9)]))

    assert values[NDCG] == {"second": 1.0}


def test_what_stands_below_the_tenth_place_does_not_count() -> None:
    rows = (*range(20, 30), 0, 1)

    values = score_queries(DOCUMENTS, SystemRankings([FIRST], [ranking(*rows)]))

    assert values == {NDCG: {"first": 0.0}, RECALL: {"first": 0.0}}


@pytest.mark.parametrize("rankings", [[(0, 1), ()], [(), ()]], ids=["one", "all"])
def test_query_without_a_result_scores_0(rankings: list[tuple[int, ...]]) -> None:
    found = SystemRankings([FIRST, SECOND], [ranking(*rows) for rows in rankings])

    values = score_queries(DOCUMENTS, found)

    assert values[NDCG] == {"first": float(bool(rankings[0])), "second": 0.0}


def test_set_with_a_system_that_was_asked_fewer_queries() -> None:
    systems = {
        BM25: SystemRankings([FIRST, SECOND, MANY], [ranking(0, 1), ranking(9), ranking(0)]),
        HYBRID: SystemRankings([FIRST, SECOND, MANY], [ranking(0, 1), ranking(9), ranking()]),
        HYBRID_EVIDENCE: SystemRankings([SECOND], [ranking(2)]),
    }

    result = measure_set("few", DOCUMENTS, systems)

    recall = next(row for row in result.rows if row.measure == RECALL)
    assert (result.documents, result.queries) == (30, 3)
    assert result.recall_ceiling == pytest.approx((1 + 1 + 10 / 20) / 3)
    assert recall.estimates[BM25].value == pytest.approx((1 + 0 + 1 / 20) / 3)
    assert recall.estimates[HYBRID_EVIDENCE].value == 1.0
    assert recall.estimates[HYBRID_EVIDENCE].questions == 1
    differences = {(one.first, one.second): one.estimate for one in recall.differences}
    assert differences[HYBRID, BM25].value == pytest.approx(-1 / 20 / 3)
    assert differences[HYBRID, BM25].questions == 3
    assert differences[HYBRID_EVIDENCE, HYBRID].value == 1.0  # on the one query that both had
    assert differences[HYBRID_EVIDENCE, HYBRID].questions == 1


def test_interval_of_a_difference_spans_what_its_two_queries_differ_by() -> None:
    systems = {
        BM25: SystemRankings([FIRST, MANY], [ranking(0), ranking(*range(10))]),
        HYBRID: SystemRankings([FIRST, MANY], [ranking(0, 1), ranking(*range(10))]),
    }
    result = measure_set("few", DOCUMENTS, systems)
    row = next(row for row in result.rows if row.measure == RECALL)
    (difference,) = row.differences

    assert difference.estimate.value == pytest.approx(0.25)
    assert (difference.estimate.low, difference.estimate.high) == (0.0, 0.5)
