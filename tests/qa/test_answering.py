"""The three kinds of reply, asked of a real assistant over the shipped article."""

import pytest

from corpus.document import Document
from qa.answering import Abstention, Answer, QuestionError
from qa.assistant import Assistant
from qa.boundaries import MESSAGES, Refusal
from qa.language import language_message

HASSIOTOU_23 = "In an animal experiment, Hassiotou et al. (23) reported that stem cells"
UNANSWERED = [
    "How far is the moon from the earth?",
    "How do I bake a chocolate cake?",
    "Which team won the cricket match?",
]


def shown(reply: object) -> list[str]:
    assert isinstance(reply, Answer)
    return [quote.text for quote in reply.quotes]


def test_what_the_source_says_is_answered_with_its_sentence(willing: Assistant) -> None:
    reply = willing.ask("Does BPD severity fall after intratracheal cells?")
    assert isinstance(reply, Answer)
    assert any("BPD severity" in quote.text for quote in reply.quotes[:2])
    assert reply.reason == "found by meaning and words"


def test_quotes_come_best_first(assistant: Assistant) -> None:
    reply = assistant.ask("What is microchimerism?")
    assert isinstance(reply, Answer)
    scores = [quote.score for quote in reply.quotes]
    assert scores == sorted(scores, reverse=True)
    assert not reply.is_list


def test_rows_of_a_list_come_in_the_order_of_the_table_in_the_places_of_rows(
    willing: Assistant,
) -> None:
    question = "Which studies treated IVH?"
    reply = willing.ask(question)
    assert isinstance(reply, Answer)
    assert reply.is_list
    rows = [quote.span.start for quote in reply.quotes if quote.cells]
    assert len(rows) > 1
    assert rows == sorted(rows)
    rest = [quote.score for quote in reply.quotes if not quote.cells]
    assert rest == sorted(rest, reverse=True)
    ranked = willing.retrieve(question, k=len(reply.quotes))
    assert [bool(q.cells) for q in reply.quotes] == [bool(q.cells) for q in ranked]


@pytest.mark.parametrize("question", UNANSWERED)
def test_a_question_off_the_topic_is_not_answered_but_shows_what_is_nearest(
    assistant: Assistant, question: str
) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Abstention)
    assert reply.reason == "No sentence in this source answers the question."
    assert len(reply.nearest) == 3
    assert reply.confidence < assistant.stages.min_confidence


def test_a_personal_question_is_declined_with_a_message_and_a_topic(assistant: Assistant) -> None:
    reply = assistant.ask("Should I give my son stem cells for NEC?")
    assert isinstance(reply, Refusal)
    assert (reply.reason, reply.message) == ("advice", MESSAGES["advice"])
    assert reply.search_topic == "stem cells nec"


def test_an_emergency_is_declined_before_anything_is_looked_up(assistant: Assistant) -> None:
    reply = assistant.ask("My baby is not breathing, who wrote the article?")
    assert isinstance(reply, Refusal)
    assert reply.reason == "emergency"


def test_the_topic_of_a_declined_question_can_be_asked(
    assistant: Assistant, willing: Assistant
) -> None:
    refusal = assistant.ask("Should I give my newborn cord blood for HIE?")
    assert isinstance(refusal, Refusal)
    assert isinstance(willing.ask(refusal.search_topic), Answer)


def test_a_question_in_another_language_is_declined_in_that_language(assistant: Assistant) -> None:
    reply = assistant.ask("Welche Stammzellen enthält Muttermilch?")
    assert isinstance(reply, Refusal)
    assert (reply.reason, reply.message) == ("language", language_message("de"))
    assert reply.search_topic == ""


def test_a_follow_up_in_another_language_is_declined_too(assistant: Assistant) -> None:
    reply = assistant.ask("Und wie werden Frühgeborene behandelt?", ["What is NEC?"])
    assert isinstance(reply, Refusal)
    assert reply.reason == "language"


