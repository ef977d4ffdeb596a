"""``/healthz``: ready means that a question was answered."""

from collections.abc import Callable
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from qa.answering import Reply
from qa.web.guard import health
from qa.web.guard.health import KEPT_SECONDS, Health, health_route
from qa.web.opening import Opening
from tests.web.fakes import FakeAssistant


class Asked(FakeAssistant):
    """Counts the questions, and fails or waits when it is told to."""

    count = 0
    broken = False
    gate: Event | None = None

    def ask(self, *arguments: object, **options: object) -> Reply:
        self.count += 1
        if self.gate:
            self.gate.wait(10)
        if self.broken:
            raise RuntimeError("the index fell over")
        return super().ask("first?")


def asked(opening: Opening) -> tuple[int, dict[str, str]]:
    answer = TestClient(Starlette(routes=[health_route(opening)])).get("/healthz")
    return answer.status_code, answer.json()


def test_it_is_ready_when_it_answers() -> None:
    opening = Opening(Asked)
    opening.wait()
    assert asked(opening) == (200, {"status": "ready"})


def test_it_is_not_ready_while_the_library_is_being_opened() -> None:
    gate = Event()

    def load() -> FakeAssistant:
        gate.wait(10)
        return FakeAssistant()

    opening = Opening(load)
    assert asked(opening) == (503, {"status": "opening"})
    gate.set()
    opening.wait()
    assert asked(opening) == (200, {"status": "ready"})


def test_a_library_that_cannot_be_opened_is_failing_and_why_is_not_told() -> None:
    def load() -> FakeAssistant:
        raise RuntimeError("secret path")

    opening = Opening(load)
    while not opening.is_done:
        pass
    assert asked(opening) == (503, {"status": "failing"})


def test_one_that_does_not_answer_is_failing_and_recovers() -> None:
    assistant, now = Asked(), [0.0]
    opening = Opening(lambda: assistant)
    opening.wait()
    state: Callable[[], str] = Health(opening, clock=lambda: now[0]).state
    assert [state(), state(), assistant.count] == ["ready", "ready", 1]
    assistant.broken = True
    now[0] = KEPT_SECONDS
    assert [state(), state(), assistant.count] == ["failing", "failing", 2]
    assistant.broken = False
    now[0] = 2 * KEPT_SECONDS
    assert state() == "ready"


def test_an_answer_that_does_not_come_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.2)
    assistant = Asked()
    assistant.gate = Event()
    opening = Opening(lambda: assistant)
    opening.wait()
    assert asked(opening) == (503, {"status": "failing"})
    assistant.gate.set()
