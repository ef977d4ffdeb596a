"""What large libraries are made of: real sentences, a word of each changed, and their vectors.

Ten thousand articles would take a model hours. The distinct real sentences are embedded, and so are
some hundred of them with a word changed; how the vector moved then is kept as a shift. The vector
of a changed sentence is that of the real one moved by two of these shifts (divided by √2, so that
it moves as far as one). Random vectors would mislead: they have no near neighbours at all.
"""

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, FloatMatrix

SHIFTS = 600
KEPT_WORDS = 3
"""Words at the beginning of a sentence that are never changed; by them its origin is found."""
_CHANGEABLE = re.compile(r"[a-z]{5,}")


class Varier:
    """Changes one word of a sentence to another word of the same sentences.

    Args:
        sentences: to take words from.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        words = {word for sentence in sentences for word in _CHANGEABLE.findall(sentence)}
        self._words = sorted(words)

    def vary(self, sentence: str, draw: random.Random) -> str:
        """Return the sentence with one word changed, as it is where no word may be."""
        words = sentence.split()
        places = [
            place
            for place, word in enumerate(words)
            if place >= KEPT_WORDS and _CHANGEABLE.fullmatch(word)
        ]
        if places:
            words[draw.choice(places)] = draw.choice(self._words)
        return " ".join(words)


class DerivingEncoder:
    """Derives the vectors of changed sentences, and asks a model for all others.

    Args:
        encoder: the model.
        sentences: the real ones, each once.
        seed: of the changes that are measured.

    Attributes:
        vectors: (n, dimension) of the real sentences.
        shifts: (m, dimension), how vectors moved when a word was changed.
        asked: texts that the model was asked for.
    """

    def __init__(self, encoder: Encoder, sentences: Sequence[str], *, seed: int = 1) -> None:
        self.name = f"{encoder.name}, derived"
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self.asked = 0
        self._encoder = encoder
        self._sentences = list(dict.fromkeys(sentences))
        self.vectors = encoder.encode(self._sentences)
        self.shifts = self._measure(seed)
        self._rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, sentence in enumerate(self._sentences):
            self._rows[_beginning(sentence)].append(row)

    def _measure(self, seed: int) -> FloatMatrix:
        draw, varier = random.Random(seed), Varier(self._sentences)
        count = len(self._sentences)
        rows = [draw.randrange(count) for _ in range(SHIFTS)]
        changed = [varier.vary(self._sentences[row], draw) for row in rows]
        return np.asarray(self._encoder.encode(changed) - self.vectors[rows], dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        origins = [self._origin(text) for text in texts]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        derived = [place for place, row in enumerate(origins) if row is not None]
        seeds = np.array([zlib.crc32(texts[place].encode()) for place in derived], dtype=np.int64)
        rows = np.array([origins[place] for place in derived], dtype=np.int64)
        if derived:
            vectors[derived] = self.move(rows, seeds)
        others = [place for place, row in enumerate(origins) if row is None]
        if others:
            self.asked += len(others)
            vectors[others] = self._encoder.encode([texts[place] for place in others])
        return vectors

    def move(self, rows: NDArray[np.int64], seeds: NDArray[np.int64]) -> FloatMatrix:
        """Return vectors of changed sentences.

        Args:
            rows: of the real sentences.
            seeds: say which shifts are taken.
        """
        count = len(self.shifts)
        one, other = self.shifts[seeds % count], self.shifts[seeds // count % count]
        moved = self.vectors[rows] + (one + other) / np.float32(np.sqrt(2))
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)

    def _origin(self, text: str) -> int | None:
        """Find of which real sentence most words are in a text; None where half of them are not."""
        words = set(text.split())
        shared = {
            row: len(words & set(self._sentences[row].split())) for row in self._rows_of(text)
        }
        best = max(shared, key=shared.__getitem__, default=None)
        return best if best is not None and 2 * shared[best] >= len(words) else None

    def _rows_of(self, text: str) -> list[int]:
        return self._rows.get(_beginning(text), [])


def _beginning(text: str) -> tuple[str, ...]:
    return tuple(text.split()[:KEPT_WORDS])
