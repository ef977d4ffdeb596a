"""What is wrong with a request is said as its sender's mistake, not as a failure of the server.

Gradio fails with 500 on a call that it cannot read (no UTF-8, no such function, a missing value),
on an upload that is none, and where a function refuses what it was given or is too busy.
"""

import json
import logging

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.guard.responding import refuse
from qa.web.guard.routes import API
from qa.web.guard.values import Body, is_call, wrong_call

UNREADABLE = f"This request cannot be read; {API}/info says what each call takes."
BUSY = "Busy"
"""The title of an error that says: not now; what was asked is fine."""
BUSY_SECONDS = 5
"""After so long a caller who was turned away may come again."""

logger = logging.getLogger(__name__)


class Refusals:
    """Answers 400 to a call or upload that cannot be read, or that a function refuses in words.

    Where it is refused because the server is busy, the answer is 503, with ``Retry-After``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_sent = scope["type"] == "http" and scope["method"] == "POST"
        if not is_sent or not scope["path"].startswith(f"{API}/"):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._answer(scope, receive, answer.send)
        except Exception as error:
            if answer.has_started:
                raise
            if isinstance(error, HTTPException):  # it is longer than it may be
                await refuse(error.status_code, error.detail)(scope, receive, send)
                return
            # What a function raises is answered by Gradio: this was raised by reading the request.
            logger.warning("a request could not be read (%s)", type(error).__name__)
            await refuse(400, UNREADABLE)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_call(scope):
            body = await Body.read(receive)
            wrong = wrong_call(scope, body.content)
            if wrong:
                await refuse(400, wrong)(scope, receive, send)
                return
            receive = body.receive
        await self._app(scope, receive, send)


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
        start = {**self._failed, "status": _status(bytes(self._body))}
        if start["status"] == 503:
            MutableHeaders(scope=start)["Retry-After"] = str(BUSY_SECONDS)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(self._body)})


def _status(body: bytes) -> int:
    """Tell what a failure is: one that says in words what is wrong is none of the program."""
    try:
        said = json.loads(body)
    except ValueError:
        return 500
    if not isinstance(said, dict) or not isinstance(said.get("error"), str):
        return 500
    return 503 if said.get("title") == BUSY else 400
