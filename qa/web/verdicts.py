"""The panel "Verify a quote": from a pasted sentence to what the source says about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.document import Document
from qa.quoting import Quote
from qa.verifying import Verdict, verify
from qa.verifying_where import documents_near
from qa.web.inline import Segment, cut_segments
from qa.web.opening import DocumentLibrary
from qa.web.templating import render

MAX_CHARS = 5_000
"""Longer than any paragraph; comparing takes time with the square of the length."""
HEADLINES = {
    "found": "Found, word for word",
    "altered": "Altered",
    "misattributed": "Misattributed",
    "absent": "Not in this source",
}
ICONS = {"found": "✓", "altered": "≠", "misattributed": "?", "absent": "–"}


@dataclass(frozen=True, slots=True)
class Found:
    """A place of the source, as a quote with its segments; ``label`` is ``V1`` for the first."""

    label: str
    quote: Quote
    segments: tuple[Segment, ...]


def render_verdict(text: str, library: DocumentLibrary) -> str:
    """Check a sentence against the documents and render what is known of it.

    What cannot be checked (nothing, or too much) gives a remark that says so.
    """
    if len(text) > MAX_CHARS:
        return render(
            "verdict.html", remark=f"Please check at most {MAX_CHARS:,} characters at a time."
        )
    try:
        verdict = verify(text, documents_near(text, library))
    except ValueError:
        return render("verdict.html", remark="Please paste a sentence first.")
    return render(
        "verdict.html",
        remark="",
        verdict=verdict,
        headline=HEADLINES[verdict.status],
        icon=ICONS[verdict.status],
        found=_places(verdict, library.documents),
        has_difference=verdict.status in ("altered", "misattributed"),
    )


def _places(verdict: Verdict, documents: Mapping[str, Document]) -> list[Found]:
    found = []
    for number, place in enumerate(verdict.places, start=1):
        quote = Quote.from_document(documents[place.document_id], place.span, score=1.0)
        segments = cut_segments(quote.text, quote.span.start, quote.markers)
        found.append(Found(f"V{number}", quote, segments))
    return found
