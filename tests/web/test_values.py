"""A call with too few or too many values is told what is expected, and nothing else is touched."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from benchmarks.fuzz_api import make_app, open_client
from qa.answering import Reply
from qa.batching import BusyError
from qa.web.guard.limits import MAX_BODY
from qa.web.guard.refusals import BUSY_SECONDS
from qa.web.guard.values import Body
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant
from tests.web.running import run_apart

API = "/gradio_api"
BOTH = '/ask takes 2 (question, history) in "data", in this order; got'


@pytest.fixture(scope="module")
def visitor() -> Iterator[TestClient]:
    with open_client(make_app(Opening(FakeAssistant))) as visitor:
        yield visitor


@pytest.mark.parametrize("way", ["run", "api", "call"])
@pytest.mark.parametrize("data", [[], ["What?"], ["What?", [], 3]])
def test_a_wrong_number_of_values_is_told_what_is_expected(
    visitor: TestClient, way: str, data: list[object]
) -> None:
    for path in (f"{API}/{way}/ask", f"{API}/{way}/ask/"):
        answer = visitor.post(path, json={"data": data})
        assert (answer.status_code, answer.json()["error"]) == (400, f"{BOTH} {len(data)}.")


def test_one_value_is_named(visitor: TestClient) -> None:
    answer = visitor.post(f"{API}/run/verify", json={"data": []})
    assert answer.json()["detail"] == '/verify takes 1 (text) in "data", in this order; got 0.'


def test_a_function_is_also_called_by_its_number(visitor: TestClient) -> None:
    body = {"data": ["What?", []], "fn_index": True}  # as Gradio reads it, 1
    answer = visitor.post(f"{API}/run/ask", json=body)
    assert answer.json()["error"] == '/verify takes 1 (text) in "data", in this order; got 2.'
    assert visitor.post(f"{API}/call/ask", json=body).status_code == 200  # there it has none


def test_the_states_of_the_page_may_be_left_out_of_a_call(visitor: TestClient) -> None:
    body = {"data": ["What?"]}
    assert visitor.post(f"{API}/call/ask_typed", json=body).status_code == 200
    answer = visitor.post(f"{API}/run/ask_typed", json={**body, "session_hash": "page"})
    assert answer.status_code == 400
    assert "/ask_typed takes 3 (question, turns, shelf)" in answer.json()["error"]


@pytest.mark.parametrize("value", [None, 5, "x", [1], {"path": "/etc/passwd"}], ids=str)
@pytest.mark.parametrize("way", ["run", "api"])
def test_what_only_the_page_calls_is_said_to_be_for_it_alone(
    visitor: TestClient, way: str, value: object
) -> None:
    functions = visitor.get("/config").json()["dependencies"]
    of_the_page = [one for one in functions if one["api_visibility"] == "private"]
    assert len(of_the_page) > 5
    for one in of_the_page:
        body = {"data": [value] * len(one["inputs"])}
        answer = visitor.post(f"{API}/{way}/{one['api_name']}", json=body)
        said = f"/{one['api_name']} is for the page alone; {API}/info lists what programs call."
        assert (answer.status_code, answer.json()["error"]) == (400, said)


@pytest.mark.parametrize("way", ["run", "api", "call"])
def test_the_right_number_is_answered(visitor: TestClient, way: str) -> None:
    answer = visitor.post(f"{API}/{way}/ask", json={"data": ["What?", []]})
    assert answer.status_code == 200
    assert answer.json().keys() & {"data", "event_id"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{API}/run/nothing", b'{"data": []}', 400),
        (f"{API}/run/ask", b'{"data": "What?"}', 422),
        (f"{API}/run/ask", b"[1, 2]", 422),
        (f"{API}/run/ask", b"[" * 100_000, 400),
        (f"{API}/run/ask", b'{"data": ["What?"], "fn_index": 1}', 200),
        (f"{API}/run/ask", b'{"data": ["What?"], "fn_index": "x"}', 422),
        (f"{API}/call/v2/ask", b'{"question": "What?", "history": []}', 200),
    ],
    ids=["no-function", "no-row", "no-call", "deep", "by-number", "no-number", "by-keyword"],
)
def test_what_cannot_be_told_is_left_to_gradio(
    visitor: TestClient, path: str, body: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = visitor.post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert "in this order" not in answer.text


def test_a_call_that_is_too_large_is_still_said_to_be(visitor: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"data": ["'
        for _ in range(MAX_BODY // 100_000 + 1):
            yield b"x" * 100_000

    answer = visitor.post(f"{API}/run/ask", content=pieces())
    assert answer.status_code == 413
    assert "too large" in answer.json()["error"]


def test_a_busy_server_says_when_to_come_again() -> None:
    class BusyAssistant(FakeAssistant):
        def ask(self, *_: Any, **__: Any) -> Reply:
            raise BusyError("Sic is busy. Please ask again in a moment.")

    with open_client(make_app(Opening(BusyAssistant))) as visitor:
        answer = visitor.post(f"{API}/run/ask", json={"data": ["What?", []]})
        refused = visitor.post(f"{API}/run/ask", json={"data": [1, []]})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(BUSY_SECONDS))
    assert answer.json()["error"] == "Sic is busy. Please ask again in a moment."
    assert (refused.status_code, "retry-after" in refused.headers) == (400, False)


def test_a_body_is_handed_on_as_it_came() -> None:
    first: Message = {"type": "http.request", "body": b"ab", "more_body": True}
    second: Message = {"type": "http.request", "body": b"c"}
    left: Message = {"type": "http.disconnect"}
    assert _read_and_ask([first, second, left]) == (b"abc", [b"abc", None])
    assert _read_and_ask([first, left, left]) == (b"ab", [None, None])


def _read_and_ask(messages: list[Message]) -> tuple[bytes, list[bytes | None]]:
    """Read a body, then ask for two messages; returns both, None where the sender has left."""

    async def receive() -> Message:
        return messages.pop(0)

    async def read() -> tuple[bytes, list[bytes | None]]:
        body = await Body.read(receive)
        return body.content, [(await body.receive()).get("body") for _ in range(2)]

    return run_apart(read)
