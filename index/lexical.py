"""BM25 over stemmed words; the only module that knows bm25s and the stemmer.

Spelling is folded so that British and American forms meet (haemorrhage, hemorrhage), and signs and
capitals of gene and marker names do not matter.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

K1 = 1.2
B = 0.75

_WORD = re.compile(r"[a-z0-9\u0370-\u03ff]+")
_BRITISH = [
    (re.compile(r"ae(?=[a-z])"), "e"),
    (re.compile(r"oe(?=[admstl])"), "e"),
    (re.compile(r"sulph"), "sulf"),
    (re.compile(r"isation"), "ization"),
    (re.compile(r"is(?=e[ds]?$|ing$)"), "iz"),
    (re.compile(r"ys(?=e[ds]?$|ing$)"), "yz"),
    (re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing$|al$|abl[ey]$)"), "or"),
    (re.compile(r"(?<=[bt])re(?=s?$)"), "er"),
]
"""Spellings folded on both sides alike; what this makes of a word need not be a word."""

STOP_WORDS = frozenset(
    (
        "a an and are as at be been being but by can could did do does for from had has have how i "
        "if in into is it its may me might my of on or our shall should so some such than that the "
        "their them then there these they this those to us was we were what when where which who "
        "whom whose why will with would you your about any also tell please give say says said "
        "there's what's"
    ).split()
)

_PLAIN = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode does not take apart into a plain one and a mark."""

_stemmer = Stemmer.Stemmer("english")


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Fold one lower-case word: British to American spelling, then its English Snowball stem."""
    for pattern, replacement in _BRITISH:
        word = pattern.sub(replacement, word)
    return str(_stemmer.stemWord(word))


def words(text: str) -> list[str]:
    """Cut a text into lower-case words without accents; hyphens part words."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _WORD.findall(plain)


def terms(text: str) -> list[str]:
    """Return the folded words of a text, in order, without stop words and single Latin letters."""
    return [
        fold(word)
        for word in words(text)
        if word not in STOP_WORDS and not (len(word) == 1 and "a" <= word <= "z")
    ]


@lru_cache(maxsize=50_000)
def term_set(text: str) -> frozenset[str]:
    """Return the different terms of a text; remembered, since passages are asked for again."""
    return frozenset(terms(text))


class LexicalIndex:
    """BM25 (Robertson's, with Lucene's idf) over texts; a position in ``texts`` is the id."""

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = [terms(text) or [""] for text in texts]
        self._model = bm25s.BM25(k1=K1, b=B, method="lucene")
        self._model.index(tokens, show_progress=False)
        self._document_frequency: dict[str, int] = {}
        for document in tokens:
            for term in set(document):
                self._document_frequency[term] = self._document_frequency.get(term, 0) + 1
        self._count = len(texts)

    def __len__(self) -> int:
        return self._count

    def scores(self, query_terms: Sequence[str]) -> NDArray[np.float32]:
        """Score every text, (n,) float32, 0 or more; 0 where no term occurs."""
        known = [term for term in query_terms if term in self._document_frequency]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def idf(self, term: str) -> float:
        """Inverse document frequency, Lucene's form; largest for a term that no text has."""
        frequency = self._document_frequency.get(term, 0)
        return float(np.log(1 + (self._count - frequency + 0.5) / (frequency + 0.5)))

    def knows(self, term: str) -> bool:
        """Tell whether any text holds the term."""
        return term in self._document_frequency

    def save(self, folder: Path) -> None:
        """Write arrays and JSON, no pickle."""
        self._model.save(folder)
        counts = {"count": self._count, "document_frequency": self._document_frequency}
        (folder / "counts.json").write_text(json.dumps(counts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: a file is missing or damaged.
        """
        index = cls.__new__(cls)
        counts = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
        index._document_frequency = counts["document_frequency"]
        index._count = counts["count"]
        index._model = bm25s.BM25.load(folder, allow_pickle=False)
        return index
