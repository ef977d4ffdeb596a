"""What a measurement says: a table, and for each goal whether it was met."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from benchmarks.results_file import Table, conditions, table_lines

FAMILY = "speed-"
"""What the names of the markers in the file with the results begin with."""
PACKAGES = ("torch", "numpy", "faiss-cpu", "tokenizers", "gradio")


@dataclass(frozen=True, slots=True)
class Goal:
    """What was aimed at, and what came of it."""

    aim: str
    found: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement.

    Attributes:
        name: of the command and of the markers.
        table: what it found; the first line holds the heads.
        goals: none where it only tells.
        remarks: what could not be measured and why.
    """

    name: str
    table: Table
    goals: tuple[Goal, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of repeated work."""

    seconds: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The middle one in milliseconds."""
        return 1000 * float(np.median(self.seconds))

    @property
    def p95_ms(self) -> float:
        """The 95th percentile in milliseconds."""
        return 1000 * float(np.percentile(self.seconds, 95))


def section(measured: Measured) -> str:
    """Write a measurement in Markdown."""
    lines = [conditions(PACKAGES), "", *table_lines(measured.table)]
    if measured.goals:
        lines.append("")
    for goal in measured.goals:
        lines.append(f"- {goal.aim}: {goal.found}, **{'met' if goal.is_met else 'not met'}**.")
    lines += ["", *measured.remarks] if measured.remarks else []
    return "\n".join(lines)


def sections(found: Sequence[Measured]) -> dict[str, str]:
    """Write measurements by the names of their markers in the file with the results."""
    return {FAMILY + one.name: section(one) for one in found}


def to_json(found: Sequence[Measured]) -> str:
    """Write measurements as JSON."""
    said = {
        "conditions": conditions(PACKAGES),
        "measured": [asdict(one) | {"date": str(datetime.now(UTC).date())} for one in found],
    }
    return json.dumps(said, indent=1)


def beside(value: float, first: float, form: str = ".1f") -> str:
    """Write a value and how many times another one it is."""
    return f"{value:{form}} (×{value / first:.2f})" if first else f"{value:{form}}"
