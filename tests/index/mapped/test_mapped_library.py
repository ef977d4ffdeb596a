"""A library that is mapped answers as one that is read, and is never answered from when damaged."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from corpus.reading import read_article
from index import library as library_module
from index import seen, updating
from index.__main__ import main
from index.checking import check_library
from index.library import Hit, Library
from index.mapped import codes, keeping, writing
from index.mapped.files import DamagedError
from index.mapped.texts import MappedDocuments, MappedPassages
from index.mapped.vectors import MappedVectors
from index.mapped.writing import OVERVIEW
from index.overview import Overview, OverviewRecord
from index.parts import read_part, write_part
from index.snapshot import LibraryError, read_manifest
from index.store import add_articles, build_index, remove_articles
from tests.conftest import KeywordEncoder
from tests.index.conftest import PASSAGES, write_article

OpenShelf = Callable[..., tuple[Library, list[str]]]
QUERIES = ("milk", "necrotizing gut", "bees", "wax", "stem cells of the brain", "NEC")
MAPPED_FILES = (
    *("head", "overview", "passages", "passage-ends", "passage-checks", "documents"),
    *("texts", "scores", "vectors", "vector-checks"),
)


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every library is mapped, codes are made of any vectors, and few candidates are ranked."""
    monkeypatch.setattr(keeping, "MAPPED_FROM", 1)
    monkeypatch.setattr(codes, "CODES_FROM", 1)
    monkeypatch.setattr(MappedVectors, "scored_at_once", 1)


def home(shelf: Path) -> Path:
    """The folder with the mapped form."""
    form = read_manifest(shelf).mapped
    assert form is not None
    return shelf / "mapped" / form.key


def rounded(hits: list[Hit]) -> list[tuple[str, float, float, float]]:
    return [
        (hit.passage.id, round(hit.score, 5), round(hit.cosine, 5), round(hit.bm25, 5))
        for hit in hits
    ]


