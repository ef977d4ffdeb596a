"""How a question and a candidate become one row of tokens.

``[CLS] question [SEP] sentence [SEP] context [SEP]``, the question of token type 0, the rest of
type 1. The sentence comes before its context, so that the model knows which of them is judged, and
each part is cut to its own limit, so that a long context cannot push the sentence out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.passages import Passage

MAX_QUESTION_TOKENS = 48
MAX_SENTENCE_TOKENS = 80
MAX_BEFORE_TOKENS = 24
MAX_PLACE_TOKENS = 16


class Tokenizer(Protocol):
    """What is needed of a Hugging Face tokenizer."""

    cls_token_id: int
    sep_token_id: int
    pad_token_id: int

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the token ids of a text."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with what a reader would need to understand it.

    Attributes:
        sentence: the sentence itself, abbreviations written out.
        before: what stands before it: the preceding sentence, the lead-in of its list, the caption
            of its table; "" at the start of a section.
        place: heading and title.
    """

    sentence: str
    before: str
    place: str

    @classmethod
    def of(cls, passage: Passage) -> "Candidate":
        """Make the candidate of a passage."""
        return cls(passage.sentence, passage.before, passage.place)

    @property
    def context(self) -> str:
        """Return place and preceding words as one text."""
        return f"{self.place} {self.before}".strip()


class PairEncoder:
    """Turns pairs into token ids; remembers the candidates, which are asked for again and again.

    Args:
        tokenizer: the tokenizer of the model.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._candidates: dict[Candidate, list[int]] = {}

    def question_ids(self, question: str) -> list[int]:
        """Return the first part of a row, with [CLS] and [SEP]."""
        ids = self._ids(question, MAX_QUESTION_TOKENS)
        return [self._tokenizer.cls_token_id, *ids, self._tokenizer.sep_token_id]

    def candidate_ids(self, candidate: Candidate) -> list[int]:
        """Return the second part of a row, both [SEP] included."""
        known = self._candidates.get(candidate)
        if known is None:
            separator = self._tokenizer.sep_token_id
            known = [
                *self._ids(candidate.sentence, MAX_SENTENCE_TOKENS),
                separator,
                *self._ids(candidate.before, MAX_BEFORE_TOKENS),
                *self._ids(candidate.place, MAX_PLACE_TOKENS),
                separator,
            ]
            self._candidates[candidate] = known
        return known

    def _ids(self, text: str, limit: int) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False)[:limit] if text else []

    def pad(self, rows: Sequence[tuple[list[int], list[int]]]) -> dict[str, NDArray[np.int64]]:
        """Make the arrays of one batch.

        Args:
            rows: question ids and candidate ids of each pair.

        Returns:
            ``input_ids``, ``token_type_ids`` and ``attention_mask``, each (n, longest row).
        """
        width = max(len(first) + len(second) for first, second in rows)
        ids = np.full((len(rows), width), self._tokenizer.pad_token_id, dtype=np.int64)
        types = np.zeros_like(ids)
        mask = np.zeros_like(ids)
        for n, (first, second) in enumerate(rows):
            length = len(first) + len(second)
            ids[n, :length] = [*first, *second]
            types[n, len(first) : length] = 1
            mask[n, :length] = 1
        return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
