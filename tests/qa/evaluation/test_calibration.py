"""Fitting on hand-made examples: one signal separates, all others say nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.abbreviations import Expander
from index.library import Hit, Library
from qa.article_naming import ArticleNaming
from qa.conversation import Vocabulary
from qa.evaluation.calibration import (
    FOLDS,
    RISK,
    Example,
    Fit,
    fit,
    starting_weights,
    write_weights,
)
from qa.evaluation.questions import Question
from qa.evidence import EvidenceWeights, load_weights, signal_names
from qa.evidence_model.pairs import Candidate
from qa.lookup import LookUps
from qa.ranking import Stages
from qa.sealing import sealed
from qa.settings import Settings
from qa.signals import PassageSignals
from qa.spelling import Speller
from qa.wording import Wording
from tests.qa.documents import hit_of, make_document, make_library

NOTHING = PassageSignals(*[0.0] * len(signal_names("first")))
SENTENCES = ("Milk holds cells", "Bone is hard", "Twelve pups", "Green item")


class Reader:
    """An evidence model for questions that hold the opening of their answer, or of none."""

    name = "reader"

    def __init__(self, logit: float = 3.0) -> None:
        self.logit = logit

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        signs = (1 if candidate.sentence.startswith(question) else -1 for candidate in candidates)
        return [self.logit * sign for sign in signs]


@pytest.fixture(scope="module")
def stages() -> Stages:
    return Stages(
        library=make_library(make_document()),
        settings=Settings(),
        vocabulary=Vocabulary(frozenset(), Expander({})),
        speller=Speller(()),
        look_ups=LookUps({}),
        naming=ArticleNaming(()),
        weights=starting_weights(),
        scorer=Reader(),
        boundaries=lambda _: None,
    )


def make_example(
    number: int, library: Library, *, answerable: bool, separating: str = "coverage"
) -> Example:
    """Make a question with four candidates; the separating signal is set where one holds."""
    holding = number % 4
    best = replace(NOTHING, **{separating: 1.0})
    hits: tuple[Hit, ...] = tuple(hit_of(library, sentence) for sentence in SENTENCES)
    return Example(
        question=Question(f"q{number}", "fact", "bone?", (), answerable, (), ()),
        read_as=SENTENCES[holding] if answerable else "Nothing",
        wording=Wording("bone", (("bone",),)),
        hits=hits,
        signals=tuple(best if answerable and n == holding else NOTHING for n in range(4)),
        holds=np.array([float(answerable and n == holding) for n in range(4)]),
        decided=None,
    )


def make_examples(count: int, library: Library, *, separating: str = "coverage") -> list[Example]:
    """Make examples of which every third is not answerable."""
    return [
        make_example(n, library, answerable=n % 3 != 0, separating=separating) for n in range(count)
    ]


@pytest.fixture(scope="module")
def fitted(stages: Stages) -> Fit:
    return fit(make_examples(30, stages.library), stages)


@pytest.mark.parametrize("signal", ["coverage", "fused", "names_present"])
def test_a_signal_that_separates_gets_the_only_positive_weight(stages: Stages, signal: str) -> None:
    examples = make_examples(30, stages.library, separating=signal)
    weights = fit(examples, stages).weights["first"]
    assert isinstance(weights, dict)
    positive = [name for name in signal_names("first") if weights[name] > 0]
    assert positive == [signal]


def test_a_signal_that_speaks_against_gets_a_negative_weight(stages: Stages) -> None:
    examples = [
        replace(example, signals=tuple(replace(s, row=1.0 - s.coverage) for s in example.signals))
        for example in make_examples(30, stages.library)
    ]
    weights = fit(examples, stages).weights["first"]
    assert isinstance(weights, dict)
    assert weights["row"] < 0


def test_the_verdicts_of_a_right_evidence_model_get_positive_weights(
    fitted: Fit, tmp_path: Path
) -> None:
    weights = _written(fitted, tmp_path)
    passage = dict(zip(signal_names("passage"), weights.passage.weights, strict=True))
    question = dict(zip(signal_names("question"), weights.question.weights, strict=True))
    assert passage["evidence"] > 0.0
    assert all(question[name] > 0.0 for name in ("best_evidence", "top_evidence"))


def test_without_an_evidence_model_its_verdicts_weigh_nothing(stages: Stages) -> None:
    alone = fit(make_examples(30, stages.library), replace(stages, scorer=None))
    assert alone.weights["evidence_model"] == "none"
    passage = alone.weights["passage"]
    assert isinstance(passage, dict)
    assert passage["evidence"] == 0.0


def test_a_candidate_with_the_separating_signal_is_the_likelier_one(
    fitted: Fit, tmp_path: Path
) -> None:
    first = _written(fitted, tmp_path).first
    assert first(replace(NOTHING, coverage=1.0)) > 0.5 > first(NOTHING)


def test_the_weights_are_those_of_the_signals_in_their_order(fitted: Fit) -> None:
    functions = {name: list(v) for name, v in fitted.weights.items() if isinstance(v, dict)}
    assert functions == {
        name: [*signal_names(name), "bias"]
        for name in ("first", "passage", "question", "question_alone")
    }
    assert fitted.weights["evidence_model"] == "reader"


def test_a_perfect_signal_ranks_every_answerable_question_right(fitted: Fit) -> None:
    assert (fitted.hit_at_1, fitted.hit_at_3, fitted.questions) == (1.0, 1.0, 20)
    assert (fitted.auroc, fitted.wrong, fitted.silenced) == (1.0, 0.0, 0.0)


def test_questions_that_are_looked_up_are_not_counted(stages: Stages) -> None:
    examples = [
        replace(example, decided="right" if number < 10 else None)
        for number, example in enumerate(make_examples(30, stages.library))
    ]
    assert fit(examples, stages).questions == 14


def test_wrong_look_ups_count_as_wrong_answers_at_any_threshold(stages: Stages) -> None:
    examples = [
        replace(example, decided="wrong" if number in (0, 3, 6) else None)
        for number, example in enumerate(make_examples(30, stages.library))
    ]
    assert fit(examples, stages).wrong == pytest.approx(3 / 30)


def test_the_threshold_lets_no_more_wrong_answers_through_than_the_risk(stages: Stages) -> None:
    examples = make_examples(60, stages.library)
    # Six near misses look just like answered questions: at .05 of sixty only three may be shown.
    like = [replace(e, question=replace(e.question, answerable=False)) for e in examples]
    mixed = [
        replace(like[n], holds=np.zeros(4)) if n % 10 == 1 else example
        for n, example in enumerate(examples)
    ]
    result = fit(mixed, stages)
    assert result.wrong <= RISK
    assert result.silenced > 0.0


def test_training_questions_are_fitted_on_but_not_reported(stages: Stages) -> None:
    counted = make_examples(30, stages.library)
    like = [replace(e, question=replace(e.question, answerable=False)) for e in counted]
    # Wrong answers wherever they are shown: they would silence something if they counted.
    training = [replace(e, holds=np.zeros(4)) for e in like[:6]]
    alone = fit([*counted, *training], stages)
    result = fit([*counted, *training], stages, counted=30)
    assert (result.questions, result.wrong, result.silenced) == (20, 0.0, 0.0)
    assert alone.silenced > 0.0
    assert result.weights["question"] == alone.weights["question"]
    assert result.weights["question"] != fit(counted, stages).weights["question"]


def test_the_same_examples_give_the_same_weights(stages: Stages, fitted: Fit) -> None:
    assert fit(make_examples(30, stages.library), stages) == fitted


@pytest.mark.parametrize("count", [0, 1, FOLDS - 1])
def test_too_few_examples_raise_with_both_numbers(stages: Stages, count: int) -> None:
    message = f"^{count} questions are too few to fit on, {FOLDS} are needed$"
    with pytest.raises(ValueError, match=message):
        fit(make_examples(count, stages.library), stages)


def test_written_weights_are_read_back(fitted: Fit, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    write_weights(fitted, path)
    assert json.loads(path.read_text(encoding="utf-8")) == sealed(fitted.weights)


def test_writing_takes_the_weights_into_force_at_once(
    stages: Stages, fitted: Fit, tmp_path: Path
) -> None:
    path = tmp_path / "weights.json"
    cosine = signal_names("first").index("cosine")
    write_weights(fitted, path)
    assert load_weights(path, "reader").first.weights[cosine] == 0.0
    other = fit(make_examples(30, stages.library, separating="cosine"), stages)
    write_weights(other, path)
    assert load_weights(path, "reader").first.weights[cosine] > 0.0


def _written(fitted: Fit, folder: Path) -> EvidenceWeights:
    path = folder / "weights.json"
    write_weights(fitted, path)
    return load_weights(path, "reader")
