"""A hand-built document with awkward text, and an assistant that knows its answers by heart."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from corpus.bibliography import find_markers, parse_reference
from corpus.document import Author, Block, BlockKind, Document, Metadata, Section, Span
from index.overview import Overview
from qa.answering import Abstention, Answer, QuestionError, Reply
from qa.boundaries import Refusal
from qa.language import language_message
from qa.quoting import Place, Quote

HOSTILE = "<b>bold</b> a*b*c $x$ <img src=x onerror='hacked = 1'> {{7*7}} ${7*7} `q` &amp;"
"""Markup of five kinds; all of it has to be shown as it stands."""

FIRST = "Cells were seen early (1)."
HOSTILE_SENTENCE = f"The 𝛼6 marker was written {HOSTILE} in print (2)."
LAST = "These cells reached the brain (1,3-4)."
ROW = "Ahn et al. (2)\tPhase I\tSafe, <i>feasible</i>"

_SECTIONS = ("Article information", "Findings", "References")
_BLOCKS: tuple[tuple[BlockKind, int, str, int], ...] = (
    (BlockKind.TITLE, 0, "Cells in milk & what <they> do", 0),
    (BlockKind.FRONT_MATTER, 0, "Corresponding Author:\nA. Tester", 0),
    (BlockKind.HEADING, 1, "Findings", 0),
    (BlockKind.PARAGRAPH, 1, f"{FIRST} {HOSTILE_SENTENCE} {LAST}", 0),
    (BlockKind.PARAGRAPH, 1, "Nobody has counted them yet.", 0),
    (BlockKind.LIST_ITEM, 1, "Outer one", 0),
    (BlockKind.LIST_ITEM, 1, "Inner one (3)", 1),
    (BlockKind.LIST_ITEM, 1, "Outer two", 0),
    (BlockKind.TABLE_HEADER, 1, "Study\tPhase\tEffect", 0),
    (BlockKind.TABLE_ROW, 1, ROW, 0),
    (BlockKind.TABLE_ROW, 1, "Keller et al.\tPhase II\tNone", 0),
    (BlockKind.TABLE_ROW, 1, "Wu et al.\tAnimal\tLess a*b*c", 0),
    (BlockKind.TABLE_NOTE, 1, "MSC: mesenchymal stem cell", 0),
    (BlockKind.HEADING, 2, "References", 0),
    (BlockKind.REFERENCE, 2, "Blanc B. First things. Nature 1981; 36: 1-89.", 0),
    (BlockKind.REFERENCE, 2, "Hock A, et al. Second <things>. Gut 2014; 5: 770-8.", 0),
    (BlockKind.REFERENCE, 2, "Wu X. Third things. Trials 2020; 21: 125.", 0),
    (BlockKind.REFERENCE, 2, "Fan Y. Fourth things. PLoS One 2010; 5: e1.", 0),
)
_TABLE_KINDS = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.TABLE_NOTE)


def make_document() -> Document:
    """Build the document: one paragraph, a nested list, a table and four references."""
    text = ""
    blocks: list[Block] = []
    for kind, section, content, level in _BLOCKS:
        blocks.append(_block(kind, section, content, level, len(text)))
        text += content + "\n\n"
    entries = [block.span for block in blocks if block.kind is BlockKind.REFERENCE]
    references = tuple(
        parse_reference(text[span.start : span.end], number=number, span=span, raw="")
        for number, span in enumerate(entries, start=1)
    )
    body = [block.span for block in blocks if block.kind is not BlockKind.REFERENCE]
    return Document(
        id="cells in milk",
        metadata=Metadata(
            _BLOCKS[0][2], (Author("Tester", "Ann"),), "", "J Tests", 2021, "", "", "", "en", None
        ),
        text=text.rstrip(),
        sections=tuple(_section(number, blocks) for number in range(len(_SECTIONS))),
        blocks=tuple(blocks),
        references=references,
        markers=find_markers(text, body, {1, 2, 3, 4}),
        removed=(),
        source_sha256="0" * 64,
        source="",
    )


def _section(number: int, blocks: Sequence[Block]) -> Section:
    spans = [block.span for block in blocks if block.section == number]
    return Section(_SECTIONS[number], Span(spans[0].start, spans[-1].end))


def _block(kind: BlockKind, section: int, content: str, level: int, start: int) -> Block:
    cells: list[Span] = []
    offset = start
    for cell in content.split("\t") if kind in _TABLE_KINDS[:2] else ():
        cells.append(Span(offset, offset + len(cell)))
        offset += len(cell) + 1
    table = 0 if kind in _TABLE_KINDS else None
    return Block(kind, Span(start, start + len(content)), section, (), level, tuple(cells), table)


def span_of(document: Document, text: str) -> Span:
    """Return where a text stands; the tests' texts occur once."""
    start = document.text.index(text)
    return Span(start, start + len(text))


