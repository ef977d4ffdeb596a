"""An index on disk: written whole or not at all, checked before it is used.

A library folder holds one folder per written index and a file ``CURRENT`` that names the one in
force. A new index is written to a folder of its own, synced, and then named in ``CURRENT`` by an
atomic rename: a reader finds the old state or the new one, never something in between. Arrays and
JSON only, no pickle.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from index.dense import DenseIndex
from index.lexical import LexicalIndex

FORMAT_VERSION = 1
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
DENSE = "dense.faiss"
LEXICAL = "lexical"
LOCK_SECONDS = 120


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
    """

    format_version: int
    model: str
    weights_sha256: str
    dimension: int
    passage_rule: str
    corpus_sha256: str
    passages: int
    documents: dict[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts, when the index was written (ISO 8601, UTC), and the hash of each of its files."""

    facts: BuildFacts
    created: str
    files: dict[str, str]


def write_snapshot(
    library: Path, facts: BuildFacts, dense: DenseIndex, lexical: LexicalIndex, *, created: str
) -> Manifest:
    """Write an index and put it in force.

    Raises:
        LibraryError: the folder is not writable, the disk is full, or another process writes.
    """
    temporary = library / f".writing-{uuid4().hex}"
    try:
        library.mkdir(parents=True, exist_ok=True)
        with FileLock(library / ".lock", timeout=LOCK_SECONDS):
            (temporary / LEXICAL).mkdir(parents=True)
            dense.save(temporary / DENSE)
            lexical.save(temporary / LEXICAL)
            manifest = Manifest(facts, created, _hash_files(temporary))
            (temporary / MANIFEST).write_text(
                json.dumps(asdict(manifest), indent=1), encoding="utf-8"
            )
            _sync_tree(temporary)
            name = f"index-{facts.corpus_sha256[:12]}-{uuid4().hex[:8]}"
            temporary.rename(library / name)
            _replace_text(library / CURRENT, name)
            _remove_others(library, keep=name)
    except Timeout as error:
        raise LibraryError(
            f"{library} is being written by another process; "
            f"waited {LOCK_SECONDS} s, try again later"
        ) from error
    except (OSError, RuntimeError) as error:  # FAISS reports a full disk as RuntimeError
        reason = getattr(error, "strerror", None) or error
        raise LibraryError(
            f"the index cannot be written to {library}: {reason}; "
            "free space or choose another folder with --library"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return manifest


def _hash_files(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_tree(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace_text(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}-{uuid4().hex}")
    temporary.write_text(text, encoding="utf-8")
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _remove_others(library: Path, *, keep: str) -> None:
    for path in library.iterdir():
        if path.is_dir() and path.name.startswith(("index-", ".writing-")) and path.name != keep:
            shutil.rmtree(path, ignore_errors=True)


def read_manifest(library: Path) -> tuple[Path, Manifest]:
    """Find the index in force.

    Returns:
        Its folder and its manifest.

    Raises:
        StaleIndexError: there is none, or it is of another format, or its manifest is damaged.
    """
    try:
        name = (library / CURRENT).read_text(encoding="utf-8").strip()
        folder = library / Path(name).name
        raw: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StaleIndexError("there is no index yet") from error
    except (OSError, ValueError) as error:
        raise StaleIndexError(f"its manifest is damaged ({error})") from error
    try:
        version = raw["facts"]["format_version"]
        if version != FORMAT_VERSION:
            raise StaleIndexError(f"it has format {version}, this program writes {FORMAT_VERSION}")
        files = dict(raw["files"])
        if DENSE not in files:
            raise StaleIndexError("its manifest lists no vectors")
        return folder, Manifest(BuildFacts(**raw["facts"]), raw["created"], files)
    except (KeyError, TypeError, ValueError) as error:
        raise StaleIndexError(f"its manifest is damaged ({error})") from error


def read_snapshot(library: Path, facts: BuildFacts) -> tuple[Manifest, DenseIndex, LexicalIndex]:
    """Open the index in force, if it was made from exactly ``facts`` and is whole.

    Raises:
        StaleIndexError: it is missing, made from something else, or a file of it is damaged.
    """
    folder, manifest = read_manifest(library)
    difference = _first_difference(manifest.facts, facts)
    if difference:
        raise StaleIndexError(difference)
    check_files(folder, manifest)
    try:
        dense, lexical = DenseIndex.load(folder / DENSE), LexicalIndex.load(folder / LEXICAL)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise StaleIndexError(f"it cannot be read ({error})") from error
    return manifest, dense, lexical


def _first_difference(stored: BuildFacts, wanted: BuildFacts) -> str:
    old, new = asdict(stored), asdict(wanted)
    for name in old:
        if old[name] != new[name]:
            return f"its {name.replace('_', ' ')} is {old[name]}, now it is {new[name]}"
    return ""


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of an index with its hash.

    Raises:
        StaleIndexError: a file is missing or differs.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            actual = _sha256(path)
        except OSError as error:
            raise StaleIndexError(f"its file {name} cannot be read ({error.strerror})") from error
        if actual != expected:
            raise StaleIndexError(f"its file {name} is damaged (sha256 differs)")
