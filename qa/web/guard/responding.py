"""Plain answers of the guard itself, in one form, and what it asks of a request."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope


def refuse(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer that turns a request away; the reason is for its sender.

    Gradio's page shows what stands under "error", its client what stands under "detail".
    """
    said = {"error": reason, "detail": reason}
    return JSONResponse(said, status_code=status, headers=dict(headers or {}))


def is_browser(scope: Scope) -> bool:
    """Tell whether a browser sent a request; over plain http it does not say what that is for."""
    headers = Headers(scope=scope)
    return "sec-fetch-mode" in headers or headers.get("user-agent", "").startswith("Mozilla/")


def client_of(scope: Scope) -> str:
    """Return who sends a request: an address, of IPv6 the network, as one client has many of it."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    return ":".join(address.split(":")[:4]) if address.count(":") > 1 else address
