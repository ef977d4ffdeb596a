"""What the answering stages need of a library, wherever its index is kept.

Two libraries fit: `index.library.Library` holds everything in memory, `index.milvus.MilvusLibrary`
asks a cluster.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.abbreviations import Expander
from corpus.document import Document, Span
from corpus.passages import Passage
from index.encoder import Encoder
from index.overview import Overview
from index.snapshot import BuildFacts, LibraryError


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query.

    Attributes:
        passage: what was found.
        score: fused, in [0, 1]; comparable within one query only.
        cosine: similarity of meaning, in [-1, 1]; comparable between queries.
        bm25: lexical score, 0 or more.
        stamp: of the passage and its article, where the index is kept apart from the articles; ""
            where the two are one state.
    """

    passage: Passage
    score: float
    cosine: float
    bm25: float
    stamp: str = ""

    def document_in(self, documents: Mapping[str, Document]) -> Document:
        """Return the document that the passage is a slice of.

        Args:
            documents: of the library that was searched.

        Raises:
            LibraryError: the passage was not cut from this document; it must not be quoted.
        """
        document = documents[self.passage.document_id]
        if self.stamp and stamp_passage(document, self.passage.span) != self.stamp:
            span = self.passage.span
            raise LibraryError(
                f"the index has a passage {span.start}:{span.end} of {document.id} that does not "
                f"fit the article as it is kept (sha256 {document.source_sha256[:12]}); if it is "
                "being replaced, ask again; otherwise add it anew with: python -m index add "
                "--replace"
            )
        return document


def stamp_passage(document: Document, span: Span) -> str:
    """Return a hex digest over a passage's place, its characters and its article's source file."""
    words = document.text[span.start : span.end]
    made_from = (document.id, document.source_sha256, f"{span.start}-{span.end}", words)
    return hashlib.sha256("\x00".join(made_from).encode()).hexdigest()


class TermStatistics(Protocol):
    """How common a term is."""

    def idf(self, term: str) -> float:
        """Inverse document frequency; largest for a term that no passage has."""

    def knows(self, term: str) -> bool:
        """Tell whether any passage holds the term."""


class SearchableLibrary(Protocol):
    """Documents, and a search over their passages."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by their ids, in the order of these."""

    @property
    def overview(self) -> Overview:
        """What is known of the documents without reading them."""

    @property
    def encoder(self) -> Encoder:
        """The model by which queries are embedded."""

    @property
    def expander(self) -> Expander:
        """The abbreviations that the documents define."""

    @property
    def lexical(self) -> TermStatistics:
        """The terms of the passages."""

    @property
    def facts(self) -> BuildFacts:
        """What the index was made from."""

    def search(
        self,
        query: str,
        *,
        k: int = 100,
        dense_weight: float = 0.45,
        query_terms: Sequence[str] | None = None,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """Find the passages nearest to a query, as `index.library.Library.search` says."""

    def reload_if_changed(self) -> "SearchableLibrary":
        """Return the library as it is now: itself where nothing was put in force since."""

    def with_documents(self, documents: Sequence[Document]) -> "SearchableLibrary":
        """Return a library that has more documents; this one stays as it is."""
