"""The state in force: written whole or not at all, never taken for whole when it is damaged."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from index.snapshot import (
    FORMAT_VERSION,
    MADE_WITH,
    NO_STAMP,
    ArticleRecord,
    BuildFacts,
    Manifest,
    StaleIndexError,
    describe_difference,
    read_manifest,
    stamp_of,
    write_manifest,
)

FACTS = BuildFacts(
    format_version=FORMAT_VERSION,
    model="keywords",
    weights_sha256="c" * 64,
    dimension=10,
    passage_rule="sentence",
    corpus_sha256="d" * 64,
    passages=3,
    documents={"milk": "e" * 64},
    reader_sha256="f" * 64,
)
STATE = Manifest(
    FACTS,
    "2024-05-06T07:08:09+00:00",
    {"milk": ArticleRecord("1" * 64, "2" * 64, 3, "3" * 64, "2024-05-06T07:08:09+00:00")},
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A library folder with a state in force."""
    write_manifest(tmp_path, STATE)
    return tmp_path


def edit(library: Path, **changes: Any) -> None:
    """Change top-level entries of the file, without mending its hash."""
    path = library / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), encoding="utf-8")


def test_written_state_is_read_back(written: Path) -> None:
    assert read_manifest(written) == STATE


def test_state_is_one_file_and_nothing_is_left_over(written: Path) -> None:
    write_manifest(written, replace(STATE, created="later"))
    assert [path.name for path in written.iterdir()] == ["manifest.json"]
    assert read_manifest(written).created == "later"


def test_every_state_has_a_stamp_of_its_own(written: Path) -> None:
    stamps = {NO_STAMP, stamp_of(written)}
    for _ in range(5):
        write_manifest(written, STATE)
        stamps.add(stamp_of(written))
    assert len(stamps) == 7


def test_missing_state_has_no_stamp_and_is_no_index_yet(tmp_path: Path) -> None:
    assert stamp_of(tmp_path) == NO_STAMP
    with pytest.raises(StaleIndexError, match=r"^there is no index yet$"):
        read_manifest(tmp_path)


def test_state_of_another_format_says_so(written: Path) -> None:
    write_manifest(written, replace(STATE, facts=replace(FACTS, format_version=1)))
    message = f"^it has format 1, this program writes {FORMAT_VERSION}$"
    with pytest.raises(StaleIndexError, match=message):
        read_manifest(written)


def test_any_flipped_bit_is_noticed(written: Path) -> None:
    path = written / "manifest.json"
    content = path.read_bytes()
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 0x01
        path.write_bytes(bytes(damaged))
        try:
            assert read_manifest(written) == STATE  # white space
        except StaleIndexError:
            continue
        assert content[position : position + 1].isspace()


def test_changed_fact_is_noticed(written: Path) -> None:
    edit(written, created="2025-01-01T00:00:00+00:00")
    with pytest.raises(StaleIndexError, match=r"its manifest is damaged \(sha256 differs\)"):
        read_manifest(written)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"null", b"[]", b"3", b'"text"', b"{}", b'{"facts": {}}', b"\xff\xfe"),
        *(b'{"sha256": "", "facts": []}', b'{"sha256": "", "facts": {"format_version": 2}}'),
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:40]),
)
def test_file_that_is_no_state_is_noticed(written: Path, content: bytes) -> None:
    (written / "manifest.json").write_bytes(content)
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_manifest(written)


@pytest.mark.parametrize(
    "changed",
    [{"created": 3}, {"articles": []}, {"articles": {"milk": {"key": "1"}}}],
    ids=["number", "list", "half-a-record"],
)
def test_state_of_wrong_types_is_noticed_though_its_hash_is_right(
    written: Path, changed: dict[str, Any]
) -> None:
    from index import snapshot

    body = asdict(STATE) | changed
    text = json.dumps({"sha256": snapshot._digest(body), **body})
    (written / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_manifest(written)


def test_state_that_is_a_folder_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(StaleIndexError, match="its manifest is damaged"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", MADE_WITH)
def test_difference_is_named_with_both_values(name: str) -> None:
    stored = replace(FACTS, **{name: "old"})
    said = f"its {name.replace('_', ' ')} is old, now it is {getattr(FACTS, name)}"
    assert describe_difference(stored, FACTS) == said


def test_same_facts_over_other_articles_do_not_differ() -> None:
    assert describe_difference(FACTS, replace(FACTS, passages=0, documents={})) == ""


def test_every_fact_is_compared_or_about_the_articles() -> None:
    about_articles = {"format_version", "corpus_sha256", "passages", "documents"}
    assert set(asdict(FACTS)) == {*MADE_WITH, *about_articles}
