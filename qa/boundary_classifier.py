"""Which boundary a question crosses, learned from examples.

Rules over words (`qa.boundaries`) know what they were written for; worried people write in other
words. A multinomial logistic regression over the question's embedding and the rules' verdict was
fitted on written phrasings (`python -m qa calibrate`); it decides, before anything is searched.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import DEFAULT_MODEL, DEFAULT_WEIGHTS_SHA256, Encoder, SentenceEncoder
from qa.boundaries import Boundary, check_boundaries
from qa.evidence import WeightsError
from qa.sealing import is_whole

WEIGHTS_FILE = Path(__file__).with_name("boundary_weights.json")
CLASSES: tuple[Boundary, ...] = ("advice", "dosing", "emergency", "self-harm")
"""What is told apart, beside "none of them"; also the order of the rules' inputs."""
RULE_INPUT = 0.5
"""How far a rule's verdict moves its input; an embedding's components are about .05."""
DECLINE = 0.5
"""Declined from this probability on. Cross-validated on the written phrasings it declines .98 of
those that must be and .02 of the others (.4: .99 and .03; .6: .95 and .01)."""
GRAVE = 0.35
"""Share of the probability of all boundaries from which an emergency or self-harm goes first."""
_REMEDY = "take it again from the release, or run: python -m qa calibrate --write"

FloatVector = NDArray[np.float32]


@dataclass(frozen=True)
class BoundaryWeights:
    """A fitted multinomial logistic regression.

    Attributes:
        matrix: (5, dimension + 4) float32: "none", then `CLASSES`.
        bias: (5,) float32.
    """

    matrix: FloatVector
    bias: FloatVector


@lru_cache(maxsize=1)
def load_boundary_weights(path: Path = WEIGHTS_FILE) -> BoundaryWeights:
    """Read the fitted weights.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        matrix = np.array(data["matrix"], dtype=np.float32)
        bias = np.array(data["bias"], dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{path} with the weights of the boundaries cannot be read "
            f"({type(error).__name__}: {error}); {_REMEDY}"
        ) from error
    rows = len(CLASSES) + 1
    if matrix.ndim != 2 or len(matrix) != rows or bias.shape != (rows,):
        raise WeightsError(
            f"{path} holds weights of shape {matrix.shape} and {bias.shape}, expected {rows} rows "
            f"and {rows} numbers; {_REMEDY}"
        )
    if not is_whole(data):
        raise WeightsError(
            f"{path} was changed since it was fitted (its sha256 differs); {_REMEDY}"
        )
    return BoundaryWeights(matrix, bias)


def boundary_input(question: str, vector: FloatVector) -> FloatVector:
    """Return what the regression sees: the embedding, then one component a boundary."""
    found = check_boundaries(question)
    rules = [RULE_INPUT if found == boundary else 0.0 for boundary in CLASSES]
    return np.concatenate([vector, np.array(rules, dtype=np.float32)])


class BoundaryClassifier:
    """Decides for one question at a time.

    Args:
        encoder: of the library; used if it is the default model, else that one is loaded beside it.
        weights: the shipped ones where it is None.
    """

    def __init__(self, encoder: Encoder, weights: BoundaryWeights | None = None) -> None:
        is_default = encoder.weights_sha256 == DEFAULT_WEIGHTS_SHA256
        self._encoder = encoder if is_default else SentenceEncoder(DEFAULT_MODEL)
        self._weights = weights or load_boundary_weights()

    def __call__(self, question: str) -> Boundary | None:
        """Tell which boundary a question crosses, the gravest first; None where it crosses none."""
        vector = self._encoder.encode([question])[0]
        found = self.probabilities(boundary_input(question, vector))
        crossed = found[1:]
        if 1.0 - found[0] < DECLINE:
            return None
        grave = [2, 3]
        if crossed[grave].sum() >= GRAVE * crossed.sum():
            return CLASSES[max(grave, key=lambda n: crossed[n])]
        return CLASSES[int(crossed.argmax())]

    def probabilities(self, row: FloatVector) -> FloatVector:
        """Return (5,) probabilities: none, then `CLASSES`."""
        odds = self._weights.matrix @ row + self._weights.bias
        exponentials = np.exp(odds - odds.max())
        return np.asarray(exponentials / exponentials.sum(), dtype=np.float32)
