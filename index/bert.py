"""BERT (Devlin et al. 2019), run without padding. Imports torch: import it where a model is run.

The texts of a batch stand one behind the other, so that every matrix product is over real tokens;
attention alone is computed text by text. What a text gives does not depend on what else is in the
batch: a row of a product is the same however many rows there are, from `MIN_ROWS` on (bit for bit
with MKL on AVX-512 and on an AMD with AVX2; up to rounding on an Intel with AVX2). For bfloat16 see
`index.packed`.

Modules and parameters have the names of Hugging Face's BertModel, so that its weights fit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, pad, scaled_dot_product_attention

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
MIN_ROWS = 16
"""Fewer rows are filled up with zeros: MKL multiplies up to 3 of them (11 on two threads) in
another way, which gives other last bits."""
ROW_STEP = 64
"""In bfloat16 more than twice `MIN_ROWS` are filled up to a multiple of this. oneDNN writes a
program for each number of rows that it meets, which takes longer than the product (3 ms) and stays
in memory (0.7 MB); so there are only a few."""


@dataclass(frozen=True, slots=True)
class BertConfig:
    """The sizes of a network, by their names in its config.json."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float


def read_config(folder: Path) -> BertConfig:
    """Read the sizes of the network in a folder.

    Raises:
        OSError, ValueError: the file cannot be read, or is not that of a BERT with exact GELU.
    """
    found = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    if found.get("model_type") != "bert" or found.get("hidden_act") != "gelu":
        raise ValueError(
            f"{folder / CONFIG_FILE} is of a {found.get('model_type')!r} with activation "
            f"{found.get('hidden_act')!r}, expected 'bert' with 'gelu'"
        )
    return BertConfig(**{field.name: found[field.name] for field in fields(BertConfig)})


