"""The order of the stages, on one screen: a question in, one of three kinds of reply out.

An answer without quotes cannot exist, an abstention is never an error, a failure is an exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.library import Hit, Library
from qa import evidence
from qa.boundaries import MESSAGES, Refusal, check_boundaries, search_topic
from qa.conversation import Standalone, Vocabulary, make_standalone
from qa.lookup import LookUp
from qa.quoting import Quote, make_quote, merge_quotes
from qa.reference_lookup import Found
from qa.settings import Settings
from qa.spelling import Speller
from qa.wording import Wording, widen


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
    """

    question: str
    standalone_question: str
    quotes: tuple[Quote, ...]
    confidence: float
    reason: str

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

MIN_TERM_CHARS = 3
"""A question needs a term of this length; defined abbreviations have their long forms by then."""
MAX_RANKED = 20
"""So many of the best candidates are made into quotes."""
NOT_FOUND = "No sentence in this source answers the question."


@dataclass(frozen=True)
class Stages:
    """What the stages need, made once per library."""

    library: Library
    settings: Settings
    vocabulary: Vocabulary
    speller: Speller
    look_ups: dict[str, LookUp]


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
    boundary = check_boundaries(question)
    asked = understand(question, history, stages)
    standalone = asked.text
    if boundary:
        topic = search_topic(question, stages.library.lexical.knows)
        return Refusal(question, standalone, boundary, MESSAGES[boundary], topic)
    found, standalone = look_up(asked, stages)
    if found and found.spans:
        quotes = quote_look_up(found, stages)
        return Answer(question, standalone, quotes, stages.settings.lookup_confidence, found.reason)
    ranked, confidence = rank(standalone, stages)
    if found:  # the look-up knows that there is nothing: a name, a number that the source lacks
        nearest = ranked[: stages.settings.max_nearest]
        return Abstention(question, standalone, _sentence(found.reason), tuple(nearest), 0.02)
    if confidence < stages.settings.min_confidence or not ranked:
        nearest = ranked[: stages.settings.max_nearest]
        return Abstention(question, standalone, NOT_FOUND, tuple(nearest), confidence)
    shown = select(standalone, ranked, stages.settings)
    return Answer(question, standalone, shown, confidence, "found by meaning and words")


def check_question(question: str, settings: Settings) -> None:
    """Refuse what cannot be searched.

    Raises:
        QuestionError: the question has no letter or digit, is broken, or is too long.
    """
    if not any(character.isalnum() for character in question):
        raise QuestionError("Please type a question.")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("The question holds half a character; please type it again.")
    if len(question) > settings.max_question_chars:
        raise QuestionError(
            f"The question has {len(question):,} characters; please keep it under "
            f"{settings.max_question_chars:,}."
        )


def understand(question: str, history: Sequence[str], stages: Stages) -> Standalone:
    """Make the question stand alone and mend its spelling; this is what is searched."""
    turns = [stages.speller.correct(turn) for turn in (*history, question)]
    return make_standalone(turns[-1], turns[:-1], stages.vocabulary)


def look_up(question: Standalone, stages: Stages) -> tuple[Found | None, str]:
    """Look a question up.

    A follow-up is tried in its own words first ("Where do they work?"), then with what it inherits.
    Only a library of one article is looked up: among many, "who wrote it" has no single meaning.

    Returns:
        What was found, None where it is not a question for looking up; and the question that was
        looked up.
    """
    if len(stages.look_ups) != 1:
        return None, question.text
    document = next(iter(stages.look_ups.values()))
    own = document.find(question.own) if question.is_appended else None
    if own and own.spans:
        return own, question.own
    own_words = question.own if question.is_appended else None
    return document.find(question.text, own_words), question.text


def quote_look_up(found: Found, stages: Stages) -> tuple[Quote, ...]:
    """Quote what a look-up found, in its order."""
    document = next(iter(stages.look_ups.values())).document
    limit = stages.settings.max_list_quotes if found.all_of_them else stages.settings.max_quotes
    quotes = [
        make_quote(document, span, score=1.0 - 0.01 * n) for n, span in enumerate(found.spans)
    ]
    return tuple(merge_quotes(quotes, stages.library.documents)[:limit])


def rank(question: str, stages: Stages) -> tuple[list[Quote], float]:
    """Find and rank quotes for a standalone question.

    Returns:
        Quotes, best first, and the confidence that the source answers, in [0, 1].
    """
    hits, signals, wording = gather(question, stages)
    if all(len(group[0]) < MIN_TERM_CHARS for group in wording.groups):
        return [], 0.0  # "no", "et al", "2": there is nothing to find
    model = evidence.load_model()
    scores = [model.passage(item) for item in signals]
    overall = evidence.question_signals(wording, signals, scores, stages.library)
    return quote_hits(hits, scores, stages.library), model.question(overall)


def gather(
    question: str, stages: Stages
) -> tuple[list[Hit], list[evidence.PassageSignals], Wording]:
    """Search, and compute the signals of each candidate; hits and signals are parallel."""
    settings, library = stages.settings, stages.library
    wording = widen(library.expander.expand_question(question))
    hits = library.search(
        wording.text,
        k=settings.candidates,
        dense_weight=settings.dense_weight,
        query_terms=wording.search_terms,
    )
    names = _names(question, stages)
    return hits, evidence.passage_signals(question, wording, hits, library, names), wording


def _names(question: str, stages: Stages) -> list[str]:
    return [name for item in stages.look_ups.values() for name in item.names.find(question)]


def quote_hits(hits: Sequence[Hit], scores: Sequence[float], library: Library) -> list[Quote]:
    """Quote hits in order of their scores, the best first, repetitions merged."""
    order = sorted(range(len(hits)), key=lambda position: -scores[position])[:MAX_RANKED]
    quotes = [
        make_quote(
            library.documents[hits[n].passage.document_id], hits[n].passage.span, score=scores[n]
        )
        for n in order
    ]
    return merge_quotes(quotes, library.documents)


def select(question: str, ranked: Sequence[Quote], settings: Settings) -> tuple[Quote, ...]:
    """Choose the quotes that are shown: those not much weaker than the best one."""
    limit = settings.max_list_quotes if evidence.asks_for_list(question) else settings.max_quotes
    floor = ranked[0].score * settings.keep_ratio
    return tuple(quote for quote in ranked[:limit] if quote.score >= floor)


def rank_all(question: str, history: Sequence[str], stages: Stages) -> list[Quote]:
    """Rank as `answer_question` does, whatever it would say; for evaluation."""
    asked = understand(question, history, stages)
    found, _ = look_up(asked, stages)
    looked_up = list(quote_look_up(found, stages)) if found and found.spans else []
    ranked, _ = rank(asked.text, stages)
    weaker = [replace(quote, score=min(quote.score, 0.5)) for quote in ranked]
    quotes = [*looked_up, *weaker] if looked_up else ranked
    return merge_quotes(quotes, stages.library.documents)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + "."
