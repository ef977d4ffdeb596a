"""Sets in BEIR form: what is read, and what is said of a file that cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.public_sets.beir import BeirDocument, BeirError, Query, read_queries, read_set


def test_set_is_read_in_the_order_of_its_files(set_folder: Path) -> None:
    found = read_set(set_folder)

    assert found.name == "scifact"
    assert [document.id for document in found.documents] == ["milk", "gut", "bone", "bees"]
    assert found.documents[0] == BeirDocument(
        "milk", "Milk.", "Milk holds stem cells of the mother."
    )


def test_title_is_searched_with_the_text(set_folder: Path) -> None:
    milk, gut, *_ = read_set(set_folder).documents

    assert milk.searched_text == "Milk. Milk holds stem cells of the mother."
    assert gut.searched_text == "Stem cells reach the gut. In pups they answer there."


def test_grade_of_0_is_not_relevant_and_query_without_judgement_is_left_out(
    set_folder: Path,
) -> None:
    assert read_set(set_folder).queries == (
        Query("q1", "stem cells gut", {"gut": 1}),
        Query("q2", "bone", {"bone": 1, "bees": 1}),
    )


def test_line_separator_inside_a_text_does_not_end_its_line(set_folder: Path) -> None:
    path = set_folder / "corpus.jsonl"
    path.write_text('{"_id": "gut", "title": "", "text": "one\u2028two"}\n', encoding="utf-8")
    (set_folder / "qrels.tsv").write_text("headings\nq1\tgut\t1\n", encoding="utf-8")

    assert read_set(set_folder).documents[0].text == "one\u2028two"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (
            "corpus.jsonl",
            lambda path: replace(path, '{"_id": "bone"', '\n{"_id": bone'),
            "corpus.jsonl, line 4: not JSON",
        ),
        (
            "corpus.jsonl",
            lambda path: append(path, '["bees"]'),
            r"corpus.jsonl, line 5: expected an object, got \['bees'\]",
        ),
        (
            "corpus.jsonl",
            lambda path: replace(path, "Bees gather pollen in the warm months of the year.", " "),
            "corpus.jsonl, line 4: 'text' must be a text, got ' '",
        ),
        (
            "corpus.jsonl",
            lambda path: replace(path, '"_id": "bone"', '"_id": "gut"'),
            "corpus.jsonl, line 3: document 'gut' is there twice",
        ),
        ("corpus.jsonl", lambda path: path.write_text("\n"), "corpus.jsonl has no document"),
        ("corpus.jsonl", lambda path: path.unlink(), "corpus.jsonl cannot be read: No such file"),
        ("corpus.jsonl", lambda path: path.write_bytes(b"\xff"), "corpus.jsonl is not UTF-8"),
        (
            "queries.jsonl",
            lambda path: replace(path, '"_id": "q2"', '"_id": "q1"'),
            "queries.jsonl, line 2: query 'q1' is there twice",
        ),
        (
            "queries.jsonl",
            lambda path: replace(path, '"text": "bone"', '"text": 7'),
            "queries.jsonl, line 2: 'text' must be a text, got 7",
        ),
        (
            "qrels.tsv",
            lambda path: append(path, "q9\tgut\t1"),
            "qrels.tsv, line 6: query 'q9' is not in .*queries.jsonl",
        ),
        (
            "qrels.tsv",
            lambda path: append(path, "q1\tgutt\t1"),
            "qrels.tsv, line 6: document 'gutt' is not in the corpus",
        ),
        (
            "qrels.tsv",
            lambda path: append(path, "q1 gut 1"),
            "qrels.tsv, line 6: expected query id, document id and a whole number.* 'q1 gut 1'",
        ),
        (
            "qrels.tsv",
            lambda path: append(path, "q1\tgut\tyes"),
            "qrels.tsv, line 6: expected query id",
        ),
        (
            "qrels.tsv",
            lambda path: path.write_text("headings\nq1\tgut\t0\n"),
            "qrels.tsv judges no document relevant",
        ),
    ],
    ids=[
        *("no-json", "no-object", "blank-text", "document-twice", "empty", "missing", "encoding"),
        *("query-twice", "number-as-text", "unknown-query", "unknown-document", "no-tabs"),
        *("no-number", "nothing-relevant"),
    ],
)
def test_file_that_cannot_be_used_is_named(
    set_folder: Path, name: str, damage: Callable[[Path], object], message: str
) -> None:
    damage(set_folder / name)

    with pytest.raises(BeirError, match=message):
        read_set(set_folder)


def test_queries_of_another_file_are_read_over_the_same_documents(set_folder: Path) -> None:
    queries, qrels = set_folder / "train.jsonl", set_folder / "train.tsv"
    queries.write_text('{"_id": "t1", "text": "pollen"}\n', encoding="utf-8")
    qrels.write_text("headings\nt1\tbees\t2\n", encoding="utf-8")

    assert read_queries(queries, qrels, {"bees"}) == (Query("t1", "pollen", {"bees": 2}),)
