"""How many values a call of a program brings, and how many its function takes.

Gradio fails with 500 on too few and drops what is too many.
"""

import inspect
import json
import re
from typing import Any

from starlette.types import Message, Receive, Scope

from qa.web.guard.routes import API

_CALL = re.compile(rf"{API}/(?:run|api|call)/(?P<name>[^/]+)/?")


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


def wrong_count(scope: Scope, content: bytes) -> str:
    """Say what is wrong with the number of values of a call; "" where it is right.

    Also where that cannot be told: no such function, no values in a row.

    Args:
        scope: of the request.
        content: its body.
    """
    call = _CALL.fullmatch(scope["path"])
    function = _function(scope.get("app"), call["name"]) if call else None
    got = _values(content)
    if function is None or got is None:
        return ""
    # What only the page has (its states) may be left out.
    asked = [block for block in function.inputs if not block.skip_api]
    if got in (len(asked), len(function.inputs)):
        return ""
    names = list(inspect.signature(function.fn).parameters)[: len(asked)]
    expected = f"{len(asked)} ({', '.join(names)})" if names else "none"
    return f'/{function.api_name} takes {expected} in "data", in this order; got {got}.'


def _function(gradio: Any, name: str) -> Any:  # noqa: ANN401 (Gradio's application, its function)
    """Return the function that programs call by a name; None where there is none."""
    if not hasattr(gradio, "get_blocks"):
        return None
    functions = gradio.get_blocks().fns.values()
    of_programs = (one for one in functions if one.api_visibility == "public")
    return next((one for one in of_programs if one.api_name == name), None)


def _values(content: bytes) -> int | None:
    """Return how many values a body holds; None where it is no call by name."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("fn_index") is not None:
        return None
    data = said.get("data")
    return len(data) if isinstance(data, list) else None
