"""What the page offers to programs."""

from qa.web.endpoints import AT_ONCE
from qa.web.opening import Opening
from qa.web.page import build_page
from tests.web.fakes import FakeAssistant


def test_only_the_four_endpoints_are_offered_to_programs() -> None:
    page = build_page(Opening(FakeAssistant))

    endpoints = page.get_api_info()["named_endpoints"]

    assert list(endpoints) == ["/ask", "/verify", "/search", "/reference"]
    assert [p["parameter_name"] for p in endpoints["/ask"]["parameters"]] == ["question", "history"]


def test_as_many_questions_are_answered_side_by_side_as_share_a_batch() -> None:
    page = build_page(Opening(FakeAssistant))

    limits = {
        f.api_name: f.concurrency_limit for f in page.fns.values() if f.concurrency_id == "ask"
    }

    assert limits
    assert set(limits.values()) == {AT_ONCE}
