"""From a library folder to what is searched: the state in force, loaded and checked.

A state that does not fit is brought up to date first. Where that cannot be, because another process
is writing or because the disk is full or read-only, the state before is loaded as it was; in the
latter case only if it misses articles and all that it has are there still.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import CorpusError, Document
from corpus.passages import Passage
from index.dense import DenseIndex, Nearest
from index.encoder import Encoder
from index.entries import find_files, read_entry
from index.folders import ASIDE, articles_folder, restore
from index.lexical import LexicalIndex
from index.locking import LOCK_SECONDS, BusyError, as_library_error, writing
from index.mapped.opening import open_mapped
from index.overview import Overview
from index.parts import PartError
from index.seen import is_unchanged
from index.snapshot import LibraryError, Manifest, StaleIndexError, Stamp, read_stamped, stamp_of
from index.unpacking import KeptDocuments, KeptPassages
from index.updating import describe_misfit, in_force, update, why_changed
from index.vectors import read_vectors

POLL_SECONDS = 0.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """All of a library that is in memory, or mapped into it.

    Attributes:
        manifest: what it is.
        stamp: of the manifest's file.
        documents, passages: read or unpacked when they are asked for.
        dense, lexical: one row a passage.
        overview: what is known of the articles without unpacking them.
    """

    manifest: Manifest
    stamp: Stamp
    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    dense: Nearest
    lexical: LexicalIndex
    overview: Overview


def open_state(
    folder: Path, encoder: Encoder, *, rebuild: bool, on_status: Callable[[str], None]
) -> State:
    """Load the state of a library, brought up to date where it does not fit.

    Args:
        folder: the library.
        encoder: the one that the index is made and searched with.
        rebuild: read and embed everything anew even if the index fits.
        on_status: is told in one line what happens and why.

    Raises:
        CorpusError: an article cannot be read.
        LibraryError: the index cannot be written, or another process is writing the first one.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            if rebuild:
                raise StaleIndexError("a new build was asked for")
            return load_state(folder, encoder)
        except StaleIndexError as error:
            reason = error
        try:
            with writing(folder, "opening", wait=0):
                return _renew(folder, encoder, rebuild, on_status)
        except BusyError as busy:
            if not rebuild and (before := _load_before(folder, encoder)):
                on_status(f"Opened {folder} without what is being written now: {reason}.")
                return before
            if time.monotonic() > deadline:
                raise
            logger.debug("%s", busy)
            time.sleep(POLL_SECONDS)
        except LibraryError as error:
            before = None if rebuild else _load_before(folder, encoder)
            if before is None or not _has_sources(folder, before.manifest):
                raise
            on_status(f"Opened {folder} as it was: {error}.")
            return before


def _renew(
    folder: Path, encoder: Encoder, rebuild: bool, on_status: Callable[[str], None]
) -> State:
    """Update and load, unless another process has done so since; the lock is held."""
    try:
        if rebuild:
            raise StaleIndexError("a new build was asked for")
        return load_state(folder, encoder)
    except StaleIndexError as reason:
        on_status(f"Building the index in {folder}: {reason}.")
    with as_library_error(folder):
        restore(folder, in_force(folder))
        facts = update(folder, encoder, anew=rebuild).facts
    on_status(f"Index built: {facts.passages} passages of {len(facts.documents)} article(s).")
    try:
        return load_state(folder, encoder, fitting=False)
    except StaleIndexError as error:
        raise LibraryError(
            f"the index in {folder} was written but cannot be read: {error}; check the disk"
        ) from error


def _load_before(folder: Path, encoder: Encoder) -> State | None:
    try:
        return load_state(folder, encoder, fitting=False)
    except StaleIndexError:
        return None


def _has_sources(folder: Path, manifest: Manifest) -> bool:
    """Tell whether each article of a state is there as it was indexed, if need be set aside."""
    homes = (articles_folder(folder), folder / ASIDE)
    return all(
        any(_key_of(home / name) == record.key for home in homes)
        for name, record in manifest.articles.items()
    )


def _key_of(article: Path) -> str:
    try:
        return find_files(article).key
    except CorpusError:
        return ""


def load_state(folder: Path, encoder: Encoder, *, fitting: bool = True) -> State:
    """Load the state in force; where a writer replaces it meanwhile, the new one.

    Args:
        folder: the library.
        encoder: the one that the index must have been made with.
        fitting: compare the state with the article folders as they are now.

    Raises:
        StaleIndexError: there is none, or it does not fit, or a part of it is damaged.
    """
    while True:
        manifest, stamp = read_stamped(folder)
        try:
            reason = describe_misfit(manifest, encoder)
            if not reason and fitting:
                reason = _why_changed(folder, manifest)
            if reason:
                raise StaleIndexError(reason)
            return _load(folder, manifest, stamp)
        except StaleIndexError:
            if stamp_of(folder) == stamp:
                raise


def _why_changed(folder: Path, manifest: Manifest) -> str:
    try:
        if manifest.mapped is not None and is_unchanged(folder, manifest):
            return ""
        return why_changed(folder, manifest)
    except CorpusError as error:  # or a writer took the folder away between two looks
        return str(error)


def _load(folder: Path, manifest: Manifest, stamp: Stamp) -> State:
    if manifest.mapped is None:
        return _read(folder, manifest, stamp)
    try:
        opened = open_mapped(folder, manifest.mapped, manifest.articles, manifest.facts.dimension)
    except PartError as error:
        raise StaleIndexError(f"its mapped form: {error}") from error
    return State(
        manifest,
        stamp,
        opened.documents,
        opened.passages,
        opened.dense,
        opened.lexical,
        opened.overview,
    )


def _read(folder: Path, manifest: Manifest, stamp: Stamp) -> State:
    dimension = manifest.facts.dimension
    records = manifest.articles.values()
    try:
        entries = [read_entry(folder, record.key) for record in records]
        vectors = [
            read_vectors(folder, record.vectors, (record.passages, dimension)) for record in records
        ]
        dense = DenseIndex(np.concatenate(vectors))
    except PartError as error:
        raise StaleIndexError(f"its part {error}") from error
    except ValueError as error:
        raise StaleIndexError(f"its {error}; run: python -m index build --anew") from error
    return State(
        manifest,
        stamp,
        KeptDocuments(entries),
        KeptPassages(entries),
        dense,
        LexicalIndex.of_counts([entry.term_counts for entry in entries]),
        Overview.of_entries(entries),
    )
