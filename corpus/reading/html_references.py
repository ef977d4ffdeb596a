"""The bibliography of a saved page: which lists are one, and what of an entry is no words of it."""

import re

from corpus.document import BlockKind, Removed, Span
from corpus.reading.html_inline import left_out, targets_of
from corpus.reading.markup_compose import Draft
from corpus.reading.markup_lines import Line
from corpus.reading.markup_outline import Entry
from corpus.reading.markup_source import Element, elements_of, local_name, plain_text
from corpus.reading.printed_facts import read_doi

MIN_ENTRIES = 3
"""A shorter list without a heading is no bibliography, even if citations lead there."""

_NOTE = re.compile(r"(?:^|[-_.])(?:fn|foot|note|tbl|table)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d")
_STUB = re.compile(
    r"[\s\[(|,.]*(?:cross ?ref|pubmed(?: central)?|pmc(?: free article)?|google scholar|medline|"
    r"doi|full[- ]?text|(?:free )?article|view (?:article|in article|record in scopus)|scopus|cas|"
    r"web of science|download|open in new tab|ads|mathscinet|[↑↩^⇧])[\s\])|,.]*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:\[\d{1,3}\]\.?|\d{1,3}[.)])(?!\d)\s*(?=\S)")
_EMPTY_BRACKETS = re.compile(r"\[\s*\]|\(\s*\)")
_PUBMED = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{4,9})\b")


def linked_places(article: Element) -> set[str]:
    """Collect the places of the page that links inside the article lead to."""
    targets = (targets_of(element) for element in article.iter())
    return {place for found in targets if found for place in found}


def find_bibliographies(article: Element, cited: set[str]) -> set[Element]:
    """Find lists whose items are entries: citations lead to most of them and most have a year.

    Such a list needs no heading "References". One of footnotes is none.
    """
    found = set()
    for element in article.iter():
        if local_name(element) not in ("ol", "ul"):
            continue
        items = [child for child in elements_of(element) if local_name(child) == "li"]
        led_to = [item for item in items if cited.intersection(_own_ids(item))]
        dated = [item for item in led_to if _YEAR.search(plain_text(item))]
        if len(items) >= MIN_ENTRIES and 2 * len(dated) >= len(items):
            found.add(element)
    return found


def _own_ids(element: Element) -> list[str]:
    return [place for place in ids_of(element) if not _NOTE.search(place)]


def ids_of(element: Element) -> list[str]:
    """Return the ids of an element and of all inside it; old pages name places by ``<a name>``."""
    return [
        place
        for inside in element.iter()
        for place in (inside.get("id"), inside.get("name") if local_name(inside) == "a" else None)
        if place
    ]


def is_stub(element: Element) -> bool:
    """Tell whether a link is none of the entry's words: it says where else to find the work."""
    return local_name(element) == "a" and (
        _STUB.fullmatch(plain_text(element)) is not None and left_out(element) is None
    )


def entry_of(
    line: Line, *, place: int, removed: list[Removed], element: Element | None = None
) -> Entry:
    """Make an entry; its printed number and the brackets around link stubs are listed as removed.

    Args:
        line: the entry's words.
        place: in the list, from 1; a bare number in front counts only if it is this one.
        removed: the list to add to.
        element: which holds the entry, with its ids and links.
    """
    label = _take_out(line, _LABEL, "reference label", removed)
    label = label or _take_out(line, re.compile(rf"^{place}\s+(?=\S)"), "reference label", removed)
    while _take_out(line, _EMPTY_BRACKETS, "link stub", removed):
        pass
    inside = list(element.iter()) if element is not None else []
    links = [address for e in inside if (address := e.get("href"))]
    pmid = next((found[1] for link in links if (found := _PUBMED.search(link))), "")
    doi = next((doi for link in links if "doi.org/" in link and (doi := read_doi(link))), "")
    ids = tuple(ids_of(element)) if element is not None else ()
    return Entry(Draft(BlockKind.REFERENCE, line), label, ids, doi, pmid)


def _take_out(line: Line, pattern: re.Pattern[str], reason: str, removed: list[Removed]) -> str:
    """Take what a pattern finds out of a line; returns it, "" where it finds nothing."""
    while line.characters and line.characters[0].text.isspace():
        del line.characters[0]
    text = line.text
    if len(text) != len(line.characters):
        return ""
    found = pattern.search(text)
    if not found:
        return ""
    places = [
        c.source
        for c in line.characters[found.start() : found.end()]
        if c.source and c.text.strip()
    ]
    for place in _joined(places):
        removed.append(Removed(place, reason))
    del line.characters[found.start() : found.end()]
    return found[0].strip()


def _joined(places: list[Span]) -> list[Span]:
    """Join neighbouring places of the file."""
    joined: list[Span] = []
    for place in places:
        if joined and joined[-1].end == place.start:
            joined[-1] = Span(joined[-1].start, place.end)
        else:
            joined.append(place)
    return joined
