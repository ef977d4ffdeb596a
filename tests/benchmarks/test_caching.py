"""What models computed is computed once, and never given for anything else."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.public_sets.caching import (
    PART,
    CachedEncoder,
    CachedScorer,
    CacheError,
    model_identity,
)
from qa.evidence_model.pairs import Candidate
from tests.benchmarks.conftest import CountingScorer
from tests.conftest import KeywordEncoder

CANDIDATES = [Candidate("An answer.", "", "Milk."), Candidate("Nothing.", "An answer.", "Milk.")]


def test_vectors_are_those_of_the_encoder(tmp_path: Path, keyword_encoder: KeywordEncoder) -> None:
    texts = [f"milk {'bone ' * (n % 7)}" for n in range(PART + 3)]

    found = CachedEncoder(keyword_encoder, tmp_path).encode(texts)

    np.testing.assert_array_equal(found, KeywordEncoder().encode(texts))
    assert found.dtype == np.float32


def test_text_is_embedded_once_over_several_runs(tmp_path: Path) -> None:
    first, second = KeywordEncoder(), KeywordEncoder()
    vectors = CachedEncoder(first, tmp_path).encode(["milk", "bone"])

    again = CachedEncoder(second, tmp_path).encode(["milk", "bone"])

    assert first.seen == ["milk", "bone"]
    assert second.seen == []
    np.testing.assert_array_equal(again, vectors)


def test_what_was_embedded_before_a_run_was_cut_off_is_kept(tmp_path: Path) -> None:
    texts = [f"milk {n}" for n in range(2 * PART)]
    CachedEncoder(KeywordEncoder(), tmp_path).encode(texts[:PART])
    second = KeywordEncoder()

    CachedEncoder(second, tmp_path).encode(texts)

    assert second.seen == texts[PART:]


def test_other_weights_embed_anew(tmp_path: Path) -> None:
    CachedEncoder(KeywordEncoder(), tmp_path).encode(["milk"])
    other = KeywordEncoder(weights_sha256="d" * 64)

    CachedEncoder(other, tmp_path).encode(["milk"])

    assert other.seen == ["milk"]


def test_no_text_is_no_row(tmp_path: Path, keyword_encoder: KeywordEncoder) -> None:
    assert CachedEncoder(keyword_encoder, tmp_path).encode([]).shape == (0, 10)


def test_damaged_file_is_named(tmp_path: Path) -> None:
    CachedEncoder(KeywordEncoder(), tmp_path).encode(["milk"])
    (path,) = (tmp_path / "vectors").glob("*.npy")
    path.write_bytes(path.read_bytes()[:100])

    with pytest.raises(CacheError, match=rf"{path.name} is damaged .*delete it"):
        CachedEncoder(KeywordEncoder(), tmp_path).encode(["milk"])


def test_file_of_another_shape_is_named(tmp_path: Path) -> None:
    CachedEncoder(KeywordEncoder(), tmp_path).encode(["milk"])
    (path,) = (tmp_path / "vectors").glob("*.npy")
    np.save(path, np.zeros((2, 10), dtype=np.float32))

    with pytest.raises(CacheError, match=r"holds \(2, 10\), expected \(1, 10\)"):
        CachedEncoder(KeywordEncoder(), tmp_path).encode(["milk"])


def test_pairs_are_read_once_over_several_runs(tmp_path: Path) -> None:
    first, second = CountingScorer(), CountingScorer()
    CachedScorer(first, tmp_path, identity="a").score("Who?", CANDIDATES)
    cached = CachedScorer(second, tmp_path, identity="a")

    assert cached.score("Who?", CANDIDATES) == [0.5, -0.5]
    assert (len(first.calls), len(second.calls), cached.pairs) == (1, 0, 0)


@pytest.mark.parametrize(
    ("identity", "question", "candidates"),
    [
        ("b", "Who?", CANDIDATES),
        ("a", "What?", CANDIDATES),
        ("a", "Who?", CANDIDATES[::-1]),
        ("a", "Who?", [CANDIDATES[0], Candidate("Nothing.", "", "Milk.")]),
        ("a", "Who?", [CANDIDATES[0], Candidate("Nothing.", "An answer.", "Bone.")]),
    ],
    ids=["model", "question", "order", "before", "place"],
)
def test_whatever_the_model_reads_counts(
    tmp_path: Path, identity: str, question: str, candidates: list[Candidate]
) -> None:
    CachedScorer(CountingScorer(), tmp_path, identity="a").score("Who?", CANDIDATES)
    scorer = CountingScorer()

    CachedScorer(scorer, tmp_path, identity=identity).score(question, candidates)

    assert scorer.calls == [(question, candidates)]


def test_identity_of_a_model_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "evidence.safetensors").write_bytes(b"one")
    before = model_identity(str(tmp_path))
    (tmp_path / "evidence.safetensors").write_bytes(b"two")

    assert model_identity(str(tmp_path)) != before
    assert model_identity("hub/one") != model_identity("hub/two")
