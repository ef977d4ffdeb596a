"""What the chat offers to programs: ``/ask``, ``/verify``, ``/search`` and ``/reference``.

The same four are MCP tools where the package ``mcp`` is installed (it comes with ``gradio[mcp]``).
An HTTP client gets a JSON object, an MCP client the same object as JSON text. Every text of the
source in them is a slice of a document, and its offsets stand beside it. What cannot be served is
an error with its reason, never an empty result.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol, runtime_checkable

import gradio as gr
from gradio.context import get_blocks_context
from gradio.events import api
from gradio.mcp import GradioMCPServer

from corpus.document import Document, Reference
from index.searching import Hit
from index.snapshot import LibraryError
from index.updating import name_some
from qa.answering import QuestionError, check_question
from qa.batching import BusyError
from qa.exporting import NOT_READ, permalink
from qa.quoting import Place, Quote
from qa.reference_lookup import quotable_units
from qa.rendering import place_to_json, quote_to_json, reply_to_json
from qa.settings import Settings
from qa.verifying import verify
from qa.verifying_where import documents_near
from qa.web.guard.refusals import BUSY
from qa.web.opening import Answerer, Opening, OpeningError
from qa.web.options import NO_FILES, PageOptions
from qa.web.question_log import log_question

Json = dict[str, Any]

AT_ONCE = 16
"""Calls and questions of the page that are served side by side, so that they can be batched."""
MAX_NAMED = 20
"""Articles that an error message lists."""
MAX_PASSAGES = 50
MAX_VERIFIED_CHARS = 3_000
"""Longer than a paragraph; the time that a comparison takes grows with the square of the length."""


@runtime_checkable
class Searchable(Protocol):
    """A library that can be searched."""

    def search(self, query: str, *, k: int = 100) -> Sequence[Hit]:
        """Find the passages nearest to a query, best first."""


def mcp_available() -> bool:
    """Tell whether the endpoints can be offered as MCP tools."""
    return find_spec("mcp") is not None


def add_endpoints(opening: Opening, options: PageOptions = NO_FILES) -> None:
    """Add the endpoints to the page that is being laid out (inside its ``with`` block).

    Call it before any event is added: an event takes the name of its handler, also a private one,
    and an endpoint of that name would be renamed.

    Raises:
        ValueError: the name of an endpoint is taken.
    """
    endpoints = Endpoints(opening, options)
    _add("ask", endpoints.ask)
    _add("verify", endpoints.verify)
    _add("search", endpoints.search)
    _add("reference", endpoints.reference)
    if mcp_available():
        _answer_mcp_in_json()


def _add(name: str, function: Callable[..., Json]) -> None:
    page = get_blocks_context()
    if page and any(event.api_name == name for event in page.fns.values()):
        raise ValueError(f"the endpoint name /{name} is taken; add the endpoints before the events")
    api(function, api_name=name, concurrency_limit=AT_ONCE, concurrency_id="ask")


def _answer_mcp_in_json() -> None:
    """Make MCP tools answer in JSON: Gradio 6.31 writes ``str(result)``, Python's own notation."""

    def to_json_text(self: GradioMCPServer, data: Sequence[Any], root_url: str) -> list[Any]:
        texts = (json.dumps(result, ensure_ascii=False) for result in data)
        return [self.types.TextContent(type="text", text=text) for text in texts]

    # There is no option for it. The version is pinned, and a test reads the answers as a client.
    GradioMCPServer.postprocess_output_data = to_json_text  # type: ignore[method-assign]


