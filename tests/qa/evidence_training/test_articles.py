"""Reading articles and questions in SQuAD's form: which sentence a place falls into."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import (
    Example,
    TrainingDataError,
    cut_article,
    is_held_out,
    read_squad,
    source_of,
)
from tests.qa.evidence_training.toys import MILK, TOYS, entry, question, write_squad


def read(path: Path, *entries: dict[str, Any]) -> list[Example]:
    return read_squad(write_squad(path / "squad.json", entries), source="squad")


def shown(example: Example, positions: tuple[int, ...]) -> list[str]:
    return [example.article.sentences[n].candidate.sentence for n in positions]


# Questions


def test_an_answer_becomes_the_sentence_that_holds_it(tmp_path: Path) -> None:
    examples = read(tmp_path, TOYS[0])
    assert [shown(example, example.answers) for example in examples[:3]] == [
        ["Breast milk of mothers holds living stem cells."],
        ["Cregan found 12 markers in the milk of 7 mothers."],
        ["Milk of cows holds more protein than milk of mothers."],
    ]
    assert [example.near for example in examples[:3]] == [(), (), ()]


def test_a_plausible_answer_of_an_impossible_question_is_near_and_no_answer(
    tmp_path: Path,
) -> None:
    example = read(tmp_path, TOYS[0])[3]
    assert example.question == "How many markers did Zani find?"
    assert example.answers == ()
    assert shown(example, example.near) == ["Hassiotou found 15 other markers."]


def test_the_same_place_given_twice_is_one_answer(tmp_path: Path) -> None:
    item = question("What?", MILK, "12 markers")
    item["answers"] += [{"text": "markers", "answer_start": MILK.index("markers")}]
    example = read(tmp_path, entry("Milk", MILK, [item]))[0]
    assert example.answers == (1,)


def test_an_answer_over_two_sentences_is_both(tmp_path: Path) -> None:
    answer = "stem cells. Cregan found 12"
    text = f"It is {answer} of them in the milk."
    example = read(tmp_path, entry("Milk", text, [question("What?", text, answer)]))[0]
    assert shown(example, example.answers) == ["Cregan found 12 of them in the milk."]
    whole = "Breast milk of mothers holds living stem cells. Cregan found 12 markers in the milk"
    example = read(tmp_path, entry("Milk", MILK, [question("What?", MILK, whole)]))[0]
    assert example.answers == (0, 1)


def test_places_are_counted_over_the_paragraphs_of_the_whole_article(tmp_path: Path) -> None:
    second = "Rats have a brain as well as mice. 9 of them were weighed again on this day."
    item = {
        "title": "Two",
        "paragraphs": [
            {"context": MILK, "qas": []},
            {"context": second, "qas": [question("How many?", second, "9")]},
        ],
    }
    example = read(tmp_path, item)[0]
    assert example.article.text == f"{MILK}\n\n{second}"
    assert shown(example, example.answers) == ["9 of them were weighed again on this day."]


def test_every_sentence_of_an_article_is_known_to_be_right_or_wrong(tmp_path: Path) -> None:
    assert read(tmp_path, TOYS[0])[0].allowed == range(5)


def test_questions_on_one_article_share_it(tmp_path: Path) -> None:
    examples = read(tmp_path, *TOYS[:2])
    assert examples[0].article is examples[3].article
    assert examples[0].article is not examples[4].article


# Articles without titles


def test_an_article_without_title_is_known_by_its_document_id(tmp_path: Path) -> None:
    text = f"Milk and its cells\n\nhttps://example.org/a\n\nSHA: 0123456789abcdef0123\n\n{MILK}"
    item = {
        "paragraphs": [
            {"document_id": 620, "context": text, "qas": [question("What?", text, "12 markers")]}
        ]
    }
    example = read(tmp_path, item)[0]
    assert (example.article.id, example.article.title) == ("620", "Milk and its cells")
    assert shown(example, example.answers) == ["Cregan found 12 markers in the milk of 7 mothers."]


def test_addresses_and_checksums_are_no_sentences() -> None:
    text = f"https://example.org/a/long/address\n\nSHA: 0123456789abcdef0123456789\n\n{MILK}"
    sentences = [s.candidate.sentence for s in cut_article("a", "", text).sentences]
    assert sentences[0] == "Breast milk of mothers holds living stem cells."
    assert len(sentences) == 5


def test_underscores_of_a_title_are_spaces(tmp_path: Path) -> None:
    item = entry("Breast_milk", MILK, [question("What?", MILK, "12 markers")])
    article = read(tmp_path, item)[0].article
    assert (article.id, article.title) == ("Breast_milk", "Breast milk")


# Sentences


def test_a_sentence_stands_with_its_place_and_the_one_before_it() -> None:
    article = cut_article("milk", "Milk", MILK)
    assert article.sentences[1].candidate == Candidate(
        "Cregan found 12 markers in the milk of 7 mothers.",
        "Breast milk of mothers holds living stem cells.",
        "Milk.",
    )


def test_the_first_sentence_of_a_paragraph_has_nothing_before_it() -> None:
    article = cut_article("milk", "", MILK)
    assert [(s.paragraph, bool(s.candidate.before)) for s in article.sentences] == [
        (0, False),
        (0, True),
        (0, True),
        (1, False),
        (1, True),
    ]
    assert article.sentences[0].candidate.place == ""


def test_the_span_of_a_sentence_is_where_it_stands_in_the_article() -> None:
    article = cut_article("milk", "Milk", MILK)
    for sentence in article.sentences:
        assert article.text[sentence.span.start : sentence.span.end] == sentence.candidate.sentence


def test_a_short_piece_is_no_candidate_but_stands_before_the_next() -> None:
    article = cut_article(
        "a", "", "Results were good. Cells of the milk reached the brain of pups."
    )
    assert [s.candidate for s in article.sentences] == [
        Candidate("Cells of the milk reached the brain of pups.", "Results were good.", "")
    ]


def test_line_breaks_within_a_sentence_are_shown_as_spaces() -> None:
    article = cut_article("a", "", "Cells of the milk\n  reached the brain of the pups.")
    assert article.sentences[0].candidate.sentence == (
        "Cells of the milk reached the brain of the pups."
    )


def test_two_articles_with_the_same_text_are_not_equal() -> None:
    assert cut_article("a", "", MILK) != cut_article("a", "", MILK)


# What is held out


@pytest.mark.parametrize(
    ("article_id", "held_out"),
    [("Milk", False), ("Brain", False), ("Gut", False), ("Heart", True), ("620", True),
     ("1719", True), ("2486", False)],
)  # fmt: skip
def test_an_article_is_held_out_by_its_id_for_ever(article_id: str, held_out: bool) -> None:
    assert is_held_out(article_id) is held_out


def test_about_a_fifth_is_held_out() -> None:
    assert sum(is_held_out(str(n)) for n in range(1000)) == 193


def test_no_article_is_trained_on_and_held_out(tmp_path: Path) -> None:
    examples = read(tmp_path, *TOYS)
    held_out = {e.article.id for e in examples if e.article.is_held_out}
    trained = {e.article.id for e in examples if not e.article.is_held_out}
    assert (held_out, trained) == ({"Heart"}, {"Milk", "Brain", "Gut"})


def test_the_source_of_an_example_is_told_without_its_kind(tmp_path: Path) -> None:
    example = read(tmp_path, TOYS[0])[0]
    written = Example("Why?", example.article, (), (), range(0), "written-paraphrase")
    assert (source_of(example), source_of(written)) == ("squad", "written")


# Files that are not of that form


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"data": 7}', '{"data": ["a"]}', '{"data": [{"title": "a"}]}',
     '{"data": [{"title": "a", "paragraphs": [{"context": "b"}]}]}',
     '{"data": [{"paragraphs": [{"context": "b", "qas": []}]}]}',
     '{"data": [{"paragraphs": []}]}'],
    ids=["empty", "cut", "list", "no data", "number", "text", "no paragraphs", "no questions",
         "neither title nor id", "no paragraph"],
)  # fmt: skip
def test_another_form_is_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "squad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TrainingDataError, match=re.escape(f"{path} cannot be read as SQuAD JSON")):
        read_squad(path, source="squad")


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    with pytest.raises(TrainingDataError, match=re.escape(str(path))):
        read_squad(path, source="squad")


@pytest.mark.parametrize("lacking", ["question", "answers", "plausible_answers"])
def test_a_question_that_lacks_a_key_is_an_error_that_names_it(
    tmp_path: Path, lacking: str
) -> None:
    items = json.loads(json.dumps(TOYS[0]))
    for item in items["paragraphs"][0]["qas"]:
        item.pop(lacking, None)
    with pytest.raises(TrainingDataError, match=lacking):
        read(tmp_path, items)
