"""Sentence boundaries as spans.

Rules of our own: on the hard cases under `tests/corpus/golden` they were measured against four
libraries (see docs/decisions.md). For quoting, a false cut (half a sentence shown) is worse than a
missed one, so every doubtful place stays whole.
"""

import re

from corpus.document import Span

# A stop, closing quotes or brackets, a reference marker that follows the stop, then white space.
_CANDIDATE = re.compile(
    r"(?P<stop>[.!?…]+|\.(?=\d{1,3}(?:[,–-]\d{1,3})*\s+[A-Z]))"
    r"(?P<close>[\"'”’»)\]]*)"
    r"(?P<marker>(?:\s?[(\[]\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[)\]]|"
    r"(?<=[a-z)]\.)\d{1,3}(?:[,–-]\d{1,3})*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,–⁻-]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)?)"
    r"(?P<space>\s+)"
)
_NEVER_LAST = frozenset(
    (
        "e.g i.e vs viz cf ca approx dr prof mr mrs ms st fig figs eq eqs ref refs tab no nos vol "
        "ed eds p pp ch sec resp incl subsp var gen nov jan feb mar apr jun jul aug sep sept oct "
        "nov dec dept univ rev appx suppl sect ser"
    ).split()
)
"""Abbreviations that do not end a sentence, in lower case and without their last stop."""
_SELDOM_LAST = frozenset(
    (
        "al etc inc ltd co jr sr u.s u.k e.u ph.d m.d a.m p.m i.v i.m s.c p.o b.i.d sp spp min max "
        "avg est"
    ).split()
)
"""Abbreviations that end a sentence only before a word that plainly opens one."""
_OPENERS = frozenset(
    (
        "the a an this these that those it its they we he she in on at for from as although "
        "however moreover "
        "furthermore thus therefore while when after before during there here our both all "
        "most many several some no not each another other similarly finally recently also"
    ).split()
)
_INITIALS = re.compile(r"(?:^|[\s(.\-])[A-Z]$")
_LOWER_OPENER = re.compile(
    r"(?:p\d{2}|mi?R(?:NA)?s?\b|mRNA|siRNA|lncRNA|circRNA|[a-z]{1,2}[A-Z][\w-]*|[a-z]-[A-Z])"
)
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘/]+$")


def split_sentences(text: str) -> list[Span]:
    """Cut a text into sentences; the gaps between the spans are white space only.

    >>> [text[s.start:s.end] for text in ["Cregan et al. (11) saw it. We did not."]
    ...  for s in split_sentences(text)]
    ['Cregan et al. (11) saw it.', 'We did not.']

    Returns:
        Spans in order, trimmed of white space; empty for a text without any character to show.
    """
    spans: list[Span] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        if _is_boundary(text, start, match):
            _append(spans, text, start, match.start("space"))
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        spans.append(Span(left, left + len(piece.strip())))


def _is_boundary(text: str, start: int, match: re.Match[str]) -> bool:
    after = text[match.end() :]
    if not after or not _opens_sentence(after):
        return False
    if _depth(text[start : match.end("close")]) > 0:  # inside brackets that are still open
        return False
    if match["stop"] in ("...", "…") and not match["close"]:
        return after[0].isupper()
    if match["stop"] != "." or match["close"]:
        return True
    return not _is_abbreviation(text[start : match.start("stop")], after, bool(match["marker"]))


def _opens_sentence(after: str) -> bool:
    first = after.lstrip("\"'“‘«([")[:1]
    if not first:
        return False
    if first.islower() and not _is_greek(first):
        return bool(_LOWER_OPENER.match(after))
    return first.isupper() or first.isdigit() or _is_greek(first) or first in "↓↑≥≤<>~"


def _is_greek(character: str) -> bool:
    return "\u0370" <= character <= "\u03ff"


def _depth(piece: str) -> int:
    return piece.count("(") + piece.count("[") - piece.count(")") - piece.count("]")


def _is_abbreviation(before: str, after: str, has_marker: bool) -> bool:
    found = _WORD_BEFORE.search(before)
    word = found[0] if found else ""
    key = word.lower().rstrip(",;")
    next_word = re.split(r"[\s,;:]", after, maxsplit=1)[0].lower()
    if key in _SELDOM_LAST:
        return has_marker or next_word not in _OPENERS
    if key in _NEVER_LAST:
        return key != "no" or after[0].isdigit()  # "The answer was no. Nothing else …"
    if re.fullmatch(r"\d{1,2}", before.strip()):  # the number of a step: "1. Thaw the cells"
        return True
    if _INITIALS.search(word) and len(word.replace(".", "")) <= 3:  # "E. coli", "J. M. Smith"
        return next_word not in _OPENERS
    return bool(after[0].isdigit() and re.fullmatch(r"v|ver|version", key))
