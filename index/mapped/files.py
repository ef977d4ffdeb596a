"""Files that are mapped into memory: for what is too large to be read whenever a library is opened.

Opening compares their sizes alone. Each record in them has a checksum, which is compared whenever
the record is read, so that a damaged one is noticed and never served; `check_file` hashes a file
whole. What is mapped stays readable after its file was deleted.
"""

import hashlib
import os
import zlib
from array import array
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from index.parts import PartError
from index.snapshot import FileFacts, LibraryError


class DamagedError(LibraryError):
    """A record of an open library is not what was written; shown to the user as it is."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is damaged on the disk (its checksum differs); "
            "run: python -m index build, which makes it again"
        )


class FileWriter:
    """Writes a file piece by piece; `finish` makes sure that it would outlast a power cut.

    Args:
        path: of the file.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, content: bytes) -> None:
        """Write a piece behind the others."""
        self._file.write(content)
        self._digest.update(content)
        self._bytes += len(content)

    def finish(self) -> FileFacts:
        """Close the file."""
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        return FileFacts(self._bytes, self._digest.hexdigest())


class RecordWriter:
    """Writes records one after the other and notes where each ends and its checksum."""

    def __init__(self, path: Path) -> None:
        self._writer = FileWriter(path)
        self._ends = array("q")
        self._checks = array("I")

    def write(self, record: bytes) -> None:
        """Write a record behind the others."""
        self._writer.write(record)
        self._ends.append(len(record) + (self._ends[-1] if self._ends else 0))
        self._checks.append(zlib.crc32(record))

    def finish(self) -> FileFacts:
        """Close the file."""
        return self._writer.finish()

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each record ends."""
        return np.array(self._ends, dtype=np.int64)

    @property
    def checks(self) -> NDArray[np.uint32]:
        """CRC-32 of each record."""
        return np.array(self._checks, dtype=np.uint32)


def write_array(path: Path, values: NDArray[Any]) -> FileFacts:
    """Write an array as it lies in memory.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    writer = FileWriter(path)
    writer.write(np.ascontiguousarray(values).tobytes())
    return writer.finish()


def map_array(path: Path, facts: FileFacts, dtype: DTypeLike) -> NDArray[Any]:
    """Map a file as a one-dimensional array that cannot be written to.

    Raises:
        PartError: it is missing, cannot be read, or has another size than was written.
    """
    try:
        size = path.stat().st_size
        if size != facts.bytes:
            raise PartError(f"{path.name} has {size} bytes, not {facts.bytes}")
        if not size:
            return np.zeros(0, dtype=dtype)
        return np.asarray(np.memmap(path, dtype=dtype, mode="r"))
    except FileNotFoundError as error:
        raise PartError(f"{path.name} is missing") from error
    except (OSError, ValueError) as error:
        raise PartError(f"{path.name} cannot be read ({error})") from error


def check_file(path: Path, facts: FileFacts) -> None:
    """Hash a file whole.

    Raises:
        PartError: it is missing, cannot be read, or is not what was written.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise PartError(f"{path.name} is missing") from error
    except OSError as error:
        raise PartError(f"{path.name} cannot be read ({error.strerror})") from error
    if found != facts.sha256:
        raise PartError(f"{path.name} is damaged (sha256 differs)")


def checksums(rows: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each row of a matrix whose rows are contiguous."""
    return np.fromiter((zlib.crc32(row) for row in rows), dtype=np.uint32, count=len(rows))


class Records:
    """Pieces of bytes, one after the other in a mapped file.

    Args:
        name: of the file, for messages.
        content: all bytes, (size,) uint8.
        ends: (n,) int64, where each record ends.
        checks: (n,) uint32, its CRC-32.
    """

    def __init__(
        self,
        name: str,
        content: NDArray[np.uint8],
        ends: NDArray[np.int64],
        checks: NDArray[np.uint32],
    ) -> None:
        self._name = name
        self._content = content
        self._ends = ends
        self._checks = checks

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        """Return a record.

        Raises:
            DamagedError: it is not what was written.
        """
        start = int(self._ends[number - 1]) if number else 0
        record = self._content[start : int(self._ends[number])].tobytes()
        if zlib.crc32(record) != int(self._checks[number]):
            raise DamagedError(f"{self._name}, record {number},")
        return record
