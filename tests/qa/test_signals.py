"""Signals of evidence, computed by hand over twelve short passages."""

import math
from dataclasses import replace

import pytest

from corpus.document import Span
from index.library import Library
from qa.signals import (
    NEAR_CHARS,
    PassageSignals,
    asks_for_list,
    passage_signals,
    question_signals,
)
from qa.wording import Wording, widen
from tests.qa.documents import hit_of, make_document, make_library

IDF_ONE_OF_12 = math.log(1 + 11.5 / 1.5)
IDF_THREE_OF_12 = math.log(1 + 9.5 / 3.5)
IDF_NONE_OF_12 = math.log(1 + 12.5 / 0.5)


@pytest.fixture(scope="module")
def library() -> Library:
    return make_library(make_document())


def signals_of(
    library: Library, question: str, opening: str, *, names: tuple[str, ...] = (), bm25: float = 0
) -> PassageSignals:
    hit = hit_of(library, opening, bm25=bm25)
    return passage_signals(question, widen(question), [hit], library, names)[0]


def test_the_hand_made_library_has_twelve_passages(library: Library) -> None:
    assert len(library.passages) == 12


def test_score_and_cosine_are_taken_from_the_hit(library: Library) -> None:
    signals = signals_of(library, "Is bone hard?", "Bone is hard")
    assert (signals.fused, signals.cosine) == (0.5, 0.25)


@pytest.mark.parametrize(
    ("question", "opening", "coverage"),
    [
        ("Do seizures reach the brain?", "These cells", 2 / 3),
        ("Do seizures reach the brain?", "Twelve pups", 1 / 3),
        ("milk seizures", "Milk holds", IDF_THREE_OF_12 / (IDF_THREE_OF_12 + IDF_ONE_OF_12)),
        ("bone zebra", "Bone is hard", IDF_ONE_OF_12 / (IDF_ONE_OF_12 + IDF_NONE_OF_12)),
        ("milk", "Bone is hard", 0.0),
        ("what is it?", "Bone is hard", 0.0),
    ],
    ids=["two of three", "one of three", "a common word weighs less", "an unknown word weighs most",
         "nothing", "only stop words"],
)  # fmt: skip
def test_coverage_is_the_share_of_the_questions_terms_by_idf(
    library: Library, question: str, opening: str, coverage: float
) -> None:
    assert signals_of(library, question, opening).coverage == pytest.approx(coverage)


def test_neighbours_and_heading_count_for_the_context_only(library: Library) -> None:
    signals = signals_of(library, "Do seizures reach the brain?", "These cells")
    assert signals.coverage == pytest.approx(2 / 3)
    assert signals.context_coverage == pytest.approx(1.0)


def test_an_equivalent_covers_a_term_of_the_question(library: Library) -> None:
    wording = Wording("zebra", (("zebra", "bone"),))
    hits = [hit_of(library, "Bone is hard"), hit_of(library, "Milk holds")]
    signals = passage_signals("zebra", wording, hits, library, ())
    assert [item.coverage for item in signals] == [1.0, 0.0]


def test_an_unknown_term_weighs_as_its_commonest_known_equivalent(library: Library) -> None:
    wording = Wording("zebra seizures", (("zebra", "bone", "milk"), ("seizur",)))
    signals = passage_signals("zebra seizures", wording, [hit_of(library, "Bone")], library, ())
    share = IDF_THREE_OF_12 / (IDF_THREE_OF_12 + IDF_ONE_OF_12)
    assert signals[0].coverage == pytest.approx(share)


@pytest.mark.parametrize(("bm25", "lexical"), [(0.0, 0.0), (IDF_ONE_OF_12, 1 / 2.2), (99.0, 1.0)])
def test_the_lexical_score_is_taken_over_the_most_that_the_question_could_reach(
    library: Library, bm25: float, lexical: float
) -> None:
    signals = signals_of(library, "bone", "Bone is hard", bm25=bm25)
    assert signals.lexical == pytest.approx(lexical)


