"""`check_library` names whatever is wrong, and `build_index` or the named remedy mends it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import CorpusError
from corpus.reading import read_article
from index import checking
from index.checking import BUILD, BUILD_ANEW, MEND_SOURCE, Problem, check_library
from index.entries import make_entry, write_entry
from index.snapshot import read_manifest, write_manifest
from index.store import build_index
from index.vectors import write_vectors
from tests.conftest import KeywordEncoder
from tests.index.conftest import BEES, write_article


@pytest.fixture
def built(shelf: Path) -> Path:
    """The library of two articles, indexed."""
    build_index(shelf, encoder=KeywordEncoder())
    return shelf


def problem(library: Path) -> Problem:
    """The only problem."""
    problems = check_library(library).problems
    assert len(problems) == 1
    return problems[0]


def test_whole_library_has_no_problem(built: Path) -> None:
    report = check_library(built)
    assert (report.problems, report.waiting) == ((), ())
    assert report.manifest == read_manifest(built)


def test_library_without_an_index_is_stale(shelf: Path) -> None:
    assert problem(shelf) == Problem("stale", "there is no index yet", BUILD)
    assert check_library(shelf).manifest is None


def test_library_without_an_article_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    with pytest.raises(CorpusError, match="holds no article"):
        check_library(tmp_path)


def damage_entry(library: Path) -> None:
    path = library / "read" / read_manifest(library).articles["bees"].key
    path.write_bytes(path.read_bytes()[:-1])


def delete_entry(library: Path) -> None:
    (library / "read" / read_manifest(library).articles["bees"].key).unlink()


def swap_entry(library: Path) -> None:
    other = make_entry(read_article(library / "articles" / "milk"))
    write_entry(library, read_manifest(library).articles["bees"].key, other)


def shorten_entry(library: Path) -> None:
    key = read_manifest(library).articles["bees"].key
    entry = make_entry(read_article(library / "articles" / "bees"))
    write_entry(library, key, replace(entry, document_record=entry.document_record[:-9]))


def damage_vectors(library: Path) -> None:
    path = library / "vectors" / read_manifest(library).articles["bees"].vectors
    path.write_bytes(b"\x00" + path.read_bytes()[1:])


def stretch_vectors(library: Path) -> None:
    key = read_manifest(library).articles["bees"].vectors
    write_vectors(library, key, 2 * KeywordEncoder().encode(["a", "b", "c"]))


@pytest.mark.parametrize(
    ("damage", "what", "remedy"),
    [
        (damage_entry, "what was read of bees: ", BUILD),
        (delete_entry, "what was read of bees: ", BUILD),
        (swap_entry, "what was read of bees is something else", BUILD_ANEW),
        (shorten_entry, "what was read of bees is something else", BUILD_ANEW),
        (damage_vectors, "the vectors of bees: ", BUILD),
        (stretch_vectors, "the vectors of bees: vectors must have unit length", BUILD_ANEW),
    ],
)
def test_damaged_part_is_named_and_its_remedy_mends_it(
    built: Path, damage: Callable[[Path], None], what: str, remedy: str
) -> None:
    damage(built)
    found = problem(built)
    assert (found.kind, found.what.startswith(what), found.remedy) == ("damaged", True, remedy)
    build_index(built, encoder=KeywordEncoder(), anew=remedy == BUILD_ANEW)
    assert check_library(built).problems == ()


def test_damaged_state_is_named_and_mended(built: Path) -> None:
    (built / "manifest.json").write_bytes(b"{")
    assert problem(built).what.startswith("its manifest is damaged")
    build_index(built, encoder=KeywordEncoder())
    assert check_library(built).problems == ()


def test_changed_article_is_named(built: Path) -> None:
    write_article(built / "articles", "bees", BEES + "More.\n")
    assert problem(built) == Problem("stale", "bees changed since the index was built", BUILD)


def test_article_that_is_gone_is_named(built: Path) -> None:
    shutil.rmtree(built / "articles" / "bees")
    assert problem(built) == Problem("stale", "bees is gone since the index was built", BUILD)


@pytest.mark.parametrize("name", ["source.txt", "article.toml"])
def test_source_that_cannot_be_read_is_named(built: Path, name: str) -> None:
    (built / "articles" / "bees" / name).write_bytes(b"\xff")
    found = problem(built)
    assert (found.kind, found.remedy) == ("unreadable", MEND_SOURCE)
    assert f"bees/{name} is not UTF-8" in found.what


def test_source_that_differs_from_its_own_hash_is_named(built: Path) -> None:
    folder = built / "articles" / "bees"
    toml = '[source]\nsha256 = "0"\n'
    (folder / "article.toml").write_text(toml, encoding="utf-8")
    assert "the file was changed; restore it" in problem(built).what


def test_new_article_waits_and_a_new_one_that_is_bad_is_named(built: Path) -> None:
    write_article(built / "articles", "wax", "Wax\n\nText.\n")
    assert check_library(built).waiting == ("wax",)
    (built / "articles" / "wax" / "source.txt").write_bytes(b"")
    assert "source.txt holds no text" in problem(built).what
    assert check_library(built).waiting == ()


def test_every_problem_is_named(built: Path) -> None:
    damage_vectors(built)
    write_article(built / "articles", "milk", "Milk\n\nOther.\n")
    shutil.rmtree(built / "articles" / "bees")
    kinds = [found.kind for found in check_library(built).problems]
    assert kinds == ["stale", "stale", "damaged"]


def test_another_program_is_named_once_and_changed_sources_still(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = replace(read_manifest(built).facts, reader_sha256="0")
    write_manifest(built, replace(read_manifest(built), facts=facts))
    what = "the way articles are read and split changed since the index was built"
    assert problem(built) == Problem("stale", what, BUILD)
    write_article(built / "articles", "bees", BEES + "More.\n")
    assert [found.what for found in check_library(built).problems][1:] == [
        "bees changed since the index was built"
    ]


def test_state_that_changes_during_the_check_is_checked_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mend_and_check(library: Path) -> checking.CheckReport:
        report = whole(library)
        if report.problems:
            build_index(library, encoder=KeywordEncoder(), anew=True)
        return report

    whole = checking._check
    damage_entry(built)
    monkeypatch.setattr(checking, "_check", mend_and_check)
    assert check_library(built).problems == ()
