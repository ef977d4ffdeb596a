"""Feedback that cannot be written is said to be lost, and no other verdict is lost with it."""

import json
from pathlib import Path

import pytest

from qa.web.feedback import FeedbackError, append_verdict, read_verdict
from qa.web.turns import Turn
from tests.faults.injecting import files_end_at
from tests.web.fakes import FakeAssistant

UP = read_verdict(1, "Q1", "up", "fits")


@pytest.fixture
def turns() -> tuple[Turn, ...]:
    return (Turn("first?", FakeAssistant().ask("first?")),)


def unwritable_files(folder: Path) -> dict[str, Path]:
    """Places at which nothing can be appended, whoever tries it."""
    (folder / "a-folder").mkdir()
    (folder / "a-file").touch()
    return {
        "full disk": Path("/dev/full"),
        "folder": folder / "a-folder",
        "no folder": folder / "none" / "feedback.jsonl",
        "below a file": folder / "a-file" / "feedback.jsonl",
    }


@pytest.mark.parametrize("kind", ["full disk", "folder", "no folder", "below a file"])
def test_verdict_that_cannot_be_written_is_an_error_that_names_the_file(
    tmp_path: Path, turns: tuple[Turn, ...], kind: str
) -> None:
    file = unwritable_files(tmp_path)[kind]
    with pytest.raises(FeedbackError, match=f"could not be saved: {file} cannot be written"):
        append_verdict(file, UP, turns)


def test_line_that_was_torn_by_a_full_disk_does_not_take_the_next_one_with_it(
    tmp_path: Path, turns: tuple[Turn, ...]
) -> None:
    file = tmp_path / "feedback.jsonl"
    append_verdict(file, UP, turns)
    size = file.stat().st_size
    with files_end_at(size + 50), pytest.raises(FeedbackError):
        append_verdict(file, UP, turns)
    append_verdict(file, UP, turns)

    first, torn, last = file.read_bytes().splitlines()
    assert len(torn) == 50
    assert [json.loads(line)["reason"] for line in (first, last)] == ["fits", "fits"]
    assert file.read_bytes().endswith(b"\n")
