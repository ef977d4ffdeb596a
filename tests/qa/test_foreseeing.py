"""A question's texts are encoded in one pass, and its answer stays what it was."""

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from index.encoder import FloatMatrix, SentenceEncoder
from qa.answering import answer_question
from qa.assistant import Assistant
from qa.foreseeing import ForeseeingEncoder


class Counting:
    """Encodes a text as its length, and remembers what it was given."""

    name, weights_sha256, dimension = "counting", "0", 1

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        self.calls.append(list(texts))
        return np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)


def test_foreseen_texts_are_encoded_once_and_together() -> None:
    inner = Counting()
    encoder = ForeseeingEncoder(inner)
    encoder.foresee(["a", "bcd", "a"])
    assert encoder.encode(["bcd"]).tolist() == [[3.0]]
    assert encoder.encode(["bcd", "a"]).tolist() == [[3.0], [1.0]]
    assert inner.calls == [["a", "bcd"]]


def test_other_texts_are_encoded_when_asked_for() -> None:
    inner = Counting()
    encoder = ForeseeingEncoder(inner)
    encoder.foresee(["a"])
    assert encoder.encode(["a", "bb"]).tolist() == [[1.0], [2.0]]
    assert encoder.encode([]).shape == (0, 1)
    encoder.foresee(["ccc"])
    encoder.encode(["a"])
    assert inner.calls == [["a"], ["a", "bb"], [], ["ccc"], ["a"]]


def test_what_one_thread_foresees_is_not_kept_for_another() -> None:
    inner = Counting()
    encoder = ForeseeingEncoder(inner)
    encoder.foresee(["a"])
    other = threading.Thread(target=encoder.encode, args=(["a"],))
    other.start()
    other.join()
    assert inner.calls == [["a"], ["a"]]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("Do maternal cells reach the brain of the pups?", ()),
        ("What did the trial in BPD find?", ()),
        ("And in rats?", ("Which stem cells are in breast milk?",)),
    ],
)
def test_a_question_costs_one_pass(
    encoder: SentenceEncoder,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
    history: Sequence[str],
) -> None:
    assistant = Assistant.load(encoder=encoder)
    calls: list[Sequence[str]] = []

    def encode(texts: Sequence[str]) -> FloatMatrix:
        calls.append(texts)
        return SentenceEncoder.encode(encoder, texts)

    monkeypatch.setattr(encoder, "encode", encode)
    together = assistant.ask(question, history)
    assert len(calls) == 1
    monkeypatch.setattr("qa.answering.foresee", lambda *_: None)
    assert isinstance(assistant.library.encoder, ForeseeingEncoder)
    assistant.library.encoder.foresee([])
    assert answer_question(question, history, assistant.stages) == together
    assert len(calls) >= 3
