"""What came back for one question, judged against its evidence and against the source.

Owns the records that every measure reads. A quote is judged once, here; the measures only count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.document import Document, Span
from qa.evaluation.locating import Occurrence
from qa.evaluation.provenance import (
    cited_in,
    is_exact,
    is_reference_right,
    printed_entries,
)
from qa.evaluation.questions import Evidence, Question
from qa.quoting import Quote

System = Literal["bm25", "dense", "hybrid", "signals", "evidence", "answer"]
SYSTEMS: tuple[System, ...] = get_args(System)
Rewriting = Literal["alone", "prepended", "rewritten"]
REWRITINGS: tuple[Rewriting, ...] = get_args(Rewriting)
"""How a follow-up is asked: as it is, with the last question before it, or made to stand alone."""
Status = Literal["answered", "not_in_source", "declined"]

# A quote holds a snippet when it shows at least half of its characters: sentence splitters differ
# at the edges, and half a sentence is the least that a reader would recognise as the evidence.
HELD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class JudgedQuote:
    """A quote as it was shown or ranked, with the verdicts on it.

    Attributes:
        text: as shown.
        document_id: where it is from.
        section: title of its section.
        score: in [0, 1], as shown.
        held: indices of the question's evidence that the quote holds, ascending.
        shown: numbers of the references shown with it, in order.
        right: how many of ``shown`` the quote cites and resolve to the right entry.
        cited: numbers that its text cites and the bibliography has, in order.
        entries: numbers of the bibliography entries that the quote itself is; mostly empty.
        exact: whether the text is a slice of the document and of the source file.
    """

    text: str
    document_id: str
    section: str
    score: float
    held: tuple[int, ...]
    shown: tuple[int, ...]
    right: int
    cited: tuple[int, ...]
    entries: tuple[int, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The reply to one question and the rankings behind it.

    Attributes:
        question: what was asked.
        standalone_question: how it was understood.
        status: which of the three replies came back.
        reason: the reply's own words for it.
        confidence: probability in [0, 1] that the source answers; None where it was declined.
        quotes: what was shown as the answer; empty unless answered.
        nearest: what was shown as near but no answer; empty unless not in the source.
        rankings: quotes by system, best first; empty for a question that is not answerable.
        rewritings: an answerable follow-up ranked by the full system in each way; empty for others.
        seconds: wall time of the reply, "ask", and of each stage that it went through.
    """

    question: Question
    standalone_question: str
    status: Status
    reason: str
    confidence: float | None
    quotes: tuple[JudgedQuote, ...]
    nearest: tuple[JudgedQuote, ...]
    rankings: Mapping[System, tuple[JudgedQuote, ...]]
    rewritings: Mapping[Rewriting, tuple[JudgedQuote, ...]]
    seconds: Mapping[str, float]

    @property
    def is_answered(self) -> bool:
        """Whether quotes were shown as an answer."""
        return self.status == "answered"

    @property
    def holds_evidence(self) -> bool:
        """Whether at least one quote shown as an answer holds evidence."""
        return any(quote.held for quote in self.quotes)

    @property
    def is_wrong(self) -> bool:
        """Answered although not answerable, or with no quote that holds evidence."""
        return self.is_answered and not self.holds_evidence

    @property
    def is_right(self) -> bool:
        """The best reply: evidence where there is some, declined for advice, silence otherwise."""
        if self.question.answerable:
            return self.is_answered and self.holds_evidence
        if self.question.kind == "advice":
            return self.status == "declined"
        return self.status == "not_in_source"


class Judge:
    """Judges quotes; keeps the bibliographies that it numbered from the raw files.

    Args:
        documents: by id, every document that a quote may come from.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        """Judge quotes from documents; a document is read when the first one is from it."""
        self._documents = documents
        self._known: dict[str, dict[int, str]] = {}

    def judge(
        self, quotes: Sequence[Quote], evidence: Sequence[Evidence]
    ) -> tuple[JudgedQuote, ...]:
        """Judge quotes against the evidence of their question, in the order given."""
        return tuple(self._judge_quote(quote, evidence) for quote in quotes)

    def _entries_of(self, document: Document) -> dict[int, str]:
        """Number a bibliography from its source file, once."""
        if document.id not in self._known:
            self._known[document.id] = printed_entries(document)
        return self._known[document.id]

    def _judge_quote(self, quote: Quote, evidence: Sequence[Evidence]) -> JudgedQuote:
        document = self._documents[quote.document_id]
        entries = self._entries_of(document)
        cited = cited_in(quote.text, quote.span, document, entries)
        right = (
            is_reference_right(
                reference, text=quote.text, span=quote.span, document=document, entries=entries
            )
            for reference in quote.references
        )
        places = [(quote.document_id, quote.span), (quote.document_id, quote.focus)]
        places += [(place.document_id, place.span) for place in quote.also_at]
        return JudgedQuote(
            text=quote.text,
            document_id=quote.document_id,
            section=quote.section,
            score=quote.score,
            held=tuple(i for i, item in enumerate(evidence) if _holds(places, item.occurrences)),
            shown=tuple(reference.number for reference in quote.references),
            right=sum(right),
            cited=tuple(number for number in cited if number in entries),
            entries=tuple(r.number for r in document.references if r.span.overlaps(quote.span)),
            exact=is_exact(quote.text, quote.span, document),
        )


def _holds(places: Sequence[tuple[str, Span]], occurrences: Sequence[Occurrence]) -> bool:
    """Tell whether one of the places shows enough of one of the occurrences."""
    return any(
        occurrence.overlap(document_id, span) >= HELD_SHARE * occurrence.length
        for document_id, span in places
        for occurrence in occurrences
    )
