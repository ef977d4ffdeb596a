"""How often a client may ask, and how much it may send at once."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.guard.responding import client_of, refuse
from qa.web.guard.routes import FREE, UPLOAD

MAX_BODY = 1_000_000
"""Bytes of a request that carries no file; a question has 500 characters, a conversation is kept
by the server."""
UPLOAD_FILES = 20
"""So many files may come in one request."""
LOOKS = 10
"""Requests that ask for something, for each that sends something. They are counted apart: whoever
has sent too many still gets the page, and the answers that are on their way."""
MAX_CLIENTS = 10_000
"""Clients that are remembered; each takes some hundred bytes."""


class RateLimit:
    """So many tokens a minute for each client; what is not used is kept, for one minute.

    Args:
        per_minute: tokens; a client that comes for the first time has so many.
        clock: seconds, only ever growing.
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, cost: float = 1.0) -> float:
        """Take tokens of a client; returns 0, or in how many seconds there are enough."""
        now = self._clock()
        left, then = self._left.pop(client, (self._most, now))
        left = min(self._most, left + (now - then) * self._most / 60)
        missing = max(cost - left, 0.0)
        self._left[client] = (left if missing else left - cost, now)
        if len(self._left) > MAX_CLIENTS:
            self._left.popitem(last=False)  # who was not here for longest
        return missing * 60 / self._most


class RequestLimits:
    """Turns away a client that asks too often, and a request that is too large.

    Args:
        app: the application.
        per_minute: requests of one client that send something; 0 for any number.
        max_upload: bytes of one file.
    """

    def __init__(self, app: ASGIApp, *, per_minute: int, max_upload: int) -> None:
        self._app = app
        self._sent = RateLimit(per_minute) if per_minute else None
        self._looked = RateLimit(LOOKS * per_minute) if per_minute else None
        self._max_upload = max(MAX_BODY, UPLOAD_FILES * max_upload)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wait = self._wait(scope)
        if wait:
            reason = f"Too many requests; please try again in {wait} s."
            await refuse(429, reason, {"Retry-After": str(wait)})(scope, receive, send)
            return
        most = self._max_upload if scope["path"] == UPLOAD else MAX_BODY
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await refuse(413, _too_large(most))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), send)

    def _wait(self, scope: Scope) -> int:
        rate = self._looked if scope["method"] in ("GET", "HEAD") else self._sent
        if rate is None or FREE.fullmatch(scope["path"]):
            return 0
        return math.ceil(rate.take(client_of(scope)))


def _counted(receive: Receive, most: int) -> Receive:
    """Count what comes: a request need not say how long it is, and may say it wrongly."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, _too_large(most))
        return message

    return receive_counted


def _too_large(most: int) -> str:
    return f"This request is too large; {most:,} bytes are taken at most."
