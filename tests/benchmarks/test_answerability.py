"""Answerability of held-out articles: the same numbers as the training's own test, and more."""

from collections.abc import Sequence

import pytest

from benchmarks.public_sets.answerability import (
    COSINE,
    EVIDENCE,
    FUSED,
    LEXICAL,
    SEARCH,
    Asking,
    NoCandidateError,
    measure_answerability,
)
from qa.evidence_training.articles import Article, Example, cut_article
from qa.evidence_training.heldout import evaluate_held_out
from qa.evidence_training.sampling import Sampler
from tests.benchmarks.conftest import CountingScorer
from tests.conftest import KeywordEncoder

MILK = cut_article(
    "milk",
    "Milk",
    "Milk holds stem cells of the mother. The answer is that milk has cells. "
    "Bone is not spoken of in this place.",
)
BONE = cut_article(
    "bone", "Bone", "Bone grows from the cells of the bone. It is hard and white in all of us."
)


def example(
    question: str,
    article: Article,
    *answers: int,
    source: str = "squad",
    near: Sequence[int] = (0,),
) -> Example:
    allowed = range(len(article.sentences))
    return Example(question, article, answers, () if answers else tuple(near), allowed, source)


SQUAD = [
    example("stem cells in milk?", MILK, 0),
    example("what has milk?", MILK, 1),
    example("bone of bees?", MILK),
    example("white bone?", BONE, 1),
    example("pollen?", BONE),
]
COVIDQA = [
    example("stem cells in milk?", MILK, 1, source="covidqa"),
    example("bone cells?", BONE, 0, source="covidqa"),
]


def test_numbers_are_those_of_the_test_of_the_training() -> None:
    encoder, scorer = KeywordEncoder(), CountingScorer()
    (expected,) = evaluate_held_out(SQUAD, Sampler(SQUAD, encoder), scorer.score)

    (row,) = measure_answerability(SQUAD, encoder, scorer)

    assert (row.source, row.questions, row.answerable) == ("squad", 5, 3)
    assert row.auroc[EVIDENCE].value == pytest.approx(expected.auroc)
    assert row.hit_at_1[EVIDENCE].value == pytest.approx(expected.hit_at_1)
    assert row.hit_at_1[SEARCH].value == pytest.approx(expected.retrieval_hit_at_1)


def test_best_logit_separates_as_on_paper() -> None:
    # Best logits: milk .5 for all its three questions, bone -.5 for both: 1 win and 3 ties of 6,
    # the answerable question on bone loses to the unanswerable one on milk.
    (row,) = measure_answerability(SQUAD, KeywordEncoder(), CountingScorer())

    auroc = row.auroc[EVIDENCE]
    assert auroc.value == pytest.approx((2 * 0.5 + 2 * 1 + 1 * 0 + 1 * 0.5) / 6)
    assert auroc.low is not None
    assert auroc.high is not None
    assert auroc.low < auroc.value < auroc.high


def test_signals_of_the_search_on_paper() -> None:
    asked = Asking(SQUAD, KeywordEncoder(), None).ask(SQUAD[4])

    # "pollen" is (1, 1) / √2, the second sentence, without a keyword, (0, 1).
    assert asked.signals == pytest.approx({COSINE: 0.5**0.5, LEXICAL: 0.0, FUSED: 0.45 * 0.5**0.5})
    assert not asked.answerable


def test_lexical_signal_is_a_share_of_what_the_question_could_reach() -> None:
    asked = Asking(SQUAD, KeywordEncoder(), None).ask(SQUAD[0])

    assert 0 < asked.signals[LEXICAL] < 1


def test_sentences_that_nobody_has_judged_are_no_candidates() -> None:
    judged = example("bone?", MILK, 0)
    narrow = Example(judged.question, MILK, (0,), (), range(1), "squad")
    scorer = CountingScorer()

    asked = Asking([narrow], KeywordEncoder(), scorer).ask(narrow)

    assert [len(candidates) for _, candidates in scorer.calls] == [1]
    assert asked.signals[COSINE] < 0.9  # the third sentence, with "bone", is not looked at


def test_article_without_a_candidate_is_named() -> None:
    none = Example("bone?", MILK, (), (0,), range(0), "squad")

    with pytest.raises(NoCandidateError, match=r"article milk has no candidate for 'bone\?'"):
        Asking([none], KeywordEncoder(), None).ask(none)


def test_covidqa_is_asked_of_another_article_too() -> None:
    scorer = CountingScorer()

    own, other = measure_answerability(COVIDQA, KeywordEncoder(), scorer)

    assert own.auroc[EVIDENCE].value is None  # all are answerable
    assert own.hit_at_1[EVIDENCE].value == 1.0
    assert other.source == "covidqa, own article or another"
    assert (other.questions, other.answerable, other.hit_at_1) == (4, 2, {})
    # Own .5 and -.5, other -.5 and .5: a win, two ties, a loss.
    assert other.auroc[EVIDENCE].value == 0.5
    assert other.auroc[COSINE].value == 1.0
    assert other.gain is not None
    assert other.gain.value == -0.5


def test_question_is_drawn_together_with_its_question_of_the_other_article() -> None:
    other = measure_answerability(COVIDQA, KeywordEncoder(), CountingScorer())[1]

    # Drawn are both questions, twice the first (own .5, other -.5: 1) or twice the second (0).
    assert (other.auroc[EVIDENCE].low, other.auroc[EVIDENCE].high) == (0.0, 1.0)
    assert (other.auroc[COSINE].low, other.auroc[COSINE].high) == (1.0, 1.0)


def test_without_an_evidence_model_the_search_alone_is_measured() -> None:
    (row,) = measure_answerability(SQUAD, KeywordEncoder(), None)

    assert set(row.auroc) == {COSINE, LEXICAL, FUSED}
    assert set(row.hit_at_1) == {SEARCH}
    assert row.gain is None
