"""Changed files are drawn and watched while they are read; and the check itself can fail."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks import fuzz_files
from benchmarks.fuzz_files import (
    ENDINGS,
    Findings,
    Trial,
    faults_of,
    faults_of_refusal,
    lost_characters,
    main,
    resume,
    table,
)
from benchmarks.mutating import MOST_BYTES, PARTS, Mutations, laid_bare
from benchmarks.whole_files import whole_files
from corpus.document import Document, Marker, Span
from corpus.reading.articles import reader_of
from index.entries import ArticleFiles, Entry
from index.reading_process import Limits, ReadingProcess

GOOD = "Bees of the north\n\nIntroduction\n\nBees eat pollen.\n"
SOON = 1e9
"""A deadline that does not come."""


@pytest.fixture(autouse=True)
def read_here() -> None:
    """Here the process itself is tested."""


@pytest.fixture(scope="module")
def files() -> dict[str, list[bytes]]:
    return whole_files()


class Texts(Mutations):
    """In the place of changed files: some texts, one after the other."""

    def __init__(self, *texts: str) -> None:
        super().__init__({".txt": [GOOD.encode()]}, seed=1)
        self._texts = texts

    def draw(self, ending: str, number: int) -> bytes:
        return self._texts[number].encode()


# What is drawn.


def test_the_same_file_is_drawn_again_by_itself(files: dict[str, list[bytes]]) -> None:
    for ending in ENDINGS:
        drawn = [Mutations(files, 1).draw(ending, number) for number in (0, 1, 2)]
        assert Mutations(files, 1).draw(ending, 2) == drawn[2]
        assert Mutations(files, 2).draw(ending, 2) != drawn[2]
        assert len(set(drawn)) == 3


def test_no_file_grows_without_end(files: dict[str, list[bytes]]) -> None:
    sizes = [len(Mutations(files, 1).draw(".html", number)) for number in range(100)]
    assert max(map(len, files[".html"])) < max(sizes) <= MOST_BYTES


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_part_of_a_format_is_found_in_its_files(
    files: dict[str, list[bytes]], ending: str
) -> None:
    for part in PARTS[ending]:
        assert any(part.pattern.search(content) for content in files[ending]), part.pattern


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_are_whole_before_they_are_changed(
    files: dict[str, list[bytes]], ending: str
) -> None:
    path = Path(f"bees{ending}")
    assert len(files[ending]) >= 18
    for content in (files[ending][0], files[ending][1], files[ending][-1]):
        document = reader_of(path)(content, path, document_id="bees")
        assert len(document.text) > 5_000
        assert list(faults_of(document)) == []


def test_pdf_with_its_streams_unpacked_reads_the_same(files: dict[str, list[bytes]]) -> None:
    packed = files[".pdf"][1]
    bare = laid_bare(packed)
    assert b" Tf" in bare
    assert b" Tf" not in packed
    read, path = reader_of(Path("bees.pdf")), Path("bees.pdf")
    one, other = (read(content, path, document_id="bees") for content in (packed, bare))
    assert one.text == other.text


# What is found.


@pytest.fixture
def two_blocks() -> Document:
    path = Path("bees.txt")
    document = reader_of(path)(GOOD.encode(), path, document_id="bees")
    assert list(faults_of(document)) == []
    return document


def test_what_is_wrong_with_a_document_is_found(two_blocks: Document) -> None:
    marker = Marker(Span(0, 4), (99,))
    cited = replace(two_blocks, markers=(marker,))
    assert list(faults_of(cited)) == ["the citation 'Bees' has no entry [99]"]
    turned = replace(two_blocks, blocks=two_blocks.blocks[::-1])
    assert "begins before" in next(faults_of(turned))
    short = replace(two_blocks, text=two_blocks.text[:-5])
    assert "the last block ends at" in next(faults_of(short))


def test_lost_characters_are_found(two_blocks: Document) -> None:
    assert list(lost_characters(two_blocks)) == []
    shorter = replace(two_blocks, blocks=two_blocks.blocks[:-1])
    lost = len("Beeseatpollen.")
    place = GOOD.index("Bees eat")
    assert list(lost_characters(shorter)) == [
        f"{lost} characters are lost or doubled, the first at {place}"
    ]


def test_what_is_wrong_with_a_refusal_is_found() -> None:
    path = Path("/x/bees.pdf")
    assert list(faults_of_refusal(f"{path} is empty", path)) == []
    assert list(faults_of_refusal("it is empty", path)) == ["refused without its name: it is empty"]
    for reason in ("the reader failed on it (x)", "the reader crashed (x)", "that takes more than"):
        message = f"{path} cannot be read: {reason}"
        assert list(faults_of_refusal(message, path)) == [message]


def run(*texts: str, seconds: float = 20, process: ReadingProcess | None = None) -> Findings:
    found = Findings()
    Trial(Texts(*texts), ".txt", found, most_seconds=seconds).run(len(texts), SOON, process)
    return found


def test_files_are_read_or_refused_in_a_process_that_is_measured() -> None:
    found = run(GOOD, "\x00", GOOD)
    assert (found.read, found.refused, found.faults) == (2, 1, [])
    assert 10_000_000 < found.memory < 2_000_000_000


def test_crash_is_found_and_the_next_file_is_read(tmp_path: Path) -> None:
    process = ReadingProcess(worker="tests.benchmarks.crashing_reader")
    found = Findings()
    trial = Trial(Texts(GOOD, f"{GOOD} crash", GOOD), ".txt", found, keep=tmp_path / "kept")
    trial.run(3, SOON, process)
    assert (found.read, found.refused) == (2, 1)
    (fault,) = found.faults
    assert fault.startswith("1.txt: ")
    assert "the reader crashed (SIGSEGV)" in fault
    assert [path.read_text() for path in (tmp_path / "kept").iterdir()] == [f"{GOOD} crash"]


def test_file_that_takes_long_is_found() -> None:
    process = ReadingProcess(Limits(), worker="tests.benchmarks.crashing_reader")
    found = run(GOOD, f"{GOOD} work", seconds=0.9, process=process)
    (fault,) = found.faults
    assert fault.startswith("1.txt: took ")
    assert found.slowest >= 1


class Leaving(ReadingProcess):
    """Leaves another process behind."""

    left: Sequence["subprocess.Popen[bytes]"] = ()

    def read_new(self, files: ArticleFiles) -> Entry:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        self.left = self.left or [subprocess.Popen(command)]
        return super().read_new(files)


@pytest.fixture
def leaving() -> Iterator[Leaving]:
    process = Leaving()
    yield process
    for one in process.left:
        one.kill()
        one.wait()


def test_process_that_is_left_is_found(leaving: Leaving) -> None:
    found = run(GOOD, process=leaving)
    assert found.faults == [
        "0.txt: read by 2 processes",
        f"processes are left: [{leaving.left[0].pid}]",
    ]


def test_nothing_is_read_when_no_time_is_left() -> None:
    found = Findings()
    Trial(Texts(GOOD), ".txt", found).run(1, time.monotonic() - 1)
    assert found == Findings()


# The command.


@pytest.fixture
def made_once(files: dict[str, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command does not make the files again."""
    monkeypatch.setattr(fuzz_files, "whole_files", lambda: files)


