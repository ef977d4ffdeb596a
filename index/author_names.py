"""Author names in a document: who wrote it, who is cited, who is named before a citation."""

import re
from collections.abc import Iterator

from corpus.document import BlockKind, Document
from index.lexical import words

_BEFORE_CITATION = re.compile(r"(?<![\w’'-])[\w’'-]++(?= et al\b| and [A-ZÀ-Ž][\w’'-]++ \(\d)")
_CAPITAL = re.compile("[A-ZÀ-Ž]")
_SMALL = re.compile("[a-zà-ž]")
_PARTICLES = ("van der ", "van ", "von ", "de ", "Abd ", "El ", "Al ")


def fold_name(name: str) -> str:
    """Fold a name for comparison: lower case, without accents and punctuation."""
    return " ".join(words(name))


def cited_authors(document: Document) -> dict[str, tuple[int, ...]]:
    """Return folded family name -> numbers of the references that list it as an author."""
    found: dict[str, list[int]] = {}
    for reference in document.references:
        for author in reference.authors:
            family = fold_name(author.rsplit(" ", 1)[0])
            found.setdefault(family, []).append(reference.number)
    return {name: tuple(numbers) for name, numbers in found.items()}


def names_in_text(document: Document) -> frozenset[str]:
    """Return folded family names that the running text or the tables print before a citation."""
    return frozenset(
        fold_name(name)
        for block in document.blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM)
        for name in _named_in(document.slice(block.span))
    )


def _named_in(text: str) -> Iterator[str]:
    for word in _BEFORE_CITATION.finditer(text):
        capital = _CAPITAL.search(text, word.start(), word.end())
        if capital is None or not _SMALL.search(text, capital.end(), word.end()):
            continue
        particle = next((p for p in _PARTICLES if text.endswith(p, 0, capital.start())), "")
        yield particle + text[capital.start() : word.end()]


def own_names(document: Document) -> frozenset[str]:
    """Return the folded family names of the article's own authors."""
    return frozenset(fold_name(author.family) for author in document.metadata.authors)


def known_names(document: Document) -> frozenset[str]:
    """Return all folded family names of a document."""
    return frozenset(cited_authors(document)) | names_in_text(document) | own_names(document)
