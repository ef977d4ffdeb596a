"""`python -m index` with an index on Milvus, and from shards: prints, exit codes, what is left."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from index.__main__ import main
from index.embedding import Plan, make_shard
from index.milvus import MilvusLibrary
from index.shards import ShardManifest, without_articles, write_shard_manifest
from index.store import build_index, list_articles
from index.updating import encoder_facts
from tests.conftest import REPOSITORY, KeywordEncoder
from tests.index.conftest import BEES, MILK, write_article
from tests.index.milvus_lite import address_in


@pytest.fixture(autouse=True)
def without_a_real_model(monkeypatch: pytest.MonkeyPatch) -> None:
    command = importlib.import_module("index.__main__")
    monkeypatch.setattr(command, "SentenceEncoder", lambda name: KeywordEncoder())


@pytest.fixture
def address(tmp_path: Path) -> str:
    pytest.importorskip("pymilvus", reason="pymilvus is not installed (requirements-scale.txt)")
    return address_in(tmp_path)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write_article(tmp_path / "sources", "bees", BEES)
    write_article(tmp_path / "sources", "milk", MILK)
    return tmp_path / "sources"


@pytest.fixture
def shards(tmp_path: Path, sources: Path) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed (requirements-scale.txt)")
    out = tmp_path / "shards"
    out.mkdir()
    plan = Plan("shard-1.parquet", tuple((str(sources / n), n) for n in ("bees", "milk")))
    report = make_shard(plan, out, KeywordEncoder())
    facts = without_articles(encoder_facts(KeywordEncoder()))
    write_shard_manifest(out, ShardManifest(facts, (report,), ()))
    return out


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def articles_at(address: str) -> list[str]:
    return list(MilvusLibrary.open(address, encoder=KeywordEncoder()).documents)


def test_add_and_remove_articles_on_milvus(
    address: str, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", sources / "bees", "--index", address) == 0
    assert capsys.readouterr().out == "added bees: Bees\n"
    assert run("add", sources, sources / "nothing.txt", "--index", address) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines() == ["unchanged bees: Bees", "added milk: Milk and cells"]
    assert "nothing.txt" in captured.err
    assert run("remove", "bees", "--index", address) == 0
    assert capsys.readouterr().out == "removed bees\n"
    assert articles_at(address) == ["milk"]


def test_a_library_on_disk_is_copied_to_milvus(
    address: str, sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = tmp_path / "library"
    write_article(library / "articles", "bees", BEES)
    build_index(library, encoder=KeywordEncoder())
    assert run("import", library, "--index", address) == 0
    assert articles_at(address) == ["bees"]
    write_article(library / "articles", "milk", MILK)
    assert run("import", library, "--index", address) == 0
    assert "unchanged bees" in capsys.readouterr().out  # what is not indexed is not copied
    build_index(library, encoder=KeywordEncoder())
    assert run("import", library, "--index", address, "--anew") == 0
    assert articles_at(address) == ["bees", "milk"]


def test_shards_are_imported_to_milvus(address: str, shards: Path) -> None:
    assert run("import", shards, "--index", address) == 0
    assert articles_at(address) == ["bees", "milk"]


def test_shards_are_imported_to_a_library(
    shards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = tmp_path / "library"
    assert run("import", shards, "--library", library) == 0
    assert "added milk: Milk and cells" in capsys.readouterr().out
    assert [one.id for one in list_articles(library)] == ["bees", "kersin-2021", "milk"]


def test_a_library_is_not_imported_into_a_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", tmp_path, "--library", tmp_path / "library") == 2
    assert "python -m index add" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [("add", "nothing.txt"), ("remove", "bees"), ("import", "nothing")],
    ids=["add", "remove", "import"],
)
def test_a_cluster_that_is_not_there_is_an_error_without_traceback(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pymilvus", reason="pymilvus is not installed (requirements-scale.txt)")
    assert run(*arguments, "--index", "milvus://127.0.0.1:1/reviews") == 2
    assert capsys.readouterr().err.startswith("error: no Milvus answers at http://127.0.0.1:1 ")


@pytest.mark.parametrize("module", ["app", "index.__main__", "qa.__main__", "qa.assistant"])
def test_nothing_of_the_extras_is_imported_before_it_is_used(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "print([n for n in ('pymilvus', 'ray', 'pyarrow', 'grpc') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
