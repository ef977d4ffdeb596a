"""Running the network over pairs: the lower half of a text once, the upper half of each pair."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import torch
from torch import Tensor

from index.side_by_side import in_parts
from qa.evidence_model.network import EvidenceNetwork
from qa.evidence_model.pairs import Candidate, PairTokenizer, Tokens

KEPT_TOKENS = 40_000
"""Of candidates whose lower half is kept: 61 MB in float32, some 500 passages."""

Read = tuple[Tensor, Tensor]
"""States (length, width) after the lower half, and what each token belongs to (length,)."""


class PairReader:
    """Runs a network; keeps the lower halves of the candidates that were read last.

    Args:
        network: base or trained; its lower layers must not change while this lives.
        tokenizer: of the same model.
        kept_tokens: how many tokens' states are kept; the oldest ones go first.
    """

    def __init__(
        self, network: EvidenceNetwork, tokenizer: PairTokenizer, *, kept_tokens: int = KEPT_TOKENS
    ) -> None:
        self.network = network
        self._tokenizer = tokenizer
        self._limit = kept_tokens
        self._kept: OrderedDict[Candidate, Read] = OrderedDict()
        self._tokens = 0
        self._lock = Lock()  # several questions are answered at once

    def logits(self, pairs: Sequence[tuple[str, Candidate]]) -> Tensor:
        """Return (n,) float32 logits of pairs, in their order; one batch, for training."""
        questions = self._read_questions(dict.fromkeys(question for question, _ in pairs))
        candidates = self.read_candidates([candidate for _, candidate in pairs])
        rows = [
            _join(questions[question], read)
            for (question, _), read in zip(pairs, candidates, strict=True)
        ]
        return self._read_together(rows)

    def score(self, asked: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[float]]:
        """Return the logits of each question's candidates, in their order."""
        questions = self._read_questions(dict.fromkeys(question for question, own in asked if own))
        candidates = self.read_candidates([c for _, own in asked for c in own])
        of_each = [questions[question] for question, own in asked for _ in own]
        rows = [_join(one, other) for one, other in zip(of_each, candidates, strict=True)]
        left = iter(in_parts(self._judge, rows, [len(states) for states, _ in rows]))
        return [[next(left) for _ in own] for _, own in asked]

    def read_candidates(self, candidates: Sequence[Candidate]) -> list[Read]:
        """Return the lower halves of candidates, out of what is kept where they are in it."""
        with self._lock:
            found = {c: self._kept[c] for c in candidates if c in self._kept}
            for candidate in found:
                self._kept.move_to_end(candidate)
        missing = [c for c in dict.fromkeys(candidates) if c not in found]
        new = self._read_apart([self._tokenizer.candidate(c) for c in missing])
        with self._lock:
            for candidate, read in zip(missing, new, strict=True):
                found[candidate] = read
                self._keep(candidate, read)
        return [found[candidate] for candidate in candidates]

    def _keep(self, candidate: Candidate, read: Read) -> None:
        if candidate in self._kept:
            return  # another question has read it meanwhile
        self._kept[candidate] = read
        self._tokens += len(read[0])
        while self._tokens > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._tokens -= len(dropped[0])

    def _read_questions(self, questions: dict[str, None]) -> dict[str, Read]:
        unique = list(questions)
        read = self._read_apart([self._tokenizer.question(question) for question in unique])
        return dict(zip(unique, read, strict=True))

    def _read_apart(self, texts: Sequence[Tokens]) -> list[Read]:
        """Run the lower half, which is never trained."""
        return in_parts(self._read_lower, texts, [len(text.ids) for text in texts])

    def _read_lower(self, texts: Sequence[Tokens]) -> list[Read]:
        with torch.no_grad():
            found = self.network.read_apart([text.ids for text in texts])
        # Copied, so that what is kept of one text does not hold the states of its whole batch.
        return [
            (states.clone(), torch.tensor(text.parts))
            for states, text in zip(found, texts, strict=True)
        ]

    def _judge(self, rows: Sequence[Read]) -> list[float]:
        with torch.inference_mode():
            logits: list[float] = self._read_together(rows).tolist()
        return logits

    def _read_together(self, rows: Sequence[Read]) -> Tensor:
        states, parts = [states for states, _ in rows], [parts for _, parts in rows]
        return self.network.read_together(states, parts).float()


def _join(question: Read, candidate: Read) -> Read:
    return torch.cat([question[0], candidate[0]]), torch.cat([question[1], candidate[1]])
