"""The report: one HTML page that needs nothing from outside, and the same numbers as files."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa.evaluation.labels import (
    POLICY_NAMES,
    REWRITING_NAMES,
    SYSTEM_NAMES,
    format_difference,
    format_interval,
    format_value,
)
from qa.evaluation.markdown import summary_markdown
from qa.evaluation.plots import (
    plot_confidence,
    plot_kinds,
    plot_reliability,
    plot_risk_coverage,
)
from qa.evaluation.results import results_to_json
from qa.evaluation.summary import COMPARED, COMPARED_MEASURES, STEPS, Summary

_TEMPLATES = Path(__file__).parent / "templates"
STATUS_NAMES = {
    "answered": "answered",
    "not_in_source": "said that it is not in the source",
    "declined": "declined",
}


def render_report(summary: Summary) -> str:
    """Render the page; every text of a document or a question is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "difference": format_difference,
        "interval": format_interval,
        "value": format_value,
    }
    return environment.get_template("report.html.jinja").render(
        summary=summary,
        conditions=summary.conditions,
        steps=STEPS,
        compared=COMPARED,
        compared_measures=COMPARED_MEASURES,
        system_names=SYSTEM_NAMES,
        policy_names=POLICY_NAMES,
        rewriting_names=REWRITING_NAMES,
        status_names=STATUS_NAMES,
        # Markup: the plots hold no text from outside, only measure names and checked kinds.
        risk_plot=Markup(plot_risk_coverage(summary)),
        kinds_plot=Markup(plot_kinds(summary)),
        confidence_plot=Markup(plot_confidence(summary)),
        reliability_plot=Markup(plot_reliability(summary)),
    )


def write_report(summary: Summary, folder: Path) -> Path:
    """Write ``report.html``, ``results.json`` and ``summary.md`` into a folder, made if missing.

    Returns:
        The path of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    page.write_text(render_report(summary), encoding="utf-8")
    write_results(summary, folder / "results.json")
    (folder / "summary.md").write_text(summary_markdown(summary) + "\n", encoding="utf-8")
    return page


def write_results(summary: Summary, path: Path) -> None:
    """Write the evaluation as JSON."""
    text = json.dumps(results_to_json(summary), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
