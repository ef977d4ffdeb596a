"""Nearest neighbours: the same as by brute force, and only unit vectors are taken."""

import numpy as np
import pytest

from index.dense import DenseIndex
from index.encoder import FloatMatrix
from tests.conftest import KeywordEncoder


def unit_rows(count: int, dimension: int, *, seed: int) -> FloatMatrix:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("k", [1, 10, 300], ids=["nearest", "ten", "all"])
def test_rows_and_cosines_are_those_of_brute_force(k: int) -> None:
    vectors, queries = unit_rows(300, 16, seed=1), unit_rows(5, 16, seed=2)
    index = DenseIndex(vectors)
    for query in queries:
        cosines = vectors @ query
        expected = np.argsort(-cosines, kind="stable")[:k]
        rows, scores = index.search(query[None, :], k)
        assert rows.tolist() == expected.tolist()
        np.testing.assert_allclose(scores, cosines[expected], atol=1e-6)


def test_cosines_by_hand() -> None:
    encoder = KeywordEncoder()
    index = DenseIndex(encoder.encode(["bone", "milk milk", "milk"]))
    rows, scores = index.search(encoder.encode(["milk"]), 3)
    assert rows.tolist() == [2, 1, 0]
    # milk = (1, 0, 1) / √2, milk milk = (2, 0, 1) / √5, bone = (0, 1, 1) / √2
    np.testing.assert_allclose(scores, [1.0, 3 / 10**0.5, 1 / 2], atol=1e-6)


def test_opposite_vectors_have_cosine_minus_one() -> None:
    index = DenseIndex(np.array([[1, 0], [-1, 0]], dtype=np.float32))
    rows, scores = index.search(np.array([[1, 0]], dtype=np.float32), 2)
    assert (rows.tolist(), scores.tolist()) == ([0, 1], [1.0, -1.0])


def test_fewer_rows_come_back_where_the_index_is_smaller() -> None:
    rows, scores = DenseIndex(unit_rows(3, 4, seed=1)).search(unit_rows(1, 4, seed=2), 10)
    assert sorted(rows.tolist()) == [0, 1, 2]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_length_and_dimension_are_those_of_the_vectors() -> None:
    index = DenseIndex(unit_rows(3, 7, seed=1))
    assert (len(index), index.dimension) == (3, 7)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones(3, dtype=np.float32), r"must be \(n, dim\) float32, got \(3,\) float32"),
        (np.eye(3, dtype=np.float64), r"must be \(n, dim\) float32, got \(3, 3\) float64"),
        (np.ones((1, 2, 2), dtype=np.float32), r"got \(1, 2, 2\) float32"),
        (2 * np.eye(2, dtype=np.float32), r"must have unit length, got 2\.0 to 2\.0"),
        (np.array([[1, 0], [0, 0]], dtype=np.float32), r"unit length, got 0\.0 to 1\.0"),
        (np.full((1, 2), np.nan, dtype=np.float32), "unit length, got nan"),
    ],
    ids=["one-dimension", "float64", "three-dimensions", "too-long", "zero-row", "not-a-number"],
)
def test_vectors_that_are_no_unit_rows_are_refused(vectors: FloatMatrix, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DenseIndex(vectors)
