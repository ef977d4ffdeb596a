"""From a follow-up to a question that stands alone.

A follow-up leaves out what the last question said ("And in rats?", "What did they find?"). What it
says itself is kept; what it leaves out is taken from the last standalone question. A question that
says everything itself inherits nothing, so a new topic starts afresh.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from corpus.abbreviations import Expander
from index.lexical import terms

ELLIPSIS_TERMS = 2
"""A question with at most this many content terms and no topic of its own is an ellipsis."""

_LEADING = re.compile(
    r"^\s*(?:(?:and|but|so|or|ok(?:ay)?|then|also|plus|now|no|not that|yes|well|thanks|thank you|"
    r"oh|ah|oops|"
    r"sorry|actually|rather|wait|what about|how about|what of|same for|as for|(?:going )?back to|"
    r"one more (?:thing|question)(?: (?:on|about))?|i mean(?:t)?|make that|"
    r"i (?:wanted|want|asked) (?:that|it|this) (?:for|about|of))\b[\s,.!:;-]*)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?<![\s,])[\s,]++(?:i mean(?:t)?|rather|instead|please|though|then)\W*$", re.IGNORECASE
)
_COMPLETE_OPENING = re.compile(
    r"^(?:what|who|whom|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|"
    r"should|list|name|tell|give|show|explain|describe|define)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:(?:what|who)(?:'s|\s+is|\s+are|\s+was)|define|explain|describe|tell me about)\s+(?:an? )?"
    r"(?!the\b)[\w-]{4,}\W*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"(?P<new>[^,;?]{1,40}?),?\s+(?:and not|not|rather than|instead of)\s+"
    r"(?P<old>[^,;?]{1,40}?)\W*|"
    r"not\s+(?P<wrong>[^,;?]{1,40}?),?\s+but\s+(?P<right>[^,;?]{1,40}?)\W*",
    re.IGNORECASE,
)
_FRONTED = re.compile(r"(?P<topic>[^,:?]{2,40})[,:]\s+(?P<asked>.+)")
_ARTICLE = re.compile(
    r"\b(?:this|the|that|your|in the)\s+(?:review|article|paper|source|text|document|journal|"
    r"manuscript|"
    r"publication|bibliography|reference list)\b|\b(?:is|are|was|were) there\b|"
    r"\b(?:is|was) it (?:true|known|possible|safe|clear|understood|settled|certain|proven)\b|"
    r"\bthat (?=(?:is|are|was|were|can|could|may|the|it)\b)",
    re.IGNORECASE,
)
_PRONOUN = (
    r"(?:it|they|them|he|she|him|those|these|this|that|theirs|"
    r"the (?:same|others?|former|latter|study|studies|trial|authors?|disease|condition))"
)
_SUBJECT_PRONOUN = re.compile(
    rf"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|"
    rf"should)\s+{_PRONOUN}\b(?! \w+ (?:is|are|was|were)\b)",
    re.IGNORECASE,
)
_FINAL_PRONOUN = re.compile(
    rf"\b{_PRONOUN}(?:\s+(?:too|then|all|exactly|either|there))?\s*[?.!]*\s*$", re.IGNORECASE
)
_OF_THEM = re.compile(
    r"\b(?:of|among|from|in|with|by|for) (?:them|those|these|it|that|this)\b", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"\b(?:their|its|his|her)\b", re.IGNORECASE)
_EARLY_PRONOUN = re.compile(
    rf"\b{_PRONOUN}\b|\b(?:their|its|his|one|ones|"
    rf"there)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:(?:van|de|von|Abd) )?[A-ZÀ-Ž][\w-]+")
_BARE_NUMBER = re.compile(r"\W*(?:(?:number|reference|ref\.?|no\.?)\s*)?\d{1,3}\W*", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What of a library may stand in for each other in a follow-up.

    Attributes:
        authors: family names in lower case; only asked whether one is among them.
        expander: the defined abbreviations; each long form names a concept.
    """

    authors: Container[str]
    expander: Expander


