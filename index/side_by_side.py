"""Passes of a network side by side, each on one thread.

Threads that share a matrix product wait for each other at the end of every product; passes of their
own wait once (see docs/decisions.md). What a text gives then comes from one thread always, however
the work is cut.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from heapq import heapify, heapreplace
from typing import TypeVar

import torch

WORKERS = min(2, os.cpu_count() or 1)
"""Passes at once; more gain nothing where a question is read, and slow the rest of the machine."""
TOKENS_AT_ONCE = 1024
"""In one pass. From some 64 rows on a product is about as fast as it gets; the states of so many
tokens stay in the processor's cache."""
WORTH_CUTTING = 128
"""Tokens; what is shorter is done before another thread has begun."""

Part = TypeVar("Part")
Text = TypeVar("Text")
Result = TypeVar("Result")


def in_parts(
    work: Callable[[Sequence[Text]], Sequence[Result]],
    texts: Sequence[Text],
    lengths: Sequence[int],
) -> list[Result]:
    """Do some work on texts, cut into parts that run side by side.

    Args:
        work: gives a result for each text of a part, in their order; see `side_by_side`.
        texts: of any form.
        lengths: of each, in tokens.

    Returns:
        The results, in the order of the texts.
    """
    parts = cut(lengths)
    found: dict[int, Result] = {}
    of_parts = [[texts[place] for place in part] for part in parts]
    for part, results in zip(parts, side_by_side(work, of_parts), strict=True):
        found.update(zip(part, results, strict=True))
    return [found[place] for place in range(len(texts))]


def side_by_side(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Do some work on each part, `WORKERS` of them at once, each on one thread of torch.

    Args:
        work: is called in other threads, so gradients are on in it, unless it turns them off.
        parts: of about the same size.

    Returns:
        The results, in the order of the parts.

    Raises:
        Exception: what the work raises, of the first part for which it does.
    """
    alone = partial(_on_one_thread, work)
    if len(parts) < 2 or WORKERS < 2:
        return [alone(part) for part in parts]
    return list(_workers().map(alone, parts))


def cut(lengths: Sequence[int]) -> list[list[int]]:
    """Cut texts into parts of about equal size for `side_by_side`.

    The longest first, each to the part that is the shortest so far (Graham 1969).

    Args:
        lengths: of the texts, in tokens.

    Returns:
        Positions of the texts of each part, ascending; no part is empty. Of more than
        `TOKENS_AT_ONCE` tokens is only a part of one text, or one that texts of very different
        lengths leave a little over it.
    """
    total = sum(lengths)
    wanted = -(-total // TOKENS_AT_ONCE)
    if total >= WORTH_CUTTING:
        wanted = -(-wanted // WORKERS) * WORKERS
    parts: list[list[int]] = [[] for _ in range(min(max(wanted, 1), len(lengths)))]
    load = [(0, part) for part in range(len(parts))]
    heapify(load)
    for place in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        tokens, part = load[0]
        parts[part].append(place)
        heapreplace(load, (tokens + lengths[place], part))
    return [sorted(part) for part in parts]


def _on_one_thread(work: Callable[[Part], Result], part: Part) -> Result:
    torch.set_num_threads(1)  # of this thread; a new one begins with as many as were last set
    return work(part)


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="passes")
