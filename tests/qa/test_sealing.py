"""A sealed file of weights notices any change but its layout."""

import json

import pytest

from qa.sealing import is_whole, sealed

WEIGHTS = {"first": {"cosine": 1.5, "bias": -0.25}, "min_confidence": 0.5}


def test_sealed_weights_are_whole_however_they_are_written() -> None:
    text = json.dumps(sealed(WEIGHTS), indent=3)
    assert is_whole(json.loads(text))
    assert is_whole(dict(reversed(list(json.loads(text).items()))))


@pytest.mark.parametrize(
    ("old", "new"), [("1.5", "1.25"), ("cosine", "cosin"), ("0.5", "0.50001"), ("}", ', "a": 1}')]
)
def test_a_change_is_noticed(old: str, new: str) -> None:
    text = json.dumps(sealed(WEIGHTS))
    assert not is_whole(json.loads(text.replace(old, new, 1)))


def test_weights_without_a_seal_are_not_whole() -> None:
    assert not is_whole(WEIGHTS)


def test_a_seal_is_replaced() -> None:
    changed = {**sealed(WEIGHTS), "min_confidence": 0.75}
    assert not is_whole(changed)
    assert is_whole(sealed(changed))
