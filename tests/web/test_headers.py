"""The headers of every answer, and the nonce on the page's own scripts."""

import re

import pytest

from qa.web.guard.protection import Protection, make_guard
from tests.web.guarded import JOIN, PAGE, client

SCRIPTS = re.compile(r"script-src 'self' 'nonce-([\w-]{22})' 'unsafe-eval'(?:;|$)")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("POST", JOIN), ("GET", "/nothing"), ("GET", "/healthz"), ("PUT", "/")],
)
def test_every_answer_has_them(method: str, path: str) -> None:
    headers = client(make_guard(Protection(), max_upload=0)).request(method, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self'" in policy
    assert SCRIPTS.search(policy)
    rules = set(policy.split("; "))
    assert {"base-uri 'self'", "form-action 'self'", "img-src 'self' data: blob:"} <= rules
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("camera=(), microphone=(), geolocation=()")


def test_refusals_have_them_too() -> None:
    visitor = client(make_guard(Protection(per_minute=1, hosts=("localhost",)), max_upload=0))
    visitor.post(JOIN)
    for answer in (visitor.post(JOIN), visitor.get("/", headers={"Host": "evil.example"})):
        assert answer.status_code in (403, 429)
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_scripts_of_the_page_and_no_others_have_the_nonce() -> None:
    answer = client(make_guard(Protection(), max_upload=0)).get("/")
    [nonce] = SCRIPTS.findall(answer.headers["content-security-policy"])
    assert answer.text == PAGE.replace("<script>", f'<script nonce="{nonce}">').replace(
        "<script type", f'<script nonce="{nonce}" type'
    )
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "no-store"


def test_the_nonce_is_another_one_each_time() -> None:
    visitor = client(make_guard(Protection(), max_upload=0))
    policies = {visitor.get("/").headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5
