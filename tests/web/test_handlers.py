"""The handlers, called as Gradio calls them: no browser, no server."""

import pytest

from qa.answering import Answer
from qa.web.handlers import Exchange, Handlers
from qa.web.opening import Opening, OpeningError
from qa.web.turns import Failure, Turn
from tests.web.fakes import FakeAssistant
from tests.web.markup import parse


@pytest.fixture
def handlers() -> Handlers:
    return Handlers(Opening(FakeAssistant))


def last(handlers: Handlers, question: str, turns: tuple[Turn, ...] = ()) -> Exchange:
    return list(handlers.ask_typed(question, turns))[-1]


def test_question_is_shown_before_its_answer(handlers: Handlers) -> None:
    pending, done = handlers.ask_typed("first?", ())

    assert [turn.is_pending for turn in pending.turns] == [True]
    assert [turn.is_pending for turn in done.turns] == [False]
    assert (pending.box.interactive, done.box.interactive) == (False, True)
    assert done.box.value == ""


def test_earlier_questions_go_along(handlers: Handlers) -> None:
    first = last(handlers, "first?")
    second = last(handlers, "And then?", first.turns)

    outcome = second.turns[-1].outcome
    assert isinstance(outcome, Answer)
    assert outcome.standalone_question == "And then? (first?)"


def test_empty_question_gets_a_hint_and_no_turn(handlers: Handlers) -> None:
    (only,) = handlers.ask_typed("  ", ())

    assert parse(only.hint).text.strip() == "Please type a question first."
    assert only.turns == ()


def test_question_that_cannot_be_searched_goes_back_into_the_box(handlers: Handlers) -> None:
    long = "x" * 501
    result = last(handlers, long)

    assert (result.box.value, result.turns) == (long, ())
    assert "under 500 characters" in result.hint


def test_crash_is_a_failure_that_tells_no_secrets(handlers: Handlers) -> None:
    outcome = last(handlers, "break").turns[-1].outcome

    assert outcome == Failure("The search stopped with an error (RuntimeError).")


def test_library_that_cannot_be_opened_is_a_failure_with_the_reason() -> None:
    def load() -> FakeAssistant:
        raise OSError("index/built is missing")

    handlers = Handlers(Opening(load))

    assert last(handlers, "first?").turns[-1].outcome == Failure(
        "The library could not be opened. index/built is missing"
    )
    assert "index/built is missing" in list(handlers.show_library())[-1].reader


def test_turn_that_was_cut_off_does_not_block_the_next(handlers: Handlers) -> None:
    result = last(handlers, "first?", (Turn("lost"),))

    assert [turn.question for turn in result.turns] == ["first?"]


def test_new_conversation_is_empty(handlers: Handlers) -> None:
    assert handlers.begin_anew().turns == ()


def test_kept_questions_get_the_same_answers_again(handlers: Handlers) -> None:
    first = last(handlers, "first?")
    second = last(handlers, "And then?", first.turns)

    restored = list(handlers.restore(second.stored))[-1]

    assert isinstance(restored, Exchange)
    assert restored.turns == second.turns
    assert restored.stored == ["first?", "And then?"]


def test_nothing_kept_changes_nothing(handlers: Handlers) -> None:
    for nothing in ([], None, "first?", [1, {"text": "forged"}]):
        assert [len(update) for update in handlers.restore(nothing)] == [5]
        assert not isinstance(next(handlers.restore(nothing)), Exchange)


def test_kept_question_that_cannot_be_searched_is_left_out(handlers: Handlers) -> None:
    restored = list(handlers.restore(["x" * 501, "first?"]))[-1]

    assert isinstance(restored, Exchange)
    assert restored.stored == ["first?"]


def test_opening_hands_its_error_on() -> None:
    def load() -> FakeAssistant:
        raise ValueError

    with pytest.raises(OpeningError, match="ValueError"):
        Opening(load).wait()
