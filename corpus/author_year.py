"""In-text citations by author and year: ``(Pisano et al., 2020)``, ``Smith and Jones (2019a)``.

A citation counts only if exactly one entry of the bibliography fits it: first author's family name,
year, letter, second author where one is named, and how many authors there are. Whatever else looks
like one stays text without a marker: nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus.document import Marker, Reference, Span
from corpus.reference_styles import family_name

_YEAR = r"(?:18|19|20)\d\d[a-z]?(?!\w)"
_YEARS = rf"{_YEAR}(?:\s*(?:,|;|and|&)\s*(?:{_YEAR}|[a-z](?![\w'’.])))*"
_NAME = r"(?:(?:van|von|de|der|den|del|da|di|du|la|le|el|al)\s+){0,6}[^\W\d_a-z][\w'’\u2010-]+"
_ET_AL = r",?\s+et\s+al\b\.?|\s+and\s+(?:colleagues|co-?workers|others)\b"
_ENTRY_YEAR = re.compile(r"\b(?P<year>(?:18|19|20)\d\d)(?P<letter>[a-z])?(?!\w)")
_ONE_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d\d)(?P<letter>[a-z])?|(?P<next>[a-z])(?![\w.])")
_MAX_FAMILIES = 5_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """What of an entry a citation can name; folded."""

    number: int
    families: tuple[str, ...]
    year: int
    letter: str
    is_open: bool  # has more authors than are named


def find_author_year(
    text: str, spans: Iterable[Span], references: Sequence[Reference]
) -> tuple[Marker, ...]:
    """Find the citations by author and year that name exactly one entry each.

    Each year is a marker of its own: in ``(Lee, 2019, 2020)`` the first covers ``Lee, 2019``, the
    second ``2020``. One with its year in brackets covers the closing bracket.

    Args:
        text: the canonical text.
        spans: where to look (everything but the bibliography), in text order.
        references: the bibliography.
    """
    entries: dict[tuple[str, int], list[_Entry]] = {}
    for reference in references:
        if entry := _read_entry(reference):
            entries.setdefault((entry.families[0], entry.year), []).append(entry)
    families = {family_name(r.authors[0]) for r in references if r.authors}
    if not entries or len(families) > _MAX_FAMILIES:
        return ()
    pattern = _pattern(families)
    return tuple(
        marker
        for span in spans
        for match in pattern.finditer(text, span.start, span.end)
        if _cites(match) or _in_brackets(text, span.start, match.start())
        for marker in _markers(match, entries)
    )


def _pattern(families: set[str]) -> re.Pattern[str]:
    plain = {unicodedata.normalize("NFKD", name) for name in families}
    plain = {"".join(c for c in name if not unicodedata.combining(c)) for name in plain}
    longest_first = sorted({*families, *plain}, key=lambda name: (-len(name), name))
    known = "|".join(r"\s+".join(re.escape(word) for word in n.split()) for n in longest_first)
    return re.compile(
        rf"(?<![\w-])(?P<first>{known})(?![\w-])"
        rf"(?P<others>(?:,\s+{_NAME}){{0,6}},?\s*(?:\band\b|&)\s*{_NAME}(?:\s+{_NAME})?)?"
        rf"(?P<et_al>{_ET_AL})?(?:['’]s?)?"
        rf"(?P<comma>,)?\s*(?P<open>[(\[]\s*)?(?P<years>{_YEARS})"
        r"(?:(?=[^()\[\];]{0,40}(?P<close>[)\]])))?"
    )


def _read_entry(reference: Reference) -> _Entry | None:
    if not reference.authors or reference.year is None:
        return None
    letters = {
        found["letter"] or ""
        for found in _ENTRY_YEAR.finditer(reference.text)
        if int(found["year"]) == reference.year
    }
    letter = max(letters, default="")
    families = tuple(_fold(family_name(author)) for author in reference.authors)
    return _Entry(reference.number, families, reference.year, letter, reference.et_al)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum())


def _cites(match: re.Match[str]) -> bool:
    """Tell whether a name with a year is a citation wherever it stands."""
    return bool(match["open"] or (match["comma"] and (match["et_al"] or match["others"])))


def _in_brackets(text: str, start: int, position: int) -> bool:
    """Tell whether a position stands inside an open bracket of its block."""
    depth = 0
    for character in reversed(text[max(start, position - 400) : position]):
        depth += (character in ")]") - (character in "([")
        if depth < 0:
            return True
    return False


def _markers(
    match: re.Match[str], entries: dict[tuple[str, int], list[_Entry]]
) -> Iterator[Marker]:
    year, start = 0, match.start()
    found = list(_ONE_YEAR.finditer(match.string, match.start("years"), match.end("years")))
    for one, following in zip_longest(found, found[1:]):
        year = int(one["year"] or year)
        number = _resolve(match, entries.get((_fold(match["first"]), year), ()), one)
        closes = following is None and match["open"] and match["close"]
        if number is not None:
            yield Marker(Span(start, match.end("close") if closes else one.end()), (number,))
        start = following.start() if following else one.end()


def _resolve(match: re.Match[str], candidates: Sequence[_Entry], one: re.Match[str]) -> int | None:
    """Return the number of the one entry that fits, None where none or several do."""
    letter = one["letter"] or one["next"] or ""
    if letter:
        candidates = [entry for entry in candidates if entry.letter == letter]
    others = re.findall(_NAME, re.sub(r"\band\b", " ", match["others"] or ""))
    named = [_fold(name) for name in others]
    if match["et_al"]:
        candidates = [e for e in candidates if e.is_open or len(e.families) > len(named) + 1]
    if named:
        candidates = [e for e in candidates if _names(e, named)]
    if not match["et_al"]:
        whole = [e for e in candidates if len(e.families) == len(named) + 1 and not e.is_open]
        candidates = whole or candidates
    return candidates[0].number if len(candidates) == 1 else None


def _names(entry: _Entry, named: Sequence[str]) -> bool:
    """Tell whether the names behind the first are those of the entry, in its order."""
    listed = "".join(entry.families[1:])
    return bool(entry.families[1:]) and listed.startswith("".join(named))
