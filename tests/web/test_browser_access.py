"""The page for everybody: axe-core finds no violation in any state, by day, by night, on a phone.

axe-core comes from npm at the first run and is kept in pytest's cache; without npm the tests are
skipped, except in CI.
"""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.browsing import PHONE, ask, skip_without_browser, until_open

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()

AXE = "axe-core@4.14.1"
MEMBER = "package/axe.min.js"


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The script of axe-core."""
    folder = request.config.cache.mkdir("axe")
    archives = list(folder.glob("*.tgz"))
    if not archives:
        npm = shutil.which("npm")
        if not npm and os.environ.get("CI") != "true":
            pytest.skip("npm is not installed")
        assert npm, "npm is not installed"
        fetched = subprocess.run(
            [npm, "pack", AXE, "--pack-destination", str(folder)], capture_output=True, text=True
        )
        if fetched.returncode and os.environ.get("CI") != "true":
            pytest.skip(f"npm cannot fetch {AXE}")
        assert not fetched.returncode, fetched.stderr
        archives = list(folder.glob("*.tgz"))
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile(MEMBER)
        assert member
        return member.read().decode("utf-8")


def violations(page: "Page", axe: str) -> list[str]:
    """Run axe-core; gives each violation with its elements."""
    page.wait_for_timeout(300)  # colours fade for 150 ms
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found]


STATES = {
    "empty": "",
    "answer": "first?",
    "abstention": "nothing",
    "declined": "dose",
    "emergency": "breathing",
    "list": "Which?",
    "German": "Was sind Stammzellen?",
    "Arabic": "ما هي الخلايا الجذعية؟",
}
LOOKS = {
    "day": {},
    "night": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation(
    look: str, axe: str, fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url, **LOOKS[look]))
    found = {}
    for state, question in STATES.items():
        if question:
            page.locator("#sic-anew").click() if page.locator(".sic-turn").count() else None
            page.wait_for_selector(".sic-turn", state="detached")
            ask(page, question)
        found[state] = violations(page, axe)

    assert found == {state: [] for state in STATES}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation_in_an_edited_question(
    look: str, axe: str, fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url, **LOOKS[look]))
    ask(page, "first?")
    ask(page, "And then?")
    page.locator("#turn-2 .sic-edit").click()
    opened = violations(page, axe)
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-3[data-state=done]")

    assert (opened, violations(page, axe)) == ([], [])


def test_axe_finds_no_violation_in_what_opens(
    axe: str, fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    page.locator("#turn-1-q2 .sic-jump").click()
    page.locator("#turn-1-q2 .sic-ref summary").first.click()
    page.locator("#turn-1-q2 .sic-strength summary").click()
    page.locator("#turn-1-q2 .sic-thumb").first.click()
    page.locator(".sic-save > summary").click()
    page.locator(".sic-statements summary").click()
    page.locator(".sic-compare summary").click()
    page.locator(".sic-compare-row").first.check()
    page.locator(".sic-find-box").fill("outer")
    page.locator("#sic-verify > button").click()
    page.locator("#sic-claim textarea").fill("Cells were not seen early in the milk (1).")
    page.locator("#sic-check").click()
    page.wait_for_selector("#sic-verdict p")

    assert violations(page, axe) == []


def test_nothing_moves_where_motion_is_unwelcome(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url, reduced_motion="reduce"))
    ask(page, "first?")

    moving = page.locator("#sic-desk *").evaluate_all(
        "all => all.filter(each => getComputedStyle(each).animationName.startsWith('sic-')).length"
    )
    assert moving == 0


def test_focus_goes_from_the_question_to_the_article_in_reading_order(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    page.locator("#turn-1-q1 .sic-jump").focus()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className.split(' ').pop()"))
        if "sic-find-box" in reached:
            break

    order = ["sic-marker", "sic-copy", "sic-thumb", "sic-find-box"]
    assert [reached.index(name) for name in order] == sorted(reached.index(n) for n in order)
