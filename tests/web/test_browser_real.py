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
