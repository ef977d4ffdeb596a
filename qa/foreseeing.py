"""One pass of the embedding model for a question, not one for each step that needs a vector.

A second short text in a batch costs a third of a pass of its own (the weights are read once), and
where many ask at once, every pass is a wait.
"""

import threading
from collections.abc import Sequence

import numpy as np

from index.encoder import Encoder, FloatMatrix


class ForeseeingEncoder:
    """An encoder that is told beforehand which texts of a question will be asked for, one by one.

    What was foreseen is kept by thread, until that thread foresees anew.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._kept = threading.local()

    def foresee(self, texts: Sequence[str]) -> None:
        """Encode texts together, for the calls of `encode` that follow in this thread."""
        once = list(dict.fromkeys(texts))
        self._kept.vectors = dict(zip(once, self._encoder.encode(once), strict=True))

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        kept: dict[str, FloatMatrix] = getattr(self._kept, "vectors", {})
        if texts and all(text in kept for text in texts):
            return np.stack([kept[text] for text in texts])
        return self._encoder.encode(texts)
