"""Questions that arrive together share a batch, get what each gets alone, and never wait alone."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, current_thread
from typing import Any

import numpy as np
import pytest

from qa.answering import Answer, Reply
from qa.assistant import Assistant
from qa.batching import (
    MAX_ENCODED,
    READ_AT_ONCE,
    BatchedEncoder,
    BatchedScorer,
    Batcher,
    BatchStep,
    BusyError,
)
from qa.boundaries import Refusal
from qa.evidence_model.network import EvidenceNetwork
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import load_scorer
from tests.conftest import KeywordEncoder

LONG = 60.0
"""Seconds that no test lasts."""


class Doubling:
    """A step that doubles numbers, fails at 13, and keeps the batches that it was given."""

    def __init__(self, limit: int = 8, size: Callable[[Any], int] = lambda item: 1) -> None:
        self.batches: list[list[int]] = []
        self.gate = Event()
        self.gate.set()
        self.step = BatchStep(self._run, limit, size)

    def _run(self, items: list[int]) -> list[int]:
        self.batches.append(items)
        assert self.gate.wait(timeout=LONG)
        if 13 in items:
            raise ValueError("thirteen")
        return [2 * item for item in items]


@contextmanager
def asked_while_busy(
    batcher: Batcher, doubling: Doubling, items: Sequence[int]
) -> Iterator[list[Future[Any]]]:
    """Hand items in, one after the other, while the step is busy with 0; then let it go on."""
    with ThreadPoolExecutor(len(items) + 1) as pool:
        doubling.gate.clear()
        first = pool.submit(batcher.run, doubling.step, 0)
        until(lambda: doubling.batches == [[0]])
        results = []
        for count, item in enumerate(items, start=1):
            results.append(pool.submit(batcher.run, doubling.step, item))
            until(lambda count=count: len(batcher._waiting) == count)
        doubling.gate.set()
        assert first.result(timeout=LONG) == 0
        yield results


def always(**settings: Any) -> Batcher:
    """A batcher that leaves no question to its own thread."""
    return Batcher(side_by_side=-1, **settings)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_arrives_while_a_batch_runs_is_the_next_batch() -> None:
    batcher, doubling = always(), Doubling()
    with asked_while_busy(batcher, doubling, [1, 2, 3]) as results:
        assert [result.result(timeout=LONG) for result in results] == [2, 4, 6]
    assert doubling.batches == [[0], [1, 2, 3]]


def test_a_batch_is_no_larger_than_its_limit() -> None:
    batcher, doubling = always(), Doubling(limit=5, size=lambda item: item or 1)
    with asked_while_busy(batcher, doubling, [2, 3, 4, 9, 1]) as results:
        assert [result.result(timeout=LONG) for result in results] == [4, 6, 8, 18, 2]
    assert doubling.batches == [[0], [2, 3], [4], [9], [1]]


def test_steps_of_different_kinds_are_not_mixed() -> None:
    batcher, one, other = always(), Doubling(), Doubling()
    with asked_while_busy(batcher, one, [1]) as results, ThreadPoolExecutor() as pool:
        assert pool.submit(batcher.run, other.step, 2).result(timeout=LONG) == 4
        assert results[0].result(timeout=LONG) == 2
    assert (one.batches, other.batches) == ([[0], [1]], [[2]])


def test_an_item_that_fails_fails_alone() -> None:
    batcher, doubling = always(), Doubling()
    with asked_while_busy(batcher, doubling, [1, 13, 3]) as results:
        assert results[0].result(timeout=LONG) == 2
        with pytest.raises(ValueError, match="thirteen"):
            results[1].result(timeout=LONG)
        assert results[2].result(timeout=LONG) == 6


def test_a_question_alone_never_waits() -> None:
    batcher, doubling = always(wait_seconds=LONG), Doubling()
    begun = time.monotonic()
    with batcher.question():
        assert batcher.run(doubling.step, 1) == 2
    assert batcher.run(doubling.step, 2) == 4  # nor what is asked outside of a question
    assert time.monotonic() - begun < LONG / 4


def test_a_few_questions_run_in_their_own_threads_and_more_in_batches() -> None:
    batcher = Batcher(side_by_side=2)
    step = BatchStep(lambda items: [current_thread().name for _ in items], limit=8)
    own = current_thread().name
    with batcher.question(), batcher.question():
        assert batcher.run(step, 1) == own
        with batcher.question():
            assert batcher.run(step, 1) == "batches"
        assert batcher.run(step, 1) == own


def test_steps_of_questions_that_are_answered_together_become_one_batch() -> None:
    batcher, doubling, together = always(wait_seconds=LONG), Doubling(), Barrier(3)

    def answer(item: int) -> int:
        with batcher.question():
            together.wait(timeout=LONG)
            time.sleep(item / 50)  # one is ready sooner than the other
            return int(batcher.run(doubling.step, item))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(answer, [1, 2, 3])) == [2, 4, 6]
    assert sorted(doubling.batches[0]) == [1, 2, 3]


def test_the_wait_for_other_questions_has_an_end() -> None:
    batcher, doubling = always(wait_seconds=0.01), Doubling()
    with batcher.question(), batcher.question():  # the second one takes no step
        assert batcher.run(doubling.step, 1) == 2


def test_one_question_too_many_is_told_to_come_again() -> None:
    batcher = always(max_questions=2)
    match = r"2 questions are being answered\. Please ask again"
    with batcher.question(), batcher.question(), pytest.raises(BusyError, match=match):
        batcher.question().__enter__()
    with pytest.raises(ZeroDivisionError), batcher.question():
        raise ZeroDivisionError
    with batcher.question(), batcher.question():  # the places are free again
        pass


def test_long_lists_are_encoded_in_parts_and_in_order() -> None:
    encoder = KeywordEncoder()
    batched = BatchedEncoder(encoder, always())
    texts = [f"milk {'brain ' * n}" for n in range(2 * MAX_ENCODED + 3)]
    assert (batched.name, batched.dimension) == (encoder.name, encoder.dimension)
    assert batched.weights_sha256 == encoder.weights_sha256
    np.testing.assert_array_equal(batched.encode(texts), encoder.encode(texts))
    assert batched.encode([]).shape == (0, encoder.dimension)


def test_lists_of_several_askers_get_their_own_rows() -> None:
    encoder, batcher = KeywordEncoder(), always()
    batched = BatchedEncoder(encoder, batcher)
    lists = [["milk"], ["brain", "gut"], ["bone", "bee", "cell"]]
    rows = batched._encode(lists)
    for own, texts in zip(rows, lists, strict=True):
        np.testing.assert_array_equal(own, encoder.encode(texts))


def test_a_scorer_in_batches_gives_what_it_gives_alone() -> None:
    scorer = load_scorer()
    candidates = [Candidate("Milk holds living cells.", "", "Milk."), Candidate("Bone.", "", "")]
    batched = BatchedScorer(scorer, always())
    expected = scorer.score("What is in milk?", candidates)
    assert batched.name == scorer.name
    assert batched.score("What is in milk?", candidates) == pytest.approx(expected, abs=0.02)


QUESTIONS = (
    "What is microchimerism?",
    "Do maternal cells reach the brain of the pups?",
    "Who first described stem cells in breast milk?",
    "How much milk should I give my baby?",
    "What is the capital of France?",
    "Which conditions were studied?",
    "Are the cells found in the gut of the infant?",
    "What markers do the cells carry?",
)


def summary(reply: Reply) -> tuple[object, ...]:
    if isinstance(reply, Refusal):
        return (reply,)
    quotes = reply.quotes if isinstance(reply, Answer) else reply.nearest
    return (type(reply), *(quote.span for quote in quotes))


def test_answers_to_many_are_those_that_each_gets_alone(assistant: Assistant) -> None:
    batcher, stages = always(), assistant.stages
    library = assistant.library.with_documents([])
    library.encoder = BatchedEncoder(library.encoder, batcher)
    shared = Assistant(
        library,
        scorer=BatchedScorer(load_scorer(), batcher),
        weights=stages.weights,
        batcher=batcher,
    )
    alone = [assistant.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(len(QUESTIONS)) as pool:
        together = list(pool.map(shared.ask, QUESTIONS))
    assert [summary(reply) for reply in together] == [summary(reply) for reply in alone]
    for one, other in zip(together, alone, strict=True):
        if not isinstance(one, Refusal) and not isinstance(other, Refusal):
            assert one.confidence == pytest.approx(other.confidence, abs=0.01)


def test_an_assistant_that_is_busy_says_so(assistant: Assistant) -> None:
    batcher = always(max_questions=1)
    shared = Assistant(assistant.library, weights=assistant.stages.weights, batcher=batcher)
    with batcher.question(), pytest.raises(BusyError):
        shared.ask(QUESTIONS[0])
    shared.ask(QUESTIONS[3])
    with batcher.question(), pytest.raises(BusyError):
        shared.with_documents([]).ask(QUESTIONS[0])


class Reading:
    """An evidence model that keeps what it was given to read ahead."""

    name = "reading"

    def __init__(self) -> None:
        self.read: list[Candidate] = []

    def score_all(self, asked: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[float]]:
        return [[0.0] * len(own) for _, own in asked]

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        return self.score_all([(question, candidates)])[0]

    def read_ahead(self, candidates: Sequence[Candidate]) -> None:
        self.read += candidates


def numbered(count: int) -> list[Candidate]:
    return [Candidate(f"Sentence {n}.", "", "") for n in range(count)]


def test_candidates_are_read_ahead_once_each_and_in_their_order() -> None:
    reading, batcher = Reading(), Batcher()
    BatchedScorer(reading, batcher).read_ahead(numbered(2 * READ_AT_ONCE + 1))
    assert reading.read == numbered(2 * READ_AT_ONCE + 1)


def test_a_question_that_comes_is_answered_before_more_is_read() -> None:
    batcher = Batcher()
    asked = Event()

    class Interrupted(Reading):
        def read_ahead(self, candidates: Sequence[Candidate]) -> None:
            super().read_ahead(candidates)
            if not asked.is_set():  # while the first of them are read, a question comes
                question.__enter__()
                asked.set()

    question, reading = batcher.question(), Interrupted()
    with ThreadPoolExecutor() as pool:
        done = pool.submit(BatchedScorer(reading, batcher).read_ahead, numbered(3 * READ_AT_ONCE))
        assert asked.wait(timeout=LONG)
        time.sleep(0.05)
        assert len(reading.read) == READ_AT_ONCE
        question.__exit__(None, None, None)
        done.result(timeout=LONG)
    assert len(reading.read) == 3 * READ_AT_ONCE


def test_what_was_read_ahead_is_not_read_again_and_changes_no_answer(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    batcher = Batcher()
    ahead = Assistant(
        assistant.library,
        scorer=BatchedScorer(load_scorer(), batcher),
        weights=assistant.stages.weights,
        batcher=batcher,
    )
    ahead.read_ahead()
    texts: list[int] = []
    read_apart = EvidenceNetwork.read_apart

    def counted(network: EvidenceNetwork, read: Sequence[Sequence[int]]) -> list[Any]:
        texts.append(len(read))
        return read_apart(network, read)

    monkeypatch.setattr(EvidenceNetwork, "read_apart", counted)
    found = [ahead.ask(question) for question in QUESTIONS]
    assert texts
    assert set(texts) == {1}  # the question alone
    monkeypatch.undo()
    assert found == [assistant.ask(question) for question in QUESTIONS]


def test_only_a_library_that_is_kept_whole_is_read_ahead(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading()
    scorer = BatchedScorer(reading, Batcher())
    shared = Assistant(assistant.library, scorer=scorer, weights=assistant.stages.weights)
    monkeypatch.setattr("qa.assistant.MAX_READ_AHEAD", len(assistant.library.passages) - 1)
    shared.read_ahead()
    assert reading.read == []
    monkeypatch.setattr("qa.assistant.MAX_READ_AHEAD", len(assistant.library.passages))
    shared.read_ahead()
    assert reading.read == [Candidate.of(passage) for passage in assistant.library.passages]


def test_without_an_evidence_model_there_is_nothing_to_read_ahead(assistant: Assistant) -> None:
    Assistant(assistant.library, weights=assistant.stages.weights).read_ahead()
