"""Teacher and pupil on toy groups: what they learn; the pupil is the network that answers."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from qa.evidence_model.network import base_network
from qa.evidence_model.pairs import Candidate, PairTokenizer
from qa.evidence_model.reading import PairReader
from qa.evidence_model.scorer import read_weights
from qa.evidence_training.__main__ import main
from qa.evidence_training.checkpoints import Checkpoint
from qa.evidence_training.fitting import Drawn, FitSettings, Pair, fit, group_loss, judge_all
from qa.evidence_training.groups import HELD_OUT_FILE, TRAIN_FILE, WideGroup, write_groups
from qa.evidence_training.pupil import Pupil
from qa.evidence_training.teacher import Teacher
from qa.evidence_training.training import prepare
from tests.qa.evidence_model.tiny import save_encoder, tiny_tokenizer

CPU = torch.device("cpu")
MILK = Candidate("milk holds living cells .", "the brain is harmed .", "milk")
BONE = Candidate("bone is hard .", "", "")
GUT = Candidate("the gut of the rats , harmed in the brain , healed in milk .", "", "gut .")
GROUPS = [
    WideGroup("what holds cells ?", (MILK, BONE, GUT), (True, False, False), "toy", True),
    WideGroup("what is hard ?", (GUT, BONE), (False, True), "toy", True),
    WideGroup(
        "what is in the brain of rats ?", (BONE, GUT, MILK), (False, None, False), "toy", None
    ),
    WideGroup("does bone heal ?", (MILK, BONE), (False, False), "toy", False),
]
SETTINGS = FitSettings(rounds=40, groups=2, width=3, learning_rate=5e-3, head_rate=5e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def pupil_of(base: Path) -> Pupil:
    torch.manual_seed(3)
    network = base_network(base)
    prepare(network, "lora", 2)
    return Pupil(network, PairTokenizer(tiny_tokenizer()), CPU)


def test_pupil_gives_the_logits_of_the_network_that_answers(base: Path) -> None:
    torch.manual_seed(3)
    network = base_network(base)
    torch.nn.init.normal_(network.part.weight)
    reader = PairReader(network.eval(), PairTokenizer(tiny_tokenizer()))
    pupil = Pupil(network, PairTokenizer(tiny_tokenizer()), CPU)
    with torch.inference_mode():
        wanted = reader.score([(group.question, group.candidates) for group in GROUPS])
        found = judge_all(pupil, GROUPS, at_once=3)
    assert np.concatenate(found) == pytest.approx(np.concatenate(wanted), abs=1e-5)
    assert len(set(np.concatenate(found).round(4))) > 5


def margin(judge: Pupil | Teacher) -> float:
    """How far the right candidates are above the wrong ones."""
    found = judge_all(judge, GROUPS)
    right, wrong = [], []
    for group, own in zip(GROUPS, found, strict=True):
        right += [logit for logit, label in zip(own, group.labels, strict=True) if label is True]
        wrong += [logit for logit, label in zip(own, group.labels, strict=True) if label is False]
    return float(min(right) - max(wrong))


def test_labels_are_learnt(base: Path) -> None:
    pupil = pupil_of(base)
    before = margin(pupil)
    fit(pupil, GROUPS, SETTINGS)
    assert before < 0 < margin(pupil)


def test_teacher_learns_labels(base: Path) -> None:
    torch.manual_seed(3)
    teacher = Teacher(str(base), CPU)
    before = margin(teacher)
    fit(teacher, GROUPS, SETTINGS)
    assert before < 0 < margin(teacher)


def test_what_a_teacher_says_is_learnt_where_labels_say_otherwise(base: Path) -> None:
    pupil = pupil_of(base)
    taught = [np.where([not x for x in g.labels], 4.0, -4.0).astype(np.float32) for g in GROUPS]
    fit(pupil, GROUPS, replace(SETTINGS, hard_weight=0.0), taught)
    assert margin(pupil) < -4


def test_the_same_seed_gives_the_same_network(base: Path) -> None:
    one, other, third = pupil_of(base), pupil_of(base), pupil_of(base)
    fit(one, GROUPS, SETTINGS)
    fit(other, GROUPS, SETTINGS)
    fit(third, GROUPS, replace(SETTINGS, seed=8))
    first, again, another = (np.concatenate(judge_all(x, GROUPS)) for x in (one, other, third))
    assert (first == again).all()
    assert not (first == another).all()


class Stopped(Pupil):
    """Is interrupted after so many batches, as by Ctrl+C."""

    left = 45

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().logits(pairs)


def test_a_run_that_is_stopped_and_goes_on_gives_the_network_of_one_without_a_stop(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.evidence_training.fitting.SAVE_EVERY", 20)
    whole = pupil_of(base)
    stopped, again = (
        Stopped(pupil_of(base).network, PairTokenizer(tiny_tokenizer()), CPU) for _ in range(2)
    )
    fit(whole, GROUPS, SETTINGS)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, GROUPS, SETTINGS, checkpoint=Checkpoint(tmp_path, {"seed": 7}))
    assert json.loads((tmp_path / "checkpoint.json").read_text())["steps"] == 40
    again.left = 40  # of 80, the others are done
    fit(again, GROUPS, SETTINGS, checkpoint=Checkpoint(tmp_path, {"seed": 7}))
    again.left = -1
    wanted, found = (np.concatenate(judge_all(x, GROUPS)) for x in (whole, again))
    assert (wanted == found).all()


class Fixed:
    """Says the logits that it was given."""

    device = CPU

    def __init__(self, logits: list[float]) -> None:
        self._logits = torch.tensor(logits)

    @property
    def module(self) -> torch.nn.Module:
        raise NotImplementedError

    def pairs(self, group: WideGroup) -> list[Pair]:
        raise NotImplementedError

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        return self._logits

    def body(self) -> list[torch.nn.Parameter]:
        return []

    def head(self) -> list[torch.nn.Parameter]:
        return []


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def entropy(target: float, logit: float) -> float:
    return -target * math.log(sigmoid(logit)) - (1 - target) * math.log(1 - sigmoid(logit))


ONE = np.array([1])
PAIR = Pair(ONE, ONE, ONE)
NAN = float("nan")
BATCH = [
    Drawn([PAIR] * 3, [1.0, 0.0, NAN], [2.0, -1.0, 0.5]),
    Drawn([PAIR] * 2, [0.0, 0.0], [0.0, -3.0]),
]
LOGITS = [0.5, -0.5, 3.0, 1.0, -2.0]


def test_loss_of_labels_by_hand() -> None:
    settings = FitSettings(list_weight=0.5, hard_weight=1.0)
    single = sum(entropy(t, x) for t, x in ((1, 0.5), (0, -0.5), (0, 1.0), (0, -2.0))) / 4
    first = -math.log(math.exp(0.5) / (math.exp(0.5) + math.exp(-0.5) + 1))
    second = -math.log(1 / (math.exp(1.0) + math.exp(-2.0) + 1))
    expected = single + 0.5 * (first + second) / 2
    assert float(group_loss(Fixed(LOGITS), BATCH, settings)) == pytest.approx(expected, rel=1e-5)


def test_loss_of_a_teacher_by_hand() -> None:
    settings = FitSettings(list_weight=0.5, hard_weight=0.0)
    taught = [2.0, -1.0, 0.5, 0.0, -3.0]
    single = sum(entropy(sigmoid(t), x) for t, x in zip(taught, LOGITS, strict=True)) / 5
    listed = 0.0
    for part in (slice(0, 3), slice(3, 5)):
        wanted = [*map(math.exp, taught[part]), 1.0]
        found = [*map(math.exp, LOGITS[part]), 1.0]
        listed -= sum(
            w / sum(wanted) * math.log(f / sum(found)) for w, f in zip(wanted, found, strict=True)
        )
    expected = single + 0.5 * listed / 2
    assert float(group_loss(Fixed(LOGITS), BATCH, settings)) == pytest.approx(expected, rel=1e-5)


def test_nothing_to_learn_from_is_an_error(base: Path) -> None:
    with pytest.raises(ValueError, match="there is nothing to learn from"):
        fit(pupil_of(base), [], SETTINGS)


def test_logits_of_other_groups_are_an_error(base: Path) -> None:
    taught = [np.zeros(2, np.float32) for _ in GROUPS]
    with pytest.raises(ValueError, match="the teacher's logits are of other groups"):
        fit(pupil_of(base), GROUPS, SETTINGS, taught)
    with pytest.raises(ValueError, match="hard_weight is below 1, but no teacher's logits"):
        fit(pupil_of(base), GROUPS, replace(SETTINGS, hard_weight=0.5))


# The commands


@pytest.fixture(scope="module")
def folder(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Groups, and what a teacher said of them."""
    made = tmp_path_factory.mktemp("groups")
    write_groups(made / TRAIN_FILE, GROUPS)
    write_groups(made / HELD_OUT_FILE, GROUPS)
    arguments = ["teach", "--groups", str(made), "--model", str(base), "--out", str(made / "t")]
    assert main([*arguments, "--rounds", "2", "--batch", "2"]) == 0
    return made


