"""Writing a library on Milvus: a whole new build, one article more, one less.

A build is made beside the one in force and takes its place at once, by its alias; readers never
see half of it. Single articles are written into the build in force: rows first, the head last, so
that an article is there only when all of it is. One writer at a time: Milvus has no lock.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from corpus.document import CorpusError
from index.adding import AddReport
from index.embedded import EmbeddedArticle, EmbeddedArticles
from index.encoder import Encoder
from index.incoming import Refusal
from index.milvus import MilvusLibrary
from index.milvus_connection import LOAD_SECONDS, Connection
from index.milvus_layout import create_build, dense_layout
from index.milvus_reading import fetch, read_counts
from index.milvus_rows import (
    BUILD_MARK,
    Head,
    Row,
    Statistics,
    article_key,
    article_rows,
    chunk_keys,
    document_frequencies,
    head_of,
    kept_name,
    kept_row,
    new_build,
    pack,
    passage_rows,
)
from index.snapshot import LibraryError
from index.updating import OnProgress, Progress, encoder_facts, ignore

BATCH = 500
"""Rows of one call; with 384 dimensions about 2 MB, of Milvus' 64."""


def replace_library(
    connection: Connection,
    articles: EmbeddedArticles,
    encoder: Encoder,
    *,
    replicas: int = 1,
    shards: int = 1,
    on_progress: OnProgress = ignore,
) -> AddReport:
    """Make a new build of a library and put it in force at once.

    The build before stays on the cluster for readers that have it open; older ones are dropped.

    Args:
        connection: to the cluster.
        articles: what the library will hold.
        encoder: the model that embedded them.
        replicas: how many copies are searched; each needs a query node.
        shards: over how many channels writes are spread.
        on_progress: is told of each article.

    Returns:
        Which articles it has, and which do not fit into rows.

    Raises:
        LibraryError: there is no article, or the cluster fails; nothing is put in force.
    """
    if not articles.passages:
        raise LibraryError("a library needs an article; give one that has passages")
    build = new_build(connection.address.collection)
    mean = articles.terms / articles.passages
    create_build(
        connection, build, dimension=encoder.dimension, passages=articles.passages, shards=shards
    )
    frequencies: Counter[str] = Counter()
    passages = 0
    added: list[str] = []
    refused: list[Refusal] = []
    for number, article in enumerate(articles, start=1):
        name, outcome, detail = article.entry.id, "added", article.entry.facts.title
        try:
            _write_article(connection, build, article, mean)
        except CorpusError as error:
            outcome, detail = "refused", str(error)
            refused.append(Refusal(Path(name), detail))
        else:
            added.append(name)
            frequencies.update(document_frequencies(article.entry))
            passages += article.entry.passages
        on_progress(Progress(number, len(articles), name, outcome, detail))
    _write_terms(connection, build, frequencies)
    facts = replace(encoder_facts(encoder), documents={})
    _write_statistics(
        connection, build, Statistics(facts, passages, dense_layout(articles.passages), mean)
    )
    _check_count(connection, build, passages)
    for name in (build, kept_name(build)):
        options = {"replica_number": replicas} if replicas > 1 else {}
        connection.call("load_collection", name, seconds=LOAD_SECONDS, **options)
    before = _put_in_force(connection, build)
    _drop_others(connection, keep={build, before})
    return AddReport(tuple(added), (), (), tuple(refused))


