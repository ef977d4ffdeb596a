"""Running an evidence model: the bundled one, or any cross-encoder by its name on the hub."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.encoder import EncoderError, bundled_folder, model_type
from index.wordpieces import WordPieces
from qa.evidence_model.pairs import Candidate, PairTokenizer

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BUNDLED = "sic-evidence"
NO_MODEL = "none"
"""Name under which to ask for no evidence model at all."""
WEIGHTS_FOLDER = Path(__file__).with_name("weights")
WEIGHTS_FILE = "evidence.safetensors"
CONFIG_FILE = "config.json"


class EvidenceScorer(Protocol):
    """Judges pairs of a question and a candidate."""

    @property
    def name(self) -> str:
        """Name of the model, as `load_scorer` takes it."""

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order: above 0 where it more likely answers."""


class BatchScorer(EvidenceScorer, Protocol):
    """Judges the candidates of several questions at once."""

    def score_all(self, asked: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[float]]:
        """Return for each question what `score` returns for it alone, up to rounding."""

    def read_ahead(self, candidates: Sequence[Candidate]) -> None:
        """Do what can be done for candidates before a question is known; changes no score."""


def load_scorer(name: str = BUNDLED) -> BatchScorer:
    """Load an evidence model.

    Args:
        name: `BUNDLED`, a folder written by the training, or a cross-encoder's folder or hub name.

    Raises:
        EncoderError: it cannot be loaded, or its weights are not those of its config.
    """
    if name == BUNDLED:
        return TrainedScorer(WEIGHTS_FOLDER, name)
    if (Path(name) / WEIGHTS_FILE).is_file():
        return TrainedScorer(Path(name), name)
    return HubScorer(name)


class TrainedScorer:
    """A model of this project's own training, on the bundled encoder.

    Args:
        folder: with config.json and evidence.safetensors.
        name: under which it is reported.

    Raises:
        EncoderError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        tensors, scale, _ = read_weights(folder)
        from index.packed import pack
        from qa.evidence_model.network import apply_weights, base_network
        from qa.evidence_model.reading import PairReader

        base = bundled_folder()
        network = base_network(base, dtype=model_type(), shared=True)
        try:
            apply_weights(network, tensors, scale)
        except (ValueError, KeyError) as error:
            raise EncoderError(
                f"{folder / WEIGHTS_FILE} does not fit the network: {error}"
            ) from error
        pack(network.eval().encoder)
        self._reader = PairReader(network, PairTokenizer(WordPieces(base)))

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order."""
        return self.score_all([(question, candidates)])[0]

    def score_all(self, asked: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[float]]:
        """Judge the candidates of several questions; each gets what it gets alone."""
        return self._reader.score(asked)

    def read_ahead(self, candidates: Sequence[Candidate]) -> None:
        """Read the lower halves of candidates, which are kept."""
        self._reader.read_candidates(candidates)


def read_weights(folder: Path) -> tuple[dict[str, Any], float, str]:
    """Read and check trained weights.

    Returns:
        The tensors by name, the adapter's scale (alpha / rank), and the file's sha256.

    Raises:
        EncoderError: a file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        data = (folder / WEIGHTS_FILE).read_bytes()
        expected, scale = str(config["sha256"]), float(config["scale"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"the evidence model in {folder} cannot be read ({error}); "
            "take the folder again from the release, or train it"
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise EncoderError(
            f"{folder / WEIGHTS_FILE} has sha256 {found}, expected {expected}; "
            "take it again from the release, or train it"
        )
    try:
        return load(data), scale, found
    except SafetensorError as error:
        raise EncoderError(
            f"{folder / WEIGHTS_FILE} holds no weights ({error}); "
            "take it again from the release, or train it"
        ) from error


class HubScorer:
    """Any cross-encoder with one output that sentence-transformers can load.

    Raises:
        EncoderError: it cannot be loaded, or has not exactly one output.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _load_cross_encoder(name)
        if self._model.num_labels != 1:
            raise EncoderError(
                f"evidence model {name!r} gives {self._model.num_labels} numbers a pair; "
                "take a cross-encoder with one, such as cross-encoder/ms-marco-MiniLM-L6-v2"
            )

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        """Return one logit a candidate, in their order."""
        return self.score_all([(question, candidates)])[0]

    def score_all(self, asked: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[float]]:
        """Judge the candidates of several questions in one batch."""
        import torch

        texts = [(said, f"{c.context} {c.sentence}".strip()) for said, own in asked for c in own]
        if not texts:
            return [[] for _ in asked]
        found = self._model.predict(
            texts, activation_fn=torch.nn.Identity(), show_progress_bar=False
        )
        left = iter(found)
        return [[float(next(left)) for _ in own] for _, own in asked]

    def read_ahead(self, candidates: Sequence[Candidate]) -> None:
        """Do nothing: such a model reads question and candidate together."""


def _load_cross_encoder(name: str) -> "CrossEncoder":
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(name, device="cpu", local_files_only=Path(name).is_dir())
    except Exception as error:  # the library raises many kinds, from OSError to RuntimeError
        raise EncoderError(
            f"evidence model {name!r} cannot be loaded: {error}; give a folder, or a name on "
            "the hub (which needs the network)"
        ) from error
    return model
