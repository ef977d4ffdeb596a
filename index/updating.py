"""Bringing the index of a library up to date, article by article.

Only what is new or changed is read, split and embedded. Each article's parts are on disk before the
next one is begun, and the new state is put in force last: whoever is stopped in between loses the
work on one article, and the old state stays.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.passages import PASSAGE_RULE
from index.encoder import Encoder
from index.entries import (
    ENTRIES,
    ArticleFiles,
    Entry,
    find_files,
    kept_entry,
    read_entry,
    read_new,
    reader_sha256,
    write_entry,
)
from index.folders import article_folders, clear
from index.mapped.keeping import discard_mapped, keep_mapped
from index.parts import PartError
from index.seen import look_at_all, note_seen
from index.snapshot import (
    FORMAT_VERSION,
    ArticleRecord,
    BuildFacts,
    Manifest,
    MappedForm,
    StaleIndexError,
    describe_difference,
    read_manifest,
    write_manifest,
)
from index.vectors import VECTORS, read_vectors, vectors_key, write_vectors


@dataclass(frozen=True, slots=True)
class Progress:
    """One article of a longer piece of work is finished.

    Attributes:
        done: how many are, this one with them.
        total: how many there are.
        name: its id, or its path where it has none yet.
        outcome: "indexed", "added", "replaced", "unchanged" or "refused".
        detail: its title, or why it was refused.
    """

    done: int
    total: int
    name: str
    outcome: str
    detail: str


OnProgress = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Tell nobody."""


def scan(library: Path, in_force: Iterable[str] = ()) -> dict[str, ArticleFiles]:
    """Find and hash the articles of a library, without reading them.

    Raises:
        CorpusError: there is no article, or a file of one cannot be read.
    """
    return {f.name: find_files(f) for f in article_folders(library, in_force)}


def why_changed(library: Path, manifest: Manifest) -> str:
    """Say which articles are not as they were when the index was written; "" where all are.

    Raises:
        CorpusError: there is no article, or a file of one cannot be read.
    """
    found = scan(library, manifest.articles)
    old = {name: record.key for name, record in manifest.articles.items()}
    changed = [name for name in found if name in old and found[name].key != old[name]]
    gone = [name for name in old if name not in found]
    new = [name for name in found if name not in old]
    said = (
        (changed, "changed since it was built"),
        (gone, "gone since it was built"),
        (new, "not in it yet"),
    )
    return "; ".join(f"{name_some(names)}: {what}" for names, what in said if names)


