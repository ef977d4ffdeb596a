"""The main numbers of an evaluation as plain text, in columns of at most 100 characters."""

from collections.abc import Mapping, Sequence

from qa.evaluation.comparing import Comparison, Row
from qa.evaluation.judging import SYSTEMS
from qa.evaluation.labels import (
    POLICY_NAMES,
    REWRITING_NAMES,
    SYSTEM_NAMES,
    format_difference,
    format_estimate,
    format_value,
)
from qa.evaluation.summary import COMPARED_MEASURES, KindRow, Summary


def format_terminal(summary: Summary) -> str:
    """Lay the main numbers out; the last line counts the failures."""
    sections = [
        _format_comparison("ranking", summary.ranking, SYSTEM_NAMES, COMPARED_MEASURES),
        [_format_reply(row) for row in summary.reply],
        _format_comparison("abstention", summary.policies, POLICY_NAMES),
        _format_risk(summary),
        _format_comparison("follow-ups", summary.follow_ups, REWRITING_NAMES),
        _format_boundaries(summary),
        _format_kinds(summary.kinds),
        _format_times(summary),
        [f"{len(summary.failures)} of {len(summary.outcomes)} replies are not right"],
    ]
    return "\n\n".join("\n".join(section) for section in sections)


def _format_comparison(
    title: str,
    comparison: Comparison,
    names: Mapping[str, str],
    measures: Sequence[str] | None = None,
) -> list[str]:
    """Write a line a variant and under it, in pairs, the difference that belongs beside it."""
    shown = measures or [row.name for row in comparison.rows]
    first = 100 - 21 * len(shown) if len(shown) > 3 else 30
    lines = [f"{title:{first}}" + "".join(f"{name:>21}" for name in shown)]
    for variant in comparison.variants:
        cells = [format_estimate(comparison.estimate(name, variant)) for name in shown]
        lines.append(f"{names[variant]:{first}}" + "".join(f"{cell:>21}" for cell in cells))
        beside = [comparison.difference_beside(variant, name) for name in shown]
        cells = [format_difference(found) for found in beside if found]
        if cells:
            label = (
                "  step gained" if comparison.beside[variant][0] == variant else "  ours minus it"
            )
            lines.append(f"{label:{first}}" + "".join(f"{cell:>21}" for cell in cells))
    return lines


def _format_reply(row: Row) -> str:
    direction = "  (lower is better)" if row.lower_is_better else ""
    return f"{row.name:30}{format_estimate(row.estimates['answer']):>21}{direction}"


def _format_risk(summary: Summary) -> list[str]:
    threshold = summary.threshold
    return [
        f"{'risk':30}{'coverage':>21}{'risk':>21}",
        *(
            f"{'':30}{point.coverage:>21.2f}{format_estimate(point.risk):>21}"
            for point in summary.risk_points
        ),
        f"{f'threshold {threshold.confidence:.2f}':30}{format_estimate(threshold.coverage):>21}"
        f"{format_estimate(threshold.risk):>21}",
    ]


def _format_boundaries(summary: Summary) -> list[str]:
    found = summary.boundaries
    rows = [
        *((f"declined ({name})", estimate) for name, estimate in found.declined.items()),
        ("named right", found.named_right),
        ("falsely declined", found.falsely_declined),
    ]
    return [
        f"boundaries, {summary.conditions.boundaries_file}",
        *(f"{name:30}{format_estimate(estimate):>21}" for name, estimate in rows),
    ]


def _format_kinds(kinds: Sequence[KindRow]) -> list[str]:
    head = f"{'hit@1/hit@3':14}{'questions':>10}"
    lines = [head + "".join(f"{system:>11}" for system in SYSTEMS) + f"{'right':>8}"]
    for row in kinds:
        cells = [
            "n/a"
            if row.hit_at_1[system].value is None
            else f"{row.hit_at_1[system].value:.2f}/{row.hit_at_3[system].value:.2f}"
            for system in SYSTEMS
        ]
        lines.append(
            f"{row.kind:14}{row.questions:>10}"
            + "".join(f"{cell:>11}" for cell in cells)
            + f"{format_value(row.right):>8}"
        )
    return lines


def _format_times(summary: Summary) -> list[str]:
    return [
        f"{'time':14}{'questions':>10}{'median ms':>11}{'p95 ms':>11}",
        *(
            f"{one.stage:14}{one.questions:>10}{one.median_ms:>11.1f}{one.p95_ms:>11.1f}"
            for one in summary.timings
        ),
        f"peak memory {summary.peak_mib:,.0f} MiB",
    ]
