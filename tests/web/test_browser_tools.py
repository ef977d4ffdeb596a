"""The page's tools in a real browser: saving, verifying, finding, comparing, feedback, footer."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.exporting import references_to_bibtex, references_to_csl_json, references_to_ris
from tests.web.browsing import PHONE, ask, is_in_view, marked, skip_without_browser, until_open
from tests.web.fakes import FIRST, HOSTILE_SENTENCE, LAST, make_document

if TYPE_CHECKING:
    from playwright.sync_api import Page

skip_without_browser()

DOCUMENT = make_document()


def save(page: "Page", format: str) -> tuple[str, str]:
    """Choose a format in the menu; gives the name and the text of the file."""
    page.locator(".sic-save > summary").click()
    with page.expect_download() as started:
        page.locator(f"[data-format={format}]").click()
    page.locator(".sic-save > summary").click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    return started.value.suggested_filename, text


# ---- saving --------------------------------------------------------------------------------------


def test_saved_references_are_those_that_are_shown(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    chips = page.locator(".sic-ref").evaluate_all("all => all.map(each => each.dataset.number)")
    shown = [DOCUMENT.references[int(number) - 1] for number in dict.fromkeys(chips)]

    assert save(page, "bibtex") == ("sic-references.bib", references_to_bibtex(shown))
    assert save(page, "ris") == ("sic-references.ris", references_to_ris(shown))
    assert save(page, "csl-json") == ("sic-references.json", references_to_csl_json(shown))


def test_saved_references_are_read_by_their_libraries(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    bibtexparser = pytest.importorskip("bibtexparser")
    rispy = pytest.importorskip("rispy")
    page = until_open(open_page(fake_url))
    ask(page, "And")

    titles = {"First things", "Third things", "Fourth things"}
    entries = bibtexparser.parse_string(save(page, "bibtex")[1]).entries
    assert {entry["title"].strip("{}") for entry in entries} == titles
    assert {entry["title"] for entry in rispy.loads(save(page, "ris")[1])} == titles
    assert {item["title"] for item in json.loads(save(page, "csl-json")[1])} == titles


def test_saved_conversation_holds_the_quotes_word_for_word(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    ask(page, "And then?")
    quotes = page.locator("blockquote[data-quote]").all_text_contents()

    name, text = save(page, "json")
    turns = json.loads(text)["turns"]
    _, markdown = save(page, "markdown")

    assert name == "sic-conversation.json"
    assert [turn["question"] for turn in turns] == ["first?", "And then?"]
    kept = [quote["text"] for turn in turns for quote in turn["quotes"]]
    assert [text for text in kept if "\t" not in text] == quotes
    assert f"{fake_url}/#cells%20in%20milk:" in markdown


# ---- verifying -----------------------------------------------------------------------------------


def verify(page: "Page", text: str) -> str:
    """Check a sentence in the panel; gives the verdict's status."""
    if not page.locator("#sic-claim textarea").is_visible():
        page.locator("#sic-verify > button").click()
    page.locator("#sic-claim textarea").fill(text)
    page.locator("#sic-check").click()
    page.wait_for_selector(".sic-checked")
    return page.locator(".sic-checked").get_attribute("data-status") or ""


def test_sentence_of_the_source_is_found_with_its_place(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))

    assert verify(page, HOSTILE_SENTENCE) == "found"
    page.locator("#verdict-v1 .sic-jump").click()

    assert marked(page) == HOSTILE_SENTENCE
    assert page.locator("#verdict-v1 [data-quote]").text_content() == HOSTILE_SENTENCE


def test_altered_sentence_shows_the_difference_word_by_word(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))

    claim = HOSTILE_SENTENCE.replace("written", "<i>never</i> written").replace("print", "paper")
    assert verify(page, claim) == "altered"

    difference = page.locator(".sic-diff")
    assert difference.locator("del").all_text_contents() == ["[only in the source: print]"]
    added = difference.locator("ins").all_text_contents()
    assert added == ["[only in your text: <i>never</i>]", "[only in your text: paper]"]
    lines = "element => getComputedStyle(element).textDecorationLine"
    assert difference.locator("del").evaluate(lines) == "line-through"
    assert difference.locator("ins").first.evaluate(lines) == "underline"
    assert page.locator("#verdict-v1 [data-quote]").text_content() == HOSTILE_SENTENCE


def test_absent_sentence_is_told_apart(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))

    assert verify(page, "Helium boils at four kelvin in every laboratory.") == "absent"
    assert page.locator("#sic-verdict .sic-card").count() == 0


# ---- in the article ------------------------------------------------------------------------------


