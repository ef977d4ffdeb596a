"""Memory is given back where the C library can, and after some answers."""

import ctypes
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event, current_thread

import pytest

from qa import assistant as assistant_module
from qa import memory
from qa.assistant import RELEASE_EVERY, Assistant
from qa.memory import release_memory, release_memory_soon

HOLES = 4_000
HOLE = 64 * 1024
"""Bytes; below what the C library asks the system for one by one."""
REPOSITORY = Path(__file__).parents[2]
LEAVE_HOLES = f"""
import ctypes, psutil
from qa.memory import release_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
taken = [(libc.malloc({HOLE}), libc.malloc(64)) for _ in range({HOLES})]
for hole, _ in taken:
    ctypes.memset(hole, 1, {HOLE})
for hole, _ in taken:
    libc.free(hole)
before = psutil.Process().memory_info().rss
assert release_memory()
print(before, psutil.Process().memory_info().rss)
"""  # in a process of its own: a used one puts the small pieces elsewhere


@pytest.fixture
def forget() -> Iterator[None]:
    memory._trim.cache_clear()
    yield
    memory._trim.cache_clear()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_memory_between_what_is_kept_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVE_HOLES], capture_output=True, text=True, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert before - after > 0.5 * HOLES * HOLE


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch, forget: None) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert not release_memory()


def test_memory_is_released_after_some_answers(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[int] = []
    asked = 0
    monkeypatch.setattr(assistant_module, "release_memory_soon", lambda: released.append(asked))
    fresh = Assistant(assistant.library, weights=assistant.stages.weights)
    for _ in range(2 * RELEASE_EVERY + 1):
        asked += 1
        fresh.ask("What is microchimerism?")
    assert released == [RELEASE_EVERY, 2 * RELEASE_EVERY]


def test_nobody_waits_and_one_releases_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    gate, done = Event(), Event()

    def slowly() -> bool:
        begun.append(current_thread().name)
        assert gate.wait(timeout=10)
        done.set()
        return True

    monkeypatch.setattr(memory, "release_memory", slowly)
    for _ in range(3):
        release_memory_soon()
    gate.set()
    assert done.wait(timeout=10)
    assert begun == ["release-memory"]
    with memory._releasing:  # free again, soon
        pass


def test_a_release_that_fails_does_not_keep_others_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def fail() -> bool:
        raise OSError("no such function")

    monkeypatch.setattr(memory, "release_memory", fail)
    release_memory_soon()
    assert memory._releasing.acquire(timeout=10)
    memory._releasing.release()
