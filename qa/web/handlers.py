"""What happens on the page's events; each session holds its own conversation."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import gradio as gr

from qa.answering import QuestionError, Reply
from qa.rendering import reply_to_json
from qa.web.cards import render_conversation
from qa.web.frame import render_broken, render_hint, render_reader, render_scope, render_welcome
from qa.web.history import kept_questions, read_questions
from qa.web.opening import Opening, OpeningError
from qa.web.turns import Failure, Turn, earlier_questions

logger = logging.getLogger(__name__)

Turns = tuple[Turn, ...]


class Frame(NamedTuple):
    """New contents of what stands around the conversation."""

    scope: str
    welcome: str
    reader: str


class Exchange(NamedTuple):
    """New contents of the conversation and of the box below it.

    Attributes:
        stored: the questions that the browser keeps, for `Handlers.restore`.
    """

    box: gr.Textbox
    hint: str
    conversation: str
    turns: Turns
    stored: list[str]


class Handlers:
    """The handlers of one page; they share the library, nothing else."""

    def __init__(self, opening: Opening) -> None:
        """Serve questions from a library that is open or being opened."""
        self._opening = opening

    def show_library(self) -> Iterator[Frame]:
        """Show the state of the library: at once, and again when it is open."""
        if not self._opening.is_done:
            yield Frame(render_scope(()), render_welcome(()), render_reader(()))
        try:
            documents = tuple(self._opening.wait().library.documents.values())
        except OpeningError as error:
            yield Frame(render_scope(()), render_welcome(()), render_broken(str(error)))
        else:
            reader = render_reader(documents)
            yield Frame(render_scope(documents), render_welcome(documents), reader)

    def ask_typed(self, question: str, turns: Turns) -> Iterator[Exchange]:
        """Show the question at once, then its outcome; one that cannot be searched gives a hint."""
        turns = tuple(turn for turn in turns if not turn.is_pending)  # one was cut off
        if not question.strip():
            yield self._exchange(turns, text="", hint="Please type a question first.")
            return
        yield self._exchange((*turns, Turn(question)), text="")
        try:
            outcome = self._outcome(question, earlier_questions(turns))
        except QuestionError as error:
            yield self._exchange(turns, text=question, hint=str(error))
        else:
            yield self._exchange((*turns, Turn(question, outcome)), text="")

    def ask_chip(self, turns: Turns, event: gr.EventData) -> Iterator[Exchange]:
        """Ask the question on the chip that was clicked."""
        yield from self.ask_typed(str(event.question), turns)

    def restore(self, stored: object) -> Iterator[Exchange | list[Any]]:
        """Answer the questions that the browser has kept; the answers are the same as they were."""
        questions = read_questions(stored)
        if not questions:
            yield [gr.skip()] * len(Exchange._fields)
            return
        if not self._opening.is_done:  # the box waits, so that nothing is asked in between
            yield self._exchange((Turn(questions[-1]),), text="")
        turns: Turns = ()
        for question in questions:
            with suppress(QuestionError):  # it was kept by somebody else
                outcome = self._outcome(question, earlier_questions(turns))
                turns = (*turns, Turn(question, outcome))
        yield self._exchange(turns, text="", is_restored=True)

    def begin_anew(self) -> Exchange:
        """Forget the conversation."""
        return self._exchange((), text="")

    def ask_by_api(self, question: str, history: list[str]) -> dict[str, Any]:
        """Answer a question about the library's review articles by quoting whole sentences.

        Args:
            question: the question, in plain words.
            history: earlier questions of the same conversation, oldest first; [] for none.
        """
        try:
            return reply_to_json(self._opening.wait().ask(question, history))
        except (QuestionError, OpeningError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    def _outcome(self, question: str, history: Sequence[str]) -> Reply | Failure:
        try:
            return self._opening.wait().ask(question, history)
        except QuestionError:
            raise
        except OpeningError as error:
            return Failure(str(error))
        except Exception as error:  # whatever it is, it must not look like "not in this source"
            logger.exception("a question could not be answered")
            return Failure(f"The search stopped with an error ({type(error).__name__}).")

    def _exchange(
        self, turns: Turns, *, text: str, hint: str = "", is_restored: bool = False
    ) -> Exchange:
        is_pending = bool(turns) and turns[-1].is_pending
        return Exchange(
            box=gr.Textbox(value=text, interactive=not is_pending),
            hint=render_hint(hint),
            conversation=render_conversation(
                turns, is_open=self._opening.is_done, is_restored=is_restored
            ),
            turns=turns,
            stored=kept_questions(turns),
        )
