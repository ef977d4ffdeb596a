"""Vectors in a mapped file are ranked exactly, and a damaged one is never returned."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from index.encoder import FloatMatrix
from index.library import Library
from index.mapped.codes import Codes
from index.mapped.files import DamagedError, checksums
from index.mapped.vectors import MappedVectors, runs
from tests.index.mapped.test_codes import unit_rows

QUESTIONS = (
    "What is microchimerism?",
    "Do maternal cells reach the brain of the pups?",
    "Who first described stem cells in breast milk?",
    "Does breastfeeding protect against necrotizing enterocolitis?",
    "Which cytokines does milk contain?",
)


def brute_force(vectors: FloatMatrix, query: FloatMatrix, k: int) -> list[int]:
    return [int(row) for row in np.argsort(-(vectors @ query[0]), kind="stable")[:k]]


@pytest.mark.parametrize("k", [1, 10, 300])
def test_scan_is_brute_force(k: int) -> None:
    vectors = unit_rows(300)
    mapped = MappedVectors(vectors, checksums(vectors))
    for query in unit_rows(5, seed=2)[:, None]:
        rows, scores = mapped.search(query, k)
        assert rows.tolist() == brute_force(vectors, query, k)
        np.testing.assert_allclose(scores, (vectors @ query[0])[rows], atol=1e-6)


def test_search_within_some_rows_finds_the_best_of_these() -> None:
    vectors, query = unit_rows(300), unit_rows(1, seed=2)
    within = np.array([3, 4, 5, 77, 200, 201, 299])
    codes = Codes.of(vectors, "rabitq")
    mapped = MappedVectors(vectors, checksums(vectors), codes, reranked=10)
    rows, _ = mapped.search(query, 4, within)
    expected = [row for row in brute_force(vectors, query, 300) if row in set(within.tolist())]
    assert rows.tolist() == expected[:4]


def test_equal_vectors_come_in_the_order_of_their_rows() -> None:
    vectors = np.repeat(unit_rows(3), 5, axis=0)
    mapped = MappedVectors(vectors, checksums(vectors), Codes.of(vectors, "rabitq"), reranked=15)
    rows, _ = mapped.search(vectors[5:6], 5)
    assert rows.tolist() == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(("kind", "probes"), [("rabitq", 0), ("ivf-rabitq", 16)])
def test_reranked_candidates_of_real_passages_are_ranked_as_by_brute_force(
    library: Library, kind: str, probes: int
) -> None:
    vectors = library.encoder.encode([passage.sentence for passage in library.passages])
    codes = Codes.of(vectors, kind)  # type: ignore[arg-type]
    mapped = MappedVectors(vectors, checksums(vectors), codes, reranked=100, probes=probes)
    rough = 0
    for question in QUESTIONS:
        query = library.encoder.encode([question])
        best = brute_force(vectors, query, 10)
        rows, _ = mapped.search(query, 10)
        assert rows.tolist() == best
        rough += codes.candidates(query, 10, probes=probes).tolist() == best
    assert rough < len(QUESTIONS)  # the order of the codes alone would not do


def damaged(vectors: FloatMatrix, row: int) -> tuple[FloatMatrix, NDArray[np.uint32]]:
    """The vectors with one component changed, and the checksums of those before."""
    changed = vectors.copy()
    changed[row, 3] += 0.001
    return changed, checksums(vectors)


@pytest.mark.parametrize(
    "search",
    [
        lambda mapped, query: mapped.search(query, 3),
        lambda mapped, query: mapped.search(query, 3, np.arange(5, 12)),
        lambda mapped, query: mapped.scores(query, np.array([2, 7])),
    ],
    ids=["all", "within", "scores"],
)
@pytest.mark.parametrize("coded", [False, True], ids=["exact", "codes"])
def test_damaged_row_is_an_error_and_no_result(
    search: Callable[[MappedVectors, FloatMatrix], object], coded: bool
) -> None:
    vectors = unit_rows(100)
    changed, checks = damaged(vectors, 7)
    codes = Codes.of(vectors, "rabitq") if coded else None
    mapped = MappedVectors(changed, checks, codes, reranked=10)
    with pytest.raises(DamagedError, match=r"the vector of passage 7 is damaged"):
        search(mapped, vectors[7:8])


def test_damaged_row_that_is_far_does_not_matter() -> None:
    vectors = unit_rows(100)
    mapped = MappedVectors(*damaged(vectors, 7))
    query = -vectors[7:8]
    assert mapped.search(query, 3)[0].tolist() == brute_force(vectors, query, 3)


def test_rows_are_cut_into_runs() -> None:
    assert list(runs(np.array([3, 4, 5, 9]))) == [(3, 6), (9, 10)]
    assert list(runs(np.array([], dtype=np.int64))) == []