_SMALL_TALK = re.compile(
    r"\W*(?:(?:hello|hi|hey|thanks|thank you|thx|cheers|bye|goodbye|"
    r"good (?:morning|afternoon|evening|night|day)|ok|okay|great|nice|cool|perfect|lol|sorry|"
    r"please|there|again|very much|so much|a lot)\b\W*)+",
    re.IGNORECASE,
)
"""Asks nothing, and leaves the topic of the conversation what it was."""


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be searched.

    Attributes:
        text: complete in itself.
        own: what the user asked this time, without opening words such as "and".
        is_appended: ``text`` is ``own`` with an earlier question added in brackets.
        previous: the standalone question before it, if something was taken from that; else "".
    """

    text: str
    own: str
    is_appended: bool
    previous: str = ""


def make_standalone(question: str, history: Sequence[str], vocabulary: Vocabulary) -> Standalone:
    """Make a question stand alone.

    Args:
        question: as asked now.
        history: the earlier questions of the conversation, oldest first.
        vocabulary: names and concepts that can replace one another.

    Returns:
        The question itself where it leaves nothing out; otherwise one with the last question's
        words added in brackets, or with its name, concept or number exchanged.
    """
    if _SMALL_TALK.fullmatch(question):
        return Standalone(question.strip(), question.strip(), is_appended=False)
    resolved = Standalone("", "", is_appended=False)
    for turn in (*history, question):
        if not _SMALL_TALK.fullmatch(turn):
            resolved = _resolve(turn.strip(), resolved.text, vocabulary)
    return resolved


def _resolve(question: str, previous: str, vocabulary: Vocabulary) -> Standalone:
    own = _TRAILING.sub("", _LEADING.sub("", question)).strip() or question
    if not previous:
        return Standalone(question, own, is_appended=False)
    opened = own != question
    corrected = _correct(own, previous)
    if corrected:
        return Standalone(corrected, own, is_appended=False, previous=previous)
    if _fronts_topic(own, vocabulary) or not leaves_out(own, vocabulary, opened=opened):
        return Standalone(own if opened else question, own, is_appended=False)
    exchanged = _exchange(own, previous, vocabulary)
    if exchanged:
        return Standalone(exchanged, own, is_appended=False, previous=previous)
    topic = re.sub(r"\s*\(.*\)$", "", previous).strip().rstrip("?. ")
    outer = re.search(r"\((.*)\)$", previous)
    if outer and len(terms(topic)) <= ELLIPSIS_TERMS:  # keep the root topic of a chain of ellipses
        topic = f"{topic}; {outer[1].rstrip('?. ')}"
    text = f"{own.rstrip('?. ')}? ({topic})"
    return Standalone(text, own, is_appended=True, previous=previous)


def leaves_out(question: str, vocabulary: Vocabulary, *, opened: bool = False) -> bool:
    """Tell whether a question needs the one before it.

    Args:
        question: without opening words.
        vocabulary: names and concepts that make a topic.
        opened: it came with an opening word ("and …").
    """
    rest = _ARTICLE.sub(" ", question)
    if _SUBJECT_PRONOUN.search(rest) or _FINAL_PRONOUN.search(rest) or _OF_THEM.search(rest):
        return True
    early = _EARLY_PRONOUN.search(rest)
    if early and len(terms(rest[: early.start()])) <= 1:
        return True
    if _DEFINITION.match(question):
        return False
    has_topic = _names_topic(question, vocabulary)
    if _POSSESSIVE.search(rest) and not has_topic:
        return True
    if _COMPLETE_OPENING.match(question) and len(terms(question)) >= ELLIPSIS_TERMS:
        return False
    if opened:
        return not _COMPLETE_OPENING.match(question) or not has_topic
    return len(terms(question)) <= ELLIPSIS_TERMS and not has_topic


def _names_topic(question: str, vocabulary: Vocabulary) -> bool:
    return bool(_authors_in(question, vocabulary) or _concepts_in(question, vocabulary))


def _fronts_topic(question: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a topic stands before a whole question: "Zani, which enzyme was it?"."""
    fronted = _FRONTED.fullmatch(question)
    if not fronted or not _COMPLETE_OPENING.match(fronted["asked"]):
        return False
    return _names_topic(fronted["topic"], vocabulary)


def _correct(own: str, previous: str) -> str | None:
    """Put "stroke" in the place of "HIE" in ``previous`` where it is told "stroke, not HIE"."""
    told = _CORRECTION.fullmatch(own)
    if not told or _COMPLETE_OPENING.match(own):
        return None
    new, old = (told["new"], told["old"]) if told["new"] else (told["right"], told["wrong"])
    place = re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])", re.IGNORECASE)
    return place.sub(lambda _: new, previous, count=1) if place.search(previous) else None


def _exchange(own: str, previous: str, vocabulary: Vocabulary) -> str | None:
    """Put a name, concept or number of an ellipsis in the place of its like in ``previous``."""
    if _COMPLETE_OPENING.match(own) or len(terms(own)) > 3:
        return None
    new_numbers, old_numbers = _NUMBER.findall(own), _NUMBER.findall(previous)
    if _BARE_NUMBER.fullmatch(own) and len(old_numbers) == 1:
        return previous.replace(old_numbers[0], new_numbers[0])
    for find in (_authors_in, _concepts_in):
        new, old = find(own, vocabulary), find(previous, vocabulary)
        if len(new) == 1 and len(old) == 1 and new != old:
            return previous.replace(old[0], new[0], 1)
    return None


def _authors_in(question: str, vocabulary: Vocabulary) -> list[str]:
    return [
        match[0]
        for match in _NAME.finditer(question)
        if match[0].lower().removesuffix("'s") in vocabulary.authors
    ]


def _concepts_in(question: str, vocabulary: Vocabulary) -> list[str]:
    """Find defined abbreviations and long forms as written in the question, in order."""
    lowered = question.lower()
    found = []
    for forms in vocabulary.expander.lowered:
        for form in forms:
            if len(form) <= 2 or form not in lowered:
                continue  # a pattern for each would cost a large library dear
            # Searched in the question itself: "İ" takes two characters in lower case.
            pattern = rf"(?<![\w-]){re.escape(form)}s?(?![\w-])"
            match = re.search(pattern, question, re.IGNORECASE)
            if match:
                found.append((match.start(), question[match.start() : match.end()]))
                break
    return [form for _, form in sorted(found)]
