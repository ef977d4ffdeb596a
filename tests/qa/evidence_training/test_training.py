"""The training loop on a toy set: what it changes, that it can be stopped, what it writes."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from index.encoder import EncoderError, bundled_folder
from qa.evidence_model.network import apply_weights, base_network
from qa.evidence_model.pairs import Candidate, PairTokenizer
from qa.evidence_model.scorer import CONFIG_FILE, WEIGHTS_FILE, load_scorer
from qa.evidence_training import training
from qa.evidence_training.__main__ import main
from qa.evidence_training.articles import Example, read_squad
from qa.evidence_training.sampling import Group, Sampler
from qa.evidence_training.training import TrainingSettings, train
from tests.conftest import KeywordEncoder
from tests.qa.evidence_model.tiny import save_encoder, tiny_tokenizer
from tests.qa.evidence_training.toys import write_squad

SETTINGS = TrainingSettings(
    steps=20, groups=2, rank=2, save_every=10, learning_rate=5e-3, head_rate=5e-3, threads=1
)
UPPER = "encoder.encoder.layer.3.output.dense"


class StoppingSampler(Sampler):
    """Is interrupted after so many groups, as by Ctrl+C."""

    def __init__(self, examples: list[Example], groups: int) -> None:
        super().__init__(examples, KeywordEncoder())
        self._left = groups

    def groups(self, rng: random.Random) -> Iterator[Group]:
        for group in super().groups(rng):
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            yield group


@pytest.fixture(scope="module", autouse=True)
def _in_float32() -> Iterator[None]:
    """In bfloat16 a text's states hang on its batch, and so do the last bits of what is learnt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "native_bfloat16", lambda: False)
        yield


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    path = write_squad(tmp_path_factory.mktemp("data") / "squad.json")
    return read_squad(path, source="squad")


