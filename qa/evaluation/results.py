"""An evaluation as JSON: every number of the report and what happened to each question."""

from dataclasses import asdict

from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.summary import Summary

Json = dict[str, object]


def results_to_json(summary: Summary) -> Json:
    """Turn an evaluation into what `json.dumps` takes; an estimate becomes an object."""
    systems = {system: None for row in summary.ranking for system in row.estimates}
    return {
        "conditions": asdict(summary.conditions),
        "ranking": {
            system: {row.name: asdict(row.estimates[system]) for row in summary.ranking}
            for system in systems
        },
        "reply": {row.name: asdict(row.estimates["answer"]) for row in summary.reply},
        "differences": [asdict(difference) for difference in summary.differences],
        "kinds": [asdict(row) for row in summary.kinds],
        "risk_coverage": list(summary.risk),
        "reliability": [asdict(one) for one in summary.reliability],
        "timings": [asdict(timing) for timing in summary.timings],
        "questions": [_outcome_to_json(outcome) for outcome in summary.outcomes],
    }


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
        "first_rank": {
            system: next((rank for rank, one in enumerate(ranking, 1) if one.held), None)
            for system, ranking in outcome.rankings.items()
        },
        "elapsed_ms": {stage: 1000 * seconds for stage, seconds in outcome.seconds.items()},
    }


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
