"""Many users: questions that arrive together are encoded and judged in one batch, by one thread.

A question that is alone never waits, and of a few each runs the models in its own thread, which is
quicker. While more are being answered, the models wait a few milliseconds for their next step, so
that several steps become one batch. What is asked beyond
`MAX_QUESTIONS` at once is turned away with a `BusyError`; it must never look like "no evidence".
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any, TypeVar

import numpy as np

from index.encoder import Encoder, FloatMatrix
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BatchScorer

MAX_QUESTIONS = 64
"""That are answered at once; the next one is told to come again."""
SIDE_BY_SIDE = 4
"""Questions that need no batches: on two cores handing over cost four of them a quarter of their
rate, sixteen gained a tenth of theirs (`python -m benchmarks.speed users`)."""
WAIT_SECONDS = 0.003
"""For the steps of other questions that are being answered; a batch takes 20 ms and more."""
MAX_ENCODED = 32
"""Texts in a batch: twice as many take twice as long."""
MAX_JUDGED = 4
"""Questions in a batch. The matrices of one fill the processor already; a larger batch only lets
the first one wait for the last."""
READ_AT_ONCE = 4
"""Candidates that are read ahead between two looks for questions; some 30 ms."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class BusyError(Exception):
    """Too many questions are being answered; the message is for the user."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchStep:
    """A step that takes many items at once.

    Attributes:
        run: gives a result for each item, in their order.
        limit: how many items it is given at once.
        size: how much of the limit an item takes.
    """

    run: Callable[[list[Any]], Sequence[Any]]
    limit: int
    size: Callable[[Any], int] = field(default=lambda item: 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    step: BatchStep
    item: Any
    result: Future[Any] = field(default_factory=Future)


class Batcher:
    """Runs the steps of many questions in one thread.

    Args:
        max_questions: that are let in at once.
        wait_seconds: for the steps of other questions, at most.
        side_by_side: up to so many questions nothing is batched; -1 for always.
    """

    def __init__(
        self,
        *,
        max_questions: int = MAX_QUESTIONS,
        wait_seconds: float = WAIT_SECONDS,
        side_by_side: int = SIDE_BY_SIDE,
    ) -> None:
        self._side_by_side = side_by_side
        self._max_questions = max_questions
        self._wait_seconds = wait_seconds
        self._questions = 0
        self._waiting: list[_Job] = []
        self._changed = Condition()
        self._thread: Thread | None = None

    @contextmanager
    def question(self) -> Iterator[None]:
        """Let one question in, for as long as the block runs.

        Raises:
            BusyError: too many are being answered.
        """
        with self._changed:
            if self._questions >= self._max_questions:
                raise BusyError(
                    f"Sic is busy: {self._questions} questions are being answered. "
                    "Please ask again in a moment."
                )
            self._questions += 1
        try:
            yield
        finally:
            with self._changed:
                self._questions -= 1
                self._changed.notify_all()

    def wait_until_idle(self) -> None:
        """Wait until no question is being answered."""
        with self._changed:
            self._changed.wait_for(lambda: not self._questions)

    def run(self, step: BatchStep, item: Any) -> Any:  # noqa: ANN401 (as the step takes and gives)
        """Run a step on one item: here, or in a batch with those that wait for the same step.

        Raises:
            Exception: what the step raises for this item alone.
        """
        job = _Job(step, item)
        if self._questions <= self._side_by_side:
            _run([job])
            return job.result.result()
        with self._changed:
            self._waiting.append(job)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="batches", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return job.result.result()

    def _work(self) -> None:
        while True:
            _run(self._take())

    def _take(self) -> list[_Job]:
        """Take the next batch: of the jobs that wait, those with the step of the first one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            deadline = time.monotonic() + self._wait_seconds
            while len(self._waiting) < self._questions:  # a question has one step at a time
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            step = self._waiting[0].step
            taken: list[_Job] = []
            room = step.limit
            for job in self._waiting:
                if job.step is step:
                    room -= step.size(job.item)
                    if taken and room < 0:
                        break
                    taken.append(job)
            self._waiting = [job for job in self._waiting if job not in taken]
            return taken


def _run(jobs: list[_Job]) -> None:
    """Run jobs of one step; where the batch fails, each alone, so that one fails alone."""
    try:
        results = jobs[0].step.run([job.item for job in jobs])
    except Exception as error:
        if len(jobs) == 1:
            jobs[0].result.set_exception(error)
            return
        for job in jobs:
            _run([job])
    else:
        for job, result in zip(jobs, results, strict=True):
            job.result.set_result(result)


class BatchedEncoder:
    """An encoder whose calls are run in batches; long lists are cut, so that questions get in."""

    def __init__(self, encoder: Encoder, batcher: Batcher) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._batcher = batcher
        self._step = BatchStep(self._encode, limit=MAX_ENCODED, size=len)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        starts = range(0, len(texts), MAX_ENCODED)
        cut = [texts[start : start + MAX_ENCODED] for start in starts]
        nothing = np.zeros((0, self.dimension), dtype=np.float32)
        return np.concatenate([nothing, *(self._batcher.run(self._step, part) for part in cut)])

    def _encode(self, parts: list[Sequence[str]]) -> list[FloatMatrix]:
        vectors = self._encoder.encode([text for part in parts for text in part])
        ends = np.cumsum([len(part) for part in parts])
        return np.split(vectors, ends[:-1])


class BatchedScorer:
    """An evidence model that judges the candidates of several questions at once."""

    def __init__(self, scorer: BatchScorer, batcher: Batcher) -> None:
        self.name = scorer.name
        self._scorer = scorer
        self._batcher = batcher
        self._step = BatchStep(scorer.score_all, limit=MAX_JUDGED)

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order."""
        return list(self._batcher.run(self._step, (question, candidates)))

    def read_ahead(self, candidates: Sequence[Candidate]) -> None:
        """Read candidates while nobody asks; a question waits for `READ_AT_ONCE` at most."""
        for start in range(0, len(candidates), READ_AT_ONCE):
            self._batcher.wait_until_idle()
            self._scorer.read_ahead(candidates[start : start + READ_AT_ONCE])
