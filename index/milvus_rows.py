"""What a library is on Milvus: two collections, their rows, and the names of both.

The passages are one collection with a dense and a sparse vector each, split by article. Beside it
stands what is kept of the library itself: the articles, how common each term is, and the facts;
Milvus serves as a plain store for these. A build of a library has both; an alias with the name of
the library says which build is in force.
"""

import hashlib
from base64 import b85decode, b85encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
import numpy as np

from corpus.document import CorpusError, Document
from corpus.passages import Passage
from index.embedded import EmbeddedArticle
from index.entries import Entry
from index.lexical import term_weights
from index.packing import pack_record, unpack_record
from index.profiles import Profile
from index.searching import stamp_passage
from index.snapshot import BuildFacts

BUILD_MARK = "__"
KEPT_SUFFIX = "__kept"
MAX_VALUE = 65_535
"""Bytes of one text value; Milvus' own limit."""
CHUNK_BYTES = 50_000
"""Of an article; base 85 makes five characters of four bytes."""
TERM_BYTES = 8

Row = dict[str, Any]
Packed = TypeVar("Packed")


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an article without reading it.

    Attributes:
        profile: what it says of itself.
        document_sha256: of its kept document.
        document_chunks, counts_chunks: how many rows hold the document and the counts.
        passages: how many.
        passages_sha256: over their ids, texts and terms.
        definitions: abbreviation -> long form.
        added: when it was written (ISO 8601, UTC).
    """

    profile: Profile
    document_sha256: str
    document_chunks: int
    counts_chunks: int
    passages: int
    passages_sha256: str
    definitions: dict[str, str]
    added: str

    @property
    def id(self) -> str:
        """The article's."""
        return self.profile.id

    @property
    def source_sha256(self) -> str:
        """Of its source file."""
        return self.profile.source_sha256


@dataclass(frozen=True, slots=True)
class DenseLayout:
    """Type of the dense index, how it is built and how it is searched."""

    index_type: str
    build: dict[str, Any]
    search: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The facts of a build.

    Attributes:
        facts: what it was made from, without the articles.
        passages: how many there are.
        dense: the layout of the dense index.
        mean_length: of their terms when the build was made; the sparse vectors rest on it.
        written: another one after every write.
        created: when the build was made (ISO 8601, UTC).
    """

    facts: BuildFacts
    passages: int
    dense: DenseLayout
    mean_length: float
    written: str = field(default_factory=lambda: uuid4().hex)
    created: str = field(default_factory=lambda: now())


def now() -> str:
    """Return the time as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_build(collection: str) -> str:
    """Name a build: that of a later second sorts behind."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return f"{collection}{BUILD_MARK}{moment}_{uuid4().hex[:6]}"


def kept_name(build: str) -> str:
    """Name the collection beside the passages."""
    return build + KEPT_SUFFIX


def pack(record: object) -> str:
    """Write a record as one text value.

    Raises:
        CorpusError: it is too long for one.
    """
    text = b85encode(pack_record(record)).decode("ascii")
    if len(text) > MAX_VALUE:
        name = getattr(record, "id", "a record")
        raise CorpusError(
            f"{name} needs {len(text)} bytes on Milvus, which takes {MAX_VALUE}; leave the article "
            "out, or divide what stands there"
        )
    return text


def unpack(text: str, kind: type[Packed]) -> Packed:
    """Read what `pack` wrote.

    Raises:
        ValueError: it is no such record.
    """
    return unpack_record(b85decode(text), kind)


@lru_cache(maxsize=100_000)
def term_number(term: str) -> int:
    """Return the number of a term, the same everywhere; two terms never share one in practice."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=TERM_BYTES).digest(), "big")


def dimension_of(term: str) -> int:
    """Return a term's dimension in a sparse vector; of 20 million terms one in 100 shares one."""
    return term_number(term) & 0x7FFF_FFFF


def term_key(term: str) -> str:
    """Return the key under which it is kept how many passages hold a term."""
    return f"term:{term_number(term):016x}"