class Endpoints:
    """The endpoints of one page; what their docstrings say is shown to API and MCP clients."""

    def __init__(self, opening: Opening, options: PageOptions = NO_FILES) -> None:
        """Serve calls from a library that is open or being opened."""
        self._opening = opening
        self._options = options

    def ask(self, question: str, history: list[str]) -> Json:
        """Answer a question about the library's review articles by quoting whole sentences.

        The status is "answered", "not_in_source" (then the nearest passages are no answer) or
        "declined". Each quote is verbatim and has its offsets, its citation and its references.

        Args:
            question: the question, in plain words.
            history: earlier questions of the same conversation, oldest first; [] for none.
        """
        _check_text("question", question)
        if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
            raise _refuse(f"history must be a list of earlier questions, got {history!r:.80}")
        log_question(question, self._options)
        try:
            return reply_to_json(self._open().ask(question, history))
        except BusyError as error:
            raise gr.Error(str(error), title=BUSY, print_exception=False) from error
        except (QuestionError, LibraryError) as error:
            raise _refuse(str(error)) from error

    def verify(self, text: str) -> Json:
        """Check whether a quotation is in the library's review articles, character for character.

        The status is "found", "altered" (the difference is given word by word), "misattributed" or
        "absent".

        Args:
            text: the quotation, with or without quotation marks, 3,000 characters at most.
        """
        _check_text("text", text)
        if len(text) > MAX_VERIFIED_CHARS:
            raise _refuse(
                f"The text has {len(text):,} characters; please keep it under "
                f"{MAX_VERIFIED_CHARS + 1:,}."
            )
        try:
            verdict = verify(text, documents_near(text, self._open().library))
        except (ValueError, LibraryError) as error:
            raise _refuse(str(error)) from error
        return {
            "status": verdict.status,
            "reason": verdict.reason,
            "places": [_linked_place(place) for place in verdict.places],
            "source_text": verdict.source_text,
            "difference": [{"kind": kind, "text": run} for kind, run in verdict.difference],
        }

    def search(self, query: str, k: int) -> Json:
        """Find the passages of the library's review articles that are nearest to a query.

        They are verbatim sentences, list items, table rows and bibliography entries, best first; a
        passage that is near need not answer anything. Scores compare within one query only.

        Args:
            query: what to look for, in plain words.
            k: how many passages, 1 to 50.
        """
        _check_text("query", query)
        _check_whole("k", k)
        if not 1 <= k <= MAX_PASSAGES:
            raise _refuse(f"k must be from 1 to {MAX_PASSAGES}, got {k}.")
        library = self._open().library
        if not isinstance(library, Searchable):
            raise _refuse("This library cannot be searched.")
        try:
            check_question(query, Settings())
            hits = library.search(query, k=k)
            found = [_hit_to_json(hit, library.documents) for hit in hits]
        except (QuestionError, LibraryError) as error:
            raise _refuse(str(error)) from error
        return {"query": query, "passages": found}

    def reference(self, number: int, document: str) -> Json:
        """Look up an entry of an article's reference list, and the sentences that cite it.

        The entry is cited by the review; its own article has not been read.

        Args:
            number: its number in the reference list, from 1.
            document: id of the article; "" where the library has only one.
        """
        _check_whole("number", number)
        _check_text("document", document)
        article = _pick_document(self._open(), document)
        entry = article.reference(number)
        if entry is None:
            count = len(article.references)
            raise _refuse(f"{article.id} has {count} references; there is no number {number}.")
        return reference_to_json(entry, article)

    def _open(self) -> Answerer:
        try:
            return self._opening.wait()
        except OpeningError as error:
            raise _refuse(str(error)) from error


def _linked_place(place: Place) -> Json:
    """Return a place as JSON-ready data; ``link`` opens it when put behind the chat's address."""
    return place_to_json(place) | {"link": permalink(place.document_id, place.span)}


def reference_to_json(reference: Reference, document: Document) -> Json:
    """Return an entry of the reference list with the sentences that cite it."""
    return {
        "number": reference.number,
        "entry": reference.text,
        "note": NOT_READ,
        "fields": {
            "authors": list(reference.authors),
            "et_al": reference.et_al,
            "title": reference.title,
            "journal": reference.journal,
            "year": reference.year,
            "volume": reference.volume,
            "issue": reference.issue,
            "pages": reference.pages,
        },
        "searches": {"pubmed": reference.pubmed_url, "crossref": reference.crossref_url},
        "place": _linked_place(Place.in_document(document, reference.span)),
        "cited_by": [
            {"text": document.slice(span)} | _linked_place(Place.in_document(document, span))
            for span in quotable_units(document)
            if any(reference.number in marker.numbers for marker in document.markers_in(span))
        ],
    }


def _hit_to_json(hit: Hit, documents: Mapping[str, Document]) -> Json:
    document = hit.document_in(documents)
    return quote_to_json(Quote.from_document(document, hit.passage.span, score=hit.score))


def _pick_document(assistant: Answerer, wanted: str) -> Document:
    documents = assistant.library.documents
    known = name_some(list(documents), MAX_NAMED)
    if wanted in documents:
        return documents[wanted]
    if wanted:
        raise _refuse(f"There is no article {wanted!r:.80}; the library has: {known}.")
    if len(documents) != 1:
        raise _refuse(f"Please say which article; the library has: {known or 'none'}.")
    return next(iter(documents.values()))


def _check_text(name: str, value: object) -> None:
    # Gradio hands on whatever JSON the client sent; the declared types only describe it.
    if not isinstance(value, str):
        raise _refuse(f"{name} must be a text, got {value!r:.80}")


def _check_whole(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refuse(f"{name} must be a whole number, got {value!r:.80}")


def _refuse(reason: str) -> gr.Error:
    return gr.Error(reason, print_exception=False)
