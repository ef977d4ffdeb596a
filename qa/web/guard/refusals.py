"""What is wrong with a request is said as its sender's mistake, not as a failure of the server.

Gradio fails with 500 on a call that it cannot read (no UTF-8, no such function, a missing value),
on an upload that is none, and where a function refuses what it was given.
"""

import json
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.guard.responding import refuse
from qa.web.guard.routes import API

UNREADABLE = f"This request cannot be read; {API}/info says what each call takes."

logger = logging.getLogger(__name__)


class Refusals:
    """Answers 400 to a call or upload that cannot be read, or that a function refuses in words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_call = scope["type"] == "http" and scope["method"] == "POST"
        if not is_call or not scope["path"].startswith(f"{API}/"):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            if answer.has_started:
                raise
            # What a function raises is answered by Gradio: this was raised by reading the request.
            logger.warning("a request could not be read (%s)", type(error).__name__)
            await refuse(400, UNREADABLE)(scope, receive, send)


class _Answer:
    """Holds an answer of 500 back until it is whole; passes any other one on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._failed: Message | None = None
        self._body = bytearray()
        self.has_started = False

    async def send(self, message: Message) -> None:
        """Pass a message on, or wait for the rest."""
        self.has_started = True
        if message["type"] == "http.response.start" and message["status"] == 500:
            self._failed = message
            return
        if self._failed is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        status = 400 if _is_refusal(bytes(self._body)) else 500
        await self._send({**self._failed, "status": status})
        await self._send({"type": "http.response.body", "body": bytes(self._body)})


def _is_refusal(body: bytes) -> bool:
    """Tell whether a failure says in words what is wrong; one of the program does not."""
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and isinstance(said.get("error"), str)
