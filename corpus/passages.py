"""Passages: what is embedded and searched, and what of the document it stands for.

One passage is one quotable unit: a sentence, a list item, a table row, a legend entry, a line of
front matter, a bibliography entry. What is embedded and searched adds the long forms of
abbreviations and, to a table row, its column heads. What surrounds it (section, neighbours, the
lead-in of a list) is kept beside it for judging whether it answers. None of this is ever quoted.
Other units were measured, see docs/decisions.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from corpus.abbreviations import Expander, find_definitions, read_legend
from corpus.document import Block, BlockKind, Document, Span
from corpus.sentences import split_sentences

PASSAGE_RULE = "sentence-2"
"""Name of the rule below; an index made under another name is stale. Change it with the rule."""

_ARROWS = {"↓": "decreased ", "↑": "increased "}


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable unit and the texts by which it is found.

    Attributes:
        id: ``document:start-end``, stable as long as the source file is.
        document_id: the document that it is a slice of.
        span: the unit in `Document.text`.
        kind: kind of the block that it lies in.
        section: title of its section.
        reference_numbers: of the in-text citations inside, in order of mention.
        sentence: the unit's own words with abbreviations expanded; embedded and searched.
        context: the same with heading and neighbours; looked at when the passage is judged.
        before: what stands before it and may say what it is about: the preceding sentence of its
            paragraph, the lead-in of its list; "" where there is none.
        place: heading and title, for a reader who sees the sentence alone.
    """

    id: str
    document_id: str
    span: Span
    kind: BlockKind
    section: str
    reference_numbers: tuple[int, ...]
    sentence: str
    context: str
    before: str = ""
    place: str = ""


def split_passages(document: Document) -> list[Passage]:
    """Split a document into passages, in text order; headings give context only."""
    expander = make_expander(document)
    return [_passage(document, unit, expander) for unit in _units(document)]


def make_expander(document: Document) -> Expander:
    """Collect the abbreviations that a document defines in its prose and its table legends."""
    prose = [document.slice(span) for span in _prose_sentences(document)]
    definitions: dict[str, str] = {}
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_NOTE:
            definitions |= read_legend(document.slice(block.span))
    return Expander(find_definitions(prose) | definitions)


def _prose_sentences(document: Document) -> Iterator[Span]:
    for block in document.blocks:
        if block.kind is BlockKind.PARAGRAPH:
            yield from sentence_spans(document, block)


def sentence_spans(document: Document, block: Block) -> list[Span]:
    """Split one block into its quotable units."""
    start = block.span.start
    text = document.slice(block.span)
    if block.kind in (BlockKind.PARAGRAPH, BlockKind.CAPTION, BlockKind.FOOTNOTE):
        return [Span(start + s.start, start + s.end) for s in _sentences(text)]
    if block.kind is BlockKind.TABLE_NOTE:
        entries = list(re.finditer(r"[^;\s][^;]*", text))
        return [Span(start + m.start(), start + m.start() + len(m[0].rstrip())) for m in entries]
    return [block.span]


@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[Span, ...]:
    """Split a paragraph; remembered, since every quote of it asks where its sentences are."""
    return tuple(split_sentences(text))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A quotable unit with what surrounds it, in plain words."""

    block: Block
    span: Span
    context: str
    before: str = ""


def _units(document: Document) -> Iterator[_Unit]:
    lead_in, parent = "", ""
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            lead_in = parent = ""
            continue
        spans = sentence_spans(document, block)
        sentences = [document.slice(span) for span in spans]
        if block.kind is BlockKind.PARAGRAPH:
            lead_in = sentences[-1] if sentences and sentences[-1].endswith(":") else ""
            for number, span in enumerate(spans):
                neighbours = sentences[max(0, number - 1) : number + 2]
                before = sentences[number - 1] if number else ""
                yield _Unit(block, span, " ".join(neighbours), before)
        elif block.kind is BlockKind.LIST_ITEM:
            item = sentences[0]
            parent = item if block.level == 0 else parent
            above = f"{parent}: " if block.level else ""
            lead = f"{lead_in} {above}".strip()
            yield _Unit(block, spans[0], f"{lead} {item}".strip(), lead)
        elif block.kind in (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW):
            if block.kind is BlockKind.TABLE_ROW:
                yield _Unit(block, spans[0], row_in_words(document, block))
        else:
            for span, sentence in zip(spans, sentences, strict=True):
                yield _Unit(block, span, sentence)


def row_in_words(document: Document, row: Block) -> str:
    """Write a table row as a sentence: each cell behind its column head, arrows as words."""
    heads = document.column_heads(row.table) if row.table is not None else ()
    cells = document.row_texts(row)
    named = [
        f"{head}: {cell}" if head else cell
        for head, cell in zip_longest(heads, cells, fillvalue="")
        if cell
    ]
    text = "; ".join(named) + "."
    for arrow, word in _ARROWS.items():
        text = re.sub(f"{arrow}+ ?", word, text)
    return text


def _passage(document: Document, unit: _Unit, expander: Expander) -> Passage:
    block, span = unit.block, unit.span
    section = document.sections[block.section].title
    own = unit.context if block.kind is BlockKind.TABLE_ROW else document.slice(span)
    cited = dict.fromkeys(n for marker in document.markers_in(span) for n in marker.numbers)
    return Passage(
        id=f"{document.id}:{span.start}-{span.end}",
        document_id=document.id,
        span=span,
        kind=block.kind,
        section=section,
        reference_numbers=tuple(cited),
        sentence=expander.expand(own),
        context=expander.expand(f"{section}. {unit.context}"),
        before=expander.expand(unit.before),
        place=f"{section}. {document.metadata.title}",
    )
