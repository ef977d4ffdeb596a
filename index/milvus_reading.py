"""Reading what a build on Milvus keeps beside its passages: articles, terms, facts.

Documents are fetched when they are asked for and checked against their hashes.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import msgspec
import numpy as np

from corpus.document import Document
from index.entries import Entry
from index.lexical import inverse_document_frequency
from index.milvus_connection import Connection, parse_address
from index.milvus_rows import (
    Head,
    Statistics,
    chunk_keys,
    join,
    kept_name,
    term_key,
    unpack,
)
from index.overview import Authors, Overview
from index.packing import unpack_record
from index.profiles import Lexicon
from index.snapshot import LibraryError

KEPT_DOCUMENTS = 2_000
"""That are held in memory: 1.6 GB at most (0.8 MB each, the mean of seven)."""
KEPT_TERMS = 200_000
LEXICONS = 1_000
"""Of so many articles names and words are read at opening: some 50 kB each."""


class ClusterDocuments(Mapping[str, Document]):
    """The documents of a build by their ids, fetched when they are asked for.

    Args:
        connection: to the cluster.
        build: whose they are.
        heads: by the articles' ids, in the order in which they are listed.
        most: how many are held.
    """

    def __init__(
        self,
        connection: Connection,
        build: str,
        heads: Mapping[str, Head],
        *,
        most: int = KEPT_DOCUMENTS,
    ) -> None:
        self._connection = connection
        self._kept = kept_name(build)
        self.heads = heads
        self._held: OrderedDict[str, Document] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[str]:
        return iter(self.heads)

    def __len__(self) -> int:
        return len(self.heads)

    def __contains__(self, name: object) -> bool:
        return name in self.heads

    def __getitem__(self, name: str) -> Document:
        head = self.heads[name]
        with self._lock:
            held = self._held.get(name)
            if held is not None:
                self._held.move_to_end(name)
                return held
        document = self._fetch(head)
        with self._lock:
            self._held[name] = document
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return document

    def _fetch(self, head: Head) -> Document:
        keys = chunk_keys("document", head.id, head.document_chunks)
        found = fetch(self._connection, self._kept, keys, latest=True)
        try:
            record = join([found[key] for key in keys])
            if sha256(record).hexdigest() != head.document_sha256:
                raise ValueError("its sha256 differs")
            document = unpack_record(record, Document)
            if (document.id, document.source_sha256) != (head.id, head.source_sha256):
                raise ValueError(f"it is that of {document.id}")
        except (KeyError, ValueError) as error:
            raise LibraryError(
                f"the article {head.id} of the index {self._connection.address} was replaced or "
                f"is damaged ({error}); ask again, or add it anew with: python -m index add "
                "--replace"
            ) from error
        return document


class ClusterTerms:
    """How common terms are in a build; asked once per term."""

    def __init__(self, connection: Connection, build: str, passages: int) -> None:
        self._connection = connection
        self._kept = kept_name(build)
        self._passages = passages
        self._known: dict[str, int] = {}

    def fetch(self, names: Iterable[str]) -> None:
        """Ask for all of some terms in one call."""
        missing = {term_key(name): name for name in names if name not in self._known}
        if not missing:
            return
        found = fetch(self._connection, self._kept, list(missing))
        if len(self._known) > KEPT_TERMS:
            self._known = {}
        self._known |= {name: int(found.get(key, 0)) for key, name in missing.items()}

    def frequency(self, term: str) -> int:
        """Return how many passages hold a term."""
        known = self._known.get(term)
        if known is None:
            self.fetch([term])
            known = self._known[term]
        return known

    def idf(self, term: str) -> float:
        """Inverse document frequency, as `index.lexical` has it."""
        frequency = np.array(self.frequency(term))
        return float(inverse_document_frequency(frequency, self._passages))

    def knows(self, term: str) -> bool:
        """Tell whether any passage holds the term."""
        return self.frequency(term) > 0


def open_documents(address: str) -> ClusterDocuments:
    """Open the documents of the library at an address; needs no model.

    Raises:
        LibraryError: nothing answers, the token is refused, or there is no such library.
    """
    connection = Connection(parse_address(address))
    build = build_in_force(connection)
    return ClusterDocuments(connection, build, read_heads(connection, build))


def fetch(
    connection: Connection, kept: str, keys: list[str], *, latest: bool = False
) -> dict[str, str]:
    """Read the contents of rows of the store by their keys; what is not there is left out.

    Args:
        connection: to the cluster.
        kept: name of the store.
        keys: of the rows.
        latest: as they are after the last write; otherwise they may be some seconds old, and come
            sooner.
    """
    level = "Strong" if latest else "Bounded"
    rows = connection.call(
        "get", kept, ids=keys, output_fields=["key", "content"], consistency_level=level
    )
    return {row["key"]: row["content"] for row in rows}


def build_in_force(connection: Connection) -> str:
    """Return the name of the build that the library's alias names.

    Raises:
        LibraryError: there is none, or the cluster fails.
    """
    found = connection.call("describe_alias", connection.address.collection)
    return str(found["collection_name"])


def read_statistics(connection: Connection, build: str) -> Statistics:
    """Return the facts of a build.

    Raises:
        LibraryError: it has none, or they are of another format.
    """
    rows = fetch(connection, kept_name(build), ["facts"], latest=True)
    try:
        return unpack(rows["facts"], Statistics)
    except (KeyError, ValueError) as error:
        raise LibraryError(
            f"{build} at {connection.address.uri} is no whole index ({error}); replace it with: "
            "python -m index import LIBRARY_OR_SHARDS --anew --index ADDRESS"
        ) from error


def read_heads(connection: Connection, build: str) -> dict[str, Head]:
    """Return the heads of all articles of a build, by their ids and in their order.

    Raises:
        LibraryError: one is damaged or of another version, or the cluster fails.
    """
    rows = connection.rows(kept_name(build), 'kind == "article"', ["content"])
    try:
        heads = {head.id: head for head in (unpack(row["content"], Head) for row in rows)}
    except ValueError as error:
        raise LibraryError(
            f"{build} at {connection.address.uri} is damaged or of another version of the program "
            f"({error}); replace it with: python -m index import LIBRARY_OR_SHARDS --anew --index "
            "ADDRESS"
        ) from error
    return {name: heads[name] for name in sorted(heads)}


def read_counts(connection: Connection, build: str, head: Head) -> Entry:
    """Return an article's entry without its document and passages.

    Raises:
        LibraryError: it is damaged, or the cluster fails.
    """
    keys = chunk_keys("counts", head.id, head.counts_chunks)
    found = fetch(connection, kept_name(build), keys, latest=True)
    try:
        entry = msgspec.msgpack.decode(join([found[key] for key in keys]), type=Entry)
        unpack_record(entry.lexicon_record, Lexicon)
        return entry
    except (KeyError, ValueError) as error:
        raise LibraryError(
            f"what is kept of {head.id} in {connection.address} is damaged ({error}); replace the "
            "index: python -m index import LIBRARY_OR_SHARDS --anew --index ADDRESS"
        ) from error


def read_overview(connection: Connection, build: str, heads: Mapping[str, Head]) -> Overview:
    """Return what is known of the articles without reading them.

    Names and words are those of a library of up to `LEXICONS` articles: of a larger one they would
    be gigabytes.
    """
    if len(heads) <= LEXICONS:
        return Overview.of_entries(read_counts(connection, build, head) for head in heads.values())
    return Overview(
        profiles={name: head.profile for name, head in heads.items()},
        definitions={s: long for head in heads.values() for s, long in head.definitions.items()},
        authors=Authors(()),
        words=(),
    )
