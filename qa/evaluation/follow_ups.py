"""Follow-ups: does making them stand alone help to find the evidence?

All three ways are ranked by the full system, so that only the rewriting differs.
"""

from collections.abc import Sequence
from functools import partial

from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.judging import REWRITINGS, JudgedQuote, Outcome, Rewriting
from qa.evaluation.measures import Measure, measure_rankings

COMPARED_MEASURES = ("hit@1", "hit@3")
OURS: Rewriting = "rewritten"


def compare_rewritings(outcomes: Sequence[Outcome]) -> Comparison:
    """Compare the rewritings over the answerable questions that have a history."""
    measures: dict[str, list[Measure]] = {
        rewriting: [
            measure
            for measure in measure_rankings(partial(_ranking, rewriting=rewriting))
            if measure.name in COMPARED_MEASURES
        ]
        for rewriting in REWRITINGS
    }
    others = [rewriting for rewriting in REWRITINGS if rewriting != OURS]
    return compare(
        measures,
        outcomes,
        pairs=[(OURS, other) for other in others],
        beside={other: (OURS, other) for other in others},
    )


def _ranking(outcome: Outcome, *, rewriting: Rewriting) -> Sequence[JudgedQuote] | None:
    return outcome.rewritings.get(rewriting, ()) if outcome.rewritings else None
