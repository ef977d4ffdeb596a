"""The page in a real browser, over the fake assistant: asking, reading, opening the library.

Skipped where Playwright or Chromium is missing, except in CI, where that is a failure.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.browsing import PHONE, ask, is_in_view, marked, skip_without_browser, until_open
from tests.web.fakes import FIRST, HOSTILE, HOSTILE_SENTENCE, LAST, ROW

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()


# ---- quotes and their places ---------------------------------------------------------------------


def test_click_on_a_quote_marks_exactly_it(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q1 .sic-jump").click()

    assert marked(page) == FIRST == page.locator("#turn-1-q1 [data-quote]").text_content()
    assert is_in_view(page, "mark.sic-quote")
    assert page.evaluate("document.activeElement.matches('mark.sic-quote')")
    assert "Q1 is marked in the article" in page.locator(".sic-announce").inner_text()


def test_mark_crosses_links_and_characters_beyond_16_bits(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q1 .sic-jump").click()
    page.locator("#turn-1-q2 blockquote").click()  # anywhere on the card

    assert marked(page) == f"{HOSTILE_SENTENCE} {LAST}"
    assert page.locator("#turn-1-q2 [data-quote]").text_content() == f"{HOSTILE_SENTENCE} {LAST}"


def test_marks_leave_the_article_as_it_was(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    before = page.locator("[data-article]").inner_html()
    ask(page, "first?")
    page.locator("#turn-1-q2 .sic-jump").click()

    page.locator("#sic-anew").click()
    page.wait_for_selector(".sic-turn", state="detached")

    assert page.locator("[data-article]").inner_html() == before


def test_table_row_and_list_item_are_marked(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q3 .sic-jump").click()
    cells = page.locator("td:has(mark.sic-quote)").all_text_contents()
    page.locator("#turn-1-q4 .sic-jump").click()

    assert "\t".join(cells) == ROW
    assert marked(page) == "Inner one (3)"


def test_reference_is_shown_in_the_list_and_leads_to_who_cites_it(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q2 a.sic-marker").last.click()
    entry = page.locator("[data-entry='4']")
    assert page.evaluate("document.activeElement.dataset.entry") == "4"
    entry.locator("summary").click()
    entry.locator(".sic-place").click()

    assert marked(page) == LAST


def test_other_place_of_a_quote_is_a_link(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q1 .sic-also a").click()

    assert marked(page) == "Outer two"


def test_keyboard_alone_asks_reads_and_comes_back(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    page.locator("#sic-question textarea").focus()
    page.keyboard.type("first?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1[data-state=done]")
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    for _ in range(99):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('#turn-1-q1 .sic-jump')"):
            break

    page.keyboard.press("Space")
    assert marked(page) == FIRST
    page.locator(".sic-back").press("Enter")

    assert page.evaluate("document.activeElement.closest('.sic-card').id") == "turn-1-q1"


# ---- outcomes ------------------------------------------------------------------------------------


def test_follow_up_shows_what_was_searched(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    ask(page, "And then?")

    assert page.locator("#turn-2 .sic-standalone").text_content() == "And then? (first?)"
    assert page.locator("#sic-question textarea").input_value() == ""


def test_outcomes_are_told_apart(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    for question in ("nothing", "breathing", "dose", "break"):
        ask(page, question)

    assert page.locator("#turn-1 .sic-abstention .sic-near").count() == 1
    assert "emergency number" in page.locator("#turn-2 .sic-urgent").inner_text()
    assert page.locator("#turn-3 .sic-refusal:not(.sic-urgent)").count() == 1
    assert "RuntimeError" in page.locator("#turn-4 .sic-failure").inner_text()
    borders = page.locator(".sic-turn .sic-outcome").evaluate_all(
        "all => all.map(each => getComputedStyle(each).borderLeft)"
    )
    assert len(set(borders)) == 4


def test_topic_of_a_declined_question_can_be_searched(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "dose")

    page.locator("#turn-1 .sic-chip").click()
    page.wait_for_selector("#turn-2[data-state=done]")

    assert page.locator("#turn-2 .sic-asked").text_content() == "first cells"


def test_question_is_asked_by_mouse(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    page.locator("#sic-question textarea").fill("first?")

    page.locator("#sic-ask").click()
    page.wait_for_selector("#turn-1[data-state=done]")

    assert page.locator("#turn-1-q1 [data-quote]").text_content() == FIRST


def test_example_is_asked_by_a_click(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))

    page.locator(".sic-welcome .sic-chip").first.click()
    page.wait_for_selector("#turn-1[data-state=done]")

    assert page.locator("#turn-1 .sic-asked").text_content() == "Who wrote the review?"


def test_empty_question_gets_a_hint(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))

    page.locator("#sic-ask").click()
    page.wait_for_function("document.querySelector('.sic-hint').textContent.includes('Please')")

    assert page.locator(".sic-turn").count() == 0


def test_hostile_text_is_shown_as_it_stands(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, HOSTILE)

    assert page.locator("#turn-1 .sic-asked").text_content() == HOSTILE
    assert HOSTILE_SENTENCE in (page.locator("[data-article]").text_content() or "")
    assert page.evaluate("window.hacked") is None


# ---- looks ---------------------------------------------------------------------------------------


def test_phone_has_no_sideways_overflow_and_a_way_back(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url, viewport=PHONE))
    ask(page, "first?")
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= PHONE["width"]

    page.locator("#turn-1-q1 .sic-jump").click()
    assert marked(page) == FIRST == page.locator("#turn-1-q1 [data-quote]").text_content()
    assert is_in_view(page, "mark.sic-quote")
    assert not is_in_view(page, "#turn-1-q1")
    page.locator(".sic-back").click()

    assert is_in_view(page, "#turn-1-q1 .sic-jump")
    assert page.evaluate(width) <= PHONE["width"]


def test_scope_stays_in_view(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    for _ in range(3):
        ask(page, "first?")

    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")

    assert page.evaluate("window.scrollY") > 500
    assert is_in_view(page, ".sic-scope")
    assert "not medical advice" in page.locator(".sic-scope").inner_text()


# ---- opening the library -------------------------------------------------------------------------


def test_question_asked_while_the_library_opens_is_answered_then(
    serve_fake: Callable[..., str], open_page: Callable[..., "Page"], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    page = open_page(serve_fake(str(gate)))
    page.wait_for_selector(".sic-reader[data-state=opening]")
    page.locator("#sic-question textarea").fill("first?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1[data-state=pending]")
    assert "Opening the library" in page.locator("#turn-1").inner_text()

    gate.touch()
    page.wait_for_selector("#turn-1[data-state=done]")
    until_open(page).locator("#turn-1-q1 .sic-jump").click()
    assert marked(page) == FIRST


def test_library_that_cannot_be_opened_is_an_error_with_its_reason(
    serve_fake: Callable[..., str], open_page: Callable[..., "Page"]
) -> None:
    page = open_page(serve_fake("", "fail"))
    page.wait_for_selector(".sic-reader[data-state=broken]")
    ask(page, "first?")

    reason = "The index <built> is missing."
    assert reason in page.locator(".sic-reader").inner_text()
    assert reason in page.locator("#turn-1 .sic-failure").inner_text()
