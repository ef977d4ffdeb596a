"""Opening the library in the background, so that the page is up while the model still loads."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Protocol

from corpus.document import CorpusError, Document
from index.encoder import Encoder, EncoderError
from index.overview import Overview
from index.searching import Hit
from index.snapshot import LibraryError
from qa.answering import Reply
from qa.evidence import WeightsError

KNOWN_ERRORS = (CorpusError, EncoderError, LibraryError, WeightsError)
"""Their messages are written for the user and say how to mend it; a traceback adds nothing."""

logger = logging.getLogger(__name__)


class DocumentLibrary(Protocol):
    """What the page needs of a library: the documents that it shows."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by their ids, in the order in which they are shown."""

    @property
    def overview(self) -> Overview:
        """What is known of the documents without reading them."""

    @property
    def encoder(self) -> Encoder:
        """What embeds a text."""

    def search(self, query: str, *, k: int = 100) -> Sequence[Hit]:
        """Find the passages nearest to a query, best first."""


class Answerer(Protocol):
    """What the page needs of the assistant."""

    @property
    def library(self) -> DocumentLibrary:
        """Where the answers come from."""

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        documents: Collection[str] | None = None,
    ) -> Reply:
        """Answer a question; ``history`` holds the earlier ones, ``documents`` who is asked."""

    def read_ahead(self) -> None:
        """Do beforehand what can be done without a question; those that come go first."""

    def reload_if_changed(self) -> "Answerer":
        """Return one over the library as it is now; itself where nothing changed."""

    def with_documents(self, documents: Sequence[Document]) -> "Answerer":
        """Return one that knows more documents."""


class OpeningError(Exception):
    """The library cannot be opened; the message names the reason and is for the user."""


class Opening:
    """A library that is being opened in a thread of its own; `wait` gives the result.

    Args:
        load: opens it.
        at_once: whether to begin now; else with `start`.
    """

    def __init__(self, load: Callable[[], Answerer], *, at_once: bool = True) -> None:
        self._opened: Future[Answerer] = Future()
        self._current: Answerer | None = None
        self._lock = Lock()
        self._thread = Thread(target=self._run, args=(load,), name="open-library", daemon=True)
        if at_once:
            self.start()

    def start(self) -> None:
        """Begin to load, if that has not begun."""
        with self._lock:
            if self._thread.ident is None:
                self._thread.start()

    @property
    def is_done(self) -> bool:
        """Tell whether the library has been opened, or has failed to."""
        return self._opened.done()

    def wait(self) -> Answerer:
        """Wait until the library is open; gives it as it is now, with what was added meanwhile.

        Raises:
            OpeningError: it cannot be opened.
        """
        try:
            opened = self._opened.result()
        except Exception as error:
            raise OpeningError(f"The library could not be opened: {one_sentence(error)}") from error
        with self._lock:
            self._current = (self._current or opened).reload_if_changed()
            return self._current

    def _run(self, load: Callable[[], Answerer]) -> None:
        try:
            opened = load()
        except KNOWN_ERRORS as error:  # a thread's error is lost unless it is handed on
            logger.error("the library could not be opened: %s", error)
            self._opened.set_exception(error)
        except Exception as error:
            logger.exception("the library could not be opened")
            self._opened.set_exception(error)
        else:
            self._opened.set_result(opened)
            self._read_ahead(opened)

    def _read_ahead(self, opened: Answerer) -> None:
        try:
            opened.read_ahead()
        except Exception as error:  # nobody waits for it; what it would do is done when needed
            logger.warning("reading ahead failed (%s); questions are answered all the same", error)


def one_sentence(error: Exception) -> str:
    """Say what went wrong on one line; the libraries' own messages run over several."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
