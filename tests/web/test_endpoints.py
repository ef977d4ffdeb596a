"""The endpoints as programs reach them: over HTTP with Gradio's client, and as MCP tools.

Skipped where the package ``mcp`` is missing, except in CI, where that is a failure.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client

from corpus.document import Document
from corpus.reading import load_corpus
from index.library import SHIPPED_ARTICLES
from index.snapshot import LibraryError
from qa.answering import Reply
from qa.batching import BusyError
from qa.exporting import NOT_READ
from qa.web.endpoints import Endpoints, add_endpoints, mcp_available
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant
from tests.web.running import run_apart

QUESTION = "What is microchimerism?"

if not mcp_available() and os.environ.get("CI") != "true":
    pytest.skip("mcp is not installed", allow_module_level=True)


Call = Callable[..., Any]
"""Calls an endpoint by its name with keyword arguments; a refusal is a `RefusedError`."""


class RefusedError(Exception):
    """What a client was told instead of a result."""


# ---- the two clients -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def over_http(real_url: str) -> Call:
    client = Client(real_url, verbose=False, analytics_enabled=False)

    def call(name: str, **arguments: Any) -> Any:
        try:
            return client.predict(**arguments, api_name=f"/{name}")
        except Exception as error:
            raise RefusedError(str(error)) from error

    return call


@pytest.fixture(scope="module")
def over_mcp(real_url: str) -> Call:
    def call(name: str, **arguments: Any) -> Any:
        result = run_in_mcp_session(real_url, lambda s: s.call_tool(name, arguments))
        text = "".join(part.text for part in result.content)
        if result.isError:
            raise RefusedError(text)
        return json.loads(text)

    return call


def run_in_mcp_session(url: str, action: Callable[[Any], Any]) -> Any:
    return run_apart(lambda: in_mcp_session(url, action))


async def in_mcp_session(url: str, action: Callable[[Any], Any]) -> Any:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        streamable_http_client(f"{url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        return await action(session)


@pytest.fixture(params=["over_http", "over_mcp"])
def call(request: pytest.FixtureRequest) -> Call:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def document() -> Document:
    return load_corpus(SHIPPED_ARTICLES)[0]


def assert_is_slice(item: dict[str, Any], document: Document) -> None:
    assert item["document"] == document.id
    assert item["text"] == document.text[item["start"] : item["end"]]


# ---- what they return ----------------------------------------------------------------------------


def test_ask_quotes_the_document(call: Call, document: Document) -> None:
    reply = call("ask", question=QUESTION, history=[])

    assert reply["status"] == "answered"
    assert reply["quotes"][0]["text"].startswith("Microchimerism is the presence")
    for quote in reply["quotes"]:
        assert_is_slice(quote, document)


def test_ask_knows_the_earlier_questions(call: Call) -> None:
    reply = call("ask", question="Who reported it first?", history=[QUESTION])

    assert "microchimerism" in reply["standalone_question"].lower()


def test_ask_without_an_answer_says_so(call: Call, document: Document) -> None:
    reply = call("ask", question="What is the boiling point of helium?", history=[])

    assert (reply["status"], reply["quotes"]) == ("not_in_source", [])
    for quote in reply["nearest"]:
        assert_is_slice(quote, document)


def test_verify_finds_a_sentence_at_its_place(call: Call, document: Document) -> None:
    sentence = call("ask", question=QUESTION, history=[])["quotes"][0]["text"]

    verdict = call("verify", text=f"“{sentence}”")

    assert verdict["status"] == "found"
    assert verdict["source_text"] == sentence
    assert verdict["difference"] == [{"kind": "same", "text": sentence}]
    place = verdict["places"][0]
    assert_is_slice(place | {"text": sentence}, document)
    assert place["section"] == document.section_at(place["start"]).title
    assert place["link"] == f"#{document.id}:{place['start']}-{place['end']}"


def test_verify_marks_what_was_altered(call: Call, document: Document) -> None:
    sentence = call("ask", question=QUESTION, history=[])["quotes"][0]["text"]

    verdict = call("verify", text=sentence.replace("presence", "absence"))

    assert verdict["status"] == "altered"
    assert {"kind": "removed", "text": "presence"} in verdict["difference"]
    assert {"kind": "added", "text": "absence"} in verdict["difference"]
    assert_is_slice(verdict["places"][0] | {"text": verdict["source_text"]}, document)


def test_verify_of_a_foreign_sentence_is_absent(call: Call) -> None:
    verdict = call("verify", text="Helium boils at four kelvin under one atmosphere.")

    assert (verdict["status"], verdict["places"], verdict["source_text"]) == ("absent", [], "")


def test_search_returns_passages_best_first(call: Call, document: Document) -> None:
    found = call("search", query="microchimerism", k=5)

    assert len(found["passages"]) == 5
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert "icrochimerism" in found["passages"][0]["text"]
    for passage in found["passages"]:
        assert_is_slice(passage, document)
        assert passage["section"] == document.section_at(passage["start"]).title


def test_search_returns_fifty(call: Call) -> None:
    assert len(call("search", query="stem cells", k=50)["passages"]) == 50


def test_reference_is_given_with_the_sentences_that_cite_it(call: Call, document: Document) -> None:
    entry = document.references[10]

    found = call("reference", number=11, document="")

    assert (found["number"], found["entry"], found["note"]) == (11, entry.text, NOT_READ)
    assert found["fields"] == {
        "authors": list(entry.authors), "et_al": True, "title": entry.title,
        "journal": entry.journal, "year": entry.year, "volume": entry.volume,
        "issue": entry.issue, "pages": entry.pages,
    }  # fmt: skip
    assert found["searches"] == {"pubmed": entry.pubmed_url, "crossref": entry.crossref_url}
    assert_is_slice(found["place"] | {"text": found["entry"]}, document)
    assert len(found["cited_by"]) == len([m for m in document.markers if 11 in m.numbers])
    for sentence in found["cited_by"]:
        assert_is_slice(sentence, document)
    assert call("reference", number=11, document=document.id) == found


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ask", {"question": QUESTION, "history": []}),
        ("ask", {"question": "Who wrote the review?", "history": []}),
        ("ask", {"question": "What dose should I take?", "history": []}),
        ("verify", {"text": "Microchimerism is the absence of cells"}),
        ("search", {"query": "nestin-positive 'cells' in \"Turkish\" milk", "k": 50}),
        ("reference", {"number": 9, "document": ""}),
    ],
)
def test_both_clients_get_the_same(
    over_http: Call, over_mcp: Call, name: str, arguments: dict[str, Any]
) -> None:
    assert over_http(name, **arguments) == over_mcp(name, **arguments)


# ---- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask", {"question": " ", "history": []}, "Please type a question."),
        ("ask", {"question": "x" * 2001, "history": []}, "2,001 characters"),
        ("verify", {"text": "…"}, "please give a sentence"),
        ("verify", {"text": "x" * 3001}, "3,001 characters"),
        ("search", {"query": "cells", "k": 0}, "k must be from 1 to 50, got 0."),
        ("search", {"query": "cells", "k": 51}, "k must be from 1 to 50, got 51."),
        ("reference", {"number": 50, "document": ""}, "there is no number 50."),
        ("reference", {"number": 1, "document": "nobody-1900"}, "There is no article"),
    ],
)
def test_error_reaches_the_client(
    call: Call, name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        call(name, **arguments)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask", {"question": 7, "history": []}, "question must be a text, got 7"),
        ("ask", {"question": "Why?", "history": "no list"}, "history must be a list"),
        ("verify", {"text": None}, "text must be a text"),
        ("search", {"query": "cells", "k": "5"}, "k must be a whole number, got '5'"),
        ("search", {"query": "cells", "k": True}, "k must be a whole number, got True"),
        ("reference", {"number": 1.5, "document": ""}, "number must be a whole number"),
    ],
)
def test_value_of_another_type_is_named(
    over_http: Call, name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        over_http(name, **arguments)

    assert message in str(refused.value)


# ---- what is offered -----------------------------------------------------------------------------

PARAMETERS = {
    "ask": ["question", "history"],
    "verify": ["text"],
    "search": ["query", "k"],
    "reference": ["number", "document"],
}


def test_mcp_tools_are_described(real_url: str) -> None:
    tools = run_in_mcp_session(real_url, lambda session: session.list_tools()).tools

    assert {tool.name: list(tool.inputSchema["properties"]) for tool in tools} == PARAMETERS
    for tool in tools:
        assert len(tool.description) > 80
        for schema in tool.inputSchema["properties"].values():
            assert schema["type"]
            assert schema["description"]


def test_http_endpoints_are_typed() -> None:
    with gr.Blocks() as page:
        add_endpoints(Opening(FakeAssistant))

    offered = page.get_api_info()["named_endpoints"]

    names = {k[1:]: [p["parameter_name"] for p in v["parameters"]] for k, v in offered.items()}
    assert names == PARAMETERS
    assert offered["/search"]["parameters"][1]["python_type"]["type"] == "int"


def test_taken_name_is_an_error() -> None:
    def ask() -> None:
        pass

    with gr.Blocks() as page:
        page.load(ask, api_visibility="private")
        with pytest.raises(ValueError, match="/ask is taken"):
            add_endpoints(Opening(FakeAssistant))


def test_library_that_cannot_be_opened_is_an_error_with_its_reason() -> None:
    def fail() -> FakeAssistant:
        raise RuntimeError("The index is missing.")

    with pytest.raises(gr.Error) as refused:
        Endpoints(Opening(fail)).verify("Cells were seen early (1).")

    assert "The index is missing." in refused.value.message


def test_a_failing_index_is_an_error_with_its_remedy() -> None:
    class FarAssistant(FakeAssistant):
        def ask(self, *_: Any, **__: Any) -> Reply:
            raise LibraryError("no Milvus answers at http://host:19530; start it")

    with pytest.raises(gr.Error) as refused:
        Endpoints(Opening(FarAssistant)).ask("What is this?", [])

    assert "no Milvus answers at http://host:19530; start it" in refused.value.message


def test_a_busy_server_is_an_error_that_says_to_ask_again() -> None:
    class BusyAssistant(FakeAssistant):
        def ask(self, *_: Any, **__: Any) -> Reply:
            raise BusyError("Sic is busy. Please ask again in a moment.")

    with pytest.raises(gr.Error) as refused:
        Endpoints(Opening(BusyAssistant)).ask("What is this?", [])

    assert "Please ask again in a moment" in refused.value.message


def test_range_of_citations_counts_for_each_reference() -> None:
    endpoints = Endpoints(Opening(FakeAssistant))

    found = endpoints.reference(4, "cells in milk")

    assert [sentence["text"] for sentence in found["cited_by"]] == [
        "These cells reached the brain (1,3-4)."
    ]
    assert found["cited_by"][0]["link"].startswith("#cells%20in%20milk:")