@pytest.mark.parametrize(
    ("question", "opening", "name", "value"),
    [
        ("Did twelve pups fit?", "Twelve pups", "numbers_present", 1.0),
        ("Did twelve pups fit?", "Twelve pups", "numbers_absent", 0.0),
        ("Did 13 pups fit?", "Twelve pups", "numbers_present", 0.0),
        ("Did 13 pups fit?", "Twelve pups", "numbers_absent", 1.0),
        ("Did pups fit?", "Twelve pups", "numbers_present", 0.0),
        ("Did pups fit?", "Twelve pups", "numbers_absent", 0.0),
        ("How many pups fit?", "Twelve pups", "lacks_number", 0.0),
        ("How many items are there?", "Green item", "lacks_number", 1.0),
        ("Which item is green?", "Green item", "lacks_number", 0.0),
        ("Who saw bone?", "Bone is hard", "lacks_person", 1.0),
        ("Who saw less pain?", "Study: Kim", "lacks_person", 0.0),
        ("Who saw first things?", "Blanc B", "lacks_person", 0.0),
        ("What is bone?", "Bone is hard", "defines", 1.0),
        ("What is a bone exactly?", "Bone is hard", "defines", 1.0),
        ("How is bone defined?", "Bone is hard", "defines", 1.0),
        ("What is milk?", "Bone is hard", "defines", 0.0),
        ("Is bone hard?", "Bone is hard", "defines", 0.0),
        ("What does MSC mean?", "MSC", "legend", 1.0),
        ("What does MSC mean?", "MSC", "legend_asked", 1.0),
        ("Which MSC helps?", "MSC", "legend_asked", 0.0),
        ("What does MSC mean?", "Bone is hard", "legend_asked", 0.0),
        ("Which trials are in the table?", "Study: Kim", "row", 1.0),
        ("Which trials are in the table?", "Study: Kim", "row_asked", 1.0),
        ("Is there less pain?", "Study: Kim", "row_asked", 0.0),
        ("Which trials are in the table?", "Study: Kim", "row_named", 1.0),
        ("Which trials are there?", "Study: Kim", "row_named", 0.0),
        ("Which trials are in the table?", "Green item", "row_named", 0.0),
        ("Who wrote the article?", "Cells in milk", "matter", 1.0),
        ("Who wrote the article?", "Cells in milk", "matter_asked", 1.0),
        ("Is bone hard?", "Cells in milk", "matter_asked", 0.0),
        ("Is it green?", "Green item", "item", 1.0),
        ("Is it green?", "Bone is hard", "item", 0.0),
        ("Which types are green?", "Green item", "item_asked", 1.0),
        ("Is it green?", "Green item", "item_asked", 0.0),
        ("Which types are hard?", "Bone is hard", "item_asked", 0.0),
        ("Which papers are cited?", "Wu X", "reference", 1.0),
        ("Which papers are cited?", "Wu X", "reference_asked", 1.0),
        ("Is bone hard?", "Wu X", "reference_asked", 0.0),
        ("Which papers are cited?", "Bone is hard", "reference_asked", 0.0),
    ],
    ids=lambda value: str(value),
)  # fmt: skip
def test_a_signal_tells_what_the_question_asks_and_the_passage_has(
    library: Library, question: str, opening: str, name: str, value: float
) -> None:
    assert getattr(signals_of(library, question, opening), name) == value


@pytest.mark.parametrize(
    ("opening", "names", "present", "absent"),
    [
        ("Study: Kim", ("kim",), 1.0, 0.0),
        ("Bone is hard", ("kim",), 0.0, 1.0),
        ("Study: Kim", ("kim", "wu"), 0.0, 0.0),
        ("Bone is hard", (), 0.0, 0.0),
    ],
    ids=["named", "not named", "one of two named", "no name asked"],
)
def test_names_of_the_question_are_looked_for_in_the_passage(
    library: Library, opening: str, names: tuple[str, ...], present: float, absent: float
) -> None:
    signals = signals_of(library, "What did they find?", opening, names=names)
    assert (signals.names_present, signals.names_absent) == (present, absent)


