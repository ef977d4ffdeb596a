"""A larger model that learns the labels, reads all layers together and judges every candidate.

Too slow to answer with; its judgements of pairs that nobody labelled are what a pupil learns from.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from qa.evidence_model.pairs import (
    MAX_BEFORE_TOKENS,
    MAX_PLACE_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_SENTENCE_TOKENS,
)
from qa.evidence_training.articles import TrainingDataError
from qa.evidence_training.fitting import Pair, padded
from qa.evidence_training.groups import WideGroup


class Teacher(nn.Module):
    """An encoder with a head of two layers on its first token.

    Args:
        model: folder or hub name of an encoder that transformers knows.
        device: where it runs.

    Raises:
        TrainingDataError: it cannot be loaded.
    """

    def __init__(self, model: str, device: torch.device) -> None:
        super().__init__()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(model)
            self.encoder = AutoModel.from_pretrained(model, dtype=torch.float32)
        except (OSError, ValueError) as error:
            raise TrainingDataError(f"the teacher {model!r} cannot be loaded ({error})") from error
        width = self.encoder.config.hidden_size
        self.outer = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))
        self.device = device
        self._ids: dict[tuple[str, int], list[int]] = {}
        self.to(device)

    @property
    def module(self) -> nn.Module:
        """The network, head and all."""
        return self

    def pairs(self, group: WideGroup) -> list[Pair]:
        """Return the tokens of a group's pairs: ``[CLS] question [SEP] sentence [SEP] context``."""
        first, last = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        question = np.array([first, *self._tokens(group.question, MAX_QUESTION_TOKENS), last])
        pairs = []
        for candidate in group.candidates:
            ids = [
                *self._tokens(candidate.sentence, MAX_SENTENCE_TOKENS),
                last,
                *self._tokens(candidate.before, MAX_BEFORE_TOKENS),
                *self._tokens(candidate.place, MAX_PLACE_TOKENS),
                last,
            ]
            pairs.append(Pair(question, np.array(ids), np.array([], np.int64)))
        return pairs

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        """Return (n,) float32 logits of pairs, in their order."""
        rows = [np.concatenate([pair.question, pair.candidate]) for pair in pairs]
        lengths = torch.tensor([len(row) for row in rows], device=self.device)
        ids = padded(rows, filler=self._tokenizer.pad_token_id).to(self.device)
        real = torch.arange(ids.shape[1], device=self.device) < lengths[:, None]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            states = self.encoder(input_ids=ids, attention_mask=real.long()).last_hidden_state
            found: Tensor = self.outer(states[:, 0])[:, 0]
            return found.float()

    def body(self) -> list[nn.Parameter]:
        """Return the encoder's weights that its last states depend on."""
        return [p for name, p in self.encoder.named_parameters() if not name.startswith("pooler")]

    def head(self) -> list[nn.Parameter]:
        """Return the weights of the head."""
        return list(self.outer.parameters())

    def _tokens(self, text: str, limit: int) -> list[int]:
        """Return a text's tokens; a candidate stands in many groups, so they are kept."""
        if (text, limit) not in self._ids:
            ids = self._tokenizer.encode(text, add_special_tokens=False, verbose=False)
            self._ids[text, limit] = ids[:limit]
        return self._ids[text, limit]
