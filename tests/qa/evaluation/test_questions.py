"""The question file: what is read from it, and that every error says where and how to mend it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.document import Document
from qa.evaluation.questions import KINDS, QuestionFileError, load_questions

GOOD = {
    "id": "fact-1",
    "kind": "fact",
    "question": "What does milk hold?",
    "history": [],
    "answerable": True,
    "evidence": ["Milk holds stem cells"],
    "references": [1, 2],
}
SILENT = {"answerable": False, "evidence": [], "references": []}

WriteLines = Callable[..., Path]


@pytest.fixture
def write_lines(tmp_path: Path) -> WriteLines:
    def write(*lines: str | dict[str, object]) -> Path:
        path = tmp_path / "questions.jsonl"
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    return write


def test_fields_are_read_and_evidence_is_located(write_lines: WriteLines, milk: Document) -> None:
    (question,) = load_questions(write_lines(GOOD), [milk])
    assert (question.id, question.kind, question.question) == (
        "fact-1",
        "fact",
        "What does milk hold?",
    )
    assert question.answerable
    assert question.references == (1, 2)
    (evidence,) = question.evidence
    (occurrence,) = evidence.occurrences
    assert milk.slice(occurrence.spans[0]) == "Milk holds stem cells"
    assert question.document_ids == {"milk"}


def test_snippet_may_be_in_any_document(
    write_lines: WriteLines, milk: Document, bone: Document
) -> None:
    path = write_lines(GOOD | {"evidence": ["Bone is hard"], "references": []})
    (question,) = load_questions(path, [milk, bone])
    assert question.document_ids == {"bone"}
    assert len(question.evidence[0].occurrences) == 2


def test_documents_are_read_once_however_many_lines_there_are(
    write_lines: WriteLines, milk: Document, bone: Document
) -> None:
    path = write_lines(
        GOOD, GOOD | {"id": "fact-2", "evidence": ["Bone is hard"]}, GOOD | {"id": "3"}
    )
    read = (document for document in (milk, bone))  # can be gone through once
    questions = load_questions(path, read)
    assert [question.document_ids for question in questions] == [
        {"milk", "bone"},
        {"bone"},
        {"milk", "bone"},
    ]


def test_lists_may_be_left_out(write_lines: WriteLines, milk: Document) -> None:
    line = {"id": "o", "kind": "offtopic", "question": "Who won?", "answerable": False}
    (question,) = load_questions(write_lines(line), [milk])
    assert (question.history, question.evidence, question.references) == ((), (), ())


def test_blank_lines_count_for_line_numbers(write_lines: WriteLines, milk: Document) -> None:
    path = write_lines(GOOD, "", "  ", GOOD | {"id": "fact-2", "kind": "riddle"})
    with pytest.raises(QuestionFileError, match=r"questions\.jsonl, line 4, field 'kind'"):
        load_questions(path, [milk])


def test_line_separator_inside_a_string_does_not_shift_line_numbers(
    write_lines: WriteLines, milk: Document
) -> None:
    odd = json.dumps(GOOD | {"question": "What\u2028now?"}, ensure_ascii=False)
    with pytest.raises(QuestionFileError, match="line 2"):
        load_questions(write_lines(odd, "{"), [milk])


def test_second_use_of_an_id_names_both_lines(write_lines: WriteLines, milk: Document) -> None:
    with pytest.raises(QuestionFileError, match="line 2: id 'fact-1' is taken by line 1"):
        load_questions(write_lines(GOOD, GOOD), [milk])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "riddle"}, "field 'kind': 'riddle' is not a kind; use one of fact, "),
        ({"id": ""}, "field 'id': '' is not a text"),
        ({"question": 7}, "field 'question': 7 is not a text"),
        ({"history": "before"}, "field 'history': 'before' is not a list of non-empty strings"),
        ({"history": [""]}, "field 'history': [''] is not a list of non-empty strings"),
        ({"answerable": "yes"}, "field 'answerable': 'yes' is not true or false"),
        ({"evidence": ["Milk is blue"]}, "field 'evidence': 'Milk is blue' does not occur in milk"),
        ({"evidence": []}, "field 'evidence': [] is empty, but the question is answerable"),
        ({"references": ["1"]}, "field 'references': '1' is not a whole number"),
        ({"references": [True]}, "field 'references': True is not a whole number"),
        ({"references": 1}, "field 'references': 1 is not a list"),
        ({"references": [3]}, "field 'references': 3 is in no bibliography"),
        ({"evidense": []}, "field 'evidense': [] is in no known field; use only id, kind"),
        ({"kind": "advice"}, "field 'answerable': True does not fit kind 'advice'"),
        ({"answerable": False}, "field 'evidence': ['Milk holds stem cells'] is given, but"),
        (SILENT | {"references": [1]}, "field 'references': [1] is given, but answerable"),
        ({"kind": "followup"}, "field 'history': [] is empty, but kind is 'followup'"),
    ],
)
def test_wrong_field_is_named_with_its_value_and_remedy(
    write_lines: WriteLines, milk: Document, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(QuestionFileError) as error:
        load_questions(write_lines("", GOOD | changes), [milk])
    assert "questions.jsonl, line 2, " + message in str(error.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not JSON"),
        ("[1]", "line 1: [1] is not a JSON object"),
        ('{"id": "a"}', "line 1, field 'kind': None is missing; add it"),
    ],
)
def test_line_that_is_no_question_is_refused(
    write_lines: WriteLines, milk: Document, line: str, message: str
) -> None:
    with pytest.raises(QuestionFileError) as error:
        load_questions(write_lines(line), [milk])
    assert message in str(error.value)


def test_file_without_questions_is_refused(write_lines: WriteLines, milk: Document) -> None:
    with pytest.raises(QuestionFileError, match="holds no question"):
        load_questions(write_lines(""), [milk])


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"none\.jsonl is missing"):
        load_questions(tmp_path / "none.jsonl", [])


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes("Özek".encode("latin-1"))
    with pytest.raises(QuestionFileError, match="is not UTF-8"):
        load_questions(path, [])


def test_there_are_sixteen_kinds() -> None:
    assert len(KINDS) == len(set(KINDS)) == 16
