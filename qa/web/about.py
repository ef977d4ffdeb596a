"""What the footer says: which version over which sources with which model."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

from index.encoder import Encoder
from qa.web.opening import DocumentLibrary

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HASH_CHARS = 12


@runtime_checkable
class Embedded(Protocol):
    """A library whose documents are searched by an embedding model."""

    encoder: Encoder


@dataclass(frozen=True, slots=True)
class About:
    """The facts of the footer.

    Attributes:
        version: of the program, "" if unknown.
        model: name of the embedding model, "" if there is none.
        sources: id and shortened hash of each article.
    """

    version: str
    model: str = ""
    sources: tuple[tuple[str, str], ...] = ()


def describe(library: DocumentLibrary) -> About:
    """Collect the facts about an open library."""
    return About(
        version=read_version(),
        model=library.encoder.name if isinstance(library, Embedded) else "",
        sources=tuple((d.id, d.source_sha256[:HASH_CHARS]) for d in library.documents.values()),
    )


@cache
def read_version(changelog: Path = CHANGELOG) -> str:
    """Read the newest version from the change log; "" where there is none."""
    if not changelog.is_file():
        return ""
    found = re.search(r"^## (\d+(?:\.\d+)+)", changelog.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""
