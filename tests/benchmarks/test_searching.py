"""The three rankings of a set, and choosing how evidence is weighed on top of them."""

import numpy as np
import pytest

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.searching import BM25, DENSE, HYBRID, Ranking, Search
from benchmarks.public_sets.tuning import WEIGHTS, OverlapError, refuse_overlap, tune
from tests.benchmarks.conftest import CountingScorer
from tests.conftest import KeywordEncoder

DOCUMENTS = [
    BeirDocument("a", "Bees", "pollen"),
    BeirDocument("b", "", "milk milk gut"),
    BeirDocument("c", "", "gut feeling"),
    BeirDocument("d", "", "weather report"),
]


def query(text: str, relevant: str = "b", id: str = "q") -> Query:
    return Query(id, text, {relevant: 1})


@pytest.fixture
def search(keyword_encoder: KeywordEncoder) -> Search:
    return Search(DOCUMENTS, keyword_encoder)


def test_each_system_ranks_by_its_own_scores(search: Search) -> None:
    (found,) = search.rank([query("milk feeling feeling")], 4)

    assert found[BM25].rows == (2, 1)  # the others hold no word of the query: not found
    assert found[DENSE].rows == (1, 3, 2, 0)
    assert found[DENSE].scores == pytest.approx((3 / 12**0.5, 0.5**0.5, 0.5, 1 / 6**0.5))
    assert found[HYBRID].rows == (1, 2, 3, 0)


def test_hybrid_is_the_weighed_sum_of_the_scaled_scores(search: Search) -> None:
    (found,) = search.rank([query("milk feeling feeling")], 4)

    scores = dict(zip(found[HYBRID].rows, found[HYBRID].scores, strict=True))
    dense = dict(zip(found[DENSE].rows, found[DENSE].scores, strict=True))
    lexical = dict(zip(found[BM25].rows, found[BM25].scores, strict=True))
    share = (dense[2] - dense[0]) / (dense[1] - dense[0])
    assert scores[2] == pytest.approx(0.45 * share + 0.55)
    assert scores[1] == pytest.approx(0.45 + 0.55 * lexical[1] / lexical[2])


def test_title_is_found(search: Search) -> None:
    (found,) = search.rank([query("bee")], 1)

    assert found[BM25].rows == found[HYBRID].rows == (0,)


def test_only_so_many_are_ranked_for_each_query_in_order(search: Search) -> None:
    found = search.rank([query("gut"), query("weather")], 1)

    assert [one[BM25].rows for one in found] == [(2,), (3,)]


def test_equal_scores_stay_in_the_order_of_the_corpus() -> None:
    assert Ranking.of(np.array([1, 2, 1, 2], dtype=np.float32), 3).rows == (1, 3, 0)


def test_tuning_prefers_evidence_where_it_is_right(keyword_encoder: KeywordEncoder) -> None:
    documents = [
        BeirDocument("wrong", "", "Milk and gut and milk and gut."),
        BeirDocument("right", "", "The answer is in the gut of one."),
    ]
    search = Search(documents, keyword_encoder)

    rows = tune(documents, [query("milk gut", "right")], search, CountingScorer(), depth=10)

    assert len(rows) == 2 * len(WEIGHTS)
    assert rows[0].ndcg == 1.0
    assert rows[0].combination.weight == 0.6  # min-max: more than half takes the first place
    assert rows[0].combination.scaling == "min-max"
    assert rows[-1].ndcg == pytest.approx(0.6309, abs=1e-4)  # the second place


def test_of_equally_good_combinations_the_lightest_is_first(
    keyword_encoder: KeywordEncoder,
) -> None:
    search = Search(DOCUMENTS, keyword_encoder)

    rows = tune(DOCUMENTS, [query("milk")], search, CountingScorer(), depth=10)

    assert rows[0].combination.weight == 0.0


@pytest.mark.parametrize(
    "tuned",
    [query("Other", id="m"), query("MILK?", id="t")],
    ids=["same-id", "same-text"],
)
def test_question_that_is_measured_is_not_tuned_on(tuned: Query) -> None:
    with pytest.raises(OverlapError, match=rf"query '{tuned.id}' .* is one of those measured"):
        refuse_overlap([query("fine", id="f"), tuned], [query("milk?", id="m")])
