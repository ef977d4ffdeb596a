"""How a number is written: with its interval, with a sign where it is a difference, no -0.00."""

import pytest

from qa.evaluation.abstention import CALIBRATED
from qa.evaluation.bootstrap import Estimate
from qa.evaluation.judging import REWRITINGS, SYSTEMS
from qa.evaluation.labels import (
    POLICY_NAMES,
    REWRITING_NAMES,
    SYSTEM_NAMES,
    format_difference,
    format_estimate,
    format_value,
)

NO_VALUE = Estimate(None, None, None, 0)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.714, 0.62, 0.789, 90), "0.71 [0.62, 0.79]"),
        (Estimate(1.0, 1.0, 1.0, 9), "1.00 [1.00, 1.00]"),
        (NO_VALUE, "n/a"),
    ],
)
def test_estimate_is_written_with_its_interval(estimate: Estimate, text: str) -> None:
    assert format_estimate(estimate) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.07, -0.01, 0.15, 90), "+0.07 [-0.01, 0.15]"),
        (Estimate(-0.05, -0.1, 0.0, 9), "-0.05 [-0.10, 0.00]"),
        (Estimate(-0.001, -0.002, -0.001, 9), "+0.00 [0.00, 0.00]"),
        (NO_VALUE, "n/a"),
    ],
)
def test_difference_has_a_sign_and_no_negative_zero(estimate: Estimate, text: str) -> None:
    assert format_difference(estimate) == text


def test_missing_value_is_said() -> None:
    assert (format_value(None), format_value(0.5)) == ("n/a", "0.50")


def test_every_variant_has_a_name() -> None:
    assert tuple(SYSTEM_NAMES) == SYSTEMS
    assert tuple(REWRITING_NAMES) == REWRITINGS
    assert POLICY_NAMES[CALIBRATED] == "silent below the threshold"
    assert POLICY_NAMES["answer"] == "always, full system"
