"""Footnotes in Markdown: which are the bibliography, and what ``[^1]`` in the text means."""

import re
from collections.abc import Sequence

from corpus.document import Removed, Span
from corpus.reading import layout
from corpus.reading.markup_lines import Citation, Line
from corpus.reading.markup_source import Character

MIN_NOTES = 3
"""Fewer footnotes are not taken for a bibliography."""
NOTE = re.compile(r"^ {0,3}\[\^(?P<label>[^\]\s]+)\]:[ \t]*", re.MULTILINE)
"""What opens a footnote."""

# One that is not closed is read to its end all the same, so that nothing in it is looked at again.
_CITED = re.compile(r"\[\^(?P<label>[^\]\s]++)(?P<closes>\])?")
_DATED = re.compile(r"\b(?:18|19|20)\d\d\b")
_MAX_NOTE_CHARS = 400


def notes_are_entries(source: str) -> bool:
    """Tell whether an article without a heading "References" has its bibliography in footnotes."""
    lines = (line.strip(" #*_") for line in source.split("\n"))
    if any(layout.REFERENCES_HEADING.fullmatch(line) for line in lines):
        return False
    ends = [match.end() for match in NOTE.finditer(source)]
    notes = [source[end : end + _MAX_NOTE_CHARS].partition("\n[^")[0] for end in ends]
    dated = sum(_DATED.search(note) is not None for note in notes)
    return len(notes) >= MIN_NOTES and 5 * dated >= 4 * len(notes)


def resolve_notes(line: Line, entries: set[str]) -> list[Removed]:
    """Read ``[^1]`` in a line as the citation ``[1]`` if it leads to an entry; else take it out.

    Args:
        line: is changed in place.
        entries: ids of the bibliography's entries.

    Returns:
        What was taken out.
    """
    removed: list[Removed] = []
    text = line.text
    if len(text) != len(line.characters):
        text = "".join(character.text[:1] or " " for character in line.characters)
    for found in reversed([cited for cited in _CITED.finditer(text) if cited["closes"]]):
        start, end = found.span()
        target = f"^{found['label']}"
        inside: list[Character] = []
        gone = line.characters[start:end]
        if target in entries:
            inside = [line.characters[start], *line.characters[start + 2 : end]]
            gone = line.characters[start + 1 : start + 2]
        removed.append(Removed(place_of(gone), "footnote mark"))
        line.characters[start:end] = inside
        shift = len(inside) - (end - start)
        line.citations = [
            Citation(c.start + shift, c.end + shift, c.targets) if c.start >= end else c
            for c in line.citations
        ]
        if inside:
            line.citations.append(Citation(start + 1, start + len(inside) - 1, (target,)))
    line.citations.sort(key=lambda citation: citation.start)
    return removed


def place_of(characters: Sequence[Character]) -> Span:
    """Return the range of the file from the first to the last character that has a place."""
    places = [character.source for character in characters if character.source]
    return Span(places[0].start, places[-1].end)