def test_an_answer_without_quotes_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="an answer needs a quote"):
        Answer("Why?", "Why?", (), 0.9, "")


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "???", "…", "()"])
def test_an_empty_question_is_an_error(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match=r"^Please type a question\.$"):
        assistant.ask(question)


def test_an_over_long_question_is_an_error_that_names_both_lengths(assistant: Assistant) -> None:
    with pytest.raises(QuestionError) as caught:
        assistant.ask("x" * 2001)
    assert str(caught.value) == ("The question has 2,001 characters; please keep it under 2,000.")


@pytest.mark.parametrize("question", ["hello", "thanks!", "blorf?", "tell me a joke"])
def test_words_that_the_library_lacks_are_never_answered(
    assistant: Assistant, question: str
) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Abstention)
    assert reply.confidence == 0.0
    assert reply.nearest


def test_a_question_of_the_greatest_length_is_no_error(assistant: Assistant) -> None:
    assert isinstance(assistant.ask("zq" * 1000), Abstention)


@pytest.mark.parametrize("question", ["²", "et al", "no"])
def test_a_question_without_content_is_not_answered(assistant: Assistant, question: str) -> None:
    assert isinstance(assistant.ask(question), Abstention)


# Look-ups


def test_a_fact_of_the_article_is_looked_up(assistant: Assistant) -> None:
    reply = assistant.ask("Who are the writers? I mean, who wrote this paper?")
    assert shown(reply) == ["Sinem Gülcan Kersin , Eren Özek"]
    assert isinstance(reply, Answer)
    assert (reply.reason, reply.confidence) == ("looked up: the authors", 0.97)


def test_entries_are_shown_in_the_order_in_which_they_were_found(assistant: Assistant) -> None:
    reply = assistant.ask("references 40 and 12")
    assert [text[:14] for text in shown(reply)] == ["van Haafden T,", "Briere CE, McG"]


def test_all_entries_of_a_list_are_shown(assistant: Assistant) -> None:
    assert len(shown(assistant.ask("Which references are from 2020?"))) == 7


def test_a_study_in_two_sentences_is_quoted_once(assistant: Assistant) -> None:
    texts = shown(assistant.ask("Where is reference 41 cited?"))
    assert [text[:29] for text in texts] == [
        "In the phase II trial of chil",
        "Wu et al. (41)\tPhase II dose-",
    ]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What did Petersen et al. report?", "The article names nobody called Petersen."),
        ("entry 50", "The article has 49 references; there is no number 50."),
    ],
)
def test_what_the_look_up_knows_to_be_missing_is_said(
    assistant: Assistant, question: str, reason: str
) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.confidence) == (reason, 0.02)
    assert len(reply.nearest) == 3


# Conversation


def test_a_follow_up_is_answered_from_its_history(assistant: Assistant) -> None:
    reply = assistant.ask("And 26?", ["What is reference 25?"])
    assert reply.standalone_question == "What is reference 26?"
    assert shown(reply) == [
        "Hanson LA. The mother-offspring dyad and the immune system. Acta Paediatr 2000; 89: 252-8."
    ]


def test_the_same_words_after_another_question_ask_something_else(assistant: Assistant) -> None:
    reported = assistant.ask("What about Aydin?", ["What did Keller et al. report?"])
    entry = assistant.ask("And 25?", ["What is reference 9?"])
    assert shown(reported)[0].startswith("Aydın et al. (25) showed")
    assert shown(entry)[0].startswith("Aydın MŞ, Yiğit EN")


def test_a_new_topic_is_answered_as_without_history(assistant: Assistant) -> None:
    question = "How is microchimerism defined?"
    with_history = assistant.ask(question, ["Who funded the article?", "And its authors?"])
    assert with_history == assistant.ask(question)


@pytest.mark.parametrize("question", ["What is microchimerism?", "What are exosomes?"])
def test_a_definition_is_asked_afresh_after_another_topic(
    assistant: Assistant, question: str
) -> None:
    assert assistant.ask(question, ["Who wrote the article?"]) == assistant.ask(question)


