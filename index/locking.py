"""One writer at a time: the lock of a library, and who holds it.

The lock is the operating system's: it is free as soon as the process that holds it has ended,
however it ended. Readers need none.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.snapshot import LibraryError

LOCK = ".lock"
HOLDER = ".lock-holder"
LOCK_SECONDS = 120.0


class BusyError(LibraryError):
    """Another process is writing the library."""


@contextmanager
def writing(library: Path, what: str, *, wait: float | None = None) -> Iterator[None]:
    """Hold the lock of a library, whose folder is made where there is none.

    Args:
        library: its folder.
        what: the work, for whoever has to wait: "add".
        wait: how many seconds at most; `LOCK_SECONDS` where it is None.

    Raises:
        BusyError: another process holds the lock, and did so all the time.
        LibraryError: the folder cannot be written.
    """
    begun = time.monotonic()
    lock = FileLock(library / LOCK, timeout=LOCK_SECONDS if wait is None else wait)
    with as_library_error(library):
        library.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            waited = time.monotonic() - begun
            raise BusyError(
                f"{library} is being written by {describe_holder(library)}; "
                f"waited {waited:.0f} s, try again later"
            ) from error
    holder = library / HOLDER
    try:
        with as_library_error(library):
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            said = {"process": os.getpid(), "command": what, "since": since}
            holder.write_text(json.dumps(said), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):  # the lock must be free also on a disk that became read-only
            holder.unlink(missing_ok=True)
        lock.release()


def describe_holder(library: Path) -> str:
    """Say which process holds the lock, as far as it has said so itself."""
    try:
        said = json.loads((library / HOLDER).read_text(encoding="utf-8"))
        return f"process {said['process']} ({said['command']}, since {said['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


@contextmanager
def as_library_error(library: Path) -> Iterator[None]:
    """Turn an error of the operating system while writing into one with a remedy."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"the index cannot be written to {library}: {error.strerror or error}; "
            "free space or choose another folder with --library"
        ) from error
