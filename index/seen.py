"""Whether the article files of a large library are as they were, without reading them.

Writers hash every file and note sizes, times and inode numbers as they were just before. A file of
which all of these are the same is not hashed again when a large library is opened; `index check`
and every writer hash it all the same.
"""

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

from corpus.document import CorpusError
from corpus.reading.articles import ARTICLE_FILE, find_source
from index.folders import article_folders
from index.parts import PartError, read_part, write_part
from index.snapshot import Manifest

SEEN = "seen"
SETTLED_NS = 100_000_000
"""A file that changed so shortly before it was looked at may change again within the same tick of
the clock, and is not noted."""

Look: TypeAlias = tuple[int, int, int, int]
"""Inode, size, time of change of the content and of the inode (ns)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An article folder as it is.

    Attributes:
        source: name of its source file.
        facts, content: its `ARTICLE_FILE` and its source file.
        changed: when a file was last put into it or taken out (ns).
    """

    source: str
    facts: Look
    content: Look
    changed: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An article folder as it was just before it was hashed, and the key that came of it."""

    looked: Looked
    key: str


def look(folder: Path, source: str) -> Looked | None:
    """Look at an article folder; None where a file is missing."""
    try:
        facts, content = (folder / ARTICLE_FILE).stat(), (folder / source).stat()
        changed = folder.stat().st_mtime_ns
    except OSError:
        return None
    return Looked(source, _look(facts), _look(content), changed)


def _look(found: os.stat_result) -> Look:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def look_at_all(folders: Iterable[Path]) -> dict[str, Looked]:
    """Look at article folders before they are hashed.

    Those of which a file is missing or has only just changed are left out.
    """
    looked = {}
    settled = time.time_ns() - SETTLED_NS
    for folder in folders:
        with suppress(CorpusError):
            found = look(folder, find_source(folder).name)
            if found is not None and max(found.facts[3], found.content[3], found.changed) < settled:
                looked[folder.name] = found
    return looked


def note_seen(library: Path, looked: Mapping[str, Looked], manifest: Manifest) -> None:
    """Keep how the articles of a state looked before they were hashed.

    Raises:
        OSError: the library cannot be written.
    """
    seen = {
        name: Seen(looked[name], record.key)
        for name, record in manifest.articles.items()
        if name in looked
    }
    write_part(library / SEEN, msgspec.msgpack.encode(seen))


def read_seen(library: Path) -> dict[str, Seen]:
    """Return what `note_seen` has kept, by the ids of the articles.

    Raises:
        PartError: it is missing or damaged.
    """
    try:
        return msgspec.msgpack.decode(read_part(library / SEEN), type=dict[str, Seen])
    except msgspec.DecodeError as error:
        raise PartError(f"{SEEN} cannot be read ({error})") from error


def is_unchanged(library: Path, manifest: Manifest) -> bool:
    """Tell whether the articles are surely those of a state; False where it cannot be told."""
    try:
        seen = read_seen(library)
        folders = article_folders(library, manifest.articles)
    except (PartError, CorpusError):
        return False
    if [folder.name for folder in folders] != list(manifest.articles):
        return False
    return all(
        (one := seen.get(folder.name)) is not None
        and one.key == manifest.articles[folder.name].key
        and one.looked == look(folder, one.looked.source)
        for folder in folders
    )
