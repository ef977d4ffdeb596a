"""The evidence network as it is fitted on wide groups: the same numbers, on padded batches."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from index.bert import BertLayer
from qa.evidence_model.network import APART, EvidenceNetwork
from qa.evidence_model.pairs import QUESTION, Candidate, PairTokenizer
from qa.evidence_training.fitting import Pair, Tokens, padded
from qa.evidence_training.groups import WideGroup


class Pupil:
    """An evidence network and its tokenizer on a device.

    Args:
        network: what is to be trained of it requires a gradient.
        tokenizer: of the same model.
        device: where it runs.
    """

    def __init__(
        self, network: EvidenceNetwork, tokenizer: PairTokenizer, device: torch.device
    ) -> None:
        self.network = network.to(device)
        self.device = device
        self._tokenizer = tokenizer
        self._kept: dict[Candidate, tuple[Tokens, Tokens]] = {}

    @property
    def module(self) -> nn.Module:
        """The network."""
        return self.network

    def pairs(self, group: WideGroup) -> list[Pair]:
        """Return the tokens of a group's pairs."""
        question = np.array(self._tokenizer.question(group.question).ids)
        return [Pair(question, *self._tokens(candidate)) for candidate in group.candidates]

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        """Return (n,) float32 logits of pairs, in their order."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            return self._logits(pairs).float()

    def body(self) -> list[nn.Parameter]:
        """Return what is trained of the encoder."""
        return [p for p in self.network.encoder.parameters() if p.requires_grad]

    def head(self) -> list[nn.Parameter]:
        """Return the head and what tells the parts apart."""
        return [*self.network.head.parameters(), *self.network.part.parameters()]

    def _logits(self, pairs: Sequence[Pair]) -> Tensor:
        with torch.no_grad():
            question, asked = self._read_apart([pair.question for pair in pairs])
            candidate, told = self._read_apart([pair.candidate for pair in pairs])
        parts = self._padded([pair.parts for pair in pairs])
        of_question = torch.full(question.shape[:2], QUESTION, device=self.device)
        states = torch.cat([question, candidate], dim=1)
        states = states + self.network.part(torch.cat([of_question, parts], dim=1))
        real = torch.cat([asked, told], dim=1)
        *middle, last = self.network.encoder.layers[APART:]
        for layer in middle:
            states = _run(layer, states, states, real)
        first = _run(last, states[:, :1], states, real)[:, 0]
        return cast(Tensor, self.network.head(first))[:, 0]

    def _read_apart(self, texts: Sequence[Tokens]) -> tuple[Tensor, Tensor]:
        """Return states (n, length, width) after the lower layers, and which tokens are real."""
        ids = self._padded(texts)
        lengths = torch.tensor([len(text) for text in texts], device=self.device)
        places = torch.arange(ids.shape[1], device=self.device)
        real = places < lengths[:, None]
        states = self.network.encoder.embeddings(ids, places)
        for layer in self.network.encoder.layers[:APART]:
            states = _run(layer, states, states, real)
        return states, real

    def _padded(self, rows: Sequence[Tokens]) -> Tensor:
        return padded(rows).to(self.device)

    def _tokens(self, candidate: Candidate) -> tuple[Tokens, Tokens]:
        """Return a candidate's tokens; it stands in many groups, so they are kept."""
        if candidate not in self._kept:
            tokens = self._tokenizer.candidate(candidate)
            self._kept[candidate] = np.array(tokens.ids), np.array(tokens.parts)
        return self._kept[candidate]


def _run(layer: BertLayer, asking: Tensor, states: Tensor, real: Tensor) -> Tensor:
    """Run a layer over padded texts: (n, asked, width), asking about (n, length, width)."""
    attention = layer.attention.self

    def by_head(rows: Tensor) -> Tensor:
        return rows.view(*rows.shape[:2], layer.heads, -1).transpose(1, 2)

    found = scaled_dot_product_attention(
        by_head(attention.query(asking)),
        by_head(attention.key(states)),
        by_head(attention.value(states)),
        attn_mask=real[:, None, None, :],
    )
    attended = layer.attention.output(found.transpose(1, 2).flatten(2), asking)
    result: Tensor = layer.output(layer.intermediate(attended), attended)
    return result
