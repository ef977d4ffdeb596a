"""What the person who starts the chat decides about its guard, and the guard in its order."""

import ipaddress
from dataclasses import dataclass

from starlette.middleware import Middleware

from qa.web.guard.accounts import Accounts
from qa.web.guard.departures import Departures
from qa.web.guard.headers import SecurityHeaders
from qa.web.guard.limits import RequestLimits
from qa.web.guard.refusals import Refusals
from qa.web.guard.routes import OpenRoutes, SameSite
from qa.web.guard.sessions import LoginRequired

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
REMOTE_RATE = 120
"""Requests a minute and client where others than this machine reach the server; a question is
three."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Who may use the server, and how much.

    Attributes:
        accounts: those who may log in; None lets everybody in who reaches the server.
        per_minute: requests of one client that send something; 0 for any number.
        hosts: names under which the server is asked; () for any.
    """

    accounts: Accounts | None = None
    per_minute: int = 0
    hosts: tuple[str, ...] = ()


def protect(
    host: str,
    *,
    accounts: Accounts | None = None,
    per_minute: int | None = None,
    allowed_hosts: tuple[str, ...] = (),
) -> Protection:
    """Decide what was left open.

    Args:
        host: the address that the server listens on.
        accounts: those who may log in, None for everybody.
        per_minute: None for no limit on this machine alone, else `REMOTE_RATE`.
        allowed_hosts: further names under which the server may be asked.
    """
    local = is_loopback(host)
    rate = (0 if local else REMOTE_RATE) if per_minute is None else per_minute
    hosts = (*LOCAL_NAMES, host.strip("[]").lower(), *map(str.lower, allowed_hosts))
    return Protection(accounts, rate, hosts if local and accounts is None else ())


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine alone."""
    name = host.strip("[]").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def make_guard(protection: Protection, *, max_upload: int) -> list[Middleware]:
    """Make the layers through which each request goes, the outermost first."""
    accounts = protection.accounts
    login = [] if accounts is None else [Middleware(LoginRequired, accounts=accounts)]
    return [
        Middleware(SecurityHeaders),
        Middleware(SameSite, hosts=protection.hosts),
        Middleware(OpenRoutes, takes_uploads=max_upload > 0),
        Middleware(RequestLimits, per_minute=protection.per_minute, max_upload=max_upload),
        *login,
        Middleware(Refusals),
        Middleware(Departures),
    ]
