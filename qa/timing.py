"""How long each stage of an answer takes, for the evaluation; costs nothing where nobody asks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recording: ContextVar[dict[str, float] | None] = ContextVar("recording", default=None)


@contextmanager
def record_stages() -> Iterator[dict[str, float]]:
    """Collect the seconds of each stage that runs inside the block, by its name."""
    seconds: dict[str, float] = {}
    token = _recording.set(seconds)
    try:
        yield seconds
    finally:
        _recording.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of the block towards a stage; stages must not be nested."""
    seconds = _recording.get()
    if seconds is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
