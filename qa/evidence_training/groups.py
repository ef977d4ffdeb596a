"""Questions with many candidates, written to a file: what a teacher judges and a pupil learns.

Drawing them needs search over every article, judging them a large model; the file lies between, so
that each can be done on the machine that suits it.
"""

import json
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import TrainingDataError

TRAIN_FILE, HELD_OUT_FILE = "train.json.xz", "heldout.json.xz"


@dataclass(frozen=True, slots=True)
class WideGroup:
    """A question with candidates.

    Attributes:
        question: as asked.
        candidates: sentences that may answer it, those most like it first in a held-out group.
        labels: of each candidate, whether it answers; None where nobody knows.
        source: the kind of data, for the tables.
        answerable: whether its article answers it, be it by a candidate or not; None: unknown.
    """

    question: str
    candidates: tuple[Candidate, ...]
    labels: tuple[bool | None, ...]
    source: str
    answerable: bool | None


def write_groups(path: Path, groups: Iterable[WideGroup]) -> int:
    """Write groups to a file, each candidate once; return how many groups there are."""
    numbers: dict[Candidate, int] = {}
    rows = [
        [
            group.question,
            [numbers.setdefault(candidate, len(numbers)) for candidate in group.candidates],
            group.labels,
            group.source,
            group.answerable,
        ]
        for group in groups
    ]
    content = {"candidates": [astuple(candidate) for candidate in numbers], "groups": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
    return len(rows)


def read_groups(path: Path) -> list[WideGroup]:
    """Read a file of groups.

    Raises:
        TrainingDataError: it is missing, or no such file.
    """
    try:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            content = json.load(file)
        candidates = [Candidate(*parts) for parts in content["candidates"]]
        return [_group(row, candidates) for row in content["groups"]]
    except (OSError, EOFError, lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise TrainingDataError(
            f"{path} cannot be read as groups ({type(error).__name__}: {error}); "
            "write it with: python -m qa.evidence_training groups"
        ) from error


def _group(row: Sequence[object], candidates: Sequence[Candidate]) -> WideGroup:
    question, numbers, labels, source, answerable = row
    chosen = tuple(candidates[n] for n in numbers)  # type: ignore[attr-defined]  # JSON
    known = tuple(labels)  # type: ignore[arg-type,var-annotated]  # JSON
    if len(known) != len(chosen):
        raise ValueError(f"{len(chosen)} candidates, but {len(known)} labels: {question!r}")
    return WideGroup(
        str(question), chosen, known, str(source), None if answerable is None else bool(answerable)
    )
