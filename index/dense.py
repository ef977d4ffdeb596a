"""Exact nearest neighbours by inner product; this and `index.mapped.codes` alone know FAISS.

Score convention of the whole package: cosine in [-1, 1] (vectors have unit length), higher is
better.
"""

from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import FloatMatrix

faiss.omp_set_num_threads(1)  # one thread is fastest for one question, see docs/decisions.md
# From so many queries at once on, FAISS multiplies matrices, which is 20 times as fast for 200.
faiss.cvar.distance_compute_blas_threshold = 20


class Nearest(Protocol):
    """Vectors that are searched; a row number is the id.

    Attributes:
        scored_at_once: up to so many rows may all be scored for one question.
    """

    scored_at_once: int

    def __len__(self) -> int: ...

    def search(
        self, query: FloatMatrix, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Find the ``k`` nearest rows of one query, among ``within`` where it is given."""

    def scores(self, query: FloatMatrix, rows: NDArray[np.int64]) -> FloatMatrix:
        """Return the cosines of chosen rows, in their order."""


class DenseIndex:
    """Vectors in memory, in the order in which they were added.

    Args:
        vectors: (n, dimension) float32, rows of unit length.

    Raises:
        ValueError: the vectors are not a float32 matrix of unit rows.
    """

    scored_at_once = 50_000

    def __init__(self, vectors: FloatMatrix) -> None:
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(
                f"vectors must be (n, dim) float32, got {vectors.shape} {vectors.dtype}"
            )
        lengths = np.linalg.norm(vectors, axis=1)
        if len(vectors) and not np.allclose(lengths, 1.0, atol=1e-3):
            raise ValueError(
                f"vectors must have unit length, got {lengths.min()} to {lengths.max()}"
            )
        self._vectors = np.ascontiguousarray(vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self._vectors.shape[1])

    @property
    def vectors(self) -> FloatMatrix:
        """All vectors, (n, dimension)."""
        return self._vectors

    def search(
        self, query: FloatMatrix, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Find the nearest rows of one query.

        Args:
            query: (1, dimension) float32, unit length.
            k: how many; fewer come back where there are fewer.
            within: rows to choose among, ascending; all where it is None.

        Returns:
            Row numbers and their cosines, both (k,), best first.
        """
        if within is None:
            rows, scores = nearest(query, self._vectors, k)
            return rows[0], scores[0]
        scores_within = self.scores(query, within)
        order = np.argsort(-scores_within, kind="stable")[:k]
        return within[order], scores_within[order]

    def scores(self, query: FloatMatrix, rows: NDArray[np.int64]) -> FloatMatrix:
        """Score chosen rows.

        Args:
            query: (1, dimension) float32, unit length.
            rows: (n,) different row numbers, ascending.

        Returns:
            Their cosines, (n,), in the order of ``rows``.
        """
        vectors = self._vectors if len(rows) == len(self) else self._vectors[rows]
        return np.asarray(vectors @ query[0], dtype=np.float32)


def nearest(
    queries: FloatMatrix, vectors: FloatMatrix, k: int
) -> tuple[NDArray[np.int64], FloatMatrix]:
    """Compare queries with vectors, all with all.

    Args:
        queries: (m, dimension) float32.
        vectors: (n, dimension) float32.
        k: how many of the nearest to return; all where there are fewer.

    Returns:
        Row numbers and inner products, both (m, k), best first.
    """
    scores, rows = faiss.knn(
        queries, vectors, min(k, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT
    )
    return rows, scores
