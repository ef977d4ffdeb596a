"""A request that cannot be read is its sender's mistake; a failure of the program stays one."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from benchmarks.fuzz_api import make_app, open_client
from qa.web.guard.refusals import UNREADABLE, Refusals
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant

ASK = "/gradio_api/run/ask"


async def _show(request: Request) -> Response:
    kind = request.query_params.get("kind", "")
    if kind == "raise":
        raise ValueError("a secret question")
    if kind == "begin":
        return StreamingResponse(_broken())
    body = {"error": "it must be a text" if kind == "words" else None}
    return JSONResponse(body, 200 if kind == "fine" else 500)


async def _broken():  # noqa: ANN202
    yield "begun"
    raise ValueError("too late")


@pytest.fixture
def visitor() -> TestClient:
    routes = [Route(path, _show, methods=["GET", "POST"]) for path in (ASK, "/other")]
    app = Starlette(routes=routes, middleware=[Middleware(Refusals)])
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("fine", 200, None),
        ("words", 400, "it must be a text"),
        ("failure", 500, None),
        ("raise", 400, UNREADABLE),
    ],
)
def test_what_is_said_in_words_is_a_refusal(
    visitor: TestClient, kind: str, status: int, error: str | None
) -> None:
    answer = visitor.post(f"{ASK}?kind={kind}")
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_elsewhere_a_failure_stays_one(visitor: TestClient) -> None:
    assert visitor.get(f"{ASK}?kind=raise").status_code == 500
    assert visitor.post("/other?kind=raise").status_code == 500
    assert visitor.post("/other?kind=words").status_code == 500


def test_an_answer_that_has_begun_is_cut_off(visitor: TestClient) -> None:
    strict = TestClient(visitor.app)
    with pytest.raises(ValueError, match="too late"):
        strict.post(f"{ASK}?kind=begin")


def test_what_was_sent_is_not_logged(visitor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor.post(f"{ASK}?kind=raise")
    assert "a request could not be read (ValueError)" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (ASK, b"\xff"),
        ("/gradio_api/run/nothing", b'{"data": []}'),
        ("/gradio_api/call/v2/ask", b'{"other": 1}'),
        ("/gradio_api/upload", b"no form"),
        (ASK, b'{"data": [1, []]}'),
    ],
    ids=["encoding", "function", "value", "upload", "refused"],
)
def test_gradio_s_failures_on_bad_requests_are_refusals(path: str, content: bytes) -> None:
    with open_client(make_app(Opening(FakeAssistant))) as visitor:
        headers = {"Content-Type": "application/json"}
        assert visitor.post(path, content=content, headers=headers).status_code == 400
