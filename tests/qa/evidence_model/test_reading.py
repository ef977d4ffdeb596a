"""Lower halves are computed once and kept; what is kept never changes a number."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import pytest
import torch

from qa.evidence_model.network import base_network
from qa.evidence_model.pairs import Candidate, PairTokenizer
from qa.evidence_model.reading import PairReader
from tests.qa.evidence_model.tiny import save_encoder, tiny_tokenizer

QUESTION = "what is in the brain of rats ?"
CANDIDATES = [
    Candidate("milk holds living cells .", "the brain is harmed .", "milk"),
    Candidate("bone is hard .", "", ""),
    Candidate("the gut of the rats , harmed in the brain , healed in milk .", "", "gut ."),
    Candidate("cells .", "bone is hard , the gut is hard , milk is found .", "bone ."),
    *(Candidate(f"{'the ' * n}brain of rats is found .", "", "") for n in range(8)),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def reader_of(folder: Path, **limits: int) -> PairReader:
    torch.manual_seed(3)
    return PairReader(base_network(folder).eval(), PairTokenizer(tiny_tokenizer()), **limits)


def score(reader: PairReader, candidates: list[Candidate]) -> list[float]:
    with torch.inference_mode():
        return reader.score([(QUESTION, candidates)])[0]


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[float]:
    """Every candidate scored by itself, by a reader that has seen nothing before."""
    return [score(reader_of(folder), [candidate])[0] for candidate in CANDIDATES]


def test_the_candidates_have_different_scores(alone: list[float]) -> None:
    ordered = sorted(alone)
    assert min(b - a for a, b in pairwise(ordered)) > 1e-4


def test_scores_are_in_the_order_of_the_candidates(folder: Path, alone: list[float]) -> None:
    assert score(reader_of(folder), CANDIDATES) == pytest.approx(alone, abs=1e-5)
    assert score(reader_of(folder), CANDIDATES[::-1]) == pytest.approx(alone[::-1], abs=1e-5)


def test_what_was_kept_gives_the_same_scores(folder: Path, alone: list[float]) -> None:
    reader = reader_of(folder)
    score(reader, CANDIDATES[3:7])
    assert score(reader, CANDIDATES) == pytest.approx(alone, abs=1e-5)
    assert score(reader, CANDIDATES) == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("kept_tokens", [0, 1, 20])
def test_a_small_store_gives_the_same_scores(
    folder: Path, alone: list[float], kept_tokens: int
) -> None:
    reader = reader_of(folder, kept_tokens=kept_tokens)
    for _ in range(2):
        assert score(reader, CANDIDATES) == pytest.approx(alone, abs=1e-5)


def test_a_candidate_that_comes_twice_is_scored_twice(folder: Path, alone: list[float]) -> None:
    found = score(reader_of(folder), [CANDIDATES[1], CANDIDATES[0], CANDIDATES[1]])
    assert found == pytest.approx([alone[1], alone[0], alone[1]], abs=1e-5)


def test_no_candidates_give_no_scores(folder: Path) -> None:
    assert score(reader_of(folder), []) == []


def test_a_sentence_is_told_from_its_context(folder: Path) -> None:
    reader = reader_of(folder)
    torch.nn.init.normal_(reader.network.part.weight)  # as training leaves it
    turned = [
        Candidate("bone is hard .", "milk holds cells .", ""),
        Candidate("milk holds cells .", "bone is hard .", ""),
    ]
    one, other = score(reader, turned)
    assert one != pytest.approx(other, abs=1e-4)


def test_another_question_gives_other_scores(folder: Path, alone: list[float]) -> None:
    with torch.inference_mode():
        (found,) = reader_of(folder).score([("what is bone ?", CANDIDATES[:1])])
    assert found != pytest.approx(alone[:1], abs=1e-4)


def test_pairs_of_several_questions_get_the_logits_that_each_gets_alone(
    folder: Path, alone: list[float]
) -> None:
    reader = reader_of(folder)
    with torch.inference_mode():
        (other,) = reader.score([("what is bone ?", CANDIDATES[:1])])
        found = reader.logits(
            [
                (QUESTION, CANDIDATES[2]),
                ("what is bone ?", CANDIDATES[0]),
                (QUESTION, CANDIDATES[0]),
            ]
        )
    assert found.tolist() == pytest.approx([alone[2], other[0], alone[0]], abs=1e-5)


def test_questions_asked_together_get_what_each_gets_alone(
    folder: Path, alone: list[float]
) -> None:
    other = "what is bone ?"
    with torch.inference_mode():
        asked = [(QUESTION, CANDIDATES), (other, []), (other, CANDIDATES[2:5])]
        together = reader_of(folder).score(asked)
        (expected,) = reader_of(folder).score([(other, CANDIDATES[2:5])])
    assert together == [
        pytest.approx(alone, abs=1e-5),
        [],
        pytest.approx(expected, abs=1e-5),
    ]


def test_only_the_upper_half_gets_a_gradient(folder: Path) -> None:
    reader = reader_of(folder)
    reader.logits([(QUESTION, CANDIDATES[0])]).sum().backward()
    layers = reader.network.encoder.encoder.layer
    assert [layer.output.dense.weight.grad is None for layer in layers] == [
        True,
        True,
        False,
        False,
    ]


def test_questions_asked_at_once_do_not_fill_the_store(folder: Path, alone: list[float]) -> None:
    askers = 4
    reader = reader_of(folder, kept_tokens=30)  # room for the first two candidates
    read_apart, together = reader.network.read_apart, Barrier(askers)
    rows: list[int] = []

    def read_apart_at_once(texts: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        together.wait(timeout=30)  # so that every asker misses what the others are about to keep
        return read_apart(texts)

    def read_apart_counted(texts: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        rows.append(len(texts))
        return read_apart(texts)

    reader.network.read_apart = read_apart_at_once  # type: ignore[method-assign]  # on purpose
    with ThreadPoolExecutor(askers) as pool:
        found = list(pool.map(lambda _: score(reader, CANDIDATES[:1]), range(askers)))
    assert found == [pytest.approx(alone[:1], abs=1e-5)] * askers
    reader.network.read_apart = read_apart_counted  # type: ignore[method-assign]  # on purpose
    for _ in range(2):
        assert score(reader, CANDIDATES[:2]) == pytest.approx(alone[:2], abs=1e-5)
    assert rows == [1, 1, 1]  # the question, the second candidate; then the question alone
