"""Which sentences of a document cite which reference."""

from collections import defaultdict
from dataclasses import dataclass

from corpus.document import BlockKind, Document, Span
from corpus.passages import sentence_spans


@dataclass(frozen=True, slots=True)
class Citing:
    """A sentence and the title of its section."""

    section: str
    span: Span
    text: str


def sentences_by_reference(document: Document) -> dict[int, tuple[Citing, ...]]:
    """Find, for each reference number, the sentences outside the bibliography that cite it."""
    found: defaultdict[int, list[Citing]] = defaultdict(list)
    for block in document.blocks:
        if block.kind is BlockKind.REFERENCE:
            continue
        section = document.sections[block.section].title
        for span in sentence_spans(document, block):
            citing = Citing(section, span, document.slice(span))
            for reference in document.references_in(span):
                found[reference.number].append(citing)
    return {number: tuple(sentences) for number, sentences in found.items()}
