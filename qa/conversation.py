"""From a follow-up to a question that stands alone.

A follow-up leaves out what the last question said ("And in rats?", "What did they find?"). What it
says itself is kept; what it leaves out is taken from the last standalone question. A question that
says everything itself inherits nothing, so a new topic starts afresh.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.abbreviations import Expander
from index.lexical import STOP_WORDS, terms, words

MAX_ELLIPSIS_TERMS = 4
"""A follow-up with more words of its own than this is taken to be complete, unless it points back."""

_OPENS_BACK = re.compile(
    r"^\s*(?:and|but|so|or|ok(?:ay)?|then|also|plus|what about|how about|what else|anything else|"
    r"why(?: not| is that| so)?\s*\?|how so|which one|which ones|same|for what|in what|by whom|"
    r"since when|really|no,|yes,|in (?!this|the (?:article|review|paper))\w+\s*\?|with what)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|she|him|his|hers?|those|these|that|this|there|one|ones|"
    r"the same|the others?|another|the former|the latter|both|such|"
    r"the (?:study|studies|trial|trials|authors?|result|results|cells?|group|groups|infants?|babies|"
    r"animals?|effect|effects|outcome|paper|finding|findings|disease|condition|route|treatment))\b",
    re.IGNORECASE,
)
_POINTS_AT_ARTICLE = re.compile(
    r"\b(?:this|the|that|your|it|these)\s+(?:review|article|paper|source|text|document|journal|"
    r"publication|authors of this|manuscript|pdf|list|bibliography)\b|\bis it true\b|\bdoes it matter\b|"
    r"\bis (?:it|there|this)\b(?=.*\bthat\b)|\b(?:is|are|was|were) there\b|\bis it (?:known|possible|safe)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^\s*(?:(?:and|but|so|or|ok(?:ay)?|then|also|no|yes|what about|how about|what of)\b[\s,]*)+",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:van |de |von |Abd )?[A-ZÀ-ŽÖ][\w-]+(?=(?:'s|’s)?\b)")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What of a library may stand in for each other in a follow-up.

    Attributes:
        authors: family names in lower case.
        expander: the defined abbreviations; each long form names a concept.
    """

    authors: frozenset[str]
    expander: Expander


def standalone_question(question: str, history: Sequence[str], vocabulary: Vocabulary) -> str:
    """Make a question stand alone.

    Args:
        question: as asked now.
        history: the earlier questions of the conversation, oldest first.
        vocabulary: names and concepts that can replace one another.

    Returns:
        The question itself where it leaves nothing out; otherwise one with the last question's
        words added or its name or concept exchanged.
    """
    standalone = ""
    for turn in (*history, question):
        standalone = _resolve(turn, standalone, vocabulary) if standalone else turn.strip()
    return standalone


def _resolve(question: str, previous: str, vocabulary: Vocabulary) -> str:
    question = question.strip()
    if not leaves_out(question, vocabulary):
        return question
    own = _LEADING.sub("", question).strip() or question
    exchanged = _exchange(own, previous, vocabulary)
    if exchanged:
        return exchanged
    return f"{own.rstrip('?. ')}? ({previous.strip().rstrip('?. ')})"


def leaves_out(question: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a question needs the one before it."""
    if _OPENS_BACK.search(question):
        return True
    own_terms = [term for term in terms(question) if not term.isdigit()]
    about_article = _POINTS_AT_ARTICLE.search(question)
    if _POINTS_BACK.search(question) and not about_article:
        return not _names_topic(question, vocabulary) or bool(_is_possessive(question))
    return len(own_terms) <= 1 and not about_article and not _names_topic(question, vocabulary)


def _is_possessive(question: str) -> bool:
    return bool(
        re.search(r"\b(?:they|them|their|he|she|his|those|these|it|its)\b", question, re.IGNORECASE)
        and len(terms(question)) <= MAX_ELLIPSIS_TERMS
    )


def _names_topic(question: str, vocabulary: Vocabulary) -> bool:
    return bool(_authors_in(question, vocabulary) or _concepts_in(question, vocabulary))


def _exchange(own: str, previous: str, vocabulary: Vocabulary) -> str | None:
    """Put a name or concept of an ellipsis in the place of its like in the previous question."""
    if len(terms(own)) > 3 or _POINTS_BACK.search(own):
        return None
    for find in (_authors_in, _concepts_in):
        new, old = find(own, vocabulary), find(previous, vocabulary)
        if len(new) == 1 and len(old) == 1 and new != old:
            return re.sub(rf"{re.escape(old[0])}", new[0], previous, count=1, flags=re.IGNORECASE)
    return None


def _authors_in(question: str, vocabulary: Vocabulary) -> list[str]:
    return [match[0] for match in _NAME.finditer(question) if match[0].lower() in vocabulary.authors]


def _concepts_in(question: str, vocabulary: Vocabulary) -> list[str]:
    """Find defined abbreviations and long forms as written in the question, in order."""
    lowered = question.lower()
    found = []
    for short, long in vocabulary.expander.definitions.items():
        for form in (long, short):
            match = re.search(rf"(?<![\w-]){re.escape(form.lower())}s?(?![\w-])", lowered)
            if match and (len(form) > 2):
                found.append((match.start(), question[match.start() : match.end()]))
                break
    return [form for _, form in sorted(found)]


def content_words(question: str) -> list[str]:
    """Return the words of a question that are not stop words, as written but in lower case."""
    return [word for word in words(question) if word not in STOP_WORDS]
