"""Keeping what models computed, so that a run that was cut off goes on where it was.

A file is named by the hash of the model and of everything that it read, so an entry is never out of
date; what is not asked for any more may be deleted at any time. Plain ``.npy``, never pickled.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index.encoder import Encoder, FloatMatrix
from qa.evidence_model import scorer as scorer_module
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BUNDLED, WEIGHTS_FOLDER, EvidenceScorer

Array = NDArray[np.floating[Any]]

PART = 256
"""Texts embedded at a time and kept in one file: at most so many are lost when a run is cut off."""

logger = logging.getLogger(__name__)


class CacheError(Exception):
    """A file of the cache cannot be used; the message names it."""


class CachedEncoder:
    """An encoder that remembers on disk.

    Args:
        encoder: the one that embeds.
        folder: of the cache; made when needed.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._folder = folder / "vectors"

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]
        progress = tqdm(parts, desc="embedding", unit=f"×{PART}", disable=len(parts) < 2)
        found = [self._encode_part(part) for part in progress]
        return np.vstack(found) if found else np.zeros((0, self.dimension), dtype=np.float32)

    def _encode_part(self, texts: Sequence[str]) -> FloatMatrix:
        path = self._folder / f"{_hash([self.weights_sha256, *texts])}.npy"
        shape = (len(texts), self.dimension)
        vectors = _remember(path, shape, lambda: self._encoder.encode(texts))
        return np.asarray(vectors, dtype=np.float32)


class CachedScorer:
    """An evidence model that remembers on disk.

    Args:
        scorer: the one that reads.
        folder: of the cache; made when needed.
        identity: hash of the model, see `model_identity`.

    Attributes:
        name: of the model.
        identity: see above.
        pairs, seconds: read by the model itself and not found in the cache, and how long it took.
    """

    def __init__(self, scorer: EvidenceScorer, folder: Path, *, identity: str) -> None:
        self.name = scorer.name
        self.pairs = 0
        self.seconds = 0.0
        self._scorer = scorer
        self._folder = folder / "logits"
        self.identity = identity

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order."""
        parts = [[c.sentence, c.before, c.place] for c in candidates]
        path = self._folder / f"{_hash([self.identity, question, parts])}.npy"
        logits = _remember(path, (len(candidates),), lambda: self._read(question, candidates))
        return [float(logit) for logit in logits]

    def _read(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        begun = time.perf_counter()
        logits = np.array(self._scorer.score(question, candidates), dtype=np.float64)
        self.seconds += time.perf_counter() - begun
        self.pairs += len(candidates)
        return logits


def model_identity(name: str) -> str:
    """Hash an evidence model: its files and the code that runs it, or its name on the hub.

    Args:
        name: as `qa.evidence_model.scorer.load_scorer` takes it.
    """
    folder = WEIGHTS_FOLDER if name == BUNDLED else Path(name)
    files = sorted(Path(scorer_module.__file__).parent.glob("*.py"))
    files += sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return _hash([*digests, "" if folder.is_dir() else f"hub:{name}"])


def _hash(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _remember(path: Path, shape: tuple[int, ...], compute: Callable[[], Array]) -> Array:
    """Read the array that a file holds, or compute it and write it there.

    Raises:
        CacheError: the file is damaged, or does not hold an array of this shape.
    """
    if path.is_file():
        try:
            kept: Array = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise CacheError(f"{path} is damaged ({error}); delete it") from error
        if kept.shape != shape:
            raise CacheError(f"{path} holds {kept.shape}, expected {shape}; delete it")
        return kept
    computed = compute()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        np.save(file, computed, allow_pickle=False)
    unfinished.replace(path)
    return computed
