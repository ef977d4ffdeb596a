"""Ask hostile questions: ``python -m benchmarks.fuzz --questions 100000``.

Each question, with hostile ones before it, must get a reply or be refused as no question, in
bounded processor time; every quote must be its slice of the source. Prints the slowest questions.
"""

import argparse
import heapq
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.hostile import HostileQuestions
from benchmarks.results_file import Table, add_results_option, section, write_results
from benchmarks.synthetic import WordEncoder
from index.encoder import DEFAULT_WEIGHTS_SHA256
from index.library import Library
from qa.answering import QuestionError
from qa.assistant import Assistant
from qa.boundaries import Refusal
from qa.web.turns import Turn, shown_quotes

SECTION = "lasting-fuzz-"
"""What the names of the sections of the file with the results begin with."""
PACKAGES = ("torch", "tokenizers")
SLOWEST = 5
MOST_SECONDS = 10.0
"""Of processor time, for one question with up to a dozen before it; most take well below one."""


class StandInEncoder(WordEncoder):
    """Takes no time; goes by the default model's hash, so that the boundaries use it, too."""

    weights_sha256 = DEFAULT_WEIGHTS_SHA256


@dataclass
class Findings:
    """What became of the questions.

    Attributes:
        outcomes: how many of each kind.
        faults: what must not be, in words.
        slowest: seconds and question, the slowest ones.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask; returns 0 if nothing was wrong, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-seconds", type=float, default=MOST_SECONDS, metavar="S")
    parser.add_argument(
        "--without-models", action="store_true", help="counted words in the place of both models"
    )
    add_results_option(parser)
    arguments = parser.parse_args(argv)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        open_one = open_without_models if arguments.without_models else Assistant.load
        assistant = open_one(Path(folder))
        findings = ask_all(
            assistant, arguments.questions, arguments.seed, most_seconds=arguments.most_seconds
        )
    for fault in findings.faults[:20]:
        sys.stdout.write(f"WRONG: {fault}\n")
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(findings.outcomes.items()))
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{counts}; {len(findings.faults)} wrong; {seconds:.0f} s\nslowest:\n")
    for took, question in sorted(findings.slowest, reverse=True):
        sys.stdout.write(f"  {took:.2f} s  {question}\n")
    name = SECTION + ("words" if arguments.without_models else "models")
    failed = write_results(
        arguments.update_readme, {name: section(table(findings, seconds), PACKAGES)}
    )
    return failed or (1 if findings.faults else 0)


def table(findings: Findings, seconds: float) -> Table:
    """Lay out what became of the questions."""
    kinds = sorted(findings.outcomes)
    heads = ["questions", *kinds, "wrong", "slowest, s of processor time", "s"]
    line = [f"{findings.outcomes.total():,}", *(f"{findings.outcomes[kind]:,}" for kind in kinds)]
    slowest = max(findings.slowest, default=(0.0, ""))[0]
    return [heads, [*line, f"{len(findings.faults)}", f"{slowest:.2f}", f"{seconds:.0f}"]]


def open_without_models(folder: Path) -> Assistant:
    """Open the shipped article with an encoder that takes no time, and no evidence model."""
    return Assistant(Library.open(folder, encoder=StandInEncoder()))


def ask_all(
    assistant: Assistant, count: int, seed: int, *, most_seconds: float = MOST_SECONDS
) -> Findings:
    """Ask hostile questions and look at what becomes of them."""
    findings = Findings()
    for question, history in HostileQuestions(seed).conversations(count):
        begun = time.process_time()
        outcome, faults = ask_one(assistant, question, history)
        took = time.process_time() - begun
        findings.outcomes[outcome] += 1
        said = f"{question[:80]!r} after {len(history)}"
        findings.faults += [f"{fault}: {said}" for fault in faults]
        if took > most_seconds:
            findings.faults.append(f"took {took:.1f} s: {said}")
        findings.slowest = heapq.nlargest(SLOWEST, [*findings.slowest, (took, said)])
    return findings


def ask_one(assistant: Assistant, question: str, history: Sequence[str]) -> tuple[str, list[str]]:
    """Ask one question; returns the outcome, and what must not be."""
    try:
        reply = assistant.ask(question, history)
    except QuestionError:
        return "refused as no question", []
    except Exception as error:  # whatever it is, it is what is looked for
        return "failed", [f"{type(error).__name__}: {str(error)[:200]}"]
    quotes = () if isinstance(reply, Refusal) else shown_quotes(Turn(question, reply))
    documents = assistant.library.documents
    faults = [
        f"{quote.text[:80]!r} is not its slice"
        for quote in quotes
        if quote.text != documents[quote.document_id].text[quote.span.start : quote.span.end]
    ]
    return type(reply).__name__, faults


if __name__ == "__main__":
    sys.exit(main())
