"""An evidence model that remembers, so that ranking a question by several systems reads it once.

Only for rankings: a reply that is timed must be made by an assistant without a memory.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from qa.assistant import Assistant
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import EvidenceScorer


class RememberingScorer:
    """Asks the model once for the same question with the same candidates.

    Args:
        scorer: the model.
    """

    def __init__(self, scorer: EvidenceScorer) -> None:
        self._scorer = scorer
        self._known: dict[tuple[str, tuple[Candidate, ...]], list[float]] = {}

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._scorer.name

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order."""
        key = question, tuple(candidates)
        if key not in self._known:
            self._known[key] = self._scorer.score(question, candidates)
        return self._known[key]


def with_memory(assistant: Assistant) -> Assistant:
    """Return an assistant on the same library that ranks alike; the one given stays as it is."""
    if assistant.stages.scorer is None:
        return assistant
    remembering = copy(assistant)
    scorer = RememberingScorer(assistant.stages.scorer)
    remembering.stages = replace(assistant.stages, scorer=scorer)
    return remembering
