"""Giving memory back to the system.

A question's matrices come and go by the hundred; what is kept between them (the lower halves of
candidates) leaves holes that the C library holds on to: after 200 questions, a seventh of the
process.
"""

import ctypes
from functools import lru_cache
from threading import Lock, Thread
from typing import Any

_releasing = Lock()


def release_memory() -> bool:
    """Let the C library give back what it does not use; some milliseconds.

    Returns:
        Whether it can: glibc does, others need no asking or cannot.
    """
    trim = _trim()
    if trim is None:
        return False
    trim(0)
    return True


def release_memory_soon() -> None:
    """Do the same in a thread of its own, so that nobody waits; nothing while one is at it."""
    if _releasing.acquire(blocking=False):
        Thread(target=_release, name="release-memory", daemon=True).start()


def _release() -> None:
    try:
        release_memory()
    finally:
        _releasing.release()


@lru_cache(maxsize=1)
def _trim() -> Any:  # noqa: ANN401 (a function of the C library)
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; Windows takes no None
        return None
