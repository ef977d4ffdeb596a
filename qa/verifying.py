"""Is this quote in the source? Found, altered, misattributed or absent.

A quote is found if it is in the source character for character, but for white space and the kind of
quotation mark, apostrophe and dash. Digits, signs, units, negations and capitals must agree. Of a
quote that is near a place in the source the difference is shown word by word; if only the citation
or the named author differs, it is misattributed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz import fuzz

from corpus.document import Document, Span
from corpus.reading.inline import translate_latex
from index.author_names import fold_name
from index.lexical import words
from qa.names import AuthorNames
from qa.quoting import Place

Status = Literal["found", "altered", "misattributed", "absent"]
Change = tuple[Literal["same", "removed", "added"], str]

MIN_SIMILARITY = 70.0
"""Percent of characters in order that a quote must share with a place to be an altered one."""
EDGE_WORDS = 3
"""So many words may have been dropped at either edge of what is compared."""
MIN_RUN_WORDS = 6
"""This many of the source's words in a row are no chance, even in a text that is otherwise new."""
MIN_SHARED_WORDS = 0.6
"""Share of the quote's words that must stand at that place; keeps chance resemblances out."""

_SAME_CHARACTER = str.maketrans({
    "’": "'", "‘": "'", "‛": "'", "´": "'", "`": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
})  # fmt: skip
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_OUTER_QUOTES = "\"'“”„‘’«» \t\n"
_JOIN = re.compile(r"(?:(?<!\s)\s++)?(?:\[\s*+(?:\.\.\.|…)\s*+\]|\.\.\.|…)\s*+")
_MARKER_WORD = re.compile(r"[(\[]\d{1,3}(?:\s?[-,;]\s?\d{1,3})*[)\]][.,;:]?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a claimed quote.

    Attributes:
        status: found, altered, misattributed or absent.
        places: where it stands, or where the text that it was altered from stands.
        source_text: what the source says there; "" if absent.
        difference: words in order, each run the same, removed from the source, or added to it.
        reason: one sentence for the user.
    """

    status: Status
    places: tuple[Place, ...]
    source_text: str
    difference: tuple[Change, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text with white space and typographic variants folded; ``origin[i]`` is its i-th offset."""

    text: str
    origin: tuple[int, ...]


def fold(text: str) -> str:
    """Fold white space and the kinds of quotation marks, apostrophes and dashes."""
    return _fold(text).text


def _fold(text: str) -> _Folded:
    characters: list[str] = []
    origin: list[int] = []
    for offset, character in enumerate(text.translate(_SAME_CHARACTER)):
        if _INVISIBLE.match(character):
            continue
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                origin.append(offset)
            continue
        characters.append(character)
        origin.append(offset)
    return _Folded("".join(characters), tuple(origin))


def verify(text: str, documents: Iterable[Document]) -> Verdict:
    """Check a claimed quote against documents.

    Args:
        text: the quote, with or without quotation marks around it.
        documents: where to look; the first in which it is found, or the nearest, counts.

    Raises:
        ValueError: the text has no letter or digit.
    """
    read = "".join(part.text for part in translate_latex(text, Span(0, len(text)))) if text else ""
    claim = fold(read).strip(_OUTER_QUOTES)
    if not any(character.isalnum() for character in claim):
        raise ValueError("there is nothing to check: please give a sentence")
    known = list(documents)
    for document in known:
        places = _exact_places(claim, document)
        if places:
            source = document.slice(places[0].span)
            return Verdict(
                "found", places, source, (("same", source),), "The source says exactly this."
            )
    for document in known:
        joined = _joined_parts(claim, document)
        if joined:
            return joined
    nearest = [found for document in known if (found := _nearest(claim, document))]
    if not nearest:
        return Verdict("absent", (), "", (), "Nothing like this is in the source.")
    return max(nearest, key=lambda item: item[0])[1]


def _exact_places(claim: str, document: Document) -> tuple[Place, ...]:
    """Find the claim at word boundaries, in the canonical text or as the source file writes it."""
    folded = _fold(document.text)
    places = [
        Place.in_document(document, Span(folded.origin[start], folded.origin[end - 1] + 1))
        for start, end in _occurrences(claim, folded.text)
    ]
    if not places:
        raw = _fold(document.source)
        for start, end in _occurrences(claim, raw.text):
            span = _from_source(document, raw.origin[start], raw.origin[end - 1] + 1)
            places += [Place.in_document(document, span)] if span else []
    return tuple(places)


def _occurrences(claim: str, text: str) -> Iterable[tuple[int, int]]:
    start = text.find(claim)
    while start >= 0:
        end = start + len(claim)
        cut_before = start > 0 and text[start - 1].isalnum() and claim[0].isalnum()
        cut_after = end < len(text) and text[end].isalnum() and claim[-1].isalnum()
        if not cut_before and not cut_after:
            yield start, end
        start = text.find(claim, start + 1)


def _from_source(document: Document, start: int, end: int) -> Span | None:
    """Map a range of the source file to the canonical text, if it lies within one block."""
    for block in document.blocks:
        pieces = [p for p in block.pieces if p.source.start < end and start < p.source.end]
        if pieces and block.pieces[0].source.start <= start and end <= block.pieces[-1].source.end:
            first, last = pieces[0], pieces[-1]
            low = first.span.start + max(0, start - first.source.start)
            high = last.span.end - max(0, last.source.end - end)
            return Span(low, high)
    return None


def _joined_parts(claim: str, document: Document) -> Verdict | None:
    """Recognise a quote made of parts that the source has apart: an ellipsis, or two sentences."""
    parts = [part.strip() for part in _JOIN.split(claim) if part.strip()]
    if len(parts) < 2:
        parts = [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", claim) if part]
    if len(parts) < 2 or any(len(part.split()) < 3 for part in parts):
        return None
    places = [_exact_places(part.rstrip(" .,;"), document) for part in parts]
    if not all(places):
        return None
    first = tuple(found[0] for found in places)
    source = " … ".join(document.slice(place.span) for place in first)
    changes = _word_changes(source, claim)
    return Verdict(
        "altered", first, source, changes, "It joins passages that the source has apart."
    )


def _nearest(claim: str, document: Document) -> tuple[float, Verdict] | None:
    folded = _fold(document.text)
    found = fuzz.partial_ratio_alignment(claim, folded.text, score_cutoff=MIN_SIMILARITY)
    if found is None or found.dest_start >= found.dest_end:
        return _spliced(claim, folded, document)
    start, end = _to_words(folded.text, found.dest_start, found.dest_end, claim)
    changes = _word_changes(folded.text[start:end], claim)
    start, end, changes = _without_other_sentences(start, end, changes)
    shared = sum(len(run.split()) for kind, run in changes if kind == "same")
    if shared < MIN_SHARED_WORDS * len(claim.split()):
        return _spliced(claim, folded, document)
    span = Span(folded.origin[start], folded.origin[end - 1] + 1)
    only_who = _differs_in_attribution_only(changes, document)
    status: Status = "misattributed" if only_who else "altered"
    reason = (
        "The words are the source's, but it attributes them to someone else."
        if only_who
        else "The source says something else here; the difference is marked."
    )
    places = (Place.in_document(document, span),)
    return found.score, Verdict(status, places, document.slice(span), changes, reason)


def _spliced(claim: str, folded: _Folded, document: Document) -> tuple[float, Verdict] | None:
    """Recognise a claim that carries a long run of the source's words inside words of its own."""
    words_of_source = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\S+", folded.text)]
    matcher = SequenceMatcher(a=[w for w, _, _ in words_of_source], b=claim.split(), autojunk=False)
    run = matcher.find_longest_match()
    if run.size < MIN_RUN_WORDS:
        return None
    start, end = words_of_source[run.a][1], words_of_source[run.a + run.size - 1][2]
    span = Span(folded.origin[start], folded.origin[end - 1] + 1)
    changes = _word_changes(folded.text[start:end], claim)
    reason = "Only a part of it is the source's; the difference is marked."
    verdict = Verdict(
        "altered", (Place.in_document(document, span),), document.slice(span), changes, reason
    )
    return MIN_SIMILARITY * run.size / len(claim.split()), verdict


def _without_other_sentences(
    start: int, end: int, changes: tuple[Change, ...]
) -> tuple[int, int, tuple[Change, ...]]:
    """Drop words of a neighbouring sentence that the alignment caught at either edge."""
    if len(changes) > 1 and changes[0][0] == "removed" and changes[0][1].endswith((".", "?", "!")):
        start += len(changes[0][1]) + 1
        changes = changes[1:]
    if (
        len(changes) > 1
        and changes[-1][0] == "removed"
        and changes[-2][1].endswith((".", "?", "!"))
    ):
        end -= len(changes[-1][1]) + 1
        changes = changes[:-1]
    return start, end, changes


def _to_words(text: str, start: int, end: int, claim: str) -> tuple[int, int]:
    """Widen a range to whole words, and by words at its edges that the claim altered."""
    while start > 0 and text[start - 1] != " ":
        start -= 1
    while end < len(text) and text[end] != " ":
        end += 1
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    start, end = _best_window(text, start, end, claim)
    if text[end - 1] in ",;:." and claim[-1] not in ",;:.":
        end -= 1
    first = claim.split(" ", 1)[0]
    while first in text[start:end].split() and not text.startswith(first, start):
        start = text.index(" ", start) + 1
    return start, end


def _best_window(text: str, start: int, end: int, claim: str) -> tuple[int, int]:
    """Move both edges by up to `EDGE_WORDS` words to where the text is most like the claim.

    The alignment is no longer than the claim, so that a dropped word would push another one out.
    """
    starts, ends = [start], [end]
    for _ in range(EDGE_WORDS):
        starts.append(text.rfind(" ", 0, max(0, starts[-1] - 1)) + 1)
        following = text.find(" ", ends[-1] + 1)
        ends.append(len(text) if following < 0 else following)
    windows = ((left, right) for left in starts for right in ends)
    return max(windows, key=lambda window: fuzz.ratio(text[window[0] : window[1]], claim))


def _word_changes(source: str, claim: str) -> tuple[Change, ...]:
    old, new = source.split(), claim.split()
    changes: list[Change] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            changes.append(("same", " ".join(old[i1:i2])))
            continue
        if i1 < i2:
            changes.append(("removed", " ".join(old[i1:i2])))
        if j1 < j2:
            changes.append(("added", " ".join(new[j1:j2])))
    return tuple(changes)


def _differs_in_attribution_only(changes: tuple[Change, ...], document: Document) -> bool:
    """Tell whether only citations and authors' names were exchanged, and something was put in."""
    names = AuthorNames(document)
    removed = [run for kind, run in changes if kind == "removed"]
    added = [run for kind, run in changes if kind == "added"]
    if not added:
        return False
    old_are_names = all(_is_attribution(run, names.known) for run in removed)
    held = frozenset(words(document.text))
    return old_are_names and all(
        _is_attribution(run, names.known) or _is_new_name(run, held) for run in added
    )


def _is_attribution(run: str, names: frozenset[str]) -> bool:
    """Tell whether a run of words is a citation, a known author, or both."""
    only_markers = all(_MARKER_WORD.fullmatch(word) for word in run.split())
    return only_markers or _without_markers(run) in names


def _without_markers(run: str) -> str:
    kept = " ".join(word for word in run.split() if not _MARKER_WORD.fullmatch(word))
    return fold_name(re.sub(r"\bet al\b\.?|'s\b|\band\b", "", kept))


def _is_new_name(run: str, held: frozenset[str]) -> bool:
    """Tell whether a run looks like the name of somebody whom the document does not know."""
    parts = _without_markers(run).split()
    return bool(parts) and run[:1].isupper() and not set(parts) & held


def verdict_to_text(verdict: Verdict, documents: Mapping[str, Document]) -> str:
    """Return a verdict for a terminal; removed words in [-…-], added ones in {+…+}."""
    lines = [f"{verdict.status.upper()}: {verdict.reason}"]
    for place in verdict.places:
        title = documents[place.document_id].metadata.citation
        lines.append(f"  in: {place.label} ({place.span.start}-{place.span.end}) — {title}")
    if verdict.status in ("altered", "misattributed"):
        marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
        shown = " ".join(marks[kind].format(run) for kind, run in verdict.difference)
        lines += [f"  difference: {shown}"]
    return "\n".join(lines) + "\n"
