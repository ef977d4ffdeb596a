"""The tables of the measurement, their place in a file, and a plot."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.scale.measuring import SizeRow, VectorRow
from qa.evaluation.markdown import split_at_markers

START, END = "<!-- {}:start -->", "<!-- {}:end -->"
FAMILY = "scale-"
"""What the names in the markers begin with."""
SIZES, ASSISTANT, VECTORS = "sizes", "assistant", "vectors"
PACKAGES = ("faiss-cpu", "numpy", "msgspec")

Table = list[list[str]]


def size_table(rows: Sequence[SizeRow]) -> Table:
    """Lay out a line a size; ratios are to the first."""
    table = [
        [
            *("articles", "passages", "search", "built, s", "opened, s", "memory at opening, MiB"),
            *("after the questions (own)", "disk, MiB", "question, ms: median", "95th percentile"),
            "recall@10",
        ]
    ]
    for row in rows:
        asked, first = row.asked, rows[0].asked
        table.append(
            [
                f"{row.articles:,}",
                _beside(asked.passages, first.passages, ",.0f"),
                asked.search,
                f"{row.built_s:.1f}",
                _beside(asked.opened_s, first.opened_s, ".2f"),
                _beside(asked.opened_mib, first.opened_mib, ",.0f"),
                f"{asked.asked_mib:,.0f} ({asked.own_mib:,.0f})",
                _beside(row.disk_mib, rows[0].disk_mib, ",.0f"),
                _beside(asked.median_ms, first.median_ms, ".1f"),
                _beside(asked.p95_ms, first.p95_ms, ".1f"),
                f"{asked.recall:.4f}",
            ]
        )
    return table


def assistant_table(rows: Sequence[SizeRow]) -> Table:
    """Lay out a line a size for the assistant over it; ratios are to the first."""
    table = [
        [
            *("articles", "passages", "started, s", "first reply, ms", "memory at start, MiB"),
            *("after the questions (own)", "reply, ms: median", "95th percentile"),
        ]
    ]
    for row in rows:
        assisted, first = row.assisted, rows[0].assisted
        table.append(
            [
                f"{row.articles:,}",
                f"{row.asked.passages:,}",
                _beside(assisted.start_s, first.start_s, ".2f"),
                f"{assisted.first_ms:,.0f}",
                f"{assisted.start_mib:,.0f}",
                f"{assisted.asked_mib:,.0f} ({assisted.own_mib:,.0f})",
                _beside(assisted.median_ms, first.median_ms, ".0f"),
                _beside(assisted.p95_ms, first.p95_ms, ".0f"),
            ]
        )
    return table


def vector_table(rows: Sequence[VectorRow]) -> Table:
    """Lay out a line for each number of vectors and way of searching; ratios are to exact."""
    table = [
        [
            *("vectors", "search", "codes made, s", "codes, MiB", "lists read", "re-ranked"),
            *("gate: recall@10", "gate: recall@100", "question, ms: median", "95th percentile"),
            *("CPU", "recall@10, questions"),
        ]
    ]
    exact = {row.vectors: row for row in rows if row.kind == "exact"}
    for row in rows:
        chosen, first = row.measured, exact[row.vectors]
        gate = [""] * 4
        if chosen is not None:
            recall = chosen.recall
            gate = [str(chosen.probes or ""), f"{chosen.reranked:,}"]
            gate += [f"{recall.at_10:.4f}", f"{recall.at_100:.4f}"]
        table.append(
            [
                f"{row.vectors:,}",
                row.kind,
                f"{row.built_s:.0f}" if chosen else "",
                f"{row.codes_mib:,.0f}" if chosen else "",
                *gate,
                _beside(row.median_ms, first.median_ms, ".1f"),
                _beside(row.p95_ms, first.p95_ms, ".1f"),
                _beside(row.cpu_ms, first.cpu_ms, ".1f"),
                f"{row.recall:.4f}",
            ]
        )
    return table


def _beside(value: float, first: float, form: str) -> str:
    """Write a value and how many times the first one it is."""
    if value == first:
        return f"{value:{form}}"
    return f"{value:{form}} (×{value / first:.3g})"


def markdown(table: Table) -> str:
    """Write machine, versions and date, and a table."""
    return "\n".join([conditions(), "", *table_lines(table)])


def table_lines(table: Table) -> list[str]:
    """Write a table in Markdown, line by line."""
    return [f"| {' | '.join(line)} |" for line in [table[0], _rule(table), *table[1:]]]


def _rule(table: Table) -> list[str]:
    return ["---"] * len(table[0])


def conditions(of: Sequence[str] = PACKAGES) -> str:
    """Say where and with what was measured; ``of`` names the packages whose versions count."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    packages = ", ".join(f"{name} {version(name)}" for name in of)
    busy = os.getloadavg()[0]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores "
        f"(load {busy:.1f} at the end); Python {platform.python_version()}, {packages}; "
        f"{datetime.now(UTC).date()}."
    )


def update_file(path: Path, tables: Mapping[str, Table]) -> None:
    """Replace tables in a file, each between its two markers, and nothing else.

    Args:
        path: of the file.
        tables: by the names in the markers.

    Raises:
        ReadmeError: the file does not have each marker once and in order.
    """
    replace_sections(path, {FAMILY + name: markdown(table) for name, table in tables.items()})


def replace_sections(path: Path, sections: Mapping[str, str]) -> None:
    """Replace parts of a file, each between its two markers, and nothing else.

    Args:
        path: of the file.
        sections: by the names in the markers.

    Raises:
        ReadmeError: the file does not have each marker once and in order.
    """
    content = path.read_text(encoding="utf-8")
    for name, section in sections.items():
        start, end = START.format(name), END.format(name)
        before, after = split_at_markers(content, path, start=start, end=end)
        content = f"{before}{start}\n{section}\n{end}{after}"
    path.write_text(content, encoding="utf-8")


def to_json(sizes: Sequence[SizeRow], vectors: Sequence[VectorRow]) -> str:
    """Write all that was measured."""
    said = {
        "conditions": conditions(),
        "sizes": [asdict(row) for row in sizes],
        "vectors": [asdict(row) for row in vectors],
    }
    return json.dumps(said, indent=1)


def plot(sizes: Sequence[SizeRow], path: Path) -> None:
    """Draw the time to open and to ask over the number of passages, as SVG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    axes = figure.add_subplot()
    passages = [row.asked.passages for row in sizes]
    opened = [1000 * row.asked.opened_s for row in sizes]
    axes.loglog(passages, opened, marker="o", label="opening")
    axes.loglog(passages, [row.asked.p95_ms for row in sizes], marker="^", label="question, 95%")
    axes.loglog(passages, [row.asked.median_ms for row in sizes], marker="s", label="question")
    axes.set_xlabel("passages")
    axes.set_ylabel("milliseconds")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})
