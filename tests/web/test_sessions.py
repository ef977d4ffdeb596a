"""Logging in: what is closed without it, cookies, passwords of programs, too many tries."""

import base64
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.web.guard import sessions
from qa.web.guard.accounts import Accounts, make_line
from qa.web.guard.protection import make_guard, protect
from qa.web.guard.sessions import COOKIE, Tickets
from tests.web.guarded import JOIN, client

PASSWORD = "correct horse battery"
LOGIN = {"username": "ann", "password": PASSWORD}
WRONG = {"username": "ann", "password": "wrong"}


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    name, _, known = make_line("ann", PASSWORD, rounds=4).partition(":")
    return Accounts({name: known})


@pytest.fixture
def visitor(accounts: Accounts) -> Iterator[TestClient]:
    guard = make_guard(protect("0.0.0.0", accounts=accounts, per_minute=0), max_upload=100)
    with client(guard, host="sic.example") as visitor:
        yield visitor


def basic(name: str, password: str) -> dict[str, str]:
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def test_nothing_is_open_without_a_login_but_the_login_and_the_state(visitor: TestClient) -> None:
    assert visitor.post(JOIN).status_code == 401
    assert visitor.post("/gradio_api/upload").status_code == 401
    assert visitor.get("/gradio_api/info").status_code == 401
    assert visitor.get("/assets/x.js").status_code == 401
    assert visitor.get("/").headers["location"] == "login"
    assert visitor.get("/login").status_code == 200
    assert visitor.get("/healthz").status_code == 200


def test_without_any_account_nobody_comes_in() -> None:
    guard = make_guard(protect("0.0.0.0", accounts=Accounts({})), max_upload=0)
    assert client(guard).post(JOIN).status_code == 401


def test_who_logs_in_comes_in_and_out_again(visitor: TestClient) -> None:
    answer = visitor.post("/login", data=LOGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert visitor.get("/").status_code == 200
    assert visitor.post(JOIN).status_code == 200
    token = visitor.cookies[COOKIE]
    visitor.get("/logout")
    assert COOKIE not in visitor.cookies
    assert visitor.post(JOIN, headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(visitor: TestClient) -> None:
    cookie = visitor.post("/login", data=LOGIN).headers["set-cookie"]
    parts = [part.strip().lower() for part in cookie.split(";")]
    assert "httponly" in parts
    assert "samesite=lax" in parts
    assert "path=/" in parts
    assert "secure" not in parts  # over plain http the browser would drop it
    assert len(visitor.cookies[COOKIE]) >= 43


def test_an_answer_with_a_cookie_is_not_kept(visitor: TestClient) -> None:
    assert visitor.post("/login", data=LOGIN).headers["cache-control"] == "no-store"


def test_no_secret_is_logged(visitor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor.post("/login", data=WRONG)
        visitor.post("/login", data=LOGIN)
        visitor.post(JOIN, headers=basic("ann", "another secret"))
        visitor.get("/logout")
    for secret in (PASSWORD, "another secret", basic("ann", "another secret")["Authorization"]):
        assert secret not in caplog.text


def test_a_ticket_s_secret_is_not_kept() -> None:
    tickets = Tickets(10)
    tickets.put("the-secret", "ann")
    assert "the-secret" not in repr(vars(tickets))


def test_over_https_the_cookie_is_for_https(accounts: Accounts) -> None:
    guard = make_guard(protect("0.0.0.0", accounts=accounts), max_upload=0)
    visitor = client(guard)
    answer = visitor.post("https://localhost/login", data=LOGIN)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "form",
    [WRONG, {"username": "bob", "password": PASSWORD}, {"username": "ann"}, {}],
    ids=["password", "name", "half", "empty"],
)
def test_a_wrong_login_gives_no_cookie(visitor: TestClient, form: dict[str, str]) -> None:
    answer = visitor.post("/login", data=form)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "This name and password do not go together." in answer.text


def test_a_made_up_cookie_is_none(visitor: TestClient) -> None:
    for value in ("", "x", "ann", "None"):
        assert visitor.post(JOIN, headers={"Cookie": f"{COOKIE}={value}"}).status_code == 401


def test_too_many_tries_have_to_wait_even_with_the_right_password(visitor: TestClient) -> None:
    wrong = [visitor.post("/login", data=WRONG).status_code for _ in range(11)]
    assert wrong == [401] * 10 + [429]
    assert visitor.post("/login", data=LOGIN).status_code == 429
    assert visitor.get("/gradio_api/info", headers=basic("ann", PASSWORD)).status_code == 429


def test_right_logins_do_not_count_as_tries(visitor: TestClient) -> None:
    assert {visitor.post("/login", data=LOGIN).status_code for _ in range(30)} == {303}


def test_a_long_login_is_refused(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={"username": "ann", "password": "x" * 5000})
    assert answer.status_code == 413


def test_a_program_sends_its_password(visitor: TestClient) -> None:
    assert visitor.post(JOIN, headers=basic("ann", PASSWORD)).status_code == 200
    assert COOKIE not in visitor.cookies
    assert visitor.post(JOIN, headers=basic("ann", "wrong")).status_code == 401
    assert visitor.post(JOIN, headers=basic("bob", PASSWORD)).status_code == 401
    for header in ("Basic ???", "Basic YQ==", f"Bearer {PASSWORD}", "Basic"):
        assert visitor.post(JOIN, headers={"Authorization": header}).status_code == 401


def test_a_program_is_told_how_and_a_browser_is_not(visitor: TestClient) -> None:
    assert visitor.post(JOIN).headers["www-authenticate"].startswith("Basic")
    from_page = visitor.post(JOIN, headers={"Sec-Fetch-Mode": "cors"})
    assert "www-authenticate" not in from_page.headers


def test_the_password_of_a_program_is_not_checked_each_time(
    visitor: TestClient, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert visitor.post(JOIN, headers=basic("ann", PASSWORD)).status_code == 200

    def refuse(*_: Any) -> bool:
        raise AssertionError("checked again")

    monkeypatch.setattr(accounts, "check", refuse)
    assert visitor.post(JOIN, headers=basic("ann", PASSWORD)).status_code == 200


def test_a_ticket_ends_and_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    tickets = Tickets(10, clock=lambda: now[0])
    tickets.put("a", "ann")
    now[0] = 9.0
    tickets.put("b", "bob")
    assert (tickets.name_of("a"), tickets.name_of("b"), tickets.name_of("c")) == (
        "ann",
        "bob",
        None,
    )
    now[0] = 11.0
    assert (tickets.name_of("a"), tickets.name_of("b")) == (None, "bob")
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    tickets.put("c", "carl")
    tickets.put("d", "dora")
    assert (tickets.name_of("b"), tickets.name_of("c")) == (None, "carl")
