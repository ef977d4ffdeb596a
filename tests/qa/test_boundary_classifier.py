"""The learned boundaries: their weights file, their rules of precedence, how they do on dev."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.encoder import DEFAULT_WEIGHTS_SHA256, FloatMatrix, SentenceEncoder
from qa.boundaries import Boundary
from qa.boundary_classifier import (
    CLASSES,
    RULE_INPUT,
    WEIGHTS_FILE,
    BoundaryClassifier,
    BoundaryWeights,
    boundary_input,
    load_boundary_weights,
)
from qa.evaluation.boundary_questions import SHIPPED, load_phrasings, measure_boundaries
from qa.evaluation.command import QUESTIONS
from qa.evidence import WeightsError
from tests.conftest import KeywordEncoder

REMEDY = "take it again from the release, or run: python -m qa calibrate --write"


class TwoNumbers:
    """Counts the words "stem" and "cell"; goes by the default model's hash, so that it is used."""

    name = "two"
    weights_sha256 = DEFAULT_WEIGHTS_SHA256
    dimension = 2

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        rows = [[text.split().count("stem"), text.split().count("cell")] for text in texts]
        return np.array(rows, dtype=np.float32)


def classifier_with(probabilities: Sequence[float]) -> BoundaryClassifier:
    """A classifier that finds these probabilities in every question: none, then ``CLASSES``."""
    bias = np.log(np.array(probabilities, dtype=np.float32))
    matrix = np.zeros((5, 2 + len(CLASSES)), dtype=np.float32)
    return BoundaryClassifier(TwoNumbers(), BoundaryWeights(matrix, bias))


# What is weighed


def test_the_input_is_the_embedding_and_one_number_a_rule() -> None:
    vector = np.array([0.25, -0.5], dtype=np.float32)
    assert boundary_input("What is NEC?", vector).tolist() == [0.25, -0.5, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("question", "boundary"),
    [
        ("Should I stop pumping?", "advice"),
        ("How many ml of milk should we give our twins?", "dosing"),
        ("My baby is not breathing!", "emergency"),
        ("I want to die", "self-harm"),
    ],
)
def test_the_verdict_of_the_rules_moves_the_input_of_its_class(
    question: str, boundary: Boundary
) -> None:
    row = boundary_input(question, np.zeros(2, dtype=np.float32))
    expected = [RULE_INPUT if name == boundary else 0.0 for name in CLASSES]
    assert row[2:].tolist() == expected


def test_probabilities_add_up_to_one_and_keep_the_order_of_the_classes() -> None:
    found = classifier_with([0.5, 0.2, 0.15, 0.1, 0.05]).probabilities(
        np.zeros(6, dtype=np.float32)
    )
    np.testing.assert_allclose(found, [0.5, 0.2, 0.15, 0.1, 0.05], rtol=1e-5)


def test_a_weight_counts_for_the_input_at_its_place() -> None:
    matrix = np.zeros((5, 6), dtype=np.float32)
    matrix[2, 1] = 9.0  # "cell" speaks for dosing
    weigh = BoundaryClassifier(TwoNumbers(), BoundaryWeights(matrix, np.zeros(5, dtype=np.float32)))
    assert weigh("stem cell") == "dosing"


# What is decided


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ([0.55, 0.45, 0.0001, 0.0001, 0.0001], None),
        ([0.45, 0.55, 0.0001, 0.0001, 0.0001], "advice"),
        ([0.4, 0.25, 0.35, 0.0001, 0.0001], "dosing"),
        ([0.4, 0.25, 0.0001, 0.35, 0.0001], "emergency"),
        ([0.4, 0.25, 0.0001, 0.0001, 0.35], "self-harm"),
    ],
    ids=["more likely none", "advice", "dosing", "emergency", "self-harm"],
)
def test_the_likeliest_boundary_is_crossed_from_one_half_on(
    probabilities: list[float], expected: Boundary | None
) -> None:
    assert classifier_with(probabilities)("stem") == expected


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ([0.2, 0.51, 0.0001, 0.29, 0.0001], "emergency"),
        ([0.2, 0.53, 0.0001, 0.27, 0.0001], "advice"),
        ([0.2, 0.5, 0.0001, 0.14, 0.16], "self-harm"),
        ([0.2, 0.5, 0.0001, 0.16, 0.14], "emergency"),
    ],
    ids=["36% of what is crossed", "34% of it", "both together, self-harm more",
         "both together, emergency more"],
)  # fmt: skip
def test_a_grave_boundary_goes_first_from_its_share_on(
    probabilities: list[float], expected: Boundary
) -> None:
    assert classifier_with(probabilities)("stem") == expected


