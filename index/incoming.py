"""What may be added: from the paths that are given to article folders that are ready to move in.

Nothing in a path is trusted: links that lead out of it are refused, and an article counts only when
it has been read.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.document import CorpusError
from corpus.reading.articles import ARTICLE_FILE, MAX_BYTES, READERS, find_source, read_bytes

MAX_FOLDER_BYTES = 10 * MAX_BYTES
"""An article folder may hold more than its source file, but not any amount."""
USABLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or an article folder that may become the article ``id``."""

    path: Path
    id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A path that is not added, and why, in words for the user."""

    path: Path
    reason: str


def find_candidates(paths: Iterable[Path]) -> Iterator[Candidate | Refusal]:
    """Find what is to be added, in the order of the paths and below a folder by name.

    Args:
        paths: files, article folders, or folders in which both may lie at any depth; of the files
            in those, only the ones that have a reader and are not hidden count.
    """
    for path in paths:
        if path.is_dir():
            yield from _find_below(path)
        elif path.exists() and not path.is_file():
            yield Refusal(path, f"{path} is neither a file nor a folder")
        else:
            yield _candidate(path, path.stem)


def _find_below(top: Path) -> Iterator[Candidate | Refusal]:
    found = False
    for name, folders, files in os.walk(top):
        folder = Path(name)
        if ARTICLE_FILE in files:
            folders.clear()
            files = []
            found = True
            yield _candidate(folder, folder.resolve().name)
        folders[:] = sorted(n for n in folders if not n.startswith("."))
        links = [folder / n for n in folders if (folder / n).is_symlink()]
        texts = [folder / n for n in sorted(files) if _has_reader(n)]
        for path in [*links, *texts]:
            found = True
            if _leads_out(path, top):
                yield Refusal(path, f"{path} is a link that leads out of {top}; add what it names")
            elif path not in links:
                yield _candidate(path, path.stem)
    if not found:
        endings = ", ".join(READERS)
        yield Refusal(top, f"{top} holds no article: no {ARTICLE_FILE} and no file with {endings}")


def _has_reader(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in READERS


def _candidate(path: Path, name: str) -> Candidate | Refusal:
    if not USABLE_ID.fullmatch(name):
        return Refusal(path, f"{name!r} is no usable id; rename {path} to letters, digits and -._")
    return Candidate(path, name)


def _leads_out(path: Path, top: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(top.resolve())


def has_content_of(candidate: Candidate, folder: Path) -> bool:
    """Tell whether a candidate is what an article folder of the library already holds.

    A single file is compared with the source file: what `article.toml` says may be the user's.

    Raises:
        CorpusError: a file cannot be read.
    """
    if candidate.path.is_dir():
        pairs = [
            (candidate.path / ARTICLE_FILE, folder / ARTICLE_FILE),
            (find_source(candidate.path), find_source(folder)),
        ]
    else:
        pairs = [(candidate.path, find_source(folder))]
    return all(
        one.suffix.lower() == other.suffix.lower() and _read(one) == _read(other)
        for one, other in pairs
    )


def stage(candidate: Candidate, content: Mapping[str, bytes], folder: Path) -> Path:
    """Write a candidate's files to a new article folder.

    Args:
        candidate: what is added.
        content: its files, from `collect`.
        folder: where; made.

    Returns:
        The article folder, named after the id.

    Raises:
        OSError: the folder cannot be written.
    """
    staged = folder / candidate.id
    staged.mkdir(parents=True)
    for name, raw in content.items():
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return staged


def collect(candidate: Candidate) -> dict[str, bytes]:
    """Read the files of a candidate: by their names in the article folder that it becomes.

    Raises:
        CorpusError: one cannot be read, is too large, or is a link that leads out.
    """
    top = candidate.path
    if not top.is_dir():
        raw = _read(top)
        source = f"source{top.suffix.lower()}"
        digest = hashlib.sha256(raw).hexdigest()
        facts = f'[source]\nfile = "{source}"\nsha256 = "{digest}"\n'
        return {source: raw, ARTICLE_FILE: facts.encode()}
    paths = sorted(path for path in top.rglob("*") if path.is_symlink() or not path.is_dir())
    out = next((path for path in paths if _leads_out(path, top)), None)
    if out is not None:
        raise CorpusError(f"{out} is a link that leads out of {top}; put the file in its place")
    files = [path for path in paths if not path.is_dir()]
    size = sum(path.stat().st_size for path in files)
    if size > MAX_FOLDER_BYTES:
        raise CorpusError(f"{top} has {size} bytes; at most {MAX_FOLDER_BYTES} are copied")
    return {str(path.relative_to(top)): _read(path) for path in files}


def as_given(message: str, staged: Path, candidate: Candidate) -> str:
    """Name the user's file in a message about its copy."""
    if not candidate.path.is_dir():
        copy = staged / f"source{candidate.path.suffix.lower()}"
        message = message.replace(str(copy), str(candidate.path))
    return message.replace(str(staged), str(candidate.path))


def _read(path: Path) -> bytes:
    try:
        is_special = path.exists() and not path.is_file()
    except OSError:
        is_special = False  # `read_bytes` says what is wrong
    if is_special:
        raise CorpusError(f"{path} is neither a file nor a folder")
    return read_bytes(path)
