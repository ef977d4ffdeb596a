"""Shards: Parquet files of articles that were read and embedded elsewhere, and their manifest.

A shard holds for each article its files as they came, the entry that was read of them, the spans of
its passages and their vectors. Beside it stands a report with its hash; what the report does not
vouch for is made again. The manifest lists the shards that belong together.

The only module that knows pyarrow, and it imports it when a shard is written or read.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from corpus.document import CorpusError
from index.embedded import EmbeddedArticle, count_terms_of
from index.encoder import Encoder, FloatMatrix
from index.entries import Entry, hash_passages, hash_texts
from index.parts import replace_file
from index.snapshot import BuildFacts, LibraryError, describe_difference
from index.updating import encoder_facts

MANIFEST = "shards.json"
FORMAT = 1
COMPRESSION = "zstd"


@dataclass(frozen=True, slots=True)
class ShardArticle:
    """One article of a shard.

    Attributes:
        content: its files, by their names in the article folder.
        source: name of the source file among them.
        key: of its entry, see `index.entries`.
        entry: what was read.
        vectors: (passages, dimension) float32.
    """

    content: Mapping[str, bytes]
    source: str
    key: str
    entry: Entry
    vectors: FloatMatrix


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is in no shard, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShardReport:
    """What a shard holds.

    Attributes:
        name: of its file.
        sha256: of that file, "" where all of its articles were refused and there is none.
        articles: their ids, in order.
        passages, terms: how many all of them have.
        refused: what was meant for this shard and could not be read.
    """

    name: str
    sha256: str
    articles: tuple[str, ...]
    passages: int
    terms: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class ShardManifest:
    """The shards that belong together.

    Attributes:
        facts: what they were made with, without the articles.
        shards: in order.
        refused: all files that are in no shard.
        format: of the files.
    """

    facts: BuildFacts
    shards: tuple[ShardReport, ...]
    refused: tuple[Refused, ...]
    format: int = FORMAT


def write_shard(
    folder: Path, name: str, articles: Sequence[ShardArticle], refused: Sequence[Refused]
) -> ShardReport:
    """Write a shard and then its report; each is there whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    digest = ""
    if articles:
        content = _to_parquet(articles)
        digest = hashlib.sha256(content).hexdigest()
        replace_file(folder / name, content)
    report = ShardReport(
        name=name,
        sha256=digest,
        articles=tuple(article.entry.id for article in articles),
        passages=sum(article.entry.passages for article in articles),
        terms=sum(count_terms_of(article.entry) for article in articles),
        refused=tuple(refused),
    )
    replace_file(report_path(folder, name), msgspec.json.encode(report))
    return report


def report_path(folder: Path, name: str) -> Path:
    """Return where the report of a shard is."""
    return (folder / name).with_suffix(".json")


def finished(folder: Path, name: str) -> ShardReport | None:
    """Return the report of a shard that is there and whole; None where it must be made."""
    try:
        report = msgspec.json.decode(report_path(folder, name).read_bytes(), type=ShardReport)
        if report.sha256 and _sha256(folder / name) != report.sha256:
            return None
    except (OSError, msgspec.DecodeError):
        return None
    return report if report.name == name else None


def write_shard_manifest(folder: Path, manifest: ShardManifest) -> None:
    """Write the list of shards.

    Raises:
        OSError: the folder cannot be written.
    """
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    replace_file(folder / MANIFEST, text.encode())


def read_shard_manifest(folder: Path) -> ShardManifest:
    """Return the list of the shards in a folder.

    Raises:
        LibraryError: there is none, or it is damaged or of another format.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=ShardManifest)
    except OSError as error:
        raise LibraryError(
            f"{folder} holds no shards: {MANIFEST} cannot be read ({error.strerror}); make them "
            "with: python -m index embed PATH... --out FOLDER"
        ) from error
    except msgspec.DecodeError as error:
        raise LibraryError(
            f"{folder / MANIFEST} is damaged ({error}); run the same embed command again"
        ) from error
    if manifest.format != FORMAT:
        raise LibraryError(
            f"{folder} has format {manifest.format}, this program reads {FORMAT}; embed again"
        )
    return manifest


class Shards:
    """The articles of a folder of shards; each is checked when it is read.

    Args:
        folder: with a manifest.
        encoder: the model that they must have been embedded with.

    Raises:
        LibraryError: there are none, or they were made otherwise.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self.manifest = read_shard_manifest(folder)
        difference = describe_difference(self.manifest.facts, encoder_facts(encoder))
        if difference:
            raise LibraryError(
                f"the shards in {folder} do not fit this program: {difference}; choose the model "
                "with --model, or embed again"
            )
        self._dimension = encoder.dimension

    @cached_property
    def passages(self) -> int:
        """How many passages all articles have."""
        return sum(report.passages for report in self.manifest.shards)

    @cached_property
    def terms(self) -> int:
        """How many terms all of these hold, repetitions counted."""
        return sum(report.terms for report in self.manifest.shards)

    def __len__(self) -> int:
        return sum(len(report.articles) for report in self.manifest.shards)

    def __iter__(self) -> Iterator[EmbeddedArticle]:
        for report in self.manifest.shards:
            for article in self.read(report):
                yield EmbeddedArticle(article.entry, article.vectors)

    def read(self, report: ShardReport) -> list[ShardArticle]:
        """Read one shard.

        Raises:
            LibraryError: it is missing or damaged, or an article of it does not fit together.
        """
        if not report.sha256:
            return []
        path = self._folder / report.name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._damaged(path, str(error.strerror)) from error
        if hashlib.sha256(content).hexdigest() != report.sha256:
            raise self._damaged(path, "its sha256 differs")
        try:
            articles = _from_parquet(content, self._dimension)
            for article in articles:
                check_article(article)
        except (ValueError, CorpusError, msgspec.DecodeError) as error:
            raise self._damaged(path, str(error)) from error
        if tuple(article.entry.id for article in articles) != report.articles:
            raise self._damaged(path, "it has other articles than the manifest says")
        return articles

    def _damaged(self, path: Path, what: str) -> LibraryError:
        return LibraryError(
            f"the shard {path} is missing or damaged ({what}); delete it and run the same embed "
            "command again: the other shards are kept"
        )


