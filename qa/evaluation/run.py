"""Runs an assistant over the questions: each reply and each ranking, timed and judged."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from tqdm import tqdm

from corpus.document import Document
from qa.answering import Abstention, Answer, Reply
from qa.evaluation.judging import (
    SYSTEMS,
    Judge,
    JudgedQuote,
    Outcome,
    Rewriting,
    Status,
    System,
)
from qa.evaluation.questions import Question
from qa.quoting import Quote
from qa.timing import record_stages

RANKED = 10


class Ranker(Protocol):
    """What ranks quotes; `qa.assistant.Assistant` does."""

    def retrieve(
        self, question: str, history: Sequence[str] = (), *, system: System = "answer", k: int = 10
    ) -> Sequence[Quote]:
        """Rank k quotes, best first, whether or not they answer."""
        ...


class Answerer(Ranker, Protocol):
    """What is evaluated; `qa.assistant.Assistant` is one."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Reply to a question after earlier ones, oldest first."""
        ...


def run_questions(
    assistant: Answerer,
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    *,
    ranker: Ranker | None = None,
) -> tuple[Outcome, ...]:
    """Ask every question and rank quotes for it, with a progress bar on a terminal.

    Args:
        assistant: what is evaluated.
        questions: at least one.
        documents: by id, every document that the assistant may quote.
        ranker: ranks in the assistant's place, alike but faster; see `remembering`.

    Returns:
        One outcome a question, in order. An exception of the assistant is passed on: a failure must
        not look like silence.
    """
    judge = Judge(documents)
    # The first call pays for what is loaded on first use; that is not the time of a question.
    assistant.ask(questions[0].question, questions[0].history)
    progress = tqdm(questions, desc="Asking", unit="question", disable=None)
    return tuple(
        _run_question(assistant, ranker or assistant, question, judge) for question in progress
    )


def _run_question(assistant: Answerer, ranker: Ranker, question: Question, judge: Judge) -> Outcome:
    # Asked first: a ranking may find the question's vector in a cache, the reply must not.
    with record_stages() as stages:
        started = time.perf_counter()
        reply = assistant.ask(question.question, question.history)
        seconds = {"ask": time.perf_counter() - started}
    rankings = _rank(ranker, question, judge)
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
        rewritings=_rank_rewritings(ranker, question, judge, rewritten=rankings.get("answer", ())),
        seconds=seconds | stages,
    )


def _rank(
    ranker: Ranker, question: Question, judge: Judge
) -> dict[System, tuple[JudgedQuote, ...]]:
    """Rank an answerable question by every system."""
    rankings: dict[System, tuple[JudgedQuote, ...]] = {}
    for system in SYSTEMS if question.answerable else ():
        quotes = ranker.retrieve(question.question, question.history, system=system, k=RANKED)
        rankings[system] = judge.judge(quotes[:RANKED], question.evidence)
    return rankings


def _rank_rewritings(
    ranker: Ranker, question: Question, judge: Judge, *, rewritten: tuple[JudgedQuote, ...]
) -> dict[Rewriting, tuple[JudgedQuote, ...]]:
    """Rank an answerable follow-up without its history, and with the last question before it."""
    if not question.answerable or not question.history:
        return {}
    alone = question.question
    prepended = f"{question.history[-1]} {question.question}"
    first, second = (
        judge.judge(ranker.retrieve(text, system="answer", k=RANKED)[:RANKED], question.evidence)
        for text in (alone, prepended)
    )
    return {"alone": first, "prepended": second, "rewritten": rewritten}


def _status(reply: Reply) -> Status:
    if isinstance(reply, Answer):
        return "answered"
    return "not_in_source" if isinstance(reply, Abstention) else "declined"
