"""Which addresses of the server are open: those that the page and its programs need, and no other.

Gradio has some ninety routes. Those that give out files of the machine or fetch other addresses
(``file=``, ``proxy=``, ``stream``, ``deep_link``, ``vibe-code`` …) are not needed here.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.guard.responding import refuse

API = "/gradio_api"
UPLOAD = f"{API}/upload"
_NAME = r"[\w.-]+"
_OPEN = {
    "GET": (
        "/", "/config/?", f"/(static|assets)/({_NAME}/)*{_NAME}", "/theme\\.css", "/favicon\\.ico",
        "/manifest\\.json", "/robots\\.txt", "/report/report\\.html", "/healthz", "/login",
        "/logout", f"{API}/info/?", f"{API}/openapi\\.json", f"{API}/app_id/?",
        f"{API}/startup-events", f"{API}/theme\\.css", f"{API}/queue/data",
        f"{API}/call/{_NAME}/{_NAME}", f"{API}/heartbeat/{_NAME}", f"{API}/upload_progress",
        f"{API}/mcp/?", f"{API}/mcp/(schema|sse)/?",
    ),
    "POST": (
        "/login", UPLOAD, f"{API}/queue/join", f"{API}/(call|run|api)/{_NAME}/?",
        f"{API}/call/v2/{_NAME}/?", f"{API}/cancel", f"{API}/reset/?", f"{API}/mcp/?",
        f"{API}/mcp/messages/?",
    ),
    "DELETE": (f"{API}/mcp/?",),
}  # fmt: skip
_ALLOWED = {method: re.compile("|".join(paths)) for method, paths in _OPEN.items()}
FREE = re.compile(r"/(static|assets)/.*|/healthz|/favicon\.ico|/theme\.css|/manifest\.json")
"""Small files of the program itself."""


def is_open(method: str, path: str) -> bool:
    """Tell whether a request may reach the application.

    Args:
        method: of the request; HEAD is as open as GET.
        path: decoded.
    """
    allowed = _ALLOWED.get("GET" if method == "HEAD" else method)
    inside = all(part.strip(".") for part in path.split("/") if part)  # no "..", at any place
    return bool(allowed and inside and allowed.fullmatch(path))


class OpenRoutes:
    """Turns every other address away, and uploads where none are taken."""

    def __init__(self, app: ASGIApp, *, takes_uploads: bool) -> None:
        self._app = app
        self._takes_uploads = takes_uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            method, path = scope["method"], scope["path"]
            if not is_open(method, path):
                await refuse(404, "There is nothing here.")(scope, receive, send)
                return
            if path == UPLOAD and not self._takes_uploads:
                await refuse(403, "This server takes no uploads.")(scope, receive, send)
                return
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)


class SameSite:
    """Turns away what another site's page makes a browser ask for; a link to here may be followed.

    Args:
        app: the application.
        hosts: names under which the server is asked; () for any. Named where everybody who reaches
            the server is let in: a site could give its own name this machine's address.
    """

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        reason = self._why_not(scope) if scope["type"] == "http" else ""
        if reason:
            await refuse(403, reason)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _why_not(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = _host(headers.get("host", ""))
        if self._hosts and host not in self._hosts:
            return (
                f"This server does not answer as {host!r:.80}; whoever started it can let it, "
                "with --allow-host NAME."
            )
        site, origin = headers.get("sec-fetch-site", "none"), headers.get("origin")
        elsewhere = origin is not None and _host(origin.partition("://")[2]) != host
        is_link = scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"
        if (elsewhere or site not in ("same-origin", "none")) and not is_link:
            return "Another site must not ask for this."
        return ""


def _host(value: str) -> str:
    """Return the name in NAME:PORT or [ADDRESS]:PORT, in lower case."""
    return re.sub(r":\d*$", "", value).strip("[]").lower()
