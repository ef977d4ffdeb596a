"""Which article of a library a question names, and that it is then the one that is asked."""

from dataclasses import replace

import pytest

from corpus.document import Author, BlockKind, Document, Metadata
from qa.article_naming import ArticleNaming, describe_articles, short_name
from qa.assistant import Assistant
from tests.qa.documents import make_document, make_library


def _document(id: str, metadata: Metadata, sentence: str) -> Document:
    plan = (
        (BlockKind.TITLE, metadata.title),
        (BlockKind.HEADING, "Findings"),
        (BlockKind.PARAGRAPH, sentence),
    )
    return replace(make_document(plan, document_id=id), metadata=metadata)


MOSS = Metadata(
    "Gut flora of honey bees in winter",
    (Author("Moss", "Ida"), Author("Lund", "Per")),
    year=2011,
    doi="10.1000/bees.7",
)
OZEK = Metadata("Milk", (Author("Özek", "Eren"),), year=2019, pmcid="PMC123456")
BELL = Metadata("Nectar and its sugars", tuple(Author(n, "") for n in ("Bell", "Wu", "Kim")))
LIBRARY = {
    "moss-2011": _document("moss-2011", MOSS, "Workers forage for pollen at noon."),
    "ozek-2019": _document("ozek-2019", OZEK, "Pollen was found in the milk of two mothers."),
    "bell": _document("bell", BELL, "Nectar holds sugars and no pollen."),
}


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does Moss 2011 say about pollen?", {"moss-2011"}),
        ("Is pollen mentioned in Moss et al. (2011)?", {"moss-2011"}),
        ("Is pollen mentioned in Moss and Lund, 2011?", {"moss-2011"}),
        ("What does Ozek's review say about pollen?", {"ozek-2019"}),
        ("Which foods are named in the review by Eren Özek?", {"ozek-2019"}),
        ("Who is cited in the article by Wu?", {"bell"}),
        ("In the 2019 review, who was studied?", {"ozek-2019"}),
        ("Gut flora of honey bees: when do workers forage?", {"moss-2011"}),
        ("Who wrote “Nectar and its Sugars”?", {"bell"}),
        ('Does "Milk" speak of pollen?', {"ozek-2019"}),
        ("What does 10.1000/bees.7 say?", {"moss-2011"}),
        ("And pmc123456?", {"ozek-2019"}),
        ("Is pollen in moss-2011?", {"moss-2011"}),
        ("Do the Moss 2011 and Ozek 2019 papers agree?", {"moss-2011", "ozek-2019"}),
    ],
)
def test_articles_are_named(question: str, named: set[str]) -> None:
    assert ArticleNaming(LIBRARY.values()).find(question) == named


@pytest.mark.parametrize(
    "question",
    [
        "What did Moss find?",  # may be somebody who is cited
        "What did Moss find in 2014?",
        "Moss was studied; what grew in 2019?",
        "What happened in 2011?",
        "Do honey bees sleep?",
        "Is there milk?",
        "What is in nectar and its sugars?",
        "Is 10.1000/bees.77 cited?",
        "The 2005 review?",
    ],
)
def test_nothing_is_named_by_halves(question: str) -> None:
    assert ArticleNaming(LIBRARY.values()).find(question) == frozenset()


def test_articles_are_named_in_a_few_words() -> None:
    assert [short_name(document) for document in LIBRARY.values()] == [
        "Moss and Lund 2011",
        "Özek 2019",
        "Bell et al.",
    ]
    assert describe_articles(["ozek-2019", "bell"], LIBRARY) == "Bell et al., Özek 2019"
    many = {str(n): LIBRARY["bell"] for n in range(5)}
    assert describe_articles(many, many) == "Bell et al., Bell et al., Bell et al. and 2 more"
    untitled = replace(LIBRARY["bell"], metadata=Metadata("Nectar"))
    assert short_name(untitled) == "Nectar"


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant(make_library(*LIBRARY.values()))


def _documents(assistant: Assistant, question: str, **options: list[str]) -> set[str]:
    return {quote.document_id for quote in assistant.retrieve(question, **options)}


def test_a_question_that_names_no_article_is_asked_of_all(assistant: Assistant) -> None:
    assert _documents(assistant, "Where is pollen?") == set(LIBRARY)


def test_a_question_that_names_an_article_is_asked_of_it_alone(assistant: Assistant) -> None:
    assert _documents(assistant, "Where is pollen in Moss 2011?") == {"moss-2011"}


def test_a_follow_up_stays_with_the_article_that_was_named(assistant: Assistant) -> None:
    history = ["Where is pollen in Moss 2011?"]
    assert _documents(assistant, "And the milk?", history=history) == {"moss-2011"}


def test_the_reply_says_where_was_looked(assistant: Assistant) -> None:
    reply = assistant.ask("Does Moss 2011 speak of tigers?")
    assert reply.reason == "No sentence in this source answers the question, in Moss and Lund 2011."
    assert assistant.ask("Does anybody speak of tigers?").reason.endswith("the question.")


def test_chosen_articles_alone_are_asked(assistant: Assistant) -> None:
    reply = assistant.ask("Where is pollen?", documents=["ozek-2019", "bell"])
    quotes = getattr(reply, "quotes", ()) or getattr(reply, "nearest", ())
    assert {quote.document_id for quote in quotes} == {"ozek-2019", "bell"}


def test_an_article_outside_the_choice_is_not_asked_even_if_named(assistant: Assistant) -> None:
    reply = assistant.ask("Where is pollen in Moss 2011?", documents=["ozek-2019", "bell"])
    quotes = getattr(reply, "quotes", ()) or getattr(reply, "nearest", ())
    assert {quote.document_id for quote in quotes} <= {"ozek-2019", "bell"}


def test_one_chosen_article_is_looked_up_as_if_it_were_alone(assistant: Assistant) -> None:
    reply = assistant.ask("What is the title of this article?", documents=["bell"])
    assert [quote.text for quote in getattr(reply, "quotes", ())] == ["Nectar and its sugars"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ([], "no article is chosen; choose among moss-2011, ozek-2019, bell"),
        (["wu"], "no article 'wu' in the library; choose among moss-2011"),
    ],
)
def test_a_choice_that_is_none_is_an_error(
    assistant: Assistant, chosen: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        assistant.ask("Where is pollen?", documents=chosen)
