"""A model for workers: by hand, slow, and it says in which process it runs."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from index.encoder import FloatMatrix
from tests.conftest import KeywordEncoder

SECONDS = 0.5


class SlowEncoder(KeywordEncoder):
    """Leaves a file named after its process in a folder whenever it begins to embed."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = Path(folder)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        (self._folder / str(os.getpid())).touch()
        time.sleep(SECONDS)
        return super().encode(texts)
