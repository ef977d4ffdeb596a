"""Articles of one's own in a real browser: uploaded, asked, read, removed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.browsing import (
    PHONE,
    REPOSITORY,
    START_SECONDS,
    ask,
    marked,
    skip_without_browser,
    until_open,
)
from tests.web.fakes import FIRST, make_document

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()

JATS = REPOSITORY / "tests" / "corpus" / "jats"
DOCUMENT = make_document()
TITLE = "Quantifying Organismal Complexity using a Population Genetic Approach"

OpenPage = Callable[..., "Page"]


def opened(page: "Page") -> "Page":
    page.set_default_timeout(1000 * START_SECONDS)
    return until_open(page)


def upload(page: "Page", *files: Path) -> str:
    page.locator("#sic-library > button").click()
    page.set_input_files("#sic-upload input[type=file]", list(files))
    page.wait_for_selector(".sic-uploaded")
    return " ".join(page.locator(".sic-uploaded").inner_text().split())


def test_upload_ask_and_remove(real_url: str, open_page: OpenPage, tmp_path: Path) -> None:
    page = opened(open_page(real_url))
    broken = tmp_path / "broken.xml"
    broken.write_text("<article>", encoding="utf-8")

    report = upload(page, JATS / "pone.0000217.nxml", broken)
    assert f"pone.0000217.nxml was added: {TITLE}" in report
    assert "broken.xml was not added: broken.xml is not well-formed XML" in report
    assert "2 articles" in page.locator(".sic-source").inner_text()

    ask(page, "What is organismal complexity?")
    quote = page.locator("#turn-1 .sic-card").first
    assert "Tenaillon" in quote.locator(".sic-source-line").inner_text()
    quote.locator(".sic-jump").click()
    assert marked(page) == quote.locator("[data-quote]").inner_text()
    assert page.locator("[data-article='pone.0000217']").is_visible()

    page.locator("[data-item='pone.0000217'] [data-act=remove]").click()
    page.wait_for_selector("[data-item='pone.0000217']", state="detached")
    ask(page, "What is organismal complexity?")
    assert "Tenaillon" not in page.locator("#turn-2").inner_text()


def test_articles_vanish_with_the_page(real_url: str, open_page: OpenPage) -> None:
    page = opened(open_page(real_url))
    upload(page, JATS / "pone.0000217.nxml")
    again = opened(open_page(real_url))
    again.locator("#sic-library > button").click()
    again.wait_for_selector("[data-item]")
    assert again.locator("[data-item]").count() == 1


def test_only_chosen_articles_are_asked(real_url: str, open_page: OpenPage) -> None:
    page = opened(open_page(real_url))
    upload(page, JATS / "pone.0000217.nxml")
    page.locator("#sic-choice input").click()
    page.get_by_role("option", name=TITLE).click()
    page.wait_for_function("document.querySelector('.sic-source').innerText.includes('one of 2')")
    ask(page, "Which cells are in breast milk?")
    cited = page.locator("#turn-1 .sic-source-line").all_inner_texts()
    assert cited
    assert all("Tenaillon" in line for line in cited)


def test_a_read_only_server_takes_nothing(
    serve_fake: Callable[..., str], open_page: OpenPage
) -> None:
    page = until_open(open_page(serve_fake()))
    page.locator("#sic-library > button").click()
    page.wait_for_selector("[data-item]")
    assert page.locator("#sic-upload").count() == 0
    assert page.locator("[data-act]").count() == 0


def test_an_article_of_many_is_shown_when_it_is_wanted(
    serve_fake: Callable[..., str], open_page: OpenPage
) -> None:
    page = until_open(open_page(serve_fake("", "300")))
    assert page.locator("[data-article]").count() == 0
    assert page.locator(".sic-unread").is_visible()

    page.locator("#sic-library > button").click()
    page.wait_for_selector("[data-item]")
    assert page.locator("[data-item]").count() == 50
    assert "and 250 more" in page.locator("#sic-listing").inner_text()
    page.locator("[data-item='copy 7'] [data-act=read]").click()
    page.wait_for_selector("[data-article='copy 7']")

    ask(page, "first?")
    page.wait_for_selector("[data-article='cells in milk']")
    page.locator("[data-item='copy 7'] [data-act=read]").click()
    page.wait_for_selector("[data-article='cells in milk']", state="detached")
    quote = page.locator("#turn-1 .sic-card").first
    quote.locator(".sic-jump").click()
    page.wait_for_selector("mark.sic-quote")
    assert marked(page) == quote.locator("[data-quote]").inner_text()
    assert page.locator("[data-article]").count() == 1


def test_an_article_of_many_is_found_among_the_choices(
    serve_fake: Callable[..., str], open_page: OpenPage
) -> None:
    page = until_open(open_page(serve_fake("", "300"), viewport=PHONE))
    page.locator("#sic-library > button").click()
    page.locator("#sic-choice input").fill("Copy 123")
    options = page.get_by_role("option")
    page.wait_for_function("document.querySelectorAll('[role=option]').length === 1")
    options.first.click()
    page.wait_for_function("document.querySelector('.sic-source').innerText.includes('Copy 123')")


def test_an_address_leads_into_an_article_of_many(
    serve_fake: Callable[..., str], open_page: OpenPage
) -> None:
    start = DOCUMENT.text.index(FIRST)
    url = serve_fake("", "300")
    page = open_page(f"{url}/#copy%2012:{start}-{start + len(FIRST)}")
    page.wait_for_selector("[data-article='copy 12'] mark.sic-quote")
    assert marked(page) == FIRST
