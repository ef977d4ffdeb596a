"""Asking in a real browser: the searched question edited, other languages, lists."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from qa.language import language_message
from tests.web.browsing import PHONE, ask, skip_without_browser, until_open
from tests.web.fakes import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()

FOCUSED = "document.activeElement"


def searched(page: "Page", turn: int) -> str:
    """Return the question that a turn says was searched, the one asked where it says nothing."""
    shown = page.locator(f"#turn-{turn} .sic-standalone")
    return shown.or_(page.locator(f"#turn-{turn} .sic-asked")).last.text_content() or ""


def open_follow_up(page: "Page") -> None:
    """Ask a question and a follow-up, and open the field of the second."""
    ask(until_open(page), "first?")
    ask(page, "And then?")
    page.locator("#turn-2 .sic-edit").click()


# ---- edit and ask again --------------------------------------------------------------------------


def test_edited_question_is_searched_as_written(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(fake_url)
    open_follow_up(page)
    field = page.locator("#turn-2 textarea")
    assert field.input_value() == "And then? (first?)"
    assert field.evaluate(f"field => field === {FOCUSED} && field.selectionStart") == 18

    field.fill(f"And {HOSTILE}")
    page.locator("#turn-2 .sic-ask-edited").click()
    page.wait_for_selector("#turn-3[data-state=done]")
    ask(page, "And now?")

    assert searched(page, 3) == f"And {HOSTILE}"
    assert "Searched exactly as written" in page.locator("#turn-3 .sic-searched").inner_text()
    assert searched(page, 4) == f"And now? (And {HOSTILE})"
    assert page.locator("#turn-2 .sic-edit").is_visible()
    assert page.evaluate("window.hacked") is None


def test_keyboard_alone_edits_and_asks_again(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    ask(page, "And then?")
    page.wait_for_function(f"{FOCUSED}.matches('#sic-question textarea')")
    for _ in range(99):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(f"{FOCUSED}.matches('#turn-2 .sic-edit')"):
            break

    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.matches('#turn-2 textarea')")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("And cells?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-3[data-state=done]")

    assert searched(page, 3) == "And cells?"
    page.wait_for_function(f"{FOCUSED}.matches('#sic-question textarea')")


def test_field_that_closes_before_it_is_drawn_gives_the_focus_to_the_question(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(fake_url)
    open_follow_up(page)

    page.evaluate(
        "document.querySelector('#turn-2-edit').hidden = true;"
        "document.querySelector('#sic-talk').append(document.createElement('i'))"
    )

    page.wait_for_function(f"{FOCUSED}.matches('#sic-question textarea')", timeout=5000)


@pytest.mark.parametrize("how", ["Escape", "Cancel"])
def test_editing_is_given_up(how: str, fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(fake_url)
    open_follow_up(page)
    page.keyboard.type(" something else")

    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").click()

    assert not page.locator("#turn-2 textarea").is_visible()
    assert page.evaluate(f"{FOCUSED}.matches('#turn-2 .sic-edit')")
    page.keyboard.press("Enter")
    assert page.locator("#turn-2 textarea").input_value() == "And then? (first?)"
    assert page.locator(".sic-turn").count() == 2


def test_only_one_field_is_open(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(fake_url)
    open_follow_up(page)

    page.get_by_role("button", name="Edit question 1").click()

    assert page.locator(".sic-edit-form:visible").get_attribute("id") == "turn-1-edit"
    assert page.locator("#turn-1 textarea").input_value() == "first?"


def test_empty_field_is_not_asked(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(fake_url)
    open_follow_up(page)
    page.locator("#turn-2 textarea").fill("")

    page.keyboard.press("Enter")

    assert page.locator("#turn-2 textarea").is_visible()
    assert page.locator(".sic-turn").count() == 2


def test_what_is_being_edited_stays_when_an_answer_comes(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(fake_url)
    open_follow_up(page)
    page.locator("#turn-2 textarea").fill("And half a")

    page.locator(".sic-follow-ups .sic-chip").first.click()
    page.wait_for_selector("#turn-3[data-state=done]")

    assert page.locator("#turn-2 textarea").input_value() == "And half a"
    assert page.locator("#turn-2 textarea").is_visible()


def test_reload_brings_back_what_stood_alone(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(fake_url)
    open_follow_up(page)
    page.locator("#turn-2 textarea").fill("And cells?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-3[data-state=done]")
    ask(page, "And now?")
    before = page.locator(".sic-turn").evaluate_all("all => all.map(each => each.textContent)")

    page.reload()
    page.wait_for_selector("#turn-4[data-state=done]")

    after = page.locator(".sic-turn").evaluate_all("all => all.map(each => each.textContent)")
    assert after == before
    assert [searched(page, turn) for turn in (2, 3, 4)] == [
        "And then? (first?)",
        "And cells?",
        "And now? (And cells?)",
    ]


def test_field_fits_on_a_phone(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(fake_url, viewport=PHONE)
    open_follow_up(page)
    page.locator("#turn-2 textarea").fill("cells " * 60)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# ---- outcomes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language", "direction"),
    [("Was sind Stammzellen?", "de", "ltr"), ("ما هي الخلايا الجذعية؟", "ar", "rtl")],
)
def test_notice_for_another_language_is_in_both(
    question: str,
    language: str,
    direction: str,
    fake_url: str,
    open_page: Callable[..., "Page"],
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, question)

    notice = page.locator("#turn-1 .sic-language")
    own = notice.locator(".sic-reason").first
    assert "Sic understands English only" in notice.inner_text()
    assert own.evaluate("each => [each.lang, getComputedStyle(each).direction]") == [
        language,
        direction,
    ]
    assert "\n\n".join(notice.locator(".sic-reason").all_text_contents()) == language_message(
        language
    )
    assert "needs a person" not in page.locator("#turn-1").inner_text()

    page.get_by_role("button", name="Edit question 1").click()
    page.locator("#turn-1 textarea").fill("first?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-2[data-state=done]")
    assert page.locator("#turn-2 .sic-answer").count() == 1


def test_list_says_that_there_may_be_more(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "Which?")

    assert "2 quotes from the source, each a part of the answer; the list may not be complete" in (
        page.locator("#turn-1 .sic-verdict").inner_text()
    )
