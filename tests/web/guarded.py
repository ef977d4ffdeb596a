"""A small application behind the guard, and what goes through it."""

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

JOIN = "/gradio_api/queue/join"
PAGE = '<html><script>a()</script><script type="module" src="x.js"></script><scripts></scripts>'


async def _page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def client(guard: Sequence[Middleware], host: str = "localhost", **options: Any) -> TestClient:
    """Ask the application as a browser on this machine does that follows no redirection."""
    routes = [
        Route("/", _page),
        Route("/healthz", _length),
        Route(JOIN, _length, methods=["POST"]),
        Route("/gradio_api/upload", _length, methods=["POST"]),
        Route("/gradio_api/info", _length),
        Route("/assets/x.js", _length),
        Route("/gradio_api/file={path:path}", _length),
    ]
    app = Starlette(routes=routes, middleware=guard)
    return TestClient(app, base_url=f"http://{host}", follow_redirects=False, **options)
