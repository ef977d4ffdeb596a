"""Many users at once: questions a second, how long one waits, and whether each gets its answer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.asking import load_questions
from benchmarks.speed.results import Measured, Times, beside
from benchmarks.speed.sides import pool_of
from qa.answering import Answer, Reply
from qa.assistant import Assistant
from qa.batching import Batcher
from qa.boundaries import Refusal

USERS = (1, 4, 16, 64)
BATCHED, APART = "in batches", "each alone"


@dataclass(frozen=True, slots=True)
class Served:
    """What so many users got.

    Attributes:
        times: of each question that was answered.
        all_s: until the last user was done.
        cpu_s: of the processor, all threads together.
        errors: questions that got none.
        wrong: answers that were not the one that a single user gets.
    """

    times: Times
    all_s: float
    cpu_s: float
    errors: int
    wrong: int

    @property
    def rate(self) -> float:
        """Questions a second."""
        return len(self.times.seconds) / self.all_s


def measure_users(library: Path, *, users: Sequence[int], questions: int) -> Measured:
    """Let users ask, each one question after the other; with batches and without, in turn.

    Args:
        library: folder.
        users: how many at once.
        questions: that all of them together ask, for each number of users.
    """
    asked = load_questions()[:questions]
    asked = (asked * (questions // len(asked) + 1))[:questions]
    alone = Assistant.load(library)
    sides = {APART: alone, BATCHED: Assistant.load(library, batcher=Batcher())}
    expected = {question: shown(alone.ask(question)) for question in dict.fromkeys(asked)}
    heads = ["users", "", "questions a second", "ms: median", "95th percentile"]
    heads += ["processor, ms each", "errors", "wrong"]
    table = [heads]
    for count in users:
        found = {name: serve(side, asked, expected, count) for name, side in sides.items()}
        for name, served in found.items():
            table.append(
                [
                    f"{count}",
                    name,
                    beside(served.rate, found[APART].rate, ".2f"),
                    beside(served.times.median_ms, found[APART].times.median_ms, ".0f"),
                    beside(served.times.p95_ms, found[APART].times.p95_ms, ".0f"),
                    f"{1000 * served.cpu_s / len(asked):.0f}",
                    f"{served.errors}",
                    f"{served.wrong}",
                ]
            )
    return Measured("users", table)


def serve(
    assistant: Assistant, questions: Sequence[str], expected: dict[str, object], users: int
) -> Served:
    """Let so many users share the questions."""
    errors: list[Exception] = []
    wrong: list[str] = []

    def ask(question: str) -> float:
        begun = time.perf_counter()
        try:
            reply = assistant.ask(question)
        except Exception as error:  # whatever it is, it is counted
            errors.append(error)
            return float("nan")
        if shown(reply) != expected[question]:
            wrong.append(question)
        return time.perf_counter() - begun

    begun, cpu = time.perf_counter(), time.process_time()
    seconds = list(pool_of(users).map(ask, questions))
    all_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    answered = tuple(value for value in seconds if value == value)
    return Served(Times(answered), all_s, cpu_s, len(errors), len(wrong))


def shown(reply: Reply) -> object:
    """Return what a user sees of a reply: its kind and its quotes."""
    if isinstance(reply, Refusal):
        return reply
    quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
    return (type(reply), tuple((quote.document_id, quote.span) for quote in quotes))
