"""Phrasings that must be declined and neutral ones that must not: loading, fitting, measuring."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.encoder import Encoder
from qa.boundaries import Boundary
from qa.boundary_classifier import CLASSES, WEIGHTS_FILE, boundary_input, load_boundary_weights
from qa.evaluation.bootstrap import Estimate, Ratio, estimate_ratio
from qa.evaluation.questions import QuestionFileError
from qa.sealing import sealed

SHIPPED = "boundaries-{part}.jsonl"
PENALTY = 3.0
"""Inverse strength of the L2 penalty; from 3 to 30 the cross-validated rates are the same."""
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question and the boundary that it crosses; None where it must be answered or searched."""

    question: str
    boundary: Boundary | None


@dataclass(frozen=True, slots=True)
class BoundaryResult:
    """How the boundaries fare on a file of phrasings.

    Attributes:
        declined: share of those that must be declined, by boundary and "all", that are.
        falsely_declined: share of the neutral ones that are.
        named_right: share of the declined ones that get the message of their own boundary.
        misses, false_alarms: the questions themselves.
    """

    declined: dict[str, Estimate]
    falsely_declined: Estimate
    named_right: Estimate
    misses: tuple[Phrasing, ...]
    false_alarms: tuple[Phrasing, ...]


def load_phrasings(path: Path) -> tuple[Phrasing, ...]:
    """Read a file of ``{"question", "boundary"}`` lines.

    Raises:
        QuestionFileError: the file is missing or a line is not such an object.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read ({error})") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            question, boundary = item["question"], item["boundary"]
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionFileError(
                f'{path}, line {number}: {error}; write {{"question": "…", "boundary": null}}'
            ) from error
        if not isinstance(question, str) or boundary not in (None, *CLASSES):
            names = ", ".join(CLASSES)
            raise QuestionFileError(
                f"{path}, line {number}: boundary {boundary!r} is not one of {names} or null"
            )
        found.append(Phrasing(question, boundary))
    return tuple(found)


def fit_boundaries(phrasings: Sequence[Phrasing], encoder: Encoder) -> dict[str, object]:
    """Fit the classifier; returns what `write_boundaries` writes."""
    vectors = encoder.encode([item.question for item in phrasings])
    rows = [boundary_input(p.question, v) for p, v in zip(phrasings, vectors, strict=True)]
    truth = [item.boundary or _NONE for item in phrasings]
    model = LogisticRegression(C=PENALTY, max_iter=5_000).fit(np.array(rows), truth)
    order = [list(model.classes_).index(name) for name in (_NONE, *CLASSES)]
    return {
        "classes": [_NONE, *CLASSES],
        "bias": [round(float(value), 4) for value in model.intercept_[order]],
        "matrix": [[round(float(v), 4) for v in row] for row in model.coef_[order]],
    }


def write_boundaries(weights: dict[str, object], path: Path = WEIGHTS_FILE) -> None:
    """Write the weights where `qa.boundary_classifier` reads them."""
    path.write_text(json.dumps(sealed(weights)) + "\n", encoding="utf-8")
    load_boundary_weights.cache_clear()


def measure_boundaries(
    phrasings: Sequence[Phrasing], check: Callable[[str], Boundary | None]
) -> BoundaryResult:
    """Ask ``check`` about each phrasing and count."""
    found = [check(item.question) for item in phrasings]
    pairs = list(zip(phrasings, found, strict=True))

    def share(chosen: list[bool]) -> Estimate:
        return estimate_ratio([Ratio(float(value), 1.0) for value in chosen])

    crossing = {name: [f is not None for p, f in pairs if p.boundary == name] for name in CLASSES}
    return BoundaryResult(
        declined={
            "all": share([f is not None for p, f in pairs if p.boundary]),
            **{name: share(chosen) for name, chosen in crossing.items()},
        },
        falsely_declined=share([f is not None for p, f in pairs if not p.boundary]),
        named_right=share([f == p.boundary for p, f in pairs if p.boundary and f]),
        misses=tuple(p for p, f in pairs if p.boundary and f is None),
        false_alarms=tuple(p for p, f in pairs if not p.boundary and f is not None),
    )
