"""Replies as plain data, and the words for a match's strength."""

from typing import Any

from qa.answering import Abstention, Answer, Reply
from qa.boundaries import Refusal
from qa.quoting import Place, Quote

DIRECT = 0.5
"""On the dev half three of four quotes with this score or more hold the answer."""
LIKELY = 0.2
"""And about one of three between this and `DIRECT`."""
LIST_NOTE = "Each quote is a part of the answer; the list may not be complete."
"""Said of the quotes of a question for several things."""


def strength(score: float) -> str:
    """Put a quote's score, in [0, 1], into words."""
    if score >= DIRECT:
        return "answers directly"
    return "likely" if score >= LIKELY else "related"


def quote_to_json(quote: Quote) -> dict[str, Any]:
    """Return a quote as JSON-ready data; ``start`` and ``end`` are offsets in `Document.text`."""
    return (
        {"text": quote.text}
        | place_to_json(quote.place)
        | {
            "kind": str(quote.kind),
            "score": round(quote.score, 4),
            "citation": quote.citation,
            "references": [
                {"number": reference.number, "text": reference.text}
                for reference in quote.references
            ],
            "widened": quote.widened,
            "also_at": [place_to_json(place) for place in quote.also_at],
        }
    )


def place_to_json(place: Place) -> dict[str, Any]:
    """Return a place as JSON-ready data; ``page`` is there only if the article has pages."""
    page = {} if place.page is None else {"page": place.page}
    return {
        "document": place.document_id,
        "section": place.section,
        "start": place.span.start,
        "end": place.span.end,
    } | page


def searched_label(reply: Reply) -> str:
    """Say what its standalone question was for; a question that is declined is not searched."""
    return "Understood as" if isinstance(reply, Refusal) else "Searched"


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON-ready data, in the shape of a batch line without id and time."""
    data: dict[str, Any] = {
        "question": reply.question,
        "standalone_question": reply.standalone_question,
    }
    match reply:
        case Answer():
            return data | {
                "status": "answered",
                "reason": reply.reason,
                "confidence": round(reply.confidence, 4),
                "quotes": [quote_to_json(quote) for quote in reply.quotes],
                "is_list": reply.is_list,
            }
        case Abstention():
            return data | {
                "status": "not_in_source",
                "reason": reply.reason,
                "confidence": round(reply.confidence, 4),
                "quotes": [],
                "nearest": [quote_to_json(quote) for quote in reply.nearest],
                "is_list": False,
            }
        case Refusal():
            return data | {
                "status": "declined",
                "reason": reply.reason,
                "message": reply.message,
                "quotes": [],
                "is_list": False,
            }


def reply_to_text(reply: Reply) -> str:
    """Return a reply for a terminal: quotes between quotation marks, each with its citation."""
    lines: list[str] = []
    if reply.standalone_question != reply.question:
        lines += [f"{searched_label(reply)}: {reply.standalone_question}", ""]
    match reply:
        case Answer():
            lines += [LIST_NOTE, ""] if reply.is_list else []
            for number, quote in enumerate(reply.quotes, start=1):
                lines += _quote_lines(f"Q{number}", quote)
        case Abstention():
            lines += [f"Not in this source. {reply.reason}", ""]
            for quote in reply.nearest:
                lines += _quote_lines("Nearest passage, not an answer", quote)
        case Refusal():
            lines += [f"Declined ({reply.reason}). {reply.message}"]
    return "\n".join(lines).rstrip() + "\n"


def _quote_lines(label: str, quote: Quote) -> list[str]:
    words = strength(quote.score) if label.startswith("Q") else ""
    lines = [f"{label}  {quote.place.label}{f' · {words}' if words else ''}", f"  “{quote.text}”"]
    lines += [f"  ({quote.widened})"] if quote.widened else []
    lines += [f"  also in: {place.label}" for place in quote.also_at]
    lines += [f"  — {quote.citation}"]
    lines += [
        f"    [{reference.number}] {reference.text}  (cited by the review; not read by Sic)"
        for reference in quote.references
    ]
    return [*lines, ""]
