"""The four plots of the report, as SVG that takes its colours from the page around it.

Text stays text and every colour is a CSS variable, so one drawing serves light and dark. No file is
written and no display is needed.
"""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qa.evaluation.measures import collect_pairs
from qa.evaluation.silence import calibration_pair
from qa.evaluation.summary import Summary

# Placeholders that no style of matplotlib uses, swapped for the page's colours after drawing.
INK, GRID, FIRST, SECOND = "#010203", "#040506", "#070809", "#0a0b0c"
_PAGE_COLOURS = {
    INK: "currentColor",
    GRID: "var(--grid)",
    FIRST: "var(--first)",
    SECOND: "var(--second)",
}
# Any: matplotlib types the keys as a union of literals that older releases do not export.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}
_WIDTH = 6.2
_HEIGHT = 3.6


def plot_risk_coverage(summary: Summary) -> str:
    """Draw the share of wrong answers over the share of questions answered, surest first."""

    def draw(axes: Axes) -> None:
        count = len(summary.risk)
        coverage = np.arange(1, count + 1) / max(1, count)
        axes.plot(coverage, summary.risk, color=FIRST, linewidth=2, label="by confidence")
        if count:
            axes.axhline(summary.risk[-1], color=SECOND, linestyle="--", label="in any order")
        threshold = summary.threshold
        if threshold.coverage.value is not None and threshold.risk.value is not None:
            axes.plot(
                [threshold.coverage.value],
                [threshold.risk.value],
                color=INK,
                linestyle="none",
                marker="o",
                markersize=8,
                clip_on=False,  # it may lie on the axis
                label=f"threshold {threshold.confidence:.2f}",
            )
        axes.set(xlabel="coverage", ylabel="risk", xlim=(0, 1), ylim=(0, None))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)

    return _draw("risk", draw)


def plot_kinds(summary: Summary) -> str:
    """Draw hit@1 and hit@3 of the full system for each kind with answerable questions."""
    rows = [row for row in summary.kinds if row.hit_at_1["answer"].value is not None]

    def draw(axes: Axes) -> None:
        place = np.arange(len(rows))
        first = [row.hit_at_1["answer"].value or 0.0 for row in rows]
        third = [row.hit_at_3["answer"].value or 0.0 for row in rows]
        axes.barh(place - 0.2, first, height=0.38, color=FIRST, label="hit@1")
        axes.barh(place + 0.2, third, height=0.38, color=SECOND, label="hit@3")
        axes.set_yticks(place, [row.kind for row in rows])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    return _draw("kinds", draw, height=1.2 + 0.4 * len(rows))


def plot_confidence(summary: Summary) -> str:
    """Draw how confidence is spread over questions with and without an answer in the source."""
    values, answerable = collect_pairs(calibration_pair, summary.outcomes)

    def draw(axes: Axes) -> None:
        axes.hist(
            [values[answerable], values[~answerable]],
            bins=np.linspace(0, 1, 11).tolist(),
            color=[FIRST, SECOND],
            label=["answerable", "not answerable"],
        )
        axes.set(xlabel="confidence", ylabel="questions", xlim=(0, 1))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    return _draw("confidence", draw)


def plot_reliability(summary: Summary) -> str:
    """Draw the share that is answerable over the confidence; the diagonal is perfect."""

    def draw(axes: Axes) -> None:
        bins = summary.reliability
        axes.plot([0, 1], [0, 1], color=SECOND, linestyle="--", label="perfect")
        axes.plot(
            [one.confidence for one in bins],
            [one.share for one in bins],
            color=FIRST,
            marker="o",
            label="measured",
        )
        axes.set(xlabel="mean confidence", ylabel="share answerable", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(loc="upper left")

    return _draw("reliability", draw)


def _draw(name: str, draw: Callable[[Axes], None], *, height: float = _HEIGHT) -> str:
    """Draw on fresh axes and return an ``<svg>`` element that can stand beside others on a page."""
    buffer = StringIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
        figure.savefig(buffer, format="svg", transparent=True)
    return _adapt_to_page(buffer.getvalue(), name)


def _adapt_to_page(svg: str, name: str) -> str:
    """Drop what a page does not need, keep ids apart between plots, swap in the page's colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", svg)
    for placeholder, colour in _PAGE_COLOURS.items():
        svg = svg.replace(placeholder, colour)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
