"""Fifty hostile texts wherever others can write, in a real browser: none is executed.

Two layers keep them out, and each is tested without the other: all text is escaped (there the
browser is told to ignore the policy), and the policy keeps from running what is in the page all the
same.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from qa.web.frame import render_outcomes
from qa.web.shelf import Outcome
from tests.web.browsing import (
    LIGHT,
    START_SECONDS,
    ask,
    free_port,
    serving,
    skip_without_browser,
    until_open,
)
from tests.web.hostile import NAMES, PAYLOADS, uploads, write_library
from tests.web.markup import parse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

skip_without_browser()

POKE = """() => {
    const kinds = ["mouseover", "pointerenter", "focus", "toggle", "animationstart", "error"];
    for (const element of document.querySelectorAll("#sic-desk *, .sic-scope *, .toast-wrap *"))
        for (const kind of kinds) element.dispatchEvent(new Event(kind));
}"""
"""Does to every element of the page what a visitor might, but for clicks."""
STRANGE = """() => [...document.querySelectorAll("*")].filter((element) => {
    const runs = /hit\\(|\\/hit\\?|^\\s*javascript:|^\\s*data:text|evil\\.example/i;
    const addresses = /^(on.*|src|srcset|href|xlink:href|action|formaction|data|srcdoc|style)$/i;
    const isSafeLink = /^(https?:|mailto:|#)/.test(element.getAttribute("href") ?? "");
    const isCode = /^(SCRIPT|STYLE)$/.test(element.tagName) && /hit\\(/.test(element.textContent);
    const isBad = ({ name, value }) => addresses.test(name) && runs.test(value);
    return isCode || (!isSafeLink && [...element.attributes].some(isBad));
}).map((element) => element.outerHTML.slice(0, 300))"""
"""Elements of which an attribute or the text would be run, loaded or followed."""
LINKS = """() => [...document.querySelectorAll("a[href], form[action]")]
    .map((e) => e.protocol ?? "").filter((p) => !["http:", "https:", "mailto:", ""].includes(p))"""


class Watched:
    """A page, and what was executed in it or asked for by it."""

    def __init__(self, page: "Page", host: str) -> None:
        self.page = page
        self.hits: list[object] = []
        page.expose_function("hit", lambda number: self.hits.append(number))
        page.on("dialog", lambda dialog: (self.hits.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self._look(request.url, host))
        page.on("popup", lambda popup: self.hits.append(popup.url))
        page.on("framenavigated", lambda frame: self._look(frame.url, host))

    def _look(self, url: str, host: str) -> None:
        if "/hit?" in url or not url.startswith(
            (host, "data:font", "data:image", "blob:", "about:")
        ):
            self.hits.append(url)


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    library = write_library(tmp_path_factory.mktemp("hostile"))
    with serving(*LIGHT, "--port", str(port), "--library", str(library), port=port) as url:
        yield url


@pytest.fixture
def watched(browser: "Browser", hostile_url: str) -> Iterator[Callable[..., Watched]]:
    pages: list[Page] = []

    def open_one(**options: Any) -> Watched:
        page = browser.new_page(**options)
        page.set_default_timeout(1000 * START_SECONDS)
        pages.append(page)
        seen = Watched(page, hostile_url)
        page.goto(hostile_url)
        until_open(page)
        return seen

    yield open_one
    for page in pages:
        page.close()


def assert_nothing_ran(seen: Watched) -> None:
    seen.page.evaluate(POKE)
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate(STRANGE) == []
    assert seen.page.evaluate(LINKS) == []
    assert seen.hits == []


def test_there_are_fifty() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 50


def test_questions_answers_and_references_are_text(watched: Callable[..., Watched]) -> None:
    seen = watched(bypass_csp=True)
    page = seen.page
    for number, payload in enumerate(PAYLOADS):
        question = f"Which stem cells of kind{number:02} does milk hold? {payload}"
        ask(page, " ".join(question.split()))
        turn = page.locator(f"#turn-{number + 1}")
        shown = " ".join((turn.text_content() or "").split())
        assert " ".join(payload.split()) in shown.partition("quote")[0], shown[:500]
        assert f"stem cells of kind{number:02}" in shown.partition("?")[2]
    for summary in page.locator(".sic-turn summary").all()[:60]:
        summary.evaluate("element => { element.parentElement.open = true; }")
    assert_nothing_ran(seen)


def test_uploads_by_name_facts_and_text_are_text(watched: Callable[..., Watched]) -> None:
    seen = watched(bypass_csp=True)
    page = seen.page
    page.locator("#sic-library > button").click()
    *taken, refused = uploads()
    page.set_input_files("#sic-upload input[type=file]", taken)
    page.wait_for_selector(".sic-uploaded")
    report = page.locator(".sic-uploaded").inner_text()
    for mark in ("hit(50).md", "hit(51).nxml", "hit(52).html", "hit(53)"):  # Gradio drops < and >
        assert mark in report
    assert report.count("was added") == 3
    assert_nothing_ran(seen)
    for item in page.locator("[data-item]:has(.sic-own) [data-act=read]").all():
        name = item.get_attribute("data-name")
        item.dispatch_event("click")  # a list that the pokes have opened may lie above it
        page.wait_for_selector(f"[data-article='{name}']")
        assert "Milk holds" in page.locator(f"[data-article='{name}']").inner_text()
        assert_nothing_ran(seen)
    page.locator("#sic-choice input").focus()
    page.wait_for_selector("[role=option]")
    assert_nothing_ran(seen)
    page.set_input_files("#sic-upload input[type=file]", [refused])
    page.wait_for_timeout(1000)
    assert_nothing_ran(seen)


def test_hostile_names_that_reach_us_whole_are_text() -> None:
    for name in (*NAMES, *PAYLOADS):
        outcomes = [Outcome(name, title=name), Outcome(name, reason=name)]
        shown = parse(render_outcomes(outcomes))
        assert [element.tag for element in shown.all()] == ["ul", "li", "strong", "li", "strong"]
        assert shown.text.count(name) == 4


def test_facts_of_the_library_are_text(watched: Callable[..., Watched]) -> None:
    seen = watched(bypass_csp=True)
    seen.page.locator("#sic-library > button").click()
    seen.page.wait_for_selector("[data-item]")
    listing = seen.page.locator("#sic-listing").text_content() or ""
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in " ".join(listing.split())
    assert_nothing_ran(seen)


def test_a_verdict_shows_a_hostile_claim_as_text(watched: Callable[..., Watched]) -> None:
    seen = watched(bypass_csp=True)
    page = seen.page
    page.locator("#sic-verify > button").click()
    for payload in (*PAYLOADS[:2], *PAYLOADS[6:8], PAYLOADS[39]):
        page.locator("#sic-claim textarea").fill(f"Milk holds stem cells {payload}")
        page.locator("#sic-check").click()
        page.wait_for_timeout(300)
    page.wait_for_selector("#sic-verdict .sic-verdict, #sic-verdict .sic-hint")
    assert_nothing_ran(seen)


def test_the_policy_alone_keeps_them_from_running(watched: Callable[..., Watched]) -> None:
    seen = watched()
    put = """(html) => {
        const element = document.createElement("div");
        element.innerHTML = html;
        document.body.append(element);
        const click = new MouseEvent("click", { bubbles: true, cancelable: true });
        for (const link of element.querySelectorAll("a, button")) link.dispatchEvent(click);
    }"""
    for payload in PAYLOADS:
        if "/hit?" in payload or "evil.example" in payload:
            continue  # these ask this server for something, or send its links elsewhere; no script
        seen.page.evaluate(put, payload)
    seen.page.evaluate(POKE)
    seen.page.wait_for_timeout(500)
    assert seen.hits == []


def test_a_payload_that_is_let_in_is_noticed(watched: Callable[..., Watched]) -> None:
    """What the tests above rest on: without both layers the same texts do run."""
    seen = watched(bypass_csp=True)
    seen.page.evaluate(
        "html => { document.querySelector('.sic-scope').innerHTML = html; }",
        "".join(PAYLOADS[6:16]),
    )
    seen.page.evaluate(POKE)
    seen.page.wait_for_timeout(500)
    assert {6, 7, 8, 11, 13, 14} <= set(seen.hits)
