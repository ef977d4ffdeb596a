"""Send hostile requests to every open route: ``python -m benchmarks.fuzz_api --requests 20000``.

Any method, path, query, headers and body, to the application as it is served, in this process. No
answer may be a failure of the server (500 and above), show a stack trace or hold a file of the
machine, and a real question must be answered afterwards. Streams that stay open until their client
leaves are asked with other methods only. Prints a table.
"""

import argparse
import json
import math
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from gradio.routes import App
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.fuzz import open_without_models
from benchmarks.hostile import CODE, HostileQuestions
from benchmarks.results_file import (
    Table,
    add_results_option,
    section,
    table_lines,
    write_results,
)
from qa.settings import FIRST_QUESTION
from qa.web.guard.health import health_route
from qa.web.guard.protection import Protection, make_guard
from qa.web.guard.routes import API
from qa.web.opening import Opening
from qa.web.options import NO_FILES
from qa.web.page import build_page
from qa.web.serving import report_route

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
CALLS = ("ask", "verify", "search", "reference")
"""What programs call, and as tools."""
STREAMS = (f"{API}/queue/data", f"{API}/heartbeat/x", f"{API}/mcp/sse")
PATHS = (
    *("/", "/config", "/static/x.css", "/assets/x.js", "/theme.css", "/favicon.ico", "/login"),
    *("/manifest.json", "/robots.txt", "/report/report.html", "/healthz", "/logout"),
    *(f"{API}/{name}" for name in ("info", "openapi.json", "app_id", "startup-events")),
    *(f"{API}/{name}" for name in ("theme.css", "upload", "upload_progress", "queue/join")),
    *(f"{API}/{name}" for name in ("cancel", "reset", "mcp/schema", "call/ask/x")),
    *(f"{API}/{way}/{name}" for way in ("run", "api", "call", "call/v2") for name in CALLS),
    *(f"{API}/run/{name}" for name in ("predict", "x", "..", "lambda", "__init__")),
    *("/file=/etc/passwd", f"{API}/file=/etc/passwd", f"{API}/proxy=file:///etc/passwd"),
    *STREAMS,
)
POSTED = re.compile(rf"{API}/(?:run|api|call|upload$|queue/join|cancel|reset)|/login")
TRACES = ("Traceback (most recent call last)", '  File "', "<gradio.", "site-packages")
SECTION = "lasting-fuzz-api"
"""Of the file with the results."""
PACKAGES = ("gradio", "starlette")
SECRETS = ("root:x:0", "root:*:0")


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as `TestClient` takes it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, bytes]
    body: bytes


@dataclass
class Findings:
    """What became of the requests: how many got which status, and what must not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


class HostileRequests:
    """Draws them; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._texts = HostileQuestions(seed, longest=600)

    def draw(self) -> Request:
        """Return one."""
        draw = self._draw
        path = draw.choice(PATHS)
        if draw.random() < 0.1:
            path += draw.choice(("/", "/..", "//", "/x", "%00", "/%2e%2e/x", "?", "#"))
        usual = "POST" if POSTED.match(path) else "GET"
        method = usual if draw.random() < 0.7 else draw.choice(METHODS)
        if path.startswith(STREAMS) and method in ("GET", "HEAD"):
            method = "POST"
        headers = {"Content-Type": self._content_type(), **self._more_headers()}
        query = {self._word(): self._text()[:200] for _ in range(draw.choice((0, 0, 0, 1, 3)))}
        return Request(method, path, query, headers, self._body(path))

    def _body(self, path: str) -> bytes:
        kind = self._draw.random()
        if kind < 0.1:
            return self._draw.randbytes(self._draw.randrange(200))
        if kind < 0.2:
            part = f'--x\r\nContent-Disposition: form-data; name="{self._word()}"; filename="'
            return f'{part}{self._word()}"\r\n\r\n{self._text()}\r\n--x--\r\n'.encode(
                errors="replace"
            )
        whole = json.dumps(self._call(path) if kind < 0.8 else self._json(3))
        cut = len(whole) if kind < 0.9 else self._draw.randrange(len(whole) + 1)
        return whole[:cut].encode()

    def _call(self, path: str) -> dict[str, Any]:
        """Make the body of a call, with as many values as it takes or with others."""
        name = path.rpartition("/")[2]
        if "/v2/" in path:
            return {self._word(): self._json(2) for _ in range(self._draw.randrange(4))}
        count = {"verify": 1}.get(name, 2)
        if self._draw.random() < 0.2:
            count = self._draw.randrange(5)
        body: dict[str, Any] = {"data": [self._json(2) for _ in range(count)]}
        for key in ("fn_index", "session_hash", "event_id", "trigger_id", "event_data"):
            if self._draw.random() < 0.2:
                body[key] = self._json(1)
        return body

    def _json(self, depth: int) -> object:
        kind = self._draw.randrange(9 if depth else 6)
        if kind < 6:
            plain = (None, True, self._draw.randrange(-5, 10**6), 1e308, self._text(), "")
            return plain[kind]
        size = self._draw.randrange(4)
        if kind == 6:
            return {self._word(): self._json(depth - 1) for _ in range(size)}
        return [self._json(depth - 1) for _ in range(size)]

    def _text(self) -> str:
        drawn = self._texts.draw()[:2_000]
        return drawn.encode("utf-8", "replace").decode()

    def _word(self) -> str:
        known = ("question", "history", "text", "data", "files", "document", "__class__", "../x")
        return self._draw.choice(known)

    def _content_type(self) -> bytes:
        kinds = (b"application/json",) * 4 + (b"multipart/form-data; boundary=x", b"text/plain")
        return self._draw.choice((*kinds, b"multipart/form-data", b"\xff;=;", b""))

    def _more_headers(self) -> dict[str, bytes]:
        names = ("Cookie", "Authorization", "Accept", "Range", "X-Forwarded-For", "X-Gradio-User")
        values = (*(code.encode() for code in CODE if "\n" not in code), b"\xff", b"bytes=0-", b"")
        chosen = self._draw.sample(names, k=self._draw.choice((0, 0, 1, 2)))
        return {name: self._draw.choice(values) for name in chosen}


