"""The handlers, called as Gradio calls them: no browser, no server."""

from typing import Any

import gradio as gr
import pytest

from corpus.document import CorpusError
from index.encoder import EncoderError
from index.snapshot import LibraryError
from qa.answering import Answer, Reply
from qa.batching import BusyError
from qa.evidence import WeightsError
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


def test_a_failing_index_is_a_failure_with_the_remedy_and_no_abstention() -> None:
    class FarAssistant(FakeAssistant):
        def ask(self, *_: Any, **__: Any) -> Reply:
            raise LibraryError("no Milvus answers at http://host:19530; start it")

    shown = last(Handlers(Opening(FarAssistant)), "first?")

    assert shown.turns[-1].outcome == Failure("no Milvus answers at http://host:19530; start it.")
    assert "no Milvus answers" in shown.conversation
    assert "not in this source" not in shown.conversation.lower()


def test_too_many_questions_at_once_are_a_failure_that_says_to_ask_again() -> None:
    class BusyAssistant(FakeAssistant):
        def ask(self, *_: Any, **__: Any) -> Reply:
            raise BusyError("Sic is busy. Please ask again in a moment.")

    shown = last(Handlers(Opening(BusyAssistant)), "first?")

    assert shown.turns[-1].outcome == Failure("Sic is busy. Please ask again in a moment.")
    assert "ask again in a moment" in shown.conversation
    assert "not in this source" not in shown.conversation.lower()


def test_library_that_cannot_be_opened_is_a_failure_with_the_reason() -> None:
    def load() -> FakeAssistant:
        raise OSError("index/built is missing")

    handlers = Handlers(Opening(load))

    assert last(handlers, "first?").turns[-1].outcome == Failure(
        "The library could not be opened: index/built is missing."
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
    assert restored.stored == second.stored


def click(handlers: Handlers, turns: tuple[Turn, ...] = (), **sent: object) -> Exchange:
    return list(handlers.ask_clicked(turns, None, gr.EventData(None, sent)))[-1]


def test_edited_question_is_searched_as_written_and_starts_afresh(handlers: Handlers) -> None:
    first = last(handlers, "first?")
    edited = click(handlers, first.turns, question="And cells?", stands_alone=True)
    after = last(handlers, "And then?", edited.turns)

    assert searched(after) == ["first?", "And cells?", "And then? (And cells?)"]
    assert [turn.stands_alone for turn in after.turns] == [False, True, False]


def searched(exchange: Exchange) -> list[str]:
    outcomes = [turn.outcome for turn in exchange.turns]
    assert not any(outcome is None or isinstance(outcome, Failure) for outcome in outcomes)
    return [outcome.standalone_question for outcome in outcomes]  # type: ignore[union-attr]


def test_chip_is_a_follow_up(handlers: Handlers) -> None:
    first = last(handlers, "first?")

    assert searched(click(handlers, first.turns, question="And?")) == ["first?", "And? (first?)"]
    for forged in ("true", 1, [True]):
        result = click(handlers, first.turns, question="And?", stands_alone=forged)
        assert not result.turns[-1].stands_alone


@pytest.mark.parametrize("forged", [{}, {"question": 7}, {"question": ["first?"]}])
def test_click_that_names_no_question_gets_a_hint(
    forged: dict[str, object], handlers: Handlers
) -> None:
    result = click(handlers, (), **forged, stands_alone=True)

    assert "Please type a question" in result.hint
    assert result.turns == ()


def test_edited_question_stands_alone_after_a_reload(handlers: Handlers) -> None:
    first = last(handlers, "first?")
    edited = click(handlers, first.turns, question="And cells?", stands_alone=True)
    after = last(handlers, "And then?", edited.turns)

    restored = list(handlers.restore(after.stored))[-1]

    assert isinstance(restored, Exchange)
    assert (restored.turns, restored.stored) == (after.turns, after.stored)


def test_conversation_is_kept_while_it_is_being_restored(handlers: Handlers) -> None:
    stored = last(handlers, "And then?", last(handlers, "first?").turns).stored

    waiting, done = handlers.restore(stored)

    assert isinstance(waiting, Exchange)
    assert isinstance(done, Exchange)
    assert waiting.stored == done.stored == stored
    assert all(turn.is_pending for turn in waiting.turns)
    assert waiting.box.interactive is False


def test_bare_questions_that_an_older_version_kept_are_read(handlers: Handlers) -> None:
    restored = list(handlers.restore(["first?", "And then?"]))[-1]

    assert isinstance(restored, Exchange)
    assert searched(restored) == ["first?", "And then? (first?)"]


def test_nothing_kept_changes_nothing(handlers: Handlers) -> None:
    forged = [
        1,
        {"text": "forged"},
        {"question": 2, "stands_alone": True},
        {"question": " "},
        [],
        "",
    ]
    for nothing in ([], None, "first?", {"question": "first?"}, forged):
        assert [len(update) for update in handlers.restore(nothing)] == [len(Exchange._fields)]
        assert not isinstance(next(handlers.restore(nothing)), Exchange)


def test_kept_question_that_cannot_be_searched_is_left_out(handlers: Handlers) -> None:
    restored = list(handlers.restore(["x" * 501, "first?"]))[-1]

    assert isinstance(restored, Exchange)
    assert [turn.question for turn in restored.turns] == ["first?"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError(), "ValueError."),
        (
            WeightsError("no weights for 'x';\n  run calibrate"),
            "no weights for 'x'; run calibrate.",
        ),
        (
            EncoderError("Model 'x' is nowhere. Name another!"),
            "Model 'x' is nowhere. Name another!",
        ),
        (LibraryError("index/built is damaged"), "index/built is damaged."),
        (CorpusError("a.txt, line 3: no title"), "a.txt, line 3: no title."),
    ],
)
def test_opening_hands_its_error_on_as_one_sentence(
    error: Exception, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> FakeAssistant:
        raise error

    with pytest.raises(OpeningError) as raised:
        Opening(load).wait()

    assert str(raised.value) == f"The library could not be opened: {sentence}"
    assert [bool(record.exc_info) for record in caplog.records] == [isinstance(error, ValueError)]


def test_opening_that_waits_begins_once_when_it_is_told() -> None:
    begun: list[int] = []

    def load() -> FakeAssistant:
        begun.append(1)
        return FakeAssistant()

    opening = Opening(load, at_once=False)
    assert (begun, opening.is_done) == ([], False)
    opening.start()
    opening.wait()
    opening.start()
    assert (begun, opening.is_done) == ([1], True)