def make_quote(document: Document, text: str, **values: Any) -> Quote:
    """Quote a text of the document."""
    return Quote.from_document(document, span_of(document, text), score=0.9, **values)


@dataclass
class FakeAssistant:
    """Answers by keyword; a question without one finds nothing."""

    document: Document = field(default_factory=make_document)
    more: tuple[Document, ...] = ()

    @cached_property
    def library(self) -> Any:
        """A library of the document, and of what was added to it."""
        documents = (self.document, *self.more)
        return SimpleNamespace(
            documents={document.id: document for document in documents},
            overview=Overview.of_documents(documents),
        )

    def with_documents(self, documents: Sequence[Document]) -> "FakeAssistant":
        """Know more documents."""
        return FakeAssistant(self.document, (*self.more, *documents))

    def read_ahead(self) -> None:
        """There is nothing to do."""

    def reload_if_changed(self) -> "FakeAssistant":
        """Nothing changes."""
        return self

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        documents: Collection[str] | None = None,
    ) -> Reply:
        """Reply by the first keyword that the question holds."""
        if len(question) > 500:
            raise QuestionError("Please keep the question under 500 characters.")
        for keyword, reply in _REPLIES.items():
            if keyword in question:
                return reply(self.document, question, tuple(history))
        nearest = (make_quote(self.document, HOSTILE_SENTENCE),)
        return Abstention(question, question, "No sentence answers this.", nearest, 0.1)


def many_articles(count: int) -> FakeAssistant:
    """An assistant that has so many copies of the document, but answers from the first."""
    document = make_document()
    copies = (
        replace(
            document,
            id=f"copy {number}",
            metadata=replace(document.metadata, title=f"Copy {number} of the cells"),
        )
        for number in range(2, count + 1)
    )
    return FakeAssistant(document, tuple(copies))


def _first(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    elsewhere = Place(document.id, span_of(document, "Outer two"), "Findings")
    both = Span(span_of(document, HOSTILE_SENTENCE).start, span_of(document, LAST).end)
    wide = Quote.from_document(
        document, span_of(document, LAST), score=0.5, span=both,
        widened="the sentence before it says what “These cells” refers to",
    )  # fmt: skip
    first = replace(make_quote(document, FIRST), also_at=(elsewhere,))
    quotes = (first, wide, make_quote(document, ROW), make_quote(document, "Inner one (3)"))
    return Answer(question, question, quotes, 0.9, "by heart")


def _follow_up(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    standalone = f"{question} ({history[-1]})" if history else question
    return Answer(question, standalone, (make_quote(document, LAST),), 0.9, "by heart")


def _entry(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    text = document.references[1].text
    return Answer(question, question, (make_quote(document, text),), 0.9, "by heart")


def _emergency(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    return Refusal(question, question, "emergency", "Call the emergency number now.", "cells")


def _dosing(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    return Refusal(question, question, "dosing", "Doses are for your doctor.", "first cells")


def _list(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    quotes = (make_quote(document, FIRST), make_quote(document, LAST))
    return Answer(question, question, quotes, 0.9, "by heart", is_list=True)


def _german(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    return _foreign(question, "de")


def _arabic(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    return _foreign(question, "ar")


def _unclear(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    return _foreign(question, "und")


def _foreign(question: str, language: str) -> Reply:
    message = language_message(language)
    return Refusal(question, question, "language", message, "", language)


def _broken(document: Document, question: str, history: tuple[str, ...]) -> Reply:
    raise RuntimeError("the index fell over")


_REPLIES: dict[str, Callable[[Document, str, tuple[str, ...]], Reply]] = {
    "breathing": _emergency,
    "dose": _dosing,
    "break": _broken,
    "entry": _entry,
    "first": _first,
    "And": _follow_up,
    "Which": _list,
    "Stammzellen": _german,
    "الخلايا": _arabic,
    "xyzzy": _unclear,
}
