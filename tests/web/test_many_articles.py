"""The page over a library whose articles are too many to be shown all."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import pytest

from qa.web import frame
from qa.web.downloads import MAX_ALL, articles_of
from qa.web.endpoints import Endpoints
from qa.web.frame import MAX_LISTED, MAX_READ
from qa.web.handlers import Exchange, Handlers
from qa.web.opening import Opening
from qa.web.shelf import Shelf
from qa.web.turns import Turn
from tests.web.fakes import many_articles
from tests.web.markup import parse


class Unread(dict[str, Any]):
    """Documents of which some may be read, but not all."""

    def values(self) -> Any:
        raise AssertionError("all documents are read")

    items = values


def opened(count: int) -> Opening:
    """Open so many articles; to read all of them is an error."""
    made = many_articles(count)
    made.library.documents = Unread(made.library.documents)
    return Opening(lambda: made)


@pytest.fixture(scope="module")
def opening() -> Opening:
    return opened(MAX_LISTED + 10)


@pytest.fixture
def shelf(opening: Opening) -> Shelf:
    return Shelf(opening)


@pytest.fixture(scope="module")
def handlers(opening: Opening) -> Handlers:
    return Handlers(opening)


def event(**sent: str) -> gr.EventData:
    return gr.EventData(None, sent)


def test_page_opens_without_reading_an_article(handlers: Handlers, shelf: Shelf) -> None:
    shown = list(handlers.show_library(shelf))[-1]
    assert f"{MAX_LISTED + 10} articles" in parse(shown.scope).text
    pane = parse(shown.reader)
    assert pane.all("article") == []
    assert "is shown here" in pane.text
    listing = parse(shown.listing)
    assert len(listing.all("li")) == MAX_LISTED
    assert "and 10 more" in listing.text
    assert len(shown.choice.choices) == MAX_LISTED + 10


def test_few_articles_are_all_in_the_pane() -> None:
    shown = list(Handlers(Opening(lambda: many_articles(MAX_READ))).show_library())[-1]
    assert len(parse(shown.reader).all("article")) == MAX_READ
    assert "data-of-more" not in shown.reader


def ask(handlers: Handlers, question: str, turns: Sequence[Turn] = ()) -> Exchange:
    return list(handlers.ask_typed(question, tuple(turns)))[-1]


def test_pane_holds_the_article_of_the_newest_quote(handlers: Handlers) -> None:
    exchange = ask(handlers, "first?")
    assert isinstance(exchange.reader, str)
    (article,) = parse(exchange.reader).all("article")
    assert article.attributes["data-article"] == "cells in milk"
    assert "data-of-more" in exchange.reader


def test_article_that_a_click_leads_to_is_shown(handlers: Handlers, shelf: Shelf) -> None:
    shown = handlers.read_article(shelf, event(act="read", article="copy 7"))
    assert isinstance(shown, str)
    (article,) = parse(shown).all("article")
    assert article.attributes["data-article"] == "copy 7"


@pytest.mark.parametrize("sent", [{}, {"article": "nothing"}])
def test_forged_click_leaves_the_pane_as_it_is(
    handlers: Handlers, shelf: Shelf, sent: dict[str, str]
) -> None:
    assert handlers.read_article(shelf, event(**sent)) == gr.skip()


def test_of_very_many_articles_the_first_may_be_chosen(
    handlers: Handlers, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "MAX_CHOICES", 7)
    shelf.choose(["copy 9", "copy 2"])
    choice = list(handlers.show_library(shelf))[-1].choice
    assert [value for _, value in choice.choices][-3:] == ["copy 6", "copy 7", "copy 9"]
    assert choice.value == ["copy 2", "copy 9"]
    assert "the first 7;" in choice.info


def test_file_lists_the_quoted_articles_of_many(handlers: Handlers) -> None:
    profiles = many_articles(MAX_ALL + 1).library.overview.profiles
    turns = ask(handlers, "first?").turns
    assert [article.id for article in articles_of(turns, profiles)] == ["cells in milk"]
    few = many_articles(MAX_ALL).library.overview.profiles
    assert len(articles_of(turns, few)) == MAX_ALL
    saved = handlers.save(turns, None, event(format="json"))
    assert saved is not None
    assert saved["text"].count('"source_sha256"') == 1


def test_message_lists_some_of_many_articles(opening: Opening) -> None:
    with pytest.raises(gr.Error, match=r"the library has: cells in milk, copy 2, .* 40 more\."):
        Endpoints(opening).reference(1, "nothing")
