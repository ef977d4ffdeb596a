"""The network and its weights. Imports torch: import it only where a model is run.

The bundled all-MiniLM-L6-v2 (six layers, 22.7 million parameters), made into a cross-encoder. Its
lower layers read question and candidate apart, its upper layers read them together (DeFormer, Cao
et al. 2020), so that the lower half of a candidate is computed once and kept. On the first token of
the question, [CLS], stands a head of two layers. What training changed of the upper layers is kept
as a low-rank adapter (LoRA, Hu et al. 2021) and added to the weights when they are loaded, so that
it costs nothing to run; the lower layers stay as they came.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from transformers import BertModel
from transformers.models.bert.modeling_bert import BertLayer
from transformers.utils import logging as transformers_logging

ENCODER = "encoder."
LAYERS = "encoder.encoder.layer."
APART = 2
"""So many of the six layers read question and candidate apart."""
PARTS = 3
"""Question, sentence, context: what a token belongs to."""
_LORA_A, _LORA_B = ".lora_A.weight", ".lora_B.weight"


class EvidenceNetwork(nn.Module):
    """Gives each pair one number: the logit that the sentence answers the question.

    Args:
        encoder: a BERT encoder without pooling layer.
        width: of its vectors.
    """

    def __init__(self, encoder: BertModel, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self._layers = cast(list[BertLayer], list(encoder.encoder.layer))
        self.part = nn.Embedding(PARTS, width)
        nn.init.zeros_(
            self.part.weight
        )  # starts as no change, so that the layers see what they know
        self.head = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def read_apart(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Run the lower layers over questions or candidates.

        Args:
            ids: (n, length) token ids.
            mask: (n, length) bool, False where a row is padded.

        Returns:
            (n, length, width) states.
        """
        states: Tensor = self.encoder.embeddings(input_ids=ids)
        for layer in self._layers[:APART]:
            states = _run_layer(layer, states, mask)
        return states

    def read_together(self, states: Tensor, parts: Tensor, mask: Tensor) -> Tensor:
        """Run the upper layers and the head over question and candidate, one after the other.

        Args:
            states: (n, length, width) from `read_apart`, the question's first.
            parts: (n, length) ints below `PARTS`.
            mask: (n, length) bool, False where a row is padded.

        Returns:
            (n,) logits.
        """
        states = states + self.part(parts)
        *middle, last = self._layers[APART:]
        for layer in middle:
            states = _run_layer(layer, states, mask)
        # Only the first token is looked at, so only its row of the last layer is computed.
        logits: Tensor = self.head(_run_layer(last, states, mask, rows=1)[:, 0])
        return logits.squeeze(-1)


def _run_layer(layer: BertLayer, states: Tensor, mask: Tensor, rows: int | None = None) -> Tensor:
    """Run a BERT layer for the first ``rows`` tokens of each row (all by default)."""
    attention = layer.attention.self
    asking = states if rows is None else states[:, :rows]
    heads = attention.num_attention_heads

    def split(vectors: Tensor) -> Tensor:
        return vectors.reshape(*vectors.shape[:2], heads, -1).transpose(1, 2)

    found = nn.functional.scaled_dot_product_attention(
        split(attention.query(asking)),
        split(attention.key(states)),
        split(attention.value(states)),
        attn_mask=mask[:, None, None, :],
    )
    attended = layer.attention.output(found.transpose(1, 2).flatten(2), asking)
    result: Tensor = layer.output(layer.intermediate(attended), attended)
    return result


def base_network(folder: Path) -> EvidenceNetwork:
    """Build the network from a folder with BERT weights; the head starts at random."""
    # It reports the pooling layer as left over.
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # not typed there
    encoder = BertModel.from_pretrained(
        folder,
        add_pooling_layer=False,
        use_safetensors=True,
        # On a CPU drawing the dropped units takes a third of a training step (measured).
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return EvidenceNetwork(encoder, encoder.config.hidden_size)


def is_trained(name: str) -> bool:
    """Tell whether a parameter, by its name in `base_network`, is one that training may change."""
    if not name.startswith(ENCODER):
        return True
    layer = name.removeprefix(LAYERS).partition(".")[0]
    return layer.isdigit() and int(layer) >= APART


def apply_weights(network: EvidenceNetwork, tensors: Mapping[str, Tensor], scale: float) -> None:
    """Put trained weights into a network made by `base_network`.

    Args:
        network: changed in place.
        tensors: head and parts as they are; of the encoder either low-rank pairs
            ``encoder.<module>.lora_A.weight`` (r, in) and ``…lora_B.weight`` (out, r), added to the
            module's weight, or whole tensors, put in its place.
        scale: factor of the low-rank product (alpha / r).

    Raises:
        ValueError: a tensor has no place in the network, or head or parts are not complete.
    """
    state = network.state_dict()
    missing = {name for name in state if not name.startswith(ENCODER)} - set(tensors)
    if missing:
        raise ValueError(f"the weights lack {', '.join(sorted(missing))}")
    for name, tensor in tensors.items():
        if name.endswith(_LORA_B) and name.removesuffix(_LORA_B) + _LORA_A in tensors:
            continue
        if name.endswith(_LORA_A):
            name, tensor = _adapted(name.removesuffix(_LORA_A), tensors, state, scale)
        if name not in state or state[name].shape != tensor.shape or not is_trained(name):
            raise ValueError(f"the weights hold {name} {tuple(tensor.shape)}, not in the network")
        state[name] = tensor.to(state[name].dtype)
    network.load_state_dict(state)


def _adapted(
    module: str, tensors: Mapping[str, Tensor], state: Mapping[str, Tensor], scale: float
) -> tuple[str, Tensor]:
    """Return name and new value of the weight that a low-rank pair changes."""
    name = f"{module}.weight"
    low, high = tensors[module + _LORA_A], tensors.get(module + _LORA_B)
    if high is None or name not in state or high.shape[1:] != low.shape[:1]:
        raise ValueError(f"the weights hold {module}{_LORA_A} {tuple(low.shape)} without its like")
    change = high.float() @ low.float() * scale
    if change.shape != state[name].shape:
        raise ValueError(f"the weights change {name} by {tuple(change.shape)}, not its shape")
    return name, state[name] + change


def pad_rows(rows: list[Tensor], fill: float = 0) -> tuple[Tensor, Tensor]:
    """Stack rows of different length.

    Args:
        rows: (length_i, …) each.
        fill: what stands behind a shorter row.

    Returns:
        (n, longest, …) and (n, longest) bool, False where a row is padded.
    """
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=fill)
    lengths = torch.tensor([len(row) for row in rows])
    return padded, torch.arange(padded.shape[1])[None, :] < lengths[:, None]
