"""The order of the stages, on one screen: a question in, one of three kinds of reply out.

An answer without quotes cannot exist, an abstention is never an error, a failure is an exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.article_naming import describe_articles
from qa.back_references import BackReference, find_back_reference
from qa.boundaries import MESSAGES, Refusal, search_topic
from qa.conversation import Standalone
from qa.language import foreign_language, language_message
from qa.quoting import Quote, make_quote, merge_quotes, naming_words
from qa.ranking import (
    MAX_RANKED,
    Stages,
    foresee,
    look_up,
    quote_look_up,
    rank,
    select,
    understand,
)
from qa.settings import Settings
from qa.signals import asks_for_list
from qa.timing import stage


class QuestionError(ValueError):
    """The question cannot be searched (empty, too long); the message is for the user."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes that answer, best first.

    Attributes:
        question: as asked.
        standalone_question: what was searched, with what a follow-up left out.
        quotes: one or more.
        confidence: probability that the source answers, in [0, 1].
        reason: how the quotes were found, in a few words.
        is_list: whether several things were asked for, so that each quote is a part of the answer
            and there may be more parts.
    """

    question: str
    standalone_question: str
    quotes: tuple[Quote, ...]
    confidence: float
    reason: str
    is_list: bool = False

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError("an answer needs a quote; without one the reply is an Abstention")


@dataclass(frozen=True, slots=True)
class Abstention:
    """Nothing in the source answers; ``nearest`` holds passages that are not an answer."""

    question: str
    standalone_question: str
    reason: str
    nearest: tuple[Quote, ...]
    confidence: float


Reply = Answer | Abstention | Refusal

MAX_HISTORY = 50
"""So many earlier questions count; a chain that points back is followed question by question."""
MORE_SCORE = 0.01
"""Asked for more, quotes are shown down to this score."""
NOTHING_MORE = "Nothing more in this source answers it."
NOTHING_BEFORE = "The question before was not answered, so there is no more to show."
NOT_FOUND = "No sentence in this source answers the question."


def answer_question(question: str, history: Sequence[str], stages: Stages) -> Reply:
    """Answer one question.

    Args:
        question: as asked.
        history: earlier questions of the conversation, oldest first.
        stages: the library and what goes with it.

    Raises:
        QuestionError: the question is empty or too long.
    """
    check_question(question, stages.settings)
    language = foreign_language(question, stages.speller.knows)
    if language:
        message = language_message(language)
        return Refusal(question, question, "language", message, "", language)
    with stage("encode"):
        foresee(question, history, stages)
    with stage("boundaries"):
        boundary = stages.boundaries(question)
    if boundary:
        standalone = understand(question, history, stages).text
        topic = search_topic(question, stages.library.lexical.knows)
        return Refusal(question, standalone, boundary, MESSAGES[boundary], topic)
    whole = stages
    stages = narrow(question, history, stages)
    asked = resolve(question, history, stages)
    if not isinstance(asked, Standalone):
        return asked
    where = "" if stages is whole else f", in {_names_of(stages)}"
    with stage("look up"):
        found, standalone = look_up(asked, stages)
    if found and found.spans:
        quotes = quote_look_up(found, stages)
        sure = stages.settings.lookup_confidence
        return Answer(question, standalone, quotes, sure, found.reason + where)
    ranked, confidence = rank(asked, stages)
    if found:  # the look-up knows that there is nothing: a name, a number that the source lacks
        nearest = ranked[: stages.settings.max_nearest]
        return Abstention(question, standalone, _sentence(found.reason), tuple(nearest), 0.02)
    if confidence < stages.min_confidence or not ranked:
        nearest = ranked[: stages.settings.max_nearest]
        reason = f"{NOT_FOUND.rstrip('.')}{where}."
        return Abstention(question, standalone, reason, tuple(nearest), confidence)
    shown = select(standalone, ranked, stages.settings)
    is_list = len(shown) > 1 and asks_for_list(standalone)
    reason = f"found by meaning and words{where}"
    return Answer(question, standalone, shown, confidence, reason, is_list=is_list)


def narrow(question: str, history: Sequence[str], stages: Stages) -> Stages:
    """Search the articles alone that a question names; a follow-up inherits the names."""
    if len(stages.look_ups) < 2:
        return stages
    named = stages.naming.find(question, stages.scope)
    if not named and history:
        text = understand(question, history, stages).text
        named = stages.naming.find(text, stages.scope)
    return stages.only(named) if named else stages


def _names_of(stages: Stages) -> str:
    return describe_articles(stages.look_ups, stages.library.overview.profiles)


def resolve(
    question: str, history: Sequence[str], stages: Stages
) -> Answer | Abstention | Standalone:
    """Make a question stand alone, or answer it where it only points at what was shown before."""
    with stage("understand"):
        asked = understand(question, history, stages)
    is_exchanged = bool(asked.previous) and not asked.is_appended  # "and number 2?"
    back = find_back_reference(asked.own) if history and not is_exchanged else None
    return (_refer_back(back, question, asked.own, history, stages) if back else None) or asked


def check_question(question: str, settings: Settings) -> None:
    """Refuse what cannot be searched.

    Raises:
        QuestionError: the question has no letter or digit, is broken, or is too long.
    """
    if len(question) > settings.max_question_chars:
        raise QuestionError(
            f"The question has {len(question):,} characters; please keep it under "
            f"{settings.max_question_chars:,}."
        )
    if not any(character.isalnum() for character in question):
        raise QuestionError("Please type a question.")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("The question holds half a character; please type it again.")


def searchable(history: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Return the earlier questions that could be searched, of many the newest.

    A page holds no others; a program may send any.
    """
    return tuple(turn for turn in history if _is_searchable(turn, settings))[-MAX_HISTORY:]