def distil(base: Path, folder: Path, out: Path, *more: str) -> int:
    arguments = ["distil", "--groups", str(folder), "--base", str(base), "--out", str(out)]
    return main([*arguments, "--rounds", "2", "--batch", "2", "--rank", "2", *more])


def test_teacher_judges_every_candidate(folder: Path) -> None:
    logits = np.load(folder / "t" / "logits.npy")
    assert logits.shape == (10,)
    assert logits.dtype == np.float16
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("tune", ["lora", "full"])
def test_pupil_is_written_as_an_evidence_model(
    base: Path, folder: Path, tmp_path: Path, tune: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logits = folder / "t" / "logits.npy"
    assert distil(base, folder, tmp_path, "--logits", str(logits), str(logits), "--tune", tune) == 0
    tensors, scale, _ = read_weights(tmp_path)
    assert scale == 2.0
    assert any(".lora_" in name for name in tensors) == (tune == "lora")
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert config["settings"]["tune"] == tune
    assert len(config["settings"]["teachers"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["toy", "4", "2"]


def test_logits_of_another_file_are_an_error_that_names_it(
    base: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "short.npy", np.zeros(3, np.float16))
    assert distil(base, folder, tmp_path / "out", "--logits", str(tmp_path / "short.npy")) == 1
    assert "short.npy holds (3,) logits, the groups 10 candidates" in capsys.readouterr().err
    assert distil(base, folder, tmp_path / "out", "--logits", str(tmp_path / "none.npy")) == 1
    assert "none.npy cannot be read as logits" in capsys.readouterr().err


def test_a_teacher_that_is_none_is_an_error(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["teach", "--groups", str(folder), "--out", str(tmp_path), "--model"]
    assert main([*arguments, str(tmp_path)]) == 1
    assert f"error: the teacher '{tmp_path}' cannot be loaded" in capsys.readouterr().err
