"""How often a client may ask and how much it may send; another site's pages may send nothing."""

from collections.abc import Iterator

import pytest

from qa.web.guard import limits
from qa.web.guard.limits import MAX_BODY, RateLimit
from qa.web.guard.protection import REMOTE_RATE, Protection, is_loopback, make_guard, protect
from qa.web.guard.responding import client_of
from tests.web.guarded import JOIN, client

UPLOAD = "/gradio_api/upload"


def test_tokens_come_back_with_time() -> None:
    now = [0.0]
    rate = RateLimit(60, clock=lambda: now[0])
    assert [rate.take("a") for _ in range(61)] == [0.0] * 60 + [1.0]
    assert rate.take("b") == 0.0
    now[0] = 2.5
    assert [rate.take("a") for _ in range(3)] == [0.0, 0.0, 0.5]
    now[0] = 1000.0
    assert [rate.take("a") for _ in range(61)][-2:] == [0.0, 1.0]


def test_few_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 2)
    rate = RateLimit(1, clock=lambda: 0.0)
    taken = [rate.take(name) for name in ("a", "b", "a", "c", "b")]
    assert taken == [0.0, 0.0, 60.0, 0.0, 0.0]  # b was not here for longest and is forgotten


def test_a_client_that_asks_too_often_is_told_when_to_come_back() -> None:
    visitor = client(make_guard(Protection(per_minute=6), max_upload=0))
    answers = [visitor.post(JOIN) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[-1].json()["error"] == "Too many requests; please try again in 10 s."
    assert answers[-1].headers["retry-after"] == "10"
    assert visitor.get("/assets/x.js").status_code == 200
    assert visitor.get("/healthz").status_code == 200
    assert visitor.get("/gradio_api/info").status_code == 200
    other = client(make_guard(Protection(), max_upload=0), client=("10.0.0.2", 1))
    assert {other.post(JOIN).status_code for _ in range(300)} == {200}


def test_looks_are_counted_apart_ten_for_one() -> None:
    visitor = client(make_guard(Protection(per_minute=2), max_upload=0))
    assert [visitor.get("/gradio_api/info").status_code for _ in range(21)].count(200) == 20
    assert [visitor.post(JOIN).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (("10.0.0.7", 5), "10.0.0.7"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2"),
        (("2001:db8:1:2:ffff::6", 5), "2001:db8:1:2"),
        (None, ""),
    ],
)
def test_a_network_of_ipv6_is_one_client(address: tuple[str, int] | None, name: str) -> None:
    assert client_of({"type": "http", "client": address}) == name


def test_a_large_request_is_refused() -> None:
    visitor = client(make_guard(Protection(), max_upload=0))
    assert visitor.post(JOIN, content=b"x" * MAX_BODY).text == str(MAX_BODY)
    answer = visitor.post(JOIN, content=b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413
    assert answer.json()["error"] == (
        "This request is too large; 1,000,000 bytes are taken at most."
    )


def test_a_large_request_that_does_not_say_so_is_refused() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(11):
            yield b"x" * 100_000

    visitor = client(make_guard(Protection(), max_upload=0))
    assert visitor.post(JOIN, content=pieces()).status_code == 413
    lying = {"Content-Length": "-5"}
    assert visitor.post(JOIN, content=pieces(), headers=lying).status_code == 413


def test_uploads_may_be_larger_where_they_are_taken() -> None:
    visitor = client(make_guard(Protection(), max_upload=100_000))
    assert visitor.post(UPLOAD, content=b"x" * 2_000_000).status_code == 200
    assert visitor.post(UPLOAD, content=b"x" * 2_000_001).status_code == 413
    assert visitor.post(JOIN, content=b"x" * 2_000_000).status_code == 413
    closed = client(make_guard(Protection(), max_upload=0)).post(UPLOAD, content=b"x")
    assert (closed.status_code, closed.json()["error"]) == (403, "This server takes no uploads.")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://localhost:7860"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
    ],
)
def test_another_site_must_not_ask(headers: dict[str, str], status: int) -> None:
    visitor = client(make_guard(protect("127.0.0.1"), max_upload=0))
    assert visitor.post(JOIN, headers=headers).status_code == status
    assert visitor.get("/gradio_api/info", headers=headers).status_code == status


def test_a_link_from_another_site_may_be_followed_and_a_form_not_sent() -> None:
    visitor = client(make_guard(protect("127.0.0.1"), max_upload=0))
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert visitor.get("/", headers=headers).status_code == 200
    assert visitor.post(JOIN, headers=headers).status_code == 403


def test_a_foreign_name_for_this_machine_is_refused_where_nobody_logs_in() -> None:
    guard = make_guard(protect("127.0.0.1", allowed_hosts=("Sic.example",)), max_upload=0)
    assert client(guard, host="sic.example").get("/").status_code == 200
    assert client(guard, host="[::1]:7860").get("/").status_code == 200
    rebound = client(guard, host="evil.example:7860").get("/")
    assert rebound.status_code == 403
    assert "'evil.example'" in rebound.json()["error"]
    assert client(make_guard(protect("0.0.0.0"), max_upload=0), host="any.example").get("/")


def test_what_is_left_open_depends_on_who_reaches_the_server() -> None:
    assert protect("127.0.0.1").per_minute == 0
    assert protect("192.0.2.1").per_minute == REMOTE_RATE
    assert protect("192.0.2.1", per_minute=0).per_minute == 0
    assert protect("127.0.0.1", per_minute=5).per_minute == 5
    local = ("localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "[::1]")
    assert all(map(is_loopback, local))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))
