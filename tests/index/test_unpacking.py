"""Documents and passages come out as they went in, each unpacked once."""

from pathlib import Path

import pytest

from corpus.passages import split_passages
from corpus.reading import load_corpus
from index.entries import Entry, make_entry
from index.unpacking import KeptDocuments, KeptPassages


@pytest.fixture
def entries(shelf: Path) -> list[Entry]:
    return [make_entry(document) for document in load_corpus(shelf / "articles")]


def test_documents_are_a_mapping_in_order(shelf: Path, entries: list[Entry]) -> None:
    documents = KeptDocuments(entries)
    assert dict(documents) == {d.id: d for d in load_corpus(shelf / "articles")}
    assert (list(documents), len(documents), "wax" in documents) == (["bees", "milk"], 2, False)
    assert documents["milk"] is documents["milk"]
    with pytest.raises(KeyError, match="wax"):
        documents["wax"]


def test_passages_are_a_sequence_over_all_entries(shelf: Path, entries: list[Entry]) -> None:
    passages = KeptPassages(entries)
    expected = [p for document in load_corpus(shelf / "articles") for p in split_passages(document)]
    assert list(passages) == expected
    assert [passages[-row] for row in range(1, 9)] == expected[::-1]
    assert passages[2:5] == tuple(expected[2:5])
    assert passages[::-3] == tuple(expected[::-3])
    assert passages[4] is passages[4]
    assert passages.rows == {"bees": range(3), "milk": range(3, 8)}
    for row in (8, -9):
        with pytest.raises(IndexError, match="of 8 passages"):
            passages[row]


def test_nothing_has_no_passages() -> None:
    assert len(KeptPassages([])) == 0
    assert list(KeptPassages([])) == []


def test_asking_whether_a_document_is_there_unpacks_none(
    entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Entry, "unpack_document", lambda _: pytest.fail("it was unpacked"))
    documents = KeptDocuments(entries)
    assert "milk" in documents
    assert "wax" not in documents
