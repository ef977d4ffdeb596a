"""From the turns of a conversation to its HTML: quote cards, abstentions, refusals, failures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.document import BlockKind
from qa.answering import Abstention, Answer, Reply
from qa.boundaries import Refusal
from qa.language import RIGHT_TO_LEFT
from qa.quoting import Quote
from qa.rendering import strength
from qa.web.inline import Segment, cut_segments
from qa.web.options import NO_FILES, PageOptions
from qa.web.templating import render
from qa.web.turns import Failure, Turn

_TEMPLATES: dict[type, str] = {
    Answer: "outcome/answer.html",
    Abstention: "outcome/abstention.html",
    Refusal: "outcome/refusal.html",
    Failure: "outcome/failure.html",
    type(None): "outcome/pending.html",
}
LANGUAGE_TEMPLATE = "outcome/language.html"
"""Of a refusal whose reason is the language of the question; it crosses no boundary."""
URGENT_REASONS = frozenset({"emergency", "self-harm"})
"""Refusals that are shown as loudly as the page can."""
EXPLANATIONS = {
    "answers directly": "Of the tuning questions’ quotes of this strength three in four answered.",
    "likely": "Of the tuning questions’ quotes of this strength about one in three answered.",
    "related": "Weaker than a likely match: read it for what it says.",
}
"""In the words of `qa.rendering.strength`; measured on the dev half of the questions."""
LOOKED_UP = "Looked up in the article by a rule, not by likeness."


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a message.

    Attributes:
        text: its characters, unescaped.
        language: ISO 639-1 code, "" for the page's own language.
        direction: "rtl" or "ltr".
    """

    text: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Card:
    """A quote, ready for the template.

    Attributes:
        id: of its element on the page.
        label: ``Q1`` for an answer's first quote, ``N1`` for a nearest passage.
        quote: what is shown.
        segments: the quote's text, cut at its citations.
        cells: the same by table cell; empty unless the quote is one whole table row.
        turn: number of its exchange, from 1.
        strength: how well it matches, in words.
        explanation: what the words stand for, in one sentence.
        is_looked_up: it was found by a rule, so that its score means nothing.
        is_entry: the quote is itself an entry of the reference list.
        article: the article's citation above its first quote, where several are quoted; else "".
    """

    id: str
    label: str
    quote: Quote
    segments: tuple[Segment, ...]
    cells: tuple[tuple[Segment, ...], ...]
    turn: int
    strength: str
    explanation: str
    is_looked_up: bool
    is_entry: bool
    article: str = ""


def render_conversation(
    turns: Sequence[Turn],
    *,
    options: PageOptions = NO_FILES,
    follow_ups: Sequence[str] = (),
    is_open: bool = True,
    is_restored: bool = False,
) -> str:
    """Render a conversation, oldest turn first.

    Args:
        turns: the exchanges so far.
        options: whether there are thumbs, and where the evaluation report is.
        follow_ups: questions to go on with, shown below the last answer.
        is_open: whether the library has been opened; a pending turn says so.
        is_restored: whether it has come back after a reload; then the page does not scroll to it.
    """
    views = [
        _turn_view(number, turn, follow_ups if number == len(turns) else ())
        for number, turn in enumerate(turns, start=1)
    ]
    return render(
        "conversation.html", turns=views, options=options, is_open=is_open, is_restored=is_restored
    )


def make_card(quote: Quote, *, label: str, turn: int, is_looked_up: bool = False) -> Card:
    """Prepare a quote for the template."""
    strong = quote.focus if quote.focus != quote.span else None
    words = strength(quote.score)
    return Card(
        id=f"turn-{turn}-{label.lower()}",
        label=label,
        quote=quote,
        segments=cut_segments(quote.text, quote.span.start, quote.markers, strong=strong),
        cells=_cut_cells(quote),
        turn=turn,
        strength=words,
        explanation=LOOKED_UP if is_looked_up else EXPLANATIONS[words],
        is_looked_up=is_looked_up,
        is_entry=quote.kind is BlockKind.REFERENCE,
    )


def _cut_cells(quote: Quote) -> tuple[tuple[Segment, ...], ...]:
    texts = tuple(quote.text.split("\t"))
    if not quote.cells or texts != quote.cells:
        return ()
    cells, offset = [], quote.span.start
    for text in texts:
        cells.append(cut_segments(text, offset, quote.markers) if text else ())
        offset += len(text) + 1  # the tab
    return tuple(cells)


def _searched_view(turn: Turn) -> dict[str, object]:
    """Prepare the line below the question: what was searched, where it is not what was asked."""
    outcome = turn.outcome
    if outcome is None or isinstance(outcome, Failure):
        searched = turn.question
    else:
        searched = outcome.standalone_question
    differs = searched.strip() != turn.question.strip()
    is_searched = isinstance(outcome, Answer | Abstention)
    return {
        "searched": searched.strip() if differs else "",
        "searched_label": "Searched as" if is_searched else "Understood as",
        "is_searched_as_written": turn.stands_alone and is_searched and not differs,
    }


def _language_view(outcome: Reply | Failure | None) -> dict[str, object]:
    """Prepare a message of which a part may be in another language than the page."""
    if not isinstance(outcome, Refusal):
        return {"language": "", "paragraphs": ()}
    language = "" if outcome.language == "und" else outcome.language
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    *own, english = outcome.paragraphs
    paragraphs = [Paragraph(text, language, direction) for text in own]
    return {"language": language, "paragraphs": (*paragraphs, Paragraph(english, "", "ltr"))}


def _turn_view(number: int, turn: Turn, follow_ups: Sequence[str]) -> dict[str, object]:
    outcome = turn.outcome
    quotes = outcome.quotes if isinstance(outcome, Answer) else ()
    nearest = outcome.nearest if isinstance(outcome, Abstention) else ()
    is_looked_up = isinstance(outcome, Answer) and outcome.reason.startswith("looked up")
    is_foreign = isinstance(outcome, Refusal) and outcome.reason == "language"
    return {
        "number": number,
        "question": turn.question,
        "state": "pending" if turn.is_pending else "done",
        "outcome": outcome,
        "template": LANGUAGE_TEMPLATE if is_foreign else _TEMPLATES[type(outcome)],
        "cards": _name_articles(
            make_card(quote, label=f"Q{n}", turn=number, is_looked_up=is_looked_up)
            for n, quote in enumerate(quotes, start=1)
        ),
        "articles": len({quote.document_id for quote in quotes}),
        "nearest": [
            make_card(quote, label=f"N{n}", turn=number) for n, quote in enumerate(nearest, start=1)
        ],
        "follow_ups": follow_ups,
        "is_urgent": isinstance(outcome, Refusal) and outcome.reason in URGENT_REASONS,
        **_searched_view(turn),
        **_language_view(outcome),
    }


def _name_articles(cards: Iterable[Card]) -> list[Card]:
    """Say above the first card of each article which one it is, where there are several."""
    found = list(cards)
    if len({card.quote.document_id for card in found}) < 2:
        return found
    before = ["", *(card.quote.document_id for card in found)]
    return [
        replace(card, article=card.quote.citation) if card.quote.document_id != last else card
        for card, last in zip(found, before, strict=False)
    ]
