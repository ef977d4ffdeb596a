"""Whatever is asked, each quote is its slice wherever it is shown; and the check can fail."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.clipboard import Clipboard
from benchmarks.promise import (
    Tally,
    broken_quotes,
    compare,
    every_form,
    open_assistant,
    table,
)
from benchmarks.questions import Questions, sample_articles
from corpus.document import Document
from qa.answering import Answer
from qa.assistant import Assistant
from tests.web.browsing import missing
from tests.web.fakes import FakeAssistant, make_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTIONS = 100


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The shipped article and the shortest of the real articles of the tests."""
    shortest = min(sample_articles(), key=lambda path: path.stat().st_size)
    return open_assistant(tmp_path_factory.mktemp("library"), [shortest])


def test_every_quote_of_random_questions_is_its_slice_in_every_form(assistant: Assistant) -> None:
    tally = compare(assistant, QUESTIONS, seed=1)
    assert tally.broken == []
    assert tally.replies["Answer"] > QUESTIONS / 5
    assert len(set(tally.compared.values())) == 1
    assert set(tally.compared) == {"object", "JSON", "JSON export", "HTML", "Markdown"}


@pytest.mark.skipif(bool(missing()), reason=missing() or "a browser is there")
def test_what_is_copied_is_its_slice(browser: "Browser") -> None:
    fake = FakeAssistant()
    documents = fake.library.documents
    reply = fake.ask("first?")
    [copied] = [
        shown
        for place, shown in every_form("first?", reply, documents, Clipboard(browser))
        if place == "clipboard"
    ]
    assert [text for _, _, text in copied] == [quote.text for quote in reply.quotes]  # type: ignore[union-attr]
    assert list(broken_quotes("first?", reply, documents, "clipboard", copied)) == []


@pytest.fixture
def document() -> Document:
    return make_document()


def test_quote_that_is_not_its_slice_is_found_in_every_form(document: Document) -> None:
    reply = FakeAssistant(document).ask("first?")
    assert isinstance(reply, Answer)
    forged = replace(reply, quotes=(replace(reply.quotes[0], text="Cells were seen (1)."),))
    documents = {document.id: document}
    broken = {
        place: list(broken_quotes("first?", forged, documents, place, shown))
        for place, shown in every_form("first?", forged, documents)
    }
    assert set(broken) == {"object", "JSON", "JSON export", "HTML", "Markdown"}
    assert all("'Cells were seen (1).' is not" in faults[0] for faults in broken.values())


def test_quote_that_is_not_shown_is_found(document: Document) -> None:
    reply = FakeAssistant(document).ask("first?")
    documents = {document.id: document}
    assert list(broken_quotes("first?", reply, documents, "HTML", [])) == [
        "HTML of 'first?': not the 4 quotes of the reply"
    ]


def test_same_seed_draws_the_same_conversations(document: Document) -> None:
    drawn = [list(Questions({"d": document}, 7).conversations(50)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert {len(history) for _, history in drawn[0]} == {0, 1, 2, 3}


def test_what_was_compared_is_laid_out() -> None:
    tally = Tally(Counter(Answer=7, Refusal=1), Counter(object=9, HTML=9), ["a"])
    assert table(tally, 61.4, "none") == [
        [
            *(
                "evidence model",
                "questions",
                "Answer",
                "Refusal",
                "quotes in object",
                "quotes in HTML",
            ),
            *("not the source", "s"),
        ],
        ["none", "8", "7", "1", "9", "9", "1", "61"],
    ]
