"""Bibliography entries and the numbers in the text that point to them.

Owns the reading of Vancouver-style references; those of other styles are taken apart by
`reference_styles`. What an entry does not print is left empty: nothing is looked up and no
identifier is made up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from corpus.author_year import find_author_year
from corpus.document import CorpusError, Marker, Reference, Span
from corpus.printed_facts import read_doi
from corpus.reference_styles import Fields, read_styled

MAX_RANGE = 60
"""``(31-33)`` stands for three references; a wider range than this is not a citation."""

_NAME = r"(?:[^\W\d_][\w'’.\-]*\s+){1,4}[A-ZÀ-ÖØ-ÞĀ-Ž](?:-?[A-ZÀ-ÖØ-ÞĀ-Ž]){0,3}(?:\s+Jr)?"
AUTHORS = re.compile(rf"(?P<names>{_NAME}(?:,\s+{_NAME})*)(?P<et_al>,?\s+et al)?\.\s+", re.UNICODE)
WHERE = re.compile(
    r"(?P<journal>[^.?!;]+(?:\.(?=\s*(?:18|19|20)\d\d))?)(?<!\s)\s++(?P<year>(?:18|19|20)\d\d)\b"
    r"[^;:]*+(?:;\s*+(?P<volume>[^\s:;()]++)?\s*+(?:\((?P<issue>[^)]+)\))?)?"
    r"(?:\s*+:\s*+(?P<pages>[^\s;]+?))?\s*+\.?\s*+$"
)
MARKER = re.compile(
    r"(?<![\w)])(?P<open>[(\[])\s*(?P<list>\d{1,3}(?:\s*[-–,;]\s*\d{1,3})*)\s*(?P<close>[)\]])"
)
_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}"
_RAISED_SIGNS = "[⁺⁻⁼⁰¹²³⁴⁵⁶⁷⁸⁹]"
RAISED_MARKER = re.compile(
    rf"(?<=\S)(?<!{_RAISED_SIGNS}){_RAISED}(?:\s?[-–,;⁻]\s?{_RAISED})*(?!{_RAISED_SIGNS})"
)
POWER = re.compile(
    r"(?:(?<![^\W\d_])\d|[×·*^/(=]|"
    r"(?:^|\W|\d)(?:[^\W\d_]|[kcmdnpµμ]m|[kmµμn]g|[mµμ][Ll]|Hz|yr|sec|min|chi))$"
)
"""What a raised number is an exponent of."""
PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
"""From raised digits to plain ones."""
_ONE_IDENTIFIER = (
    r"(?:\b(?:doi|pmid|pmcid)\s*+:?\s*+\S++|https?://\S++|\[?available (?:from|at)\b.*+)"
)
IDENTIFIER = re.compile(
    rf"(?:(?<!\s)\s++)?{_ONE_IDENTIFIER}(?:\s*+{_ONE_IDENTIFIER})*+$", re.IGNORECASE
)
"""What may stand behind the pages; it belongs to no field."""
RANGE_GAP = re.compile(r"\s*[-–—]\s*")
NOT_A_CITATION = re.compile(r"\b(?:eqs?|equations?|figs?|figures?|tables?)\.?$", re.IGNORECASE)
LONGEST_NUMBER = 6
"""Digits of the number of an entry; what has more is none."""
LONGEST_ENTRY = 10_000
"""Characters of an entry that is taken apart; a list of a thousand authors stays below."""
_MOST_BEFORE = 12
"""Characters that `NOT_A_CITATION` and `POWER` look at."""


def number_entries(labels: Sequence[str], *, where: str) -> list[int]:
    """Number bibliography entries of which some have lost their printed number.

    Args:
        labels: what stands before each entry: ``"8."``, a bullet, or "".
        where: name of the file, for the error message.

    Raises:
        CorpusError: a printed number does not fit its place in the list, so that citations would
            point to the wrong entry.
    """
    numbers: list[int] = []
    for position, label in enumerate(labels, start=1):
        printed = re.search(r"\d+", label)
        if printed and printed_number(label) != position:
            raise CorpusError(
                f"{where}: entry {position} of the reference list is numbered {printed[0]}; "
                "an entry is missing or doubled before it, mend the source file"
            )
        numbers.append(position)
    return numbers


def numbers_as_printed(labels: Sequence[str]) -> list[int | None]:
    """Number bibliography entries that nobody can mend, and guess none.

    A printed number counts where no other entry has it; entries that lost theirs count on from the
    one before, where that leads to the next printed number.

    Args:
        labels: as for `number_entries`.

    Returns:
        None for an entry whose number is not certain: no citation may lead to it.
    """
    printed = [printed_number(label) for label in labels]
    numbers: list[int | None] = []
    before = 0
    for is_lost, run in groupby(enumerate(printed), key=lambda item: item[1] is None):
        entries = [number for _, number in run]
        if is_lost:
            end = len(numbers) + len(entries)
            counted = list(range(before + 1, before + 1 + len(entries)))
            fits = end == len(printed) or printed[end] == before + 1 + len(entries)
            numbers += counted if fits else [None] * len(entries)
        else:
            numbers += entries
            before = entries[-1] or 0
    often = Counter(numbers)
    return [None if number is None or often[number] > 1 else number for number in numbers]


def printed_number(label: str) -> int | None:
    """Return the first number in a label, None where it has none or one too long for any list."""
    found = re.search(r"\d+", label)
    return int(found[0]) if found and len(found[0]) <= LONGEST_NUMBER else None


def parse_reference(text: str, *, number: int, span: Span, raw: str) -> Reference:
    """Take apart an entry in Vancouver style, or in APA, Harvard, Springer or Elsevier style.

    Vancouver's form is ``Authors. Title. Journal Year; Volume(Issue): Pages.``
    An entry in yet another style, or longer than `LONGEST_ENTRY`, keeps its whole text as title, so
    that it can still be shown and searched for.
    """
    fields = _read_fields(text) if len(text) <= LONGEST_ENTRY else Fields((), False, text, None)
    pmid = re.search(r"\bPMID:?\s*(\d{1,9})\b", text)
    return Reference(
        number=number,
        span=span,
        text=text,
        raw=raw,
        **{name: getattr(fields, name) for name in Fields.__slots__},
        doi=read_doi(text),
        pmid=pmid[1] if pmid else "",
    )


def _read_fields(text: str) -> Fields:
    authors = AUTHORS.match(text)
    rest = IDENTIFIER.sub("", text[authors.end() :] if authors else text)
    title, where = _split_title(rest)
    names = re.split(r",\s+", authors["names"]) if authors else []
    fields = Fields(
        authors=tuple(names),
        et_al=bool(authors and authors["et_al"]),
        title=title,
        year=int(where["year"]) if where else None,
        journal=where["journal"].strip().rstrip(".") if where else "",
        volume=(where["volume"] or "") if where else "",
        issue=(where["issue"] or "") if where else "",
        pages=(where["pages"] or "") if where else "",
    )
    if authors and where:
        return fields
    return read_styled(IDENTIFIER.sub("", text).rstrip(" ,;")) or fields


def _split_title(rest: str) -> tuple[str, re.Match[str] | None]:
    """Part the title from the rest: the journal opens the last sentence, which has the year."""
    for stop in reversed(list(re.finditer(r"[.?!]\s+", rest))):
        where = WHERE.fullmatch(rest, stop.end())
        if where:
            mark = rest[stop.start()]
            return rest[: stop.start()] + ("" if mark == "." else mark), where
    return rest.rstrip(". "), None


def find_markers(
    text: str,
    spans: Sequence[Span],
    numbers: set[int],
    *,
    raised: Iterable[Span] | None = None,
) -> tuple[Marker, ...]:
    """Find the in-text citations by number.

    They are ``(1)``, ``(2,3)``, ``(31-33)``, the same in square brackets, ``[1]-[3]``, or raised,
    ``¹,³``. A bracket counts only if each of its numbers is in the bibliography and it stands free:
    ``56(3)``, ``(CD49f)`` and ``Fig. (2)`` are none; nor are raised digits behind a unit, a single
    letter, a sign or a digit (``cm²``, ``R²``, ``10⁶``). An article cites in one kind; the kind
    with most candidates is taken.

    Args:
        text: the canonical text.
        spans: where to look (everything but the bibliography), in text order.
        numbers: the numbers that the bibliography has.
        raised: where to look for raised ones; in all of ``spans`` where it is None.
    """
    found: dict[str, list[Marker]] = {"(": [], "[": [], "raised": []}
    for span in spans:
        for match in MARKER.finditer(text, span.start, span.end):
            if {"(": ")", "[": "]"}[match["open"]] != match["close"]:
                continue
            if _is_numbered_thing(text, span.start, match.start()):
                continue
            cited = expand_numbers(match["list"])
            if cited and set(cited) <= numbers:
                _add(found[match["open"]], Marker(Span(*match.span()), cited), text, numbers)
    for span in spans if raised is None else raised:
        found["raised"] += _raised_markers(text, span, numbers)
    most = max(len(markers) for markers in found.values())
    return next(tuple(markers) for markers in found.values() if len(markers) == most)


def _is_numbered_thing(text: str, start: int, end: int) -> bool:
    """Tell whether what stands in front of a bracket says that it numbers no reference."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return NOT_A_CITATION.search(text[max(start, end - _MOST_BEFORE) : end]) is not None