def name_some(names: list[str], most: int = 5) -> str:
    """List names, of many only the first few."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def update(
    library: Path,
    encoder: Encoder,
    *,
    verify: bool = True,
    anew: bool = False,
    on_progress: OnProgress = ignore,
) -> Manifest:
    """Index what is new or changed and put the new state in force; the lock must be held.

    Args:
        library: its folder.
        encoder: makes the vectors.
        verify: read every part that is kept, to make a damaged one again; otherwise it only has to
            be there.
        anew: use nothing that is kept.
        on_progress: is told of every article that had to be indexed.

    Raises:
        CorpusError: an article cannot be read; nothing is put in force.
        LibraryError: a part that was not verified is damaged.
        OSError: the library cannot be written.
    """
    old = manifest_or_none(library)
    known = {} if old is None else old.articles
    looked = look_at_all(article_folders(library, known))
    found = scan(library, known)
    fits = old is not None and not describe_misfit(old, encoder)
    records: dict[str, ArticleRecord] = {}
    for number, (name, files) in enumerate(found.items(), start=1):
        record = known.get(name)
        keep = record is not None and fits and not anew and record.key == files.key
        if record is None or not keep or not _has_parts(library, record, encoder, verify=verify):
            record, entry = index_article(library, files, encoder, anew=anew, before=record)
            on_progress(Progress(number, len(found), name, "indexed", entry.facts.title))
        records[name] = record
    sources = {name: files.source_sha256 for name, files in found.items()}
    before = None if old is None else old.mapped
    mapped = keep_mapped(library, before, records, encoder.dimension, verify=verify, anew=anew)
    manifest = make_manifest(encoder_facts(encoder), records, sources, mapped)
    if mapped is not None:
        note_seen(library, looked, manifest)
    same = old is not None and (old.facts, known) == (manifest.facts, records)
    if old is not None and same and not anew and mapped is before:
        clear(library)
        return old
    put_in_force(library, manifest)
    return manifest


def manifest_or_none(library: Path) -> Manifest | None:
    """Return the state in force, None where there is none that can be read."""
    try:
        return read_manifest(library)
    except StaleIndexError:
        return None


def in_force(library: Path) -> list[str]:
    """Return the ids of the articles of the state in force."""
    manifest = manifest_or_none(library)
    return [] if manifest is None else list(manifest.articles)


def _has_parts(library: Path, record: ArticleRecord, encoder: Encoder, *, verify: bool) -> bool:
    """Tell whether the parts of an article are there; with ``verify``, whether they are whole."""
    if not verify:
        paths = (library / ENTRIES / record.key, library / VECTORS / record.vectors)
        return all(path.is_file() for path in paths)
    try:
        read_entry(library, record.key)
        read_vectors(library, record.vectors, (record.passages, encoder.dimension))
    except PartError:
        return False
    return True


def index_article(
    library: Path,
    files: ArticleFiles,
    encoder: Encoder,
    *,
    anew: bool = False,
    before: ArticleRecord | None = None,
    read: Callable[[ArticleFiles], Entry] = read_new,
) -> tuple[ArticleRecord, Entry]:
    """Read, split and embed one article, as far as no part of it is kept already.

    Args:
        library: the folder of its parts.
        files: the article's.
        encoder: makes the vectors.
        anew: use nothing that is kept.
        before: its record in the state before.
        read: reads it from its files.

    Raises:
        CorpusError: it cannot be read.
        OSError: the library cannot be written.
    """
    entry = None if anew else kept_entry(library, files.key)
    if entry is None:
        entry = read(files)
        write_entry(library, files.key, entry)
    key = vectors_key(encoder, entry.texts_sha256)
    try:
        if anew:
            raise PartError("all is made anew")
        read_vectors(library, key, (entry.passages, encoder.dimension))
    except PartError:
        texts = [passage.sentence for passage in entry.unpack_passages()]
        write_vectors(library, key, encoder.encode(texts))
    added = _now() if before is None else before.added
    return ArticleRecord(files.key, key, entry.passages, entry.passages_sha256, added), entry


def make_manifest(
    facts: BuildFacts,
    records: Mapping[str, ArticleRecord],
    sources: Mapping[str, str],
    mapped: MappedForm | None,
) -> Manifest:
    """Describe a state.

    Args:
        facts: what it was made from, beside the articles.
        records: its articles by their ids.
        sources: id -> sha256 of the source file.
        mapped: what it is opened from where it is large.
    """
    digest = hashlib.sha256()
    for name in sorted(records):
        digest.update(f"{name} {records[name].passages_sha256}\n".encode())
    whole = replace(
        facts,
        corpus_sha256=digest.hexdigest(),
        passages=sum(record.passages for record in records.values()),
        documents={name: sources[name] for name in sorted(records)},
    )
    return Manifest(whole, _now(), {name: records[name] for name in sorted(records)}, mapped)


def put_in_force(library: Path, manifest: Manifest) -> None:
    """Write the state, then delete the parts and folders that it does not need.

    Raises:
        OSError: the library cannot be written.
    """
    write_manifest(library, manifest)
    records = manifest.articles.values()
    discard_parts(library / ENTRIES, keep={record.key for record in records})
    discard_parts(library / VECTORS, keep={record.vectors for record in records})
    discard_mapped(library, keep=manifest.mapped)
    clear(library)


def discard_parts(folder: Path, *, keep: set[str]) -> None:
    """Delete the parts in a folder but those to keep."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keep:
            path.unlink(missing_ok=True)


def encoder_facts(encoder: Encoder) -> BuildFacts:
    """Return what an index must be made from to be searched with this model, without articles."""
    return BuildFacts(
        format_version=FORMAT_VERSION,
        model=encoder.name,
        weights_sha256=encoder.weights_sha256,
        dimension=encoder.dimension,
        passage_rule=PASSAGE_RULE,
        corpus_sha256="",
        passages=0,
        documents={},
        reader_sha256=reader_sha256(),
    )


def describe_misfit(manifest: Manifest, encoder: Encoder) -> str:
    """Say why an index cannot be searched with this model by this program; "" where it can."""
    return describe_difference(manifest.facts, encoder_facts(encoder))


def why_stale(library: Path, encoder: Encoder) -> str:
    """Say why the index of a library has to be brought up to date; "" where it need not be.

    Raises:
        CorpusError: there is no article, or a file of one cannot be read.
    """
    try:
        manifest = read_manifest(library)
    except StaleIndexError as error:
        return str(error)
    return describe_misfit(manifest, encoder) or why_changed(library, manifest)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