def article_key(article: str) -> str:
    """Return the key of an article's head."""
    return f"article:{article}"


def chunk_keys(kind: str, article: str, chunks: int) -> list[str]:
    """Return the keys of the rows that hold something large of an article, in order."""
    return [f"{kind}:{article}#{number}" for number in range(chunks)]


def cut(content: bytes) -> list[str]:
    """Cut something large into text values."""
    starts = range(0, len(content), CHUNK_BYTES)
    return [b85encode(content[start : start + CHUNK_BYTES]).decode("ascii") for start in starts]


def join(texts: list[str]) -> bytes:
    """Put together what `cut` cut.

    Raises:
        ValueError: a text is damaged.
    """
    return b"".join(b85decode(text) for text in texts)


def kept_row(key: str, content: str) -> Row:
    """Return a row of the store; Milvus wants a vector in each."""
    return {
        "key": key,
        "kind": key.partition(":")[0],
        "content": content,
        "no_vector": [0.0, 0.0],
    }


def counts_of(entry: Entry) -> bytes:
    """Return an entry without its document and passages, which are kept elsewhere."""
    return msgspec.msgpack.encode(replace(entry, document_record=b"", passage_records=b""))


def head_of(entry: Entry) -> Head:
    """Describe an article."""
    return Head(
        profile=entry.profile,
        document_sha256=hashlib.sha256(entry.document_record).hexdigest(),
        document_chunks=len(cut(entry.document_record)),
        counts_chunks=len(cut(counts_of(entry))),
        passages=entry.passages,
        passages_sha256=entry.passages_sha256,
        definitions=entry.definitions,
        added=now(),
    )


def article_rows(entry: Entry, head: Head) -> Iterator[Row]:
    """Return what is kept of an article, its head last: with it the article is there."""
    kept = (("document", entry.document_record), ("counts", counts_of(entry)))
    for kind, content in kept:
        texts = cut(content)
        for key, text in zip(chunk_keys(kind, entry.id, len(texts)), texts, strict=True):
            yield kept_row(key, text)
    yield kept_row(article_key(entry.id), pack(head))


def passage_rows(
    article: EmbeddedArticle, document: Document, passages: tuple[Passage, ...], mean: float
) -> Iterator[Row]:
    """Return the passages of an article as rows.

    Args:
        article: with one vector a passage.
        document: of its entry.
        passages: of its entry.
        mean: length of a passage in terms, of the whole build.

    Raises:
        CorpusError: a passage is too long for a row.
    """
    weights = sparse_vectors(article.entry, mean)
    for passage, vector, sparse in zip(passages, article.vectors, weights, strict=True):
        yield {
            "id": passage.id,
            "article": article.entry.id,
            "start": passage.span.start,
            "stamp": stamp_passage(document, passage.span),
            "record": pack(passage),
            "dense": vector,
            "sparse": sparse,
        }


def sparse_vectors(entry: Entry, mean: float) -> Iterator[dict[int, float]]:
    """Return BM25's weights of an article's passages, without the idf; terms are dimensions."""
    counted = entry.term_counts
    numbers = [dimension_of(term) for term in counted.vocabulary]
    text = np.repeat(np.arange(len(counted.sizes)), counted.sizes)
    lengths = np.bincount(text, weights=counted.counts, minlength=len(counted.sizes))
    weights = term_weights(counted.counts, lengths[text], mean).astype(np.float32)
    end = 0
    for size in map(int, counted.sizes):
        start, end = end, end + size
        vector: dict[int, float] = {}
        for row, weight in zip(counted.terms[start:end], weights[start:end], strict=True):
            number = numbers[int(row)]
            vector[number] = vector.get(number, 0.0) + float(weight)
        yield vector


def document_frequencies(entry: Entry) -> dict[str, int]:
    """Return how many passages of an article hold each term, by the terms' keys."""
    counted = entry.term_counts
    found = np.bincount(counted.terms, minlength=len(counted.vocabulary))
    return {term_key(t): int(n) for t, n in zip(counted.vocabulary, found, strict=True)}
