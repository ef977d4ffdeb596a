"""How a question and a candidate become tokens.

``[CLS] question [SEP]`` and ``[CLS] sentence [SEP] context [SEP]``. The sentence comes before its
context, so that the model knows which of them is judged, and each part is cut to its own limit, so
that a long context cannot push the sentence out.
"""

from dataclasses import dataclass
from typing import Protocol

from corpus.passages import Passage

MAX_QUESTION_TOKENS = 48
MAX_SENTENCE_TOKENS = 80
MAX_BEFORE_TOKENS = 24
MAX_PLACE_TOKENS = 16
QUESTION, SENTENCE, CONTEXT = 0, 1, 2
"""What a token belongs to."""


class Tokenizer(Protocol):
    """What is needed of a Hugging Face tokenizer."""

    cls_token_id: int
    sep_token_id: int

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


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids, and for each of them what it belongs to."""

    ids: list[int]
    parts: list[int]


class PairTokenizer:
    """Turns questions and candidates into tokens.

    Args:
        tokenizer: the tokenizer of the model.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def question(self, question: str) -> Tokens:
        """Return a question's tokens, with [CLS] and [SEP]."""
        ids = self._framed(self._ids(question, MAX_QUESTION_TOKENS))
        return Tokens(ids, [QUESTION] * len(ids))

    def candidate(self, candidate: Candidate) -> Tokens:
        """Return a candidate's tokens, with [CLS] and both [SEP]."""
        sentence = self._framed(self._ids(candidate.sentence, MAX_SENTENCE_TOKENS))
        context = [
            *self._ids(candidate.before, MAX_BEFORE_TOKENS),
            *self._ids(candidate.place, MAX_PLACE_TOKENS),
            self._tokenizer.sep_token_id,
        ]
        parts = [SENTENCE] * len(sentence) + [CONTEXT] * len(context)
        return Tokens([*sentence, *context], parts)

    def _framed(self, ids: list[int]) -> list[int]:
        return [self._tokenizer.cls_token_id, *ids, self._tokenizer.sep_token_id]

    def _ids(self, text: str, limit: int) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False)[:limit] if text else []
