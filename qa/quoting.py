"""From found passages to quotes: whole sentences, cut by offset, with their citations resolved.

A quote is widened by one neighbouring sentence only where it cannot stand alone; sentences that say
the same (abstract and body) become one quote with both places.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.document import BlockKind, Document, Marker, Reference, Span
from corpus.passages import sentence_spans
from index.lexical import term_set

SAME_DICE = 0.8
"""Two sentences that share this much of their words say the same (Dice coefficient of the sets)."""
MIN_SAME_TERMS = 5
"""Shorter units (legend entries, list items) are never taken for repetitions."""

_LEANS_BACK = re.compile(
    r"(?:these|those|they|their|such|this (?!review|article|paper|year)|it was (?:reported|"
    r"found|shown|"
    r"observed)|the (?:results?|authors?|offspring|findings) (?:showed|shows|reported|found|"
    r"of this)|"
    r"both groups|the former|the latter|in this (?:study|trial|way))\b",
    re.IGNORECASE,
)
_TELLS_RESULTS = re.compile(
    r"(?:the|these|their) (?:results?|findings?|authors?)\b|(?:they|it was) (?:found|showed|"
    r"reported|shown)\b",
    re.IGNORECASE,
)
_STUDY = re.compile(r"\b(?:stud(?:y|ies)|trial|experiment|report|series)\b", re.IGNORECASE)
_WHOSE = re.compile(r"\b[A-ZÀ-Ž][\w'’-]+(?: (?:et al\.?|and [A-ZÀ-Ž][\w'’-]+))")
NAMING_WORDS = 8
_OPENS_STUDY = re.compile(r"(?:in|for|during) (?:an?|the|another|one)\b|an?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a document, a range of its text, the section, the page if any."""

    document_id: str
    span: Span
    section: str
    page: int | None = None

    @classmethod
    def in_document(cls, document: Document, span: Span) -> "Place":
        """Say where a range of a document stands."""
        section = document.section_at(span.start).title
        return cls(document.id, span, section, document.page_at(span.start))

    @property
    def label(self) -> str:
        """The place in words: ``Introduction, p. 3``."""
        return self.section if self.page is None else f"{self.section}, p. {self.page}"


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of a document.

    Attributes:
        document_id, span, text, section, kind: what it is; the text is the document's at ``span``.
        score: how surely it answers, in [0, 1], higher is better.
        citation: the article's own citation, one line.
        references: every in-text citation inside, resolved, in order of mention.
        markers: these citations with their offsets in the document.
        focus: the sentence that was found; equals ``span`` unless the quote was widened.
        widened: "", or why a neighbour was added.
        also_at: where the document says the same again.
        header, cells: the column heads and cells of a table row, else empty.
        page: on which it begins, None where the article has no pages.
    """

    document_id: str
    span: Span
    text: str
    section: str
    kind: BlockKind
    score: float
    citation: str
    references: tuple[Reference, ...]
    markers: tuple[Marker, ...]
    focus: Span
    widened: str = ""
    also_at: tuple[Place, ...] = ()
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    page: int | None = None

    @classmethod
    def from_document(
        cls,
        document: Document,
        focus: Span,
        *,
        score: float,
        span: Span | None = None,
        widened: str = "",
    ) -> "Quote":
        """Cut a quote; the only way one is made, so that its text is a slice by construction."""
        span = span or focus
        block = document.block_at(span.start)
        header = (
            document.table_header(block.table) if block.table is not None and block.cells else None
        )
        own = document.reference_at(span) if block.kind is BlockKind.REFERENCE else ()
        return cls(
            document_id=document.id,
            span=span,
            text=document.slice(span),
            section=document.sections[block.section].title,
            kind=block.kind,
            score=score,
            citation=document.metadata.citation,
            references=own or document.references_in(span),
            markers=document.markers_in(span),
            focus=focus,
            widened=widened,
            header=document.row_texts(header) if header else (),
            cells=document.row_texts(block),
            page=document.page_at(span.start),
        )

    @property
    def place(self) -> Place:
        """Where the quote stands."""
        return Place(self.document_id, self.span, self.section, self.page)


def make_quote(document: Document, span: Span, *, score: float) -> Quote:
    """Quote a passage, widened by one neighbour where it cannot stand alone.

    Args:
        document: the document that is quoted.
        span: one quotable unit of it.
        score: in [0, 1].
    """
    block = document.block_at(span.start)
    if block.kind is not BlockKind.PARAGRAPH:
        return Quote.from_document(document, span, score=score)
    sentences = sentence_spans(document, block)
    position = next((n for n, sentence in enumerate(sentences) if span in sentence), None)
    if position is None:
        return Quote.from_document(document, span, score=score)
    before = sentences[position - 1] if position else None
    after = sentences[position + 1] if position + 1 < len(sentences) else None
    wide, reason = _widen(document, sentences[position], before, after)
    return Quote.from_document(document, span, score=score, span=wide, widened=reason)


def _widen(
    document: Document, sentence: Span, before: Span | None, after: Span | None
) -> tuple[Span, str]:
    text = document.slice(sentence)
    cited = bool(document.markers_in(sentence))
    if before:
        joined = Span(before.start, sentence.end)
        leaning = _LEANS_BACK.match(text)
        if leaning:
            return joined, f"the sentence before it says what “{_opening(text)}” refers to"
        if cited and _is_uncited_study(document, before) and not _names_study(document, sentence):
            return joined, "the sentence before it says which study this is"
    if not after:
        return sentence, ""
    cited_next = document.markers_in(after) and not _names_study(document, after)
    if not cited and cited_next and _is_uncited_study(document, sentence):
        return Span(sentence.start, after.end), "the reference stands in the sentence after it"
    if _TELLS_RESULTS.match(document.slice(after)) and _names_study(document, sentence):
        return Span(sentence.start, after.end), "the results stand in the sentence after it"
    return sentence, ""


def _opening(text: str) -> str:
    return " ".join(text.split()[:2])


def _is_uncited_study(document: Document, span: Span) -> bool:
    text = document.slice(span)
    described = _OPENS_STUDY.match(text) and _STUDY.search(text)
    return bool(described) and not document.markers_in(span)


def _names_study(document: Document, span: Span) -> bool:
    """Tell whether a sentence says itself whose study it reports."""
    text = document.slice(span)
    return bool(re.search(r"\bet al\b", text) or (_OPENS_STUDY.match(text) and _STUDY.search(text)))


def merge_quotes(quotes: Sequence[Quote], documents: Mapping[str, Document]) -> list[Quote]:
    """Merge quotes that overlap or say the same, keeping the order of the better one.

    Overlapping quotes become the longer of the two. Of two that say the same the one that carries
    references is shown (else the better), the other becomes a place in ``also_at``.
    """
    merged: list[Quote] = []
    for quote in quotes:
        for position, kept in enumerate(merged):
            if kept.document_id == quote.document_id and kept.span.overlaps(quote.span):
                merged[position] = _join_overlap(kept, quote, documents[quote.document_id])
                break
            if _say_the_same(kept, quote):
                merged[position] = _join_same(kept, quote)
                break
        else:
            merged.append(quote)
    return merged


def _join_overlap(kept: Quote, other: Quote, document: Document) -> Quote:
    if other.span in kept.span:
        return kept
    span = Span(min(kept.span.start, other.span.start), max(kept.span.end, other.span.end))
    reason = kept.widened or other.widened
    wide = Quote.from_document(document, kept.focus, score=kept.score, span=span, widened=reason)
    return replace(wide, also_at=kept.also_at)


def _join_same(kept: Quote, other: Quote) -> Quote:
    if other.references and not kept.references:
        return replace(other, score=kept.score, also_at=(*kept.also_at, kept.place))
    return replace(kept, also_at=(*kept.also_at, other.place))


def _say_the_same(one: Quote, other: Quote) -> bool:
    if one.kind is not BlockKind.PARAGRAPH or other.kind is not BlockKind.PARAGRAPH:
        return False
    first, second = term_set(one.text), term_set(other.text)
    if min(len(first), len(second)) < MIN_SAME_TERMS:
        return False
    return 2 * len(first & second) / (len(first) + len(second)) >= SAME_DICE


def naming_words(quote: Quote) -> str:
    """Return words by which a quote can be named in a question: whose study it is, or its start."""
    authors = _WHOSE.search(quote.text)
    if authors:
        return authors[0]
    return " ".join(quote.text.split()[:NAMING_WORDS]).rstrip(".,;:")
