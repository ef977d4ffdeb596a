"""Of visitors who have gone nothing is kept for long; open pages lose nothing."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

import app as program  # what it tells Gradio counts before the page is built
from benchmarks.fuzz_api import make_app, open_client
from qa.web.guard import departures
from qa.web.guard.departures import KEPT, Departures
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant
from tests.web.running import run_apart

API = "/gradio_api"
ASKED = {"data": ["What is microchimerism?", []]}
LONG_AGO = datetime.now() - KEPT - timedelta(minutes=1)

assert program.DEFAULT_PORT


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    with open_client(make_app(Opening(FakeAssistant))) as visitor:
        visitor.get(f"{API}/startup-events")
        yield visitor


@pytest.fixture
def visitor(served: TestClient) -> TestClient:
    """A server that knows no session yet."""
    queue = queue_of(served)
    for kept in (
        holder_of(served).session_data,
        holder_of(served).time_last_used,
        queue.pending_event_ids_session,
        queue.pending_messages_per_session,
    ):
        kept.clear()
    return served


def ask(visitor: TestClient, session: str | None = None) -> str:
    """Ask over ``/call``, fetch the result, and return the event."""
    body = ASKED if session is None else {**ASKED, "session_hash": session}
    event: str = visitor.post(f"{API}/call/ask", json=body).json()["event_id"]
    result = visitor.get(f"{API}/call/ask/{event}").text
    assert "event: complete" in result
    assert "not_in_source" in result
    return event


def holder_of(visitor: TestClient) -> Any:
    return visitor.app.state_holder  # type: ignore[attr-defined]


def queue_of(visitor: TestClient) -> Any:
    return visitor.app.get_blocks()._queue  # type: ignore[attr-defined]


def test_calls_without_a_session_leave_nothing_behind(visitor: TestClient) -> None:
    for _ in range(3):
        ask(visitor)
    queue = queue_of(visitor)
    assert len(holder_of(visitor).session_data) == 0
    assert len(holder_of(visitor).time_last_used) == 0
    assert len(queue.pending_event_ids_session) == 0
    assert len(queue.pending_messages_per_session) == 0


def test_no_statistics_of_calls_are_kept_or_made(visitor: TestClient) -> None:
    for _ in range(3):
        ask(visitor)
    assert len(queue_of(visitor).event_analytics) <= 1
    assert queue_of(visitor).cached_event_analytics_summary == {"functions": {}}


def test_a_named_session_is_kept_for_an_hour(visitor: TestClient) -> None:
    ask(visitor, "mine")
    assert set(holder_of(visitor).session_data) == {"mine"}

    holder_of(visitor).time_last_used["mine"] = LONG_AGO
    ask(visitor, "other")
    assert set(holder_of(visitor).session_data) == {"other"}
    assert set(queue_of(visitor).pending_event_ids_session) == {"other"}


def test_the_result_of_a_call_is_no_way_to_another_session(visitor: TestClient) -> None:
    ask(visitor, "mine")
    queue_of(visitor).pending_messages_per_session.clear()
    visitor.get(f"{API}/call/ask/mine")
    assert set(holder_of(visitor).session_data) == {"mine"}


def test_of_too_many_the_one_that_was_not_used_for_longest_goes(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "MAX_SESSIONS", 2)
    for session in ("first", "second", "first", "third"):
        ask(visitor, session)
    assert set(holder_of(visitor).session_data) == {"first", "third"}


def test_an_open_page_keeps_its_session_and_a_closed_one_for_an_hour() -> None:
    gradio: Any = make_app(Opening(FakeAssistant))
    holder = gradio.state_holder
    kept = run_apart(lambda: _open_twice_and_close(gradio, "page"))
    assert kept == [True, True, False]
    assert set(holder.session_data) == {"used"}


async def _open_twice_and_close(gradio: Any, session: str) -> list[bool]:
    """Open two connections of one page, and say after each step whether its session is kept."""
    closing = [asyncio.Event(), asyncio.Event()]
    waiting = iter(closing)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if "heartbeat" in scope["path"]:
            await next(waiting).wait()

    departures = Departures(answer)
    kept: list[bool] = []

    async def look(path: str) -> None:
        scope = {"type": "http", "method": "GET", "path": path, "app": gradio}
        await departures(scope, _nothing, _nowhere)

    async def step() -> None:
        gradio.state_holder["used"]  # a visitor who is here
        await look("/config")
        kept.append(session in gradio.state_holder)

    gradio.state_holder[session]
    gradio.state_holder.time_last_used[session] = LONG_AGO
    pages = [asyncio.create_task(look(f"{API}/heartbeat/{session}")) for _ in closing]
    await asyncio.sleep(0)
    await step()
    for page, close in zip(pages, closing, strict=True):
        close.set()
        await page
        await step()
    return kept


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _nowhere(_: Message) -> None:
    return None


def test_a_page_tells_that_it_is_open(visitor: TestClient) -> None:
    assert visitor.get("/config").json()["connect_heartbeat"] is True


def test_an_application_without_sessions_is_left_alone() -> None:
    with open_client(Starlette(middleware=[Middleware(Departures)])) as visitor:
        assert visitor.get(f"{API}/heartbeat/x").status_code == 404
