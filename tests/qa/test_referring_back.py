"""Follow-ups that point at what was shown, asked of a real assistant over the shipped article."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corpus.document import Document
from qa.answering import Abstention, Answer, Reply
from qa.assistant import Assistant
from qa.evidence_model.pairs import Candidate
from qa.quoting import Quote, naming_words

TREATED = "Which studies treated IVH?"
EXOSOMES = "Can exosomes derived from breast milk make experimental NEC less severe?"
UNANSWERED = "How far is the moon from the earth?"
NO_MORE = "Nothing more in this source answers it."


def answer(assistant: Assistant, *turns: str) -> Answer:
    reply = assistant.ask(turns[-1], turns[:-1])
    assert isinstance(reply, Answer)
    return reply


def are_slices(quotes: tuple[Quote, ...], article: Document) -> bool:
    return [quote.text for quote in quotes] == [article.slice(quote.span) for quote in quotes]


# One of the quotes


def test_the_second_one_is_the_second_quote_that_was_shown(
    willing: Assistant, article: Document
) -> None:
    second = answer(willing, TREATED).quotes[1]
    reply = answer(willing, TREATED, "the second one")
    assert reply.standalone_question == naming_words(second)
    assert any(second.span.overlaps(quote.span) for quote in reply.quotes)
    assert are_slices(reply.quotes, article)


@pytest.mark.parametrize(
    ("words", "number"), [("the first one", 0), ("Q2", 1), ("the last one", -1), ("quote 1", 0)]
)
def test_the_thing_pointed_at_is_named_in_the_question(
    willing: Assistant, words: str, number: int
) -> None:
    named = naming_words(answer(willing, TREATED).quotes[number])
    reply = willing.ask(f"What effect was seen in {words}?", [TREATED])
    assert reply.standalone_question == f"What effect was seen in {named}?"


def test_a_quote_that_was_not_shown_is_not_pointed_at(willing: Assistant) -> None:
    before = "What is microchimerism?"
    assert len(answer(willing, before).quotes) < 9
    reply = willing.ask("Q9", [before])
    assert reply.standalone_question == "Q9? (What is microchimerism)"


def test_nothing_is_pointed_at_where_nothing_was_shown(willing: Assistant) -> None:
    reply = willing.ask("the second one", [UNANSWERED])
    assert reply.standalone_question == f"the second one? ({UNANSWERED.rstrip('?')})"


def test_a_first_question_points_at_nothing(willing: Assistant) -> None:
    assert willing.ask("the second one").standalone_question == "the second one"


@pytest.mark.parametrize(
    "question", ["What is the second most common cause?", "Is there a study on spinal cord injury?"]
)
def test_a_question_of_its_own_is_answered_as_without_history(
    willing: Assistant, question: str
) -> None:
    assert willing.ask(question, [TREATED]) == willing.ask(question)


@pytest.mark.parametrize("follow_up", ["and number 2?", "no, 2", "What is reference number 2?"])
def test_the_number_of_a_reference_is_not_that_of_a_quote(
    willing: Assistant, follow_up: str
) -> None:
    reply = answer(willing, "What is reference 12?", follow_up)
    assert reply.quotes[0].text.startswith("Hassiotou F, Hartmann PE. At the dawn of a new")


# What it cites


@pytest.mark.parametrize("question", ["which paper is that from?", "source?", "who said that?"])
def test_the_source_is_the_first_quote_and_the_entries_that_it_cites(
    willing: Assistant, article: Document, question: str
) -> None:
    first = answer(willing, EXOSOMES).quotes[0]
    reply = answer(willing, EXOSOMES, question)
    assert reply.quotes[0] == first
    assert first.references
    entries = [article.slice(reference.span) for reference in first.references]
    assert [quote.text for quote in reply.quotes[1:]] == entries
    assert reply.reason == "the first quote shown before, and what it cites"
    assert reply.standalone_question == f"{question.rstrip('?')}? ({EXOSOMES.rstrip('?')})"
    assert are_slices(reply.quotes, article)


def test_sources_come_after_the_quote_by_their_scores(willing: Assistant) -> None:
    scores = [quote.score for quote in answer(willing, EXOSOMES, "source?").quotes]
    assert scores == sorted(scores, reverse=True)


def test_an_entry_is_its_own_source_and_not_shown_twice(willing: Assistant) -> None:
    entry = answer(willing, "What is reference 12?").quotes
    assert answer(willing, "What is reference 12?", "Who wrote it?").quotes == entry


def test_after_a_fact_of_the_article_who_wrote_it_asks_for_its_authors(
    willing: Assistant,
) -> None:
    reply = answer(willing, "What is the title of the article?", "Who wrote it?")
    assert [quote.text for quote in reply.quotes] == ["Sinem Gülcan Kersin , Eren Özek"]


def test_the_source_of_a_quote_that_was_pointed_at_is_its_own(willing: Assistant) -> None:
    turns = [TREATED, "the second one"]
    first = answer(willing, *turns).quotes[0]
    assert answer(willing, *turns, "source?").quotes[0] == first


# More


def pages(assistant: Assistant, question: str, count: int) -> list[Reply]:
    """The answer, and the replies to so many times "more"."""
    turns = [question, *["more"] * count]
    return [assistant.ask(turns[n], turns[:n]) for n in range(count + 1)]


@pytest.fixture(scope="module")
def terse(willing: Assistant) -> Assistant:
    """An assistant that shows one quote at a time, so that there are several pages."""
    stages = willing.stages
    settings = replace(willing.settings, max_quotes=1)
    return Assistant(willing.library, settings, scorer=stages.scorer, weights=stages.weights)


@pytest.fixture(scope="module")
def shown(terse: Assistant) -> list[Reply]:
    """All pages, and the first two replies after the last one."""
    found = pages(terse, EXOSOMES, 21)
    last = max(n for n, reply in enumerate(found) if isinstance(reply, Answer))
    return found[: last + 3]


def test_more_shows_quotes_that_were_not_shown(shown: list[Reply]) -> None:
    answers = [reply for reply in shown if isinstance(reply, Answer)]
    assert len(answers) >= 3
    assert {reply.reason for reply in answers[1:]} == {
        "found by meaning and words, after what was shown before"
    }
    spans = [quote.focus for reply in answers for quote in reply.quotes]
    assert not any(a.overlaps(b) for n, a in enumerate(spans) for b in spans[:n])


def test_more_comes_to_an_end_and_does_not_begin_again(shown: list[Reply]) -> None:
    assert [type(reply) for reply in shown[-3:]] == [Answer, Abstention, Abstention]
    assert all(isinstance(reply, Answer) for reply in shown[:-2])
    assert [reply.reason for reply in shown[-2:]] == [NO_MORE, NO_MORE]


def test_a_page_of_more_has_so_many_quotes_as_an_answer(
    shown: list[Reply], article: Document
) -> None:
    answers = [reply for reply in shown if isinstance(reply, Answer)]
    assert [len(reply.quotes) for reply in answers] == [1] * len(answers)
    assert all(are_slices(reply.quotes, article) for reply in answers)


def test_quotes_of_more_come_best_first(shown: list[Reply]) -> None:
    answers = [reply for reply in shown if isinstance(reply, Answer)]
    scores = [quote.score for reply in answers for quote in reply.quotes]
    assert scores == sorted(scores, reverse=True)


def test_more_keeps_to_the_question_that_was_answered(shown: list[Reply]) -> None:
    assert {reply.standalone_question for reply in shown} == {EXOSOMES}


def test_more_is_counted_however_it_is_said(terse: Assistant, shown: list[Reply]) -> None:
    reply = terse.ask("and what else?", [EXOSOMES, "thanks, more"])
    assert isinstance(reply, Answer)
    assert isinstance(shown[2], Answer)
    assert reply.quotes == shown[2].quotes


def test_more_of_a_follow_up_is_more_of_what_it_asked(willing: Assistant) -> None:
    turns = [TREATED, "What effect was seen in the first one?"]
    named = naming_words(answer(willing, TREATED).quotes[0])
    reply = willing.ask("more", turns)
    assert reply.standalone_question == f"What effect was seen in {named}?"


def test_there_is_no_more_of_a_question_that_was_not_answered(willing: Assistant) -> None:
    reply = willing.ask("more", [UNANSWERED, "what else?"])
    assert isinstance(reply, Abstention)
    assert reply.standalone_question == UNANSWERED
    assert reply.reason == "The question before was not answered, so there is no more to show."
    assert reply.nearest == ()


def test_there_is_no_more_of_a_question_that_was_declined(willing: Assistant) -> None:
    reply = willing.ask("more", ["How much of it should I give my baby?"])
    assert isinstance(reply, Abstention)
    assert reply.nearest == ()


def test_more_candidates_are_read_than_for_an_answer(
    terse: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = terse.stages.scorer
    assert scorer is not None
    score, counts = scorer.score, []

    def counting(question: str, candidates: Sequence[Candidate]) -> list[float]:
        counts.append(len(candidates))
        return score(question, candidates)

    monkeypatch.setattr(scorer, "score", counting)
    terse.ask("more", [EXOSOMES])
    assert counts == [terse.settings.read_candidates, 20]
