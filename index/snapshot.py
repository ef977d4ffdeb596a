"""The state of a library that is in force: which articles it has, and which parts belong to them.

The state is one file, replaced at once; the parts that it names are never changed. A reader finds
the old state or the new one, never something in between.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from index.parts import replace_file

FORMAT_VERSION = 2
MANIFEST = "manifest.json"

MADE_WITH = ("model", "weights_sha256", "dimension", "passage_rule", "reader_sha256")
"""The facts that are not about the articles."""

Stamp: TypeAlias = tuple[int, int, int]
"""Inode, time of change in ns and size of the manifest; another one for every state."""
NO_STAMP: Stamp = (0, 0, 0)


class StaleIndexError(Exception):
    """The index on disk is missing, damaged or made from something else; it must be rebuilt."""


class LibraryError(Exception):
    """The library folder cannot be used; shown to the user as it is."""


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What an index was made from; two indexes with the same facts answer alike.

    Attributes:
        format_version: of the files on disk.
        model: name of the embedding model.
        weights_sha256: of the model's weights.
        dimension: of its vectors.
        passage_rule: name of the rule that made the passages.
        corpus_sha256: over the passages' ids, texts and terms.
        passages: how many.
        documents: id -> sha256 of the source file.
        reader_sha256: over the program that read the articles.
    """

    format_version: int
    model: str
    weights_sha256: str
    dimension: int
    passage_rule: str
    corpus_sha256: str
    passages: int
    documents: dict[str, str]
    reader_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """Which parts belong to an article.

    Attributes:
        key: name of its entry.
        vectors: name of its vectors.
        passages: how many.
        passages_sha256: over their ids, texts and terms.
        added: when it was first indexed (ISO 8601, UTC).
    """

    key: str
    vectors: str
    passages: int
    passages_sha256: str
    added: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size and sha256 of a file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MappedForm:
    """What is mapped into memory in place of the parts, in a library that is large.

    Attributes:
        key: name of its folder.
        files: facts of each file in it, by name.
        search: "exact", or the kind of codes by which candidates are found.
        probes: lists of the codes that are read for a question; 0 where there are none.
        reranked: candidates that are compared exactly; 0 where all passages are.
        recall_at_10, recall_at_100: share of the exactly nearest passages that was found when the
            codes were made, in [0, 1].
        queries: how many that was measured with; 0 where nothing had to be.
    """

    key: str
    files: dict[str, FileFacts]
    search: str
    probes: int = 0
    reranked: int = 0
    recall_at_10: float = 1.0
    recall_at_100: float = 1.0
    queries: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """A state.

    Attributes:
        facts: what it was made from.
        created: when it was written (ISO 8601, UTC).
        articles: the parts of each article, by its id.
        mapped: what a large library is opened from; None where the parts are read.
    """

    facts: BuildFacts
    created: str
    articles: dict[str, ArticleRecord]
    mapped: MappedForm | None = None


def write_manifest(library: Path, manifest: Manifest) -> None:
    """Put a state in force.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    body = asdict(manifest)
    text = json.dumps({"sha256": _digest(body), **body}, indent=1, ensure_ascii=False)
    replace_file(library / MANIFEST, text.encode())


def read_manifest(library: Path) -> Manifest:
    """Return the state in force.

    Raises:
        StaleIndexError: there is none, or it is of another format, or its file is damaged.
    """
    return read_stamped(library)[0]


def read_stamped(library: Path) -> tuple[Manifest, Stamp]:
    """Return the state in force and the stamp of its file.

    Raises:
        StaleIndexError: there is none, or it is of another format, or its file is damaged.
    """
    stamp = stamp_of(library)
    try:
        body = json.loads((library / MANIFEST).read_text(encoding="utf-8"))
        digest = body.pop("sha256")
        version = body["facts"]["format_version"]
    except FileNotFoundError as error:
        raise StaleIndexError("there is no index yet") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StaleIndexError(f"its manifest is damaged ({error})") from error
    if version != FORMAT_VERSION:
        raise StaleIndexError(f"it has format {version}, this program writes {FORMAT_VERSION}")
    if digest != _digest(body):
        raise StaleIndexError("its manifest is damaged (sha256 differs)")
    try:
        return msgspec.convert(body, type=Manifest), stamp
    except msgspec.ValidationError as error:
        raise StaleIndexError(f"its manifest is damaged ({error})") from error


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def stamp_of(library: Path) -> Stamp:
    """Look at the file of the state without reading it; `NO_STAMP` where there is none."""
    try:
        found = (library / MANIFEST).stat()
    except OSError:
        return NO_STAMP
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def describe_difference(stored: BuildFacts, wanted: BuildFacts) -> str:
    """Say in what, beside the articles, an index was made otherwise; "" where in nothing."""
    for name in MADE_WITH:
        old, new = getattr(stored, name), getattr(wanted, name)
        if old != new:
            return f"its {name.replace('_', ' ')} is {old}, now it is {new}"
    return ""
