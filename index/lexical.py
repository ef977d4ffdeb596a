"""BM25 over stemmed words; the only module that knows the stemmer.

Spelling is folded so that British and American forms meet (haemorrhage, hemorrhage), and signs and
capitals of gene and marker names do not matter. The terms of an article's texts are counted once
and kept; the index over many articles is made from the counts, without the texts.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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


@dataclass(frozen=True, slots=True, eq=False)
class TermCounts:
    """How often each of some texts holds each term.

    Attributes:
        vocabulary: the different terms of all the texts.
        sizes: (n,) int32, how many different terms each text holds.
        terms: int32, rows of ``vocabulary``: those of the first text, of the second, and so on.
        counts: int32, how often the text holds each of them.
    """

    vocabulary: tuple[str, ...]
    sizes: NDArray[np.int32]
    terms: NDArray[np.int32]
    counts: NDArray[np.int32]


def count_terms(texts: Sequence[str]) -> TermCounts:
    """Count the terms of texts; a text without any counts as one empty term."""
    rows: dict[str, int] = {}
    counted = [Counter(terms(text) or [""]) for text in texts]
    ids = [rows.setdefault(term, len(rows)) for count in counted for term in count]
    counts = [number for count in counted for number in count.values()]
    return TermCounts(
        vocabulary=tuple(rows),
        sizes=np.array([len(count) for count in counted], dtype=np.int32),
        terms=np.array(ids, dtype=np.int32),
        counts=np.array(counts, dtype=np.int32),
    )


def term_weights(
    counts: NDArray[np.int32], lengths: NDArray[Any], mean: float
) -> NDArray[np.float64]:
    """Weigh terms in their texts: BM25 without the idf, in (0, 1).

    Args:
        counts: (n,) how often each text holds the term.
        lengths: (n,) how many terms that text has, repetitions counted.
        mean: of the lengths of all texts.
    """
    return np.asarray(counts / (K1 * ((1 - B) + B * lengths / mean) + counts))


def inverse_document_frequency(frequency: NDArray[np.int64], texts: int) -> NDArray[np.float64]:
    """Return Lucene's idf of terms that so many of ``texts`` texts hold."""
    return np.asarray(np.log(1 + (texts - frequency + 0.5) / (frequency + 0.5)))


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """For each term, the texts that hold it and its score in each.

    Attributes:
        count: how many texts there are.
        vocabulary: the different terms.
        frequencies: (m,) int64, how many texts hold each term.
        texts: int32, those of the first term in order, those of the second, and so on.
        scores: float32, the term's score in each of them.
        mean_length: of the texts, in terms; the scores rest on it.
    """

    count: int
    vocabulary: tuple[str, ...]
    frequencies: NDArray[np.int64]
    texts: NDArray[np.int32]
    scores: NDArray[np.float32]
    mean_length: float


class PostingsBuilder:
    """Collects the counts of texts, one part after the other, and works out every score."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._columns = [np.zeros(0, dtype=np.int32)]
        self._sizes = [np.zeros(0, dtype=np.int32)]
        self._counts = [np.zeros(0, dtype=np.int32)]

    def add(self, part: TermCounts) -> None:
        """Add the texts of a part behind those that are there."""
        rows = [self._rows.setdefault(term, len(self._rows)) for term in part.vocabulary]
        self._columns.append(np.array(rows, dtype=np.int32)[part.terms])
        self._sizes.append(part.sizes)
        self._counts.append(part.counts)

    def finish(self, *, mean: float | None = None) -> Postings:
        """Sort by term and then by text.

        Args:
            mean: length by which a text is long or short; the mean of these where it is None.
        """
        column = np.concatenate(self._columns)
        sizes, counts = np.concatenate(self._sizes), np.concatenate(self._counts)
        text = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        lengths = np.bincount(text, weights=counts, minlength=len(sizes))
        if mean is None:
            mean = float(lengths.mean()) if len(sizes) else 1.0
        frequencies = np.bincount(column, minlength=len(self._rows))
        idf = inverse_document_frequency(frequencies, len(sizes)).astype(np.float32)
        weight = term_weights(counts, lengths[text], mean)
        order = np.argsort(column, kind="stable")
        return Postings(
            count=len(sizes),
            vocabulary=tuple(self._rows),
            frequencies=frequencies,
            texts=text[order],
            scores=(idf[column] * weight).astype(np.float32)[order],
            mean_length=mean,
        )


class LexicalIndex:
    """BM25 (Robertson's, with Lucene's idf) over texts; a position in ``texts`` is the id."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._fill(postings_of([count_terms(texts)]), None)

    @classmethod
    def of_counts(cls, parts: Iterable[TermCounts]) -> "LexicalIndex":
        """Make the index over the texts of several parts, one part after the other."""
        return cls.of_postings(postings_of(parts))

    @classmethod
    def of_postings(
        cls, postings: Postings, *, before_reading: Callable[[int, slice], None] | None = None
    ) -> "LexicalIndex":
        """Make the index from what was worked out before.

        Args:
            postings: in memory or in a mapped file.
            before_reading: is called with the row of a term and its part of the postings before
                they are read for the first time, and may raise.
        """
        index = cls.__new__(cls)
        index._fill(postings, before_reading)
        return index

    def _fill(
        self, postings: Postings, before_reading: Callable[[int, slice], None] | None
    ) -> None:
        self._count = postings.count
        self.mean_length = postings.mean_length
        self._rows = {term: row for row, term in enumerate(postings.vocabulary)}
        self._frequencies = postings.frequencies
        self._texts, self._scores = postings.texts, postings.scores
        self._ends = np.cumsum(postings.frequencies)
        self._before_reading = before_reading
        self._read: set[int] = set()

    def __len__(self) -> int:
        return self._count

    def scores(self, query_terms: Sequence[str]) -> NDArray[np.float32]:
        """Score every text, (n,) float32, 0 or more; 0 where no term occurs."""
        total = np.zeros(self._count, dtype=np.float32)
        for term in query_terms:
            if term in self._rows:
                texts, scores = self.posting(term)
                total[texts] += scores  # a text has each term once
        return total

    def posting(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the texts that hold a known term, ascending, and its score in each."""
        part = self._part(self._rows[term])
        return self._texts[part], self._scores[part]

    def _part(self, row: int) -> slice:
        end = int(self._ends[row])
        part = slice(end - int(self._frequencies[row]), end)
        if self._before_reading is not None and row not in self._read:
            self._before_reading(row, part)
            self._read.add(row)
        return part

    def idf(self, term: str) -> float:
        """Inverse document frequency, Lucene's form; largest for a term that no text has."""
        return float(inverse_document_frequency(np.array(self.frequency(term)), self._count))

    def frequency(self, term: str) -> int:
        """Return how many texts hold the term."""
        row = self._rows.get(term)
        return 0 if row is None else int(self._frequencies[row])

    def knows(self, term: str) -> bool:
        """Tell whether any text holds the term."""
        return term in self._rows


def postings_of(parts: Iterable[TermCounts], *, mean: float | None = None) -> Postings:
    """Work out the scores over the texts of several parts, one part after the other.

    Args:
        parts: of the texts.
        mean: as for `PostingsBuilder.finish`.
    """
    builder = PostingsBuilder()
    for part in parts:
        builder.add(part)
    return builder.finish(mean=mean)
