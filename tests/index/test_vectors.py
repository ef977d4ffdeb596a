"""Vectors are kept under what they were made from, and given back bit by bit."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from index.parts import PartError, write_part
from index.vectors import read_vectors, vectors_key, write_vectors
from tests.conftest import KeywordEncoder


def test_vectors_are_read_back(tmp_path: Path) -> None:
    vectors = KeywordEncoder().encode(["milk", "gut and bone", ""])
    write_vectors(tmp_path, "key", vectors)
    read = read_vectors(tmp_path, "key", (3, 10))
    assert read.dtype == np.float32
    assert read.tolist() == vectors.tolist()


def test_article_without_a_passage_has_no_vectors(tmp_path: Path) -> None:
    write_vectors(tmp_path, "key", np.zeros((0, 10), dtype=np.float32))
    assert read_vectors(tmp_path, "key", (0, 10)).shape == (0, 10)


def test_key_changes_with_model_weights_and_texts() -> None:
    encoders = [
        KeywordEncoder(),
        KeywordEncoder(name="other"),
        KeywordEncoder(weights_sha256="d" * 64),
    ]
    keys = {vectors_key(encoder, texts) for encoder in encoders for texts in ("1", "2")}
    assert len(keys) == 6
    assert vectors_key(KeywordEncoder(), "1") == vectors_key(KeywordEncoder(), "1")


def test_vectors_of_another_shape_are_refused(tmp_path: Path) -> None:
    write_vectors(tmp_path, "key", KeywordEncoder().encode(["milk"]))
    with pytest.raises(PartError, match=r"key holds \(1, 10\) vectors, not \(2, 10\)"):
        read_vectors(tmp_path, "key", (2, 10))


@pytest.mark.parametrize(
    "content",
    [
        b"\xc1",
        msgspec.msgpack.encode({"rows": 1}),
        msgspec.msgpack.encode({"rows": 1, "dimension": 2, "values": b"1234"}),
        msgspec.msgpack.encode({"rows": 1, "dimension": 2, "values": b"123"}),
    ],
    ids=["no-message", "half", "too-few", "no-float"],
)
def test_part_that_holds_no_vectors_is_refused(tmp_path: Path, content: bytes) -> None:
    write_part(tmp_path / "vectors" / "key", content)
    with pytest.raises(PartError, match="key holds no vectors"):
        read_vectors(tmp_path, "key", (1, 2))
