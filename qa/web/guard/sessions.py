"""Letting in who has an account: a browser by its session's cookie, a program by HTTP Basic.

Everything is closed but the login and the state of the server, whatever Gradio has routes for.
"""

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Callable
from urllib.parse import parse_qs

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.guard.accounts import Accounts
from qa.web.guard.headers import STILL_POLICY
from qa.web.guard.limits import RateLimit
from qa.web.guard.responding import client_of, is_browser, refuse
from qa.web.guard.routes import API
from qa.web.templating import render

COOKIE = "sic_session"
SESSION_SECONDS = 12 * 3600
BASIC_SECONDS = 300
"""For so long the password of a program is not checked again; each check takes 0.2 s."""
MAX_SESSIONS = 10_000
MAX_FORM = 4_096
"""Bytes of a login."""
TRIES = 10
"""Wrong passwords of one client in a minute; then it has to wait."""
TOO_MANY = "There were too many tries from here; please wait a minute."
CHECKS_AT_ONCE = 2
WITHOUT_LOGIN = frozenset(
    ("/healthz", "/login", "/favicon.ico", "/robots.txt", f"{API}/startup-events")
)
"""The last is asked by Gradio itself when it starts, and gives nothing away."""


class Tickets:
    """Secrets that were handed out or seen, each with a name, for a time; none is kept itself.

    Args:
        seconds: for how long each holds.
        clock: seconds, only ever growing.
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._names: dict[bytes, tuple[str, float]] = {}

    def put(self, secret: str, name: str) -> None:
        """Remember a secret; the oldest is forgotten where there are too many."""
        self._names[self._digest(secret)] = (name, self._clock() + self._seconds)
        while len(self._names) > MAX_SESSIONS:
            del self._names[next(iter(self._names))]

    def name_of(self, secret: str) -> str | None:
        """Return the name that goes with a secret; None where it is unknown or too old."""
        digest = self._digest(secret)
        name, until = self._names.get(digest, (None, 0.0))
        if name is not None and until < self._clock():
            del self._names[digest]
            return None
        return name

    def drop(self, secret: str) -> None:
        """Forget a secret."""
        self._names.pop(self._digest(secret), None)

    def _digest(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode(), key=self._key).digest()


class LoginRequired:
    """Lets those in who have an account, and shows browsers the login."""

    def __init__(self, app: ASGIApp, *, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts
        self._sessions = Tickets(SESSION_SECONDS)
        self._programs = Tickets(BASIC_SECONDS)
        self._tries = RateLimit(TRIES)
        self._checking: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = await self._answer(Request(scope, receive))
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """Return the answer to a request; None where the application gives it."""
        path = request.url.path
        if path == "/login":
            return await self._log_in(request) if request.method == "POST" else _login_page()
        if path == "/logout":
            return self._log_out(request)
        if path in WITHOUT_LOGIN or self._sessions.name_of(request.cookies.get(COOKIE, "")):
            return None
        basic = request.headers.get("authorization", "")
        if basic:
            return await self._check_basic(request, basic)
        if path == "/" and request.method in ("GET", "HEAD"):
            return RedirectResponse("login", status_code=303)
        return _unauthorised(request.scope, "Please log in.")

    async def _log_in(self, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM:
                return refuse(413, f"A login has {MAX_FORM} bytes at most.")
        form = parse_qs(body.decode("utf-8", errors="replace"), keep_blank_values=True)
        name, password = (form.get(field, [""])[0] for field in ("username", "password"))
        refused = await self._check(request.scope, name.strip(), password)
        if refused:
            return _login_page(refused)
        token = secrets.token_urlsafe(32)
        self._sessions.put(token, name)
        answer = RedirectResponse("./", status_code=303)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    def _log_out(self, request: Request) -> Response:
        self._sessions.drop(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("login", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    async def _check_basic(self, request: Request, header: str) -> Response | None:
        if self._programs.name_of(header):
            return None
        scheme, _, value = header.partition(" ")
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            decoded = ""
        name, separator, password = decoded.partition(":")
        if scheme.lower() != "basic" or not separator:
            return _unauthorised(request.scope, "Please send a name and a password (HTTP Basic).")
        refused = await self._check(request.scope, name, password)
        if refused:
            return _unauthorised(request.scope, refused)
        self._programs.put(header, name)
        return None

    async def _check(self, scope: Scope, name: str, password: str) -> str:
        """Say why somebody is not let in; "" where they are."""
        client = client_of(scope)
        if self._tries.take(client):
            return TOO_MANY
        self._checking = self._checking or anyio.CapacityLimiter(CHECKS_AT_ONCE)
        check = self._accounts.check
        if not await run_sync(check, name, password, limiter=self._checking):
            return "This name and password do not go together."
        self._tries.take(client, -1.0)  # only wrong ones count
        return ""


def _login_page(reason: str = "") -> Response:
    return HTMLResponse(
        render("login.html", reason=reason),
        status_code=_status(reason) if reason else 200,
        headers={"Content-Security-Policy": STILL_POLICY},
    )


def _unauthorised(scope: Scope, reason: str) -> Response:
    # A browser would open a window of its own where it is asked for a password like that.
    asks = {} if is_browser(scope) else {"WWW-Authenticate": 'Basic realm="Sic", charset="UTF-8"'}
    return refuse(_status(reason), reason, asks)


def _status(reason: str) -> int:
    return 429 if reason == TOO_MANY else 401
