"""Citations in a real browser: reference chips, links to a sentence, copying, and a reload."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.web.browsing import PHONE, ask, is_in_view, marked, skip_without_browser, until_open
from tests.web.fakes import FIRST, HOSTILE_SENTENCE, LAST, ROW, make_document, span_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()

CITATION = "Tester A. Cells in milk & what <they> do. J Tests 2021."
DOCUMENT = make_document()


def place(text: str) -> str:
    """Return the address of a text of the fake document, without the host."""
    span = span_of(DOCUMENT, text)
    return f"#cells%20in%20milk:{span.start}-{span.end}"


def test_chip_opens_the_full_reference_by_keyboard(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    chip = page.locator("#turn-1-q2 .sic-ref[data-number='2']")
    assert chip.locator("summary").text_content() == "Reference [2] Hock 2014"
    assert not chip.locator(".sic-ref-body").is_visible()

    chip.locator("summary").focus()
    page.keyboard.press("Enter")

    shown = chip.locator(".sic-ref-body").inner_text()
    assert "Hock A, et al. Second <things>. Gut 2014; 5: 770-8." in shown
    assert "Cited by the review; not read by Sic." in shown
    searches = chip.locator(".sic-searches a").evaluate_all("all => all.map(each => each.host)")
    assert searches == ["pubmed.ncbi.nlm.nih.gov", "search.crossref.org"]


def test_chip_leads_to_the_reference_list(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    page.locator("#turn-1-q2 .sic-ref[data-number='2'] summary").click()

    page.locator("#turn-1-q2 .sic-ref[data-number='2'] [data-reference]").click()

    assert page.evaluate("document.activeElement.dataset.entry") == "2"


def test_link_opens_at_the_sentence_after_a_restart(
    fake_url: str, serve_fake: Callable[..., str], open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    link = page.locator("#turn-1-q2 .sic-permalink").evaluate("link => link.href")
    started_anew = serve_fake()

    page = until_open(open_page(link.replace(fake_url, started_anew)))
    page.wait_for_selector("mark.sic-quote")

    start, end = map(int, link.rpartition(":")[2].split("-"))
    assert marked(page) == DOCUMENT.text[start:end] == f"{HOSTILE_SENTENCE} {LAST}"
    assert is_in_view(page, "mark.sic-quote")
    ask(page, "first?")
    assert page.locator(".sic-copy").count() == 4
    assert page.locator(".sic-thumb, .sic-footer a").count() == 0  # it has no files to keep


def test_link_opens_at_the_sentence_on_a_phone(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url + "/" + place(LAST), viewport=PHONE))
    page.wait_for_selector("mark.sic-quote")

    assert marked(page) == LAST
    assert is_in_view(page, "mark.sic-quote")


def test_address_names_the_place_that_is_shown(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.locator("#turn-1-q1 .sic-jump").click()
    assert page.url == f"{fake_url}/{place(FIRST)}"
    page.evaluate(f"location.hash = '{place(LAST)}'")
    page.wait_for_function("document.querySelectorAll('mark.sic-quote').length > 1")

    assert marked(page) == LAST
    ask(page, "And then?")
    assert page.url == f"{fake_url}/"


def test_address_of_no_place_marks_nothing(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(f"{fake_url}/#cells%20in%20milk:90000-90001"))
    said = page.locator(".sic-announce")
    assert said.inner_text() == "This place is not in the articles that are open."
    for end in ("#elsewhere:1-2", "#%", "#turn-1", "#cells%20in%20milk:5-5"):
        page.evaluate("end => { location.hash = end; }", end)
        page.wait_for_timeout(50)

    assert marked(page) == ""


def test_copied_quote_has_its_citation_and_its_link(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url, permissions=["clipboard-read", "clipboard-write"]))
    ask(page, "first?")

    for label, quote in (("q1", FIRST), ("q3", ROW)):
        page.locator(f"#turn-1-{label} .sic-copy").click()
        page.wait_for_selector(f"#turn-1-{label} .sic-copy[data-done=Copied]")

        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"“{quote}”\n{CITATION}\n{fake_url}/{place(quote)}"
        announced = page.locator(".sic-announce").inner_text()
        assert announced == f"{label.upper()} with its citation copied."


# ---- a reload --------------------------------------------------------------------------------


def test_reload_keeps_the_conversation_with_its_citations_and_its_mark(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    ask(page, "And then?")
    page.locator("#turn-1-q1 .sic-jump").click()
    before = page.locator(".sic-turn").evaluate_all("all => all.map(each => each.textContent)")

    page.reload()
    page.wait_for_selector("#turn-2[data-state=done]")
    page.wait_for_selector("mark.sic-quote")

    after = page.locator(".sic-turn").evaluate_all("all => all.map(each => each.textContent)")
    assert after == before
    assert marked(page) == FIRST == page.locator("#turn-1-q1 [data-quote]").text_content()
    assert page.locator(".sic-card[data-current]").get_attribute("id") == "turn-1-q1"
    ask(page, "And now?")
    assert page.locator("#turn-3 .sic-standalone").text_content() == "And now? (And then?)"


def test_browser_keeps_questions_but_no_quote(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    page.wait_for_function("localStorage.getItem('sic-questions')")

    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert FIRST not in kept


def test_new_conversation_is_still_empty_after_a_reload(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    page.locator("#sic-anew").click()
    page.wait_for_selector(".sic-turn", state="detached")

    page.reload()
    until_open(page)
    ask(page, "nothing")

    assert page.locator(".sic-turn").count() == 1


def test_two_browsers_never_see_each_other(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    one, other = until_open(open_page(fake_url)), until_open(open_page(fake_url))
    ask(one, "first?")
    other.reload()
    until_open(other)
    ask(other, "And then?")

    assert other.locator(".sic-turn").count() == 1
    assert not other.locator(".sic-standalone").count()
