"""A file of fitted weights names the hash of what it holds, so that a changed digit is noticed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SEAL = "sha256"


def sealed(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Return weights with their hash; an earlier one is replaced."""
    return {**_held(weights), SEAL: _hash(weights)}


def is_whole(weights: Mapping[str, Any]) -> bool:
    """Tell whether weights are what they were when they were sealed."""
    return weights.get(SEAL) == _hash(weights)


def _hash(weights: Mapping[str, Any]) -> str:
    written = json.dumps(_held(weights), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _held(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in weights.items() if name != SEAL}
