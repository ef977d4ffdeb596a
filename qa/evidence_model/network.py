"""The network and its weights. Imports torch: import it only where a model is run.

The bundled all-MiniLM-L6-v2 (six layers, 22.7 million parameters), made into a cross-encoder. Its
lower layers read question and candidate apart, its upper layers read them together (DeFormer, Cao
et al. 2020), so that the lower half of a candidate is computed once and kept. On the first token of
the question, [CLS], stands a head of two layers. What training changed are the upper layers: kept
whole, or as a low-rank adapter (LoRA, Hu et al. 2021) that is added to the weights when they are
loaded, so that it costs nothing to run. The lower layers stay as they came.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from index.bert import Bert, fill_up, split_rows

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
        encoder: a BERT encoder.
        width: of its vectors.
    """

    def __init__(self, encoder: Bert, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.part = nn.Embedding(PARTS, width)
        nn.init.zeros_(
            self.part.weight
        )  # starts as no change, so that the layers see what they know
        self.head = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def read_apart(self, texts: Sequence[Sequence[int]]) -> list[Tensor]:
        """Run the lower layers over questions or candidates.

        Args:
            texts: token ids of each.

        Returns:
            The states of each, (length, width).
        """
        lengths = [len(text) for text in texts]
        states = self.encoder.embed(texts)
        for layer in self.encoder.layers[:APART]:
            states = layer(states, lengths)
        return split_rows(states, lengths)

    def read_together(self, pairs: Sequence[Tensor], parts: Sequence[Tensor]) -> Tensor:
        """Run the upper layers and the head over question and candidate, one after the other.

        Args:
            pairs: (length, width) from `read_apart`, the question's states first.
            parts: (length,) ints below `PARTS`, of each pair.

        Returns:
            (n,) logits.
        """
        lengths = [len(pair) for pair in pairs]
        states = fill_up(torch.cat(list(pairs)) + self.part(torch.cat(list(parts))))
        *middle, last = self.encoder.layers[APART:]
        for layer in middle:
            states = layer(states, lengths)
        # Only the first token is looked at, so only its row of the last layer is computed.
        return self._judge(last.first_tokens(states, lengths))[: len(pairs)]

    def _judge(self, first: Tensor) -> Tensor:
        hidden: Tensor = self.head[:2](first)
        outer = cast(nn.Linear, self.head[2])
        # Not `outer(…)`: as a product of one column a row's last bits hang on the number of rows.
        return (hidden * outer.weight[0]).sum(-1) + outer.bias


def base_network(
    folder: Path, *, dtype: torch.dtype = torch.float32, shared: bool = False
) -> EvidenceNetwork:
    """Build the network from a folder with BERT weights; the head starts at random.

    Args:
        folder: with config and weights.
        dtype: in which it is computed.
        shared: in memory with the embedding model; not to be trained.
    """
    encoder = Bert.from_folder(folder, dtype=dtype, shared=shared)
    return EvidenceNetwork(encoder, encoder.config.hidden_size).to(dtype)


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
    network.load_state_dict(state, assign=True)


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
