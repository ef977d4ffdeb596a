"""Sentence boundaries as spans.

Rules of our own: on the hard cases under `tests/corpus/golden` they were measured against four
libraries (see docs/decisions.md). For quoting, a false cut (half a sentence shown) is worse than a
missed one, so every doubtful place stays whole.
"""

import re

from corpus.document import Span

# A stop, closing quotes or brackets, a reference marker that follows the stop, then white space.
_CANDIDATE = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++|\.(?=\d{1,3}(?:[,–-]\d{1,3})*\s+[A-Z]))"
    r"(?P<close>[\"'”’»)\]]*+)"
    r"(?P<marker>(?:\s?[(\[]\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[)\]]|"
    r"(?<=[a-z)]\.)\d{1,3}(?:[,–-]\d{1,3})*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,–⁻-]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)?)"
    r"(?P<space>\s++)"
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
_OPENING = re.compile(r"[\"'“‘«(\[]*+(?P<first>.)", re.DOTALL)
_NEXT_WORD = re.compile(r"[^\s,;:]*+")
_LOWER_OPENER = re.compile(
    r"(?:p\d{2}|mi?R(?:NA)?s?\b|mRNA|siRNA|lncRNA|circRNA|[a-z]{1,2}[A-Z][\w-]*|[a-z]-[A-Z])"
)
_STEP = re.compile(r"\d{1,2}\s*")
_BEFORE_WORD = frozenset("([\"'“‘/")


def split_sentences(text: str) -> list[Span]:
    """Cut a text into sentences; the gaps between the spans are white space only.

    >>> [text[s.start:s.end] for text in ["Cregan et al. (11) saw it. We did not."]
    ...  for s in split_sentences(text)]
    ['Cregan et al. (11) saw it.', 'We did not.']

    Returns:
        Spans in order, trimmed of white space; empty for a text without any character to show.
    """
    spans: list[Span] = []
    start = counted = len(text) - len(text.lstrip())
    depth = 0  # how many brackets are open
    for match in _CANDIDATE.finditer(text):
        depth += _depth(text[counted : match.end("close")])
        counted = match.end("close")
        if depth <= 0 and _is_boundary(text, start, match):
            _append(spans, text, start, match.start("space"))
            start = counted = match.end()
            depth = 0
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        spans.append(Span(left, left + len(piece.strip())))


def _is_boundary(text: str, start: int, match: re.Match[str]) -> bool:
    after = match.end()
    if not _opens_sentence(text, after):
        return False
    if match["stop"] in ("...", "…") and not match["close"]:
        return text[after].isupper()
    if match["stop"] != "." or match["close"]:
        return True
    return not _is_abbreviation(text, start, match)


def _opens_sentence(text: str, after: int) -> bool:
    opening = _OPENING.match(text, after)
    first = opening["first"] if opening else ""
    if not first:
        return False
    if first.islower() and not _is_greek(first):
        return bool(_LOWER_OPENER.match(text, after))
    return first.isupper() or first.isdigit() or _is_greek(first) or first in "↓↑≥≤<>~"


def _is_greek(character: str) -> bool:
    return "\u0370" <= character <= "\u03ff"


def _depth(piece: str) -> int:
    return piece.count("(") + piece.count("[") - piece.count(")") - piece.count("]")


def _is_abbreviation(text: str, start: int, match: re.Match[str]) -> bool:
    before, after = match.start("stop"), match.end()
    word = _word_before(text, start, before)
    key = word.lower().rstrip(",;")
    following = _NEXT_WORD.match(text, after)
    next_word = following[0].lower() if following else ""
    if key in _SELDOM_LAST:
        return bool(match["marker"]) or next_word not in _OPENERS
    if key in _NEVER_LAST:
        return key != "no" or text[after].isdigit()  # "The answer was no. Nothing else …"
    if _STEP.fullmatch(text, start, before):  # the number of a step: "1. Thaw the cells"
        return True
    if _INITIALS.search(word) and len(word.replace(".", "")) <= 3:  # "E. coli", "J. M. Smith"
        return next_word not in _OPENERS
    return text[after].isdigit() and key in ("v", "ver", "version")


def _word_before(text: str, start: int, end: int) -> str:
    """Return what stands between the last white space, bracket or quote and ``end``."""
    end -= end > start and text[end - 1] == "\n"
    first = end
    while first > start and not (text[first - 1].isspace() or text[first - 1] in _BEFORE_WORD):
        first -= 1
    return text[first:end]
