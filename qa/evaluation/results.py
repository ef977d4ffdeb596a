"""An evaluation as JSON: every number of the report and what happened to each question."""

from collections.abc import Sequence
from dataclasses import asdict

from qa.evaluation.comparing import Comparison
from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.summary import Summary

Json = dict[str, object]


def results_to_json(summary: Summary) -> Json:
    """Turn an evaluation into what `json.dumps` takes; an estimate becomes an object."""
    return {
        "conditions": asdict(summary.conditions),
        "ranking": _variants_to_json(summary.ranking),
        "reply": {row.name: asdict(row.estimates["answer"]) for row in summary.reply},
        "differences": _differences_to_json(summary.ranking),
        "policies": _variants_to_json(summary.policies),
        "policy_differences": _differences_to_json(summary.policies),
        "follow_ups": _variants_to_json(summary.follow_ups),
        "follow_up_differences": _differences_to_json(summary.follow_ups),
        "boundaries": asdict(summary.boundaries),
        "kinds": [asdict(row) for row in summary.kinds],
        "risk_coverage": list(summary.risk),
        "risk_points": [asdict(point) for point in summary.risk_points],
        "threshold": asdict(summary.threshold),
        "reliability": [asdict(one) for one in summary.reliability],
        "timings": [asdict(timing) for timing in summary.timings],
        "peak_mib": summary.peak_mib,
        "questions": [_outcome_to_json(outcome) for outcome in summary.outcomes],
    }


def _variants_to_json(comparison: Comparison) -> Json:
    return {
        variant: {row.name: asdict(row.estimates[variant]) for row in comparison.rows}
        for variant in comparison.variants
    }


def _differences_to_json(comparison: Comparison) -> list[Json]:
    return [asdict(difference) for difference in comparison.differences]


def _outcome_to_json(outcome: Outcome) -> Json:
    question = outcome.question
    return {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "history": list(question.history),
        "standalone_question": outcome.standalone_question,
        "answerable": question.answerable,
        "evidence": [item.snippet for item in question.evidence],
        "references": list(question.references),
        "status": outcome.status,
        "reason": outcome.reason,
        "confidence": outcome.confidence,
        "right": outcome.is_right,
        "quotes": [_quote_to_json(quote) for quote in outcome.quotes],
        "nearest": [_quote_to_json(quote) for quote in outcome.nearest],
        "first_rank": {name: _first_rank(found) for name, found in outcome.rankings.items()},
        "first_rank_rewritten": {
            name: _first_rank(found) for name, found in outcome.rewritings.items()
        },
        "elapsed_ms": {stage: 1000 * seconds for stage, seconds in outcome.seconds.items()},
    }


def _first_rank(ranking: Sequence[JudgedQuote]) -> int | None:
    return next((rank for rank, quote in enumerate(ranking, 1) if quote.held), None)


def _quote_to_json(quote: JudgedQuote) -> Json:
    return {
        "text": quote.text,
        "document": quote.document_id,
        "section": quote.section,
        "score": quote.score,
        "held": list(quote.held),
        "references": list(quote.shown),
        "exact": quote.exact,
    }
