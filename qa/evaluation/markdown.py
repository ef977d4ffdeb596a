"""The main numbers as Markdown, and their place in the README."""

from pathlib import Path

from qa.evaluation.abstention import CALIBRATED
from qa.evaluation.comparing import Comparison
from qa.evaluation.labels import (
    REWRITING_NAMES,
    SYSTEM_NAMES,
    format_difference,
    format_estimate,
)
from qa.evaluation.summary import COMPARED_MEASURES, Summary

START = "<!-- evaluation:start -->"
END = "<!-- evaluation:end -->"
# What a reader of the README wants to know; the report has every measure.
MAIN_MEASURES = (
    "exactness",
    "quote recall",
    "citation precision",
    "citation recall",
    "answered and wrong",
    "wrong among answered",
    "wrongly silent",
    "advice declined",
    "falsely declined",
    "AUROC (near miss)",
    "AUROC (off topic)",
    "ECE",
)


class ReadmeError(ValueError):
    """The README cannot take the numbers; the message says which marker is wrong."""


def summary_markdown(summary: Summary) -> str:
    """Write the conditions of the run and the main numbers, without a final newline."""
    conditions = summary.conditions
    meanings = {row.name: row.meaning for row in summary.reply}
    reply = [
        [name, format_estimate(summary.estimate(name)), meanings[name]] for name in MAIN_MEASURES
    ]
    return "\n".join(
        [
            f"{len(summary.outcomes)} questions of `{conditions.questions_file}` "
            f"(sha256 `{conditions.questions_sha256[:12]}`), model `{conditions.model}`, evidence "
            f"model `{conditions.evidence_model}`, {conditions.date}. In brackets: 95% bootstrap "
            "intervals over questions; differences are paired.",
            "",
            *_ranking_table(summary.ranking),
            "",
            *_table(["reply", "full system", "what it is"], reply),
            "",
            f"- Silence: {_describe_silence(summary)}",
            f"- Follow-ups: {_describe_follow_ups(summary.follow_ups)}",
            f"- Boundaries: {_describe_boundaries(summary)}",
            f"- Time: {_describe_times(summary)}",
        ]
    )


def _ranking_table(ranking: Comparison) -> list[str]:
    """Write a line a system; one that adds a step says what the step gains."""
    step = COMPARED_MEASURES[0]
    head = ["ranking", *COMPARED_MEASURES, f"{step}: the step"]
    rows = []
    for system, label in SYSTEM_NAMES.items():
        gained = ranking.difference_beside(system, step)
        cells = [format_estimate(ranking.estimate(name, system)) for name in COMPARED_MEASURES]
        rows.append([label, *cells, format_difference(gained) if gained else ""])
    return _table(head, rows)


def _describe_silence(summary: Summary) -> str:
    name, policies, threshold = "wrong among answered", summary.policies, summary.threshold
    return (
        f"always answering, {format_estimate(policies.estimate(name, 'answer'))} of the answers "
        f"would be wrong; silent below confidence {threshold.confidence:.2f}, it is "
        f"{format_estimate(policies.estimate(name, CALIBRATED))}."
    )


def _describe_follow_ups(follow_ups: Comparison) -> str:
    """Write hit@3 of each rewriting, and what the last one gains on each of the others."""
    name = "hit@3"
    values = ", ".join(
        f"{label} {format_estimate(follow_ups.estimate(name, rewriting))}"
        for rewriting, label in REWRITING_NAMES.items()
    )
    gained = " and ".join(
        format_difference(found)
        for rewriting in REWRITING_NAMES
        if (found := follow_ups.difference_beside(rewriting, name))
    )
    return f"{name} of {values} (on the former two: {gained})."


def _describe_boundaries(summary: Summary) -> str:
    found = summary.boundaries
    return (
        f"of the phrasings of `{summary.conditions.boundaries_file}` that must be declined "
        f"{format_estimate(found.declined['all'])} are, of the others "
        f"{format_estimate(found.falsely_declined)}."
    )


def _describe_times(summary: Summary) -> str:
    """Write the median of the whole reply and of each stage."""
    ask, *stages = summary.timings
    parts = ", ".join(f"{one.stage} {one.median_ms:.0f}" for one in stages)
    return (
        f"a reply takes {ask.median_ms:.0f} ms (median; 95th percentile {ask.p95_ms:.0f} ms)"
        f"{f', of which: {parts}' if parts else ''}. Peak memory {summary.peak_mib:,.0f} MiB."
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
    before, after = split_at_markers(text, path, start=START, end=END)
    path.write_text(f"{before}{START}\n{markdown}\n{END}{after}", encoding="utf-8")


def split_at_markers(text: str, path: Path, *, start: str, end: str) -> tuple[str, str]:
    """Return what stands before the first of two markers and what stands after the second.

    Args:
        text: of the file.
        path: of the file, for the message.
        start: the first marker.
        end: the second.

    Raises:
        ReadmeError: the text does not have each marker once and in order.
    """
    if text.count(start) != 1 or text.count(end) != 1 or text.index(start) > text.index(end):
        raise ReadmeError(f"{path} needs one line {start} and below it one line {end}")
    return text.partition(start)[0], text.partition(end)[2]
