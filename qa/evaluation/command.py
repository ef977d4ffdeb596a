"""The command ``python -m qa evaluate``: its arguments, its table, its exit status."""

import argparse
import hashlib
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from corpus.document import Document
from qa.assistant import Assistant
from qa.evaluation.markdown import (
    SYSTEM_NAMES,
    ReadmeError,
    format_estimate,
    summary_markdown,
    update_readme,
)
from qa.evaluation.questions import QuestionFileError, load_questions
from qa.evaluation.report import write_report, write_results
from qa.evaluation.run import run_questions
from qa.evaluation.summary import Conditions, KindRow, Row, Summary, summarise

QUESTIONS = Path(__file__).parent / "questions"
SHIPPED = "kersin-2021-{half}.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--questions", type=Path, metavar="FILE.jsonl", help="your own questions")
    source.add_argument(
        "--half",
        choices=("dev", "test"),
        default="test",
        help="which half of the shipped questions (default: test)",
    )
    parser.add_argument("--report", type=Path, metavar="DIR", help="write the HTML report there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument(
        "--update-readme", type=Path, metavar="README.md", help="put the main numbers in there"
    )
    parser.add_argument("--library", type=Path, metavar="DIR", help="the library to evaluate")
    parser.add_argument("--model", metavar="NAME", help="the embedding model to evaluate")
    parser.add_argument(
        "--evidence-model", metavar="NAME", help="the evidence model to evaluate; none for without"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the assistant and evaluate it; returns what `evaluate` does."""
    assistant = Assistant.load(
        arguments.library, model=arguments.model, evidence_model=arguments.evidence_model
    )
    return evaluate(assistant, arguments)


def evaluate(assistant: Assistant, arguments: argparse.Namespace) -> int:
    """Evaluate, write the files that were asked for, print the main numbers.

    Returns:
        0; 1 where a shown quote is not what the source says; 2 where a file cannot be used.
    """
    documents = assistant.library.documents
    path = arguments.questions or QUESTIONS / SHIPPED.format(half=arguments.half)
    try:
        questions = load_questions(path, documents.values())
        outcomes = run_questions(assistant, questions, documents)
        facts = assistant.library.manifest.facts
        conditions = describe_conditions(
            path, documents, model=facts.model, corpus_sha256=facts.corpus_sha256
        )
        summary = summarise(outcomes, conditions)
        _write(summary, arguments)
    except (QuestionFileError, ReadmeError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(format_terminal(summary) + "\n")
    return 0 if summary.estimate("exactness").value in (None, 1.0) else 1


def _write(summary: Summary, arguments: argparse.Namespace) -> None:
    if arguments.report:
        page = write_report(summary, arguments.report)
        sys.stderr.write(f"Report: {page}\n")
    if arguments.json:
        write_results(summary, arguments.json)
    if arguments.update_readme:
        update_readme(arguments.update_readme, summary_markdown(summary))


def describe_conditions(
    path: Path, documents: Mapping[str, Document], *, model: str, corpus_sha256: str
) -> Conditions:
    """Record what the numbers depend on."""
    return Conditions(
        model=model,
        documents={id: document.source_sha256 for id, document in documents.items()},
        corpus_sha256=corpus_sha256,
        questions_file=path.name,
        questions_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        software=f"Sic {_read_version()}, Python {platform.python_version()}",
        date=datetime.now(UTC).date().isoformat(),
    )


def _read_version() -> str:
    """Name the commit, with "-dirty" for changed files; a copy without git has no version."""
    command = ["git", "describe", "--always", "--dirty", "--tags"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "of unknown version"
    return done.stdout.strip()


def format_terminal(summary: Summary) -> str:
    """Lay the main numbers out in columns of at most 100 characters."""
    systems = list(summary.ranking[0].estimates)
    lines = [f"{'':12}" + "".join(f"{SYSTEM_NAMES[system]:>20}" for system in systems)]
    for row in summary.ranking:
        cells = (format_estimate(row.estimates[system]) for system in systems)
        lines.append(f"{row.name:12}" + "".join(f"{cell:>20}" for cell in cells))
    lines += ["", *(_format_reply(row) for row in summary.reply), ""]
    lines += [f"{'kind':14}{'questions':>10}{'hit@1':>8}{'hit@3':>8}{'right':>8}"]
    lines += [_format_kind(kind) for kind in summary.kinds]
    lines += ["", f"{'time':14}{'median ms':>10}{'p95 ms':>10}"]
    lines += [f"{t.stage:14}{t.median_ms:>10.1f}{t.p95_ms:>10.1f}" for t in summary.timings]
    lines += ["", f"{len(summary.failures)} of {len(summary.outcomes)} replies are not right"]
    return "\n".join(lines)


def _format_reply(row: Row) -> str:
    direction = "  (lower is better)" if row.lower_is_better else ""
    return f"{row.name:30}{format_estimate(row.estimates['answer']):>20}{direction}"


def _format_kind(row: KindRow) -> str:
    values = (row.hit_at_1.value, row.hit_at_3.value, row.right)
    return f"{row.kind:14}{row.questions:>10}" + "".join(f"{_format_value(v):>8}" for v in values)


def _format_value(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2f}"
