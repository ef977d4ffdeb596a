"""How the processor time of a call grows with what it is given.

Ratios only: the same call with four times as much, which takes 4 times as long where time grows
with the size, 16 times where it grows with the square; limits lie in the middle, far from both.
What is short even at the largest size does not matter.
"""

import gc
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

MEASURABLE = 0.006
"""Seconds; what takes less is hidden in the noise, and fast."""
CLEARLY = 0.6
"""Of the limit, below which one measurement is enough."""
TOO_LONG = 1.0
"""Seconds after which a call is stopped."""


class StoppedError(Exception):
    """A call was stopped since it took too long."""


@dataclass(frozen=True)
class Growth:
    """What four times as much does: ``ratio`` of the times of ``size`` and a quarter of it."""

    size: int
    ratio: float


_begun = [math.inf]
"""When the call that is measured began."""


@contextmanager
def stopped_in_time() -> Iterator[None]:
    """Stop each call that is measured in here once it has taken too long."""

    def stop(number: int, frame: FrameType | None) -> None:
        if time.thread_time() - _begun[0] > TOO_LONG:
            _begun[0] = math.inf
            raise StoppedError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG, TOO_LONG / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def processor_seconds(call: Callable[[], object], *, tries: int) -> float:
    """Measure the quickest of some tries, as others were disturbed; infinite if it was stopped."""
    taken = []
    with _without_collector():
        for _ in range(tries):
            try:
                begun = _begun[0] = time.thread_time()
                call()
                taken.append(time.thread_time() - begun)
                _begun[0] = math.inf
            except StoppedError:
                return math.inf
    return min(taken)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no cycles meanwhile: that takes as long as there are objects of other tests."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def growth_of(
    call: Callable[[int], Callable[[], object]], *, size: int, limit: float
) -> Growth | None:
    """Measure a size and a quarter of it; None where the ratio is not beyond a limit.

    Args:
        call: makes the call for a size.
        size: the size.
        limit: the ratio that is too much; what is not clearly below is measured again.
    """
    seconds = processor_seconds(call(size), tries=1)
    if seconds == math.inf:
        return Growth(size, seconds)
    if seconds < MEASURABLE:
        return None
    ratio = 0.0
    for tries in (1, 3, 9):
        part = processor_seconds(call(size // 4), tries=tries)
        whole = processor_seconds(call(size), tries=tries)
        ratio = whole / part
        if whole < MEASURABLE or ratio <= CLEARLY * limit:
            return None
    return Growth(size, ratio) if ratio > limit else None