def make_app(opening: Opening) -> Starlette:
    """Make the application as it is served, without its port."""
    page = build_page(opening)
    # What `launch` would set.
    page.show_error = False
    page.max_file_size = 10_000
    page.theme_css = ""
    routes = [report_route(NO_FILES), health_route(opening)]
    guard = make_guard(Protection(), max_upload=10_000)
    hidden = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app: Starlette = App.create_app(
        page, app_kwargs={"routes": routes, "middleware": guard, **hidden}
    )
    cast("dict[str, object]", page.config)["body_css"] = {}
    return app


def open_client(app: Starlette) -> TestClient:
    """Ask the application as its visitors do; use it in a ``with`` block."""
    return TestClient(
        app, "http://localhost", raise_server_exceptions=False, follow_redirects=False
    )


def send_all(client: TestClient, count: int, seed: int, *, seconds: float = math.inf) -> Findings:
    """Send hostile requests and look at the answers; then ask a question.

    Args:
        client: of the application.
        count: requests, at most.
        seed: of what is sent.
        seconds: after so long no further one is sent.
    """
    findings, requests = Findings(), HostileRequests(seed)
    deadline = time.monotonic() + seconds
    for _ in range(count):
        if time.monotonic() > deadline:
            break
        request = requests.draw()
        begun = time.perf_counter()
        status, faults = send_one(client, request)
        findings.slowest = max(findings.slowest, time.perf_counter() - begun)
        findings.statuses[status] += 1
        findings.faults += [f"{fault}: {request.method} {request.path} {request.body[:200]!r}"
                            for fault in faults]  # fmt: skip
    answer = client.post(f"{API}/run/ask", json={"data": [FIRST_QUESTION, []]})
    if answer.status_code != 200 or "data" not in answer.json():
        findings.faults.append(f"a real question got {answer.status_code}: {answer.text[:200]}")
    return findings


def send_one(client: TestClient, request: Request) -> tuple[int, list[str]]:
    """Send one request; returns its status, and what must not be."""
    answer = client.request(
        request.method,
        request.path,
        params=request.query or None,
        headers={name.encode(): value for name, value in request.headers.items()},
        content=request.body,
    )
    status, text = answer.status_code, answer.text
    faults = [f"status {status}, {text[:100]!r}"] if status >= 500 else []
    faults += [f"shows {trace!r}" for trace in TRACES if trace in text and status != 200]
    faults += [f"holds {secret!r}" for secret in SECRETS if secret in text]
    return status, faults


def main(argv: Sequence[str] | None = None) -> int:
    """Send them; returns 0 if nothing was wrong, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=3_600.0, help="stop sending after so long")
    parser.add_argument("--seed", type=int, default=1)
    add_results_option(parser)
    arguments = parser.parse_args(argv)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        opening = Opening(lambda: open_without_models(Path(folder)))
        opening.wait()
        with open_client(make_app(opening)) as client:
            findings = send_all(
                client, arguments.requests, arguments.seed, seconds=arguments.seconds
            )
    for fault in findings.faults[:20]:
        sys.stdout.write(f"WRONG: {fault}\n")
    found = table(findings, time.perf_counter() - begun)
    sys.stdout.write("\n".join(table_lines(found)) + "\n")
    failed = write_results(arguments.update_readme, {SECTION: section(found, PACKAGES)})
    return failed or (1 if findings.faults else 0)


def table(findings: Findings, seconds: float) -> Table:
    """Lay out what became of the requests."""
    statuses = sorted(findings.statuses)
    heads = ["requests", *(f"{status}" for status in statuses), "wrong", "slowest, s", "s"]
    line = [f"{findings.statuses.total():,}"]
    line += [f"{findings.statuses[status]:,}" for status in statuses]
    return [heads, [*line, f"{len(findings.faults)}", f"{findings.slowest:.2f}", f"{seconds:.0f}"]]


if __name__ == "__main__":
    sys.exit(main())
