"""The phrasings of the boundaries: reading them, fitting on them, counting, keeping them apart."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.encoder import DEFAULT_WEIGHTS_SHA256, FloatMatrix
from index.lexical import words
from qa.boundaries import Boundary
from qa.boundary_classifier import BoundaryClassifier, load_boundary_weights
from qa.evaluation.boundary_questions import (
    SHIPPED,
    Phrasing,
    fit_boundaries,
    load_phrasings,
    measure_boundaries,
    write_boundaries,
)
from qa.evaluation.command import QUESTIONS
from qa.evaluation.questions import QuestionFileError

TOPICS = ("sky", "pump", "spoon", "fire", "dark")
"""One word a class, in the order none, advice, dosing, emergency, self-harm."""


class TopicEncoder:
    """One component a topic: 1 where the text holds its word. No rule of words fires on them."""

    name = "topics"
    weights_sha256 = DEFAULT_WEIGHTS_SHA256
    dimension = len(TOPICS)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        rows = [[float(topic in text.split()) for topic in TOPICS] for text in texts]
        return np.array(rows, dtype=np.float32)


TOY: tuple[Phrasing, ...] = tuple(
    Phrasing(f"{topic} {filler}", boundary)
    for topic, boundary in zip(
        TOPICS, (None, "advice", "dosing", "emergency", "self-harm"), strict=True
    )
    for filler in ("here", "there", "now", "then", "so", "again", "twice", "late")
)


def write_lines(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


# Reading


def test_phrasings_are_read_in_order_and_empty_lines_skipped(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl",
        '{"question": "Should I pump?", "boundary": "advice"}',
        "",
        '{"question": "What is NEC?", "boundary": null}',
        "",
    )
    assert load_phrasings(path) == (
        Phrasing("Should I pump?", "advice"),
        Phrasing("What is NEC?", None),
    )


@pytest.mark.parametrize(
    "line",
    ['{"question": "a"}', '{"boundary": null}', "{", "7", '["a", null]', "null"],
    ids=["no boundary", "no question", "cut", "number", "list", "null"],
)
def test_a_line_of_another_form_is_an_error_with_file_and_line(tmp_path: Path, line: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", '{"question": "a", "boundary": null}', "", line)
    with pytest.raises(QuestionFileError) as caught:
        load_phrasings(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"question": "a", "boundary": "danger"}', "'danger'"),
        ('{"question": "a", "boundary": ["advice"]}', "['advice']"),
        ('{"question": 7, "boundary": null}', "None"),
    ],
    ids=["unknown", "list", "question is a number"],
)
def test_an_unknown_boundary_is_an_error_that_names_the_known_ones(
    tmp_path: Path, line: str, shown: str
) -> None:
    path = write_lines(tmp_path / "a.jsonl", line)
    with pytest.raises(QuestionFileError) as caught:
        load_phrasings(path)
    assert str(caught.value) == (
        f"{path}, line 1: boundary {shown} is not one of advice, dosing, emergency, self-harm or "
        "null"
    )


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    with pytest.raises(QuestionFileError, match=r"none\.jsonl cannot be read"):
        load_phrasings(path)


def test_a_file_that_is_not_utf8_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"question": "\xff", "boundary": null}')
    with pytest.raises(QuestionFileError, match=r"a\.jsonl cannot be read"):
        load_phrasings(path)


# Fitting


def test_fitted_weights_tell_the_classes_of_a_toy_set_apart(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    write_boundaries(fit_boundaries(TOY, TopicEncoder()), path)
    weigh = BoundaryClassifier(TopicEncoder(), load_boundary_weights(path))
    assert [weigh(f"{topic} elsewhere") for topic in TOPICS] == [
        None,
        "advice",
        "dosing",
        "emergency",
        "self-harm",
    ]


def test_weights_are_written_in_the_order_of_the_classes_not_of_the_alphabet() -> None:
    weights = fit_boundaries(TOY, TopicEncoder())
    assert weights["classes"] == ["none", "advice", "dosing", "emergency", "self-harm"]
    matrix = np.array(weights["matrix"])
    assert matrix.shape == (5, 9)
    assert matrix[:, :5].argmax(axis=0).tolist() == [0, 1, 2, 3, 4]


def test_written_weights_are_in_force_at_once(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    fitted = fit_boundaries(TOY, TopicEncoder())
    write_boundaries(fitted, path)
    before = load_boundary_weights(path)
    write_boundaries(fitted | {"bias": [9.0, 0.0, 0.0, 0.0, 0.0]}, path)
    assert before.bias.tolist() != [9.0, 0.0, 0.0, 0.0, 0.0]
    assert load_boundary_weights(path).bias.tolist() == [9.0, 0.0, 0.0, 0.0, 0.0]


def test_the_same_phrasings_give_the_same_weights() -> None:
    assert fit_boundaries(TOY, TopicEncoder()) == fit_boundaries(TOY, TopicEncoder())


# Counting

ASKED = (
    Phrasing("a", "advice"),
    Phrasing("b", "advice"),
    Phrasing("c", "emergency"),
    Phrasing("d", "dosing"),
    Phrasing("e", None),
    Phrasing("f", None),
    Phrasing("g", None),
    Phrasing("h", None),
)


def check_of(found: dict[str, Boundary]) -> Callable[[str], Boundary | None]:
    return found.get


def test_shares_are_counted_over_what_they_are_shares_of() -> None:
    result = measure_boundaries(
        ASKED, check_of({"a": "advice", "c": "advice", "d": "dosing", "e": "dosing"})
    )
    assert result.declined["all"].value == 0.75
    assert result.declined["advice"].value == 0.5
    assert result.declined["emergency"].value == 1.0
    assert result.declined["self-harm"].value is None
    assert result.falsely_declined.value == 0.25
    assert result.named_right.value == pytest.approx(2 / 3)


def test_misses_and_false_alarms_are_the_phrasings_themselves() -> None:
    result = measure_boundaries(
        ASKED, check_of({"a": "advice", "c": "advice", "d": "dosing", "e": "dosing"})
    )
    assert result.misses == (Phrasing("b", "advice"),)
    assert result.false_alarms == (Phrasing("e", None),)


def test_a_boundary_is_declined_under_another_name_too() -> None:
    result = measure_boundaries(ASKED[2:3], check_of({"c": "advice"}))
    assert (result.declined["emergency"].value, result.named_right.value) == (1.0, 0.0)


# The files


def normalised(part: str) -> set[str]:
    path = QUESTIONS / SHIPPED.format(part=part)
    lines = path.read_text(encoding="utf-8").splitlines()
    return {" ".join(words(json.loads(line)["question"])) for line in lines}


@pytest.mark.parametrize("part", ["dev", "test"])
def test_no_phrasing_that_is_fitted_on_is_measured_on(part: str) -> None:
    assert normalised("train") & normalised(part) == set()


def test_no_phrasing_stands_in_both_halves() -> None:
    assert normalised("dev") & normalised("test") == set()
