"""A quote from a PDF says its page wherever it says its place; other articles have none."""

from dataclasses import replace

import pytest

from corpus.document import BlockKind, Document, Span
from qa.answering import Answer
from qa.exporting import conversation_to_markdown
from qa.quoting import Place, Quote
from qa.rendering import quote_to_json, reply_to_text
from qa.web.article import render_articles
from qa.web.cards import render_conversation
from qa.web.turns import Turn
from tests.corpus.by_hand import span_of
from tests.corpus.printing import ENTRIES, filled, opened
from tests.web import fakes
from tests.web.markup import parse

ON_TWO = "Bees sleep at night¹."


@pytest.fixture(scope="module")
def document() -> Document:
    """Two pages, a list, a table, raised citations and a bibliography."""
    printer = opened()
    filled(printer)
    printer.line("• honey", x=70)
    printer.line("Both are eaten in winter.")
    printer.page()
    printer.heading("Results")
    printer.scripted(("Bees sleep at night", 0), ("1", 4), (".", 0))
    printer.y -= 10
    printer.rows((60, 180, 280), (("Hive", "Bees", "Honey"), ("North", "12", "14 kg")))
    printer.heading("References")
    printer.lines(*(f"{number}. {entry}" for number, entry in enumerate(ENTRIES, start=1)))
    return printer.read()


@pytest.fixture
def answer(document: Document) -> Answer:
    quote = Quote.from_document(document, span_of(document, ON_TWO), score=0.9)
    elsewhere = Place.in_document(document, span_of(document, "Both are eaten"))
    return Answer(
        "Do bees sleep?", "Do bees sleep?", (replace(quote, also_at=(elsewhere,)),), 0.9, ""
    )


def test_page_is_that_of_the_first_character(document: Document) -> None:
    places = ["Both are eaten", ON_TWO]
    spans = [span_of(document, text) for text in places]

    assert [Place.in_document(document, span).page for span in spans] == [1, 2]
    assert document.page_at(len(document.text) - 1) == 2


def test_text_says_the_page(answer: Answer) -> None:
    text = reply_to_text(answer)

    assert "Q1  Results, p. 2 · answers directly" in text
    assert "also in: Introduction, p. 1" in text


def test_json_has_the_page(answer: Answer) -> None:
    content = quote_to_json(answer.quotes[0])

    assert (content["section"], content["page"]) == ("Results", 2)
    assert content["also_at"][0]["page"] == 1


def test_markdown_says_the_page(document: Document, answer: Answer) -> None:
    markdown = conversation_to_markdown([(answer.question, answer)], [document])

    assert "**Q1** · Results, p. 2 · answers directly" in markdown
    assert "Also in: [Introduction, p. 1](" in markdown


def test_card_says_the_page(answer: Answer) -> None:
    card = parse(render_conversation([Turn(answer.question, answer)])).all("article")[0]

    assert card.one("span", class_="sic-section").text == "Results, p. 2"
    assert card.one(class_="sic-also").one("a").text == "Introduction, p. 1"


def test_article_without_pages_has_no_page_anywhere() -> None:
    plain = fakes.make_document()
    quote = Quote.from_document(plain, span_of(plain, fakes.FIRST), score=0.9)

    assert "page" not in quote_to_json(quote)
    assert quote.place.label == "Findings"


def test_article_in_pdf_is_shown_to_the_last_character(document: Document) -> None:
    article = parse(render_articles([document]))
    lines = {
        Span(int(e.attributes["data-start"]), int(e.attributes["data-end"])): e.text
        for e in article.all()
        if "data-start" in e.attributes
    }
    shown = {offset for span in lines for offset in range(span.start, span.end)}

    missing = {document.text[n] for n in set(range(len(document.text))) - shown}
    assert missing <= {"\n", "\t"}
    assert lines == {span: document.slice(span) for span in lines}
    assert {block.kind for block in document.blocks} >= {
        BlockKind.LIST_ITEM,
        BlockKind.TABLE_ROW,
        BlockKind.REFERENCE,
    }


def test_raised_number_in_the_article_leads_to_its_entry(document: Document) -> None:
    article = parse(render_articles([document]))

    assert [marker.text for marker in article.all("a", class_="sic-marker")] == ["¹"]
