"""The numbers of one kind in rows and columns, for the terminal and for Markdown alike."""

from collections.abc import Sequence

from benchmarks.public_sets.answerability import (
    COSINE,
    EVIDENCE,
    FUSED,
    LEXICAL,
    SEARCH,
    AnswerabilityRow,
)
from benchmarks.public_sets.measuring import COMPARED, MeasureRow, SetResult
from benchmarks.public_sets.reranking import HYBRID_EVIDENCE
from benchmarks.public_sets.searching import BM25, DENSE, HYBRID
from benchmarks.public_sets.tuning import TuningRow
from qa.evaluation.bootstrap import Estimate

SYSTEMS = (BM25, DENSE, HYBRID, HYBRID_EVIDENCE)
SIGNALS = (LEXICAL, COSINE, FUSED, EVIDENCE)
SET_NAMES = {"scifact": "SciFact", "bioasq12b": "BioASQ 12b", "pubmedqa": "PubMedQA"}
SOURCE_NAMES = {
    "squad": "SQuAD 2.0",
    "covidqa": "COVID-QA",
    "written": "written for COVID-QA's articles",
    "covidqa, own article or another": "COVID-QA, own article or another",
}

Table = list[list[str]]
"""Rows of cells, the headings first."""


def format_estimate(estimate: Estimate | None, *, sign: bool = False) -> str:
    """Write ``"0.712 [0.662, 0.759]"``, with signs for a difference; "" without a value."""
    if estimate is None or estimate.value is None:
        return ""
    form = "+.3f" if sign else ".3f"
    return f"{estimate.value:{form}} [{estimate.low:{form}}, {estimate.high:{form}}]"


def retrieval_table(results: Sequence[SetResult]) -> Table:
    """Lay out a line for each set and measure; a system asked fewer queries says how many."""
    measured = {system for result in results for row in result.rows for system in row.estimates}
    systems = [system for system in SYSTEMS if system in measured]
    compared = [(first, second) for first, second in COMPARED if {first, second} <= measured]
    headings = ["set", "measure", *systems, *(f"{first} − {second}" for first, second in compared)]
    lines = [headings]
    for result in results:
        for row in result.rows:
            cells = [_system_cell(row, system, result.queries) for system in systems]
            found = {(one.first, one.second): one.estimate for one in row.differences}
            cells += [format_estimate(found.get(pair), sign=True) for pair in compared]
            lines.append([SET_NAMES.get(result.name, result.name), row.measure, *cells])
    return lines


def _system_cell(row: MeasureRow, system: str, queries: int) -> str:
    estimate = row.estimates.get(system)
    asked = estimate.questions if estimate else queries
    return format_estimate(estimate) + (f" ({asked} queries)" if asked != queries else "")


def answerability_table(rows: Sequence[AnswerabilityRow]) -> Table:
    """Lay out the AUROC of each signal, a line for each source where some cannot be answered."""
    signals = [name for name in SIGNALS if any(name in row.auroc for row in rows)]
    gain = [f"{EVIDENCE} − {COSINE}"] if EVIDENCE in signals else []
    lines = [["AUROC", "questions", "answerable", *signals, *gain]]
    for row in rows:
        if row.auroc[COSINE].value is None:
            continue
        cells = [format_estimate(row.auroc.get(name)) for name in signals]
        cells += [format_estimate(row.gain, sign=True) for _ in gain]
        name = SOURCE_NAMES.get(row.source, row.source)
        lines.append([name, str(row.questions), str(row.answerable), *cells])
    return lines


def hit_table(rows: Sequence[AnswerabilityRow]) -> Table:
    """Lay out hit@1 of search and evidence model, a line for each source."""
    systems = [name for name in (SEARCH, EVIDENCE) if any(name in row.hit_at_1 for row in rows)]
    lines = [["hit@1", "answerable", *systems]]
    for row in rows:
        if row.hit_at_1:
            cells = [format_estimate(row.hit_at_1[name]) for name in systems]
            name = SOURCE_NAMES.get(row.source, row.source)
            lines.append([name, str(row.answerable), *cells])
    return lines


def tuning_table(rows: Sequence[TuningRow]) -> Table:
    """Lay out the nDCG@10 of each scaling and weight."""
    found = {(row.combination.scaling, row.combination.weight): row.ndcg for row in rows}
    weights = sorted({weight for _, weight in found})
    scalings = list(dict.fromkeys(scaling for scaling, _ in found))
    lines = [["nDCG@10, weight", *(f"{weight:.1f}" for weight in weights)]]
    for scaling in sorted(scalings):
        lines.append([scaling, *(f"{found[scaling, weight]:.3f}" for weight in weights)])
    return lines
