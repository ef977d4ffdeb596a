"""The headers of every answer: what a browser may load, run, frame and send elsewhere.

Gradio's page holds scripts of its own in the page and makes functions of the text that
`gr.HTML(js_on_load=…)` and ``launch(js=…)`` are given: scripts in the page get a nonce, and
'unsafe-eval' has to stay. Without the nonce no script in the page runs, no ``onerror=`` and no
``javascript:`` link; nothing is loaded from or sent to another host.
"""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self' blob:",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
STILL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Of pages without a script: the evaluation report, the login."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_SCRIPT = re.compile(rb"<script(?=[\s>])")


class SecurityHeaders:
    """Puts the headers on every answer, and the nonce on the scripts of the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        page = _Page(nonce)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(message, nonce)
            for part in page.take(message):
                await send(part)

        await self._app(scope, receive, send_on)


def _set_headers(message: Message, nonce: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in ALWAYS.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    if "text/html" in headers.get("content-type", "") or "set-cookie" in headers:
        headers["Cache-Control"] = "no-store"  # a nonce is for one time


class _Page:
    """Holds an HTML answer back until it is whole, then gives its scripts the nonce."""

    def __init__(self, nonce: str) -> None:
        self._tag = f'<script nonce="{nonce}"'.encode()
        self._start: Message | None = None
        self._body = bytearray()

    def take(self, message: Message) -> list[Message]:
        """Take a message of the application; returns what is to be sent now."""
        if message["type"] == "http.response.start":
            if not _has_scripts(message):
                return [message]
            self._start = message
            return []
        if self._start is None or message["type"] != "http.response.body":
            return [message]
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return []
        start, self._start = self._start, None
        body = _SCRIPT.sub(self._tag, bytes(self._body))
        headers = MutableHeaders(scope=start)
        if "content-length" in headers and self._body:  # a HEAD has the length and no body
            headers["content-length"] = str(len(body))
        return [start, {"type": "http.response.body", "body": body}]


def _has_scripts(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_page = headers.get("content-type", "").startswith("text/html")
    return is_page and "script-src" in headers.get("content-security-policy", "")