def _is_searchable(question: str, settings: Settings) -> bool:
    try:
        check_question(question, settings)
    except QuestionError:
        return False
    return True


def _refer_back(
    back: BackReference, question: str, own: str, history: Sequence[str], stages: Stages
) -> Answer | Abstention | Standalone | None:
    """Answer a question that points at what the one before it had shown.

    Returns:
        The reply; or the question with the thing it points at named, still to be answered; None
        where nothing was shown.
    """
    if back.pointer == "more":
        return _more(question, history, stages)
    previous = answer_question(history[-1], history[:-1], stages)
    if not isinstance(previous, Answer):
        return None
    searched = previous.standalone_question
    if back.pointer == "source":
        first = previous.quotes[0]
        if not first.references:
            return None  # it cites nothing: whose finding it is has to be looked for
        quotes = _with_sources(first, stages)
        standalone = f"{own.rstrip('?. ')}? ({searched.rstrip('?. ')})"
        reason = "the first quote shown before, and what it cites"
        return Answer(question, standalone, quotes, stages.settings.lookup_confidence, reason)
    if not -1 <= back.number < len(previous.quotes):
        return None
    named = naming_words(previous.quotes[back.number])
    text = f"{own[: back.start]}{named}{own[back.end :]}"
    return Standalone(text, own, is_appended=False, previous=searched)


def _with_sources(quote: Quote, stages: Stages) -> tuple[Quote, ...]:
    """Return a quote, and after it the bibliography entries that it cites."""
    document = stages.library.documents[quote.document_id]
    entries = [
        make_quote(document, reference.span, score=0.9 * quote.score)
        for reference in quote.references
        if not reference.span.overlaps(quote.span)
    ]
    return (quote, *entries[: stages.settings.max_list_quotes])


def _more(question: str, history: Sequence[str], stages: Stages) -> Answer | Abstention:
    """Show what was found for the last question that was not "more", beyond what was shown."""
    turns = list(history)
    pages = 1
    while len(turns) > 1 and _asks_more(turns, stages):
        turns.pop()
        pages += 1
    shown = answer_question(turns[-1], turns[:-1], stages)
    if not isinstance(shown, Answer):
        return Abstention(question, shown.standalone_question, NOTHING_BEFORE, (), 0.0)
    asked = resolve(turns[-1], turns[:-1], stages)
    if not isinstance(asked, Standalone):
        asked = understand(turns[-1], turns[:-1], stages)
    ranked, confidence = rank(asked, stages, read=MAX_RANKED)
    rest = [
        quote
        for quote in ranked
        if not any(quote.focus.overlaps(seen.span) for seen in shown.quotes)
        and quote.score >= MORE_SCORE
    ]
    size = stages.settings.max_quotes
    page = rest[(pages - 1) * size : pages * size]
    if page:
        reason = "found by meaning and words, after what was shown before"
        return Answer(question, asked.text, tuple(page), confidence, reason)
    return Abstention(question, asked.text, NOTHING_MORE, (), 0.0)


def _asks_more(turns: Sequence[str], stages: Stages) -> bool:
    """Tell whether the last of some turns only asks for more."""
    back = find_back_reference(understand(turns[-1], turns[:-1], stages).own)
    return back is not None and back.pointer == "more"


def rank_all(question: str, history: Sequence[str], stages: Stages) -> list[Quote]:
    """Rank as `answer_question` does, whatever it would say; for evaluation."""
    stages = narrow(question, history, stages)
    asked = resolve(question, history, stages)
    pointed = asked.quotes if isinstance(asked, Answer) else ()
    if not isinstance(asked, Standalone):
        asked = understand(question, history, stages)
    found, _ = look_up(asked, stages)
    looked_up = quote_look_up(found, stages) if found and found.spans else ()
    ranked, _ = rank(asked, stages)
    first = pointed or looked_up
    weaker = [replace(quote, score=min(quote.score, 0.5)) for quote in ranked]
    quotes = [*first, *weaker] if first else ranked
    return merge_quotes(quotes, stages.library.documents)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + "."
