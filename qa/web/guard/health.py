"""``/healthz``: 200 only while questions are answered, for whoever supervises the server."""

import logging
import time
from collections.abc import Callable
from threading import Lock

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qa.settings import FIRST_QUESTION
from qa.web.opening import Opening

KEPT_SECONDS = 20.0
"""For so long the outcome of a probe counts: a question is work, and is not asked at each look."""
PATIENCE_SECONDS = 10.0
"""An answer that takes longer counts as none."""

logger = logging.getLogger(__name__)


class Health:
    """Tells whether a library that is open, or being opened, answers questions.

    Args:
        opening: the library.
        clock: seconds, only ever growing.
    """

    def __init__(self, opening: Opening, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._opening = opening
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[str, float] | None = None

    def state(self) -> str:
        """Return "opening", "ready" or "failing"; asks a question where none was asked of late."""
        if not self._opening.is_done:
            return "opening"
        with self._lock:
            if self._known is None or self._known[1] + KEPT_SECONDS <= self._clock():
                self._known = (self._probe(), self._clock())
            return self._known[0]

    def _probe(self) -> str:
        try:
            self._opening.wait().ask(FIRST_QUESTION)
        except Exception:  # whatever it is, nobody gets an answer
            logger.exception("the server cannot answer")
            return "failing"
        return "ready"


def health_route(opening: Opening) -> Route:
    """Make the route."""
    health = Health(opening)
    looking = anyio.CapacityLimiter(1)  # one that hangs must not take the threads of the others

    async def show(request: Request) -> Response:
        state = "failing"  # why is said in the log, not to everybody
        with anyio.move_on_after(PATIENCE_SECONDS):
            state = await run_sync(health.state, abandon_on_cancel=True, limiter=looking)
        return JSONResponse({"status": state}, 200 if state == "ready" else 503)

    return Route("/healthz", show)
