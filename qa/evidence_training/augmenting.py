"""Altered questions: misspelt ones, and ones that name another thing or number."""

import random
import re
from dataclasses import dataclass

_ENTITY = re.compile(
    r"(?<![\w-])(?:[A-Z][\w-]*[A-Z0-9][\w-]*|\d[\d.,]*\d|\d|[A-Z][a-z][\w-]{2,})(?![\w-])"
)
"""Acronyms and names with digits, numbers, capitalised words."""
_OPENING = frozenset(
    "What Which Who Whom Whose When Where Why How Is Are Was Were Do Does Did Can Could In On At "
    "For By From The Name List Has Have Had Of To As If".split()
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Swap:
    """A question in which ``old`` was replaced by ``new``."""

    question: str
    old: str
    new: str


def misspell(text: str, rng: random.Random) -> str:
    """Drop, double, swap or change one letter in one or two of the longer words."""
    words = text.split(" ")
    long = [n for n, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for n in rng.sample(long, min(len(long), rng.choice((1, 1, 2)))):
        word = words[n]
        at = rng.randrange(1, len(word) - 1)
        words[n] = rng.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + rng.choice(_LETTERS) + word[at + 1 :],
            )
        )
    mended = " ".join(words)
    return mended.lower() if rng.random() < 0.5 else mended


def swap_entity(question: str, answer: str, article: str, rng: random.Random) -> Swap | None:
    """Replace a name or number that the answer holds by one of the same shape that it does not.

    Args:
        question: answered by ``answer``.
        answer: the sentence and what stands before it.
        article: where the other names are taken from.
        rng: chooses.

    Returns:
        The altered question, or None where the two share no name or number, or there is no other.
    """
    lowered = answer.lower()
    shared = [
        match
        for match in _ENTITY.finditer(question)
        if match[0] not in _OPENING and match[0].lower() in lowered
    ]
    if not shared:
        return None
    place = rng.choice(shared)
    old = place[0]
    others = {
        match[0]
        for match in _ENTITY.finditer(article)
        if _shape(match[0]) == _shape(old) and match[0].lower() not in lowered
    }
    if old[0].isdigit():
        others |= {str(int(re.sub(r"\D", "", old)[:6]) + step) for step in (-2, -1, 1, 2, 10)}
        others = {other for other in others if other not in lowered and not other.startswith("-")}
    others -= _OPENING
    if not others:
        return None
    new = rng.choice(sorted(others))
    return Swap(question[: place.start()] + new + question[place.end() :], old, new)


def _shape(entity: str) -> str:
    if entity[0].isdigit():
        return "number"
    return "name" if entity[1:].islower() else "acronym"
