"""A library and a few articles more in memory, searched as one without copying the library.

Ranks are those of one index over all, but for one number: BM25 measures the length of a text by the
mean of the library alone, as if the articles beside it did not change that. How often a term occurs
is counted over all.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document
from corpus.passages import Passage
from index.dense import Nearest
from index.encoder import FloatMatrix
from index.lexical import (
    LexicalIndex,
    count_terms,
    inverse_document_frequency,
    postings_of,
)
from index.passage_rows import PassageRows


class JoinedDocuments(Mapping[str, Document]):
    """Documents of several mappings that share no id, one mapping after the other."""

    def __init__(self, parts: Sequence[Mapping[str, Document]]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> Document:
        for part in self._parts:
            if name in part:
                return part[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self._parts)

    def __iter__(self) -> Iterator[str]:
        return (name for part in self._parts for name in part)

    def __len__(self) -> int:
        return sum(map(len, self._parts))


class JoinedPassages(PassageRows):
    """The passages of several parts, one part after the other.

    Args:
        parts: of the passages.
        rows: those of each document's passages, by its id.
    """

    def __init__(
        self, parts: Sequence[Sequence[Passage]], rows: Mapping[str, Sequence[int]]
    ) -> None:
        self.rows = rows
        self.parts = parts
        self._ends = list(accumulate(map(len, parts)))

    @classmethod
    def of(
        cls,
        first: Sequence[Passage],
        rows: Mapping[str, Sequence[int]],
        added: Mapping[str, Sequence[Passage]],
    ) -> "JoinedPassages":
        """Put the passages of documents, by their ids, behind those that are there."""
        parts = first.parts if isinstance(first, JoinedPassages) else (first,)
        ends = accumulate(map(len, added.values()), initial=len(first))
        own = {
            name: range(start, start + len(passages))
            for (name, passages), start in zip(added.items(), ends, strict=False)
        }
        more = [passage for passages in added.values() for passage in passages]
        return cls([*parts, more], {**rows, **own})

    def __len__(self) -> int:
        return self._ends[-1]

    def _in_row(self, row: int) -> Passage:
        number = bisect_right(self._ends, row)
        return self.parts[number][row - (self._ends[number - 1] if number else 0)]


class JoinedVectors:
    """The vectors of several parts, one part after the other."""

    def __init__(self, parts: Sequence[Nearest]) -> None:
        self.parts = parts
        self.scored_at_once = min(part.scored_at_once for part in parts)
        ends = list(accumulate(map(len, parts)))
        self._ranges = list(zip(parts, [0, *ends], ends, strict=False))

    @classmethod
    def of(cls, first: Nearest, more: Nearest) -> "JoinedVectors":
        """Put vectors behind others."""
        parts = first.parts if isinstance(first, JoinedVectors) else (first,)
        return cls([*parts, more])

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def search(
        self, query: FloatMatrix, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Find the ``k`` nearest rows of one query, as `index.dense.Nearest` says."""
        rows, scores = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
        for part, start, end in self._ranges:
            own = None
            if within is not None:
                own = within[(within >= start) & (within < end)] - start
            if start < end and (own is None or len(own)):
                found, cosines = part.search(query, k, own)
                rows.append(found + start)
                scores.append(cosines)
        row, score = np.concatenate(rows), np.concatenate(scores)
        order = np.lexsort((row, -score))[:k]
        return row[order], score[order]

    def scores(self, query: FloatMatrix, rows: NDArray[np.int64]) -> FloatMatrix:
        """Return the cosines of chosen rows, in their order."""
        cosines = np.zeros(len(rows), dtype=np.float32)
        for part, start, end in self._ranges:
            own = (rows >= start) & (rows < end)
            if own.any():
                cosines[own] = part.scores(query, rows[own] - start)
        return cosines


class JoinedLexical:
    """BM25 over the texts of several indexes, one index after the other.

    Args:
        parts: the indexes; all weigh lengths by the mean of the first.
    """

    def __init__(self, parts: Sequence[LexicalIndex]) -> None:
        self.parts = parts
        self._ends = list(accumulate(map(len, parts)))

    @classmethod
    def of(cls, first: "LexicalIndex | JoinedLexical", texts: Sequence[str]) -> "JoinedLexical":
        """Put texts behind those of an index."""
        parts = first.parts if isinstance(first, JoinedLexical) else (first,)
        own = postings_of([count_terms(texts)], mean=parts[0].mean_length)
        return cls([*parts, LexicalIndex.of_postings(own)])

    def __len__(self) -> int:
        return self._ends[-1]

    def scores(self, query_terms: Sequence[str]) -> NDArray[np.float32]:
        """Score every text, (n,) float32, 0 or more; 0 where no term occurs."""
        total = np.zeros(len(self), dtype=np.float32)
        for term in query_terms:
            for part, end in zip(self.parts, self._ends, strict=True):
                if part.knows(term):
                    texts, scores = part.posting(term)
                    weight = np.float32(self.idf(term) / part.idf(term))
                    total[texts + (end - len(part))] += weight * scores
        return total

    def idf(self, term: str) -> float:
        """Inverse document frequency over all texts."""
        frequency = np.array(sum(part.frequency(term) for part in self.parts))
        return float(inverse_document_frequency(frequency, len(self)))

    def knows(self, term: str) -> bool:
        """Tell whether any text holds the term."""
        return any(part.knows(term) for part in self.parts)
