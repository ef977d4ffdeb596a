"""The tables of the measurement, their place in a file, and a plot."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.results_file import Table, conditions, section
from benchmarks.scale.measuring import SizeRow, VectorRow

FAMILY = "scale-"
"""What the names in the markers begin with."""
SIZES, ASSISTANT, VECTORS = "sizes", "assistant", "vectors"
PACKAGES = ("faiss-cpu", "numpy", "msgspec")


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
    return section(table, PACKAGES)


def sections(tables: Mapping[str, Table]) -> dict[str, str]:
    """Write tables by the names of their markers in the file with the results."""
    return {FAMILY + name: markdown(table) for name, table in tables.items()}


def to_json(sizes: Sequence[SizeRow], vectors: Sequence[VectorRow]) -> str:
    """Write all that was measured."""
    said = {
        "conditions": conditions(PACKAGES),
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
