"""Files that are written whole and checked when they are read.

A part is kept under a name made from what it was made from, and begins with a hash over its name
and its content: one that is torn, damaged or in another's place is never taken for whole.
"""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

DIGEST_BYTES = 32


class PartError(Exception):
    """A part is missing or damaged; it must be made again."""


def write_part(path: Path, content: bytes) -> None:
    """Write a part; the file is there whole or not at all, also when the machine stops.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, _digest(path, content) + content)


def read_part(path: Path) -> bytes:
    """Return what `write_part` wrote.

    Raises:
        PartError: the file is missing, cannot be read, or is not what was written.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise PartError(f"{path.name} is missing") from error
    except OSError as error:
        raise PartError(f"{path.name} cannot be read ({error.strerror})") from error
    content = raw[DIGEST_BYTES:]
    if raw[:DIGEST_BYTES] != _digest(path, content):
        raise PartError(f"{path.name} is damaged (sha256 differs)")
    return content


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another at once: a reader finds the old one or the new one."""
    temporary = path.with_name(f".writing-{uuid4().hex}")
    try:
        temporary.write_bytes(content)
        _sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Make sure that a folder and all that is in it would outlast a power cut."""
    for path in [folder, *folder.rglob("*")]:
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path, content: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + b"\x00" + content).digest()
