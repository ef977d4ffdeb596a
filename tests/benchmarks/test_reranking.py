"""What the evidence model is given to read, and how its word counts beside the hybrid's."""

import math

import numpy as np
import pytest

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.reranking import Combination, candidates_of, read_documents, rerank
from benchmarks.public_sets.searching import Ranking
from qa.evidence_model.pairs import Candidate
from tests.benchmarks.conftest import CountingScorer

ONE, TWO, THREE = (
    "The first sentence says nothing.",
    "The second is the answer, the answer.",
    "The third is an answer as well.",
)


def array(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


def test_sentence_is_read_with_the_one_before_and_the_title() -> None:
    document = BeirDocument("d", "On answers.", f"{ONE} {TWO}")

    assert candidates_of(document) == [
        Candidate(ONE, "", "On answers."),
        Candidate(TWO, ONE, "On answers."),
    ]


def test_text_without_a_sentence_is_read_as_a_whole() -> None:
    assert candidates_of(BeirDocument("d", "", "No.")) == [Candidate("No.", "", "")]


def test_document_is_worth_its_best_sentence_and_a_query_is_one_call() -> None:
    scorer = CountingScorer()
    documents = [
        BeirDocument("a", "", ONE),
        BeirDocument("b", "", f"{ONE} {TWO} {THREE}"),
        BeirDocument("c", "", f"{THREE} {ONE}"),
    ]

    logits = read_documents(scorer, Query("q", "What?", {"b": 1}), documents)

    assert logits.tolist() == [-0.5, 1.5, 0.5]
    assert [(question, len(read)) for question, read in scorer.calls] == [("What?", 6)]


def test_nothing_found_is_nothing_read() -> None:
    scorer = CountingScorer()

    assert read_documents(scorer, Query("q", "What?", {"b": 1}), []).shape == (0,)
    assert scorer.calls == []


@pytest.mark.parametrize(
    ("combination", "expected"),
    [
        (Combination("probability", 0.0), [1.0, 0.5, 0.0]),
        (Combination("min-max", 0.0), [1.0, 0.5, 0.0]),
        (Combination("probability", 1.0), [0.5, 0.75, 0.9]),
        (Combination("min-max", 1.0), [0.0, 0.5, 1.0]),
        (Combination("probability", 0.4), [0.8, 0.6, 0.36]),
        (Combination("min-max", 0.4), [0.6, 0.5, 0.4]),
    ],
    ids=lambda value: f"{value.scaling}-{value.weight}" if isinstance(value, Combination) else "",
)
def test_combination_on_paper(combination: Combination, expected: list[float]) -> None:
    logits = array(0.0, math.log(3), math.log(9))  # probabilities .5, .75, .9; equally far apart

    found = combination.combine(array(0.9, 0.6, 0.3), logits)

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_documents_keep_their_rows_when_their_order_changes() -> None:
    ranking = Ranking((7, 2, 5), (0.9, 0.6, 0.3))

    found = rerank(ranking, array(-1.0, 3.0, 1.0), Combination("min-max", 1.0))

    assert found.rows == (2, 5, 7)
    assert found.scores == (1.0, 0.5, 0.0)


def test_equal_scores_keep_the_order_of_the_hybrid() -> None:
    ranking = Ranking((7, 2, 5), (0.9, 0.6, 0.3))

    assert rerank(ranking, array(2, 2, 2), Combination("min-max", 1.0)).rows == (7, 2, 5)


def test_nothing_found_stays_nothing() -> None:
    assert rerank(Ranking((), ()), array(), Combination("probability", 0.5)) == Ranking((), ())
