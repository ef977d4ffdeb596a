"""Which function a call of a program names, and how many values it brings and takes.

Gradio fails with 500 on too few and drops what is too many. What only the page calls needs the
session of a page, and fails with 500 without one.
"""

import inspect
import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Scope

from qa.web.guard.routes import API

_CALL = re.compile(rf"{API}/(?P<way>run|api|call)/(?P<name>[^/]+)/?")


class Body:
    """The body of a request, read at once and handed on as often as it is asked for."""

    def __init__(self, content: bytes, last: Message, receive: Receive) -> None:
        self.content = content
        self._messages = [last]
        self._receive = receive

    @classmethod
    async def read(cls, receive: Receive) -> "Body":
        """Read a body; where its sender leaves in between, what has come so far."""
        content = bytearray()
        while True:
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body"):
                whole = {**message, "body": bytes(content)}
                is_left = message["type"] == "http.disconnect"
                return cls(bytes(content), message if is_left else whole, receive)

    async def receive(self) -> Message:
        """Give the body, then what comes after it."""
        return self._messages.pop() if self._messages else await self._receive()


def is_call(scope: Scope) -> bool:
    """Tell whether a request calls a function by its name, with its values in a row."""
    return _CALL.fullmatch(scope["path"]) is not None


def wrong_call(scope: Scope, content: bytes) -> str:
    """Say what is wrong with a call or with the number of its values; "" where it is right.

    Also where that cannot be told: no such function, no values in a row.

    Args:
        scope: of the request.
        content: its body.
    """
    call = _CALL.fullmatch(scope["path"])
    gradio: Any = scope.get("app")
    said = _read(content)
    data = said.get("data")
    if call is None or not hasattr(gradio, "get_blocks") or not isinstance(data, list):
        return ""
    number = None if call["way"] == "call" else said.get("fn_index")
    function = _function(gradio.get_blocks().fns, call["name"], number)
    if function is None:
        return ""
    is_of_page = function.api_visibility == "private"
    if is_of_page and call["way"] != "call" and not said.get("session_hash"):
        return f"/{function.api_name} is for the page alone; {API}/info lists what programs call."
    if len(data) in _counts(function, call["way"]):
        return ""
    names = _names(function)
    expected = f"{len(function.inputs)} ({', '.join(names)})" if names else len(function.inputs)
    return f'/{function.api_name} takes {expected} in "data", in this order; got {len(data)}.'


def _read(content: bytes) -> dict[str, Any]:
    """Return what a body says; nothing where it is no object."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _function(functions: Mapping[int, Any], name: str, number: object) -> Any:  # noqa: ANN401 (Gradio's)
    """Return the function of a name, or of a number, which goes before the name."""
    if number is not None:
        return functions.get(int(number)) if isinstance(number, int) else None
    return next((one for one in functions.values() if one.api_name == name), None)


def _counts(function: Any, way: str) -> set[int]:  # noqa: ANN401 (Gradio's)
    """Return how many values are taken; over ``call`` the states of the page may be left out."""
    asked = [block for block in function.inputs if not block.skip_api]
    return {len(function.inputs), *([len(asked)] if way == "call" else [])}


def _names(function: Any) -> list[str]:  # noqa: ANN401 (Gradio's)
    """Return the names of the values, none where the function has no names for them."""
    known = inspect.signature(function.fn).parameters if callable(function.fn) else ()
    names = list(known)[: len(function.inputs)]
    return names if len(names) == len(function.inputs) else []
