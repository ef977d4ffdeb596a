"""BM25, dense search and their fusion over the documents of a set, by the parts of the program."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.public_sets.beir import BeirDocument, Query
from index.encoder import Encoder
from index.fusion import FloatVector, fuse
from index.lexical import LexicalIndex, terms
from qa.settings import Settings

BM25 = "BM25"
DENSE = "dense"
HYBRID = "hybrid"
DENSE_WEIGHT = Settings().dense_weight


@dataclass(frozen=True, slots=True)
class Ranking:
    """Documents of a set, best first.

    Attributes:
        rows: their places in the corpus file, from 0.
        scores: of each, higher is better; comparable within one ranking only.
    """

    rows: tuple[int, ...]
    scores: tuple[float, ...]

    @classmethod
    def of(cls, scores: FloatVector, k: int) -> "Ranking":
        """Take the ``k`` best of (n,) scores; equal ones stay in the order of the corpus."""
        rows = np.argsort(-scores, kind="stable")[:k]
        return cls(tuple(int(row) for row in rows), tuple(float(scores[row]) for row in rows))

    def above_zero(self) -> "Ranking":
        """Leave out the documents that scored nothing: they were not found."""
        kept = sum(score > 0 for score in self.scores)
        return Ranking(self.rows[:kept], self.scores[:kept])


class Search:
    """Search in the documents of a set.

    Args:
        documents: of the set.
        encoder: for documents and queries.
    """

    def __init__(self, documents: Sequence[BeirDocument], encoder: Encoder) -> None:
        texts = [document.searched_text for document in documents]
        self._encoder = encoder
        self._lexical = LexicalIndex(texts)
        self._vectors = encoder.encode(texts)

    def rank(self, queries: Sequence[Query], k: int) -> list[dict[str, Ranking]]:
        """Find the ``k`` best documents of each query by `BM25`, `DENSE` and `HYBRID`."""
        vectors = self._encoder.encode([query.text for query in queries])
        return [self._rank(q.text, vector, k) for q, vector in zip(queries, vectors, strict=True)]

    def _rank(self, text: str, vector: FloatVector, k: int) -> dict[str, Ranking]:
        cosines = np.asarray(self._vectors @ vector, dtype=np.float32)
        lexical = self._lexical.scores(terms(text))
        fused = fuse(cosines, lexical, dense_weight=DENSE_WEIGHT)
        return {
            BM25: Ranking.of(lexical, k).above_zero(),
            DENSE: Ranking.of(cosines, k),
            HYBRID: Ranking.of(fused, k),
        }