class Bert(nn.Module):
    """Embeddings and layers.

    Args:
        config: the sizes.
        weights: by their names in Hugging Face's BertModel; taken as they are, not copied.

    Raises:
        KeyError: a weight is missing.
    """

    def __init__(self, config: BertConfig, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.config = config
        self.embeddings = _Embeddings(_within(weights, "embeddings"), config)
        self.encoder = _Layers(_within(weights, "encoder"), config)

    @classmethod
    def from_folder(
        cls, folder: Path, *, dtype: torch.dtype = torch.float32, shared: bool = False
    ) -> "Bert":
        """Build the network of a folder; weights in float32 are mapped from the file, not copied.

        Args:
            folder: with config and weights.
            dtype: in which it is computed.
            shared: in memory with every other network of the folder that is made so; none of them
                may be trained.

        Raises:
            OSError, ValueError, KeyError, SafetensorError: config or weights cannot be read, or do
                not fit.
        """
        path = folder / WEIGHTS_FILE
        read = _shared_weights if shared else _read_weights
        return cls(read_config(folder), read(path, dtype))

    @property
    def layers(self) -> list["BertLayer"]:
        """The layers, lowest first."""
        return [layer for layer in self.encoder.layer if isinstance(layer, BertLayer)]

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Return the states of texts before the first layer.

        Args:
            texts: token ids of each, with [CLS] and [SEP].

        Returns:
            (rows, hidden_size): all tokens, and zeros after them, see `fill_up`.
        """
        ids = torch.tensor([number for text in texts for number in text])
        places = torch.cat([torch.arange(len(text)) for text in texts])
        return fill_up(self.embeddings(ids, places))

    def forward(self, texts: Sequence[Sequence[int]]) -> list[Tensor]:
        """Return the states of each text after the last layer, (length, hidden_size)."""
        lengths = [len(text) for text in texts]
        states = self.embed(texts)
        for layer in self.layers:
            states = layer(states, lengths)
        return split_rows(states, lengths)


class _Embeddings(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig) -> None:
        super().__init__()
        self.word_embeddings = _embedding(weights["word_embeddings.weight"])
        self.position_embeddings = _embedding(weights["position_embeddings.weight"])
        self.token_type_embeddings = _embedding(weights["token_type_embeddings.weight"])
        self.LayerNorm = _layer_norm(_within(weights, "LayerNorm"), config)

    def forward(self, ids: Tensor, places: Tensor) -> Tensor:
        types = self.token_type_embeddings.weight[0]
        found: Tensor = self.word_embeddings(ids) + types + self.position_embeddings(places)
        normed: Tensor = self.LayerNorm(found)
        return normed


class _Layers(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig) -> None:
        super().__init__()
        numbers = range(config.num_hidden_layers)
        self.layer = nn.ModuleList(
            BertLayer(_within(weights, f"layer.{number}"), config) for number in numbers
        )


class BertLayer(nn.Module):
    """Attention and the two dense steps after it."""

    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.attention = _Attention(_within(weights, "attention"), config)
        self.intermediate: nn.Module = _Widening(_within(weights, "intermediate"))
        self.output = _Output(_within(weights, "output"), config)

    def forward(self, states: Tensor, lengths: Sequence[int]) -> Tensor:
        """Run the layer.

        Args:
            states: (rows, hidden_size) of texts one behind the other, and zeros after them.
            lengths: of the texts.
        """
        return self._run(states, states, lengths, lengths)

    def first_tokens(self, states: Tensor, lengths: Sequence[int]) -> Tensor:
        """Run the layer for the first token of each text alone, (texts or more, hidden_size)."""
        starts = [0, *accumulate(lengths)][:-1]
        return self._run(fill_up(states[starts]), states, [1] * len(lengths), lengths)

    def _run(
        self, asking: Tensor, states: Tensor, asked: Sequence[int], lengths: Sequence[int]
    ) -> Tensor:
        attention = self.attention.self
        found = [
            self._attend(query, key, value)
            for query, key, value in zip(
                split_rows(attention.query(asking), asked),
                split_rows(attention.key(states), lengths),
                split_rows(attention.value(states), lengths),
                strict=True,
            )
        ]
        attended = self.attention.output(fill_up(torch.cat(found)), asking)
        result: Tensor = self.output(self.intermediate(attended), attended)
        return result

    def _attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found = scaled_dot_product_attention(
            self._by_head(query), self._by_head(key), self._by_head(value)
        )
        return found[0].transpose(0, 1).flatten(1)

    def _by_head(self, rows: Tensor) -> Tensor:
        return rows.view(1, len(rows), self.heads, -1).transpose(1, 2)


class _Attention(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig) -> None:
        super().__init__()
        self.self = _Projections(_within(weights, "self"))
        self.output = _Output(_within(weights, "output"), config)


class _Projections(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.query = _linear(_within(weights, "query"))
        self.key = _linear(_within(weights, "key"))
        self.value = _linear(_within(weights, "value"))


class _Dense(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.dense = _linear(_within(weights, "dense"))


class _Widening(_Dense):
    def forward(self, states: Tensor) -> Tensor:
        return gelu(self.dense(states))


class _Output(_Dense):
    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig) -> None:
        super().__init__(weights)
        self.LayerNorm = _layer_norm(_within(weights, "LayerNorm"), config)

    def forward(self, states: Tensor, before: Tensor) -> Tensor:
        normed: Tensor = self.LayerNorm(self.dense(states) + before)
        return normed


def _shared_weights(path: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    state = path.stat()
    return _read_once(path, dtype, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1)
def _read_once(path: Path, dtype: torch.dtype, size: int, changed: int) -> dict[str, Tensor]:
    return _read_weights(path, dtype)


def _read_weights(path: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    return {name: tensor.to(dtype) for name, tensor in load_file(path).items()}


def fill_up(rows: Tensor) -> Tensor:
    """Put zeros behind rows until there are as many as `row_count` says."""
    return fill_up_to(rows, row_count(len(rows), rows.dtype))


def fill_up_to(rows: Tensor, count: int) -> Tensor:
    """Put zeros behind rows until there are so many; as many or more stay as they are."""
    missing = count - len(rows)
    return pad(rows, (0, 0, 0, missing)) if missing > 0 else rows


def row_count(rows: int, dtype: torch.dtype) -> int:
    """Return how many rows, some of them zeros, are multiplied in place of so many."""
    if dtype != torch.bfloat16 or rows <= MIN_ROWS:
        return max(rows, MIN_ROWS)
    step = ROW_STEP if rows > 2 * MIN_ROWS else 2 * MIN_ROWS
    return -(-rows // step) * step


def split_rows(rows: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    """Return the rows of each text; what stands behind the last one belongs to none."""
    return list(torch.split(rows[: sum(lengths)], list(lengths)))


def _within(weights: Mapping[str, Tensor], module: str) -> dict[str, Tensor]:
    """Return the weights of a module's inside, by their names there."""
    start = f"{module}."
    return {
        name.removeprefix(start): found for name, found in weights.items() if name.startswith(start)
    }


def _linear(weights: Mapping[str, Tensor]) -> nn.Linear:
    made = nn.Linear(1, 1)  # drawing a random start of the right size would take seconds in all
    made.weight, made.bias = nn.Parameter(weights["weight"]), nn.Parameter(weights["bias"])
    made.out_features, made.in_features = weights["weight"].shape
    return made


def _embedding(weight: Tensor) -> nn.Embedding:
    return nn.Embedding(weight.shape[0], weight.shape[1], _weight=weight)


def _layer_norm(weights: Mapping[str, Tensor], config: BertConfig) -> nn.LayerNorm:
    made = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
    made.weight, made.bias = nn.Parameter(weights["weight"]), nn.Parameter(weights["bias"])
    return made
