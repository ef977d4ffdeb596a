"""Everyday words of a question and the words by which an article says the same.

The pairs are in `lay_terms.toml`. They widen what is searched; no quote is touched by them.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.lexical import fold, terms, words

LAY_TERMS = Path(__file__).with_name("lay_terms.toml")
MAX_ADDED_WORDS = 14
"""More added words would drown the question's own in the encoder."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in the words it may be answered in.

    Attributes:
        text: the question with medical words added in brackets, for the encoder.
        groups: for each content term of the question, in order, the folded terms that satisfy it,
            the term itself first.
    """

    text: str
    groups: tuple[tuple[str, ...], ...]

    @property
    def search_terms(self) -> list[str]:
        """All folded terms, each once, for BM25."""
        return list(dict.fromkeys(term for group in self.groups for term in group))


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Return the medical words of each line with a pattern for its everyday forms."""
    table: dict[str, list[str]] = tomllib.loads(LAY_TERMS.read_text(encoding="utf-8"))
    pairs = []
    for medical, everyday in table.items():
        longest_first = sorted(everyday, key=len, reverse=True)
        forms = "|".join(re.escape(form) for form in longest_first)
        pairs.append((tuple(medical.split()), re.compile(rf"(?<![\w-])(?:{forms})s?(?![\w-])")))
    return tuple(pairs)


@lru_cache(maxsize=256)
def widen(question: str) -> Wording:
    """Add to a question the words by which an article may say the same.

    Asked for when a question's texts are encoded and again when they are searched.
    """
    lowered = re.sub(r"[’`]", "'", question.lower())
    present = set(terms(question))
    added: list[str] = []
    alternatives: dict[str, list[str]] = {}
    for medical, pattern in _pairs():
        for match in pattern.finditer(lowered):
            added += [word for word in medical if fold(word) not in present and word not in added]
            for word in words(match[0]):
                alternatives.setdefault(fold(word), []).extend(terms(" ".join(medical)))
    groups = tuple(
        tuple(dict.fromkeys((term, *alternatives.get(term, ())))) for term in terms(question)
    )
    text = f"{question} ({' '.join(added[:MAX_ADDED_WORDS])})" if added else question
    return Wording(text, groups)


def covered(groups: Sequence[Sequence[str]], held: frozenset[str]) -> list[bool]:
    """Tell for each group whether one of its terms is held."""
    return [any(term in held for term in group) for group in groups]
