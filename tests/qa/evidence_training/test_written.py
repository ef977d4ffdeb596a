"""The written questions: reading them, and that every shipped line can be read."""

import json
import re
from pathlib import Path

import pytest

from index.library import SHIPPED_ARTICLES
from qa.evidence_training.articles import Article, TrainingDataError, cut_article
from qa.evidence_training.written import FOLDER, read_written
from tests.qa.evidence_training.toys import MILK

KEYS = {"article", "kind", "question", "answers", "near", "read"}
KINDS = {
    *("fact", "paraphrase", "lay", "list", "yesno", "keyword", "typo", "author"),
    "nearmiss",  # has no answer
}
FILES = sorted(FOLDER.glob("*.jsonl"))


@pytest.fixture
def milk() -> Article:
    return cut_article("620", "Milk", MILK)


def place(text: str) -> list[int]:
    start = MILK.index(text)
    return [start, start + len(text)]


def line(**changes: object) -> str:
    item = {
        "article": "620",
        "kind": "fact",
        "question": "How many markers were found?",
        "answers": [place("found 12 markers")],
        "near": [place("15 other markers")],
        "read": place("Hassiotou"),
    }
    return json.dumps(item | changes)


def write(folder: Path, *lines: str) -> Path:
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_places_become_the_sentences_that_stand_there(tmp_path: Path, milk: Article) -> None:
    example = read_written([milk], write(tmp_path, line()))[0]
    assert (example.answers, example.near) == ((1,), (4,))
    assert (example.question, example.source) == ("How many markers were found?", "written-fact")
    assert example.article is milk


def test_only_what_was_read_is_known_to_be_right_or_wrong(tmp_path: Path, milk: Article) -> None:
    folder = write(tmp_path, line(read=place("kept in cold water")))
    assert read_written([milk], folder)[0].allowed == range(3)


def test_a_place_over_two_sentences_is_the_one_that_it_holds_more_of(
    tmp_path: Path, milk: Article
) -> None:
    span = [MILK.index("cells. Cregan"), MILK.index(" mothers. The")]
    assert read_written([milk], write(tmp_path, line(answers=[span])))[0].answers == (1,)


def test_questions_on_articles_that_are_not_given_are_left_out(tmp_path: Path) -> None:
    assert read_written([], write(tmp_path, line())) == []


def test_files_are_read_in_the_order_of_their_names_and_empty_lines_skipped(
    tmp_path: Path, milk: Article
) -> None:
    (tmp_path / "b.jsonl").write_text(line(question="third?"), encoding="utf-8")
    folder = write(tmp_path, line(question="first?"), "", line(question="second?"), "")
    assert [e.question for e in read_written([milk], folder)] == ["first?", "second?", "third?"]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("{", "JSONDecodeError"),
        ("7", "TypeError"),
        ('{"article": "620"}', "KeyError: 'question'"),
        ('{"kind": "fact"}', "KeyError: 'article'"),
        (line(answers=[[9000, 9001]]), r"no sentence of article 620 stands at \[9000, 9001\]"),
        (line(answers=[5]), "TypeError"),
        (line(read=[1]), "TypeError"),
    ],
    ids=["cut", "number", "no question", "no article", "outside", "no place", "half a place"],
)
def test_a_bad_line_is_an_error_with_file_and_line(
    tmp_path: Path, milk: Article, bad: str, what: str
) -> None:
    folder = write(tmp_path, line(), "", bad)
    where = re.escape(f"{folder / 'a.jsonl'}, line 3: ")
    with pytest.raises(TrainingDataError, match=f"^{where}.*{what}"):
        read_written([milk], folder)


# The shipped lines; the articles that they are about are not part of the project.


def items(path: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]


def is_place(value: object) -> bool:
    if not isinstance(value, list) or [type(edge) for edge in value] != [int, int]:
        return False
    start, end = value
    return bool(0 <= start < end)


def test_questions_are_shipped() -> None:
    assert sum(len(items(path)) for path in FILES) > 4000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_has_the_known_keys_and_kinds(path: Path) -> None:
    wrong = [
        number
        for number, item in enumerate(items(path), 1)
        if set(item) != KEYS or item["kind"] not in KINDS
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_asks_something_of_an_article_at_places_in_order(path: Path) -> None:
    for number, item in enumerate(items(path), 1):
        answers, near = item["answers"], item["near"]
        assert isinstance(answers, list), number
        assert isinstance(near, list), number
        assert all(is_place(value) for value in [*answers, *near, item["read"]]), number
        assert isinstance(item["question"], str), number
        assert item["question"].strip(), number
        assert isinstance(item["article"], str), number
        assert item["article"].isdigit(), number


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_line_calls_the_same_place_an_answer_and_no_answer(path: Path) -> None:
    both = [
        number
        for number, item in enumerate(items(path), 1)
        if {tuple(v) for v in item["answers"]} & {tuple(v) for v in item["near"]}  # type: ignore[attr-defined]  # JSON
    ]
    assert both == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_near_misses_and_only_they_have_no_answer(path: Path) -> None:
    wrong = [
        number
        for number, item in enumerate(items(path), 1)
        if (item["kind"] == "nearmiss") is bool(item["answers"])
    ]
    assert wrong == []


def test_no_article_of_the_project_is_written_about() -> None:
    own = {path.name for path in SHIPPED_ARTICLES.iterdir()}
    written = {str(item["article"]) for path in FILES for item in items(path)}
    assert written & own == set()
