"""Which of Gradio's routes are open."""

import re
from collections.abc import Iterator

import pytest
from gradio.routes import App
from starlette.routing import Route

from qa.web.guard.protection import Protection, make_guard
from qa.web.guard.routes import is_open
from qa.web.opening import Opening
from qa.web.page import build_page
from tests.web.fakes import FakeAssistant
from tests.web.guarded import client

OPEN = {
    *("GET /", "GET /config", "GET /config/", "GET /static/{path:path}", "GET /assets/{path:path}"),
    *("GET /theme.css", "GET /favicon.ico", "GET /manifest.json", "GET /robots.txt"),
    *("GET /logout", "POST /login", "GET /gradio_api/info", "GET /gradio_api/info/"),
    *("GET /gradio_api/openapi.json", "GET /gradio_api/app_id", "GET /gradio_api/app_id/"),
    *("GET /gradio_api/startup-events", "GET /gradio_api/theme.css"),
    *("GET /gradio_api/queue/data", "POST /gradio_api/queue/join"),
    *("GET /gradio_api/call/{api_name}/{event_id}", "POST /gradio_api/call/{api_name}"),
    *("POST /gradio_api/call/{api_name}/", "POST /gradio_api/call/v2/{api_name}"),
    "POST /gradio_api/call/v2/{api_name}/",
    *("POST /gradio_api/run/{api_name}", "POST /gradio_api/run/{api_name}/"),
    *("POST /gradio_api/api/{api_name}", "POST /gradio_api/api/{api_name}/"),
    *("GET /gradio_api/heartbeat/{session_hash}", "POST /gradio_api/cancel"),
    *("POST /gradio_api/reset", "POST /gradio_api/reset/"),
    *("POST /gradio_api/upload", "GET /gradio_api/upload_progress"),
}
"""Of the routes that Gradio itself has; a new version's are closed until they are looked at."""


def routes() -> Iterator[tuple[str, str]]:
    app = App.create_app(build_page(Opening(FakeAssistant)))
    for part in app.routes:
        router = getattr(part, "original_router", None)  # of one that FastAPI has included
        for route in router.routes if router else [part]:
            if isinstance(route, Route):
                for method in route.methods or ():
                    yield method, route.path


def example(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "name", path)


def test_gradio_s_routes_are_closed_but_those_that_are_needed() -> None:
    found = {f"{method} {path}" for method, path in routes() if is_open(method, example(path))}
    assert {route for route in found if not route.startswith("HEAD ")} == OPEN
    closed = {path for method, path in routes() if not is_open(method, example(path))}
    assert {"/gradio_api/file={path_or_url:path}", "/gradio_api/proxy={url_path:path}"} <= closed
    assert len(closed) > 25


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/file=/etc/passwd",
        "/assets/../../../etc/passwd",
        "/assets/..",
        "/assets/%2e%2e/x",
        "/static//etc/passwd",
        "/static/..\\..\\x",
        "/static/x\x00.js",
        "/static/x\n",
        "/report/../x",
        "/report/results.json",
        "/gradio_api/queue/data/../x",
        "//",
        "",
        "/docs",
        "/openapi.json",
        "/GRADIO_API/info",
        "/gradio_api/mcp/../file=x",
    ],
)
def test_other_spellings_do_not_get_through(path: str) -> None:
    assert not is_open("GET", path)
    assert not is_open("POST", path)


def test_a_closed_route_is_not_reached() -> None:
    visitor = client(make_guard(Protection(), max_upload=0))
    answer = visitor.get("/gradio_api/file=/etc/passwd")
    assert (answer.status_code, answer.json()["error"]) == (404, "There is nothing here.")
    assert visitor.put("/").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", ""])
def test_other_methods_do_not_get_through(method: str) -> None:
    assert not is_open(method, "/")


def test_the_mcp_tools_are_open() -> None:
    assert is_open("POST", "/gradio_api/mcp/")
    assert is_open("GET", "/gradio_api/mcp/")
    assert is_open("DELETE", "/gradio_api/mcp/")
    assert is_open("GET", "/gradio_api/mcp/schema")
