"""Killed at random moments a library is whole, and readers go on reading while another writes.

Real processes, a model that takes no time; the long form is `python -m benchmarks.killed`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.killed import Trial
from benchmarks.synthetic import WordEncoder, write_articles
from index import opening
from index.checking import check_library
from index.entries import PROGRAM
from index.library import Library
from index.store import build_index, list_articles, remove_articles

SENTENCES = ["Milk holds cells.", "Cells reach the brain.", "Bees eat pollen.", "Wax is soft (1)."]
ROUNDS = 4


def test_adding_that_is_killed_leaves_a_whole_library_and_can_be_completed(
    tmp_path: Path,
) -> None:
    trial = Trial(tmp_path, WordEncoder(), None, seed=3)
    trial.prepare(12, 10, SENTENCES)
    finished = []
    for _ in range(ROUNDS):
        moved_in, faults = trial.run()
        finished += moved_in
        assert faults == []
    assert trial.kills >= ROUNDS


def start_adding(library: Path, incoming: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.killed", "--add", str(library), str(incoming)]
    return subprocess.Popen(command, cwd=PROGRAM, stdout=subprocess.PIPE, text=True)


def test_reader_gets_the_old_state_or_the_new_one_while_another_process_writes(
    tmp_path: Path,
) -> None:
    library, incoming = tmp_path / "library", tmp_path / "incoming"
    write_articles(incoming, SENTENCES, count=12, length=10)
    new = sorted(path.stem for path in incoming.iterdir())
    build_index(library, encoder=WordEncoder())
    running = Library.open(library, encoder=WordEncoder())
    process = start_adding(library, incoming)
    seen = []
    while process.poll() is None:
        opened = Library.open(library, encoder=WordEncoder())
        assert opened.search("stem cells in milk")
        assert all(document.text for document in opened.documents.values())
        seen.append(tuple(opened.documents))
    assert process.returncode == 0
    assert set(seen) <= {("kersin-2021",), ("kersin-2021", *new)}
    assert ("kersin-2021",) in seen
    assert tuple(running.documents) == ("kersin-2021",)
    assert tuple(running.reload_if_changed().documents) == ("kersin-2021", *new)


def test_of_two_writers_one_waits_and_both_succeed(tmp_path: Path) -> None:
    library = tmp_path / "library"
    for seed in (1, 2):
        write_articles(tmp_path / str(seed), SENTENCES, count=4, length=10, seed=seed)
    build_index(library, encoder=WordEncoder())
    processes = [start_adding(library, tmp_path / str(seed)) for seed in (1, 2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert len(list_articles(library)) == 9
    assert check_library(library).problems == check_library(library).waiting == ()


def test_state_that_is_replaced_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_first(folder: Path, key: str, shape: tuple[int, int]) -> object:
        monkeypatch.setattr(opening, "read_vectors", read_vectors)
        remove_articles(folder, ["synthetic-1-00000"])
        return read_vectors(folder, key, shape)

    library, incoming = tmp_path / "library", tmp_path / "incoming"
    write_articles(incoming, SENTENCES, count=2, length=10)
    process = start_adding(library, incoming)
    assert process.wait() == 0
    read_vectors = opening.read_vectors
    monkeypatch.setattr(opening, "read_vectors", remove_first)
    state = opening.load_state(library, WordEncoder())
    assert list(state.documents) == ["kersin-2021", "synthetic-1-00001"]
