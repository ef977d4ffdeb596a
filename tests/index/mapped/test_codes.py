"""Codes are used only where they miss little enough, and how many candidates they need is found."""

import numpy as np
import pytest

from index.dense import nearest
from index.encoder import FloatMatrix
from index.mapped import codes
from index.mapped.codes import Codes, choose, kinds_for, lists_for, make_queries, measure
from index.parts import PartError


def unit_rows(count: int, dimension: int = 64, *, seed: int = 1) -> FloatMatrix:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes from 500 vectors on, lists from 2,000 on."""
    monkeypatch.setattr(codes, "CODES_FROM", 500)
    monkeypatch.setattr(codes, "LISTS_FROM", 2_000)
    monkeypatch.setattr(codes, "QUERIES", 50)


@pytest.mark.parametrize(
    ("count", "kinds"),
    [
        (199_999, ()),
        (200_000, ("rabitq",)),
        (1_999_999, ("rabitq",)),
        (2_000_000, ("ivf-rabitq", "rabitq")),
    ],
)
def test_kind_of_codes_depends_on_how_many_vectors_there_are(
    count: int, kinds: tuple[str, ...]
) -> None:
    assert kinds_for(count) == kinds


@pytest.mark.parametrize(("count", "lists"), [(1, 4), (1_000_000, 4_096), (10_000_000, 16_384)])
def test_lists_are_a_power_of_two_near_four_roots(count: int, lists: int) -> None:
    assert lists_for(count) == lists


def test_few_vectors_get_no_codes(small: None) -> None:
    assert choose(unit_rows(499)) is None


def test_candidates_are_raised_until_little_is_missed(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "RERANKED", (10, 30, 100, 1_000))
    vectors = unit_rows(1_000)
    chosen = choose(vectors)
    assert chosen is not None
    tried = list(measure(chosen.codes, vectors, "rabitq"))
    before = [one for one in tried if one.reranked < chosen.measured.reranked]
    assert chosen.kind == "rabitq"
    assert before
    assert all(one.recall.at_10 < 0.99 for one in before)
    assert chosen.measured.recall.at_10 >= 0.99
    assert chosen.measured.queries == 50
    assert tried[-1].recall == codes.Recall(1.0, 1.0)  # all vectors are candidates


def test_codes_that_miss_too_much_are_not_used(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "RERANKED", (10, 20))
    assert choose(unit_rows(1_000)) is None


def test_lists_that_miss_too_much_give_way_to_codes_without_lists(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "PROBES", (1, 2))
    monkeypatch.setattr(codes, "RERANKED", (400, 2_000))
    chosen = choose(unit_rows(2_000))
    assert chosen is not None
    assert (chosen.kind, chosen.measured.probes) == ("rabitq", 0)


def test_lists_are_used_where_they_miss_little(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "PROBES", (1, 128))
    monkeypatch.setattr(codes, "RERANKED", (400, 2_000))
    chosen = choose(unit_rows(2_000))
    assert chosen is not None
    assert (chosen.kind, chosen.measured.probes) == ("ivf-rabitq", 128)


def test_recall_is_the_share_of_the_nearest_among_the_candidates(
    small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "RERANKED", (60,))
    vectors = unit_rows(1_000)
    made = Codes.of(vectors, "rabitq")
    queries = make_queries(vectors, 50)
    rows, _ = nearest(queries, vectors, 10)
    shares = [
        len(set(best) & set(made.candidates(query[None], 60, probes=0))) / 10
        for query, best in zip(queries, rows.tolist(), strict=True)
    ]
    (measured,) = measure(made, vectors, "rabitq")
    assert measured.recall.at_10 == pytest.approx(np.mean(shares), abs=1e-4)


def test_of_equal_vectors_any_counts_as_found(small: None) -> None:
    vectors = np.repeat(unit_rows(5), 200, axis=0)
    chosen = choose(vectors)
    assert chosen is not None
    assert chosen.measured.recall.at_10 == 1.0


def test_queries_are_turned_means_of_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit_rows(300, seed=5)
    queries = make_queries(vectors, 40)
    monkeypatch.setattr(codes, "LIKENESS", 1.0)
    means = make_queries(vectors, 40)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose((queries * means).sum(axis=1), 0.8, atol=1e-5)
    assert (means @ vectors.T).max() < 0.8  # no passage stands out
    monkeypatch.setattr(codes, "MIXED", 1)
    np.testing.assert_allclose((make_queries(vectors, 40) @ vectors.T).max(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("kind", ["rabitq", "ivf-rabitq"])
def test_codes_are_the_same_every_time(kind: codes.Kind) -> None:
    vectors = unit_rows(600)
    assert Codes.of(vectors, kind).to_bytes() == Codes.of(vectors, kind).to_bytes()


@pytest.mark.parametrize(("kind", "probes"), [("rabitq", 0), ("ivf-rabitq", 16)])
def test_codes_that_were_kept_find_the_same(kind: codes.Kind, probes: int) -> None:
    vectors = unit_rows(600)
    made = Codes.of(vectors, kind)
    kept = Codes.from_bytes(made.to_bytes())
    query = unit_rows(1, seed=2)
    found = made.candidates(query, 50, probes=probes)
    assert len(kept) == 600
    assert len(set(found.tolist())) == 50
    assert kept.candidates(query, 50, probes=probes).tolist() == found.tolist()


@pytest.mark.parametrize("size", [0, 10, 1_000])
def test_codes_that_were_cut_short_are_not_read(size: int) -> None:
    content = Codes.of(unit_rows(600), "rabitq").to_bytes()
    with pytest.raises(PartError, match="the codes cannot be read"):
        Codes.from_bytes(content[:size])
