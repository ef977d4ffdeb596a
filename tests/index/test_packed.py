"""Layers with weights in oneDNN's order give what plain ones give, a row always the same."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import gelu

from index.bert import Bert
from index.encoder import SentenceEncoder, native_bfloat16
from index.packed import PackedLinear, pack
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BUNDLED, load_scorer
from tests.qa.evidence_model.tiny import save_encoder

needs_bfloat16 = pytest.mark.skipif(
    not native_bfloat16(), reason="this processor does not multiply bfloat16"
)
COUNTS = [1, 2, 12, 16, 31, 32, 33, 48, 100, 127, 128, 129, 256, 300, 383, 384, 385, 700]
TEXTS = [
    "What is microchimerism?",
    "Breast milk holds stem cells that reach the brain of the suckling pup. " * 4,
    "Which group used them for injuries of the spinal cord, and what did they see in rats?",
]


def linear(wide: int, narrow: int) -> nn.Linear:
    torch.manual_seed(3)
    return nn.Linear(wide, narrow).to(torch.bfloat16)


@needs_bfloat16
@pytest.mark.parametrize("sizes", [(384, 384), (384, 1536), (1536, 384)], ids=str)
@pytest.mark.parametrize("activation", ["none", "gelu"])
def test_a_row_gives_the_same_whatever_other_rows_there_are(
    sizes: tuple[int, int], activation: str
) -> None:
    layer = PackedLinear(linear(*sizes), activation=activation)
    rows = torch.randn(2048, sizes[0]).to(torch.bfloat16)
    with torch.inference_mode():
        expected = layer(rows)
        differ = [n for n in COUNTS if not torch.equal(layer(rows[:n]), expected[:n])]
        assert torch.equal(layer(rows[1000:1040]), expected[1000:1040])
    assert differ == []


@needs_bfloat16
@pytest.mark.parametrize("rows", [1, 40, 128, 200])
def test_packed_layer_gives_what_the_plain_one_gives(rows: int) -> None:
    plain = linear(1536, 384)
    states = torch.randn(rows, 1536).to(torch.bfloat16)
    with torch.inference_mode():
        expected = plain(states)
        found, after = PackedLinear(plain)(states), PackedLinear(plain, activation="gelu")(states)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(after, gelu(expected), atol=0.01, rtol=0.01)


@needs_bfloat16
def test_packed_network_gives_what_the_plain_one_gives(tmp_path: Path) -> None:
    folder = save_encoder(tmp_path)
    plain, packed = (Bert.from_folder(folder, dtype=torch.bfloat16).eval() for _ in range(2))
    pack(packed)
    pack(packed)  # is packed already
    texts = [[2, 5, 3], [2, *range(4, 20), 3]]
    with torch.inference_mode():
        for found, expected in zip(packed(texts), plain(texts), strict=True):
            torch.testing.assert_close(found, expected, atol=0.06, rtol=0.02)
    assert not any(isinstance(module, nn.Linear) for module in packed.modules())


def test_network_in_another_type_stays_as_it_is(tmp_path: Path) -> None:
    network = Bert.from_folder(save_encoder(tmp_path))
    pack(network)
    assert not any(isinstance(module, PackedLinear) for module in network.modules())


@needs_bfloat16
def test_a_text_has_the_same_vector_alone_and_among_others(encoder: SentenceEncoder) -> None:
    alone = [encoder.encode([text])[0].tolist() for text in TEXTS]
    assert encoder.encode(TEXTS * 9).tolist() == alone * 9


@needs_bfloat16
def test_a_pair_has_the_same_logit_alone_and_among_others() -> None:
    candidates = [Candidate(text, "", "Stem cells") for text in TEXTS]
    together = load_scorer(BUNDLED).score_all([(text, candidates) for text in TEXTS])
    scorer = load_scorer(BUNDLED)
    alone = [[scorer.score(text, [one])[0] for one in candidates] for text in TEXTS]
    assert together == alone
