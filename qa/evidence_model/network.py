"""The network and its weights. Imports torch: import it only where a model is run.

The encoder is the bundled all-MiniLM-L6-v2 (22.7 million parameters); on its [CLS] vector stands a
head of two layers. What training changed of the encoder is kept as a low-rank adapter (LoRA, Hu et
al. 2021) and added to the weights when they are loaded, so that running it costs nothing extra.
"""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn
from transformers import BertModel
from transformers.utils import logging as transformers_logging

ENCODER = "encoder."
HEAD = "head."
_LORA_A, _LORA_B = ".lora_A.weight", ".lora_B.weight"


class EvidenceNetwork(nn.Module):
    """Gives each row one number: the logit that the sentence answers the question.

    Args:
        encoder: a BERT encoder without pooling layer.
    """

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return (n,) logits for (n, length) token ids."""
        states = self.encoder(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        )[0]
        logits: Tensor = self.head(states[:, 0])
        return logits.squeeze(-1)


def base_network(folder: Path) -> EvidenceNetwork:
    """Build the network from a folder with BERT weights; the head starts at random."""
    transformers_logging.set_verbosity_error()  # it reports the pooling layer as left over
    encoder = BertModel.from_pretrained(
        folder,
        add_pooling_layer=False,
        attn_implementation="sdpa",
        use_safetensors=True,
        # On a CPU drawing the dropped units takes a third of a training step (measured).
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return EvidenceNetwork(encoder, encoder.config.hidden_size)


def apply_weights(network: EvidenceNetwork, tensors: Mapping[str, Tensor], scale: float) -> None:
    """Put trained weights into a network made by `base_network`.

    Args:
        network: changed in place.
        tensors: ``head.*`` as they are; of the encoder either low-rank pairs
            ``encoder.<module>.lora_A.weight`` (r, in) and ``…lora_B.weight`` (out, r), added to the
            module's weight, or whole tensors, put in its place.
        scale: factor of the low-rank product (alpha / r).

    Raises:
        ValueError: a tensor has no place in the network, or the head is not complete.
    """
    state = network.state_dict()
    missing = {name for name in state if name.startswith(HEAD)} - set(tensors)
    if missing:
        raise ValueError(f"the weights lack {', '.join(sorted(missing))}")
    for name, tensor in tensors.items():
        if name.endswith(_LORA_B):
            continue
        if name.endswith(_LORA_A):
            module = name.removesuffix(_LORA_A)
            change = tensors[module + _LORA_B].float() @ tensor.float() * scale
            name, tensor = f"{module}.weight", state[f"{module}.weight"] + change
        if name not in state or state[name].shape != tensor.shape:
            raise ValueError(f"the weights hold {name} {tuple(tensor.shape)}, not in the network")
        state[name] = tensor.to(state[name].dtype)
    network.load_state_dict(state)
