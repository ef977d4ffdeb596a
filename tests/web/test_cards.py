"""The HTML of a conversation: words stay exactly what they are, outcomes look different."""

import pytest

from corpus.document import Span
from qa.boundaries import Refusal
from qa.language import ENGLISH, language_message
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


def test_every_finished_question_can_be_edited() -> None:
    turns = [Turn(q, FakeAssistant().ask(q)) for q in ("first?", "nothing", "breathing", "dose")]
    turns += [Turn("broke", Failure("x")), Turn("waits")]

    sections = parse(render_conversation(turns)).all("section")

    assert [len(section.all("form", class_="sic-edit-form")) for section in sections] == [1] * 5 + [
        0
    ]
    buttons = [section.one(class_="sic-edit").text for section in sections[:-1]]
    assert buttons == [f"Edit question {number}" for number in range(1, 6)]


def test_field_holds_the_searched_question() -> None:
    turn = show("And <b>then?", "first?")

    assert (
        turn.one("textarea").text
        == "And <b>then? (first?)"
        == turn.one(dir="auto", class_="sic-standalone").text
    )
    assert turn.one(class_="sic-edit").text == "Edit the searched question 1"
    assert show(HOSTILE).one("textarea").text == HOSTILE


def test_declined_follow_up_was_understood_not_searched() -> None:
    declined = Refusal("And?", "And milk?", "advice", "Ask a nurse.", "")

    line = parse(render_conversation([Turn("And?", declined)])).one(class_="sic-as-searched").text

    assert "Understood as: And milk?" in line
    assert "Searched" not in line


def test_question_that_stands_alone_says_how_it_was_searched() -> None:
    def line(question: str, *, stands_alone: bool) -> str:
        turn = Turn(question, FakeAssistant().ask(question), stands_alone=stands_alone)
        return parse(render_conversation([turn])).one(class_="sic-as-searched").text

    assert "exactly as written" in line("first?", stands_alone=True)
    assert "exactly as written" not in line("first?", stands_alone=False)
    assert "exactly as written" not in line("dose", stands_alone=True)


def test_list_says_that_each_quote_is_a_part() -> None:
    verdict = show("Which?").one(class_="sic-verdict").text

    assert verdict.endswith(
        "2 quotes from the source, each a part of the answer; the list may not be complete"
    )
    assert "list" not in show("first?").one(class_="sic-verdict").text


@pytest.mark.parametrize(
    ("question", "language", "direction"),
    [("Was sind Stammzellen?", "de", "ltr"), ("ما هي الخلايا الجذعية؟", "ar", "rtl")],
)
def test_question_in_another_language_gets_a_notice_in_both(
    question: str, language: str, direction: str
) -> None:
    turn = show(question)
    own, english = turn.one(class_="sic-language").all(class_="sic-reason")

    assert "Sic understands English only" in turn.one(class_="sic-verdict").text
    assert (own.attributes["lang"], own.attributes["dir"]) == (language, direction)
    assert f"{own.text}\n\n{english.text}" == language_message(language)
    assert "lang" not in english.attributes
    assert turn.one(class_="sic-asked").attributes["lang"] == language
    assert "needs a person" not in turn.text


def test_notice_without_a_known_language_is_in_english_alone() -> None:
    turn = show("xyzzy")

    (only,) = turn.one(class_="sic-language").all(class_="sic-reason")
    assert only.text == ENGLISH
    assert turn.all(lang="und") == []


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


def test_question_that_stands_alone_starts_afresh() -> None:
    found = FakeAssistant().ask("first?")
    turns = [Turn("one", found), Turn("two", found, stands_alone=True), Turn("three", found)]

    assert earlier_questions(turns) == ("two", "three")
    broken = Turn("four", Failure("x"), stands_alone=True)
    assert earlier_questions([*turns, broken, Turn("five", found)]) == ("five",)
