"""What happens on the page's events; each session holds its own conversation."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from corpus.document import Document
from index.snapshot import LibraryError
from qa.answering import QuestionError, Reply
from qa.web.about import About, describe, read_version
from qa.web.cards import render_conversation
from qa.web.downloads import make_download
from qa.web.feedback import FeedbackError, append_verdict, read_verdict
from qa.web.follow_ups import follow_up_questions
from qa.web.frame import (
    render_broken,
    render_footer,
    render_hint,
    render_reader,
    render_scope,
    render_welcome,
)
from qa.web.history import Kept, keep_all, kept_questions, read_questions
from qa.web.opening import Opening, OpeningError, one_sentence
from qa.web.options import NO_FILES, PageOptions
from qa.web.turns import Failure, Turn, earlier_questions
from qa.web.verdicts import render_verdict

logger = logging.getLogger(__name__)

Turns = tuple[Turn, ...]


class Frame(NamedTuple):
    """New contents of what stands around the conversation."""

    scope: str
    welcome: str
    reader: str
    footer: str


class Exchange(NamedTuple):
    """New contents of the conversation and of the box below it.

    Attributes:
        stored: the questions that the browser keeps, for `Handlers.restore`.
    """

    box: gr.Textbox
    hint: str
    conversation: str
    turns: Turns
    stored: list[Kept]


class Handlers:
    """The handlers of one page; they share the library, nothing else."""

    def __init__(self, opening: Opening, options: PageOptions = NO_FILES) -> None:
        """Serve questions from a library that is open or being opened."""
        self._opening = opening
        self._options = options

    def show_library(self) -> Iterator[Frame]:
        """Show the state of the library: at once, and again when it is open."""
        if not self._opening.is_done:
            yield self._frame(render_reader(()))
        try:
            assistant = self._opening.wait()
        except OpeningError as error:
            yield self._frame(render_broken(str(error)))
            return
        documents = tuple(assistant.library.documents.values())
        yield Frame(
            scope=render_scope(documents),
            welcome=render_welcome(documents),
            reader=render_reader(documents),
            footer=render_footer(describe(assistant), self._options),
        )

    def _frame(self, reader: str) -> Frame:
        footer = render_footer(About(read_version()), self._options)
        return Frame(render_scope(()), render_welcome(()), reader, footer)

    def ask_typed(self, question: str, turns: Turns) -> Iterator[Exchange]:
        """Show the question at once, then its outcome; one that cannot be searched gives a hint."""
        yield from self._ask(Turn(question), turns)

    def ask_clicked(self, turns: Turns, event: gr.EventData) -> Iterator[Exchange]:
        """Ask the question of a chip, or one that was edited; that one says it stands alone."""
        question = getattr(event, "question", "")
        stands_alone = getattr(event, "stands_alone", False) is True
        asked = question if isinstance(question, str) else ""
        yield from self._ask(Turn(asked, stands_alone=stands_alone), turns)

    def _ask(self, turn: Turn, turns: Turns) -> Iterator[Exchange]:
        turns = tuple(earlier for earlier in turns if not earlier.is_pending)  # one was cut off
        if not turn.question.strip():
            yield self._exchange(turns, text="", hint="Please type a question first.")
            return
        yield self._exchange((*turns, turn), text="")
        try:
            done = self._answer(turn, turns)
        except QuestionError as error:
            yield self._exchange(turns, text=turn.question, hint=str(error))
        else:
            yield self._exchange((*turns, done), text="")

    def restore(self, stored: object) -> Iterator[Exchange | list[Any]]:
        """Answer the questions that the browser has kept; the answers are the same as they were."""
        kept = read_questions(stored)
        if not kept:
            yield [gr.skip()] * len(Exchange._fields)
            return
        # The box waits, so that nothing is asked in between; what is kept stays, so that nothing
        # is lost by one more reload.
        waiting = self._exchange(kept, text="", is_restored=True)
        yield waiting._replace(stored=keep_all(kept))
        turns: Turns = ()
        for turn in kept:
            with suppress(QuestionError):  # it was kept by somebody else
                turns = (*turns, self._answer(turn, turns))
        yield self._exchange(turns, text="", is_restored=True)

    def begin_anew(self) -> Exchange:
        """Forget the conversation."""
        return self._exchange((), text="")

    def save(self, turns: Turns, event: gr.EventData) -> dict[str, str] | None:
        """Write the conversation in the format that was chosen, for the browser to save."""
        address = str(getattr(event, "address", ""))
        chosen = getattr(event, "format", None)
        return make_download(chosen, turns, tuple(self._documents.values()), address=address)

    def check_quote(self, text: str) -> str:
        """Say whether a sentence is in the source; while the library opens, wait for it."""
        try:
            return render_verdict(text, self._opening.wait().library.documents)
        except OpeningError as error:
            return render_hint(str(error))

    def keep_feedback(self, turns: Turns, event: gr.EventData) -> str:
        """Append a thumb to the file; gives the remark that says so, or why not."""
        file = self._options.feedback
        sent = [getattr(event, name, None) for name in ("turn", "label", "thumb", "reason")]
        try:
            if file is None:
                raise FeedbackError("Feedback is switched off.")
            append_verdict(file, read_verdict(*sent), turns)
        except FeedbackError as error:
            logger.warning("%s", error)
            return render_hint(str(error))
        return render_hint(f"Thank you. Your feedback is kept in {file.name} on this machine.")

    @property
    def _documents(self) -> Mapping[str, Document]:
        """The documents; none before the library is open, or where it cannot be opened."""
        try:
            return self._opening.wait().library.documents if self._opening.is_done else {}
        except OpeningError:
            return {}

    def _answer(self, turn: Turn, turns: Turns) -> Turn:
        """Give a turn its outcome, as it comes after ``turns``."""
        history = () if turn.stands_alone else earlier_questions(turns)
        return replace(turn, outcome=self._outcome(turn.question, history))

    def _outcome(self, question: str, history: Sequence[str]) -> Reply | Failure:
        try:
            return self._opening.wait().ask(question, history)
        except QuestionError:
            raise
        except OpeningError as error:
            return Failure(str(error))
        except LibraryError as error:  # a cluster that does not answer; the message says what to do
            logger.error("a question could not be answered: %s", error)
            return Failure(one_sentence(error))
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
                turns,
                options=self._options,
                follow_ups=follow_up_questions(turns, tuple(self._documents.values())),
                is_open=self._opening.is_done,
                is_restored=is_restored,
            ),
            turns=turns,
            stored=kept_questions(turns),
        )
