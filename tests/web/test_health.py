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


def test_what_is_done_beforehand_begins_when_the_library_is_open() -> None:
    ready: list[bool] = []
    begun = Event()

    class Ahead(FakeAssistant):
        def read_ahead(self) -> None:
            ready.append(opening.is_done)
            begun.set()

    opening = Opening(Ahead, at_once=False)
    opening.start()
    assert begun.wait(10)
    assert ready == [True]


def test_what_fails_beforehand_is_logged_and_questions_are_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Failing(FakeAssistant):
        def read_ahead(self) -> None:
            raise RuntimeError("no memory")

    opening = Opening(Failing)
    opening._thread.join(10)
    assert "reading ahead failed" in caplog.text
    assert asked(opening) == (200, {"status": "ready"})
