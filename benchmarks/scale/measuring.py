"""The two measurements: libraries of several sizes, and ways of searching a million vectors."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.scale.asking import TIE, Asked, ask_in_process, load_questions, write_questions
from benchmarks.scale.assisting import Assisted, assist_in_process
from benchmarks.scale.making import DerivingEncoder, Varier
from benchmarks.synthetic import write_articles
from index.dense import nearest
from index.encoder import Encoder, FloatMatrix
from index.library import CANDIDATES, Library
from index.mapped import codes
from index.mapped.codes import Codes, Kind, Measured, measure
from index.mapped.files import checksums
from index.mapped.vectors import MappedVectors
from index.store import add_articles, build_index

BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class SizeRow:
    """A library of one size.

    Attributes:
        articles: in it.
        built_s: reading, splitting and writing, without the vectors' making.
        disk_mib: all files but the articles' own.
        asked: opened and asked.
        assisted: the assistant over it.
    """

    articles: int
    built_s: float
    disk_mib: float
    asked: Asked
    assisted: Assisted


@dataclass(frozen=True, slots=True)
class VectorRow:
    """One way of searching so many vectors.

    Attributes:
        kind: "exact", "rabitq" or "ivf-rabitq".
        vectors: how many.
        built_s: making the codes.
        codes_mib: their size.
        measured: what the gate chose; None for exact search and where nothing passed it.
        median_ms, p95_ms: of a question, the 400 nearest.
        cpu_ms: median of the processor time.
        recall: recall@10 of the questions against exact search.
    """

    kind: str
    vectors: int
    built_s: float
    codes_mib: float
    measured: Measured | None
    median_ms: float
    p95_ms: float
    cpu_ms: float
    recall: float


class TimedEncoder:
    """An encoder that counts its seconds."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self.seconds = 0.0
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        begun = time.perf_counter()
        vectors = self._encoder.encode(texts)
        self.seconds += time.perf_counter() - begun
        return vectors


def measure_sizes(
    sizes: Sequence[int],
    sentences: Sequence[str],
    encoder: DerivingEncoder,
    *,
    length: int,
    model: str,
) -> Iterator[SizeRow]:
    """Build, open and ask libraries, the smallest first; one article is the shipped one alone.

    Args:
        sizes: numbers of articles.
        sentences: to draw from.
        encoder: makes the vectors.
        length: sentences in an article.
        model: that the assistant embeds questions with.
    """
    for count in sorted(sizes):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            library = folder / "library"
            timed = TimedEncoder(encoder)
            begun = time.perf_counter()
            if count > 1:
                vary = Varier(sentences).vary
                articles = folder / "in"
                write_articles(articles, sentences, count=count - 1, length=length, vary=vary)
                begun = time.perf_counter()
                add_articles(library, [articles], encoder=timed)
                shutil.rmtree(articles)
            else:
                build_index(library, encoder=timed)
            built = time.perf_counter() - begun - timed.seconds
            write_questions(folder / "questions.npz", Library.open(library, encoder=timed), encoder)
            asked = ask_in_process(library, folder / "questions.npz")
            assisted = assist_in_process(library, model)
            yield SizeRow(count, built, _disk(library), asked, assisted)


def _disk(library: Path) -> float:
    paths = (path for path in library.rglob("*") if path.is_file())
    own = library / "articles"
    return sum(path.stat().st_size for path in paths if own not in path.parents) / 2**20


def derive_vectors(encoder: DerivingEncoder, count: int, path: Path) -> FloatMatrix:
    """Write vectors of changed sentences to a file, block by block, and map it."""
    draw = np.random.default_rng(1)
    with path.open("wb") as file:
        for start in range(0, count, BLOCK):
            size = min(BLOCK, count - start)
            rows = draw.integers(len(encoder.vectors), size=size)
            file.write(encoder.move(rows, draw.integers(2**40, size=size)).tobytes())
    values = np.asarray(np.memmap(path, dtype=np.float32, mode="r"))
    return values.reshape(count, encoder.dimension)


def measure_vectors(count: int, encoder: DerivingEncoder) -> Iterator[VectorRow]:
    """Search so many vectors in each way, exactly first."""
    queries = encoder.encode(load_questions())
    with tempfile.TemporaryDirectory() as name:
        vectors = derive_vectors(encoder, count, Path(name) / "vectors")
        checks = checksums(vectors)
        _, best = nearest(queries, vectors, 10)
        yield _row("exact", MappedVectors(vectors, checks), queries, best)
        for kind in ("rabitq", "ivf-rabitq"):
            yield _row_of_codes(kind, vectors, checks, queries, best)


def _row_of_codes(
    kind: Kind,
    vectors: FloatMatrix,
    checks: np.ndarray[tuple[int], np.dtype[np.uint32]],
    queries: FloatMatrix,
    best: FloatMatrix,
) -> VectorRow:
    begun = time.perf_counter()
    made = Codes.of(vectors, kind)
    built = time.perf_counter() - begun
    size = len(made.to_bytes()) / 2**20
    tried = []
    for measured in measure(made, vectors, kind):
        tried.append(measured)
        if measured.recall.at_10 >= codes.MIN_RECALL:
            break
    last = tried[-1]
    index = MappedVectors(vectors, checks, made, reranked=last.reranked, probes=last.probes)
    return _row(kind, index, queries, best, built=built, size=size, measured=last)


def _row(
    kind: str,
    index: MappedVectors,
    queries: FloatMatrix,
    best: FloatMatrix,
    *,
    built: float = 0.0,
    size: float = 0.0,
    measured: Measured | None = None,
) -> VectorRow:
    found = [index.search(query[None], 10)[1] for query in queries]
    wall = [1000 * _clock(time.perf_counter, index, query) for query in queries]
    cpu = [1000 * _clock(time.process_time, index, query) for query in queries]
    return VectorRow(
        kind=kind,
        vectors=len(index),
        built_s=built,
        codes_mib=size,
        measured=measured,
        median_ms=float(np.median(wall)),
        p95_ms=float(np.percentile(wall, 95)),
        cpu_ms=float(np.median(cpu)),
        recall=float(np.mean(np.array(found) >= best[:, -1:] - TIE)),
    )


def _clock(clock: Callable[[], float], index: MappedVectors, query: FloatMatrix) -> float:
    begun = clock()
    index.search(query[None], CANDIDATES)
    return clock() - begun
