"""The command ``python -m qa evaluate``: its arguments, what it measures, its exit status."""

import argparse
import hashlib
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from index.milvus_connection import ADDRESS_HELP
from qa.assistant import Assistant
from qa.evaluation.boundary_questions import SHIPPED as SHIPPED_BOUNDARIES
from qa.evaluation.boundary_questions import load_phrasings, measure_boundaries
from qa.evaluation.markdown import ReadmeError, summary_markdown, update_readme
from qa.evaluation.questions import QuestionFileError, load_questions
from qa.evaluation.remembering import with_memory
from qa.evaluation.report import write_report, write_results
from qa.evaluation.run import run_questions
from qa.evaluation.summary import Conditions, Summary, summarise
from qa.evaluation.terminal import format_terminal
from qa.evidence_model.option import add_evidence_model
from qa.evidence_model.scorer import NO_MODEL

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
    parser.add_argument("--index", metavar="ADDRESS", help=ADDRESS_HELP)
    parser.add_argument("--model", metavar="NAME", help="the embedding model to evaluate")
    add_evidence_model(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load the assistant and evaluate it; returns what `evaluate` does."""
    assistant = Assistant.load(
        arguments.library,
        index=arguments.index,
        model=arguments.model,
        evidence_model=arguments.evidence_model,
    )
    return evaluate(assistant, arguments)


def evaluate(assistant: Assistant, arguments: argparse.Namespace) -> int:
    """Evaluate, write the files that were asked for, print the main numbers.

    Returns:
        0; 1 where a shown quote is not what the source says; 2 where a file cannot be used.
    """
    documents = assistant.library.documents
    path = arguments.questions or QUESTIONS / SHIPPED.format(half=arguments.half)
    # Own questions come without phrasings of their own: the half is "test" then.
    boundaries_path = QUESTIONS / SHIPPED_BOUNDARIES.format(part=arguments.half)
    try:
        questions = load_questions(path, documents.values())
        phrasings = load_phrasings(boundaries_path)
        outcomes = run_questions(assistant, questions, documents, ranker=with_memory(assistant))
        boundaries = measure_boundaries(phrasings, assistant.stages.boundaries)
        summary = summarise(
            outcomes,
            describe_conditions(assistant, path, boundaries_path),
            boundaries=boundaries,
            peak_mib=_peak_mib(),
        )
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
    assistant: Assistant, questions_path: Path, boundaries_path: Path
) -> Conditions:
    """Record what the numbers depend on."""
    library, scorer = assistant.library, assistant.stages.scorer
    return Conditions(
        model=library.facts.model,
        evidence_model=scorer.name if scorer else NO_MODEL,
        min_confidence=assistant.stages.min_confidence,
        documents={id: one.source_sha256 for id, one in library.overview.profiles.items()},
        corpus_sha256=library.facts.corpus_sha256,
        questions_file=questions_path.name,
        questions_sha256=hashlib.sha256(questions_path.read_bytes()).hexdigest(),
        boundaries_file=boundaries_path.name,
        boundaries_sha256=hashlib.sha256(boundaries_path.read_bytes()).hexdigest(),
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


def _peak_mib() -> float:
    """Return the largest resident memory of this process so far; Linux counts it in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
