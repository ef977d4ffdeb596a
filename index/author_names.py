"""Author names in a document: who wrote it, who is cited, who is named before a citation."""

import re

from corpus.document import BlockKind, Document
from index.lexical import words

_IN_TEXT = re.compile(
    r"(?P<name>(?:(?:van|von|de|van der|Abd|El|Al) )?[A-ZÀ-Ž][\w’'-]*[a-zà-ž][\w’'-]*)"
    r"(?= et al\b| and [A-ZÀ-Ž][\w’'-]+ \(\d)"
)


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
        fold_name(match["name"])
        for block in document.blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM)
        for match in _IN_TEXT.finditer(document.slice(block.span))
    )


def own_names(document: Document) -> frozenset[str]:
    """Return the folded family names of the article's own authors."""
    return frozenset(fold_name(author.family) for author in document.metadata.authors)


def known_names(document: Document) -> frozenset[str]:
    """Return all folded family names of a document."""
    return frozenset(cited_authors(document)) | names_in_text(document) | own_names(document)
