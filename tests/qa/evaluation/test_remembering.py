"""The memory of the evidence model: the same verdicts, each asked for once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from qa.evaluation.remembering import RememberingScorer, with_memory
from qa.evidence_model.pairs import Candidate

MILK = Candidate("Milk holds stem cells.", "", "Milk")
BONE = Candidate("Bone is hard.", "", "Bone")


@dataclass
class CountingScorer:
    """Scores by length, and keeps what it was asked."""

    name: str = "counting"
    asked: list[tuple[str, int]] = field(default_factory=list)

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        self.asked.append((question, len(candidates)))
        return [float(len(candidate.sentence)) for candidate in candidates]


def test_same_question_and_candidates_are_read_once() -> None:
    scorer = CountingScorer()
    remembering = RememberingScorer(scorer)
    first = remembering.score("milk?", [MILK, BONE])
    assert remembering.score("milk?", [MILK, BONE]) == first == [22.0, 13.0]
    assert scorer.asked == [("milk?", 2)]
    assert remembering.name == "counting"


def test_other_question_order_or_candidates_are_read_again() -> None:
    scorer = CountingScorer()
    remembering = RememberingScorer(scorer)
    remembering.score("milk?", [MILK, BONE])
    assert remembering.score("milk?", [BONE, MILK]) == [13.0, 22.0]
    assert remembering.score("bone?", [MILK, BONE]) == [22.0, 13.0]
    assert remembering.score("milk?", [MILK]) == [22.0]
    assert len(scorer.asked) == 4


@dataclass(frozen=True)
class ScorerStage:
    """The one stage that matters here."""

    scorer: object


def test_assistant_that_is_timed_stays_without_a_memory() -> None:
    scorer = CountingScorer()
    assistant = SimpleNamespace(stages=ScorerStage(scorer), library="milk")
    remembering = with_memory(assistant)  # type: ignore[arg-type]  # only its stages are read
    assert isinstance(remembering.stages.scorer, RememberingScorer)
    assert remembering.library == "milk"
    assert assistant.stages.scorer is scorer


def test_assistant_without_an_evidence_model_needs_no_memory() -> None:
    assistant = SimpleNamespace(stages=SimpleNamespace(scorer=None))
    assert with_memory(assistant) is assistant  # type: ignore[arg-type]  # only its stages are read
