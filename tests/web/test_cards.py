"""The HTML of a conversation: words stay exactly what they are, outcomes look different."""

import pytest

from corpus.document import Span
from qa.web.cards import render_conversation
from qa.web.turns import Failure, Turn, earlier_questions
from tests.web import fakes
from tests.web.fakes import FIRST, HOSTILE, HOSTILE_SENTENCE, LAST, ROW, FakeAssistant
from tests.web.markup import Element, parse

DOCUMENT = fakes.make_document()


def show(question: str, *history: str) -> Element:
    return parse(render_conversation([Turn(question, FakeAssistant().ask(question, history))]))


def test_quotes_read_exactly_as_the_document() -> None:
    cards = show("first?").all("article")

    assert [card.one(data_quote="").text for card in cards] == [
        FIRST,
        f"{HOSTILE_SENTENCE} {LAST}",
        ROW.replace("\t", ""),
        "Inner one (3)",
    ]


def test_table_row_is_shown_by_cell_below_its_header() -> None:
    row = show("first?").all("article")[2]

    assert [head.text for head in row.all("th")] == ["Study", "Phase", "Effect"]
    assert "\t".join(cell.text for cell in row.one("tr", data_quote="").all("td")) == ROW


def test_button_of_a_card_names_the_range_of_its_quote() -> None:
    button = show("first?").all("article")[1].one("button", class_="sic-jump")

    place = Span(int(button.attributes["data-from"]), int(button.attributes["data-to"]))
    assert DOCUMENT.slice(place) == f"{HOSTILE_SENTENCE} {LAST}"


def test_only_the_matching_sentence_of_a_widened_quote_is_strong() -> None:
    card = show("first?").all("article")[1]

    assert "".join(strong.text for strong in card.all("strong")) == LAST
    assert "what “These cells” refers to" in card.one(class_="sic-note").text


def test_cited_references_are_listed_in_full_as_not_read() -> None:
    card = show("first?").all("article")[1]

    assert [chip.text for chip in card.one(class_="sic-refs").all("summary")] == [
        "Reference [2] Hock 2014",
        "Reference [1] Blanc 1981",
        "Reference [3] Wu 2020",
        "Reference [4] Fan 2010",
    ]
    opened = card.all(class_="sic-ref-body")[0].text
    assert "Hock A, et al. Second <things>. Gut 2014; 5: 7" in opened
    assert "Cited by the review; not read by Sic." in opened


def test_links_to_other_hosts_open_apart_and_say_nothing_of_where_they_came_from() -> None:
    links = [a for a in show("first?").all("a") if a.attributes["href"].startswith("http")]

    assert len(links) == 2 * (1 + 4 + 1 + 1)  # PubMed and Crossref for each cited reference
    assert {link.attributes["rel"] for link in links} == {"noopener noreferrer"}
    assert {link.attributes["target"] for link in links} == {"_blank"}


def test_entry_of_the_reference_list_is_not_listed_below_itself() -> None:
    card = show("entry").one("article")

    assert card.text.count("Second <things>") == 1


def test_other_places_are_links() -> None:
    link = show("first?").all("article")[0].one(class_="sic-also").one("a")

    assert DOCUMENT.text[int(link.attributes["data-from"]) :].startswith("Outer two")


def test_question_is_shown_as_typed() -> None:
    conversation = show(HOSTILE)

    assert conversation.one(class_="sic-asked").text == HOSTILE
    assert conversation.all("img") + conversation.all("b") == []


def test_searched_question_is_shown_only_where_it_differs() -> None:
    assert not show("first?").all(class_="sic-standalone")
    assert show("And then?", "first?").one(class_="sic-standalone").text == "And then? (first?)"


def test_nearest_passages_are_each_marked_as_no_answer() -> None:
    (near,) = show("nothing").all("article")

    assert near.one(class_="sic-strength").text == "Not an answer"
    assert near.one("button", class_="sic-jump").one(class_="sic-label").text == "N1"


@pytest.mark.parametrize(
    ("question", "kind", "words"),
    [
        ("first?", "sic-answer", "4 quotes from the source"),
        ("nothing", "sic-abstention", "Not in this source"),
        ("breathing", "sic-urgent", "Get help now"),
        ("dose", "sic-refusal", "Not answered"),
    ],
)
def test_outcome_is_named_in_words(question: str, kind: str, words: str) -> None:
    outcome = show(question).one(class_=kind)

    assert words in outcome.one(class_="sic-verdict").text


def test_failure_is_an_alert_and_no_abstention() -> None:
    outcome = parse(render_conversation([Turn("q", Failure("The <index> fell over."))]))

    assert "The <index> fell over." in outcome.one(role="alert").text
    assert "Not in this source" not in outcome.text


@pytest.mark.parametrize(
    ("is_open", "words"), [(True, "Searching"), (False, "Opening the library")]
)
def test_pending_question_says_what_it_waits_for(is_open: bool, words: str) -> None:
    turn = parse(render_conversation([Turn("q")], is_open=is_open)).one("section")

    assert turn.attributes["data-state"] == "pending"
    assert words in turn.text


def test_follow_up_may_refer_to_every_question_that_got_a_reply() -> None:
    declined = Turn("dose", FakeAssistant().ask("dose"))
    turns = [declined, Turn("broke", Failure("x")), Turn("waits")]

    assert earlier_questions(turns) == ("dose",)
