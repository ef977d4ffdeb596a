"""What happens on the page's events; each session holds its own conversation."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from corpus.document import Document
from index.snapshot import LibraryError
from qa.answering import QuestionError, Reply
from qa.batching import BusyError
from qa.web.about import About, describe, read_version
from qa.web.cards import render_conversation
from qa.web.downloads import articles_of, make_download
from qa.web.feedback import FeedbackError, append_verdict, read_verdict
from qa.web.follow_ups import follow_up_questions
from qa.web.frame import (
    MAX_READ,
    offer_choice,
    render_broken,
    render_footer,
    render_hint,
    render_opening,
    render_outcomes,
    render_read,
    render_reader,
    render_reading,
    render_scope,
    render_shelf,
    render_welcome,
)
from qa.web.history import Kept, keep_all, kept_questions, read_questions
from qa.web.opening import DocumentLibrary, Opening, OpeningError, one_sentence
from qa.web.options import NO_FILES, PageOptions
from qa.web.question_log import log_question
from qa.web.shelf import Shelf, ShelfError
from qa.web.turns import Failure, Turn, earlier_questions, shown_quotes
from qa.web.verdicts import render_verdict

logger = logging.getLogger(__name__)

Turns = tuple[Turn, ...]


class Frame(NamedTuple):
    """New contents of what stands around the conversation.

    Attributes:
        choice: the articles among which a visitor chooses those that are asked.
        listing: all of them, with what can be done with each.
    """

    scope: str
    welcome: str
    reader: str
    footer: str
    choice: gr.Dropdown
    listing: str
    report: str


class Exchange(NamedTuple):
    """New contents of the conversation and of the box below it.

    Attributes:
        stored: the questions that the browser keeps, for `Handlers.restore`.
        reader: the reading pane with the quoted articles, where it cannot hold all.
    """

    box: gr.Textbox
    hint: str
    conversation: str
    turns: Turns
    stored: list[Kept]
    reader: str | dict[str, Any]


class Handlers:
    """The handlers of one page; they share the library, nothing else."""

    def __init__(self, opening: Opening, options: PageOptions = NO_FILES) -> None:
        """Serve questions from a library that is open or being opened."""
        self._opening = opening
        self._options = options
        self._shared = Shelf(opening)

    def show_library(self, shelf: Shelf | None = None) -> Iterator[Frame]:
        """Show the state of the library: at once, and again when it is open."""
        if not self._opening.is_done:
            yield self._closed(render_opening())
        try:
            yield self._frame(shelf or self._shared)
        except OpeningError as error:
            yield self._closed(render_broken(str(error)))

    def _frame(self, shelf: Shelf, report: str = "") -> Frame:
        assistant = shelf.assistant()
        articles = tuple(assistant.library.overview.profiles.values())
        return Frame(
            scope=render_scope(articles, shelf.chosen),
            welcome=render_welcome(articles),
            reader=render_reader(assistant.library.documents),
            footer=render_footer(describe(assistant), self._options),
            choice=offer_choice(articles, shelf.chosen),
            listing=render_shelf(shelf),
            report=report,
        )

    def _closed(self, reader: str) -> Frame:
        footer = render_footer(About(read_version()), self._options)
        nothing = gr.Dropdown(choices=[], value=None)
        return Frame(render_scope(()), render_welcome(()), reader, footer, nothing, "", "")

    def add_articles(self, files: Sequence[str] | None, shelf: Shelf) -> Iterator[Frame]:
        """Put uploaded files on the visitor's shelf; nothing stays on the server's disk."""
        paths = [Path(file) for file in files or ()]
        yield self._said(render_reading(len(paths)))
        try:
            outcomes = shelf.add(paths)
            yield self._frame(shelf, render_outcomes(outcomes))
        except OpeningError as error:
            yield self._said(render_hint(str(error)))
        finally:
            for path in paths:
                path.unlink(missing_ok=True)

    def change_shelf(self, shelf: Shelf, event: gr.EventData) -> Frame:
        """Keep an article in the library, or take one off the shelf."""
        name, act = str(getattr(event, "article", "")), getattr(event, "act", "")
        try:
            if act == "read":
                document = shelf.assistant().library.documents[name]
                return self._said("")._replace(reader=render_read(document))
            if act == "keep":
                shelf.keep(name)
            elif act == "remove":
                shelf.remove(name)
            else:
                return self._said("")
            done = "is in the library now" if act == "keep" else "was removed"
            return self._frame(shelf, render_hint(f"{name} {done}."))
        except (OpeningError, ShelfError) as error:
            return self._said(render_hint(_sentence(str(error))))
        except KeyError:
            return self._said(render_hint(f"There is no article {name!r:.80}."))

    def read_article(self, shelf: Shelf, event: gr.EventData) -> str | dict[str, Any]:
        """Show an article that a click leads to and the pane does not hold."""
        document = None
        with suppress(OpeningError, LibraryError):
            documents = shelf.assistant().library.documents
            document = documents.get(str(getattr(event, "article", "")))
        unchanged: dict[str, Any] = gr.skip()
        return unchanged if document is None else render_read(document)

    def choose_articles(self, ids: Sequence[str] | None, shelf: Shelf) -> tuple[str, str]:
        """Ask the chosen articles alone; gives the line above the page, and the listing."""
        shelf.choose(ids or ())
        try:
            articles = tuple(shelf.assistant().library.overview.profiles.values())
            return render_scope(articles, shelf.chosen), render_shelf(shelf)
        except OpeningError:
            return render_scope(()), ""

    def _said(self, report: str) -> Frame:
        """Change nothing but the report."""
        return Frame(*[gr.skip()] * len(Frame._fields))._replace(report=report)

    def ask_typed(
        self, question: str, turns: Turns, shelf: Shelf | None = None
    ) -> Iterator[Exchange]:
        """Show the question at once, then its outcome; one that cannot be searched gives a hint."""
        yield from self._ask(Turn(question), turns, shelf or self._shared)

    def ask_clicked(
        self, turns: Turns, shelf: Shelf | None, event: gr.EventData
    ) -> Iterator[Exchange]:
        """Ask the question of a chip, or one that was edited; that one says it stands alone."""
        question = getattr(event, "question", "")
        stands_alone = getattr(event, "stands_alone", False) is True
        asked = question if isinstance(question, str) else ""
        yield from self._ask(Turn(asked, stands_alone=stands_alone), turns, shelf or self._shared)

    def _ask(self, turn: Turn, turns: Turns, shelf: Shelf) -> Iterator[Exchange]:
        turns = tuple(earlier for earlier in turns if not earlier.is_pending)  # one was cut off
        if not turn.question.strip():
            yield self._exchange(turns, text="", hint="Please type a question first.")
            return
        yield self._exchange((*turns, turn), text="", shelf=shelf)
        try:
            done = self._answer(turn, turns, shelf)
        except QuestionError as error:
            yield self._exchange(turns, text=turn.question, hint=str(error))
        else:
            yield self._exchange((*turns, done), text="", shelf=shelf)

    def restore(self, stored: object, shelf: Shelf | None = None) -> Iterator[Exchange | list[Any]]:
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
                turns = (*turns, self._answer(turn, turns, shelf or self._shared))
        yield self._exchange(turns, text="", shelf=shelf, is_restored=True)

    def begin_anew(self) -> Exchange:
        """Forget the conversation."""
        return self._exchange((), text="")

    def save(self, turns: Turns, shelf: Shelf | None, event: gr.EventData) -> dict[str, str] | None:
        """Write the conversation in the format that was chosen, for the browser to save."""
        address = str(getattr(event, "address", ""))
        chosen = getattr(event, "format", None)
        library = self._library_of(shelf or self._shared)
        profiles = library.overview.profiles if library else {}
        return make_download(chosen, turns, articles_of(turns, profiles), address=address)

    def check_quote(self, text: str, shelf: Shelf | None = None) -> str:
        """Say whether a sentence is in the source; while the library opens, wait for it."""
        try:
            return render_verdict(text, (shelf or self._shared).assistant().library)
        except (OpeningError, LibraryError) as error:
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

    def _library_of(self, shelf: Shelf) -> DocumentLibrary | None:
        """The library; None before it is open, or where it cannot be opened."""
        try:
            return shelf.assistant().library if self._opening.is_done else None
        except OpeningError:
            return None

    def _documents_of(self, shelf: Shelf) -> Mapping[str, Document]:
        library = self._library_of(shelf)
        return library.documents if library else {}

    def _answer(self, turn: Turn, turns: Turns, shelf: Shelf) -> Turn:
        """Give a turn its outcome, as it comes after ``turns``."""
        history = () if turn.stands_alone else earlier_questions(turns)
        return replace(turn, outcome=self._outcome(turn.question, history, shelf))

    def _outcome(self, question: str, history: Sequence[str], shelf: Shelf) -> Reply | Failure:
        log_question(question, self._options)
        try:
            return shelf.assistant().ask(question, history, documents=shelf.chosen or None)
        except QuestionError:
            raise
        except (BusyError, OpeningError) as error:
            return Failure(str(error))
        except LibraryError as error:  # a cluster that does not answer; the message says what to do
            logger.error("a question could not be answered: %s", error)
            return Failure(one_sentence(error))
        except Exception as error:  # whatever it is, it must not look like "not in this source"
            logger.exception("a question could not be answered")
            return Failure(f"The search stopped with an error ({type(error).__name__}).")

    def _exchange(
        self,
        turns: Turns,
        *,
        text: str,
        shelf: Shelf | None = None,
        hint: str = "",
        is_restored: bool = False,
    ) -> Exchange:
        is_pending = bool(turns) and turns[-1].is_pending
        shelf = shelf or self._shared
        return Exchange(
            box=gr.Textbox(value=text, interactive=not is_pending),
            hint=render_hint(hint),
            conversation=render_conversation(
                turns,
                options=self._options,
                follow_ups=follow_up_questions(turns, self._documents_of(shelf)),
                is_open=self._opening.is_done,
                is_restored=is_restored,
            ),
            turns=turns,
            stored=kept_questions(turns),
            reader=self._quoted(turns, shelf),
        )

    def _quoted(self, turns: Turns, shelf: Shelf) -> str | dict[str, Any]:
        """Render the article of the newest quote, if the pane cannot hold all."""
        documents = self._documents_of(shelf)
        unchanged: dict[str, Any] = gr.skip()
        if len(documents) <= MAX_READ or not turns or turns[-1].is_pending:
            return unchanged
        quotes = (quote for turn in reversed(turns) for quote in shown_quotes(turn))
        newest = next(quotes, None)
        return render_read(documents[newest.document_id]) if newest else unchanged


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}".rstrip(".") + "."
