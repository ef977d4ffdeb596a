"""How the processor time of a call grows with what it is given.

Ratios only: the same call with four times as much, which takes 4 times as long where time grows
with the size, 16 times where it grows with the square; limits lie in the middle. What is beyond
one is measured again over sixteen times as much, 16 times as long against 256: a machine whose
speed changes by half meanwhile blurs the first, hardly the second. What is short even at the
largest size does not matter.
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
TOO_LONG = 2.0
"""Seconds after which a call is stopped."""
TRIES = 9
"""How often what seems to be beyond a limit is measured again."""


class StoppedError(Exception):
    """A call was stopped since it took too long."""


@dataclass(frozen=True)
class Growth:
    """What four times as much does: ``ratio`` of the times of ``size`` and a quarter of it.

    It is the root of the ratio over sixteen times as much; infinite where a call was stopped.
    """

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


def processor_seconds(call: Callable[[], object]) -> float:
    """Measure a call; infinite if it was stopped."""
    with _without_collector():
        try:
            begun = _begun[0] = time.thread_time()
            call()
            return time.thread_time() - begun
        except StoppedError:
            return math.inf
        finally:
            _begun[0] = math.inf


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
    whole = processor_seconds(call(size))
    if whole < MEASURABLE:
        return None
    if whole < math.inf:
        ratio = whole / processor_seconds(call(size // 4))
        if ratio <= CLEARLY * limit:
            return None
    ratio = math.sqrt(_ratio(call(4 * size), call(size // 4)))
    return Growth(size, ratio) if ratio > limit else None


def _ratio(large: Callable[[], object], small: Callable[[], object]) -> float:
    """Return the ratio of the quickest of some tries, one in turn with the other."""
    of_large, of_small = math.inf, math.inf
    for _ in range(TRIES):
        of_large = min(of_large, processor_seconds(large))
        if of_large == math.inf:
            return math.inf  # stopped: it would be again
        of_small = min(of_small, processor_seconds(small))
    return of_large / of_small
