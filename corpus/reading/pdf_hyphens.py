"""What becomes of a hyphen at the end of a printed line.

A word that was parted to fill the line is mended; a compound keeps its hyphen. Which of the two it
is, the article's own words decide, then a list of English words.
"""

import re
from collections.abc import Container, Iterable
from enum import StrEnum
from functools import cache
from typing import cast

from spellchecker import SpellChecker


class Joint(StrEnum):
    """How two lines become one."""

    SPACE = "with a space"
    TIGHT = "without"
    MENDED = "without, and the hyphen goes"


_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PARTED = re.compile(r"(?<![^\W\d_])(?P<head>[^\W\d_]++)-$")
_TAIL = re.compile(r"[^\W\d_]+")
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|et|ou)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|doi|\b10\.\d{4}", re.IGNORECASE)
_TIGHT_END = re.compile(r"[^\s\-–][-–]$")


class Hyphens:
    """Joins lines of one article; it knows the words that the article prints inside its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        for line in lines:
            found = _WORD.findall(line)
            # The word that ends a line may be the half of one.
            self._words.update(word.lower() for word in (found[:-1] if found else ()))

    def joint(self, above: str, below: str) -> Joint:
        """Tell how a line and the next one of the same paragraph are joined."""
        if _ends_in_address(above) and not below[:1].isupper():
            return Joint.TIGHT
        if not _TIGHT_END.search(above) or not below or below[0].isspace():
            return Joint.SPACE
        if _SUSPENDED.match(below) and above.endswith("-"):
            return Joint.SPACE
        head, tail = _PARTED.search(above), _TAIL.match(below)
        if not head or not tail or not tail[0].islower():
            return Joint.TIGHT if below[0] not in "([" else Joint.SPACE
        return Joint.MENDED if self._is_one_word(head["head"], tail[0]) else Joint.TIGHT

    def join(self, above: str, below: str) -> str:
        """Return two lines as one."""
        joint = self.joint(above, below)
        if joint is Joint.MENDED:
            return above[:-1] + below
        return above + ("" if joint is Joint.TIGHT else " ") + below

    def _is_one_word(self, head: str, tail: str) -> bool:
        first, second = head.lower(), tail.lower()
        if len(head) == 1 or not head[1:].islower():  # "β-catenin", "HIV-negative"
            return False
        if f"{first}-{second}" in self._words:
            return False
        if first + second in self._words:
            return True
        known = _english()
        if first + second in known:
            return True
        return not all(word in self._words or word in known for word in (first, second))


def _ends_in_address(line: str) -> bool:
    """Tell whether the last word of a line is an address that was parted behind a sign."""
    if not line.endswith(("/", ".", "-", "_")):
        return False
    word = line.split()[-1]
    address = _ADDRESS.search(word)
    return address is not None and address.end() < len(word)


@cache
def _english() -> Container[str]:
    return cast("Container[str]", SpellChecker(language="en").word_frequency)
