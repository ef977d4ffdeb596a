"""Measuring large libraries: what is made, and the table that is printed."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import library_size
from benchmarks.synthetic import WordEncoder, real_sentences, write_articles
from corpus.reading import read_document

SENTENCES = ["Milk holds cells.", "Cells reach the brain.", "Bees eat pollen."]


def test_word_vectors_are_unit_rows_and_the_same_every_time() -> None:
    texts = ["milk cells", "cells", "bees", ""]
    vectors = WordEncoder().encode(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
    assert vectors.tolist() == WordEncoder().encode(texts).tolist()
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]  # a word in common


def test_synthetic_articles_are_readable_different_and_as_long_as_asked(tmp_path: Path) -> None:
    write_articles(tmp_path, SENTENCES, count=3, length=60)
    texts = [read_document(path).text for path in sorted(tmp_path.iterdir())]
    assert len(set(texts)) == 3
    for text in texts:
        assert sum(text.count(sentence) for sentence in SENTENCES) == 60
        assert text.startswith("Synthetic article ")


def test_sentences_are_those_of_the_real_articles() -> None:
    sentences = real_sentences()
    assert "Microchimerism is the presence of" in " ".join(sentences)
    assert len(sentences) > 500


def test_table_has_a_line_for_each_size(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_size, "real_sentences", lambda: SENTENCES)
    assert library_size.main(["--articles", "2", "1", "--length", "6"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "| articles | passages | built, s | opened, s | one added, s | one removed, s "
        "| unchanged, µs |"
    )
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| 1", "| 2"]
    assert lines[-1].startswith("peak memory ")
