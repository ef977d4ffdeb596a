"""Made-up tables: what is asked of them, and what is true of the rows."""

import re
from pathlib import Path

import pytest

from qa.evidence_training.articles import Example, TrainingDataError
from qa.evidence_training.tables import make_tables


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return make_tables(12, seed=3)


def rows(example: Example) -> list[str]:
    return [sentence.candidate.sentence for sentence in example.article.sentences]


def facts(example: Example) -> tuple[str, tuple[int, ...], tuple[int, ...], list[str]]:
    return example.question, example.answers, example.near, rows(example)


def test_the_same_seed_makes_the_same_tables(examples: list[Example]) -> None:
    assert [facts(e) for e in make_tables(12, seed=3)] == [facts(e) for e in examples]


def test_another_seed_makes_other_tables(examples: list[Example]) -> None:
    assert [facts(e) for e in make_tables(12, seed=4)] != [facts(e) for e in examples]


def test_as_many_tables_are_made_as_asked(examples: list[Example]) -> None:
    assert len({e.article.id for e in examples}) == 12
    assert make_tables(0, seed=3) == []


def test_a_row_is_written_as_the_passages_of_a_table_are(examples: list[Example]) -> None:
    form = re.compile(r"Study: [^;]+ et al\. \(\d{1,2}\)(?:, \d{4})?(?:; [^:;]+: [^;]+){3,5}\.")
    assert all(form.fullmatch(row) for e in examples for row in rows(e))


def test_a_row_stands_at_its_span(examples: list[Example]) -> None:
    for article in {e.article for e in examples}:
        cut = [article.text[s.span.start : s.span.end] for s in article.sentences]
        assert cut == [s.candidate.sentence for s in article.sentences]


def test_questions_with_and_without_an_answer_are_asked_of_every_table(
    examples: list[Example],
) -> None:
    for number in range(12):
        own = [e for e in examples if e.article.id == f"table-{number}"]
        assert any(e.answers for e in own)
        assert any(not e.answers for e in own)


def test_a_question_has_answers_or_rows_that_look_like_them(examples: list[Example]) -> None:
    assert all(bool(e.answers) != bool(e.near) for e in examples)


def test_every_row_is_known_to_be_right_or_wrong(examples: list[Example]) -> None:
    assert all(e.allowed == range(len(e.article.sentences)) for e in examples)


def test_no_question_keeps_a_blank_of_its_pattern(examples: list[Example]) -> None:
    assert [e.question for e in examples if "{" in e.question or "}" in e.question] == []


def test_a_question_about_several_rows_names_what_all_of_them_hold(
    examples: list[Example],
) -> None:
    several = [e for e in examples if len(e.answers) > 1]
    assert several
    for example in several:
        held = [set(re.findall(r": ([^;]+?)(?:;|\.$)", rows(example)[n])) for n in example.answers]
        assert any(cell in example.question for cell in set.intersection(*held))


@pytest.mark.parametrize(
    "content", ["", "names = 7", "[[column]]\nhead = []", "names = ["],
    ids=["empty", "no columns", "unknown key", "no TOML"],
)  # fmt: skip
def test_damaged_word_lists_are_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tables.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TrainingDataError, match=re.escape(str(path))):
        make_tables(1, seed=0, path=path)
