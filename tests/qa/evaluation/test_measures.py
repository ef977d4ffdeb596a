"""Which questions bear on a measure and what each adds, on outcomes made by hand."""

from collections.abc import Callable

import pytest

from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.measures import (
    ConfidenceMeasure,
    Measure,
    collect_pairs,
    ranking_measures,
)
from qa.evaluation.silence import forced_pair
from qa.evaluation.summary import REPLY_MEASURES

MakeOutcome = Callable[..., Outcome]
MakeJudged = Callable[..., JudgedQuote]

MEASURES: dict[str, Measure | ConfidenceMeasure] = {
    measure.name: measure for measure in REPLY_MEASURES
}


def value(name: str, *outcomes: Outcome) -> float | None:
    return MEASURES[name].estimate(outcomes).value


def ranking(name: str, *outcomes: Outcome) -> float | None:
    measures = {measure.name: measure for measure in ranking_measures("hybrid")}
    return measures[name].estimate(outcomes).value


def test_question_without_a_ranking_scores_zero_and_is_not_skipped(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    found = make_outcome(rankings={"hybrid": (make_judged(0),)})
    assert ranking("hit@1", found, make_outcome(), make_outcome()) == pytest.approx(1 / 3)


def test_questions_that_are_not_answerable_do_not_bear_on_rankings(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    found = make_outcome(rankings={"hybrid": (make_judged(), make_judged(0))})
    silent = make_outcome(kind="unanswerable", snippets=0, status="not_in_source")
    assert ranking("MRR@10", found, silent) == 0.5
    assert ranking("MRR@10", silent) is None


def test_each_system_is_measured_on_its_own_ranking(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    assert ranking("hit@3", make_outcome(rankings={"bm25": (make_judged(0),)})) == 0.0


def test_recall_reads_the_number_of_snippets_from_the_question(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    outcome = make_outcome(snippets=4, rankings={"hybrid": (make_judged(0), make_judged(3))})
    assert ranking("recall@5", outcome) == 0.5


def test_exactness_counts_answers_and_nearest_passages(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    answered = make_outcome(quotes=(make_judged(0), make_judged(exact=False)))
    silent = make_outcome(status="not_in_source", nearest=(make_judged(), make_judged()))
    assert value("exactness", answered, silent) == 0.75


def test_silence_on_an_answerable_question_scores_zero_on_quotes(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    answered = make_outcome(snippets=2, quotes=(make_judged(0), make_judged()))
    silent = make_outcome(status="not_in_source")
    off = make_outcome(kind="offtopic", snippets=0, status="not_in_source")
    assert value("quote precision", answered, silent, off) == 0.25
    assert value("quote recall", answered, silent, off) == 0.25


def test_citation_precision_and_completeness_are_over_all_citations(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    one = make_judged(0, shown=(1, 2, 9), right=2, cited=(1, 2))
    other = make_judged(shown=(3,), right=1, cited=(3, 4))
    outcome = make_outcome(quotes=(one, other))
    assert value("citation precision", outcome) == 0.75
    assert value("citation completeness", outcome) == 0.75


def test_quote_without_citations_bears_on_neither(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    assert value("citation precision", make_outcome(quotes=(make_judged(0),))) is None


def test_citation_recall_is_a_mean_over_questions_with_references(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    half = make_outcome(
        references=(1, 2), quotes=(make_judged(shown=(7,)), make_judged(shown=(2,)))
    )
    silent = make_outcome(references=(3,), status="not_in_source")
    without = make_outcome(quotes=(make_judged(0),))
    assert value("citation recall", half, silent, without) == 0.25


def test_quoted_entry_gives_its_own_reference(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    assert (
        value("citation recall", make_outcome(references=(2,), quotes=(make_judged(entries=(2,)),)))
        == 1
    )


def test_numbers_of_another_document_do_not_count(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    elsewhere = make_judged(document_id="bone", shown=(2,))
    assert value("citation recall", make_outcome(references=(2,), quotes=(elsewhere,))) == 0.0


def test_gold_precision_looks_at_the_first_quote_alone(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    quotes = (make_judged(shown=(1, 5)), make_judged(shown=(6,)))
    outcome = make_outcome(references=(1,), quotes=quotes)
    assert value("citation precision (gold)", outcome) == 0.5


@pytest.fixture
def mixed(make_outcome: MakeOutcome, make_judged: MakeJudged) -> list[Outcome]:
    """Ten questions, one of each case that matters."""
    near, off, advice = (
        {"kind": kind, "snippets": 0} for kind in ("unanswerable", "offtopic", "advice")
    )
    good, poor = (make_judged(0),), (make_judged(),)
    return [
        make_outcome(quotes=good, confidence=0.9),
        make_outcome(quotes=poor, confidence=0.6),
        make_outcome(status="not_in_source", confidence=0.4, rankings={"answer": good}),
        make_outcome(status="declined"),
        make_outcome(**near, status="not_in_source", confidence=0.3),
        make_outcome(**near, quotes=poor, confidence=0.7),
        make_outcome(kind="followup", snippets=0, status="not_in_source", confidence=0.2),
        make_outcome(**off, status="not_in_source", confidence=0.1),
        make_outcome(**advice, status="declined"),
        make_outcome(**advice, status="not_in_source", confidence=0.1),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answered and wrong", 2 / 10),
        ("wrong among answered", 2 / 3),
        ("wrongly silent", 2 / 4),
        ("silence precision (near miss)", 2 / 4),
        ("silence recall (near miss)", 2 / 3),
        ("silence F1 (near miss)", 4 / 7),
        ("silence precision (off topic)", 1 / 3),
        ("silence recall (off topic)", 1.0),
        ("silence F1 (off topic)", 2 / 4),
        ("advice declined", 1 / 2),
        ("falsely declined", 1 / 8),
        # Answerable 0.9 0.6 0.4 and 0 for declined; near misses 0.3 0.7 0.2: 7 of 12 pairs.
        ("AUROC (near miss)", 7 / 12),
        ("AUROC (off topic)", 3 / 4),
    ],
)
def test_silence_measures_by_hand(mixed: list[Outcome], name: str, expected: float) -> None:
    assert value(name, *mixed) == pytest.approx(expected)


def test_f1_is_the_harmonic_mean(mixed: list[Outcome]) -> None:
    precision = value("silence precision (near miss)", *mixed)
    recall = value("silence recall (near miss)", *mixed)
    assert precision is not None
    assert recall is not None
    harmonic = 2 * precision * recall / (precision + recall)
    assert value("silence F1 (near miss)", *mixed) == pytest.approx(harmonic)


def test_silent_reply_is_judged_by_what_it_would_have_quoted(mixed: list[Outcome]) -> None:
    confidence, wrong = collect_pairs(forced_pair, mixed)
    assert confidence.tolist() == [0.9, 0.6, 0.4, 0.0, 0.3, 0.7, 0.2, 0.1]
    assert wrong.tolist() == [False, True, False, True, True, True, True, True]


def test_only_three_ranked_quotes_stand_for_a_forced_answer(
    make_outcome: MakeOutcome, make_judged: MakeJudged
) -> None:
    late = (make_judged(), make_judged(), make_judged(), make_judged(0))
    outcome = make_outcome(status="not_in_source", rankings={"answer": late})
    assert forced_pair(outcome) == (0.9, True)


def test_calibration_leaves_declined_questions_out(mixed: list[Outcome]) -> None:
    assert MEASURES["ECE"].estimate(mixed).questions == 8


def test_names_are_unique() -> None:
    names = [measure.name for measure in REPLY_MEASURES]
    assert len(names) == len(set(names))
