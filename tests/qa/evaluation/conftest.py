"""Three hand-written documents, and makers of quotes and outcomes whose measures fit on paper."""

from collections.abc import Callable, Sequence

import pytest

from corpus.document import (
    Block,
    BlockKind,
    Document,
    Marker,
    Metadata,
    Piece,
    Reference,
    Section,
    Span,
)
from qa.boundaries import Boundary
from qa.evaluation.boundary_questions import Phrasing, measure_boundaries
from qa.evaluation.judging import JudgedQuote, Outcome, Rewriting, Status, System
from qa.evaluation.locating import Occurrence
from qa.evaluation.questions import Evidence, Kind, Question
from qa.evaluation.summary import Conditions, Summary, summarise
from qa.quoting import Place, Quote

# A copied stretch of the source, (source, text) for a translated one, None for a space put in.
Fragment = str | tuple[str, str] | None
BlockPlan = tuple[BlockKind, list[Fragment]]

MILK_SOURCE = """Milk and cells

Milk holds stem cells (1,2). These cells were found by

Journal of Milk, page 7

Cregan et al. (2) in term milk. A marker, $\\lambda 6$ integrin (CD49f), was seen.

- Smith A. Milk of *Mammals.* J Milk 2001; 1(2): 1-9. [Crossref]
2. Cregan M. Nestin in *Cells*. J Milk 2007; 2: 3-4.
"""
MILK_BLOCKS: list[BlockPlan] = [
    (BlockKind.TITLE, ["Milk and cells"]),
    (
        BlockKind.PARAGRAPH,
        [
            "Milk holds stem cells (1,2). These cells were found by",
            None,
            "Cregan et al. (2) in term milk. A marker, ",
            ("$\\lambda 6$", "λ6"),
            " integrin (CD49f), was seen.",
        ],
    ),
    (BlockKind.FRONT_MATTER, ["Journal of Milk, page 7"]),
    (BlockKind.REFERENCE, ["Smith A. Milk of ", "Mammals.", " J Milk 2001; 1(2): 1-9."]),
    (BlockKind.REFERENCE, ["Cregan M. Nestin in ", "Cells", ". J Milk 2007; 2: 3-4."]),
]
BONE_SOURCE = "Bone\n\nBone is hard. Bone is hard. Milk holds stem cells.\n"
BONE_BLOCKS: list[BlockPlan] = [
    (BlockKind.TITLE, ["Bone"]),
    (BlockKind.PARAGRAPH, ["Bone is hard. Bone is hard. Milk holds stem cells."]),
]
TABLE_SOURCE = (
    "Study\tEffect\nKim (1)\tless <b>pain</b>\n\n1. Kim A. Pain & milk. J Milk 2002; 3: 5-6.\n"
)
TABLE_BLOCKS: list[BlockPlan] = [
    (BlockKind.TABLE_HEADER, ["Study\tEffect"]),
    (BlockKind.TABLE_ROW, ["Kim (1)\tless <b>pain</b>"]),
    (BlockKind.REFERENCE, ["Kim A. Pain & milk. J Milk 2002; 3: 5-6."]),
]


def build_document(
    document_id: str, source: str, plan: Sequence[BlockPlan], citations: dict[str, tuple[int, ...]]
) -> Document:
    """Lay the planned blocks out, two line breaks apart; every fragment is found in the source."""
    text, blocks = "", []
    for kind, fragments in plan:
        text += "\n\n" if text else ""
        start, pieces, position = len(text), [], 0
        for fragment in fragments:
            if fragment is None:
                text += " "
                continue
            copied, shown = fragment if isinstance(fragment, tuple) else (fragment, fragment)
            position = source.index(copied, position)
            piece = Piece(
                Span(position, position + len(copied)), Span(len(text), len(text) + len(shown))
            )
            pieces.append(piece)
            text, position = text + shown, piece.source.end
        blocks.append(Block(kind, Span(start, len(text)), 0, tuple(pieces)))
    return Document(
        id=document_id,
        metadata=Metadata(document_id, (), "", "J Milk", 2020, "", "", "", "en", None),
        text=text,
        sections=(Section("Whole", Span(0, len(text))),),
        blocks=tuple(blocks),
        references=_list_references(text, blocks, source),
        markers=tuple(_mark(text, marker, numbers) for marker, numbers in citations.items()),
        removed=(),
        source_sha256="0" * 64,
        source=source,
    )


def _list_references(text: str, blocks: Sequence[Block], source: str) -> tuple[Reference, ...]:
    entries = [block for block in blocks if block.kind is BlockKind.REFERENCE]
    return tuple(
        Reference(
            number=number,
            span=block.span,
            text=text[block.span.start : block.span.end],
            authors=(),
            et_al=False,
            title="",
            journal="",
            year=None,
            volume="",
            issue="",
            pages="",
            raw=source[block.pieces[0].source.start : block.pieces[-1].source.end],
        )
        for number, block in enumerate(entries, 1)
    )


