"""Is a library whole? Every source, every part and the state, and how to mend what is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.document import CorpusError
from corpus.passages import PASSAGE_RULE
from index.dense import DenseIndex
from index.entries import Entry, find_files, read_entry, read_new, reader_sha256
from index.folders import ASIDE, article_folders
from index.mapped.opening import check_mapped
from index.parts import PartError
from index.seen import read_seen
from index.snapshot import ArticleRecord, Manifest, StaleIndexError, read_manifest, stamp_of
from index.vectors import read_vectors

BUILD = "run: python -m index build"
BUILD_ANEW = "run: python -m index build --anew"
MEND_SOURCE = "restore its files, or put the article in again with: python -m index add --replace"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        kind: "stale", "damaged" or "unreadable".
        what: which article or file, and what is wrong.
        remedy: what to do.
    """

    kind: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found.

    Attributes:
        manifest: the state in force, None where there is none.
        problems: empty where the library is whole.
        waiting: ids of articles that were added and are whole, but are not indexed yet.
    """

    manifest: Manifest | None
    problems: tuple[Problem, ...]
    waiting: tuple[str, ...]


def check_library(library: Path) -> CheckReport:
    """Verify a library; nothing is written.

    Raises:
        CorpusError: there is no article at all.
    """
    while True:
        stamp = stamp_of(library)
        report = _check(library)
        if not report.problems or stamp_of(library) == stamp:  # else a writer came in between
            return report


def _check(library: Path) -> CheckReport:
    try:
        manifest = read_manifest(library)
    except StaleIndexError as reason:
        article_folders(library)
        return CheckReport(None, (Problem("stale", str(reason), BUILD),), ())
    problems: list[Problem] = []
    waiting: list[str] = []
    facts = manifest.facts
    same_program = (facts.reader_sha256, facts.passage_rule) == (reader_sha256(), PASSAGE_RULE)
    if not same_program:
        what = "the way articles are read and split changed since the index was built"
        problems.append(Problem("stale", what, BUILD))
    folders = article_folders(library, manifest.articles)
    for folder in folders:
        try:
            state = _state_of(folder, manifest, same_program=same_program)
        except CorpusError as error:
            problems.append(Problem("unreadable", str(error), MEND_SOURCE))
            continue
        if state == "new" or (state == "changed" and (library / ASIDE / folder.name).is_dir()):
            waiting.append(folder.name)
        elif state == "changed":
            what = f"{folder.name} changed since the index was built"
            problems.append(Problem("stale", what, BUILD))
    gone = manifest.articles.keys() - {folder.name for folder in folders}
    for name in sorted(gone):
        problems.append(Problem("stale", f"{name} is gone since the index was built", BUILD))
    for name, record in manifest.articles.items():
        problems += _check_parts(library, name, record, facts.dimension)
    problems += _check_mapped(library, manifest)
    return CheckReport(manifest, tuple(problems), tuple(waiting))


def _state_of(
    folder: Path, manifest: Manifest, *, same_program: bool
) -> Literal["indexed", "changed", "new"]:
    """Compare an article's files with the state in force.

    Raises:
        CorpusError: it is not as it was indexed, and cannot be read.
    """
    files = find_files(folder)
    record = manifest.articles.get(folder.name)
    if record is not None and (record.key == files.key or not same_program):
        same = manifest.facts.documents.get(folder.name) == files.source_sha256
        return "indexed" if same else "changed"
    read_new(files)
    return "new" if record is None else "changed"


def _check_parts(
    library: Path, name: str, record: ArticleRecord, dimension: int
) -> Iterator[Problem]:
    """Read what is kept of an article and see whether it fits together."""
    try:
        entry = read_entry(library, record.key)
    except PartError as error:
        yield Problem("damaged", f"what was read of {name}: {error}", BUILD)
    else:
        if not _fits(entry, name, record):
            yield Problem("damaged", f"what was read of {name} is something else", BUILD_ANEW)
    try:
        vectors = read_vectors(library, record.vectors, (record.passages, dimension))
    except PartError as error:
        yield Problem("damaged", f"the vectors of {name}: {error}", BUILD)
    else:
        try:
            DenseIndex(vectors)
        except ValueError as error:
            yield Problem("damaged", f"the vectors of {name}: {error}", BUILD_ANEW)


def _check_mapped(library: Path, manifest: Manifest) -> Iterator[Problem]:
    if manifest.mapped is not None:
        try:
            check_mapped(library, manifest.mapped, manifest.articles, manifest.facts.dimension)
        except PartError as error:
            yield Problem("damaged", f"what is mapped into memory: {error}", BUILD)
        try:
            read_seen(library)
        except PartError as error:
            yield Problem("damaged", f"how the articles looked: {error}", BUILD)


def _fits(entry: Entry, name: str, record: ArticleRecord) -> bool:
    """Tell whether an entry is that of an article and can be unpacked."""
    if (entry.id, entry.passages_sha256) != (name, record.passages_sha256):
        return False
    try:
        document, passages = entry.unpack_document(), entry.unpack_passages()
    except ValueError:
        return False
    return document.id == name and len(passages) == entry.passages == record.passages
