"""Words, their folding, and BM25 worked out by hand."""

import logging
from math import log

import bm25s
import numpy as np
import pytest

from corpus.document import Document
from corpus.passages import split_passages
from index.lexical import LexicalIndex, count_terms, fold, term_set, terms, words

TEXTS = ["Milk milk cells.", "Milk of the gut.", "Bone."]
"""As terms: milk milk cell; milk gut; bone. Their lengths are 3, 2 and 1, on average 2."""


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex(TEXTS)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemorrhage", "hemorrhage"),
        ("ischaemic", "ischemic"),
        ("anaemia", "anemia"),
        ("leukaemia", "leukemia"),
        ("paediatrics", "pediatrics"),
        ("haematopoietic", "hematopoietic"),
        ("oestrogen", "estrogen"),
        ("oedema", "edema"),
        ("oesophagus", "esophagus"),
        ("foetal", "fetal"),
        ("tumours", "tumors"),
        ("behavioural", "behavioral"),
        ("fibre", "fiber"),
        ("centre", "center"),
        ("titres", "titers"),
        ("analysed", "analyzed"),
        ("randomised", "randomized"),
        ("randomisation", "randomization"),
        ("characterising", "characterizing"),
    ],
)
def test_british_and_american_spelling_meet(british: str, american: str) -> None:
    assert fold(british) == fold(american)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("diarrhoea", "diarrhea"),
        ("dyspnoea", "dyspnea"),
        ("analysing", "analyzing"),
        ("favourable", "favorable"),
        ("sulphate", "sulfate"),
    ],
)
def test_british_spelling_meets_american_in_rarer_endings(british: str, american: str) -> None:
    assert fold(british) == fold(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nature", "nurture"),
        ("milk", "mild"),
        ("tour", "tower"),
        ("pour", "poor"),
        ("rise", "rice"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Breast Milk", ["breast", "milk"]),
        ("Körber and Hüsnü", ["korber", "and", "husnu"]),
        ("naïve", ["naive"]),
        ("Aydın", ["aydin"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("Şeyda Yiğit", ["seyda", "yigit"]),
        ("hypoxic-ischemic", ["hypoxic", "ischemic"]),
        ("CD49f, SOX2 and p63", ["cd49f", "sox2", "and", "p63"]),
        ("CK18+ α6 β-casein", ["ck18", "α6", "β", "casein"]),
        ("3-24 hours (98%)", ["3", "24", "hours", "98"]),
        ("the ﬁbre", ["the", "fibre"]),
        ("", []),
        ("?!…", []),
    ],
    ids=[
        *("capitals", "umlauts", "diaeresis", "dotless-i", "dotted-i", "cedilla-and-breve"),
        *("hyphen", "markers", "greek", "numbers", "ligature", "empty", "signs"),
    ],
)
def test_text_is_cut_into_plain_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Møller", "moller"), ("Łuczak", "luczak"), ("Strauß", "strauss"), ("Æther", "aether")],
)
def test_letter_without_a_plain_form_does_not_part_its_word(text: str, expected: str) -> None:
    assert words(text) == [expected]


def test_terms_are_stems_in_order_with_repeats_and_without_stop_words() -> None:
    assert terms("The cells of the milk and its cell") == ["cell", "milk", "cell"]


def test_term_set_has_each_term_once() -> None:
    assert term_set("Cells in a cell of milk") == frozenset({"cell", "milk"})


# BM25: idf · tf / (tf + k1 · (1 - b + b · length / 2)) with k1 = 1.2 and b = 0.75.


def test_scores_by_hand_for_one_term(index: LexicalIndex) -> None:
    idf = log(1 + 1.5 / 2.5)  # two texts of three have milk
    expected = [idf * 2 / (2 + 1.2 * 1.375), idf * 1 / (1 + 1.2 * 1.0), 0.0]
    np.testing.assert_allclose(index.scores(["milk"]), expected, rtol=1e-5)


def test_scores_of_several_terms_add_up(index: LexicalIndex) -> None:
    scores = index.scores(["milk", "gut"])
    np.testing.assert_allclose(scores, index.scores(["milk"]) + index.scores(["gut"]), rtol=1e-5)
    assert np.argsort(-scores).tolist() == [1, 0, 2]


def test_rare_term_weighs_more_than_a_frequent_one(index: LexicalIndex) -> None:
    scores = index.scores(["milk", "bone"])
    assert np.argsort(-scores).tolist() == [2, 0, 1]


def test_terms_that_no_text_has_score_zero(index: LexicalIndex) -> None:
    assert index.scores(["pollen", "wax"]).tolist() == [0.0, 0.0, 0.0]


def test_unknown_term_beside_a_known_one_changes_nothing(index: LexicalIndex) -> None:
    assert index.scores(["pollen", "gut"]).tolist() == index.scores(["gut"]).tolist()


def test_query_without_terms_scores_zero(index: LexicalIndex) -> None:
    assert index.scores([]).tolist() == [0.0, 0.0, 0.0]


def test_idf_is_lucenes_and_largest_for_a_term_that_no_text_has(index: LexicalIndex) -> None:
    assert index.idf("milk") == pytest.approx(log(1 + 1.5 / 2.5))
    assert index.idf("bone") == pytest.approx(log(1 + 2.5 / 1.5))
    assert index.idf("wax") == pytest.approx(log(1 + 3.5 / 0.5))


def test_index_knows_the_terms_of_its_texts(index: LexicalIndex) -> None:
    assert [index.knows(term) for term in ("milk", "cell", "the", "wax")] == [
        True,
        True,
        False,
        False,
    ]


def test_text_without_terms_has_a_place_and_scores_zero() -> None:
    index = LexicalIndex(["The of and.", "Milk."])
    assert len(index) == 2
    scores = index.scores(["milk"])
    assert scores[0] == 0.0
    assert scores[1] > 0.0


# Made from the counts of parts.

MORE = ["Milk milk cells.", "Milk and gut.", "The of and.", "Bone.", "Cells of bone and of bone."]


def test_index_made_of_parts_scores_as_the_one_made_of_texts() -> None:
    whole = LexicalIndex(MORE)
    parts = LexicalIndex.of_counts([count_terms(MORE[:2]), count_terms([]), count_terms(MORE[2:])])
    assert len(parts) == len(whole) == 5
    for query in (["milk"], ["milk", "gut"], ["bone", "cell"], ["wax"], ["bone", "bone"]):
        assert parts.scores(query).tolist() == whole.scores(query).tolist()
    assert [parts.idf(term) for term in ("milk", "wax")] == [
        whole.idf(term) for term in ("milk", "wax")
    ]
    assert parts.knows("gut")


def test_terms_are_counted_text_by_text() -> None:
    counted = count_terms(["Milk milk cells.", "The of.", "Cells."])
    assert counted.vocabulary == ("milk", "cell", "")
    assert counted.sizes.tolist() == [2, 1, 1]
    assert counted.terms.tolist() == [0, 1, 2, 1]
    assert counted.counts.tolist() == [2, 1, 1, 1]


def test_index_of_nothing_has_no_scores() -> None:
    empty = LexicalIndex.of_counts([])
    assert len(empty) == 0
    assert empty.scores(["milk"]).tolist() == []


def test_scores_are_those_of_bm25s(review: Document) -> None:
    texts = [passage.sentence for passage in split_passages(review)]
    index, other = LexicalIndex(texts), bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns itself to DEBUG
    other.index([terms(text) or [""] for text in texts], show_progress=False)
    for query in ("stem cells in milk", "milk milk brain", "what is microchimerism"):
        expected = other.get_scores([term for term in terms(query) if index.knows(term)])
        assert index.scores(terms(query)).tolist() == expected.tolist()