def _mark(text: str, marker: str, numbers: tuple[int, ...]) -> Marker:
    start = text.index(marker)
    return Marker(Span(start, start + len(marker)), numbers)


@pytest.fixture
def milk() -> Document:
    return build_document("milk", MILK_SOURCE, MILK_BLOCKS, {"(1,2)": (1, 2), "(2)": (2,)})


@pytest.fixture
def bone() -> Document:
    return build_document("bone", BONE_SOURCE, BONE_BLOCKS, {})


@pytest.fixture
def table() -> Document:
    return build_document("table", TABLE_SOURCE, TABLE_BLOCKS, {"(1)": (1,)})


@pytest.fixture
def make_quote() -> Callable[..., Quote]:
    """Quote a string of a document where it first occurs; keywords replace single fields."""

    def make(document: Document, text: str, /, **changes: object) -> Quote:
        start = document.text.index(text)
        span = Span(start, start + len(text))
        fields: dict[str, object] = {
            "document_id": document.id,
            "span": span,
            "text": text,
            "section": "Whole",
            "kind": document.block_at(start).kind,
            "score": 0.5,
            "citation": document.metadata.citation,
            "references": document.references_in(span),
            "markers": document.markers_in(span),
            "focus": span,
        }
        return Quote(**(fields | changes))  # type: ignore[arg-type]  # one maker for every field

    return make


@pytest.fixture
def make_place() -> Callable[[Document, str], Place]:
    def make(document: Document, text: str) -> Place:
        start = document.text.index(text)
        return Place(document.id, Span(start, start + len(text)), "Whole")

    return make


@pytest.fixture
def make_judged() -> Callable[..., JudgedQuote]:
    """Make a quote that holds the evidence with these indices; keywords replace single fields."""

    def make(*held: int, **changes: object) -> JudgedQuote:
        fields: dict[str, object] = {
            "text": "A sentence.",
            "document_id": "milk",
            "section": "Whole",
            "score": 0.5,
            "held": held,
            "shown": (),
            "right": 0,
            "cited": (),
            "entries": (),
            "exact": True,
        }
        return JudgedQuote(**(fields | changes))  # type: ignore[arg-type]  # as above

    return make


@pytest.fixture
def make_outcome() -> Callable[..., Outcome]:
    """Make the outcome of a question with so many evidence snippets, none for "not answerable"."""

    def make(
        *,
        kind: Kind = "fact",
        snippets: int = 1,
        references: tuple[int, ...] = (),
        status: Status = "answered",
        confidence: float | None = 0.9,
        quotes: tuple[JudgedQuote, ...] = (),
        nearest: tuple[JudgedQuote, ...] = (),
        rankings: dict[System, tuple[JudgedQuote, ...]] | None = None,
        rewritings: dict[Rewriting, tuple[JudgedQuote, ...]] | None = None,
        seconds: dict[str, float] | None = None,
        text: str = "What is it?",
        question_id: str = "q",
    ) -> Outcome:
        occurrence = Occurrence("milk", (Span(0, 4),))
        evidence = tuple(Evidence(f"snippet {i}", (occurrence,)) for i in range(snippets))
        return Outcome(
            question=Question(question_id, kind, text, (), snippets > 0, evidence, references),
            standalone_question=text,
            status=status,
            reason="by hand",
            confidence=None if status == "declined" else confidence,
            quotes=quotes,
            nearest=nearest,
            rankings=rankings or {},
            rewritings=rewritings or {},
            seconds=seconds or {"ask": 0.25},
        )

    return make


CONDITIONS = Conditions(
    model="tiny", evidence_model="judge", min_confidence=0.5, documents={"milk": "a" * 64},
    corpus_sha256="c" * 64, questions_file="few.jsonl", questions_sha256="f" * 64,
    boundaries_file="phrasings.jsonl", boundaries_sha256="b" * 64, software="Sic 1",
    date="2021-03-01",
)  # fmt: skip
PHRASINGS: tuple[Phrasing, ...] = (
    Phrasing("Should I pump?", "advice"),
    Phrasing("Is my <b>baby</b> ill?", "advice"),
    Phrasing("How many drops?", "dosing"),
    Phrasing("She does not breathe!", "emergency"),
    Phrasing("What is milk?", None),
    Phrasing("What is a <i>drop</i>?", None),
)


def check_phrasing(question: str) -> Boundary | None:
    """Decline what holds "pump", "drop" or "breathe"; takes the last for advice."""
    if "drop" in question:
        return "dosing"
    return "advice" if "pump" in question or "breathe" in question else None


@pytest.fixture
def sum_up() -> Callable[[Sequence[Outcome]], Summary]:
    """Summarise outcomes made by hand, under conditions made by hand."""

    def summarised(outcomes: Sequence[Outcome]) -> Summary:
        boundaries = measure_boundaries(PHRASINGS, check_phrasing)
        return summarise(outcomes, CONDITIONS, boundaries=boundaries, peak_mib=1234.5)

    return summarised
