"""Work that is cut gives what it gives whole, each part on one thread."""

import threading

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from index import side_by_side as module
from index.side_by_side import TOKENS_AT_ONCE, WORKERS, WORTH_CUTTING, cut, side_by_side


@given(st.lists(st.integers(1, 300), max_size=60))
def test_every_text_is_in_one_part_and_none_is_much_longer_than_another(lengths: list[int]) -> None:
    parts = cut(lengths)
    assert sorted(place for part in parts for place in part) == list(range(len(lengths)))
    assert all(part == sorted(part) and part for part in parts)
    loads = [sum(lengths[place] for place in part) for part in parts]
    assert not loads or max(loads) - min(loads) <= max(lengths)
    assert not loads or max(loads) <= TOKENS_AT_ONCE + max(lengths)


def test_what_is_short_is_not_cut() -> None:
    half = WORTH_CUTTING // 2
    assert cut([half - 1, half]) == [[0, 1]]
    assert len(cut([half, half])) == WORKERS
    assert cut([10 * WORTH_CUTTING]) == [[0]]
    assert cut([]) == []


@pytest.mark.parametrize("tokens", [WORTH_CUTTING, TOKENS_AT_ONCE, 10 * TOKENS_AT_ONCE])
def test_no_worker_waits_for_another(tokens: int) -> None:
    parts = cut([16] * (tokens // 16))
    assert len(parts) % WORKERS == 0
    assert len({len(part) for part in parts}) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_are_in_the_order_of_the_parts(count: int) -> None:
    assert side_by_side(lambda part: 2 * part, range(count)) == [2 * n for n in range(count)]


@pytest.mark.skipif(WORKERS < 2, reason="one processor: nothing runs side by side")
def test_parts_run_at_the_same_time_each_on_one_thread() -> None:
    together = threading.Barrier(WORKERS, timeout=30)

    def work(_: int) -> int:
        together.wait()  # breaks where the other part has not begun
        return torch.get_num_threads()

    torch.set_num_threads(2)
    assert side_by_side(work, range(WORKERS)) == [1] * WORKERS


def test_on_one_processor_nothing_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORKERS", 1)
    own = threading.current_thread()
    assert side_by_side(lambda _: threading.current_thread(), range(3)) == [own] * 3
    assert len(cut([WORTH_CUTTING, WORTH_CUTTING])) == 1


def test_what_a_part_raises_is_raised() -> None:
    def work(part: int) -> int:
        if part:
            raise ValueError(f"part {part}")
        return part

    with pytest.raises(ValueError, match="part 1"):
        side_by_side(work, range(3))
