"""What turns texts into vectors: the default model run directly, any other by its own library.

sentence-transformers takes seconds to import and a quarter of a gigabyte; the default model does
without it, and gives the same vectors up to rounding.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from index.bert import Bert
from index.encoder import FloatMatrix
from index.packed import pack
from index.side_by_side import WORKERS, in_parts
from index.wordpieces import WordPieces

MAX_TOKENS = 256
"""Of the default model; it was not trained on longer texts."""
BATCH_SIZE = 32
"""Texts in a batch of any other model."""
FEW_TEXTS = 3
"""Up to so many any other model runs on one thread: a second one gains nothing on so small a
matrix, and where another process is busy it waits for it (see docs/decisions.md)."""


class MeanPooledBert:
    """A BERT model whose vector of a text is the mean of its tokens' last states.

    Args:
        folder: with config, weights and tokenizer.
        dtype: in which it is computed.

    Raises:
        OSError, ValueError, KeyError, SafetensorError: a file cannot be read or does not fit.
    """

    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        self._network = Bert.from_folder(folder, dtype=dtype, shared=True).eval()
        pack(self._network)
        self._tokenizer = WordPieces(folder, max_tokens=MAX_TOKENS)
        self.dimension = self._network.config.hidden_size

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, in the order of ``texts``; rows of any length."""
        tokens = self._tokenizer.encode_all(texts)
        return np.stack(in_parts(self._mean_states, tokens, [len(text) for text in tokens]))

    def _mean_states(self, tokens: Sequence[Sequence[int]]) -> list[FloatMatrix]:
        with torch.inference_mode():
            return [states.float().mean(0).numpy() for states in self._network(tokens)]


class LibraryModel:
    """A model of sentence-transformers, by its folder or its name on the hub.

    Raises:
        Exception: whatever the library raises, from OSError to RuntimeError.
    """

    def __init__(self, name: str, dtype: torch.dtype) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # not typed
        options: dict[str, Any] = {"dtype": dtype, "use_safetensors": True}
        self._model = SentenceTransformer(
            name, device="cpu", local_files_only=Path(name).is_dir(), model_kwargs=options
        )
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, in the order of ``texts``; rows of any length."""
        torch.set_num_threads(WORKERS if len(texts) > FEW_TEXTS else 1)
        found = self._model.encode(
            list(texts), batch_size=BATCH_SIZE, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(found, dtype=np.float32)
