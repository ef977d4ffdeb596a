"""Whether a quote is what the source says, and whether its references are what the quote cites.

Owns the checks that do not trust the code under test: characters are compared with the raw file,
and citations are parsed again from the quoted text by regular expressions of its own; a citation by
name has to name the entry.
"""

import html
import re
import unicodedata

from corpus.document import BlockKind, Document, Piece, Reference, Span
from qa.evaluation.locating import blocks_in

_MARKER = re.compile(r"(?<![\w)])[(\[]\s*(\d{1,3}(?:\s*[-\u2013,;]\s*\d{1,3})*)\s*[)\]]")
_RANGE = re.compile(r"(\d+)\s*[-\u2013]\s*(\d+)|(\d+)")
_BRACKETED_RANGE = re.compile(r"\[(\d{1,3})\]\s*[-\u2013\u2014]\s*\[(\d{1,3})\]")
_RAISED_DIGITS = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_RAISED_MARKER = re.compile(
    rf"(?<=[^\s\d(])(?<![{_RAISED_DIGITS}])[{_RAISED_DIGITS}]{{1,3}}"
    rf"(?:[,\u2013\u207b-]\s?[{_RAISED_DIGITS}]{{1,3}})*(?![\u207a\u207b])"
)
_PLAIN_DIGITS = str.maketrans(
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-"
)
_NAME = re.compile(r"[^\W\d_a-z][\w\u2019'-]+")
_YEAR = re.compile(r"(?:18|19|20)\d\d[a-z]?")
_OPENING_CHARS = 60  # of an entry, without white space: its first author stands there
_PRINTED_NUMBER = re.compile(r"\s*\[?(\d{1,3})[.)\]]\s")
_SUPPLIED = re.compile(r"[,.:;()/^\u2013]+|et|al[,.]*")
_SUPERSCRIPTS = str.maketrans(
    "0123456789+-\u2212\u2013=()",
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b\u207b\u207c\u207d\u207e",
)
_MARKUP = re.compile(r"[$\\&<]")
# Nobody cites more than this many works by one range; a wider one is a measurement, "(10-90)".
_WIDEST_RANGE = 30


def cited_numbers(text: str, *, raised: bool = False) -> tuple[int, ...]:
    """Read the in-text citations of a text: ``"... (2,3) ... (31-33)"`` -> ``(2, 3, 31, 32, 33)``.

    Args:
        text: a quote.
        raised: whether raised digits are citations (``cells¹,³``), too; they may be powers.

    Returns:
        Numbers in order of mention, each once, whether or not a bibliography has them.
    """
    text = _BRACKETED_RANGE.sub(r"[\1-\2]", text)
    found = [(marker.start(), marker[1]) for marker in _MARKER.finditer(text)]
    if raised:
        found += [(m.start(), m[0].translate(_PLAIN_DIGITS)) for m in _RAISED_MARKER.finditer(text)]
    return tuple(dict.fromkeys(n for _, listing in sorted(found) for n in _listed(listing)))


def _listed(listing: str) -> list[int]:
    numbers: list[int] = []
    for first, last, single in _RANGE.findall(listing):
        numbers += [int(single)] if single else _expand(int(first), int(last))
    return numbers


def cited_in(text: str, span: Span, document: Document, entries: dict[int, str]) -> tuple[int, ...]:
    """Read the citations of a quote, each as it is printed there.

    Printed numbers are read from the text. Where the article cites by author and year, its markers
    say where, and one counts for an entry if that entry prints the name and the year; so does a
    linked number without brackets if it is the entry's.

    Args:
        text: the quote.
        span: its range in `Document.text`.
        document: which it is from.
        entries: `printed_entries` of it.

    Returns:
        Numbers in order of mention, each once.
    """
    named = [m for m in document.markers if _NAME.search(document.slice(m.span))]
    raised = any(_RAISED_MARKER.search(f"x{document.slice(m.span)}") for m in document.markers)
    by_name = 2 * len(named) > len(document.markers)
    numbers = [] if by_name else list(cited_numbers(text, raised=raised))
    for marker in document.markers_in(span):
        printed = document.slice(marker.span)
        if re.search(r"[^\W\d_]", printed) or _YEAR.fullmatch(printed):
            numbers += [n for n in marker.numbers if _is_named(printed, entries.get(n, ""))]
        else:
            listed = _listed(printed.translate(_PLAIN_DIGITS))
            numbers += [number for number in marker.numbers if number in listed]
    return tuple(dict.fromkeys(numbers))


