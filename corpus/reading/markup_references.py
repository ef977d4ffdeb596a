"""Bibliography entries of a marked-up file: their words without numbers and link stubs."""

import re
from collections.abc import Sequence

from corpus.document import BlockKind, Removed, Span
from corpus.printed_facts import read_doi
from corpus.reading.inline import LINK_STUB
from corpus.reading.markup_compose import Draft
from corpus.reading.markup_lines import Line
from corpus.reading.markup_outline import Entry

_STUB = re.compile(
    r"[\s\[(|,.]*(?:cross ?ref|pubmed(?: central)?|pmc(?: free article)?|google scholar|medline|"
    r"doi|full[- ]?text|(?:free )?article|view (?:article|in article|record in scopus)|scopus|cas|"
    r"web of science|download|open in new tab|ads|mathscinet|[↑↩^⇧])[\s\])|,.]*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:\[\d{1,3}\]\.?|\d{1,3}[.)])(?!\d)\s*(?=\S)")
_EMPTY_BRACKETS = re.compile(r"\[\s*\]|\(\s*\)")
_PUBMED = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{4,9})\b")


def entry_of(
    line: Line,
    *,
    place: int,
    removed: list[Removed],
    label: str = "",
    ids: Sequence[str] = (),
    links: Sequence[str] = (),
) -> Entry:
    """Make an entry; its printed number and the brackets around link stubs are listed as removed.

    Args:
        line: the entry's words.
        place: in the list, from 1; a bare number in front counts only if it is this one.
        removed: the list to add to.
        label: its number, where the reader has taken it off.
        ids: by which citations may name it.
        links: addresses inside it; a DOI or PMID is taken from them.
    """
    label = label or _take_out(line, _LABEL, "reference label", removed)
    label = label or _take_out(line, re.compile(rf"^{place}\s+(?=\S)"), "reference label", removed)
    for pattern in (LINK_STUB, _EMPTY_BRACKETS):
        while _take_out(line, pattern, "link stub", removed):
            pass
    pmid = next((found[1] for link in links if (found := _PUBMED.search(link))), "")
    doi = next((doi for link in links if "doi.org/" in link and (doi := read_doi(link))), "")
    return Entry(Draft(BlockKind.REFERENCE, line), label, tuple(ids), doi, pmid)


def is_stub(text: str) -> bool:
    """Tell whether the words of a link only say where else to find the work."""
    return _STUB.fullmatch(text) is not None


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
