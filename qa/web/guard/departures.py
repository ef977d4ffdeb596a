"""What the server keeps of visitors who have gone, and for how long.

Gradio keeps the last ten thousand sessions: 150 KB each, its conversation and its uploads on top.
An hour after a page was closed it forgets their values alone, and each call of a program that names
no session is a session of its own.
"""

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.guard.routes import API

KEPT = timedelta(hours=1)
"""For so long after its last call a session is kept whose page is closed, or that has none."""
MAX_SESSIONS = 1_000
"""Of more the ones without an open page go, first those that were not used for longest."""
_PAGE = re.compile(rf"{API}/heartbeat/(?P<session>[^/]+)")
_RESULT = re.compile(rf"{API}/call/(?:v2/)?[^/]+/(?P<session>[0-9a-f]{{32}})")
"""The session of a call that names none is its event, which Gradio writes like this."""


class Departures:
    """Forgets the sessions of pages that were closed, and of calls whose result was fetched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; while a page is open, it has a request that is being answered."""
        gradio = scope.get("app")
        if scope["type"] != "http" or not hasattr(gradio, "state_holder"):
            await self._app(scope, receive, send)
            return
        looks = scope["method"] == "GET"
        page = _PAGE.fullmatch(scope["path"]) if looks else None
        result = _RESULT.fullmatch(scope["path"]) if looks else None
        self._open.update([page["session"]] if page else [])
        try:
            await self._app(scope, receive, send)
        finally:
            if page:
                self._close(page["session"])
            if result:
                _forget(gradio, result["session"])
            self._sweep(gradio)

    def _close(self, session: str) -> None:
        self._open[session] -= 1
        if not self._open[session]:
            del self._open[session]

    def _sweep(self, gradio: Any) -> None:  # noqa: ANN401 (Gradio's application)
        holder = gradio.state_holder
        oldest = datetime.now() - KEPT  # without a zone, as Gradio notes it
        for session in list(holder.session_data):  # first the one that was not used for longest
            if session in self._open:
                continue
            is_recent = holder.time_last_used[session] > oldest
            if is_recent and len(holder.session_data) <= MAX_SESSIONS:
                return
            _forget(gradio, session)


def _forget(gradio: Any, session: str) -> None:  # noqa: ANN401 (Gradio's application)
    """Forget a session and what is on its way to it."""
    holder, queue = gradio.state_holder, gradio.get_blocks()._queue
    holder.delete_state(session)
    with holder.lock:
        holder.session_data.pop(session, None)
        holder.time_last_used.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)
    queue.pending_messages_per_session.pop(session, None)