def _is_named(printed: str, entry: str) -> bool:
    """Tell whether a citation's first name and its year or letter stand in an entry."""
    name, year = _NAME.search(printed), _YEAR.search(printed)
    letters = unicodedata.normalize("NFKD", name[0] if name else "").casefold()
    opening = unicodedata.normalize("NFKD", entry[:_OPENING_CHARS]).casefold()
    if _letters(letters) not in _letters(opening):
        return False
    if year:
        return year[0] in entry
    return re.search(rf"\d{{4}}{re.escape(printed.strip())}", entry) is not None


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _expand(first: int, last: int) -> list[int]:
    return list(range(first, last + 1)) if first <= last <= first + _WIDEST_RANGE else []


def printed_entries(document: Document) -> dict[int, str]:
    """Number the bibliography from the raw file: the printed number, else the entry's place from 1.

    Returns:
        For each number the entry's characters without whitespace.
    """
    entries: dict[int, str] = {}
    blocks = (block for block in document.blocks if block.kind is BlockKind.REFERENCE)
    for place, block in enumerate(blocks, 1):
        line_start = document.source.rfind("\n", 0, block.pieces[0].source.start) + 1
        printed = _PRINTED_NUMBER.match(document.source, line_start)
        entries[int(printed[1]) if printed else place] = _squeeze(document.slice(block.span))
    return entries


def is_reference_right(
    reference: Reference, *, text: str, span: Span, document: Document, entries: dict[int, str]
) -> bool:
    """Tell whether a reference shown for a quote is cited in it and is the right entry.

    Args:
        reference: as shown with the quote.
        text: the quote.
        span: its range in `Document.text`; a quote of the entry itself counts as citing it.
        document: which both are from.
        entries: `printed_entries` of it.
    """
    cited = reference.number in cited_in(text, span, document, entries) or reference.span.overlaps(
        span
    )
    entry = _squeeze(reference.text)
    return cited and bool(entry) and entry in entries.get(reference.number, "")


def is_exact(text: str, span: Span, document: Document) -> bool:
    """Tell whether a quote is a slice of the document and all of it stands in the source file."""
    if span.end > len(document.text) or text != document.slice(span):
        return False
    return is_in_source(span, document)


def is_in_source(span: Span, document: Document) -> bool:
    """Tell whether each character of a span, whitespace apart, stands where its piece says.

    A piece that was translated (LaTeX, entities, ligatures, superscripts) passes where its source
    stretch shows why, and keeps its ASCII letters and digits in order, as LaTeX for a Greek letter
    and a 6 does. What `Document.supplied` lists stands in no piece; it passes if it is no more than
    punctuation or "et al".
    """
    backed = [character.isspace() for character in document.slice(span)]
    for supplied in document.supplied:
        if supplied.overlaps(span) and _SUPPLIED.fullmatch(document.slice(supplied)):
            start = max(supplied.start, span.start) - span.start
            end = min(supplied.end, span.end) - span.start
            backed[start:end] = [True] * (end - start)
    for block in blocks_in(document, span):
        for piece in block.pieces:
            if piece.span.overlaps(span) and _is_faithful(piece, document):
                start = max(piece.span.start, span.start) - span.start
                end = min(piece.span.end, span.end) - span.start
                backed[start:end] = [True] * (end - start)
    return all(backed)


def _is_faithful(piece: Piece, document: Document) -> bool:
    source = _squeeze(document.source[piece.source.start : piece.source.end])
    text = _squeeze(document.slice(piece.span))
    if text in (
        source,
        html.unescape(source),
        source.translate(_SUPERSCRIPTS),
    ) or unicodedata.normalize("NFKC", source) == unicodedata.normalize("NFKC", text):
        return True
    kept = (character for character in text if character.isascii() and character.isalnum())
    return bool(_MARKUP.search(source)) and _is_subsequence("".join(kept), source)


def _is_subsequence(short: str, long: str) -> bool:
    """Tell whether the characters of ``short`` stand in ``long`` in the same order."""
    remaining = iter(long)
    return all(character in remaining for character in short)


def _squeeze(text: str) -> str:
    return "".join(text.split())
