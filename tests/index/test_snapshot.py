"""An index on disk is written whole or not at all, and never answered from when it is damaged."""

import errno
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from index import snapshot
from index.dense import DenseIndex
from index.lexical import LexicalIndex
from index.snapshot import (
    FORMAT_VERSION,
    BuildFacts,
    LibraryError,
    StaleIndexError,
    check_files,
    read_manifest,
    read_snapshot,
    write_snapshot,
)
from tests.conftest import KeywordEncoder

TEXTS = ["milk cells", "gut", "bone"]
FACTS = BuildFacts(
    format_version=FORMAT_VERSION,
    model="keywords",
    weights_sha256="c" * 64,
    dimension=10,
    passage_rule="sentence",
    corpus_sha256="d" * 64,
    passages=3,
    documents={"milk": "e" * 64},
)
CREATED = "2024-05-06T07:08:09+00:00"
INDEX_FILES = [
    "dense.faiss",
    "lexical/counts.json",
    "lexical/data.csc.index.npy",
    "lexical/indices.csc.index.npy",
    "lexical/indptr.csc.index.npy",
    "lexical/params.index.json",
    "lexical/vocab.index.json",
]


def write(library: Path, facts: BuildFacts = FACTS) -> None:
    dense = DenseIndex(KeywordEncoder().encode(TEXTS))
    write_snapshot(library, facts, dense, LexicalIndex(TEXTS), created=CREATED)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A library folder with an index in force."""
    library = tmp_path / "library"
    write(library)
    return library


def folder_in_force(library: Path) -> Path:
    return library / (library / "CURRENT").read_text(encoding="utf-8")


def edit_manifest(library: Path, **changes: Any) -> None:
    """Replace facts (or, where there is no such fact, top-level entries) of the manifest."""
    path = folder_in_force(library) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name, value in changes.items():
        (manifest["facts"] if name in manifest["facts"] else manifest)[name] = value
    path.write_text(json.dumps(manifest), encoding="utf-8")


def flip_byte(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0x01
    path.write_bytes(bytes(content))


# A whole index.


def test_written_index_is_read_back(written: Path) -> None:
    manifest, dense, lexical = read_snapshot(written, FACTS)
    assert (manifest.facts, manifest.created) == (FACTS, CREATED)
    encoder = KeywordEncoder()
    rows, scores = dense.search(encoder.encode(["gut"]), 1)
    assert rows.tolist() == [1]
    assert scores.tolist() == pytest.approx([1.0])
    assert [score > 0 for score in lexical.scores(["bone"])] == [False, False, True]


def test_manifest_lists_every_file_of_the_index(written: Path) -> None:
    folder, manifest = read_manifest(written)
    assert sorted(manifest.files) == INDEX_FILES
    on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert on_disk == {*INDEX_FILES, "manifest.json"}


def test_library_holds_nothing_but_the_index_its_name_and_a_lock(written: Path) -> None:
    names = sorted(path.name for path in written.iterdir())
    assert names == [".lock", "CURRENT", folder_in_force(written).name]


def test_no_file_of_the_index_is_a_pickle(written: Path) -> None:
    suffixes = {path.suffix for path in folder_in_force(written).rglob("*") if path.is_file()}
    assert suffixes == {".faiss", ".json", ".npy"}


def test_new_index_replaces_the_old_one(written: Path) -> None:
    old = folder_in_force(written)
    facts = replace(FACTS, model="other")
    write(written, facts)
    assert not old.exists()
    assert read_snapshot(written, facts)[0].facts == facts


def test_folders_of_the_user_are_left_alone(written: Path) -> None:
    (written / "articles" / "milk").mkdir(parents=True)
    (written / "notes").mkdir()
    write(written)
    assert (written / "articles" / "milk").is_dir()
    assert (written / "notes").is_dir()


# Another index than the one that is wanted.


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"model": "other"}, "its model is other, now it is keywords"),
        ({"weights_sha256": "0"}, f"its weights sha256 is 0, now it is {'c' * 64}"),
        ({"dimension": 384}, "its dimension is 384, now it is 10"),
        ({"passage_rule": "page"}, "its passage rule is page, now it is sentence"),
        ({"corpus_sha256": "0"}, f"its corpus sha256 is 0, now it is {'d' * 64}"),
        ({"passages": 4}, "its passages is 4, now it is 3"),
        ({"documents": {}}, f"its documents is {{}}, now it is {{'milk': '{'e' * 64}'}}"),
        ({"format_version": 0}, f"it has format 0, this program writes {FORMAT_VERSION}"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_index_made_from_something_else_is_stale(
    written: Path, changed: dict[str, Any], reason: str
) -> None:
    edit_manifest(written, **changed)
    with pytest.raises(StaleIndexError) as error:
        read_snapshot(written, FACTS)
    assert str(error.value) == reason


def test_every_build_fact_is_among_those_tried_above(written: Path) -> None:
    tried = {"model", "weights_sha256", "dimension", "passage_rule", "corpus_sha256", "passages"}
    assert set(asdict(FACTS)) == {*tried, "documents", "format_version"}


# Damage.


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("name", INDEX_FILES)
def test_flipped_bit_is_noticed(written: Path, name: str, where: str) -> None:
    path = folder_in_force(written) / name
    size = path.stat().st_size
    flip_byte(path, {"first": 0, "middle": size // 2, "last": size - 1}[where])
    with pytest.raises(StaleIndexError, match=rf"its file {name} is damaged \(sha256 differs\)"):
        read_snapshot(written, FACTS)


@pytest.mark.parametrize("name", INDEX_FILES)
def test_truncated_file_is_noticed(written: Path, name: str) -> None:
    path = folder_in_force(written) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StaleIndexError, match=f"its file {name} is damaged"):
        read_snapshot(written, FACTS)


@pytest.mark.parametrize("name", INDEX_FILES)
def test_missing_file_is_noticed(written: Path, name: str) -> None:
    (folder_in_force(written) / name).unlink()
    with pytest.raises(StaleIndexError, match=f"its file {name} cannot be read"):
        read_snapshot(written, FACTS)


def test_bit_flipped_in_the_manifest_never_stops_the_program(written: Path) -> None:
    path = folder_in_force(written) / "manifest.json"
    content = path.read_bytes()
    read_in_spite = 0
    for position in range(0, len(content), 3):
        flip_byte(path, position)
        try:
            manifest, _, _ = read_snapshot(written, FACTS)
        except StaleIndexError:
            pass
        else:  # a changed date or white space
            assert manifest.facts == FACTS
            read_in_spite += 1
        path.write_bytes(content)
    assert read_in_spite < len(content) / 3 / 4


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"3", b'"text"', b"{}", b'{"facts": {}}', b"\xff\xfe", b"\x00"],
    ids=lambda content: repr(content),
)
def test_manifest_that_is_none_is_noticed(written: Path, content: bytes) -> None:
    (folder_in_force(written) / "manifest.json").write_bytes(content)
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_snapshot(written, FACTS)


@pytest.mark.parametrize("name", ["created", "files"])
def test_manifest_without_an_entry_is_noticed(written: Path, name: str) -> None:
    path = folder_in_force(written) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest[name]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_snapshot(written, FACTS)


def test_manifest_with_an_unknown_fact_is_noticed(written: Path) -> None:
    path = folder_in_force(written) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["facts"]["colour"] = "blue"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_snapshot(written, FACTS)


@pytest.mark.parametrize("files", [[], None, {}], ids=["list", "null", "empty"])
def test_manifest_with_a_wrong_list_of_files_is_noticed(written: Path, files: object) -> None:
    edit_manifest(written, files=files)
    with pytest.raises(StaleIndexError):
        read_snapshot(written, FACTS)


def test_missing_folder_is_no_index_yet(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match="there is no index yet"):
        read_snapshot(tmp_path / "nowhere", FACTS)


def test_missing_current_is_no_index_yet(written: Path) -> None:
    (written / "CURRENT").unlink()
    with pytest.raises(StaleIndexError, match="there is no index yet"):
        read_snapshot(written, FACTS)


@pytest.mark.parametrize(
    "content",
    [b"", b"index-gone", b"..", b".", b"../../library", b"\xff\xfe", b"\x00", b"a\nb"],
    ids=lambda content: repr(content),
)
def test_current_that_names_no_index_is_noticed(written: Path, content: bytes) -> None:
    (written / "CURRENT").write_bytes(content)
    with pytest.raises(StaleIndexError):
        read_snapshot(written, FACTS)


def test_current_that_is_a_folder_is_noticed(written: Path) -> None:
    (written / "CURRENT").unlink()
    (written / "CURRENT").mkdir()
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_snapshot(written, FACTS)


def test_check_accepts_a_whole_index(written: Path) -> None:
    check_files(*read_manifest(written))


# A writer that does not come to its end.


def test_what_a_killed_writer_left_does_not_touch_the_index(written: Path) -> None:
    leftover = written / ".writing-0123"
    (leftover / "lexical").mkdir(parents=True)
    (leftover / "dense.faiss").write_bytes(b"half an index")
    manifest, _, _ = read_snapshot(written, FACTS)
    assert manifest.facts == FACTS


def test_next_writer_clears_what_a_killed_one_left(written: Path) -> None:
    (written / ".writing-0123").mkdir()
    (written / "index-never-named").mkdir()
    write(written)
    names = sorted(path.name for path in written.iterdir())
    assert names == [".lock", "CURRENT", folder_in_force(written).name]


def test_full_disk_is_a_library_error_and_the_old_index_stays(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(self: LexicalIndex, folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LexicalIndex, "save", fill_the_disk)
    with pytest.raises(LibraryError, match="No space left on device; free space or choose another"):
        write(written, replace(FACTS, model="other"))
    assert read_snapshot(written, FACTS)[0].facts == FACTS
    assert [path.name for path in written.glob(".writing-*")] == []


def test_vectors_that_cannot_be_written_are_a_library_error(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_nowhere(self: DenseIndex, path: Path) -> None:
        save(self, path / "not" / "there")

    save = DenseIndex.save
    monkeypatch.setattr(DenseIndex, "save", save_nowhere)
    with pytest.raises(LibraryError, match="cannot be written"):
        write(written)


def test_writer_that_dies_before_naming_its_index_leaves_the_old_one(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path, text: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "_replace_text", die)
        with pytest.raises(KeyboardInterrupt):
            write(written, replace(FACTS, model="other"))
    assert read_snapshot(written, FACTS)[0].facts == FACTS


def test_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    message = r"cannot be written to .*file/library: Not a directory; .*another folder.*--library"
    with pytest.raises(LibraryError, match=message):
        write(tmp_path / "file" / "library")


def test_library_that_another_process_writes_is_waited_for_and_then_reported(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "LOCK_SECONDS", 0.01)
    message = r"is being written by another process; waited 0\.01 s, try again later"
    with FileLock(written / ".lock"), pytest.raises(LibraryError, match=message):
        write(written, replace(FACTS, model="other"))
    assert read_snapshot(written, FACTS)[0].facts == FACTS
