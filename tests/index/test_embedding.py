"""Embedding on workers: complete and the same whatever happens to a worker; restartable."""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from corpus.document import CorpusError
from index import embedding
from index.embedding import embed_corpus, plan_shards
from index.incoming import Candidate
from index.shards import ShardManifest, Shards, read_shard_manifest
from index.snapshot import LibraryError
from index.updating import Progress, encoder_facts
from tests.conftest import KeywordEncoder
from tests.index.conftest import BEES, write_article
from tests.index.slow_encoder import SlowEncoder

RAY_MISSING = "ray or pyarrow is not installed (requirements-scale.txt)"
ARTICLES = 12
OF_A_SHARD = 3


def write_corpus(folder: Path) -> Path:
    for number in range(ARTICLES):
        write_article(folder, f"bees-{number:02}", BEES.replace("pollen", f"pollen and {number}"))
    (folder / "empty.txt").write_text("", encoding="utf-8")
    return folder


# Plans, without Ray.


def test_a_shard_is_named_after_its_files_and_the_program(
    tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    candidates = [Candidate(corpus / f"bees-{n:02}", f"bees-{n:02}") for n in range(4)]
    facts = encoder_facts(keyword_encoder)

    def names(made_with: KeywordEncoder | None = None) -> list[str]:
        known = facts if made_with is None else encoder_facts(made_with)
        return [plan.name for plan in plan_shards(candidates, known, 2)]

    first = names()
    assert len(set(first)) == 2
    assert names() == first
    assert not set(names(KeywordEncoder("other"))) & set(first)
    (corpus / "bees-00" / "source.txt").write_text("Bees\n\nText\n\nNew.\n", encoding="utf-8")
    assert [one == other for one, other in zip(names(), first, strict=True)] == [False, True]


def test_without_ray_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    corpus = write_corpus(tmp_path / "corpus")
    with pytest.raises(LibraryError, match=r"pip install -r requirements-scale\.txt"):
        embed_corpus([corpus], tmp_path / "out", KeywordEncoder)


def in_this_process(
    plans: list[embedding.Plan], out: Path, make_encoder: object, **_: object
) -> list[str]:
    made = [embedding.make_shard(plan, out, KeywordEncoder()) for plan in plans]
    return [report.name for report in made]


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow", reason=RAY_MISSING)
    monkeypatch.setattr(embedding, "_run", in_this_process)


@pytest.mark.usefixtures("without_ray")
def test_of_two_files_with_one_id_the_first_is_taken(tmp_path: Path) -> None:
    write_article(tmp_path / "a", "bees", BEES)
    write_article(tmp_path / "b", "bees", BEES)
    paths = [tmp_path / "a", tmp_path / "b"]
    manifest = embed_corpus(paths, tmp_path / "out", KeywordEncoder)
    assert [report.articles for report in manifest.shards] == [("bees",)]
    assert "rename one of the two" in manifest.refused[0].reason


@pytest.mark.usefixtures("without_ray")
def test_where_nothing_can_be_read_the_reasons_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    with pytest.raises(LibraryError, match=r"no article could be embedded: .*empty\.txt"):
        embed_corpus([tmp_path / "empty.txt"], tmp_path / "out", KeywordEncoder)


@pytest.mark.usefixtures("without_ray")
def test_only_changed_shards_are_made_again(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    outcomes: list[str] = []

    def again() -> list[str]:
        outcomes.clear()
        embed_corpus(
            [corpus],
            tmp_path / "out",
            KeywordEncoder,
            shard_articles=OF_A_SHARD,
            on_progress=lambda progress: outcomes.append(progress.outcome),
        )
        return outcomes

    assert again() == ["embedded"] * 5
    assert again() == ["unchanged"] * 5
    (corpus / "bees-11" / "source.txt").write_text(BEES, encoding="utf-8")
    assert again() == ["unchanged"] * 4 + ["embedded"]
    torn = read_shard_manifest(tmp_path / "out").shards[1].name
    (tmp_path / "out" / torn).write_bytes(b"torn")
    assert again() == ["unchanged"] * 4 + ["embedded"]


@pytest.mark.usefixtures("without_ray")
def test_one_article_that_breaks_the_reader_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    read = embedding.read_candidate

    def break_one(candidate: Candidate) -> object:
        if candidate.id == "bees-05":
            raise CorpusError("bees-05 is strange")
        return read(candidate)

    monkeypatch.setattr(embedding, "read_candidate", break_one)
    manifest = embed_corpus([corpus], tmp_path / "out", KeywordEncoder, shard_articles=OF_A_SHARD)
    assert [one.reason for one in manifest.refused if "strange" in one.reason]
    assert sum(len(report.articles) for report in manifest.shards) == ARTICLES - 1


# On Ray.


@dataclass(frozen=True)
class Run:
    """What a run left, and in which processes its workers were."""

    manifest: ShardManifest
    out: Path
    processes: set[int]


def run_on_ray(corpus: Path, folder: Path, *, kill: bool) -> Run:
    """Embed with two workers; with ``kill`` the first one to begin is killed at once."""
    pids = folder / "pids"
    pids.mkdir(parents=True)
    told: list[Progress] = []
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            embed_corpus,
            [corpus],
            folder / "out",
            partial(SlowEncoder, str(pids)),
            workers=2,
            shard_articles=OF_A_SHARD,
            on_progress=told.append,
        )
        while kill and not any(pids.iterdir()):
            assert not running.done()
            time.sleep(0.05)
        if kill:
            os.kill(int(next(pids.iterdir()).name), signal.SIGKILL)
        manifest = running.result()
    assert [progress.outcome for progress in told] == ["embedded"] * 5
    return Run(manifest, folder / "out", {int(path.name) for path in pids.iterdir()})


@pytest.mark.timeout(900)
def test_a_killed_worker_loses_nothing(tmp_path: Path, keyword_encoder: KeywordEncoder) -> None:
    pytest.importorskip("ray", reason=RAY_MISSING)
    pytest.importorskip("pyarrow", reason=RAY_MISSING)
    corpus = write_corpus(tmp_path / "corpus")
    calm = run_on_ray(corpus, tmp_path / "calm", kill=False)
    killed = run_on_ray(corpus, tmp_path / "killed", kill=True)

    assert os.getpid() not in calm.processes | killed.processes
    assert len(calm.processes) == 2
    assert len(killed.processes) == 3  # another one took the place of the one that was killed
    assert read_shard_manifest(killed.out) == killed.manifest
    assert killed.manifest == calm.manifest
    names = [name for report in killed.manifest.shards for name in report.articles]
    assert names == [f"bees-{number:02}" for number in range(ARTICLES)]
    assert ["empty.txt" in one.reason for one in killed.manifest.refused] == [True]
    for one, other in zip(
        Shards(calm.out, keyword_encoder), Shards(killed.out, keyword_encoder), strict=True
    ):
        assert one.entry == other.entry
        assert np.array_equal(one.vectors, other.vectors)
