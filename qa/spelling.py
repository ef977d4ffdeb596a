"""Misspelt words of a question, brought back to the library's own vocabulary.

Only a word that neither the library nor an English word list knows is touched, and only if the
library has a word within one or two typing errors (optimal string alignment distance) that starts
with the same letter. A correct but unknown word ("retinopathy") has no such neighbour and stays.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from index.lexical import fold, words

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

_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _english() -> SpellChecker:
    return SpellChecker(language="en", distance=1)


class Speller:
    """Corrects questions towards the words of some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        self._accented = {
            word for text in texts for word in _LETTERS.findall(text.lower()) if not word.isascii()
        }
        self._counts = Counter(word for text in texts for word in words(text) if not word.isdigit())
        self._folded = {fold(word) for word in self._counts}
        self._candidates = [word for word in self._counts if len(word) >= MIN_CHARS]

    def correct(self, question: str) -> str:
        """Return the question with its misspelt words corrected, everything else untouched."""
        return re.sub(r"\b[A-Za-z]{5,}\b", lambda match: self._correct_word(match[0]), question)

    def knows(self, word: str) -> bool:
        """Tell whether a lower-case word is English or occurs in the texts, with its accents."""
        if word in self._counts or word in self._accented or fold(word) in self._folded:
            return True
        return bool(_english().known([word]))

    def _correct_word(self, written: str) -> str:
        word = written.lower()
        if self.knows(word):
            return written
        limit = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = [
            (OSA.distance(word, candidate, score_cutoff=limit), -self._counts[candidate], candidate)
            for candidate in self._candidates
            if candidate[0] == word[0]
            and abs(len(candidate) - len(word)) <= limit
            and not _is_another_word(word, candidate)
        ]
        best = min(near, default=(limit + 1, 0, ""))
        if best[0] > limit:
            return written
        return best[2].capitalize() if written[0].isupper() else best[2]


def _is_another_word(word: str, candidate: str) -> bool:
    """Tell whether two words differ in a part that changes the meaning (hypoxic, hyperoxic)."""
    exchanged = (
        word.replace(old, new, 1)
        for pair in PARTS_THAT_MATTER
        for old, new in (pair, pair[::-1])
        if old in word
    )
    return any(OSA.distance(again, candidate, score_cutoff=1) <= 1 for again in exchanged)
