"""Altered questions: the same seed alters alike, and what is swapped is another thing."""

import random

import pytest
from rapidfuzz.distance import OSA

from qa.evidence_training.augmenting import Swap, misspell, swap_entity

QUESTION = "Which stem cells reduced the severity of experimental enterocolitis?"


@pytest.mark.parametrize("seed", range(20))
def test_a_misspelt_question_differs_by_a_typing_error_in_one_or_two_words(seed: int) -> None:
    written = misspell(QUESTION, random.Random(seed)).lower().split(" ")
    distances = [
        OSA.distance(one, other)
        for one, other in zip(QUESTION.lower().split(" "), written, strict=True)
    ]
    assert max(distances) <= 1
    assert sum(distances) <= 2


def test_some_questions_are_misspelt_in_lower_case_and_some_not() -> None:
    found = {misspell(QUESTION, random.Random(seed))[0] for seed in range(20)}
    assert found == {"W", "w"}


@pytest.mark.parametrize("question", ["What is NEC?", "", "CD34+ SOX2-positive (12-15)?"])
def test_short_words_and_markers_are_not_misspelt(question: str) -> None:
    assert misspell(question, random.Random(0)).lower() == question.lower()


def test_the_same_seed_misspells_alike() -> None:
    assert misspell(QUESTION, random.Random(4)) == misspell(QUESTION, random.Random(4))


ARTICLE = (
    "Okazaki gave cells after 48 hours. Keller gave milk. Zani used exosomes in NEC. "
    "Cells were given for IVH. The CD44 marker and 12 others were found."
)


def swaps(question: str, answer: str, article: str = ARTICLE) -> set[Swap | None]:
    return {swap_entity(question, answer, article, random.Random(seed)) for seed in range(60)}


def test_a_name_of_the_answer_is_swapped_for_another_name_of_the_article() -> None:
    found = swaps("When did Okazaki give cells?", "Okazaki gave cells after two days.")
    assert found == {
        Swap("When did Keller give cells?", "Okazaki", "Keller"),
        Swap("When did Zani give cells?", "Okazaki", "Zani"),
    }


def test_an_acronym_is_swapped_for_an_acronym() -> None:
    found = swaps("What reduced NEC?", "Exosomes reduced NEC.")
    assert {swap.new for swap in found if swap} == {"IVH", "CD44"}


def test_a_number_is_swapped_for_a_number_of_the_article_or_one_beside_it() -> None:
    found = swaps("What was given after 48 hours?", "Cells were given after 48 hours.")
    assert {swap.new for swap in found if swap} == {"12", "46", "47", "49", "50", "58"}


def test_a_number_within_a_marker_is_not_taken_for_the_number() -> None:
    found = swaps("Did CD12 fall after 12 days?", "It fell after 12 days.", "Nothing else.")
    assert {swap.question[:14] for swap in found if swap} == {"Did CD12 fall "}
    assert all(swap is not None and swap.old == "12" for swap in found)


def test_no_number_below_zero_comes_in() -> None:
    found = swaps("Was it given 1 time?", "It was given 1 time.", "Nothing else.")
    assert {swap.new for swap in found if swap} == {"0", "2", "3", "11"}


def test_what_the_answer_holds_too_is_no_other_thing() -> None:
    answer = "Okazaki and Zani gave cells."
    found = swaps("When did Okazaki give cells?", answer, "Okazaki. Zani. Keller.")
    assert {swap.new for swap in found if swap} == {"Keller"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When were cells given?", "Cells were given after two days."),
        ("When did Moreira give cells?", "Okazaki gave cells."),
        ("Which cells were given?", "Which cells they gave was not told."),
    ],
    ids=["no name", "not in the answer", "a question word"],
)
def test_a_question_that_shares_no_name_is_not_swapped(question: str, answer: str) -> None:
    assert swaps(question, answer) == {None}


def test_a_question_is_not_swapped_where_the_article_has_no_other_name() -> None:
    assert swaps("Did Okazaki see it?", "Okazaki saw it.", "Okazaki saw it.") == {None}


def test_the_same_seed_swaps_alike() -> None:
    one, other = (
        swap_entity("Did Okazaki see NEC?", "Okazaki saw NEC.", ARTICLE, random.Random(3))
        for _ in range(2)
    )
    assert one == other