def flip(path: Path, place: int = -1) -> None:
    """Change one byte and leave the size as it is."""
    content = bytearray(path.read_bytes())
    content[place if place >= 0 else len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


# The same as one that is read.


def test_small_library_is_not_mapped(shelf: Path, open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert library.manifest.mapped is None
    assert not (shelf / "mapped").exists()
    assert not (shelf / "seen").exists()


def test_library_is_mapped_from_so_many_passages_on(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MAPPED_FROM", len(PASSAGES) + 1)
    assert open_shelf()[0].manifest.mapped is None
    monkeypatch.setattr(keeping, "MAPPED_FROM", len(PASSAGES))
    library, _ = open_shelf(rebuild=True)
    assert library.manifest.mapped is not None
    assert isinstance(library.passages, MappedPassages)


@pytest.mark.parametrize("scope", [None, ["bees"], ["milk", "bees"]], ids=["all", "one", "both"])
def test_mapped_library_finds_what_a_read_one_finds(
    open_shelf: OpenShelf, mapped: None, monkeypatch: pytest.MonkeyPatch, scope: list[str] | None
) -> None:
    large, _ = open_shelf()
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "MAPPED_FROM", 100)
        small, _ = open_shelf(rebuild=True)
        expected = [rounded(small.search(query, documents=scope)) for query in QUERIES]
    assert (large.manifest.mapped is None, small.manifest.mapped is None) == (False, True)
    assert [rounded(large.search(query, documents=scope)) for query in QUERIES] == expected


def test_documents_and_passages_are_those_that_were_read(
    shelf: Path, open_shelf: OpenShelf, mapped: None
) -> None:
    library, _ = open_shelf()
    assert list(library.documents) == ["bees", "milk"]
    for name in library.documents:
        assert library.documents[name] == read_article(shelf / "articles" / name)
    assert [passage.sentence for passage in library.passages] == PASSAGES
    assert library.passages[-1] == library.passages[7]
    assert library.passages[1:3] == (library.passages[1], library.passages[2])
    assert library.expander.definitions == {"NEC": "Necrotizing enterocolitis"}
    with pytest.raises(IndexError):
        library.passages[8]


def test_real_article_is_ranked_alike_read_and_mapped(
    library: Library, tmp_path: Path, mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "RERANKED", (140,))
    monkeypatch.setattr(library_module, "CANDIDATES", 120)
    large = Library.open(tmp_path, encoder=library.encoder)
    form = large.manifest.mapped
    assert form is not None
    assert (form.search, form.reranked, len(large.passages)) == ("rabitq", 140, 199)
    for question in ("Do maternal cells reach the brain?", "stem cells in milk", "NEC"):
        for name in (None, list(library.documents)):
            found = large.search(question, k=50, documents=name)
            expected = library.search(question, k=50)
            assert [hit.passage for hit in found] == [hit.passage for hit in expected]
            for hit, other in zip(found, expected, strict=True):
                # Scores are scaled by the 100th best cosine, which codes may miss.
                assert hit.score == pytest.approx(other.score, abs=1e-5 if name else 2e-3)
                assert hit.cosine == pytest.approx(other.cosine, abs=1e-5)
                assert hit.bm25 == other.bm25


def test_codes_that_miss_too_much_leave_exact_search(
    open_shelf: OpenShelf, mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "RERANKED", (1,))
    monkeypatch.setattr(codes, "MIN_RECALL", 1.0)
    library, _ = open_shelf()
    form = library.manifest.mapped
    assert form is not None
    assert (form.search, form.reranked, form.queries) == ("exact", 0, 0)
    assert "codes" not in {path.name for path in home(library._folder).iterdir()}  # type: ignore[arg-type]
    assert len(library.search("milk")) == 8


# Opening reads little and writes nothing.


def test_fitting_library_is_opened_without_hashing_or_reading_an_article(
    shelf: Path, open_shelf: OpenShelf, mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(shelf, open_shelf)
    shutil.rmtree(shelf / "read")
    shutil.rmtree(shelf / "vectors")
    monkeypatch.setattr(updating, "find_files", forbidden)
    before = {path: path.stat().st_mtime_ns for path in [shelf, *shelf.rglob("*")]}
    library, lines = open_shelf()
    assert lines == []
    assert library.search("pollen")[0].passage.sentence == "Bees eat pollen."
    assert {path: path.stat().st_mtime_ns for path in [shelf, *shelf.rglob("*")]} == before


def forbidden(*arguments: object) -> None:
    raise AssertionError("an article was hashed")


def settle(shelf: Path, open_shelf: OpenShelf) -> None:
    """Build the library of articles that have not changed for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "SETTLED_NS", -1)
        open_shelf()


def grow(folder: Path) -> None:
    with (folder / "source.txt").open("a", encoding="utf-8") as file:
        file.write("\nBees sting.\n")


def change_in_place(folder: Path) -> None:
    path = folder / "source.txt"
    path.write_bytes(path.read_bytes().replace(b"pollen", b"nectar"))


def rename_over(folder: Path) -> None:
    content = (folder / "source.txt").read_bytes().replace(b"pollen", b"nectar")
    (folder / "new").write_bytes(content)
    (folder / "new").replace(folder / "source.txt")


def change_facts(folder: Path) -> None:
    (folder / "article.toml").write_text('title = "Wasp"\n', encoding="utf-8")


def take_out(folder: Path) -> None:
    shutil.rmtree(folder)


def put_beside(folder: Path) -> None:
    write_article(folder.parent, "wax", "Wax\n\nIntroduction\n\nWax is soft.\n")


@pytest.mark.parametrize(
    "change", [grow, change_in_place, rename_over, change_facts, take_out, put_beside]
)
def test_changed_articles_are_noticed(
    shelf: Path, open_shelf: OpenShelf, mapped: None, change: Callable[[Path], None]
) -> None:
    settle(shelf, open_shelf)
    change(shelf / "articles" / "bees")
    _, lines = open_shelf()
    assert lines
    assert lines[0].startswith(f"Building the index in {shelf}: ")
    assert open_shelf()[1] == []


def test_article_that_had_only_just_changed_is_hashed_again(
    shelf: Path, open_shelf: OpenShelf, mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "SETTLED_NS", 3_600_000_000_000)
    open_shelf()
    monkeypatch.setattr(seen, "SETTLED_NS", -1)
    monkeypatch.setattr(updating, "find_files", forbidden)
    with pytest.raises(AssertionError, match="an article was hashed"):
        open_shelf()


def test_touched_article_is_hashed_and_not_built_again(
    shelf: Path, open_shelf: OpenShelf, mapped: None
) -> None:
    settle(shelf, open_shelf)
    (shelf / "articles" / "bees" / "source.txt").touch()
    assert open_shelf()[1] == []


# Damaged.


@pytest.mark.parametrize("name", [*MAPPED_FILES, "codes"])
def test_file_that_is_missing_or_cut_short_is_made_again(
    shelf: Path, open_shelf: OpenShelf, mapped: None, name: str
) -> None:
    found = open_shelf()[0].search("milk gut")
    path = home(shelf) / name
    for damage in (cut, Path.unlink):
        whole = path.read_bytes()
        damage(path)
        library, lines = open_shelf()
        assert lines[0].startswith(f"Building the index in {shelf}: its mapped form: ")
        assert path.read_bytes() == whole
        assert library.search("milk gut") == found
    assert open_shelf()[1] == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


@pytest.mark.parametrize("name", [*MAPPED_FILES, "codes"])
def test_check_finds_one_byte_that_changed_and_build_mends_it(
    shelf: Path, open_shelf: OpenShelf, mapped: None, name: str
) -> None:
    open_shelf()
    assert check_library(shelf).problems == ()
    flip(home(shelf) / name)
    (problem,) = check_library(shelf).problems
    assert problem.kind == "damaged"
    assert name in problem.what
    build_index(shelf, encoder=KeywordEncoder())
    assert check_library(shelf).problems == ()


@pytest.mark.parametrize("name", ["head", "codes"])
def test_damage_to_what_is_read_at_opening_is_noticed_then(
    shelf: Path, open_shelf: OpenShelf, mapped: None, name: str
) -> None:
    open_shelf()
    flip(home(shelf) / name)
    assert "damaged" in open_shelf()[1][0]


@pytest.mark.parametrize("name", ["passages", "vectors", "scores", "texts", "documents"])
def test_damage_to_what_is_mapped_is_noticed_when_it_is_read(
    shelf: Path, open_shelf: OpenShelf, mapped: None, name: str
) -> None:
    open_shelf()
    size = (home(shelf) / name).stat().st_size
    for place in range(0, size, max(1, size // 40)):
        flip(home(shelf) / name, place)
        library, lines = open_shelf()
        assert lines == []
        with pytest.raises(DamagedError, match="run: python -m index build"):
            read_everything(library)
        flip(home(shelf) / name, place)
    read_everything(open_shelf()[0])


def read_everything(library: Library) -> None:
    for document in library.documents.values():
        assert document.text
    for passage in library.passages:
        library.search(passage.sentence)


def test_mended_library_is_opened_again_by_whoever_has_it_open(
    shelf: Path, open_shelf: OpenShelf, mapped: None
) -> None:
    open_shelf()
    flip(home(shelf) / "passages", 30)
    library, _ = open_shelf()
    with pytest.raises(LibraryError):
        read_everything(library)
    build_index(shelf, encoder=KeywordEncoder())
    renewed = library.reload_if_changed()
    assert renewed is not library
    read_everything(renewed)


# While another one writes.


def test_open_library_goes_on_while_articles_come_and_go(
    shelf: Path, open_shelf: OpenShelf, mapped: None, tmp_path: Path
) -> None:
    library, _ = open_shelf()
    first = home(shelf)
    (tmp_path / "wax.txt").write_text("Wax\n\nIntroduction\n\nWax is soft.\n", encoding="utf-8")
    add_articles(shelf, [tmp_path / "wax.txt"], encoder=KeywordEncoder())
    second = home(shelf)
    remove_articles(shelf, ["bees"])
    assert len({first, second, home(shelf)}) == 3
    assert [path for path in (shelf / "mapped").iterdir()] == [home(shelf)]
    read_everything(library)
    assert [passage.sentence for passage in library.passages] == PASSAGES
    renewed = library.reload_if_changed()
    assert list(renewed.documents) == ["milk", "wax"]
    assert renewed.search("wax soft")[0].passage.sentence == "Wax is soft."
    assert check_library(shelf).problems == ()


@pytest.mark.parametrize("step", ["_write_texts", "_write_vectors", "_write_codes", "_move_in"])
def test_writer_that_fails_leaves_the_state_before(
    shelf: Path,
    open_shelf: OpenShelf,
    mapped: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    step: str,
) -> None:
    library, _ = open_shelf()
    manifest = read_manifest(shelf)
    (tmp_path / "wax.txt").write_text("Wax\n\nIntroduction\n\nWax is soft.\n", encoding="utf-8")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writing, step, fail)
        with pytest.raises(LibraryError, match="No space left on device"):
            add_articles(shelf, [tmp_path / "wax.txt"], encoder=KeywordEncoder())
    assert read_manifest(shelf) == manifest
    assert not list(shelf.glob(".writing-*"))
    read_everything(library)
    assert list(open_shelf()[0].documents) == ["bees", "milk", "wax"]


def test_library_that_becomes_small_is_no_longer_mapped(
    shelf: Path, open_shelf: OpenShelf, mapped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = open_shelf()
    monkeypatch.setattr(keeping, "MAPPED_FROM", len(PASSAGES))
    remove_articles(shelf, ["bees"])
    assert read_manifest(shelf).mapped is None
    assert not (shelf / "mapped").exists()
    assert not (shelf / "seen").exists()
    read_everything(library)
    assert list(open_shelf()[0].documents) == ["milk"]


def test_damaged_part_of_an_article_stops_a_removal_before_anything_is_lost(
    shelf: Path, open_shelf: OpenShelf, mapped: None
) -> None:
    open_shelf()
    manifest = read_manifest(shelf)
    flip(shelf / "read" / manifest.articles["milk"].key)
    with pytest.raises(LibraryError, match=r"is damaged .*; run: python -m index build"):
        remove_articles(shelf, ["bees"])
    assert read_manifest(shelf) == manifest
    build_index(shelf, encoder=KeywordEncoder())
    assert list(read_manifest(shelf).articles) == ["bees", "milk"]
    assert check_library(shelf).problems == ()


# What is said of it.


def test_check_says_how_vectors_are_searched(
    shelf: Path,
    open_shelf: OpenShelf,
    mapped: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_shelf()
    assert main(["check", "--library", str(shelf)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "search: rabitq codes name 400 candidates, which are compared exactly; "
        "recall@10 1.0000 and recall@100 1.0000 of 200 queries, mapped into memory"
    )
    monkeypatch.setattr(keeping, "MAPPED_FROM", 100)
    open_shelf(rebuild=True)
    assert main(["check", "--library", str(shelf)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "search: every passage is compared"


def test_check_gives_all_that_was_measured_as_json(
    shelf: Path, open_shelf: OpenShelf, mapped: None, capsys: pytest.CaptureFixture[str]
) -> None:
    open_shelf()
    assert main(["check", "--json", "--library", str(shelf)]) == 0
    listed = json.loads(capsys.readouterr().out)
    form = read_manifest(shelf).mapped
    assert form is not None
    assert listed["problems"] == []
    assert listed["mapped"] == {
        "key": form.key,
        "files": {n: {"bytes": f.bytes, "sha256": f.sha256} for n, f in form.files.items()},
        "search": "rabitq",
        "probes": 0,
        "reranked": 400,
        "recall_at_10": 1.0,
        "recall_at_100": 1.0,
        "queries": 200,
    }


# What is known without unpacking.


@pytest.mark.usefixtures("mapped")
def test_what_is_known_of_the_articles_is_mapped_too(
    shelf: Path, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = open_shelf()
    read = Overview.of_documents(library.documents.values())
    assert dict(library.overview.profiles) == dict(read.profiles)
    assert list(library.overview.profiles) == ["bees", "milk"]
    assert library.overview.words == read.words
    assert library.overview.definitions == read.definitions
    (mapped,), (fresh,) = library.overview.authors.parts, read.authors.parts
    assert {n: mapped.knowing(n) for n in mapped.names} == {
        n: fresh.knowing(n) for n in fresh.names
    }


@pytest.mark.usefixtures("mapped")
def test_nothing_is_unpacked_at_opening(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    unpacked: list[int] = []
    for kind in (MappedDocuments, MappedPassages):
        monkeypatch.setattr(kind, "_unpack", lambda self, number: unpacked.append(number))
    library, _ = open_shelf()
    assert library.overview.profiles["bees"].metadata.title == "Bees"
    assert "milk" in library.documents
    assert unpacked == []


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize("damage", ["flipped", "of others"])
def test_overview_that_is_not_what_was_written_is_made_again(
    shelf: Path, open_shelf: OpenShelf, damage: str
) -> None:
    open_shelf()
    path = home(shelf) / OVERVIEW
    if damage == "flipped":
        flip(path)
    else:
        record = msgspec.msgpack.decode(read_part(path), type=OverviewRecord)
        other = replace(record, profiles=record.profiles[:1])
        write_part(path, msgspec.msgpack.encode(other))
    library, lines = open_shelf()
    assert "overview" in lines[0]
    assert list(library.overview.profiles) == ["bees", "milk"]