def _raised_markers(text: str, span: Span, numbers: set[int]) -> Iterator[Marker]:
    for match in RAISED_MARKER.finditer(text, span.start, span.end):
        listing = match[0].translate(PLAIN_DIGITS)
        before = text[max(span.start, match.start() - _MOST_BEFORE) : match.start()]
        if POWER.search(before) and len(listing) < 3 and "," not in listing:
            continue
        cited = expand_numbers(listing)
        if cited and set(cited) <= numbers:
            yield Marker(Span(*match.span()), cited)


def _add(markers: list[Marker], marker: Marker, text: str, numbers: set[int]) -> None:
    """Add a marker; ``[1]-[3]`` becomes one with the numbers between."""
    last = markers[-1] if markers else None
    if last and RANGE_GAP.fullmatch(text, last.span.end, marker.span.start):
        first, end = last.numbers[-1], marker.numbers[0]
        between = tuple(range(first + 1, end))
        if first < end <= first + MAX_RANGE and set(between) <= numbers:
            whole = dict.fromkeys((*last.numbers, *between, *marker.numbers))
            markers[-1] = Marker(Span(last.span.start, marker.span.end), tuple(whole))
            return
    markers.append(marker)


def find_citations(
    text: str,
    spans: Sequence[Span],
    references: Sequence[Reference],
    *,
    is_numbered: bool,
    raised: Iterable[Span] | None = None,
) -> tuple[Marker, ...]:
    """Find the in-text citations by number, or by author and year.

    Args:
        text: the canonical text.
        spans: where to look (everything but the bibliography), in text order.
        references: the bibliography.
        is_numbered: whether it prints numbers; then a citation by number always counts. Of an
            unnumbered one, the kind with more citations is taken.
        raised: where to look for raised numbers; in all of ``spans`` where it is None.
    """
    known = {reference.number for reference in references}
    numbered = find_markers(text, spans, known, raised=raised)
    if numbered and is_numbered:
        return numbered
    named = find_author_year(text, spans, references)
    return named if len(named) > len(numbered) else numbered


def resolved_markers(
    markers: Iterable[Marker], references: Iterable[Reference]
) -> Iterator[Marker]:
    """Yield citations without the numbers that no entry has; one that has no other stays text."""
    known = {reference.number for reference in references}
    for marker in markers:
        numbers = tuple(number for number in marker.numbers if number in known)
        if numbers:
            yield Marker(marker.span, numbers)


def expand_numbers(listing: str) -> tuple[int, ...]:
    """Expand ``"2,5-7"`` to ``(2, 5, 6, 7)``; a range backwards or too far gives ``()``."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", listing):
        first, _, last = re.sub(r"\s", "", part).replace("–", "-").partition("-")
        start, end = int(first), int(last or first)
        if not start <= end <= start + MAX_RANGE:
            return ()
        numbers.extend(range(start, end + 1))
    return tuple(dict.fromkeys(numbers))
