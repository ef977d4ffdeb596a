"""Abbreviations that an article defines itself, and their expansion for searching.

Definitions are found in running text ("necrotizing enterocolitis (NEC)") by the algorithm of
Schwartz and Hearst (A simple algorithm for identifying abbreviation definitions in biomedical
text, Pac Symp Biocomput 2003) and in the legend of a table ("HIE: hypoxic-ischemic
encephalopathy;"). Expansion is for what is embedded and searched, never for what is quoted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

_PARENTHESIS = re.compile(r"\(([^()]{2,12})\)")
_LEGEND_ENTRY = re.compile(
    r"(?P<short>[A-Za-z][\w-]{1,15})[:,]\s+(?P<long>[^;:]{1,300}?)(?:\.?$|"
    r"(?=;))"
)
_MOST_BEFORE = 2_000
"""Characters in front of a short form in which its long form is looked for."""
_WORD_START = re.compile(r"(?<![\w-])(?=\S)")
_SHORT_FORM = re.compile(r"(?=[^a-z]*[A-Za-z])[\w][\w+-]{1,9}")


def find_definitions(sentences: Iterable[str]) -> dict[str, str]:
    """Find "long form (SHORT)" in sentences.

    Returns:
        Short form -> long form as first defined.
    """
    found: dict[str, str] = {}
    for sentence in sentences:
        for match in _PARENTHESIS.finditer(sentence):
            short = match[1].strip()
            if not _looks_short(short) or short in found:
                continue
            start = max(0, match.start() - _MOST_BEFORE)
            long = _best_long_form(short, sentence[start : match.start()])
            if long:
                found[short] = long
    return found


def _looks_short(short: str) -> bool:
    capitals = sum(character.isupper() for character in short)
    return bool(_SHORT_FORM.fullmatch(short)) and capitals >= 2


def _best_long_form(short: str, before: str) -> str | None:
    """Match the short form backwards; its first character must open a word (figure 1 there)."""
    words = before.split()
    limit = min(len(short) + 5, len(short) * 2)
    window = " ".join(words[-limit:])
    position = len(window)
    for index, character in reversed(list(enumerate(short))):
        if not character.isalnum():
            continue
        while True:
            position -= 1
            if position < 0:
                return None
            opens_word = position == 0 or not window[position - 1].isalnum()
            if window[position].lower() == character.lower() and (index > 0 or opens_word):
                break
    long = window[window.rfind(" ", 0, position) + 1 :].strip()
    if len(long) <= len(short) or short in long.split():
        return None
    return long


def read_legend(text: str) -> dict[str, str]:
    """Read the entries of a table legend: short form -> long form."""
    return {match["short"]: match["long"].strip() for match in _LEGEND_ENTRY.finditer(text)}


class Expander:
    """Adds the long form behind each abbreviation: ``NEC`` -> ``NEC (necrotizing enterocolitis)``.

    Plurals count too (``BMSCs``). A text that already has the long form is left alone there. What a
    text costs hardly depends on how many abbreviations there are: a library may have ten thousands.
    """

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self.definitions = dict(definitions)
        self._lengths = sorted({len(short) for short in self.definitions}, reverse=True)

    def long_form(self, term: str) -> str:
        """Return the long form of an abbreviation, however capitalised; other terms as they are."""
        return self._long_by_lower.get(term.lower().strip(), term)

    @cached_property
    def lowered(self) -> tuple[tuple[str, str], ...]:
        """Long form and abbreviation of each definition, in lower case."""
        return tuple((long.lower(), short.lower()) for short, long in self.definitions.items())

    @cached_property
    def _long_by_lower(self) -> dict[str, str]:
        return {short.lower(): long for short, long in self.definitions.items()}

    @cached_property
    def _short_by_lower(self) -> dict[str, str]:
        return {short.lower(): short for short in self.definitions if len(short) >= 3}

    def expand(self, text: str) -> str:
        """Return the text with each defined abbreviation followed by its long form, once each."""
        done: set[str] = set()
        lowered = text.lower()
        pieces: list[str] = []
        kept = 0
        for short, end in self._occurrences(text):
            long = self.definitions[short]
            if short in done:
                continue
            done.add(short)
            if long.lower() in lowered:
                continue
            pieces += [text[kept:end], f" ({long})"]
            kept = end
        return "".join([*pieces, text[kept:]])

    def _occurrences(self, text: str) -> Iterator[tuple[str, int]]:
        """Find the abbreviations in a text, the longest at each place, and where each ends."""
        passed = 0
        for match in _WORD_START.finditer(text):
            found = self._short_at(text, match.start()) if match.start() >= passed else None
            if found:
                passed = found[1]
                yield found

    def _short_at(self, text: str, start: int) -> tuple[str, int] | None:
        for length in self._lengths:
            short, end = text[start : start + length], start + length
            if short not in self.definitions:
                continue
            if text[end : end + 1] == "s" and not _continues_word(text, end + 1):
                return short, end + 1
            if not _continues_word(text, end):
                return short, end
        return None

    def expand_question(self, question: str) -> str:
        """Expand a question, in which abbreviations may be written in lower case (``nec``)."""
        by_lower = self._short_by_lower

        def restore_case(match: re.Match[str]) -> str:
            word = match[0]
            base = word[:-1] if word.endswith("s") and word.lower() not in by_lower else word
            return by_lower.get(base.lower(), word)

        return self.expand(re.sub(r"[A-Za-z][\w-]+", restore_case, question))


def _continues_word(text: str, place: int) -> bool:
    """Tell whether a letter, digit or underscore stands at a place."""
    return text[place : place + 1].isalnum() or text[place : place + 1] == "_"
