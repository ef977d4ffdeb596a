"""The statements of an article that carry no reference of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from corpus.document import BlockKind, Document
from corpus.passages import sentence_spans
from qa.web.citing import Citing


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one section, in text order."""

    section: str
    sentences: tuple[Citing, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.sentences)


def statements_without_reference(document: Document) -> tuple[Statements, ...]:
    """Collect the sentences of the prose in which no reference is cited, section by section.

    A sentence may still rest on the reference of the one beside it.
    """
    return tuple(
        Statements(section, tuple(sentences))
        for section, sentences in groupby(_uncited(document), key=lambda item: item.section)
    )


def _uncited(document: Document) -> Iterator[Citing]:
    for block in document.blocks:
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        section = document.sections[block.section].title
        for span in sentence_spans(document, block):
            if not document.markers_in(span):
                yield Citing(section, span, document.slice(span))
