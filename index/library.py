"""A library: the documents that may be quoted and the index by which they are found.

Articles are read from ``<library>/articles`` where that folder exists, otherwise from the corpus
that comes with the program. The index is rebuilt whenever it does not fit them exactly, and never
answered from otherwise.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.abbreviations import Expander
from corpus.document import Document
from corpus.passages import PASSAGE_RULE, Passage, make_expander, split_passages
from corpus.reading import load_corpus
from index.dense import DenseIndex
from index.encoder import DEFAULT_MODEL, Encoder, FloatMatrix, SentenceEncoder
from index.fusion import FloatVector, fuse
from index.lexical import LexicalIndex, terms
from index.snapshot import (
    FORMAT_VERSION,
    BuildFacts,
    Manifest,
    StaleIndexError,
    read_snapshot,
    write_snapshot,
)

REPOSITORY = Path(__file__).resolve().parent.parent
SHIPPED_ARTICLES = REPOSITORY / "corpus" / "articles"
DEFAULT_LIBRARY = REPOSITORY / "index" / "built"
EXHAUSTIVE_ROWS = 50_000
"""Up to this many vectors every passage is scored; above, only the nearest ones."""
NEAREST_ROWS = 400

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query.

    Attributes:
        passage: what was found.
        score: fused, in [0, 1]; comparable within one query only.
        cosine: similarity of meaning, in [-1, 1]; comparable between queries.
        bm25: lexical score, 0 or more.
    """

    passage: Passage
    score: float
    cosine: float
    bm25: float


class Library:
    """Documents, passages and the two indexes over them; open one with `Library.open`."""

    def __init__(
        self,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        encoder: Encoder,
        dense: DenseIndex,
        lexical: LexicalIndex,
        manifest: Manifest,
    ) -> None:
        if not len(dense) == len(lexical) == len(passages):
            raise ValueError(
                f"{len(passages)} passages do not fit {len(dense)} vectors and {len(lexical)} texts"
            )
        self.documents = {document.id: document for document in documents}
        self.passages = tuple(passages)
        self.encoder = encoder
        self.lexical = lexical
        self.manifest = manifest
        self.expander = Expander(
            {
                short: long
                for document in documents
                for short, long in make_expander(document).definitions.items()
            }
        )
        self._dense = dense

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
        """Open a library, building its index where there is none that fits.

        Args:
            folder: the library.
            model: which embedding model, by name or folder; not used where ``encoder`` is given.
            encoder: an encoder that is already loaded.
            rebuild: build anew even if the index fits.
            on_status: is told in one line what happens and why.

        Raises:
            CorpusError: an article cannot be read.
            EncoderError: the model cannot be loaded.
            LibraryError: the index cannot be written.
        """
        documents = load_corpus(articles_folder(folder))
        passages = [p for document in documents for p in split_passages(document)]
        encoder = encoder or SentenceEncoder(model)
        facts = _build_facts(documents, passages, encoder)
        try:
            if rebuild:
                raise StaleIndexError("a new build was asked for")
            manifest, dense, lexical = read_snapshot(folder, facts)
        except StaleIndexError as reason:
            on_status(f"Building the index in {folder}: {reason}.")
            dense, lexical = _build(passages, encoder)
            created = datetime.now(UTC).isoformat(timespec="seconds")
            manifest = write_snapshot(folder, facts, dense, lexical, created=created)
            on_status(f"Index built: {len(passages)} passages of {len(documents)} article(s).")
        return cls(documents, passages, encoder, dense, lexical, manifest)

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
        """
        expanded = self.expander.expand_question(query)
        vector = self.encoder.encode([expanded])
        bm25 = self.lexical.scores(terms(expanded) if query_terms is None else query_terms)
        if documents is None:
            rows = np.arange(len(self.passages))
            cosines = self._cosines(vector)
        else:
            rows = self._rows(documents)
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
        chosen = [self._rows_by_document[document_id] for document_id in documents]
        return np.sort(np.concatenate([*chosen, np.empty(0, dtype=np.int64)]))

    @cached_property
    def _rows_by_document(self) -> dict[str, NDArray[np.int64]]:
        rows: dict[str, list[int]] = {document_id: [] for document_id in self.documents}
        for row, passage in enumerate(self.passages):
            rows[passage.document_id].append(row)
        return {document_id: np.array(own, dtype=np.int64) for document_id, own in rows.items()}

    def _cosines(self, query: FloatMatrix) -> FloatVector:
        """Return one cosine a passage; in a large library far ones get that of the last near."""
        k = len(self._dense) if len(self._dense) <= EXHAUSTIVE_ROWS else NEAREST_ROWS
        rows, scores = self._dense.search(query, k)
        cosines = np.full(len(self.passages), scores.min(), dtype=np.float32)
        cosines[rows] = scores
        return cosines


def articles_folder(library: Path) -> Path:
    """Return where a library's articles are: its own folder, or the shipped corpus."""
    own = library / "articles"
    return own if own.is_dir() else SHIPPED_ARTICLES


def _build(passages: Sequence[Passage], encoder: Encoder) -> tuple[DenseIndex, LexicalIndex]:
    texts = [passage.sentence for passage in passages]
    return DenseIndex(encoder.encode(texts)), LexicalIndex(texts)


def _build_facts(
    documents: Sequence[Document], passages: Sequence[Passage], encoder: Encoder
) -> BuildFacts:
    return BuildFacts(
        format_version=FORMAT_VERSION,
        model=encoder.name,
        weights_sha256=encoder.weights_sha256,
        dimension=encoder.dimension,
        passage_rule=PASSAGE_RULE,
        corpus_sha256=hash_passages(passages),
        passages=len(passages),
        documents={document.id: document.source_sha256 for document in documents},
    )


def hash_passages(passages: Sequence[Passage]) -> str:
    """Return a hex digest over the passages' ids, texts and terms.

    The terms are in it so that an index made with other rules of folding words is stale.
    """
    digest = hashlib.sha256()
    for passage in passages:
        held = " ".join(terms(passage.sentence))
        digest.update(f"{passage.id}\x00{passage.sentence}\x00{passage.context}\x00{held}".encode())
    return digest.hexdigest()
