"""Hostile requests are refused or answered, never failed on; and the check itself can fail."""

from collections import Counter
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from benchmarks.fuzz_api import (
    Findings,
    HostileRequests,
    Request,
    make_app,
    open_client,
    send_all,
    send_one,
    table,
)
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant

REQUESTS = 300


@pytest.fixture(scope="module")
def visitor() -> Iterator[TestClient]:
    with open_client(make_app(Opening(FakeAssistant))) as visitor:
        yield visitor


def test_hostile_requests_are_refused_or_answered_and_a_question_afterwards(
    visitor: TestClient,
) -> None:
    findings = send_all(visitor, REQUESTS, seed=3)
    assert findings.faults == []
    assert findings.statuses.total() == REQUESTS
    assert {200, 400, 404, 422} <= findings.statuses.keys()


def test_requests_are_of_every_kind() -> None:
    requests = HostileRequests(1)
    drawn = [requests.draw() for _ in range(500)]
    assert len({request.method for request in drawn}) >= 8
    assert len({request.path for request in drawn}) > 50
    assert any(request.headers["Content-Type"] == b"\xff;=;" for request in drawn)
    assert any(b"\x00" in request.body for request in drawn)


@pytest.mark.parametrize(
    ("text", "status", "fault"),
    [
        ("Traceback (most recent call last)", 404, "shows 'Traceback"),
        ("root:x:0:0", 200, "holds 'root:x:0'"),
        ("broken", 503, "status 503"),
    ],
)
def test_what_must_not_be_is_found(text: str, status: int, fault: str) -> None:
    async def show(_: Asked) -> Response:
        return PlainTextResponse(text, status)

    with open_client(Starlette(routes=[Route("/x", show)])) as visitor:
        got, faults = send_one(visitor, Request("GET", "/x", {}, {}, b""))
    assert got == status
    assert faults[0].startswith(fault)


def test_a_server_that_answers_no_question_any_more_is_found() -> None:
    with open_client(Starlette()) as visitor:
        assert send_all(visitor, 0, seed=1).faults == ["a real question got 404: Not Found"]


def test_nothing_is_sent_when_the_time_is_over(visitor: TestClient) -> None:
    assert send_all(visitor, REQUESTS, seed=3, seconds=-1.0).statuses.total() == 0


def test_calls_bring_any_number_of_values() -> None:
    requests = HostileRequests(1)
    calls = [requests._call("/gradio_api/run/ask")["data"] for _ in range(300)]
    assert {len(values) for values in calls} == {0, 1, 2, 3, 4}


def test_what_became_of_the_requests_is_laid_out() -> None:
    findings = Findings(Counter({404: 1_200, 200: 3}), ["status 500"], 1.234)
    assert table(findings, 61.2) == [
        ["requests", "200", "404", "wrong", "slowest, s", "s"],
        ["1,203", "3", "1,200", "1", "1.23", "61"],
    ]