def test_words_are_found_in_the_article_one_after_another(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    before = page.locator("[data-article]").inner_html()
    count = page.locator(".sic-find-count")
    current = "[...CSS.highlights.get('sic-hit-current')].map(String).join()"

    page.locator(".sic-find-box").fill("brain (1,3")  # across a link
    assert count.inner_text() == "1 of 1"
    assert page.evaluate(current) == "brain (1,3"

    page.locator(".sic-find-box").fill("OUTER")
    assert count.inner_text() == "1 of 2"
    page.keyboard.press("Enter")
    assert count.inner_text() == "2 of 2"
    page.locator("[data-step='-1']").click()
    assert (count.inner_text(), page.evaluate(current)) == ("1 of 2", "Outer")

    page.locator(".sic-find-box").fill("$x$ <img")
    assert count.inner_text() == "1 of 1"
    page.locator(".sic-find-box").fill("helium")
    assert count.inner_text() == "No match"
    assert page.locator("[data-article]").inner_html() == before


def test_statements_without_a_reference_lead_to_their_places(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    page.locator(".sic-statements summary").click()
    statement = page.locator(".sic-statements li a").first
    text = statement.text_content()

    statement.click()

    assert marked(page) == text
    assert "(" not in (text or "(")


def test_rows_of_a_table_are_shown_side_by_side(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    page.locator(".sic-compare summary").click()
    boxes = page.locator(".sic-compare-row")
    boxes.nth(1).check()
    boxes.nth(2).check()

    def shown(row: int) -> list[str]:
        cells = page.locator(f".sic-compared tr:nth-child({row}) > *:visible")
        return [text or "" for text in cells.all_text_contents()]

    assert shown(1)[0] == "Study"
    assert [shown(row)[1:] for row in (1, 2, 3)] == [
        ["Keller et al.", "Wu et al."],
        ["Phase II", "Animal"],
        ["None", "Less a*b*c"],
    ]
    boxes.nth(1).uncheck()
    assert shown(2) == ["Phase", "Animal"]


def test_selected_text_becomes_a_question(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url, permissions=["clipboard-read", "clipboard-write"]))
    select = """text => {
        const line = [...document.querySelectorAll('[data-article] li > span')]
            .find(each => each.textContent === text);
        getSelection().selectAllChildren(line);
    }"""
    page.evaluate(select, "Inner one (3)")
    page.locator(".sic-link-selection").click()
    page.wait_for_function("document.querySelector('.sic-announce').textContent.includes('copied')")
    link = page.evaluate("navigator.clipboard.readText()")

    page.evaluate(select, "Inner one (3)")
    page.locator(".sic-ask-selection").click()

    box = page.locator("#sic-question textarea")
    assert box.input_value() == "What does the article say about “Inner one (3)”?"
    start, end = map(int, link.rpartition(":")[2].split("-"))
    assert DOCUMENT.text[start:end] == "Inner one (3)"


# ---- on a card -----------------------------------------------------------------------------------


def test_follow_up_is_asked_by_a_click(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    chip = page.locator("#turn-1 .sic-follow-ups .sic-chip").last
    question = chip.text_content()

    chip.click()
    page.wait_for_selector("#turn-2[data-state=done]")

    assert question == page.locator("#turn-2 .sic-asked").text_content()
    assert page.locator("#turn-1 .sic-follow-ups").count() == 0


def test_strength_shows_its_number_and_the_report_on_demand(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    strength = page.locator("#turn-1-q1 .sic-strength")
    assert not strength.locator(".sic-score").is_visible()

    strength.locator("summary").click()

    assert strength.locator(".sic-score").inner_text() == "0.90"
    link = strength.locator("a").evaluate("link => link.href")
    assert link == f"{fake_url}/report/report.html"
    assert b"The report" in urllib.request.urlopen(link, timeout=5).read()


def test_feedback_is_one_line_with_the_quote_and_the_reason(
    fake_url: str, fake_files: Path, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")
    form = page.locator("#turn-1-q2 .sic-feedback")
    form.locator("[data-thumb=down]").click()
    form.locator("[name=reason]").fill("beside <the> point")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('p.sic-hint').textContent.includes('kept')")

    lines = (fake_files / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(lines[-1])
    assert (kept["thumb"], kept["reason"]) == ("down", "beside <the> point")
    assert (kept["question"], kept["label"]) == ("first?", "Q2")
    assert kept["text"] == f"{HOSTILE_SENTENCE} {LAST}"
    assert form.locator("[data-thumb=down]").get_attribute("aria-pressed") == "true"
    ask(page, "And then?")
    assert form.locator("[data-thumb=down]").get_attribute("aria-pressed") == "true"


# ---- footer, paper, phone ------------------------------------------------------------------------


def test_footer_names_version_and_source(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url))

    assert page.locator(".sic-digest").inner_text() == "0" * 12
    assert "Sic 0." in page.locator(".sic-footer").inner_text()
    assert page.locator(".sic-footer a").evaluate("link => link.href").endswith("report.html")


@pytest.mark.parametrize("path", ["report/results.json", "report/", "report/..%2ffeedback.jsonl"])
def test_nothing_beside_the_report_is_served(fake_url: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{fake_url}/{path}", timeout=5)

    assert refused.value.code == 404


def test_paper_has_the_quotes_and_their_references(
    fake_url: str, open_page: Callable[..., "Page"]
) -> None:
    page = until_open(open_page(fake_url))
    ask(page, "first?")

    page.emulate_media(media="print")

    assert page.locator("#turn-1-q1 [data-quote]").is_visible()
    assert page.locator("#turn-1-q1 .sic-ref-body .sic-entry").is_visible()
    assert not page.locator("#sic-read").is_visible()
    assert not page.locator("#sic-composer").is_visible()
    assert not page.locator("#turn-1 .sic-edit").is_visible()


def test_phone_shows_verdict_and_place(fake_url: str, open_page: Callable[..., "Page"]) -> None:
    page = until_open(open_page(fake_url, viewport=PHONE))

    assert verify(page, FIRST) == "found"
    page.locator("#verdict-v1 .sic-jump").click()
    assert is_in_view(page, "mark.sic-quote")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".sic-back").click()

    assert is_in_view(page, "#verdict-v1 .sic-jump")