@pytest.mark.usefixtures("made_once")
def test_command_goes_on_where_an_earlier_run_ended(tmp_path: Path) -> None:
    results, before = tmp_path / "results.json", set(psutil.Process().children())
    command = ["--formats", ".txt", "--json", str(results), "--files"]
    assert main([*command, "2"]) == 0
    assert resume(results, 1)[".txt"].files == 2
    assert main([*command, "3"]) == 0
    found = resume(results, 1)
    assert found[".txt"].files == 3
    assert set(psutil.Process().children()) == before
    assert resume(results, 2) == {}


@pytest.mark.usefixtures("made_once")
def test_command_fails_where_something_was_wrong(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    wrong = {"read": 1, "refused": 0, "faults": ["bad"], "slowest": 1.0, "memory": 1}
    path.write_text(json.dumps({"seed": 1, "formats": {".txt": wrong}}), encoding="utf-8")
    assert main(["--formats", ".txt", "--json", str(path), "--files", "1"]) == 1


def test_findings_are_laid_out() -> None:
    found = {
        ".txt": Findings(1, 0),
        ".xml": Findings(1_000, 234, ["a"], slowest=1.234, memory=200 * 1024**2),
    }
    lines = table(found)
    assert lines[0][:5] == ["format", "files", "read", "refused", "wrong"]
    assert lines[1:] == [
        ["xml", "1,234", "1,000", "234", "1", "1.23", "200"],
        ["txt", "1", "1", "0", "0", "0.00", "0"],
    ]
