"""The page in a real browser, over the real assistant and the real article."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.web.browsing import START_SECONDS, ask, marked, skip_without_browser, until_open

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()


def test_real_answer_is_marked_word_for_word(
    real_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(real_url)
    page.set_default_timeout(1000 * START_SECONDS)
    ask(until_open(page), "What is microchimerism?")
    for card in page.locator("#turn-1 .sic-card").all():
        card.locator(".sic-jump").click()
        in_table = card.locator("table").count()
        quote = card.locator("[data-quote] td" if in_table else "[data-quote]")
        assert marked(page) == "".join(quote.all_text_contents())
    assert "Microchimerism is the presence" in page.locator("#turn-1-q1").inner_text()

    ask(page, "What is the boiling point of helium?")
    assert page.locator("#turn-2 .sic-abstention").count() == 1


def test_real_examples_are_answered(real_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(real_url)
    page.set_default_timeout(1000 * START_SECONDS)
    chips = until_open(page).locator(".sic-welcome .sic-chip")

    for number in range(1, chips.count() + 1):
        chips.nth(number - 1).click()
        page.wait_for_selector(f"#turn-{number}[data-state=done]")

    assert page.locator(".sic-answer").count() == chips.count() > 3


def test_real_follow_ups_are_answered(real_url: str, open_page: Callable[..., "Page"]) -> None:
    page = open_page(real_url)
    page.set_default_timeout(1000 * START_SECONDS)
    ask(until_open(page), "Do maternal cells reach the brain of the pups?")

    for number in (2, 3):
        page.locator(".sic-follow-ups .sic-chip").last.click()
        page.wait_for_selector(f"#turn-{number}[data-state=done]")
        assert page.locator(f"#turn-{number} .sic-answer .sic-card").count() > 0


def test_real_altered_quote_is_told_from_the_source(
    real_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = open_page(real_url)
    page.set_default_timeout(1000 * START_SECONDS)
    until_open(page).locator("#sic-verify > button").click()
    page.locator("#sic-claim textarea").fill(
        "In an animal experiment, Hassiotou et al. (23) reported that stem cells in breast milk "
        "could not pass through the infant gastrointestinal system and provided complete "
        "functionality in the target tissue."
    )
    page.locator("#sic-check").click()
    page.wait_for_selector(".sic-checked[data-status=altered]")

    assert page.locator(".sic-diff ins").all_text_contents() == ["[only in your text: not]"]
    page.locator("#verdict-v1 .sic-jump").click()
    assert marked(page) == page.locator("#verdict-v1 [data-quote]").text_content()
