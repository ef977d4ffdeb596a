"""Fitting on hand-made examples: one signal separates, all others say nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.document import Document
from index.library import Library
from qa.evaluation.calibration import FOLDS, Example, Fit, fit, write_weights
from qa.evaluation.questions import Question
from qa.evidence import PassageSignals, QuestionSignals, load_model, signal_names
from qa.wording import Wording
from tests.qa.documents import make_document, make_library

NOTHING = PassageSignals(*[0.0] * len(signal_names(PassageSignals)))


@pytest.fixture(scope="module")
def library() -> Library:
    document: Document = make_document()
    return make_library(document)


def make_example(number: int, *, answerable: bool, separating: str = "coverage") -> Example:
    """Make a question with four candidates; the separating signal is set where one holds."""
    holding = number % 4
    best = replace(NOTHING, **{separating: 1.0})
    signals = [best if answerable and n == holding else NOTHING for n in range(4)]
    holds = np.array([float(answerable and n == holding) for n in range(4)])
    question = Question(f"q{number}", "fact", "bone?", (), answerable, (), ())
    return Example(question, Wording("bone", (("bone",),)), tuple(signals), holds, judged=True)


def make_examples(count: int, *, separating: str = "coverage") -> list[Example]:
    """Make examples of which every third is not answerable."""
    return [make_example(n, answerable=n % 3 != 0, separating=separating) for n in range(count)]


@pytest.fixture(scope="module")
def fitted(library: Library) -> Fit:
    return fit(make_examples(30), library)


@pytest.mark.parametrize("signal", ["coverage", "fused", "names_present"])
def test_a_signal_that_separates_gets_the_only_positive_weight(
    library: Library, signal: str
) -> None:
    weights = fit(make_examples(30, separating=signal), library).weights["passage"]
    positive = [name for name in signal_names(PassageSignals) if weights[name] > 0]
    assert positive == [signal]


def test_a_signal_that_speaks_against_gets_a_negative_weight(library: Library) -> None:
    examples = [
        replace(example, signals=tuple(replace(s, row=1.0 - s.coverage) for s in example.signals))
        for example in make_examples(30)
    ]
    assert fit(examples, library).weights["passage"]["row"] < 0


def test_what_separates_the_answerable_questions_gets_a_positive_weight(fitted: Fit) -> None:
    assert fitted.weights["question"]["best_score"] > 0
    assert fitted.weights["question"]["top_coverage"] > 0


def test_a_candidate_with_the_separating_signal_is_the_likelier_one(
    fitted: Fit, tmp_path: Path
) -> None:
    path = tmp_path / "weights.json"
    write_weights(fitted, path)
    model = load_model(path).passage
    assert model(replace(NOTHING, coverage=1.0)) > 0.5 > model(NOTHING)


def test_the_weights_are_those_of_the_signals_in_their_order(fitted: Fit) -> None:
    assert {part: list(weights) for part, weights in fitted.weights.items()} == {
        "passage": [*signal_names(PassageSignals), "bias"],
        "question": [*signal_names(QuestionSignals), "bias"],
    }


def test_a_perfect_signal_ranks_every_answerable_question_right(fitted: Fit) -> None:
    assert (fitted.hit_at_1, fitted.hit_at_3, fitted.questions) == (1.0, 1.0, 20)


def test_questions_that_are_looked_up_are_not_counted(library: Library) -> None:
    examples = [
        replace(example, judged=number >= 10) for number, example in enumerate(make_examples(30))
    ]
    assert fit(examples, library).questions == 14


def test_the_same_examples_give_the_same_weights(library: Library, fitted: Fit) -> None:
    assert fit(make_examples(30), library) == fitted


@pytest.mark.parametrize("count", [0, 1, FOLDS - 1])
def test_too_few_examples_raise_with_both_numbers(library: Library, count: int) -> None:
    message = f"^{count} questions are too few to fit on, {FOLDS} are needed$"
    with pytest.raises(ValueError, match=message):
        fit(make_examples(count), library)


def test_written_weights_are_read_back(fitted: Fit, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    write_weights(fitted, path)
    assert json.loads(path.read_text(encoding="utf-8")) == fitted.weights


def test_writing_takes_the_weights_into_force_at_once(
    library: Library, fitted: Fit, tmp_path: Path
) -> None:
    path = tmp_path / "weights.json"
    cosine = signal_names(PassageSignals).index("cosine")
    write_weights(fitted, path)
    assert load_model(path).passage.weights[cosine] == 0.0
    write_weights(fit(make_examples(30, separating="cosine"), library), path)
    assert load_model(path).passage.weights[cosine] > 0.0
