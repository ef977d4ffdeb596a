"""The small pieces of the page without a browser: downloads, feedback, follow-ups, footer."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus.document import BlockKind
from qa.web.about import describe, read_version
from qa.web.downloads import make_download
from qa.web.feedback import FeedbackError, append_verdict, read_verdict
from qa.web.follow_ups import follow_up_questions
from qa.web.frame import render_footer
from qa.web.hub import needs_hub
from qa.web.naming import family_name, short_name
from qa.web.options import PageOptions
from qa.web.statements import statements_without_reference
from qa.web.turns import Failure, Turn
from qa.web.verdicts import render_verdict
from tests.web.fakes import FIRST, FakeAssistant, make_document
from tests.web.markup import parse

ASSISTANT = FakeAssistant()
DOCUMENT = make_document()
ONE = {DOCUMENT.id: DOCUMENT}
ANSWERED = Turn("first?", ASSISTANT.ask("first?"))
ABSTAINED = Turn("nothing", ASSISTANT.ask("nothing"))


def test_waiting_and_failed_questions_are_not_saved() -> None:
    turns = (ANSWERED, Turn("lost", Failure("broken")), Turn("waiting"))

    download = make_download("json", turns, [DOCUMENT], address="")

    assert download
    assert [turn["question"] for turn in json.loads(download["text"])["turns"]] == ["first?"]


@pytest.mark.parametrize("chosen", [None, "exe", 7, ["json"]])
def test_unknown_format_gives_no_file(chosen: object) -> None:
    assert make_download(chosen, (ANSWERED,), [DOCUMENT], address="") is None


def test_feedback_lines_are_appended(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"

    append_verdict(file, read_verdict("1", "Q1", "up", " fits "), (ANSWERED,))
    append_verdict(file, read_verdict(1, "N1", "down", ""), (ABSTAINED,))

    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(line["thumb"], line["reason"], line["label"]) for line in lines] == [
        ("up", "fits", "Q1"),
        ("down", "", "N1"),
    ]
    assert lines[0]["text"] == FIRST


def test_feedback_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    verdict = read_verdict("1", "Q1", "up", "")

    with pytest.raises(FeedbackError, match="cannot be written"):
        append_verdict(tmp_path / "no" / "feedback.jsonl", verdict, (ANSWERED,))


@pytest.mark.parametrize(
    ("turn", "label"), [("2", "Q1"), ("0", "Q1"), ("1", "Q9"), ("1", "N1"), ("1", "Q0"), ("1", "x")]
)
def test_feedback_on_no_quote_is_refused(turn: str, label: str, tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="no longer"):
        append_verdict(tmp_path / "f", read_verdict(turn, label, "up", ""), (ANSWERED,))


@pytest.mark.parametrize(
    "sent", [(None, "Q1", "up", ""), ("1", "Q1", "left", ""), ("1", "Q1", "up", 3)]
)
def test_feedback_that_is_none_is_refused(sent: tuple[object, object, object, object]) -> None:
    with pytest.raises(FeedbackError, match="could not be read"):
        read_verdict(*sent)


def test_follow_ups_are_about_what_is_cited_and_not_asked_again() -> None:
    first = follow_up_questions((ANSWERED,), ONE)
    again = follow_up_questions((Turn(first[0], ANSWERED.outcome),), ONE)

    assert "Where is reference 1 cited?" in first
    assert len(first) == 4
    assert first[0] not in again


def test_there_are_no_follow_ups_without_an_answer_or_among_many_articles() -> None:
    assert follow_up_questions((), ONE) == ()
    assert follow_up_questions((ABSTAINED,), ONE) == ()
    assert follow_up_questions((ANSWERED,), {**ONE, "other": DOCUMENT}) == ()


def test_statements_are_sentences_of_the_prose_without_a_marker() -> None:
    (findings,) = statements_without_reference(DOCUMENT)

    assert findings.section == "Findings"
    assert [each.text for each in findings.sentences] == ["Nobody has counted them yet."]
    span = findings.sentences[0].span
    assert DOCUMENT.block_at(span.start).kind is BlockKind.PARAGRAPH


def test_names_are_short() -> None:
    assert family_name("van Haaften R") == "van Haaften"
    assert [short_name(reference) for reference in DOCUMENT.references[:2]] == [
        "Blanc 1981",
        "Hock 2014",
    ]


def test_version_is_the_newest_of_the_change_log(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 1.2.3 (today)\n\n## 1.2.2\n", encoding="utf-8")

    assert read_version(changelog) == "1.2.3"
    assert read_version(tmp_path / "none") == ""
    assert describe(ASSISTANT).sources == (("cells in milk", "0" * 12),)


@dataclass
class JudgedAssistant(FakeAssistant):
    """A fake with an evidence model, or with the place for one."""

    stages: Any = None


@pytest.mark.parametrize(
    ("assistant", "name"),
    [
        (FakeAssistant(), ""),
        (
            JudgedAssistant(stages=SimpleNamespace(scorer=SimpleNamespace(name="a <judge>"))),
            "a <judge>",
        ),
        (JudgedAssistant(stages=SimpleNamespace(scorer=None)), "none"),
    ],
    ids=["unknown", "judged", "search alone"],
)
def test_footer_names_the_evidence_model(assistant: FakeAssistant, name: str) -> None:
    footer = parse(render_footer(describe(assistant), PageOptions()))

    assert [each.text for each in footer.all(class_="sic-evidence-model")] == (
        [name] if name else []
    )


@pytest.mark.parametrize(
    ("model", "evidence_model", "is_needed"),
    [
        (None, None, False),
        (None, "none", False),
        (None, "sic-evidence", False),
        ("FOLDER", "FOLDER", False),
        ("BAAI/bge-small-en-v1.5", None, True),
        (None, "cross-encoder/ms-marco-MiniLM-L6-v2", True),
        ("FOLDER", "cross-encoder/ms-marco-MiniLM-L6-v2", True),
    ],
)
def test_hub_is_needed_only_for_a_name_on_it(
    model: str | None, evidence_model: str | None, is_needed: bool, tmp_path: Path
) -> None:
    names = [str(tmp_path) if name == "FOLDER" else name for name in (model, evidence_model)]

    assert needs_hub(*names) is is_needed


def test_report_is_linked_only_once_it_is_there(tmp_path: Path) -> None:
    options = PageOptions(report=tmp_path)
    assert (options.report_file, options.report_href) == (None, "")

    (tmp_path / "report.html").write_text("", encoding="utf-8")

    assert options.report_href == "report/report.html"


@pytest.mark.parametrize(
    ("text", "remark"),
    [("", "Please paste"), (" … ", "Please paste"), ("x" * 5_001, "at most 5,000")],
)
def test_nothing_and_too_much_cannot_be_checked(text: str, remark: str) -> None:
    assert remark in render_verdict(text, ASSISTANT.library)
