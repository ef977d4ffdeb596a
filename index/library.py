"""A library: the documents that may be quoted and the index by which they are found.

Articles are read from ``<library>/articles`` where that folder exists, otherwise from the corpus
that comes with the program. The index is brought up to date whenever it does not fit them exactly,
and never answered from otherwise. Only while another process is writing, or where the disk is full
or read-only and it merely lacks articles, it is opened as it was before, documents and all.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.abbreviations import Expander
from corpus.document import Document
from corpus.passages import Passage, split_passages
from index.dense import DenseIndex, Nearest
from index.encoder import DEFAULT_MODEL, Encoder, FloatMatrix, SentenceEncoder
from index.folders import DEFAULT_LIBRARY, SHIPPED_ARTICLES, articles_folder
from index.fusion import FloatVector, fuse
from index.joined import JoinedDocuments, JoinedLexical, JoinedPassages, JoinedVectors
from index.lexical import LexicalIndex, terms
from index.mapped.texts import MappedPassages
from index.opening import State, load_state, open_state
from index.overview import Overview
from index.searching import Hit
from index.snapshot import NO_STAMP, BuildFacts, Manifest, StaleIndexError, stamp_of
from index.unpacking import KeptPassages

__all__ = ["DEFAULT_LIBRARY", "SHIPPED_ARTICLES", "Hit", "Library", "articles_folder"]

CANDIDATES = 400
"""Of many passages so many are ranked, by meaning and by words each. What is fused are the best 100
of each, so that the ranking is the same; only where codes miss one of the 100 nearest, scores are
scaled a little otherwise."""
COPIED = 5_000
"""A library of up to so many passages is indexed anew with what is asked beside it, which takes
some seconds; a larger one is searched beside it."""

Searched: TypeAlias = tuple[Sequence[Passage], Nearest, LexicalIndex | JoinedLexical]
"""Passages and the two indexes over them, one row a passage."""

logger = logging.getLogger(__name__)


class Library:
    """Documents, passages and the two indexes over them; open one with `Library.open`.

    Args:
        documents: in order, or by their ids.
        passages: of all documents.
        encoder: turns a query into a vector.
        dense, lexical: one row a passage.
        manifest: the state that this is.
        overview: what is known of the articles; made by reading all of them where it is None.

    Raises:
        ValueError: the numbers of passages, vectors and texts differ.
    """

    def __init__(
        self,
        documents: Sequence[Document] | Mapping[str, Document],
        passages: Sequence[Passage],
        encoder: Encoder,
        dense: Nearest,
        lexical: LexicalIndex | JoinedLexical,
        manifest: Manifest,
        *,
        overview: Overview | None = None,
    ) -> None:
        if not len(dense) == len(lexical) == len(passages):
            raise ValueError(
                f"{len(passages)} passages do not fit {len(dense)} vectors and {len(lexical)} texts"
            )
        self.documents: Mapping[str, Document] = (
            documents
            if isinstance(documents, Mapping)
            else {document.id: document for document in documents}
        )
        self.passages = passages
        self.encoder = encoder
        self.lexical = lexical
        self.manifest = manifest
        self.overview = overview or Overview.of_documents(self.documents.values())
        self.expander = Expander(self.overview.definitions)
        self._dense = dense
        self._folder: Path | None = None
        self._stamp = self._refused = NO_STAMP

    @property
    def facts(self) -> BuildFacts:
        """What the index was made from."""
        return self.manifest.facts

    @classmethod
    def open(
        cls,
        folder: Path = DEFAULT_LIBRARY,
        *,
        model: str = DEFAULT_MODEL,
        encoder: Encoder | None = None,
        rebuild: bool = False,
        on_status: Callable[[str], None] = logger.info,
    ) -> "Library":
        """Open a library, bringing its index up to date where it does not fit.

        Where it fits nothing is written. While another process is writing, the state before that
        is opened as soon as there is one.

        Args:
            folder: the library.
            model: which embedding model, by name or folder; not used where ``encoder`` is given.
            encoder: an encoder that is already loaded.
            rebuild: read and embed everything anew even if the index fits.
            on_status: is told in one line what happens and why.

        Raises:
            CorpusError: an article cannot be read.
            EncoderError: the model cannot be loaded.
            LibraryError: the index cannot be written, or another process is writing the first one.
        """
        encoder = encoder or SentenceEncoder(model)
        state = open_state(folder, encoder, rebuild=rebuild, on_status=on_status)
        return cls._of(state, folder, encoder)

    @classmethod
    def _of(cls, state: State, folder: Path, encoder: Encoder) -> "Library":
        library = cls(
            state.documents,
            state.passages,
            encoder,
            state.dense,
            state.lexical,
            state.manifest,
            overview=state.overview,
        )
        library._folder, library._stamp = folder, state.stamp
        return library

    def reload_if_changed(self) -> "Library":
        """Return the library as it is on disk now: itself where nothing was put in force since.

        Costs one look at a file where nothing changed. Nothing is written and no index is built: a
        state that cannot be opened (made with another model, damaged) leaves this one in use.
        """
        if self._folder is None:
            return self
        stamp = stamp_of(self._folder)
        if stamp in (NO_STAMP, self._stamp, self._refused):
            return self
        try:
            state = load_state(self._folder, self.encoder, fitting=False)
        except StaleIndexError as reason:
            logger.warning("%s is not opened again: %s", self._folder, reason)
            self._refused = stamp
            return self
        return self._of(state, self._folder, self.encoder)

    def with_documents(self, documents: Sequence[Document]) -> "Library":
        """Return a library in memory that has more documents; this one stays as it is.

        Args:
            documents: come after those that are there.

        Raises:
            ValueError: one has the id of another.
        """
        taken = set(self.documents)
        for document in documents:
            if document.id in taken:
                raise ValueError(f"there is an article {document.id!r} already")
            taken.add(document.id)
        split = {document.id: split_passages(document) for document in documents}
        added = [passage for passages in split.values() for passage in passages]
        vectors = self.encoder.encode([passage.sentence for passage in added])
        if isinstance(self._dense, DenseIndex) and len(self.passages) <= COPIED:
            passages, dense, lexical = self._copy_and(self._dense.vectors, added, vectors)
        else:
            passages, dense, lexical = self._beside(split, added, vectors)
        return Library(
            JoinedDocuments([self.documents, {document.id: document for document in documents}]),
            passages,
            self.encoder,
            dense,
            lexical,
            self.manifest,
            overview=self.overview.beside(Overview.of_documents(documents)),
        )

    def _copy_and(
        self, own: FloatMatrix, added: Sequence[Passage], vectors: FloatMatrix
    ) -> Searched:
        """Make one index of what is there, with its own vectors, and what is added."""
        passages = [*self.passages, *added]
        return (
            passages,
            DenseIndex(np.concatenate([own, vectors])),
            LexicalIndex([passage.sentence for passage in passages]),
        )

    def _beside(
        self, split: Mapping[str, Sequence[Passage]], added: Sequence[Passage], vectors: FloatMatrix
    ) -> Searched:
        """Search what is added beside what is there."""
        return (
            JoinedPassages.of(self.passages, self._rows_by_document, split),
            JoinedVectors.of(self._dense, DenseIndex(vectors)),
            JoinedLexical.of(self.lexical, [passage.sentence for passage in added]),
        )

    def search(
        self,
        query: str,
        *,
        k: int = 100,
        dense_weight: float = 0.45,
        query_terms: Sequence[str] | None = None,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """Find the passages nearest to a query.

        Args:
            query: what is asked, in plain words; abbreviations are expanded here.
            k: how many hits at most.
            dense_weight: in [0, 1]; 1 is the dense index alone, 0 is BM25 alone.
            query_terms: folded terms for BM25; those of the query where it is None.
            documents: ids of the documents to search; all where it is None.

        Returns:
            Hits, best first; equal scores in text order.

        Raises:
            KeyError: a document is not in the library.
            LibraryError: what was found is damaged on the disk (in a large library).
        """
        expanded = self.expander.expand_question(query)
        vector = self.encoder.encode([expanded])
        bm25 = self.lexical.scores(terms(expanded) if query_terms is None else query_terms)
        rows = self._candidates(vector, bm25, None if documents is None else self._rows(documents))
        cosines, bm25 = self._dense.scores(vector, rows), bm25[rows]
        fused = fuse(cosines, bm25, dense_weight=dense_weight)
        best = np.argsort(-fused, kind="stable")[:k]
        return [
            Hit(
                self.passages[rows[n]],
                score=float(fused[n]),
                cosine=float(cosines[n]),
                bm25=float(bm25[n]),
            )
            for n in map(int, best)
        ]

    def _rows(self, documents: Collection[str]) -> NDArray[np.int64]:
        """Return the rows of the passages of some documents, in order."""
        chosen = [np.array(self._rows_by_document[name], dtype=np.int64) for name in documents]
        return np.sort(np.concatenate([*chosen, np.empty(0, dtype=np.int64)]))

    @cached_property
    def _rows_by_document(self) -> Mapping[str, Sequence[int]]:
        if isinstance(self.passages, KeptPassages | MappedPassages | JoinedPassages):
            return self.passages.rows
        rows: dict[str, list[int]] = {document_id: [] for document_id in self.documents}
        for row, passage in enumerate(self.passages):
            rows[passage.document_id].append(row)
        return rows

    def _candidates(
        self, query: FloatMatrix, bm25: FloatVector, within: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """Return the rows that are ranked, ascending: all, or the best of many."""
        rows = np.arange(len(self.passages)) if within is None else within
        if len(rows) <= self._dense.scored_at_once:
            return rows
        near, _ = self._dense.search(query, CANDIDATES, within)
        scores = bm25[rows]
        count = min(CANDIDATES, len(scores))
        best = np.argpartition(scores, -count)[-count:]
        return np.union1d(near, rows[best[scores[best] > 0]])