class LibraryWriter:
    """Writes articles into the build that is in force when it is made.

    Args:
        connection: to the cluster.
        library: as it is now.
    """

    def __init__(self, connection: Connection, library: MilvusLibrary) -> None:
        self._connection = connection
        self._build = library.build
        self._kept = kept_name(library.build)
        self._statistics = library.statistics
        self.heads = dict(library.documents.heads)

    def put(self, article: EmbeddedArticle, *, overwrite: bool) -> str:
        """Write one article.

        Args:
            article: read by this program, with vectors of the library's model.
            overwrite: replace an article that has the same id and another content.

        Returns:
            "added", "replaced" or "unchanged".

        Raises:
            CorpusError: it is there with another content, or does not fit into rows.
            LibraryError: the cluster fails.
        """
        entry = article.entry
        old = self.heads.get(entry.id)
        head = head_of(entry)
        if old is not None:
            if _content_of(old) == _content_of(head):
                return "unchanged"
            if not overwrite:
                raise CorpusError(
                    f"{entry.id} is in the library already, with another content; --replace puts "
                    "this one in its place"
                )
        before = self._frequencies_of(old)
        stale = self._passage_ids(entry.id)
        stale -= set(_write_article(self._connection, self._build, article, self._mean))
        self._delete_passages(sorted(stale))
        self._delete_chunks(old, but=head)
        self.heads[entry.id] = head
        self._count(before, document_frequencies(entry), old, entry.passages)
        return "added" if old is None else "replaced"

    def remove(self, name: str) -> None:
        """Take an article out.

        Raises:
            KeyError: it is not there.
            LibraryError: the cluster fails.
        """
        old = self.heads[name]
        before = self._frequencies_of(old)
        self._connection.call("delete", self._kept, ids=[article_key(name)])
        self._delete_passages(sorted(self._passage_ids(name)))
        self._delete_chunks(old, but=None)
        del self.heads[name]
        self._count(before, {}, old, 0)

    @property
    def _mean(self) -> float:
        return self._statistics.mean_length

    def _passage_ids(self, article: str) -> set[str]:
        rows = self._connection.rows(self._build, f'article == "{article}"', ["id"])
        return {row["id"] for row in rows}

    def _delete_passages(self, names: Sequence[str]) -> None:
        for batch in _batches(iter(names)):
            self._connection.call("delete", self._build, ids=batch)

    def _delete_chunks(self, old: Head | None, *, but: Head | None) -> None:
        """Delete the rows of an article's earlier content that the new one has not taken."""
        keys = set(_chunks_of(old)) - set(_chunks_of(but))
        for batch in _batches(iter(sorted(keys))):
            self._connection.call("delete", self._kept, ids=batch)

    def _frequencies_of(self, head: Head | None) -> dict[str, int]:
        """Return how many passages of an article, as it is now, hold each term."""
        if head is None:
            return {}
        return document_frequencies(read_counts(self._connection, self._build, head))

    def _count(
        self, before: dict[str, int], after: dict[str, int], old: Head | None, passages: int
    ) -> None:
        """Bring the statistics up to date after one article was written."""
        change = Counter(after)
        change.subtract(before)
        changed = {key: number for key, number in change.items() if number}
        known: dict[str, int] = {}
        for batch in _batches(iter(changed)):
            found = fetch(self._connection, self._kept, batch, latest=True)
            known |= {key: int(content) for key, content in found.items()}
        totals = {key: known.get(key, 0) + number for key, number in changed.items()}
        _write_terms(self._connection, self._build, totals)
        self._statistics = replace(
            self._statistics,
            passages=self._statistics.passages + passages - (old.passages if old else 0),
            written=new_build(""),
        )
        _write_statistics(self._connection, self._build, self._statistics)


def _write_article(
    connection: Connection, build: str, article: EmbeddedArticle, mean: float
) -> list[str]:
    """Write an article's passages, then what is kept of it; returns the passages' ids."""
    document = article.entry.unpack_document()
    passages = article.entry.unpack_passages()
    head = head_of(article.entry)
    rows = list(passage_rows(article, document, passages, mean))
    kept = list(article_rows(article.entry, head))
    _upsert(connection, build, rows)
    for row in kept:  # the head comes last
        connection.call("upsert", kept_name(build), data=[row])
    return [row["id"] for row in rows]


def _upsert(connection: Connection, name: str, rows: Iterable[Row]) -> None:
    for batch in _batches(iter(rows)):
        connection.call("upsert", name, data=batch)


def _batches(items: Iterator[Row] | Iterator[str]) -> Iterator[list]:  # type: ignore[type-arg]
    while batch := list(islice(items, BATCH)):
        yield batch


def _write_terms(connection: Connection, build: str, totals: dict[str, int]) -> None:
    rows = (kept_row(key, str(number)) for key, number in sorted(totals.items()))
    _upsert(connection, kept_name(build), rows)


def _write_statistics(connection: Connection, build: str, statistics: Statistics) -> None:
    _upsert(connection, kept_name(build), [kept_row("facts", pack(statistics))])


def _check_count(connection: Connection, build: str, passages: int) -> None:
    """See that all rows of a build arrived."""
    options = {"output_fields": ["count(*)"], "consistency_level": "Strong"}
    connection.call("load_collection", build, seconds=LOAD_SECONDS)
    rows = connection.call("query", build, filter="", seconds=LOAD_SECONDS, **options)
    count = int(rows[0]["count(*)"])
    if count != passages:
        raise LibraryError(
            f"{count} of {passages} passages arrived in {build} at {connection.address.uri}; two "
            "passages may have one id, or Milvus lost rows: see its log, then import again"
        )


def _put_in_force(connection: Connection, build: str) -> str:
    """Let the library's alias name a build; returns the one that it named before, or ""."""
    alias = connection.address.collection
    before = build_or_none(connection)
    if before is None:
        connection.call("create_alias", build, alias)
        return ""
    connection.call("alter_alias", build, alias)
    return before


def build_or_none(connection: Connection) -> str | None:
    """Return the build in force, None where the library does not exist yet."""
    prefix = connection.address.collection + BUILD_MARK
    for name in connection.call("list_collections"):
        if name.startswith(prefix):
            found = connection.call("list_aliases", name)["aliases"]
            if connection.address.collection in found:
                return str(name)
    return None


def _drop_others(connection: Connection, *, keep: set[str]) -> None:
    """Drop what earlier builds left, whole or not."""
    prefix = connection.address.collection + BUILD_MARK
    kept = keep | {kept_name(name) for name in keep}
    for name in connection.call("list_collections"):
        if name.startswith(prefix) and name not in kept:
            connection.call("drop_collection", name)


def _content_of(head: Head) -> tuple[str, str]:
    return head.document_sha256, head.passages_sha256


def _chunks_of(head: Head | None) -> list[str]:
    if head is None:
        return []
    documents = chunk_keys("document", head.id, head.document_chunks)
    return documents + chunk_keys("counts", head.id, head.counts_chunks)
