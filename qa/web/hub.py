"""Which models come from this machine, so that the Hugging Face client can stay offline."""

from pathlib import Path

from qa.evidence_model.scorer import BUNDLED, NO_MODEL


def needs_hub(model: str | None, evidence_model: str | None) -> bool:
    """Tell whether one of the models that were asked for may have to be fetched.

    Args:
        model: the embedding model, by name or folder; None for the bundled one.
        evidence_model: the evidence model, by name or folder, or `NO_MODEL`; None for the bundled
            one.
    """
    is_bundled = evidence_model in (None, BUNDLED, NO_MODEL)
    return not (_is_here(model) and (is_bundled or _is_here(evidence_model)))


def _is_here(name: str | None) -> bool:
    return name is None or Path(name).is_dir()
