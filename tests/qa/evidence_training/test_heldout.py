"""The numbers of a model on held-out questions, from scores given by hand."""

import math
from collections.abc import Sequence

import pytest

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Article, Example, cut_article
from qa.evidence_training.heldout import HeldOutResult, evaluate_held_out
from qa.evidence_training.sampling import Sampler
from tests.conftest import KeywordEncoder
from tests.qa.evidence_training.toys import BRAIN, MILK


@pytest.fixture(scope="module")
def milk() -> Article:
    return cut_article("milk", "", MILK)


@pytest.fixture(scope="module")
def brain() -> Article:
    return cut_article("brain", "", BRAIN)


def make(
    question: str,
    article: Article,
    *,
    answers: tuple[int, ...] = (),
    near: tuple[int, ...] = (),
    source: str = "squad",
    allowed: range | None = None,
) -> Example:
    every = range(len(article.sentences))
    return Example(question, article, answers, near, every if allowed is None else allowed, source)


class Scores:
    """Gives a candidate what was set for its question and the start of its sentence, else 0."""

    def __init__(self, **scores: dict[str, float]) -> None:
        self._scores = scores
        self.read: dict[str, list[str]] = {}

    def __call__(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        self.read[question] = [candidate.sentence for candidate in candidates]
        own = self._scores.get(question.split()[0].lower(), {})
        return [own.get(c.sentence.split()[0], 0.0) for c in candidates]


def evaluate(
    examples: list[Example], score: Scores, *, candidates: int = 12
) -> list[HeldOutResult]:
    sampler = Sampler(examples, KeywordEncoder())
    return evaluate_held_out(examples, sampler, score, candidates=candidates)


def test_hits_are_counted_over_answerable_questions_by_the_best_score(
    milk: Article, brain: Article
) -> None:
    examples = [
        make("one milk?", milk, answers=(1,)),
        make("two brain?", brain, answers=(1,)),
        make("three brain?", brain, answers=(2,)),
        make("four brain?", brain, near=(3,)),
    ]
    score = Scores(
        one={"Cregan": 5.0}, two={"Okazaki": 3.0}, three={"Okazaki": 1.0}, four={"Nothing": 4.0}
    )
    found = evaluate(examples, score)[0]
    assert (found.source, found.questions, found.answerable) == ("squad", 4, 3)
    assert found.hit_at_1 == pytest.approx(2 / 3)


def test_the_hits_of_the_search_alone_are_told_beside(milk: Article) -> None:
    examples = [
        make("milk stem cells?", milk, answers=(0,)),
        make("cells milk stem?", milk, answers=(0,)),
        make("milk then?", milk, answers=(2,)),
    ]
    score = Scores(milk={"The": 9.0}, cells={"Cregan": 9.0})
    found = evaluate(examples, score)[0]
    assert found.retrieval_hit_at_1 == pytest.approx(2 / 3)
    assert found.hit_at_1 == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("two", "three", "auroc"),
    [(3.0, 1.0, 1.0), (2.0, 4.0, 0.5), (-3.0, 6.0, 0.0), (4.0, 4.0, 0.75)],
    ids=["apart", "between", "turned", "a tie"],
)
def test_answerability_is_told_by_the_best_scores(
    milk: Article, brain: Article, two: float, three: float, auroc: float
) -> None:
    low = dict.fromkeys(["The", "Okazaki", "Nothing"], -9.0)
    examples = [
        make("one milk?", milk, answers=(1,)),
        make("two brain?", brain, answers=(0,)),
        make("three brain?", brain, near=(3,)),
    ]
    score = Scores(one={"Cregan": 5.0}, two=low | {"Okazaki": two}, three=low | {"Nothing": three})
    assert evaluate(examples, score)[0].auroc == auroc


def test_recall_is_the_share_whose_answer_was_among_the_candidates(milk: Article) -> None:
    examples = [make("milk stem cells?", milk, answers=(0,)), make("milk?", milk, answers=(4,))]
    assert evaluate(examples, Scores(), candidates=1)[0].recall == 0.5
    assert evaluate(examples, Scores(), candidates=5)[0].recall == 1.0


def test_so_many_candidates_are_scored_as_asked(milk: Article) -> None:
    score = Scores()
    evaluate([make("milk?", milk, answers=(0,))], score, candidates=2)
    assert len(score.read["milk?"]) == 2


def test_only_what_was_read_is_scored(milk: Article) -> None:
    score = Scores()
    evaluate([make("milk?", milk, answers=(0,), allowed=range(2))], score)
    assert sorted(score.read["milk?"]) == sorted(
        sentence.candidate.sentence for sentence in milk.sentences[:2]
    )


def test_what_was_read_is_scored_even_where_the_search_found_other_sentences() -> None:
    text = "Rats were white and small too. " + " ".join(
        f"Milk of all the mothers is good on day {n}." for n in range(60)
    )
    article = cut_article("long", "", text)
    score = Scores()
    evaluate([make("milk good day?", article, answers=(0,), allowed=range(1))], score)
    assert score.read["milk good day?"] == ["Rats were white and small too."]


def test_questions_are_summed_up_by_source_without_their_kind(
    milk: Article, brain: Article
) -> None:
    examples = [
        make("one milk?", milk, answers=(1,), source="written-fact"),
        make("two milk?", milk, answers=(1,), source="written-list"),
        make("three brain?", brain, answers=(1,), source="covidqa"),
    ]
    assert [(r.source, r.questions) for r in evaluate(examples, Scores())] == [
        ("covidqa", 1),
        ("written", 2),
    ]


def test_a_question_whose_answer_is_in_no_sentence_is_left_out(milk: Article) -> None:
    examples = [make("one milk?", milk, answers=(1,)), make("two milk?", milk)]
    assert evaluate(examples, Scores())[0].questions == 1


def test_what_cannot_be_computed_is_not_a_number(milk: Article) -> None:
    answerable = evaluate([make("one milk?", milk, answers=(1,))], Scores())[0]
    assert math.isnan(answerable.auroc)
    impossible = evaluate([make("one milk?", milk, near=(1,))], Scores())[0]
    assert (impossible.questions, impossible.answerable) == (1, 0)
    assert math.isnan(impossible.hit_at_1)
