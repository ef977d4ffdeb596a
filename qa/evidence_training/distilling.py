"""Two commands on files of groups: fit a teacher that judges, fit a pupil to its judgements."""

import argparse
import hashlib
import logging
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import torch

from index.encoder import bundled_folder
from index.wordpieces import WordPieces
from qa.evidence_model.network import base_network
from qa.evidence_model.pairs import PairTokenizer
from qa.evidence_training.articles import TrainingDataError
from qa.evidence_training.checkpoints import Checkpoint
from qa.evidence_training.fitting import FitSettings, Judge, Logits, fit, judge_all
from qa.evidence_training.groups import HELD_OUT_FILE, TRAIN_FILE, WideGroup, read_groups
from qa.evidence_training.heldout import HeldOutResult, sum_up_groups
from qa.evidence_training.pupil import Pupil
from qa.evidence_training.training import prepare, shipped, write_weights
from qa.evidence_training.widening import STRANGERS

logger = logging.getLogger(__name__)

LOGITS_FILE = "logits.npy"
PUPIL = FitSettings(
    rounds=8, groups=64, width=12, learning_rate=1e-3, head_rate=1e-3, hard_weight=0.3
)


def add_options(teach: argparse.ArgumentParser, distil: argparse.ArgumentParser) -> None:
    """Add the options of both commands."""
    for command, defaults in ((teach, FitSettings()), (distil, PUPIL)):
        command.add_argument("--groups", type=Path, required=True, help="folder with the groups")
        command.add_argument("--out", type=Path, required=True, help="folder for what is made")
        command.add_argument("--device", default="cpu", help="cpu or cuda")
        for field in fields(FitSettings):
            option = "--" + field.name.replace("_", "-")
            if field.name != "groups":
                default = getattr(defaults, field.name)
                command.add_argument(option, type=type(default), default=default)
        command.add_argument("--batch", type=int, default=defaults.groups, help="groups a batch")
    teach.add_argument("--model", required=True, help="folder or hub name of the teacher")
    distil.add_argument("--logits", type=Path, nargs="+", default=[], help="of one teacher or more")
    distil.add_argument("--base", type=Path, help="folder with all-MiniLM-L6-v2; or the bundled")
    distil.add_argument("--tune", choices=("lora", "full"), default="lora")
    distil.add_argument("--rank", type=int, default=32)


def teach(options: argparse.Namespace) -> list[HeldOutResult]:
    """Fit a teacher, write what it judges of all groups, and test it on the held-out ones."""
    from qa.evidence_training.teacher import Teacher  # imports transformers

    groups, held_out = _read(options.groups)
    settings = _settings(options)
    torch.manual_seed(settings.seed)
    teacher = Teacher(options.model, torch.device(options.device))
    teacher.train()
    labelled = [group for group in groups if _is_labelled(group)]
    checkpoint = Checkpoint(options.out, asdict(settings) | {"model": options.model})
    fit(teacher, labelled, settings, checkpoint=checkpoint)
    teacher.eval()
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / LOGITS_FILE, np.concatenate(judge_all(teacher, groups)).astype("float16"))
    return _tested(teacher, held_out)


def distil(options: argparse.Namespace) -> list[HeldOutResult]:
    """Fit the evidence network to labels and judgements, write it, and test it."""
    groups, held_out = _read(options.groups)
    settings = _settings(options)
    taught = _taught(options.logits, groups) if options.logits else None
    base = options.base or bundled_folder()
    torch.manual_seed(settings.seed)  # the head starts at random
    network = base_network(base).float()
    prepare(network, options.tune, options.rank)
    pupil = Pupil(network, PairTokenizer(WordPieces(base)), torch.device(options.device))
    said = asdict(settings) | {"tune": options.tune, "rank": options.rank}
    said["teachers"] = [hashlib.sha256(path.read_bytes()).hexdigest() for path in options.logits]
    fit(pupil, groups, settings, taught, Checkpoint(options.out, said))
    write_weights(options.out, shipped(network, options.tune), said)
    return _tested(pupil, held_out)


def _is_labelled(group: WideGroup) -> bool:
    """Tell whether more is known than that sentences of another article do not answer."""
    return sum(label is not None for label in group.labels) > STRANGERS


def _read(folder: Path) -> tuple[list[WideGroup], list[WideGroup]]:
    return read_groups(folder / TRAIN_FILE), read_groups(folder / HELD_OUT_FILE)


def _settings(options: argparse.Namespace) -> FitSettings:
    names = [field.name for field in fields(FitSettings) if field.name != "groups"]
    return FitSettings(groups=options.batch, **{name: getattr(options, name) for name in names})


def _taught(paths: list[Path], groups: list[WideGroup]) -> Logits:
    """Return the mean of the teachers' logits, by group."""
    lengths = [len(group.candidates) for group in groups]
    found = []
    for path in paths:
        try:
            found.append(np.load(path, allow_pickle=False).astype(np.float32))
        except (OSError, ValueError) as error:
            raise TrainingDataError(f"{path} cannot be read as logits ({error})") from error
        if found[-1].shape != (sum(lengths),):
            raise TrainingDataError(
                f"{path} holds {found[-1].shape} logits, the groups {sum(lengths)} candidates; "
                "let the teacher judge these groups"
            )
    return np.split(np.mean(found, axis=0), np.cumsum(lengths)[:-1])


def _tested(judge: Judge, held_out: list[WideGroup]) -> list[HeldOutResult]:
    scores = judge_all(judge, held_out)
    return sum_up_groups(held_out, [own.tolist() for own in scores])
