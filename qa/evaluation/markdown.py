"""The main numbers as Markdown, and their place in the README."""

from pathlib import Path

from qa.evaluation.bootstrap import Estimate
from qa.evaluation.judging import System
from qa.evaluation.summary import Summary

START = "<!-- evaluation:start -->"
END = "<!-- evaluation:end -->"
SYSTEM_NAMES: dict[System, str] = {
    "bm25": "BM25",
    "dense": "dense",
    "hybrid": "hybrid",
    "signals": "+ signals",
    "evidence": "+ evidence model",
    "answer": "full system",
}
# What a reader of the README wants to know; the report has every measure.
MAIN_MEASURES = frozenset(
    {
        "hit@1",
        "hit@3",
        "recall@10",
        "MRR@10",
        "nDCG@10",
        "exactness",
        "quote recall",
        "citation precision",
        "citation recall",
        "answered and wrong",
        "wrongly silent",
        "silence F1 (near miss)",
        "silence F1 (off topic)",
        "advice declined",
        "falsely declined",
        "AUROC (near miss)",
        "AURC",
        "ECE",
    }
)


class ReadmeError(ValueError):
    """The README cannot take the numbers; the message says which marker is wrong."""


def format_estimate(estimate: Estimate) -> str:
    """Write an estimate for a table: ``"0.71 [0.62, 0.79]"``, or ``"n/a"`` without a value."""
    if estimate.value is None:
        return "n/a"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def summary_markdown(summary: Summary) -> str:
    """Write the conditions of the run and the main numbers as tables, without a final newline."""
    systems = list(summary.ranking[0].estimates)
    ranking = [
        [row.name, *(format_estimate(row.estimates[system]) for system in systems)]
        for row in summary.ranking
        if row.name in MAIN_MEASURES
    ]
    reply = [
        [row.name, format_estimate(row.estimates["answer"]), row.meaning]
        for row in summary.reply
        if row.name in MAIN_MEASURES
    ]
    conditions, ask = summary.conditions, summary.timings[0]
    return "\n".join(
        [
            f"{len(summary.outcomes)} questions of `{conditions.questions_file}` "
            f"(sha256 `{conditions.questions_sha256[:12]}`), model `{conditions.model}`, "
            f"{conditions.date}. In brackets: 95% bootstrap intervals over questions. "
            f"A reply took {ask.median_ms:.0f} ms (median; 95th percentile {ask.p95_ms:.0f} ms).",
            "",
            *_table(["ranking", *(SYSTEM_NAMES[system] for system in systems)], ranking),
            "",
            *_table(["reply", "full system", "what it is"], reply),
        ]
    )


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines]


def update_readme(path: Path, markdown: str) -> None:
    """Replace what stands between the two evaluation markers of a file, nothing else.

    Raises:
        ReadmeError: the file is missing, or does not have each marker once and in order.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ReadmeError(f"{path} is missing; name an existing file") from error
    if text.count(START) != 1 or text.count(END) != 1 or text.index(START) > text.index(END):
        raise ReadmeError(f"{path} needs one line {START} and below it one line {END}")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{START}\n{markdown}\n{END}{after}", encoding="utf-8")
