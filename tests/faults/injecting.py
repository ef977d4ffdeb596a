"""Disks that fail: at a chosen change below a folder, or beyond a chosen size of a file."""

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PUTS = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate"}
TAKES = {"os.remove", "os.rmdir"}


@dataclass
class Disk:
    """Counts the changes below a folder, and fails them from one on.

    Attributes:
        folder: what lies elsewhere does not count.
        failing_from: number of the first change that fails; None for a disk that is well.
        code: the `errno` of its error.
        changes: how many were tried.
    """

    folder: Path
    failing_from: int | None
    code: int
    changes: int = 0

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count a change; the error of one that fails is the system's own."""
        is_change = event in PUTS or event in TAKES
        if event == "open":
            is_change = bool(int(str(arguments[2] or 0)) & WRITES)
        if not is_change or not self._holds(arguments[0]):
            return
        if event in TAKES and self.code != errno.EROFS:
            return  # a full disk lets go of what it has
        self.changes += 1
        if self.failing_from is not None and self.changes > self.failing_from:
            raise OSError(self.code, os.strerror(self.code), str(arguments[0]))

    def _holds(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and Path(path).is_relative_to(self.folder)


_disks: list[Disk] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    for disk in _disks:
        disk.note(event, arguments)


_is_watching = False


@contextmanager
def disk(folder: Path, *, failing_from: int | None, code: int) -> Iterator[Disk]:
    """Let the changes below a folder fail from one on, and count them."""
    global _is_watching
    if not _is_watching:  # a hook cannot be taken away again
        sys.addaudithook(_audit)
        _is_watching = True
    one = Disk(folder, failing_from, code)
    _disks.append(one)
    try:
        yield one
    finally:
        _disks.remove(one)


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Let no file grow beyond a size in bytes: what is written is torn there, with an error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
