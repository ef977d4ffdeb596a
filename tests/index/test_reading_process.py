"""Articles read in a process of its own: the same as here, and no file harms this one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from corpus.document import CorpusError
from index.entries import ArticleFiles, find_files, read_new
from index.reading_process import Limits, ReadingProcess
from index.reading_worker import Job, send

MISBEHAVING = "tests.index.misbehaving_reader"
LIMITS = Limits(seconds=1, patience=200)
TEXT = "Milk and cells\n\nBackground\n\nMilk holds cells of the mother. Bone is hard.\n"


@pytest.fixture(autouse=True)
def read_here() -> None:
    """Here the process itself is tested."""


def article(top: Path, name: str) -> ArticleFiles:
    folder = top / name
    folder.mkdir()
    (folder / "article.toml").write_text('title = "Milk"\n', encoding="utf-8")
    (folder / "source.txt").write_text(TEXT, encoding="utf-8")
    return find_files(folder)


@pytest.fixture(scope="module")
def reading() -> Iterator[ReadingProcess]:
    with ReadingProcess(LIMITS, worker=MISBEHAVING) as process:
        yield process


def test_an_article_reads_as_it_does_here(tmp_path: Path) -> None:
    files = [article(tmp_path, "milk"), article(tmp_path, "more")]
    with ReadingProcess() as reading:
        assert [reading.read_new(one) for one in files] == [read_new(one) for one in files]


def test_a_reason_comes_back(reading: ReadingProcess, tmp_path: Path) -> None:
    files = article(tmp_path, "milk")
    files.source.write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"source\.txt holds no text; is it the right file\?"):
        reading.read_new(files)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("computes", "that takes longer than 1 s on a processor; is it damaged?"),
        ("crashes", "the reader crashed (SIGSEGV); is it damaged?"),
        ("leaves", "the reader ended (exit code 3); is it damaged?"),
        ("eats", "that takes more than 2048 MB of memory; is it damaged?"),
        ("lies", "the reader's answer makes no sense"),
        ("boasts", "what was read has 1152921504606846976 bytes; at most 500000000 are taken"),
    ],
)
def test_a_file_that_harms_its_reader_is_refused_and_the_next_one_is_read(
    reading: ReadingProcess, tmp_path: Path, name: str, reason: str
) -> None:
    bad, good = article(tmp_path, name), article(tmp_path, "milk")
    with pytest.raises(CorpusError) as error:
        reading.read_new(bad)
    assert str(error.value).startswith(f"{bad.source} cannot be read: {reason}")
    assert reading.read_new(good).facts.title == "Milk"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("source.txt", f"{TEXT}\n" + "- a\n" * 2_000_000),
        ("source.xml", f"<article><body>{'<p>a</p>' * 2_400_000}</body></article>"),
    ],
    ids=["text", "XML"],
)
def test_a_file_that_needs_too_much_memory_is_refused_and_takes_none_here(
    tmp_path: Path, name: str, content: str
) -> None:
    bad, good = article(tmp_path, "bad").folder, article(tmp_path, "milk")
    (bad / "article.toml").write_text(f'title = "Milk"\n[source]\nfile = "{name}"\n', "utf-8")
    (bad / name).write_text(content, encoding="utf-8")
    files, memory = find_files(bad), psutil.Process().memory_info
    with ReadingProcess(Limits(memory=450 * 1024**2)) as reading:
        before = memory().rss
        with pytest.raises(CorpusError, match="takes more than 450 MB of memory; is it damaged"):
            reading.read_new(files)
        assert memory().rss - before < 50 * 1024**2
        assert reading.read_new(good).facts.title == "Milk"


def test_a_file_at_which_the_reader_waits_for_ever_is_refused(tmp_path: Path) -> None:
    bad = article(tmp_path, "hangs")
    with (
        ReadingProcess(Limits(patience=3), worker=MISBEHAVING) as reading,
        pytest.raises(CorpusError, match=r"that takes longer than 3 s; is it damaged\?"),
    ):
        reading.read_new(bad)


def test_the_reader_does_not_see_secrets(
    reading: ReadingProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIC_MILVUS_TOKEN", "secret")
    files = article(tmp_path, "tells")
    with ReadingProcess(worker=MISBEHAVING) as fresh, pytest.raises(CorpusError) as error:
        fresh.read_new(files)
    assert "PATH" in str(error.value)
    assert "SIC_MILVUS_TOKEN" not in str(error.value)


def test_a_reader_that_does_not_start_is_named(tmp_path: Path) -> None:
    files = article(tmp_path, "milk")
    with (
        ReadingProcess(worker="tests.no_such_module") as process,
        pytest.raises(CorpusError, match=r"the reader did not start: it ended \(exit code 1\)"),
    ):
        process.read_new(files)


def test_no_process_is_left(tmp_path: Path) -> None:
    before = _children()
    with ReadingProcess() as reading:
        reading.read_new(article(tmp_path, "milk"))
        (started,) = _children() - before
    assert not Path(f"/proc/{started}").exists()


def test_the_reader_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from index.entries import find_files\nfrom index.reading_process import ReadingProcess\n"
        "reading = ReadingProcess()\nreading.read_new(find_files(Path(sys.argv[1])))\n"
        "print(reading._running[0].pid, flush=True)\ntime.sleep(60)\n"
    )
    folder = article(tmp_path, "milk").folder
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        reader = int(owner.stdout.readline())
        owner.kill()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{reader}/cmdline").exists() and time.monotonic() < deadline:
        if not Path(f"/proc/{reader}/cmdline").read_bytes():
            break  # ended; nobody has asked for its fate yet
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{reader}").exists()


def _children() -> set[int]:
    listing = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(child) for child in listing.split()}


def test_reader_ends_without_a_word_when_whoever_asked_was_stopped(tmp_path: Path) -> None:
    (tmp_path / "bees.txt").write_text("Bees\n\nIntroduction\n\nBees forage.\n", encoding="utf-8")
    files = ArticleFiles("bees", tmp_path, tmp_path / "bees.txt", "", "key")
    mine, its = socket.socketpair()
    worker = subprocess.Popen(
        [sys.executable, "-m", "index.reading_worker"], stdin=its, stderr=subprocess.PIPE
    )
    its.close()
    send(mine, Job(files, seconds=60, memory=1 << 31))
    mine.close()
    assert worker.communicate(timeout=60)[1] == b""
