"""One run as tables for the terminal, as Markdown between two markers, and as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.public_sets.answerability import AnswerabilityRow
from benchmarks.public_sets.measuring import SetResult
from benchmarks.public_sets.reranking import HYBRID_EVIDENCE, Combination
from benchmarks.public_sets.tables import (
    SET_NAMES,
    Table,
    answerability_table,
    hit_table,
    retrieval_table,
    tuning_table,
)
from benchmarks.public_sets.tuning import TuningRow
from qa.evaluation.markdown import ReadmeError, split_at_markers

START = "<!-- public-sets:start -->"
END = "<!-- public-sets:end -->"
SOFTWARE = ("torch", "sentence-transformers", "ir_measures", "numpy")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the numbers depend on.

    Attributes:
        encoder: name of the embedding model.
        encoder_sha256: of its weights.
        evidence_model: its name, or "none".
        evidence_identity: hash of its files and of the code that runs it; "" without one.
        combination: how evidence and hybrid are weighed.
        chosen_on: what that was chosen on.
        depth: documents a query that the evidence model reads.
        machine: processor and number of cores.
        software: names and versions.
        date: ISO day of the run, UTC.
    """

    encoder: str
    encoder_sha256: str
    evidence_model: str
    evidence_identity: str
    combination: Combination
    chosen_on: str
    depth: int
    machine: str
    software: str
    date: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run has found; what was not asked for is empty."""

    conditions: Conditions
    sets: tuple[SetResult, ...]
    tuning: tuple[TuningRow, ...]
    answerability: tuple[AnswerabilityRow, ...]


def describe_machine() -> str:
    """Name the processor, and how many cores the system has."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def describe_software() -> str:
    """Name Python and the packages that the numbers depend on, with their versions."""
    packages = [f"{name} {version(name)}" for name in SOFTWARE]
    return ", ".join([f"Python {platform.python_version()}", *packages])


def today() -> str:
    """Return the day, UTC, in ISO form."""
    return datetime.now(UTC).date().isoformat()


def report_tables(report: Report) -> list[Table]:
    """Lay out all that the run has found."""
    tables = [retrieval_table(report.sets)] if report.sets else []
    if report.tuning:
        tables.append(tuning_table(report.tuning))
    if report.answerability:
        tables += [answerability_table(report.answerability), hit_table(report.answerability)]
    return tables


def terminal(table: Table) -> str:
    """Write a table in columns."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def markdown(report: Report) -> str:
    """Write conditions and tables as Markdown, without a final newline."""
    paragraphs = [_conditions_text(report)]
    if report.sets:
        paragraphs.append(_sets_text(report))
    for table in report_tables(report):
        lines = [table[0], ["---"] * len(table[0]), *table[1:]]
        paragraphs.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(paragraphs)


def _conditions_text(report: Report) -> str:
    conditions = report.conditions
    evidence = f"evidence model `{conditions.evidence_model}`"
    if conditions.evidence_identity:
        evidence += f" (`{conditions.evidence_identity[:12]}`)"
    return (
        f"Embedding model `{conditions.encoder}` (`{conditions.encoder_sha256[:12]}`), {evidence}; "
        f"{conditions.machine}; {conditions.software}; {conditions.date}. "
        "In brackets: 95% bootstrap intervals over queries."
    )


def _sets_text(report: Report) -> str:
    conditions, combination = report.conditions, report.conditions.combination
    counts = [
        f"{SET_NAMES.get(one.name, one.name)}: {one.queries:,} queries, {one.documents:,} "
        f"documents, recall@10 at most {one.recall_ceiling:.3f}"
        for one in report.sets
    ]
    text = "; ".join(counts) + "."
    if any(HYBRID_EVIDENCE in row.estimates for one in report.sets for row in one.rows):
        text += (
            f" The evidence model reads the {conditions.depth} best documents of the hybrid; "
            f"their score is {combination.weight:.1f} of the evidence ({combination.scaling}) and "
            f"{1 - combination.weight:.1f} of the hybrid, {conditions.chosen_on}."
        )
    return text


def write_json(report: Report, path: Path) -> None:
    """Write everything, intervals and conditions included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(report), indent=1, ensure_ascii=False) + "\n", "utf-8")


def check_markers(path: Path) -> None:
    """Check that a file can take the numbers, before they are computed.

    Raises:
        ReadmeError: the file is missing, or does not have each marker once and in order.
    """
    _parts(path)


def update_readme(path: Path, text: str) -> None:
    """Replace what stands between the two markers of a file, nothing else.

    Raises:
        ReadmeError: the file is missing, or does not have each marker once and in order.
    """
    before, after = _parts(path)
    path.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


def _parts(path: Path) -> tuple[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ReadmeError(f"{path} cannot be read ({error.strerror})") from error
    return split_at_markers(text, path, start=START, end=END)
