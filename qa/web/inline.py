"""A stretch of a document cut into segments: plain text and the numbers of in-text citations.

The segments of a stretch, joined, are the stretch itself, character for character.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, urlsplit

from corpus.bibliography import PLAIN_DIGITS
from corpus.document import Document, Marker, Span

LINKED_SCHEMES = frozenset(("http", "https", "mailto"))
_NUMBER = re.compile(r"\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """Some characters of a document.

    Attributes:
        text: the characters, unescaped.
        number: the reference that they stand for, None for plain text.
        strong: they belong to the sentence that was found, inside a quote that was widened.
    """

    text: str
    number: int | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A range of a document that is shown as one element, with its segments."""

    span: Span
    segments: tuple[Segment, ...]


def make_line(document: Document, span: Span) -> Line:
    """Cut a range of a document into segments."""
    return Line(span, cut_segments(document.slice(span), span.start, document.markers_in(span)))


def cut_segments(
    text: str, start: int, markers: Iterable[Marker], *, strong: Span | None = None
) -> tuple[Segment, ...]:
    """Cut a text at its citation numbers and at the ends of ``strong``.

    Args:
        text: the stretch.
        start: offset of its first character in the document.
        markers: citations, with offsets in the document; those outside the stretch are left out.
        strong: the range, in the document, whose segments are marked as strong.

    Returns:
        Segments in text order; a range ``(31-33)`` has a number for 31 and one for 33.
    """
    numbers = _number_spans(text, start, markers)
    edges = {0, len(text)} | {edge for span in numbers for edge in (span.start, span.end)}
    if strong:
        edges |= {strong.start - start, strong.end - start}
    cuts = sorted(edge for edge in edges if 0 <= edge <= len(text))
    return tuple(
        Segment(
            text[left:right],
            number=numbers.get(Span(left, right)),
            strong=strong is not None and Span(start + left, start + right) in strong,
        )
        for left, right in pairwise(cuts)
    )


def reference_href(document_id: str, number: int) -> str:
    """Return the link to an entry of a document's reference list on the page."""
    return f"#{quote(f'reference-{document_id}-{number}')}"


def outside_href(url: str) -> str:
    """Return the address of a link that an article gives; "" for one that is no address of a page.

    ``javascript:`` and ``data:`` would run or show what an article says.
    """
    try:
        scheme = urlsplit(url.strip()).scheme.lower()
    except ValueError:  # no address at all
        return ""
    return url.strip() if scheme in LINKED_SCHEMES else ""


def _number_spans(text: str, start: int, markers: Iterable[Marker]) -> dict[Span, int]:
    found: dict[Span, int] = {}
    for marker in markers:
        left, right = marker.span.start - start, marker.span.end - start
        if left < 0 or right > len(text):
            continue
        for match in _NUMBER.finditer(text, left, right):
            number = int(match[0].translate(PLAIN_DIGITS))
            if number in marker.numbers:
                found[Span(*match.span())] = number
    return found
