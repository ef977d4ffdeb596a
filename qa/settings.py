"""The query-time numbers, each with its unit and the result that chose it."""

from dataclasses import dataclass

FIRST_QUESTION = "What is this article about?"
"""Asked at every start, since the first question pays for what is made when needed, and to see
whether a server answers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a question is searched and how many quotes are shown.

    Attributes:
        dense_weight: share of the dense index in the fused ranking, in [0, 1].
        candidates: how many hits are weighed by the first stage.
        read_candidates: how many of them the evidence model reads, which takes most of an answer's
            time; cross-validated on the dev half 6 to 24 give the same hit@1 and AUROC within .01.
        max_quotes: shown at most; a list question may show `max_list_quotes`.
        keep_ratio: a quote is shown if its score is at least this share of the best one's; cross-
            validated on the dev half .4 gave quote precision .70 at recall .82 (.2: .52 at .86,
            .7: .82 at .75).
        list_keep_ratio: the same for a list question, whose answer has many parts.
        max_nearest: passages shown as "not an answer".
        min_confidence: below it the answer is "not in this source"; None for the threshold that was
            fitted with the weights, see `qa.evaluation.calibration`.
        lookup_confidence: given to answers that were looked up by rule.
        max_question_chars: longer questions are refused with an error.
    """

    dense_weight: float = 0.45
    candidates: int = 40
    read_candidates: int = 6
    max_quotes: int = 5
    max_list_quotes: int = 12
    keep_ratio: float = 0.4
    list_keep_ratio: float = 0.2
    max_nearest: int = 3
    min_confidence: float | None = None
    lookup_confidence: float = 0.97
    max_question_chars: int = 2_000
