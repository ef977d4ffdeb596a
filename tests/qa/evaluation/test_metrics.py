"""Ranking and quote measures against values computed by hand."""

from math import log2

import ir_measures
import pytest

from qa.evaluation.metrics import (
    hit_at,
    ndcg_at,
    quote_precision,
    quote_recall,
    recall_at,
    reciprocal_rank_at,
)

NOTHING: list[tuple[int, ...]] = []
THIRD = [(), (), (0,), ()]
BOTH = [(), (0, 1)]


@pytest.mark.parametrize(
    ("held", "k", "expected"),
    [(THIRD, 1, 0.0), (THIRD, 2, 0.0), (THIRD, 3, 1.0), (THIRD, 5, 1.0), (NOTHING, 5, 0.0)],
)
def test_hit(held: list[tuple[int, ...]], k: int, expected: float) -> None:
    assert hit_at(held, k) == expected


@pytest.mark.parametrize(
    ("held", "k", "snippets", "expected"),
    [
        pytest.param([(0,), (1,), (2,)], 2, 4, 0.5, id="cut off"),
        pytest.param([(0,), (0,), (0,)], 3, 2, 0.5, id="repeated snippet counts once"),
        pytest.param(BOTH, 2, 2, 1.0, id="two in one quote"),
        pytest.param(NOTHING, 5, 2, 0.0, id="no result"),
    ],
)
def test_recall(held: list[tuple[int, ...]], k: int, snippets: int, expected: float) -> None:
    assert recall_at(held, k, snippets=snippets) == expected


@pytest.mark.parametrize(
    ("held", "k", "expected"),
    [(THIRD, 10, 1 / 3), (THIRD, 2, 0.0), (BOTH, 10, 0.5), (NOTHING, 10, 0.0)],
)
def test_reciprocal_rank(held: list[tuple[int, ...]], k: int, expected: float) -> None:
    assert reciprocal_rank_at(held, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("held", "snippets", "expected"),
    [
        pytest.param([(0,)], 1, 1.0, id="first"),
        pytest.param(THIRD, 1, 1 / log2(4), id="third"),
        pytest.param(
            [(), (1,), (0,)], 2, (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3)), id="two"
        ),
        pytest.param([(0,)], 2, 1 / (1 + 1 / log2(3)), id="one of two is missing"),
        pytest.param([(0,), (0,), (1,)], 2, (1 + 1 / log2(4)) / (1 + 1 / log2(3)), id="repeated"),
        pytest.param([(0, 1)], 2, 1.0, id="both at once is ideal"),
        pytest.param([()] * 10 + [(0,)], 1, 0.0, id="eleventh"),
        pytest.param(NOTHING, 3, 0.0, id="no result"),
    ],
)
def test_ndcg(held: list[tuple[int, ...]], snippets: int, expected: float) -> None:
    assert ndcg_at(held, 10, snippets=snippets) == pytest.approx(expected)


def test_ndcg_follows_the_order_of_a_long_ranking() -> None:
    # With tied scores trec_eval would order "nothing 10" before "nothing 2" and before a snippet.
    late = [()] * 9 + [(0,)]
    assert ndcg_at(late, 10, snippets=1) == pytest.approx(1 / log2(11))


@pytest.mark.parametrize("rank", [1, 2, 5, 10])
def test_own_measures_agree_with_ir_measures_on_one_snippet(rank: int) -> None:
    held: list[tuple[int, ...]] = [(0,) if place == rank else () for place in range(1, 11)]
    judged = [ir_measures.Qrel("q", "d0", 1)]
    ranked = [
        ir_measures.ScoredDoc("q", "d0" if one else f"x{place}", 10.0 - place)
        for place, one in enumerate(held)
    ]
    measures = [ir_measures.RR @ 10, ir_measures.Success @ 3, ir_measures.R @ 5]
    theirs = ir_measures.calc_aggregate(measures, judged, ranked)
    ours = [reciprocal_rank_at(held, 10), hit_at(held, 3), recall_at(held, 5, snippets=1)]
    assert ours == pytest.approx([theirs[measure] for measure in measures])


def test_quote_precision_and_recall() -> None:
    held = [(0,), (), (0, 1), ()]
    assert quote_precision(held) == 0.5
    assert quote_recall(held, snippets=4) == 0.5


def test_silence_has_no_precision_and_no_recall() -> None:
    assert quote_precision(NOTHING) == 0.0
    assert quote_recall(NOTHING, snippets=1) == 0.0
