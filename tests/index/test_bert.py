"""The network without padding gives what Hugging Face's gives, whatever it is batched with."""

import json
import os
from pathlib import Path

import pytest
import torch
from transformers import BertModel

from index.bert import MIN_ROWS, Bert, read_config, row_count
from tests.qa.evidence_model.tiny import save_encoder

TEXTS = [[2, 5, 3], [2, 7, 8, 9, 10, 3], [2, *range(4, 20), *range(4, 20), 3], [2, 3]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def run(folder: Path, texts: list[list[int]]) -> list[torch.Tensor]:
    with torch.inference_mode():
        return Bert.from_folder(folder).eval()(texts)


def test_states_are_those_of_hugging_faces_model(folder: Path) -> None:
    theirs = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.inference_mode():
        expected = [theirs(input_ids=torch.tensor([text]))[0][0] for text in TEXTS]
    for found, want in zip(run(folder, TEXTS), expected, strict=True):
        torch.testing.assert_close(found, want)


def test_a_text_gives_the_same_whatever_stands_beside_it(folder: Path) -> None:
    for found, text in zip(run(folder, TEXTS), TEXTS, strict=True):
        torch.testing.assert_close(found, run(folder, [text])[0])


def test_first_tokens_alone_are_those_of_the_whole_layer(folder: Path) -> None:
    network = Bert.from_folder(folder).eval()
    lengths = [len(text) for text in TEXTS]
    with torch.inference_mode():
        states = network.embed(TEXTS)
        whole = network.layers[0](states, lengths)
        firsts = network.layers[0].first_tokens(states, lengths)
    assert len(firsts) >= MIN_ROWS
    torch.testing.assert_close(firsts[: len(TEXTS)], whole[[0, 3, 9, 43]])


@pytest.mark.parametrize(
    ("change", "said"),
    [({"hidden_act": "relu"}, "'bert' with activation 'relu'"),
     ({"model_type": "llama"}, "a 'llama' with activation 'gelu'")],
    ids=["activation", "model"],
)  # fmt: skip
def test_another_network_is_refused_naming_the_file(
    folder: Path, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8")) | change
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ValueError, match=said) as caught:
        read_config(tmp_path)
    assert str(tmp_path / "config.json") in str(caught.value)


def test_shared_weights_are_one_memory_until_the_file_changes(folder: Path) -> None:
    one, other = (Bert.from_folder(folder, shared=True) for _ in range(2))
    own = Bert.from_folder(folder)
    places = [net.embeddings.word_embeddings.weight.data_ptr() for net in (one, other, own)]
    assert places[0] == places[1] != places[2]
    os.utime(folder / "model.safetensors", ns=(1, 1))
    again = Bert.from_folder(folder, shared=True)
    assert again.embeddings.word_embeddings.weight.data_ptr() != places[0]


def test_shared_weights_are_shared_by_networks_of_the_same_type(folder: Path) -> None:
    one, other, plain = (
        Bert.from_folder(folder, dtype=dtype, shared=True).layers[0].output.dense.weight
        for dtype in (torch.bfloat16, torch.bfloat16, torch.float32)
    )
    assert one.data_ptr() == other.data_ptr() != plain.data_ptr()
    assert (one.dtype, plain.dtype) == (torch.bfloat16, torch.float32)
    torch.testing.assert_close(one, plain.to(torch.bfloat16), rtol=0, atol=0)


def test_in_bfloat16_there_are_few_numbers_of_rows() -> None:
    counts = {rows: row_count(rows, torch.bfloat16) for rows in range(1, 1100)}
    assert all(rows <= count < rows + 64 for rows, count in counts.items())
    assert len(set(counts.values())) == 20
    assert (counts[12], counts[17], counts[33], counts[64], counts[65]) == (16, 32, 64, 64, 128)


def test_in_float32_only_few_rows_are_filled_up() -> None:
    assert [row_count(rows, torch.float32) for rows in (1, 16, 17, 100)] == [16, 16, 17, 100]