def run(
    base: Path,
    examples: list[Example],
    folder: Path,
    settings: TrainingSettings = SETTINGS,
    *,
    groups: int = -1,
    start: dict[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    torch.manual_seed(settings.seed)
    network, tokenizer = base_network(base), PairTokenizer(tiny_tokenizer())
    sampler = StoppingSampler(examples, groups)
    return train(network, tokenizer, sampler, settings, folder, start)


@pytest.fixture(scope="module")
def whole(
    base: Path, examples: list[Example], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Tensor]:
    """The weights of a run without a stop."""
    return run(base, examples, tmp_path_factory.mktemp("whole"))


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


def test_the_adapter_of_the_upper_layers_and_the_head_is_what_is_shipped(
    whole: dict[str, Tensor],
) -> None:
    adapted = {name.split(".lora_")[0] for name in whole if ".lora_" in name}
    assert UPPER in adapted
    assert {name.split(".")[3] for name in adapted} == {"2", "3"}
    rest = {name for name in whole if ".lora_" not in name}
    assert rest == {"part.weight", "head.0.weight", "head.0.bias", "head.2.weight", "head.2.bias"}
    assert whole[f"{UPPER}.lora_A.weight"].shape == (2, 64)


def test_every_adapter_has_learnt_something(whole: dict[str, Tensor]) -> None:
    assert [n for n, t in whole.items() if n.endswith("lora_B.weight") and not t.any()] == []
    assert whole["part.weight"].any()


def test_shipped_weights_are_half_precision(whole: dict[str, Tensor]) -> None:
    assert {tensor.dtype for tensor in whole.values()} == {torch.float16}


def test_shipped_weights_fit_a_fresh_network(base: Path, whole: dict[str, Tensor]) -> None:
    network = base_network(base)
    before = network.state_dict()[f"{UPPER}.weight"].clone()
    apply_weights(network, whole, 2.0)
    assert not torch.equal(network.state_dict()[f"{UPPER}.weight"], before)


def test_the_same_seed_gives_the_same_weights(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    assert same(run(base, examples, tmp_path), whole)


def test_another_seed_gives_other_weights(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    assert not same(run(base, examples, tmp_path, replace(SETTINGS, seed=8)), whole)


def test_a_run_that_is_stopped_and_goes_on_gives_the_weights_of_one_without_a_stop(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(base, examples, tmp_path, groups=40)
    facts = json.loads((tmp_path / "checkpoint.json").read_text(encoding="utf-8"))
    assert facts["steps"] == 10
    assert same(run(base, examples, tmp_path), whole)


def test_a_checkpoint_of_other_settings_does_not_count(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    run(base, examples, tmp_path, replace(SETTINGS, seed=8))
    assert same(run(base, examples, tmp_path), whole)


def test_a_checkpoint_without_its_facts_does_not_count(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(base, examples, tmp_path, groups=40)
    (tmp_path / "checkpoint.json").unlink()
    assert same(run(base, examples, tmp_path), whole)


def test_a_finished_run_is_not_trained_again(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    first = run(base, examples, tmp_path)
    assert same(run(base, examples, tmp_path), first)


def test_full_training_ships_the_upper_layers_and_leaves_the_lower_ones(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    shipped = run(base, examples, tmp_path, replace(SETTINGS, tune="full"))
    layers = {name.split(".")[3] for name in shipped if name.startswith("encoder.")}
    assert layers == {"2", "3"}
    before = base_network(base).state_dict()
    weight = f"{UPPER}.weight"
    assert not torch.allclose(shipped[weight].float(), before[weight], atol=1e-3)


@pytest.mark.parametrize("tune", ["lora", "full"])
def test_a_run_that_starts_from_weights_goes_on_from_them(
    base: Path, examples: list[Example], tmp_path: Path, tune: Literal["lora", "full"]
) -> None:
    settings = replace(SETTINGS, tune=tune)
    first = run(base, examples, tmp_path / "first", settings)
    still = replace(settings, steps=1, learning_rate=0.0, head_rate=0.0)
    again = run(base, examples, tmp_path / "again", still, start=first)
    assert same(first, again)
    assert not same(first, run(base, examples, tmp_path / "anew", still))


def test_weights_of_another_kind_are_no_start(
    base: Path, examples: list[Example], whole: dict[str, Tensor], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="not of kind 'full', rank 2; start from weights of the"):
        run(base, examples, tmp_path, replace(SETTINGS, tune="full"), start=whole)
    with pytest.raises(ValueError, match="not of kind 'lora', rank 4"):
        run(base, examples, tmp_path, replace(SETTINGS, rank=4), start=whole)


def test_nothing_to_train_on_is_an_error(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is nothing to train on"):
        run(base, [], tmp_path)


# The command, on the bundled model

COMMAND = ["--groups", "2", "--rank", "4", "--threads", "1", "--candidates", "3"]
HEART = Candidate("Novak counted 90 beats in a minute.", "", "Heart.")


def train_by_command(tune: str, folder: Path, steps: int) -> Path:
    squad = write_squad(folder / "squad.json")
    arguments = ["train", "--squad", str(squad), "--out", str(folder / "model"), "--tune", tune]
    assert main([*arguments, *COMMAND, "--steps", str(steps)]) == 0
    return folder / "model"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_by_command("lora", tmp_path_factory.mktemp("lora"), 20)


def test_the_command_writes_a_model_that_scores(trained: Path) -> None:
    scorer = load_scorer(str(trained))
    answer, other = scorer.score(
        "How many beats did Novak count?", [HEART, Candidate("Bone is hard.", "", "")]
    )
    assert isinstance(answer, float)
    assert answer != other


def test_the_command_trains_every_adapter(trained: Path) -> None:
    tensors = load_file(trained / WEIGHTS_FILE)
    adapters = {name: t for name, t in tensors.items() if name.endswith("lora_B.weight")}
    assert len(adapters) == 4 * 6  # layers 2 to 5: query, key, value and three dense ones
    assert all(tensor.any() for tensor in adapters.values())


def test_the_command_writes_down_the_settings(trained: Path) -> None:
    config = json.loads((trained / CONFIG_FILE).read_text(encoding="utf-8"))
    settings = config["settings"]
    assert (settings["tune"], settings["steps"], settings["rank"]) == ("lora", 20, 4)


def test_the_command_trains_all_weights_of_the_upper_layers_if_told(tmp_path: Path) -> None:
    folder = train_by_command("full", tmp_path, 4)
    tensors = load_file(folder / WEIGHTS_FILE)
    before = base_network(bundled_folder()).state_dict()
    name = "encoder.encoder.layer.5.output.dense.weight"
    assert not torch.equal(tensors[name], before[name].half())
    assert len(load_scorer(str(folder)).score("How many beats?", [HEART])) == 1


def test_the_command_prints_how_the_model_does_on_held_out_articles(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    squad = write_squad(tmp_path / "squad.json")
    arguments = ["test", "--squad", str(squad), "--model", str(trained), "--candidates", "3"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["source", "questions", "answerable"]
    assert lines[1].split()[:3] == ["squad", "3", "2"]


@pytest.mark.parametrize("damage", ["hash", "cut"])
def test_damaged_weights_are_an_error_that_names_the_file(
    trained: Path, tmp_path: Path, damage: str
) -> None:
    data = (trained / WEIGHTS_FILE).read_bytes()
    config = json.loads((trained / CONFIG_FILE).read_text(encoding="utf-8"))
    if damage == "hash":
        config["sha256"] = "0" * 64
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / WEIGHTS_FILE).write_bytes(data if damage == "hash" else data[:-1])
    with pytest.raises(EncoderError, match=r"evidence\.safetensors has sha256 \w+, expected \w+"):
        load_scorer(str(tmp_path))


def test_the_command_without_data_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--model", "any"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: no data: name --squad FILE, --covidqa FILE or both"
    )


def test_the_command_names_a_file_that_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.json"
    assert main(["train", "--squad", str(missing), "--out", str(tmp_path / "model")]) == 1
    assert f"error: {missing} cannot be read as SQuAD JSON" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_another_way_to_train(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["train", "--out", str(tmp_path), "--tune", "half"])
    assert "invalid choice: 'half'" in capsys.readouterr().err
