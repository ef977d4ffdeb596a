"""Runs an assistant over the questions: each reply and each ranking, timed and judged."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from tqdm import tqdm

from corpus.document import Document
from qa.answering import Abstention, Answer, Reply
from qa.evaluation.judging import SYSTEMS, Judge, JudgedQuote, Outcome, Status, System
from qa.evaluation.questions import Question
from qa.quoting import Quote

RANKED = 10


class Answerer(Protocol):
    """What is evaluated; `qa.assistant.Assistant` is one."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Reply to a question after earlier ones, oldest first."""
        ...

    def retrieve(
        self, question: str, history: Sequence[str] = (), *, system: System = "answer", k: int = 10
    ) -> Sequence[Quote]:
        """Rank k quotes, best first, whether or not they answer."""
        ...


def run_questions(
    assistant: Answerer, questions: Sequence[Question], documents: Mapping[str, Document]
) -> tuple[Outcome, ...]:
    """Ask every question and rank quotes for it, with a progress bar on a terminal.

    Args:
        assistant: what is evaluated.
        questions: at least one.
        documents: by id, every document that the assistant may quote.

    Returns:
        One outcome a question, in order. An exception of the assistant is passed on: a failure must
        not look like silence.
    """
    judge = Judge(documents)
    # The first call pays for what is loaded on first use; that is not the time of a question.
    assistant.ask(questions[0].question, questions[0].history)
    progress = tqdm(questions, desc="Asking", unit="question", disable=None)
    return tuple(_run_question(assistant, question, judge) for question in progress)


def _run_question(assistant: Answerer, question: Question, judge: Judge) -> Outcome:
    # Asked first: a ranking may find the question's vector in a cache, the reply must not.
    started = time.perf_counter()
    reply = assistant.ask(question.question, question.history)
    seconds = {"ask": time.perf_counter() - started}
    rankings: dict[System, tuple[JudgedQuote, ...]] = {}
    for system in SYSTEMS if question.answerable else ():
        started = time.perf_counter()
        quotes = assistant.retrieve(question.question, question.history, system=system, k=RANKED)
        seconds[system] = time.perf_counter() - started
        rankings[system] = judge.judge(quotes[:RANKED], question.evidence)
    return Outcome(
        question=question,
        standalone_question=reply.standalone_question,
        status=_status(reply),
        reason=reply.reason,
        confidence=reply.confidence if isinstance(reply, Answer | Abstention) else None,
        quotes=judge.judge(reply.quotes, question.evidence) if isinstance(reply, Answer) else (),
        nearest=(
            judge.judge(reply.nearest, question.evidence) if isinstance(reply, Abstention) else ()
        ),
        rankings=rankings,
        seconds=seconds,
    )


def _status(reply: Reply) -> Status:
    if isinstance(reply, Answer):
        return "answered"
    return "not_in_source" if isinstance(reply, Abstention) else "declined"
