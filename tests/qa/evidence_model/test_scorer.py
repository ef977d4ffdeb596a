"""Loading an evidence model by name or folder, and what is said where that cannot be done."""

import hashlib
import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from index.encoder import EncoderError, bundled_folder
from qa.evidence_model.network import base_network
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BUNDLED, CONFIG_FILE, WEIGHTS_FILE, WEIGHTS_FOLDER, load_scorer
from tests.qa.evidence_model.tiny import save_cross_encoder

QUESTION = "What do living cells in milk do?"
CANDIDATES = [
    Candidate("Bone is hard.", "", ""),
    Candidate("Living cells of the milk reach the brain of pups, as was found in rats.", "It is.",
              "Milk."),
    Candidate("Cells?", "", "Findings."),
    Candidate("The sheep were fed with hay and with oats.", "", ""),
]  # fmt: skip


def write_config(folder: Path, **changes: object) -> None:
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    config = {"sha256": digest, "scale": 2.0} | changes
    (folder / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with a random head on the bundled encoder as it is."""
    torch.manual_seed(11)
    state = base_network(bundled_folder()).state_dict()
    own = {name: tensor for name, tensor in state.items() if not name.startswith("encoder.")}
    save_file(own, tmp_path / WEIGHTS_FILE)
    write_config(tmp_path)
    return tmp_path


# Models of this project's training


def test_a_trained_folder_is_loaded_and_known_by_its_name(folder: Path) -> None:
    assert load_scorer(str(folder)).name == str(folder)


def test_scores_are_in_the_order_of_the_candidates(folder: Path) -> None:
    scorer = load_scorer(str(folder))
    alone = [scorer.score(QUESTION, [candidate])[0] for candidate in CANDIDATES]
    assert max(alone) - min(alone) > 0.1
    found = load_scorer(str(folder)).score(QUESTION, CANDIDATES)
    assert found == pytest.approx(alone, abs=0.02)
    assert scorer.score(QUESTION, CANDIDATES[::-1]) == pytest.approx(alone[::-1], abs=0.02)


def test_no_candidates_give_no_scores(folder: Path) -> None:
    assert load_scorer(str(folder)).score(QUESTION, []) == []


def test_the_shipped_weights_are_those_of_their_config() -> None:
    config = json.loads((WEIGHTS_FOLDER / CONFIG_FILE).read_text(encoding="utf-8"))
    weights = (WEIGHTS_FOLDER / WEIGHTS_FILE).read_bytes()
    assert hashlib.sha256(weights).hexdigest() == config["sha256"]


def test_the_shipped_model_finds_the_sentence_that_answers() -> None:
    candidates = [
        Candidate("Okazaki gave cells after 48 hours.", "", "Stroke."),
        Candidate("Breast milk holds living stem cells of the mother.", "", "Milk."),
        Candidate("The sheep were fed with hay and with oats.", "", "Methods."),
    ]
    scores = load_scorer(BUNDLED).score("Which cells are in breast milk?", candidates)
    assert max(range(3), key=lambda n: scores[n]) == 1


def test_another_hash_than_that_of_the_config_is_refused_naming_file_and_both(
    folder: Path,
) -> None:
    write_config(folder, sha256="0" * 64)
    found = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    with pytest.raises(EncoderError) as caught:
        load_scorer(str(folder))
    assert str(caught.value) == (
        f"{folder / WEIGHTS_FILE} has sha256 {found}, expected {'0' * 64}; "
        "take it again from the release, or train it"
    )


def test_a_cut_weights_file_is_refused_naming_it(folder: Path) -> None:
    path = folder / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(EncoderError, match=re.escape(f"{path} has sha256 ")):
        load_scorer(str(folder))


def test_a_cut_weights_file_with_its_own_hash_is_refused_naming_it(folder: Path) -> None:
    path = folder / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-100])
    write_config(folder)
    with pytest.raises(EncoderError, match=re.escape(f"{path} holds no weights")):
        load_scorer(str(folder))


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "7", '{"sha256": "a"}', '{"sha256": "a", "scale": "b"}'],
    ids=["missing", "empty", "cut", "list", "number", "no scale", "scale is a word"],
)  # fmt: skip
def test_a_missing_or_damaged_config_is_refused_naming_the_folder(
    tmp_path: Path, content: str | None
) -> None:
    (tmp_path / WEIGHTS_FILE).write_bytes(b"")
    if content is not None:
        (tmp_path / CONFIG_FILE).write_text(content, encoding="utf-8")
    match = re.escape(f"the evidence model in {tmp_path} cannot be read")
    with pytest.raises(EncoderError, match=match):
        load_scorer(str(tmp_path))


def test_weights_of_another_network_are_refused_naming_the_file(tmp_path: Path) -> None:
    save_file({"head.0.weight": torch.zeros(4, 4)}, tmp_path / WEIGHTS_FILE)
    write_config(tmp_path)
    match = re.escape(f"{tmp_path / WEIGHTS_FILE} does not fit the network: the weights lack ")
    with pytest.raises(EncoderError, match=match):
        load_scorer(str(tmp_path))


# Any cross-encoder


def test_a_cross_encoders_folder_is_loaded_and_known_by_its_name(tmp_path: Path) -> None:
    name = str(save_cross_encoder(tmp_path))
    assert load_scorer(name).name == name


def test_scores_of_a_cross_encoder_are_logits_in_the_order_of_the_candidates(
    tmp_path: Path,
) -> None:
    scorer = load_scorer(str(save_cross_encoder(tmp_path)))
    candidates = [
        Candidate("bone is hard .", "", ""),
        Candidate("milk holds living cells , found in the brain of rats .", "", "milk ."),
        Candidate("gut", "", ""),
    ]
    alone = [scorer.score("what is in milk ?", [candidate])[0] for candidate in candidates]
    assert len({round(value, 3) for value in alone}) == 3
    assert scorer.score("what is in milk ?", candidates) == pytest.approx(alone, abs=1e-4)
    assert any(not 0 <= value <= 1 for value in alone)  # no sigmoid was applied


def test_a_cross_encoder_reads_the_context_before_the_sentence(tmp_path: Path) -> None:
    scorer = load_scorer(str(save_cross_encoder(tmp_path)))
    apart = scorer.score("what ?", [Candidate("bone is hard .", "milk is found .", "gut .")])
    together = scorer.score("what ?", [Candidate("gut . milk is found . bone is hard .", "", "")])
    assert apart == pytest.approx(together, abs=1e-5)


def test_a_cross_encoder_gives_no_scores_for_no_candidates(tmp_path: Path) -> None:
    assert load_scorer(str(save_cross_encoder(tmp_path))).score("what ?", []) == []


def test_a_cross_encoder_with_two_outputs_is_refused_with_the_remedy(tmp_path: Path) -> None:
    name = str(save_cross_encoder(tmp_path, labels=2))
    with pytest.raises(EncoderError) as caught:
        load_scorer(name)
    assert str(caught.value) == (
        f"evidence model {name!r} gives 2 numbers a pair; "
        "take a cross-encoder with one, such as cross-encoder/ms-marco-MiniLM-L6-v2"
    )


def test_a_folder_without_a_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    match = re.escape(f"evidence model {str(tmp_path)!r} cannot be loaded: ")
    with pytest.raises(EncoderError, match=match) as caught:
        load_scorer(str(tmp_path))
    assert "give a folder, or a name on the hub" in str(caught.value)
