"""A run's state on disk, so that one that was stopped goes on where it was."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

logger = logging.getLogger(__name__)


class Checkpoint:
    """Weights and optimiser state in one safetensors file; the settings are written beside them.

    Args:
        folder: for both files.
        settings: of the run; a checkpoint of other ones does not count.
    """

    def __init__(self, folder: Path, settings: Mapping[str, object]) -> None:
        self._weights = folder / "checkpoint.safetensors"
        self._facts = folder / "checkpoint.json"
        self._settings = dict(settings)

    def restore(self, network: nn.Module, optimizer: torch.optim.AdamW) -> int:
        """Put a checkpoint back; return the number of steps done, 0 where there is none."""
        if not (self._facts.exists() and self._weights.exists()):
            return 0
        facts = json.loads(self._facts.read_text(encoding="utf-8"))
        if facts["settings"] != self._settings:
            logger.warning("the checkpoint in %s is of other settings", self._facts.parent)
            return 0
        tensors = load_file(self._weights)
        for name, parameter in _trained(network).items():
            if name not in tensors:
                continue
            parameter.data.copy_(tensors[name])
            optimizer.state[parameter] = {
                "step": torch.tensor(float(facts["steps"])),
                "exp_avg": tensors[f"{name}@first"].to(parameter.device),
                "exp_avg_sq": tensors[f"{name}@second"].to(parameter.device),
            }
        return int(facts["steps"])

    def save(self, network: nn.Module, optimizer: torch.optim.AdamW, steps: int) -> None:
        """Write a checkpoint in the place of the last one."""
        tensors = {}
        for name, parameter in _trained(network).items():
            state = optimizer.state[parameter]
            if not state:
                continue  # nothing has depended on it
            tensors[name] = parameter.detach().contiguous()
            tensors[f"{name}@first"] = state["exp_avg"].contiguous()
            tensors[f"{name}@second"] = state["exp_avg_sq"].contiguous()
        self._weights.parent.mkdir(parents=True, exist_ok=True)
        new = self._weights.with_suffix(".new")
        save_file(tensors, new)
        facts = json.dumps({"steps": steps, "settings": self._settings})
        # Weights and facts are two files: without the facts a checkpoint does not count.
        self._facts.unlink(missing_ok=True)
        new.replace(self._weights)
        self._facts.write_text(facts, encoding="utf-8")


def _trained(network: nn.Module) -> dict[str, nn.Parameter]:
    return {name: p for name, p in network.named_parameters() if p.requires_grad}
