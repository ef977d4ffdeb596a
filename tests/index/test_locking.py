"""One writer at a time, whoever waits learns for whom, and a dead one is not waited for."""

import subprocess
import sys
from pathlib import Path

import pytest

from index import locking
from index.locking import BusyError, as_library_error, describe_holder, writing
from index.snapshot import LibraryError
from tests.conftest import REPOSITORY

HOLD = """
import sys, time
from pathlib import Path
from index.locking import writing
with writing(Path(sys.argv[1]), "add"):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(library: Path) -> "subprocess.Popen[str]":
    """Hold the lock in a process of its own."""
    command = [sys.executable, "-c", HOLD, str(library)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_second_writer_learns_which_process_holds_the_lock_and_how_long_it_waited(
    tmp_path: Path,
) -> None:
    process = hold(tmp_path)
    try:
        message = (
            rf"{tmp_path} is being written by process {process.pid} \(add, since 20.*\); "
            r"waited 1 s, try again later"
        )
        with pytest.raises(BusyError, match=message), writing(tmp_path, "remove", wait=1):
            pass
    finally:
        process.kill()
        process.wait()


def test_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    process = hold(tmp_path)
    process.kill()
    process.wait()
    with writing(tmp_path, "add", wait=0):
        assert "(add, since " in describe_holder(tmp_path)


def test_lock_is_waited_for(tmp_path: Path) -> None:
    process = hold(tmp_path)
    process.terminate()
    with writing(tmp_path, "add", wait=60):
        pass
    process.wait()


def test_lock_in_the_same_process_excludes_too(tmp_path: Path) -> None:
    with writing(tmp_path, "add"), pytest.raises(BusyError), writing(tmp_path, "add", wait=0):
        pass


def test_default_is_to_wait_two_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locking.LOCK_SECONDS == 120
    monkeypatch.setattr(locking, "LOCK_SECONDS", 0.01)
    with writing(tmp_path, "add"), pytest.raises(BusyError), writing(tmp_path, "add"):
        pass


def test_released_lock_names_nobody(tmp_path: Path) -> None:
    with writing(tmp_path, "add"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    assert describe_holder(tmp_path) == "another process"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"process": 1}'])
def test_holder_that_says_nothing_is_another_process(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".lock-holder").write_bytes(content)
    assert describe_holder(tmp_path) == "another process"


def test_error_inside_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path, "add"):
        raise KeyError
    with writing(tmp_path, "add", wait=0):
        pass


def test_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    message = r"cannot be written to .*file/library: Not a directory; .*another folder.*--library"
    with pytest.raises(LibraryError, match=message), writing(tmp_path / "file" / "library", "add"):
        pass


def test_error_of_the_system_gets_a_remedy(tmp_path: Path) -> None:
    message = "No space left on device; free space or choose another folder with --library"
    with pytest.raises(LibraryError, match=message), as_library_error(tmp_path):
        raise OSError(28, "No space left on device")
