"""A library on a Milvus cluster: the same search as `index.library`, over more than fits a machine.

The passages stay on the cluster; a passage that does not fit its document is never quoted
(`Hit.document_in`).
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from corpus.abbreviations import Expander
from corpus.document import Document
from corpus.passages import Passage
from index.encoder import DEFAULT_MODEL, Encoder, SentenceEncoder
from index.fusion import FloatVector, fuse
from index.lexical import count_terms, term_weights, terms
from index.milvus_connection import Connection, parse_address
from index.milvus_reading import (
    ClusterDocuments,
    ClusterTerms,
    build_in_force,
    read_heads,
    read_overview,
    read_statistics,
)
from index.milvus_rows import Head, Row, Statistics, dimension_of, unpack
from index.overview import Overview
from index.searching import Hit
from index.snapshot import ArticleRecord, BuildFacts, LibraryError, describe_difference
from index.updating import encoder_facts, make_manifest

NEAREST = 400
"""So many rows of either index are fused; more than the 100 best that count there."""
PLACE = ["article", "start"]
CONTENT = ["stamp", "record", "dense"]
"""Of the rows that are fused only the place is fetched, of those that are given back the rest."""

RELOAD_SECONDS = 5.0
"""So long a change on the cluster may go unnoticed; a look costs two short calls."""

logger = logging.getLogger(__name__)


class MilvusLibrary:
    """Documents and their index on a cluster; open one with `MilvusLibrary.open`.

    Args:
        connection: to the cluster.
        build: the one that is searched.
        statistics: of the build.
        heads: of its articles.
        encoder: turns a query into a vector.
    """

    def __init__(
        self,
        connection: Connection,
        build: str,
        statistics: Statistics,
        heads: Mapping[str, Head],
        encoder: Encoder,
    ) -> None:
        self.documents = ClusterDocuments(connection, build, heads)
        self.encoder = encoder
        self.expander = Expander(
            {short: long for head in heads.values() for short, long in head.definitions.items()}
        )
        self.lexical = ClusterTerms(connection, build, statistics.passages)
        self.facts = _facts(statistics, heads)
        self.connection = connection
        self.build = build
        self.statistics = statistics
        self._next_look = 0.0

    @cached_property
    def overview(self) -> Overview:
        """What is known of the documents without reading them; fetched when it is asked for.

        Raises:
            LibraryError: the cluster fails, or what is kept of an article is damaged.
        """
        return read_overview(self.connection, self.build, self.documents.heads)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        model: str = DEFAULT_MODEL,
        encoder: Encoder | None = None,
        token: str | None = None,
    ) -> "MilvusLibrary":
        """Open the library at an address.

        Args:
            address: ``milvus://HOST:19530/COLLECTION``.
            model: which embedding model, by name or folder; not used where ``encoder`` is given.
            encoder: an encoder that is already loaded.
            token: that of the environment where it is None.

        Raises:
            EncoderError: the model cannot be loaded.
            LibraryError: nothing answers, the token is refused, there is no such library, or it was
                made with another model or by another version of the program.
        """
        connection = Connection(parse_address(address), token=token)
        return cls.of(connection, encoder or SentenceEncoder(model))

    @classmethod
    def of(cls, connection: Connection, encoder: Encoder) -> "MilvusLibrary":
        """Open the library of a connection.

        Raises:
            LibraryError: as for `open`.
        """
        build = build_in_force(connection)
        statistics = read_statistics(connection, build)
        difference = describe_difference(statistics.facts, encoder_facts(encoder))
        if difference:
            raise LibraryError(
                f"the index {connection.address} does not fit this program: {difference}; choose "
                "the model with --model, or replace the index without a pause: python -m index "
                "import LIBRARY_OR_SHARDS --anew --index ADDRESS"
            )
        return cls(connection, build, statistics, read_heads(connection, build), encoder)

    def reload_if_changed(self) -> "MilvusLibrary":
        """Return the library as it is now: itself where nothing was written since.

        The cluster is asked once in `RELOAD_SECONDS`. Where it does not answer, or its build does
        not fit this program, this one stays in use.
        """
        if time.monotonic() < self._next_look:
            return self
        self._next_look = time.monotonic() + RELOAD_SECONDS
        try:
            return self._reload()
        except LibraryError as error:
            logger.warning("%s is not opened again: %s", self.connection.address, error)
            return self

    def _reload(self) -> "MilvusLibrary":
        build = build_in_force(self.connection)
        statistics = read_statistics(self.connection, build)
        if (build, statistics.written) == (self.build, self.statistics.written):
            return self
        return MilvusLibrary.of(self.connection, self.encoder)

    def with_documents(self, documents: Sequence[Document]) -> "MilvusLibrary":
        """Refuse: what is asked on a cluster is kept on it.

        Raises:
            LibraryError: always.
        """
        names = ", ".join(document.id for document in documents)
        raise LibraryError(
            f"{names}: no articles of one's own beside the index {self.connection.address}; add "
            "them to it with: python -m index add FILE --index ADDRESS"
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
        """Find the passages nearest to a query, as `index.library.Library.search` says.

        Raises:
            KeyError: a document is not in the library.
            LibraryError: the cluster fails.
        """
        expanded = self.expander.expand_question(query)
        vector = self.encoder.encode([expanded])[0]
        asked = terms(expanded) if query_terms is None else query_terms
        self.lexical.fetch(asked)
        if documents is not None and not documents:
            return []
        condition = _scope(documents, self.documents.heads)
        depth = max(NEAREST, k)
        near = self._nearest("dense", vector.tolist(), depth, condition, self._dense_search)
        weights = self._query_weights(asked)
        worded = self._nearest("sparse", weights, depth, condition, {}) if weights else []
        rows = self._in_text_order([*near, *worded])
        if not rows:
            return []
        cosines, bm25 = _scores(near, rows, lowest=True), _scores(worded, rows, lowest=False)
        fused = fuse(cosines, bm25, dense_weight=dense_weight)
        best = [int(n) for n in np.argsort(-fused, kind="stable")[:k]]
        chosen = [(rows[n]["id"], float(fused[n])) for n in best]
        return list(self._hits(chosen, vector, asked))

    @property
    def _dense_search(self) -> dict[str, Any]:
        return dict(self.statistics.dense.search)

    def _nearest(
        self, field: str, query: object, depth: int, condition: str, params: dict[str, Any]
    ) -> list[Row]:
        """Return the best rows of one of the two indexes, each with its score."""
        found = self.connection.call(
            "search",
            self.build,
            data=[query],
            anns_field=field,
            limit=depth,
            filter=condition,
            output_fields=PLACE,
            search_params={"metric_type": "IP", "params": params},
        )[0]
        return [
            {"id": one["id"], "score": float(one["distance"])}
            | {name: one["entity"][name] for name in PLACE}
            for one in found
        ]

    def _query_weights(self, asked: Sequence[str]) -> dict[int, float]:
        """Return the query's side of BM25: how often each term is asked for, times its idf."""
        weights: dict[int, float] = {}
        for term, count in Counter(asked).items():
            if self.lexical.knows(term):
                number = dimension_of(term)
                weights[number] = weights.get(number, 0.0) + count * self.lexical.idf(term)
        return weights

    def _in_text_order(self, found: list[Row]) -> list[Row]:
        """Return each row once; an article without a head is just being added or removed."""
        rows = {row["id"]: row for row in found if row["article"] in self.documents}
        return sorted(rows.values(), key=lambda row: (row["article"], row["start"], row["id"]))

    def _hits(
        self, chosen: Sequence[tuple[str, float]], vector: FloatVector, asked: Sequence[str]
    ) -> Iterator[Hit]:
        """Fetch chosen passages, given by id and score; one that was just removed is left out.

        Both scores are worked out anew: a passage found by its words alone has a cosine too, and
        where the dense index is not exact its own are not.
        """
        names = [name for name, _ in chosen]
        got = self.connection.call("get", self.build, ids=names, output_fields=CONTENT)
        rows = {row["id"]: row for row in got}
        for name, score in chosen:
            row = rows.get(name)
            if row is not None:
                passage = self._read(row)
                cosine = float(np.asarray(row["dense"], dtype=np.float32) @ vector)
                bm25 = self._bm25(passage, asked)
                yield Hit(passage, score=score, cosine=cosine, bm25=bm25, stamp=row["stamp"])

    def _read(self, row: Row) -> Passage:
        try:
            passage = unpack(row["record"], Passage)
            if passage.id != row["id"]:
                raise ValueError(f"it is that of {passage.id}")
        except ValueError as error:
            raise LibraryError(
                f"the row {row['id']} of the index {self.connection.address} is damaged "
                f"({error}); add its article anew with: python -m index add --replace"
            ) from error
        return passage

    def _bm25(self, passage: Passage, asked: Sequence[str]) -> float:
        """Score one passage by its words."""
        counted = count_terms([passage.sentence])
        length = np.array(float(counted.counts.sum()))
        weights = term_weights(counted.counts, length, self.statistics.mean_length)
        held = dict(zip(counted.vocabulary, weights, strict=True))
        return float(sum(self.lexical.idf(term) * held[term] for term in asked if term in held))


def _scope(documents: Collection[str] | None, heads: Mapping[str, Head]) -> str:
    """Write the condition for a search in some documents."""
    if documents is None:
        return ""
    for name in documents:
        if name not in heads:
            raise KeyError(name)
    return f"article in {json.dumps(sorted(documents))}"


def _scores(found: list[Row], rows: list[Row], *, lowest: bool) -> FloatVector:
    """Return one score a row; a row that was not found has the lowest of them, or none."""
    scores = {row["id"]: row["score"] for row in found}
    missing = min(scores.values(), default=0.0) if lowest else 0.0
    return np.array([scores.get(row["id"], missing) for row in rows], dtype=np.float32)


def _facts(statistics: Statistics, heads: Mapping[str, Head]) -> BuildFacts:
    records = {
        name: ArticleRecord("", "", head.passages, head.passages_sha256, head.added)
        for name, head in heads.items()
    }
    sources = {name: head.source_sha256 for name, head in heads.items()}
    return make_manifest(statistics.facts, records, sources, None).facts