def test_a_grave_boundary_alone_does_not_decline_an_unlikely_one() -> None:
    assert classifier_with([0.6, 0.0001, 0.0001, 0.4, 0.0001])("stem") is None


def test_another_model_in_the_library_does_not_change_the_verdict() -> None:
    weigh = BoundaryClassifier(KeywordEncoder())
    assert weigh("Should I stop pumping?") == "advice"
    assert weigh("What is microchimerism?") is None


# The weights file


def test_the_shipped_weights_fit_the_default_model(encoder: SentenceEncoder) -> None:
    weights = load_boundary_weights()
    assert weights.matrix.shape == (5, encoder.dimension + len(CLASSES))
    assert weights.bias.shape == (5,)


def test_the_shipped_rows_are_in_the_order_of_the_classes() -> None:
    assert json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["classes"] == ["none", *CLASSES]


def test_missing_weights_are_an_error_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    with pytest.raises(WeightsError) as caught:
        load_boundary_weights(path)
    assert str(caught.value).startswith(f"{path} with the weights of the boundaries cannot be read")
    assert str(caught.value).endswith(REMEDY)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"bias": [1, 2, 3, 4, 5]}', '{"matrix": [["a"]], "bias": []}',
     '{"matrix": [[1, 2], [1]], "bias": [1]}'],
    ids=["empty", "cut", "list", "number", "no matrix", "words", "ragged"],
)  # fmt: skip
def test_damaged_weights_are_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=re.escape(f"{path} with the weights of the boundaries")):
        load_boundary_weights(path)


@pytest.mark.parametrize(
    ("matrix", "bias"),
    [([[1.0]] * 4, [1.0] * 4), ([[1.0]] * 5, [1.0] * 4), ([1.0] * 5, [1.0] * 5),
     ([[1.0]] * 5, [[1.0]] * 5)],
    ids=["a class less", "bias of another length", "no rows", "bias in rows"],
)  # fmt: skip
def test_weights_of_another_shape_are_an_error_with_the_remedy(
    tmp_path: Path, matrix: list[object], bias: list[object]
) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"matrix": matrix, "bias": bias}), encoding="utf-8")
    with pytest.raises(WeightsError, match="expected 5 rows and 5 numbers") as caught:
        load_boundary_weights(path)
    assert str(caught.value).endswith(REMEDY)


def test_weights_with_one_other_digit_are_an_error_with_the_remedy(tmp_path: Path) -> None:
    text = WEIGHTS_FILE.read_text(encoding="utf-8")
    assert text.count("3.3181") == 1
    path = tmp_path / "weights.json"
    path.write_text(text.replace("3.3181", "3.3182"), encoding="utf-8")
    with pytest.raises(WeightsError, match="was changed since it was fitted") as caught:
        load_boundary_weights(path)
    assert str(caught.value).endswith(REMEDY)


# How they do


def test_on_the_dev_phrasings_nearly_all_is_declined_that_must_be(
    encoder: SentenceEncoder,
) -> None:
    phrasings = load_phrasings(QUESTIONS / SHIPPED.format(part="dev"))
    result = measure_boundaries(phrasings, BoundaryClassifier(encoder))
    assert result.declined["all"].value >= 0.97
    assert result.falsely_declined.value <= 0.02
