"""How the processor time of a call grows with what it is given.

Ratios only: the same call with twice as much. What is short even at the largest size does not
matter.
"""

import math
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

MEASURABLE = 0.006
"""Seconds; what takes less is hidden in the noise, and fast."""
TOO_LONG = 1.0
"""Seconds after which a call is stopped."""


class StoppedError(Exception):
    """A call was stopped since it took too long."""


@dataclass(frozen=True)
class Growth:
    """What doubling does: ``ratio`` of the times of ``size`` and half of it."""

    size: int
    ratio: float


_begun = [math.inf]
"""When the call that is measured began."""


@contextmanager
def stopped_in_time() -> Iterator[None]:
    """Stop each call that is measured in here once it has taken too long."""

    def stop(number: int, frame: FrameType | None) -> None:
        if time.process_time() - _begun[0] > TOO_LONG:
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
    """Measure the middle one of some tries; infinite where it was stopped."""
    taken = []
    for _ in range(tries):
        try:
            begun = _begun[0] = time.process_time()
            call()
            taken.append(time.process_time() - begun)
            _begun[0] = math.inf
        except StoppedError:
            return math.inf
    return statistics.median(taken)


def growth_of(
    call: Callable[[int], Callable[[], object]], *, size: int, limit: float
) -> Growth | None:
    """Measure a size and half of it; None where the ratio is not beyond a limit.

    Args:
        call: makes the call for a size.
        size: the size.
        limit: the ratio that is too much; one beyond it is measured again before it counts.
    """
    seconds = processor_seconds(call(size), tries=1)
    if seconds == math.inf:
        return Growth(size, seconds)
    if seconds < MEASURABLE:
        return None
    ratio = 0.0
    for tries in (1, 3, 9):
        half = processor_seconds(call(size // 2), tries=tries)
        whole = processor_seconds(call(size), tries=tries)
        ratio = whole / half if half > 0 else 0.0
        if ratio <= limit or whole < MEASURABLE:
            return None
    return Growth(size, ratio)
