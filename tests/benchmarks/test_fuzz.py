"""Hostile questions get a reply or are refused, in bounded time; and the check itself can fail."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.fuzz import Findings, ask_all, ask_one, open_without_models, table
from benchmarks.hostile import HostileQuestions
from qa.assistant import Assistant

QUESTIONS = 120


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return open_without_models(tmp_path_factory.mktemp("library"))


def test_hostile_questions_are_answered_by_slices_or_refused_in_time(assistant: Assistant) -> None:
    findings = ask_all(assistant, QUESTIONS, seed=1, most_seconds=5.0)
    assert findings.faults == []
    assert findings.outcomes.total() == QUESTIONS
    assert {"Abstention", "refused as no question"} <= findings.outcomes.keys()
    assert len(findings.slowest) == 5


def test_hostile_questions_are_of_every_kind() -> None:
    questions = HostileQuestions(1)
    drawn = [questions.draw() for _ in range(800)]
    assert any("\ud800" <= sign <= "\udfff" for text in drawn for sign in text)
    assert any(ord(sign) > 0xFFFF for text in drawn for sign in text)
    assert any("\x00" in text for text in drawn)
    assert any("\u202e" in text for text in drawn)
    assert any("<script>" in text for text in drawn)
    assert max(map(len, drawn)) >= 1_000_000


class Broken:
    """An assistant that fails on a question, or takes another text for a slice."""

    def __init__(self, real: Assistant) -> None:
        self.library = real.library
        self._real = real

    def ask(self, question: str, history: Sequence[str]) -> Any:
        if question == "fail":
            raise RuntimeError("the index fell over")
        reply = self._real.ask("Which stem cells are in milk?")
        quotes = reply.nearest if hasattr(reply, "nearest") else reply.quotes  # type: ignore[union-attr]
        object.__setattr__(quotes[0], "text", "something else")
        return reply


@pytest.mark.parametrize(
    ("question", "fault"), [("fail", "RuntimeError: the index"), ("x", "is not its slice")]
)
def test_what_must_not_be_is_found(assistant: Assistant, question: str, fault: str) -> None:
    _, faults = ask_one(Broken(assistant), question, ())  # type: ignore[arg-type]
    assert fault in faults[0]


def test_slow_answer_is_a_fault(assistant: Assistant) -> None:
    findings = ask_all(assistant, 3, seed=2, most_seconds=0.0)
    assert len(findings.faults) == 3
    assert findings.faults[0].startswith("took ")


def test_findings_are_laid_out() -> None:
    findings = Findings(Counter(Answer=1_200, failed=2), ["a", "b"], [(0.5, "x"), (1.25, "y")])
    assert table(findings, 7.6) == [
        ["questions", "Answer", "failed", "wrong", "slowest, s of processor time", "s"],
        ["1,202", "1,200", "2", "2", "1.25", "8"],
    ]
