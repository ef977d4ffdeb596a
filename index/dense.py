"""Exact nearest neighbours by inner product; the only module that knows FAISS.

Score convention of the whole package: cosine in [-1, 1] (vectors have unit length), higher is
better.
"""

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import FloatMatrix

faiss.omp_set_num_threads(1)  # one thread is fastest for one question, see docs/decisions.md


class DenseIndex:
    """Vectors in the order in which they were added; a row number is the id.

    Args:
        vectors: (n, dimension) float32, rows of unit length.

    Raises:
        ValueError: the vectors are not a float32 matrix of unit rows.
    """

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
        self._index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self._index.d)

    @property
    def vectors(self) -> FloatMatrix:
        """A copy of all vectors, (n, dimension)."""
        return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)

    def search(self, query: FloatMatrix, k: int) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Find the ``k`` nearest rows of one query.

        Args:
            query: (1, dimension) float32, unit length.
            k: how many; fewer come back where the index is smaller.

        Returns:
            Row numbers and their cosines, both (k,), best first.
        """
        k = min(k, len(self))
        scores, rows = self._index.search(query, k)
        return rows[0], scores[0]

    def scores(self, query: FloatMatrix, rows: NDArray[np.int64]) -> FloatMatrix:
        """Score chosen rows.

        Args:
            query: (1, dimension) float32, unit length.
            rows: (n,) row numbers.

        Returns:
            Their cosines, (n,), in the order of ``rows``.
        """
        vectors = self._index.reconstruct_batch(rows)
        return np.asarray(vectors @ query[0], dtype=np.float32)
