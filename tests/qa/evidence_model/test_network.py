"""Trained weights in the network: where they go, and what has no place in it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertModel

from qa.evidence_model.network import EvidenceNetwork, apply_weights, base_network, is_trained

WIDTH = 8
UPPER = "encoder.encoder.layer.2.output.dense"
LOWER = "encoder.encoder.layer.0.output.dense"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=20, hidden_size=WIDTH, num_hidden_layers=3, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path)
    return tmp_path


@pytest.fixture
def network(folder: Path) -> EvidenceNetwork:
    return base_network(folder).eval()


def own_parts(network: EvidenceNetwork) -> dict[str, Tensor]:
    """Head and parts, as a weights file holds them."""
    return {
        name: tensor.clone()
        for name, tensor in network.state_dict().items()
        if not name.startswith("encoder.")
    }


def weight(network: EvidenceNetwork, module: str) -> Tensor:
    return network.state_dict()[f"{module}.weight"].clone()


def test_head_and_parts_are_put_in_the_place_of_the_old_ones(network: EvidenceNetwork) -> None:
    tensors = {name: torch.full_like(t, 0.5) for name, t in own_parts(network).items()}
    apply_weights(network, tensors, 1.0)
    assert all(tensor.eq(0.5).all() for tensor in own_parts(network).values())


def test_a_low_rank_pair_is_multiplied_scaled_and_added(network: EvidenceNetwork) -> None:
    before = weight(network, UPPER)
    low, high = torch.randn(2, 16), torch.randn(WIDTH, 2)
    pair = {f"{UPPER}.lora_A.weight": low, f"{UPPER}.lora_B.weight": high}
    apply_weights(network, own_parts(network) | pair, 3.0)
    torch.testing.assert_close(weight(network, UPPER), before + 3.0 * high @ low)


def test_a_whole_tensor_of_the_encoder_is_put_in_place(network: EvidenceNetwork) -> None:
    whole = torch.randn(WIDTH, 16)
    apply_weights(network, own_parts(network) | {f"{UPPER}.weight": whole}, 1.0)
    torch.testing.assert_close(weight(network, UPPER), whole)


def test_weights_in_half_precision_become_those_of_the_network(network: EvidenceNetwork) -> None:
    whole = torch.randn(WIDTH, 16)
    apply_weights(network, own_parts(network) | {f"{UPPER}.weight": whole.half()}, 1.0)
    assert weight(network, UPPER).dtype == torch.float32
    torch.testing.assert_close(weight(network, UPPER), whole.half().float())


def refused(network: EvidenceNetwork, tensors: Mapping[str, Tensor], match: str) -> None:
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(ValueError, match=match):
        apply_weights(network, tensors, 1.0)
    assert all(torch.equal(before[n], tensor) for n, tensor in network.state_dict().items())


@pytest.mark.parametrize("missing", ["head.0.bias", "head.2.weight", "part.weight"])
def test_weights_without_head_or_parts_are_refused_by_name(
    network: EvidenceNetwork, missing: str
) -> None:
    tensors = own_parts(network)
    del tensors[missing]
    refused(network, tensors, rf"^the weights lack {missing}$")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("head.9.weight", (8, 8)),
        (f"{UPPER}.weight", (16, 8)),
        ("head.0.weight", (8, 9)),
        (f"{LOWER}.weight", (8, 16)),
        ("encoder.embeddings.word_embeddings.weight", (20, 8)),
    ],
    ids=["unknown", "turned", "too wide", "lower layer", "embeddings"],
)
def test_a_tensor_without_a_place_is_refused_with_name_and_shape(
    network: EvidenceNetwork, name: str, shape: tuple[int, ...]
) -> None:
    tensors = own_parts(network) | {name: torch.zeros(shape)}
    written = ", ".join(map(str, shape))
    refused(network, tensors, rf"^the weights hold {name} \({written}\), not in the network$")


@pytest.mark.parametrize(
    ("pair", "match"),
    [
        ({f"{UPPER}.lora_A.weight": torch.zeros(2, 16)}, r"A.weight \(2, 16\) without its like"),
        ({f"{UPPER}.lora_B.weight": torch.zeros(8, 2)}, r"B.weight \(8, 2\), not in the"),
        ({"encoder.nothing.lora_A.weight": torch.zeros(2, 16),
          "encoder.nothing.lora_B.weight": torch.zeros(8, 2)}, "encoder.nothing"),
        ({f"{UPPER}.lora_A.weight": torch.zeros(2, 16),
          f"{UPPER}.lora_B.weight": torch.zeros(8, 3)}, UPPER),
        ({f"{UPPER}.lora_A.weight": torch.zeros(2, 15),
          f"{UPPER}.lora_B.weight": torch.zeros(8, 2)}, UPPER),
    ],
    ids=["without B", "without A", "of no module", "of two ranks", "too narrow"],
)  # fmt: skip
def test_a_low_rank_pair_that_does_not_fit_is_refused(
    network: EvidenceNetwork, pair: dict[str, Tensor], match: str
) -> None:
    refused(network, own_parts(network) | pair, match)


@pytest.mark.parametrize(
    ("name", "trained"),
    [
        ("head.0.weight", True),
        ("part.weight", True),
        ("encoder.encoder.layer.2.attention.self.query.weight", True),
        ("encoder.encoder.layer.5.output.dense.bias", True),
        ("encoder.encoder.layer.1.output.dense.bias", False),
        ("encoder.embeddings.word_embeddings.weight", False),
        ("encoder.embeddings.LayerNorm.bias", False),
    ],
)
def test_head_parts_and_upper_layers_are_trained(name: str, trained: bool) -> None:
    assert is_trained(name) is trained


def test_what_a_pair_gives_does_not_hang_on_the_pairs_beside_it(network: EvidenceNetwork) -> None:
    texts = [[3, 4, 5, 6, 7], [8, 9], [3, 9, 4] * 9]
    parts = [torch.zeros(len(text), dtype=torch.long) for text in texts]
    with torch.no_grad():
        together = network.read_together(network.read_apart(texts), parts)
        alone = [
            network.read_together(network.read_apart([text]), [part])
            for text, part in zip(texts, parts, strict=True)
        ]
    assert torch.unique(together).numel() == 3
    torch.testing.assert_close(together, torch.cat(alone))


def test_the_layers_compute_what_hugging_faces_model_computes(
    network: EvidenceNetwork, folder: Path
) -> None:
    texts = [[3, 4, 5, 6], [8, 9]]
    whole = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.no_grad():
        firsts = [whole(input_ids=torch.tensor([text]))[0][0, 0] for text in texts]
        expected = network.head(torch.stack(firsts)).squeeze(-1)
        parts = [torch.zeros(len(text), dtype=torch.long) for text in texts]
        found = network.read_together(network.read_apart(texts), parts)
    torch.testing.assert_close(found, expected)
