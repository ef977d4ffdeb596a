"""The real server, with accounts: what is closed, what it logs, what it says when it starts."""

import base64
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from qa.web.guard.accounts import make_line
from tests.web.browsing import LIGHT, free_port, serving
from tests.web.hostile import write_library

PASSWORD = "correct horse battery"
QUESTION = "Which stem cells of kind07 does milk hold, says Ottilie?"


class Server:
    """A running server, and what it has said so far."""

    def __init__(self, port: int, log: Path, line: str) -> None:
        self.port, self.log, self.line = port, log, line

    def send(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        return connection.getresponse()

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"ann:{PASSWORD}".encode()).decode()

    def ask(self, question: str) -> str:
        """Ask over the API, as a program does."""
        body = json.dumps({"data": [question, []]})
        headers = {"Content_Type": "application/json", "Authorization": self.basic}
        event = json.load(self.send("POST", "/gradio_api/call/ask", body, **headers))["event_id"]
        path = f"/gradio_api/call/ask/{event}"
        return self.send("GET", path, Authorization=self.basic).read().decode()


def started(top: Path, *options: str) -> Iterator[Server]:
    line = make_line("ann", PASSWORD, rounds=4)
    accounts = top / "accounts"
    accounts.write_text(line, encoding="utf-8")
    accounts.chmod(0o600)
    port, log = free_port(), top / "log"
    library = write_library(top / "library")
    arguments = ("--port", str(port), "--library", str(library), "--auth", str(accounts))
    feedback = ("--feedback", str(top / "feedback.jsonl"))
    with serving(*LIGHT, *arguments, *feedback, *options, port=port, log=log):
        yield Server(port, log, line)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started(tmp_path_factory.mktemp("quiet"))


def test_all_is_behind_the_login(server: Server) -> None:
    for path in (
        "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/queue/data",
        "/gradio_api/mcp/", "/gradio_api/mcp/schema", "/theme.css", "/report/report.html",
        "/gradio_api/heartbeat/x", "/manifest.json",
    ):  # fmt: skip
        assert server.send("GET", path).status == 401, path
    for path in (
        "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/call/ask", "/gradio_api/mcp/",
        "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/run/ask", "/gradio_api/api/ask",
    ):  # fmt: skip
        assert server.send("POST", path, "{}").status == 401, path
    page = server.send("GET", "/")
    assert (page.status, page.getheader("location")) == (303, "login")
    assert server.send("GET", "/healthz").status in (200, 503)


def test_a_program_with_a_password_gets_answers(server: Server) -> None:
    answer = server.ask(QUESTION)
    assert "event: complete" in answer
    assert "kind07" in answer


def test_mcp_tools_take_the_same_password(server: Server) -> None:
    call = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }  # fmt: skip
    headers = {
        "Content_Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    body = json.dumps(call)
    assert server.send("POST", "/gradio_api/mcp/", body, **headers).status == 401
    answer = server.send("POST", "/gradio_api/mcp/", body, **headers, Authorization=server.basic)
    assert answer.status == 200
    assert "serverInfo" in answer.read().decode()


def test_a_cookie_opens_the_page(server: Server) -> None:
    form = urlencode({"username": "ann", "password": PASSWORD})
    kind = "application/x-www-form-urlencoded"
    cookie = server.send("POST", "/login", form, Content_Type=kind).getheader("set-cookie") or ""
    assert "httponly" in cookie.lower()
    assert server.send("GET", "/", Cookie=cookie.partition(";")[0]).status == 200
    token = cookie.partition("=")[2].partition(";")[0]
    assert token
    assert token not in server.said


def test_neither_secrets_nor_questions_are_logged(server: Server) -> None:
    wrong = urlencode({"username": "ann", "password": "not the one"})
    kind = "application/x-www-form-urlencoded"
    assert server.send("POST", "/login", wrong, Content_Type=kind).status == 401
    server.ask(QUESTION)
    server.ask("milk " * 200)  # a question that is refused
    assert "Sic is at http://127.0.0.1" in server.said
    for secret in (PASSWORD, "not the one", server.line, server.line[5:], server.basic, "Ottilie"):
        assert secret not in server.said
    assert "milk milk" not in server.said


def test_a_large_request_is_refused(server: Server) -> None:
    body = json.dumps({"data": ["x" * 1_000_000, []]})
    headers = {"Content_Type": "application/json", "Authorization": server.basic}
    answer = server.send("POST", "/gradio_api/call/ask", body, **headers)
    assert answer.status == 413
    assert json.load(answer)["error"].startswith("This request is too large; 1,000,000 bytes")


def test_questions_are_logged_and_clients_are_limited_where_that_is_asked_for(
    tmp_path: Path,
) -> None:
    for server in started(tmp_path, "--log-questions", "--rate-limit", "3"):
        server.ask(QUESTION)
        assert f'INFO sic.questions: question "{QUESTION}"' in server.said
        statuses = {server.send("POST", "/gradio_api/cancel", "{}").status for _ in range(4)}
        assert 429 in statuses
