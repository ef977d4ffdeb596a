"""Misspelt words of a question, brought back to the library's own vocabulary.

Only a word that neither the library nor an English word list knows is touched, and only if the
library has a word within one or two typing errors (optimal string alignment distance) that starts
with the same letter. A correct but unknown word ("retinopathy") has no such neighbour and stays.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from index.lexical import fold
from index.overview import WordCounts

MIN_CHARS = 5
PARTS_THAT_MATTER = (
    ("hyper", "hypo"), ("inter", "intra"), ("clast", "blast"), ("emia", "ia"), ("emic", "ic"),
    ("pre", "post"),
    ("macro", "micro"), ("ante", "anti"), ("pre", "peri"), ("endo", "exo"), ("mono", "multi"),
    ("sub", "supra"), ("tachy", "brady"), ("tomy", "stomy"), ("ectomy", "otomy"), ("cyte", "blast"),
)  # fmt: skip
"""Parts of medical words that differ by a letter or two and mean different things."""
TWO_ERRORS_FROM = 8
"""From this length on two typing errors are forgiven; "hypoxic" and "hyperoxic" stay apart."""


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    """Return the English words by their first letter, each word between two line ends.

    So they take 2 MB, as a set 21; a word is found in less than a tenth of a millisecond, and most
    words that are asked the library knows.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for word in SpellChecker(language="en", distance=1).word_frequency.words():
        found[word[:1]].append(word)
    return {letter: "\n".join(["", *words, ""]) for letter, words in found.items()}


class Speller:
    """Corrects questions towards the words of some texts.

    Args:
        parts: the words, in one part or more; without parts nothing is corrected.
        knows_term: tells whether a folded word occurs in the texts, where there are no parts.
    """

    def __init__(
        self, parts: Sequence[WordCounts], knows_term: Callable[[str], bool] | None = None
    ) -> None:
        self._parts = parts
        self._knows_term = None if parts else knows_term

    @cached_property
    def _candidates(self) -> dict[str, list[str]]:
        """The words that a misspelt one may be, by their first letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in dict.fromkeys(word for part in self._parts for word in part.counts):
            if len(word) >= MIN_CHARS:
                found[word[0]].append(word)
        return dict(found)

    def _count(self, word: str) -> int:
        return sum(part.counts.get(word, 0) for part in self._parts)

    def correct(self, question: str) -> str:
        """Return the question with its misspelt words corrected, everything else untouched."""
        return re.sub(r"\b[A-Za-z]{5,}\b", lambda match: self._correct_word(match[0]), question)

    def knows(self, word: str) -> bool:
        """Tell whether a lower-case word is English or occurs in the texts, with its accents."""
        folded = fold(word)
        for part in self._parts:
            if word in part.counts or word in part.accented or folded in part.folded:
                return True
        if self._knows_term is not None and self._knows_term(folded):
            return True
        return f"\n{word}\n" in _english().get(word[:1], "")

    def _correct_word(self, written: str) -> str:
        word = written.lower()
        if self.knows(word):
            return written
        limit = 2 if len(word) >= TWO_ERRORS_FROM else 1
        candidates = self._candidates.get(word[0], [])
        near = process.extract(
            word, candidates, scorer=OSA.distance, processor=None, score_cutoff=limit, limit=None
        )
        likely = [
            (distance, -self._count(candidate), candidate)
            for candidate, distance, _ in near
            if not _is_another_word(word, candidate)
        ]
        if not likely:
            return written
        best = min(likely)[2]
        return best.capitalize() if written[0].isupper() else best


def _is_another_word(word: str, candidate: str) -> bool:
    """Tell whether two words differ in a part that changes the meaning (hypoxic, hyperoxic)."""
    exchanged = (
        word.replace(old, new, 1)
        for pair in PARTS_THAT_MATTER
        for old, new in (pair, pair[::-1])
        if old in word
    )
    return any(OSA.distance(again, candidate, score_cutoff=1) <= 1 for again in exchanged)
