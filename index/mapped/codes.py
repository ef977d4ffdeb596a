"""One bit a component: codes that find candidates among many vectors; the second module with FAISS.

The order of the codes is rough. It only says which vectors are compared exactly, and how many have
to be is measured when the codes are made, on the library's own vectors: codes that miss more than
one in a hundred of the ten nearest are not used.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from index.dense import nearest
from index.encoder import FloatMatrix
from index.parts import PartError

logger = logging.getLogger(__name__)

Kind = Literal["rabitq", "ivf-rabitq"]

CODES_FROM = 200_000
"""From so many vectors codes are made. Comparing all of so many takes 27 ms of an idle processor,
58 of a busy one; codes and 1,600 exact comparisons take 6 there (benchmarks/RESULTS.md)."""
LISTS_FROM = 2_000_000
"""From so many vectors the codes are sorted into lists, of which only the nearest are read."""
MIN_RECALL = 0.99
"""Of the ten nearest vectors, so many must be among the candidates on average."""
RERANKED = (400, 800, 1_600, 3_200, 6_400)
"""So many candidates are compared exactly; more where the fewer miss too much."""
PROBES = (32, 64, 128, 256)
"""So many lists are read; the more, the more candidates."""
QUERIES = 200
MIXED = 8
LIKENESS = 0.8
"""A measuring query is the mean of so many passages, turned until it has this cosine to that mean.
These two make it as hard as a real question, or a little harder (see docs/decisions.md)."""
SEED = 1
TIE = 1e-6
"""Cosines that differ by less count as equal: the same sentence may occur often."""
ADD_ROWS = 65_536
POINTS_PER_LIST = 64
"""Vectors that the lists are trained on, for each of them."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the nearest vectors are found, in [0, 1], averaged over queries."""

    at_10: float
    at_100: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a number of candidates was found to be worth.

    Attributes:
        probes: lists that are read, 0 where there are none.
        reranked: candidates that are compared exactly.
        recall: of the nearest vectors among them.
        queries: how many it was averaged over.
    """

    probes: int
    reranked: int
    recall: Recall
    queries: int


class Codes:
    """Quantised vectors, in the order in which they were added.

    Args:
        index: FAISS's, trained and filled.
    """

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: FloatMatrix, kind: Kind) -> "Codes":
        """Make the codes of vectors, (n, dimension) float32; the same ones every time."""
        codes = cls(_train(vectors, kind))
        for start in range(0, len(vectors), ADD_ROWS):
            codes._index.add(np.ascontiguousarray(vectors[start : start + ADD_ROWS]))
        return codes

    @classmethod
    def from_bytes(cls, content: bytes) -> "Codes":
        """Read what `to_bytes` returned.

        Raises:
            PartError: it is nothing that FAISS can read.
        """
        try:
            return cls(faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8)))
        except RuntimeError as error:
            raise PartError(f"the codes cannot be read ({error})") from error

    def to_bytes(self) -> bytes:
        """Return the codes in FAISS's own format."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def candidates(self, query: FloatMatrix, count: int, *, probes: int) -> NDArray[np.int64]:
        """Find rows that are probably near one query, (1, dimension), best first.

        Args:
            query: of unit length.
            count: how many at most.
            probes: how many lists to read; of no effect where there are none.
        """
        if probes:
            faiss.extract_index_ivf(self._index).nprobe = probes
        _, rows = self._index.search(query, min(count, len(self)))
        return np.asarray(rows[0][rows[0] >= 0], dtype=np.int64)


def _train(vectors: FloatMatrix, kind: Kind) -> faiss.Index:
    """Make an empty index that fits vectors like these."""
    dimension = vectors.shape[1]
    if kind == "rabitq":
        flat = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
        flat.train(vectors)
        return flat
    lists = lists_for(len(vectors))
    description = f"IVF{lists},RaBitQfs"
    index = faiss.index_factory(dimension, description, faiss.METRIC_INNER_PRODUCT)
    clustering = faiss.extract_index_ivf(index).cp
    clustering.seed, clustering.max_points_per_centroid = SEED, POINTS_PER_LIST
    index.train(np.ascontiguousarray(_sample(vectors, lists * POINTS_PER_LIST)))
    return index


