"""Nearest neighbours among vectors in a mapped file; what is compared exactly decides."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.dense import nearest
from index.encoder import FloatMatrix
from index.mapped.codes import Codes
from index.mapped.files import DamagedError, checksums


class MappedVectors:
    """Vectors in a mapped file, and codes of them where there are any.

    Every row that is returned, and every candidate, was compared with its checksum. A scan over all
    rows reads the others unchecked: a damaged row cannot be returned, but may be missed.

    Args:
        vectors: (n, dimension) float32, rows of unit length.
        checks: (n,) uint32, CRC-32 of each row.
        codes: for finding candidates; all rows are compared where it is None.
        reranked: how many candidates of the codes are compared exactly.
        probes: how many lists of the codes are read.
    """

    scored_at_once = 2_000
    """Comparing the checksums of so many rows takes 3 ms."""

    def __init__(
        self,
        vectors: FloatMatrix,
        checks: NDArray[np.uint32],
        codes: Codes | None = None,
        *,
        reranked: int = 0,
        probes: int = 0,
    ) -> None:
        self._vectors = vectors
        self._checks = checks
        self._codes = codes
        self._reranked = reranked
        self._probes = probes

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self._vectors.shape[1])

    def search(
        self, query: FloatMatrix, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Find the nearest rows of one query.

        Args:
            query: (1, dimension) float32, unit length.
            k: how many; fewer come back where there are fewer.
            within: rows to choose among, ascending; these are all compared. All where it is None.

        Returns:
            Row numbers and their cosines, both (k,), best first, equal ones by row.

        Raises:
            DamagedError: a row that counts is not what was written.
        """
        if within is None and self._codes is not None:
            count = max(k, self._reranked)
            rows = self._codes.candidates(query, count, probes=self._probes)
        else:
            everything = np.arange(len(self), dtype=np.int64)
            rows = self._scan(query, k, everything if within is None else within)
        scores = self.scores(query, rows)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _scan(self, query: FloatMatrix, k: int, within: NDArray[np.int64]) -> NDArray[np.int64]:
        """Compare rows with nothing in between and return the nearest of each run of them."""
        found = [np.zeros(0, dtype=np.int64)]
        for start, stop in runs(within):
            rows, _ = nearest(query, self._vectors[start:stop], k)
            found.append(rows[0] + start)
        return np.concatenate(found)

    def scores(self, query: FloatMatrix, rows: NDArray[np.int64]) -> FloatMatrix:
        """Score chosen rows.

        Args:
            query: (1, dimension) float32, unit length.
            rows: (n,) row numbers.

        Returns:
            Their cosines, (n,), in the order of ``rows``.

        Raises:
            DamagedError: a row is not what was written.
        """
        vectors = self._vectors[rows]
        wrong = np.flatnonzero(checksums(vectors) != self._checks[rows])
        if len(wrong):
            raise DamagedError(f"the vector of passage {rows[wrong[0]]}")
        return np.asarray(vectors @ query[0], dtype=np.float32)


def runs(rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut ascending numbers into runs without a gap: 3, 4, 5, 9 -> (3, 6), (9, 10)."""
    if not len(rows):
        return
    breaks = np.flatnonzero(np.diff(rows) != 1)
    starts = rows[np.concatenate([[0], breaks + 1])]
    ends = rows[np.concatenate([breaks, [len(rows) - 1]])]
    yield from ((int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True))