def test_signals_of_the_whole_list_are_those_of_its_best_candidate(library: Library) -> None:
    question = "Do ten zebras hurt bone?"
    wording = widen(question)
    openings = ("Milk holds", "Bone is hard", "Twelve pups")
    hits = [hit_of(library, opening) for opening in openings]
    hits[0] = replace(hits[0], cosine=0.75)
    signals = passage_signals(question, wording, hits, library, ("kim",))
    overall = question_signals(wording, signals, [0.1, 0.6, 0.3], library)
    assert (overall.best_score, overall.second_score) == (0.6, 0.3)
    assert (overall.best_cosine, overall.top_cosine) == (0.75, 0.25)
    assert overall.top_coverage == signals[1].coverage
    assert (overall.numbers_absent, overall.names_absent, overall.has_name) == (1.0, 1.0, 0.0)


def test_the_unknown_share_is_that_of_the_terms_that_the_library_lacks(library: Library) -> None:
    wording = widen("zebra bone")
    signals = passage_signals("zebra bone", wording, [hit_of(library, "Bone")], library, ())
    overall = question_signals(wording, signals, [0.5], library)
    share = IDF_NONE_OF_12 / (IDF_NONE_OF_12 + IDF_ONE_OF_12)
    assert overall.unknown_share == pytest.approx(share)


def test_a_single_candidate_has_no_second(library: Library) -> None:
    signals = passage_signals("bone", widen("bone"), [hit_of(library, "Bone")], library, ())
    assert question_signals(widen("bone"), signals, [0.5], library).second_score == 0.0


# Beside what was shown before


def nearness(library: Library, spans: list[tuple[str, Span]]) -> float:
    hit = hit_of(library, "Bone is hard")
    return passage_signals("why?", widen("why?"), [hit], library, (), spans)[0].near_previous


def test_only_a_follow_up_has_something_near(library: Library) -> None:
    assert nearness(library, []) == 0.0


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(0, 1.0), (NEAR_CHARS // 4, 0.75), (NEAR_CHARS // 2, 0.5), (NEAR_CHARS, 0.0),
     (3 * NEAR_CHARS, 0.0)],
)  # fmt: skip
def test_nearness_falls_with_the_characters_between(
    library: Library, gap: int, expected: float
) -> None:
    own = hit_of(library, "Bone is hard").passage.span
    behind = Span(own.end + gap, own.end + gap + 5)
    assert nearness(library, [("hand", behind)]) == expected


def test_nearness_counts_before_as_behind_and_takes_the_nearest(library: Library) -> None:
    own = hit_of(library, "Bone is hard").passage.span
    far, before = Span(own.end + 600, own.end + 700), Span(own.start - 30, own.start - 20)
    assert nearness(library, [("hand", far), ("hand", before)]) == 1 - 20 / NEAR_CHARS


def test_what_was_shown_itself_is_nearest(library: Library) -> None:
    own = hit_of(library, "Bone is hard").passage.span
    assert nearness(library, [("hand", own)]) == 1.0


def test_another_document_is_not_near(library: Library) -> None:
    own = hit_of(library, "Bone is hard").passage.span
    assert nearness(library, [("other", own)]) == 0.0


@pytest.mark.parametrize(
    ("question", "is_list"),
    [
        ("Which markers were found?", True),
        ("List the routes.", True),
        ("Which animal studies are there?", True),
        ("What are the criteria?", True),
        ("Compare the trials", True),
        ("Which stem cell types were given?", True),
        ("Name three routes", True),
        ("sum up the findings", True),
        ("What is NEC?", False),
        ("Was the trial safe?", False),
        ("Listen: is milk alive?", False),
        ("Which study used rats?", False),
        ("Is everything known?", False),
    ],
)
def test_a_question_that_wants_every_item_is_recognised(question: str, is_list: bool) -> None:
    assert asks_for_list(question) is is_list
