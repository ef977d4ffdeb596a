"""The vectors of one article, kept under a key made from the model and the embedded texts.

The same texts under the same model have the same key, whatever article they stand in and whoever
read it: a mended reader embeds again only what it reads differently.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from index.encoder import Encoder, FloatMatrix
from index.parts import PartError, read_part, write_part

VECTORS = "vectors"


@dataclass(frozen=True, slots=True)
class _Rows:
    """A matrix, row after row, as float32 in the byte order of the machine."""

    rows: int
    dimension: int
    values: bytes


def vectors_key(encoder: Encoder, texts_sha256: str) -> str:
    """Return the name under which the vectors of some texts are kept."""
    made_from = (encoder.name, encoder.weights_sha256, str(encoder.dimension), texts_sha256)
    return hashlib.sha256("\x00".join(made_from).encode()).hexdigest()


def write_vectors(library: Path, key: str, vectors: FloatMatrix) -> None:
    """Keep vectors.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    rows, dimension = vectors.shape
    record = _Rows(rows, dimension, np.ascontiguousarray(vectors).tobytes())
    write_part(library / VECTORS / key, msgspec.msgpack.encode(record))


def read_vectors(library: Path, key: str, shape: tuple[int, int]) -> FloatMatrix:
    """Return the vectors that are kept under a key.

    Raises:
        PartError: they are missing, damaged, or of another shape.
    """
    content = read_part(library / VECTORS / key)
    try:
        record = msgspec.msgpack.decode(content, type=_Rows)
        values = np.frombuffer(record.values, dtype=np.float32)
        vectors = values.reshape(record.rows, record.dimension)
    except (msgspec.DecodeError, ValueError) as error:
        raise PartError(f"{key} holds no vectors ({error})") from error
    if vectors.shape != shape:
        raise PartError(f"{key} holds {vectors.shape} vectors, not {shape}")
    return vectors