def check_article(article: ShardArticle) -> None:
    """See that source, document, passages and vectors of an article fit together.

    Raises:
        ValueError: they do not; says which.
    """
    entry = article.entry
    document = entry.unpack_document()
    passages = entry.unpack_passages()
    source = hashlib.sha256(article.content.get(article.source, b"")).hexdigest()
    sentences = [passage.sentence for passage in passages]
    wrong = {
        "source file": source != document.source_sha256,
        "document": document.id != entry.id,
        "passages": len(passages) != entry.passages
        or hash_passages(passages) != entry.passages_sha256
        or hash_texts(sentences) != entry.texts_sha256
        or any(passage.document_id != entry.id for passage in passages)
        or any(passage.span.end > len(document.text) for passage in passages),
        "vectors": len(article.vectors) != len(passages)
        or not np.allclose(np.linalg.norm(article.vectors, axis=1), 1.0, atol=1e-3),
    }
    named = [what for what, is_wrong in wrong.items() if is_wrong]
    if named:
        raise ValueError(f"the {named[0]} of {entry.id} does not fit the rest of it")


def _pyarrow() -> Any:  # noqa: ANN401 (an extra without types)
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ImportError as error:
        raise LibraryError(
            "shards need pyarrow; install it: pip install -r requirements-scale.txt"
        ) from error


def _to_parquet(articles: Sequence[ShardArticle]) -> bytes:
    """Write articles as one Parquet file, one row each."""
    arrow = _pyarrow()
    dimension = articles[0].vectors.shape[1]
    rows = [_row(article) for article in articles]
    file = arrow.struct([("name", arrow.string()), ("content", arrow.binary())])
    schema = arrow.schema(
        [
            ("article", arrow.string()),
            ("source_sha256", arrow.string()),
            ("source", arrow.string()),
            ("files", arrow.list_(file)),
            ("key", arrow.string()),
            ("entry", arrow.large_binary()),
            ("starts", arrow.list_(arrow.int32())),
            ("ends", arrow.list_(arrow.int32())),
            ("vectors", arrow.list_(arrow.list_(arrow.float32(), dimension))),
        ]
    )
    sink = arrow.BufferOutputStream()
    table = arrow.Table.from_pylist(rows, schema=schema)
    arrow.parquet.write_table(table, sink, compression=COMPRESSION)
    return bytes(sink.getvalue())


def _row(article: ShardArticle) -> dict[str, Any]:
    passages = article.entry.unpack_passages()
    return {
        "article": article.entry.id,
        "source_sha256": hashlib.sha256(article.content[article.source]).hexdigest(),
        "source": article.source,
        "files": [{"name": n, "content": raw} for n, raw in sorted(article.content.items())],
        "key": article.key,
        "entry": msgspec.msgpack.encode(article.entry),
        "starts": [passage.span.start for passage in passages],
        "ends": [passage.span.end for passage in passages],
        "vectors": list(article.vectors),
    }


def _from_parquet(content: bytes, dimension: int) -> list[ShardArticle]:
    """Read what `_to_parquet` wrote.

    Raises:
        ValueError: it is something else.
    """
    arrow = _pyarrow()
    try:
        rows = arrow.parquet.read_table(arrow.BufferReader(content)).to_pylist()
        return [_article(row, dimension) for row in rows]
    except (arrow.ArrowException, KeyError, TypeError) as error:
        raise ValueError(f"it is no shard ({error})") from error


def _article(row: dict[str, Any], dimension: int) -> ShardArticle:
    entry = msgspec.msgpack.decode(row["entry"], type=Entry)
    spans = [(passage.span.start, passage.span.end) for passage in entry.unpack_passages()]
    if spans != list(zip(row["starts"], row["ends"], strict=True)):
        raise ValueError(f"the spans of {entry.id} differ from those of its passages")
    vectors = np.array(row["vectors"], dtype=np.float32).reshape(len(spans), dimension)
    files = {file["name"]: file["content"] for file in row["files"]}
    return ShardArticle(files, row["source"], row["key"], entry, vectors)


def without_articles(facts: BuildFacts) -> BuildFacts:
    """Return facts that say nothing of articles."""
    return replace(facts, corpus_sha256="", passages=0, documents={})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
