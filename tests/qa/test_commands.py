"""The command line, called as a function; each command opens a library of its own folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Document
from qa.__main__ import main, read_batch

AYDIN = (
    "Aydın et al. (25) showed that maternal cells detected in the blood and brain of pups "
    "differentiated into glial and neuronal cell types in the brain."
)
MICROCHIMERISM = (
    "Microchimerism is the presence of a small number of cells or DNA that originate from another "
    "individual that are genetically distinct from the cells of the host individual (22)."
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("library"))


def write_lines(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


# ask


def test_ask_prints_the_quote_with_its_citation(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "What is microchimerism?", "--library", library]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "Q1  Breast Milk and Microchimerism · answers directly",
        f"  “{MICROCHIMERISM}”",
    ]
    assert lines[3].startswith("    [22] Sarkar K, Miller FW.")


def test_ask_after_earlier_questions_prints_json(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["ask", "And Aydin?", "--after", "What is NEC?", "--after", "What did Ahn report?"]
    assert main([*arguments, "--json", "--library", library]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["standalone_question"] == "What did Aydin report?"
    assert [quote["text"] for quote in reply["quotes"]] == [AYDIN]


def test_ask_can_be_kept_to_an_article(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ask", "What is microchimerism?", "--library", library, "--article"]
    assert main([*asked, "kersin-2021"]) == 0
    assert MICROCHIMERISM in capsys.readouterr().out
    assert main([*asked, "moss-2011"]) == 2
    message = "error: no article 'moss-2011' in the library; choose among kersin-2021\n"
    assert capsys.readouterr().err.endswith(message)


def test_an_empty_question_is_an_error_without_traceback(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "???", "--library", library]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.splitlines()[-1]) == ("", "error: Please type a question.")


def test_a_question_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["ask"])
    assert "the following arguments are required: question" in capsys.readouterr().err


# batch

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"id": "b", "question": "What is microchimerism?"},
    {"id": "a", "question": "And 26?", "history": ["What is reference 25?"]},
    {"id": "c", "question": "How do I bake bread?", "history": None},
    {"id": 7, "question": "Should I pump?", "history": []},
)


@pytest.fixture(scope="module")
def replies(library: str, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("batch")
    source = write_lines(folder / "in.jsonl", QUESTIONS[0], "", *QUESTIONS[1:])
    assert main(["batch", str(source), str(folder / "out.jsonl"), "--library", library]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["in.jsonl", "out.jsonl"]
    text = (folder / "out.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_batch_answers_every_question_in_order(replies: list[dict[str, Any]]) -> None:
    assert [(reply["id"], reply["question"], reply["status"]) for reply in replies] == [
        ("b", "What is microchimerism?", "answered"),
        ("a", "And 26?", "answered"),
        ("c", "How do I bake bread?", "not_in_source"),
        (7, "Should I pump?", "declined"),
    ]


def test_a_batch_line_begins_with_its_id_and_ends_with_its_time(
    replies: list[dict[str, Any]],
) -> None:
    common = ["id", "question", "standalone_question", "status", "reason"]
    assert [list(reply) for reply in replies] == [
        [*common, "confidence", "quotes", "is_list", "elapsed_ms"],
        [*common, "confidence", "quotes", "is_list", "elapsed_ms"],
        [*common, "confidence", "quotes", "nearest", "is_list", "elapsed_ms"],
        [*common, "message", "quotes", "is_list", "elapsed_ms"],
    ]
    assert all(reply["elapsed_ms"] > 0 for reply in replies)


def test_a_batch_line_uses_its_history(replies: list[dict[str, Any]]) -> None:
    assert replies[1]["standalone_question"] == "What is reference 26?"
    assert replies[1]["quotes"][0]["text"].startswith("Hanson LA.")


def test_quotes_of_a_batch_are_slices_of_the_article(
    replies: list[dict[str, Any]], article: Document
) -> None:
    for reply in replies:
        for quote in reply["quotes"] + reply.get("nearest", []):
            assert quote["document"] == "kersin-2021"
            assert quote["text"] == article.text[quote["start"] : quote["end"]]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("{not json", "not JSON (Expecting property name enclosed in double quotes: "
                      "line 1 column 2 (char 1))"),
        ("[1]", "expected an object with id and question, got [1]"),
        ({"id": "x"}, "question must be a text that is not empty, got None"),
        ({"id": "x", "question": " "}, "question must be a text that is not empty, got ' '"),
        ({"id": "x", "question": 5}, "question must be a text that is not empty, got 5"),
        ({"id": "x", "question": "Why?", "history": "What?"},
         "history must be a list of earlier questions, got 'What?'"),
        ({"id": "x", "question": "Why?", "history": [1]},
         "history must be a list of earlier questions, got [1]"),
    ],
    ids=["not JSON", "no object", "no question", "empty", "a number", "history is a text",
         "history of numbers"],
)  # fmt: skip
def test_a_bad_line_is_named_and_an_earlier_output_stays(
    library: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    bad: object,
    problem: str,
) -> None:
    source = write_lines(tmp_path / "in.jsonl", QUESTIONS[0], "", bad)
    output = write_lines(tmp_path / "out.jsonl", "earlier")
    assert main(["batch", str(source), str(output), "--library", library]) == 2
    assert capsys.readouterr().err == f"error: {source}, line 3: {problem}\n"
    assert output.read_text(encoding="utf-8") == "earlier\n"


@pytest.mark.parametrize("question", ["???", "x" * 2001], ids=["no letter", "too long"])
def test_a_question_that_cannot_be_asked_is_named_with_its_line(
    library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    source = write_lines(tmp_path / "in.jsonl", QUESTIONS[3], {"id": "x", "question": question})
    output = write_lines(tmp_path / "out.jsonl", "earlier")
    assert main(["batch", str(source), str(output), "--library", library]) == 2
    assert f"{source}, line 2: " in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_missing_input_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing.jsonl"
    assert main(["batch", str(missing), str(tmp_path / "out.jsonl")]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_is_not_utf_8_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"id": "x", "question": "\xff"}\n')
    assert main(["batch", str(source), str(tmp_path / "out.jsonl")]) == 2
    assert str(source) in capsys.readouterr().err


def test_a_line_is_read_with_its_defaults(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", {"question": "Why?", "more": 1})
    assert list(read_batch(source)) == [{"id": "", "question": "Why?", "history": []}]


def test_a_line_separator_within_a_question_does_not_end_the_line(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "x", "question": "Why\u2028so?"}\n', encoding="utf-8")
    assert [item["question"] for item in read_batch(source)] == ["Why\u2028so?"]


# verify


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [
        (AYDIN, 0, "FOUND: The source says exactly this."),
        (
            AYDIN.replace("maternal", "paternal"),
            1,
            "ALTERED: The source says something else here; the difference is marked.",
        ),
        (
            AYDIN.replace("(25)", "(24)"),
            1,
            "MISATTRIBUTED: The words are the source's, but it attributes them to someone else.",
        ),
        ("The train leaves at noon.", 1, "ABSENT: Nothing like this is in the source."),
    ],
    ids=["found", "altered", "misattributed", "absent"],
)
def test_verify_says_what_it_found_and_exits_accordingly(
    library: str, capsys: pytest.CaptureFixture[str], text: str, code: int, verdict: str
) -> None:
    assert main(["verify", text, "--library", library]) == code
    assert capsys.readouterr().out.splitlines()[0] == verdict


def test_verify_of_an_empty_text_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "..."]) == 2
    assert capsys.readouterr().err.startswith("error: there is nothing to check")


# evaluate


def test_evaluate_measures_a_question_file(
    library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = write_lines(
        tmp_path / "own.jsonl",
        {
            "id": "one",
            "kind": "fact",
            "question": "What is microchimerism?",
            "answerable": True,
            "evidence": ["Microchimerism is the presence of a small number of cells or DNA"],
            "references": [22],
        },
        {
            "id": "two",
            "kind": "offtopic",
            "question": "How do I bake bread?",
            "answerable": False,
        },
        {"id": "three", "kind": "advice", "question": "Should I pump?", "answerable": False},
    )
    results = tmp_path / "results.json"
    arguments = ["evaluate", "--questions", str(questions), "--library", library]
    assert main([*arguments, "--json", str(results)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "0 of 3 replies are not right"
    assert next(line for line in lines if line.startswith("exactness")).split()[1] == "1.00"
    assert "own.jsonl" in results.read_text(encoding="utf-8")


def test_evaluate_names_the_line_of_a_bad_question(
    library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"id": "x", "kind": "offtopic", "question": "How?", "answerable": False}
    questions = write_lines(tmp_path / "own.jsonl", good, good)
    assert main(["evaluate", "--questions", str(questions), "--library", library]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"error: {questions}, line 2: id 'x' is taken by line 1")