@pytest.mark.parametrize(
    ("before", "follow_up", "complete"),
    [
        ("Where is reference 22 cited?", "And 36?", "Where is reference 36 cited?"),
        ("Title of the paper by Dittmer", "And Weissman?", "Title of the paper by Weissman"),
    ],
    ids=["place of citation", "title"],
)
def test_an_exchange_keeps_what_was_wanted(
    assistant: Assistant, before: str, follow_up: str, complete: str
) -> None:
    assert shown(assistant.ask(follow_up, [before])) == shown(assistant.ask(complete))


def test_misspelt_words_are_searched_in_their_right_spelling(assistant: Assistant) -> None:
    reply = assistant.ask("What is microchimerizm?")
    assert (reply.question, reply.standalone_question) == (
        "What is microchimerizm?",
        "What is microchimerism?",
    )


@pytest.mark.parametrize(
    "question", ["What is microchimerism?", "entry 50", "Should I stop pumping?", UNANSWERED[0]]
)
def test_the_same_question_gives_the_same_reply(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question) == assistant.ask(question)


def test_conversations_of_two_assistants_do_not_mix(assistant: Assistant) -> None:
    other = Assistant(assistant.library)
    alone = assistant.ask("And 26?", ["What is reference 25?"])
    other.ask("What did Keller et al. report?")
    other.ask("And 9?", ["Where is reference 8 cited?"])
    assert assistant.ask("And 26?", ["What is reference 25?"]) == alone
    assert other.ask("And 26?", ["What is reference 25?"]) == alone


def test_asking_leaves_no_trace_without_history(assistant: Assistant) -> None:
    assistant.ask("What is reference 25?")
    assert assistant.ask("And 26?").standalone_question == "And 26?"


# Ranking for evaluation


@pytest.mark.parametrize("system", ["bm25", "dense", "hybrid", "signals", "evidence", "answer"])
def test_every_system_ranks_the_sentence_that_answers(assistant: Assistant, system: str) -> None:
    quotes = assistant.retrieve(
        "Can stem cells of milk pass the gastrointestinal system of an infant?", system=system
    )
    assert len(quotes) == 10
    assert any(quote.text.startswith(HASSIOTOU_23) for quote in quotes[:3])


@pytest.mark.parametrize("system", ["hybrid", "answer"])
def test_a_study_in_two_sentences_is_ranked_once(assistant: Assistant, system: str) -> None:
    quotes = assistant.retrieve(
        "pilot study of six newborns with severe HIE, neurofunctional development of four babies",
        system=system,
    )
    openings = [quote.text[:29] for quote in quotes]
    assert openings.count("In a pilot study including si") == 1
    assert not any(opening.startswith("Neurofunctional") for opening in openings)


def test_a_ranking_is_as_long_as_asked(assistant: Assistant) -> None:
    ranked = assistant.retrieve("What is NEC?", k=10)
    assert assistant.retrieve("What is NEC?", k=4) == ranked[:4]


def test_an_unknown_system_is_an_error_that_names_the_known_ones(assistant: Assistant) -> None:
    with pytest.raises(
        ValueError, match="unknown system 'magic'; choose bm25, dense, hybrid, signals"
    ):
        assistant.retrieve("What is NEC?", system="magic")  # type: ignore[arg-type]  # on purpose


def test_an_empty_question_cannot_be_ranked(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.retrieve(" ")


def test_looked_up_quotes_are_ranked_first(assistant: Assistant) -> None:
    quotes = assistant.retrieve("Where is reference 12 cited?")
    assert quotes[0].text.startswith("The blood-derived group includes immune cells")
    assert quotes[0].score == 1.0
    assert all(quote.score <= 0.5 for quote in quotes[1:])


def test_every_quote_of_a_reply_is_a_slice(assistant: Assistant, article: Document) -> None:
    for question in ["What is NEC?", "Which trials treated BPD?", *UNANSWERED]:
        reply = assistant.ask(question)
        quotes = reply.quotes if isinstance(reply, Answer) else getattr(reply, "nearest", ())
        assert [q.text for q in quotes] == [article.slice(q.span) for q in quotes]