def lists_for(count: int) -> int:
    """Return into how many lists so many vectors are sorted: a power of two near 4 √n.

    >>> lists_for(1_000_000)
    4096
    """
    return int(2 ** round(np.log2(max(4 * np.sqrt(count), 1))))


def kinds_for(count: int) -> tuple[Kind, ...]:
    """Return which codes may be made of so many vectors, the quickest first; () for none."""
    if count >= LISTS_FROM:
        return ("ivf-rabitq", "rabitq")
    return ("rabitq",) if count >= CODES_FROM else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Codes that miss little enough, and how they are used."""

    kind: Kind
    codes: Codes
    measured: Measured


def choose(vectors: FloatMatrix) -> Choice | None:
    """Make the codes of vectors, if there are any that miss little enough.

    Args:
        vectors: (n, dimension) float32, rows of unit length.

    Returns:
        The codes and how many candidates they need; None where all vectors have to be compared.
    """
    for kind in kinds_for(len(vectors)):
        codes = Codes.of(vectors, kind)
        for measured in measure(codes, vectors, kind):
            logger.info("%s: %s", kind, measured)
            if measured.recall.at_10 >= MIN_RECALL:
                return Choice(kind, codes, measured)
    return None


def measure(codes: Codes, vectors: FloatMatrix, kind: Kind) -> Iterator[Measured]:
    """Compare more and more candidates exactly and say how many of the nearest are among them."""
    queries = make_queries(vectors, QUERIES)
    _, best = nearest(queries, vectors, 100)
    settings = [(0, reranked) for reranked in RERANKED]
    if kind == "ivf-rabitq":
        settings = list(zip(PROBES, RERANKED, strict=False))
    for probes, reranked in settings:
        found = [
            _share(codes.candidates(query[None], reranked, probes=probes), vectors, query, scores)
            for query, scores in zip(queries, best, strict=True)
        ]
        at_10, at_100 = np.mean(found, axis=0)
        recall = Recall(round(float(at_10), 4), round(float(at_100), 4))
        yield Measured(probes, reranked, recall, len(queries))


def make_queries(vectors: FloatMatrix, count: int) -> FloatMatrix:
    """Make queries that lie among the passages as questions do.

    A passage's own vector, or one near it, would be found too easily: its neighbours stand out from
    all others. A question is about as near to passages of many kinds, so each query is the mean of
    `MIXED` random passages, turned in a random direction.
    """
    draw = np.random.default_rng((SEED, 1))
    mixed = vectors[draw.integers(len(vectors), size=(count, MIXED))].sum(axis=1)
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    noise = draw.normal(size=mixed.shape).astype(np.float32)
    noise -= (noise * mixed).sum(axis=1, keepdims=True) * mixed
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    turned = LIKENESS * mixed + np.sqrt(1 - LIKENESS**2) * noise
    return np.asarray(turned, dtype=np.float32)


def _sample(vectors: FloatMatrix, count: int) -> FloatMatrix:
    """Draw rows without repetition, in their order; all of few."""
    if count >= len(vectors):
        return vectors
    rows = np.random.default_rng(SEED).choice(len(vectors), count, replace=False)
    return np.asarray(vectors[np.sort(rows)])


def _share(
    rows: NDArray[np.int64], vectors: FloatMatrix, query: FloatMatrix, best: FloatMatrix
) -> tuple[float, float]:
    """Return how many of the 10 and of the 100 best scores the candidates reach, in [0, 1]."""
    scores = np.sort(vectors[rows] @ query)[::-1]
    few, many = min(10, len(best)), min(100, len(best))
    return (
        float(np.mean(_padded(scores, few) >= best[few - 1] - TIE)),
        float(np.mean(_padded(scores, many) >= best[many - 1] - TIE)),
    )


def _padded(scores: FloatMatrix, count: int) -> FloatMatrix:
    """Return the first scores; places that are not filled count as missed."""
    missing = max(0, count - len(scores))
    return np.concatenate([scores[:count], np.full(missing, -np.inf, dtype=np.float32)])
