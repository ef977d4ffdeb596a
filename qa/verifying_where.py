"""In which documents of a library a claimed quote is looked for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from corpus.document import Document
from index.searching import Hit

ALL_READ = 50
"""Articles of a library that are all compared with a quote, which takes seconds."""
NEAREST = 100
"""Of a larger library the articles of so many passages are."""


class Verifiable(Protocol):
    """A library in which a quote may be looked for."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by their ids."""

    def search(self, query: str, *, k: int = 100) -> Sequence[Hit]:
        """Find the passages nearest to a query, best first."""


def documents_near(text: str, library: Verifiable) -> Collection[Document]:
    """Return the documents in which a claimed quote is looked for.

    All of a library of up to `ALL_READ`; of a larger one those that have the passages nearest to
    the quote, nearest first: to read all would take minutes.

    Raises:
        LibraryError: the library cannot be searched.
    """
    documents = library.documents
    if len(documents) <= ALL_READ:
        return documents.values()
    hits = library.search(text, k=NEAREST) if text.strip() else []
    names = dict.fromkeys(hit.passage.document_id for hit in hits)
    return [documents[name] for name in names]
