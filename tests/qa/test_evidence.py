"""Weighing what is known of the candidates: logistic functions, their weights file, two stages."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from index.library import Hit, Library
from qa.evidence import (
    WEIGHTS_FILE,
    EvidenceWeights,
    ListVerdict,
    Logistic,
    Verdict,
    WeightsError,
    judge,
    load_weights,
    rank_verdicts,
    read_hits,
    signal_names,
    weights_path,
)
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BUNDLED
from qa.sealing import sealed
from qa.signals import PassageSignals, QuestionSignals
from tests.qa.documents import hit_of, make_document, make_library

RECORDS: dict[str, tuple[type, ...]] = {
    "first": (PassageSignals,),
    "passage": (Verdict,),
    "question": (QuestionSignals, ListVerdict),
    "question_alone": (QuestionSignals,),
}


class Lengths:
    """An evidence model that gives a candidate the length of its sentence over ten."""

    name = "lengths"

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        self.asked.append((question, [candidate.sentence for candidate in candidates]))
        return [len(candidate.sentence) / 10 for candidate in candidates]


@pytest.fixture(scope="module")
def library() -> Library:
    return make_library(make_document())


@pytest.fixture
def hits(library: Library) -> list[Hit]:
    openings = ("Bone is hard", "Green item", "Twelve pups", "Study: Kim")
    return [hit_of(library, opening) for opening in openings]


# The logistic function


@pytest.mark.parametrize(
    ("bias", "probability"), [(0.0, 0.5), (math.log(3), 0.75), (1e9, 1.0), (-1e9, 0.0)]
)
def test_a_logistic_function_gives_a_probability(bias: float, probability: float) -> None:
    logistic = Logistic((0.0,) * 4, bias)
    assert logistic(Verdict(1.0, 1.0, 1.0, 1.0)) == pytest.approx(probability)


def test_a_weight_counts_for_the_signal_at_its_place() -> None:
    logistic = Logistic((0.0, math.log(9), 0.0, 0.0), 0.0)
    assert logistic(Verdict(5.0, 1.0, 5.0, 5.0)) == pytest.approx(0.9)


def test_the_signals_of_two_records_are_weighed_one_after_the_other() -> None:
    logistic = Logistic((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), 0.5)
    verdict, overall = Verdict(1.0, 0.0, 0.0, 0.0), ListVerdict(0.0, 1.0, 0.0, 0.0)
    assert logistic.log_odds(verdict, overall) == 0.5 + 1.0 + 6.0


def test_signals_of_another_number_than_the_weights_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        Logistic((1.0, 2.0), 0.0).log_odds(Verdict(1.0, 1.0, 1.0, 1.0))


# The weights file


@pytest.mark.parametrize("function", RECORDS)
def test_the_names_of_a_functions_signals_are_those_of_its_records(function: str) -> None:
    names = [item.name for record in RECORDS[function] for item in fields(record)]
    assert signal_names(function) == names


@pytest.mark.parametrize("function", RECORDS)
def test_the_shipped_weights_fit_the_signals(function: str) -> None:
    data = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert set(data[function]) == {*signal_names(function), "bias"}


def test_the_shipped_weights_were_fitted_for_the_bundled_model() -> None:
    weights = load_weights(WEIGHTS_FILE, BUNDLED)
    assert weights.evidence_model == BUNDLED
    assert 0.0 < weights.min_confidence < 1.0


def write_weights(
    path: Path, function: str = "first", *, changes: dict[str, float | None] | None = None,
    **facts: object,
) -> Path:  # fmt: skip
    data = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8")) | facts
    changed = data[function] | (changes or {})
    data[function] = {name: value for name, value in changed.items() if value is not None}
    path.write_text(json.dumps(sealed(data)), encoding="utf-8")
    return path


def test_weights_with_one_other_digit_raise_with_the_remedy(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "w.json", changes={"cosine": 7.5})
    path.write_text(path.read_text("utf-8").replace("7.5", "7.4"), "utf-8")
    with pytest.raises(WeightsError, match="was changed since it was fitted") as caught:
        load_weights(path, BUNDLED)
    assert "run: python -m qa calibrate" in str(caught.value)


def test_weights_are_read_in_the_order_of_the_signals(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "w.json", changes={"cosine": 7.5, "bias": -2.5})
    weights = load_weights(path, BUNDLED)
    assert weights.first.weights[signal_names("first").index("cosine")] == 7.5
    assert weights.first.bias == -2.5


def test_the_threshold_is_read(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "w.json", min_confidence=0.625)
    assert load_weights(path, BUNDLED).min_confidence == 0.625


@pytest.mark.parametrize("function", RECORDS)
@pytest.mark.parametrize(("bias", "other"), [(None, None), (0.0, 1.0)], ids=["missing", "unknown"])
def test_weights_of_other_signals_raise_with_the_remedy(
    tmp_path: Path, function: str, bias: float | None, other: float | None
) -> None:
    path = write_weights(
        tmp_path / "w.json", function, changes={"bias": bias, "cosine_squared": other}
    )
    wrong = "bias" if bias is None else "cosine_squared"
    with pytest.raises(WeightsError) as caught:
        load_weights(path, BUNDLED)
    assert str(caught.value) == (
        f"{path} does not fit the signals of {function!r} ({wrong}); run: python -m qa calibrate"
    )


def test_weights_of_another_evidence_model_raise_with_both_names(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "w.json", evidence_model="other")
    with pytest.raises(WeightsError) as caught:
        load_weights(path, BUNDLED)
    assert str(caught.value) == (
        f"{path} was fitted for evidence model 'other', not '{BUNDLED}'; "
        f"run: python -m qa calibrate --evidence-model {BUNDLED} --write"
    )


@pytest.mark.parametrize(
    "content", ["{", "[]", "7", "{}", '{"min_confidence": "high"}'],
    ids=["cut", "list", "number", "empty", "no number"],
)  # fmt: skip
def test_a_damaged_file_raises_with_the_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=re.escape(str(path))) as caught:
        load_weights(path, "other/model")
    assert "run: python -m qa calibrate --evidence-model other/model --write" in str(caught.value)


def test_a_missing_file_raises_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read") as caught:
        load_weights(tmp_path / "none.json", "other/model")
    assert "--evidence-model other/model --write" in str(caught.value)


def test_weights_of_the_bundled_model_are_the_shipped_ones(tmp_path: Path) -> None:
    assert weights_path(BUNDLED, BUNDLED, tmp_path) == WEIGHTS_FILE


def test_weights_of_another_model_are_kept_in_the_library_under_its_name(tmp_path: Path) -> None:
    path = weights_path("maker/model-1.5 b", BUNDLED, tmp_path)
    assert path == tmp_path / "evidence_weights-maker_model-1.5_b.json"


# The two stages


def test_the_model_reads_the_best_of_the_first_stage(hits: list[Hit]) -> None:
    scorer = Lengths()
    verdicts = read_hits("why?", hits, [0.0, 3.0, 1.0, 2.0], scorer, read=2)
    assert scorer.asked == [("why?", ["Green item", "Study: Kim et al. (2); Effect: less pain."])]
    assert sorted(verdicts) == [1, 3]


def test_a_verdict_holds_both_log_odds_as_fifths(hits: list[Hit]) -> None:
    verdicts = read_hits("why?", hits[:1], [2.5], Lengths(), read=1)
    length = len(hits[0].passage.sentence)
    assert verdicts[0].first == pytest.approx(0.5)
    assert verdicts[0].evidence == pytest.approx(length / 50)


def test_what_is_not_prose_has_its_own_signal(hits: list[Hit]) -> None:
    verdicts = read_hits("why?", hits, [0.0] * 4, Lengths(), read=4)
    assert [verdicts[n].row for n in range(4)] == [0.0, 0.0, 0.0, 1.0]
    assert verdicts[0].evidence_row == 0.0
    assert verdicts[3].evidence_row == verdicts[3].evidence > 0


def test_log_odds_are_limited_before_they_are_weighed(hits: list[Hit]) -> None:
    verdicts = read_hits("why?", hits[:1], [-500.0], Lengths(), read=1)
    assert verdicts[0].first == pytest.approx(-1.6)


def verdict_of(evidence: float) -> Verdict:
    return Verdict(0.0, evidence, 0.0, 0.0)


def test_what_was_read_is_ranked_before_the_rest() -> None:
    verdicts = {0: verdict_of(0.2), 2: verdict_of(1.0)}
    judged = rank_verdicts(verdicts, {0: 0.1, 2: 0.8}, [5.0, 4.0, 3.0, 9.0])
    assert judged.order == (2, 0, 3, 1)


def test_what_was_not_read_scores_half_of_the_lowest() -> None:
    verdicts = {0: verdict_of(0.2), 2: verdict_of(1.0)}
    judged = rank_verdicts(verdicts, {0: 0.1, 2: 0.8}, [5.0, 4.0, 3.0, 9.0])
    assert judged.scores == (0.1, 0.05, 0.8, 0.05)


def test_the_whole_list_is_told_by_its_best_and_by_its_first() -> None:
    verdicts = {0: verdict_of(1.5), 1: verdict_of(-0.5), 2: verdict_of(1.0)}
    judged = rank_verdicts(verdicts, {0: 0.3, 1: 0.1, 2: 0.8}, [0.0, 0.0, 0.0])
    assert judged.list_verdict == ListVerdict(
        best_evidence=1.5, second_evidence=1.0, top_evidence=1.0, top_score=0.8
    )


def test_a_single_candidate_has_the_lowest_second() -> None:
    judged = rank_verdicts({0: verdict_of(1.0)}, {0: 0.5}, [0.0])
    assert judged.list_verdict.second_evidence == pytest.approx(-1.6)


def test_candidates_are_judged_by_the_second_function_in_the_order_of_its_scores(
    hits: list[Hit],
) -> None:
    nothing = Logistic((), 0.0)
    weights = EvidenceWeights(
        "lengths", nothing, Logistic((0.0, 1.0, 0.0, 0.0), 0.0), nothing, nothing, 0.5
    )
    judged = judge("why?", hits, [1.0, 4.0, 3.0, 2.0], weights, Lengths(), read=3)
    lengths = [len(hit.passage.sentence) for hit in hits]
    read = sorted([1, 2, 3], key=lambda n: -lengths[n])
    assert judged.order == (*read, 0)
    assert judged.scores[read[0]] == pytest.approx(1 / (1 + math.exp(-lengths[read[0]] / 50)))


def test_the_question_reaches_the_model_as_it_is(hits: list[Hit]) -> None:
    scorer = Lengths()
    read_hits("Why (is it)?", hits, [0.0] * 4, scorer, read=1)
    assert scorer.asked[0][0] == "Why (is it)?"
