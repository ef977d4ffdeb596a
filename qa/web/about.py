"""What the footer says: which version over which sources with which model."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

from index.encoder import Encoder
from qa.evidence_model.scorer import NO_MODEL
from qa.ranking import Stages
from qa.web.opening import Answerer

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HASH_CHARS = 12


@runtime_checkable
class Embedded(Protocol):
    """A library whose documents are searched by an embedding model."""

    encoder: Encoder


@runtime_checkable
class Staged(Protocol):
    """An assistant whose quotes may be judged by an evidence model."""

    stages: Stages


@dataclass(frozen=True, slots=True)
class About:
    """The facts of the footer.

    Attributes:
        version: of the program, "" if unknown.
        model: name of the embedding model, "" if there is none.
        evidence_model: name of the evidence model, `NO_MODEL` where search alone decides, "" if it
            is not known.
        sources: id and shortened hash of each article.
    """

    version: str
    model: str = ""
    evidence_model: str = ""
    sources: tuple[tuple[str, str], ...] = ()


def describe(assistant: Answerer) -> About:
    """Collect the facts about an assistant and its open library."""
    library = assistant.library
    return About(
        version=read_version(),
        model=library.encoder.name if isinstance(library, Embedded) else "",
        evidence_model=_evidence_model(assistant),
        sources=tuple(
            (profile.id, profile.source_sha256[:HASH_CHARS])
            for profile in library.overview.profiles.values()
        ),
    )


def _evidence_model(assistant: Answerer) -> str:
    if not isinstance(assistant, Staged):
        return ""
    scorer = assistant.stages.scorer
    return scorer.name if scorer else NO_MODEL


@cache
def read_version(changelog: Path = CHANGELOG) -> str:
    """Read the newest version from the change log; "" where there is none."""
    if not changelog.is_file():
        return ""
    found = re.search(r"^## (\d+(?:\.\d+)+)", changelog.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""
