"""What a training group holds: an answer, what looks like it, and nothing else that answers."""

import random
from pathlib import Path

import pytest

from index.lexical import terms
from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Article, Example, cut_article, read_squad
from qa.evidence_training.sampling import GROUP_SIZE, SAME_ANSWER, Group, Sampler
from tests.conftest import KeywordEncoder
from tests.qa.evidence_training.toys import BRAIN, MILK, TOYS, write_squad

ROUNDS = 60


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    path: Path = write_squad(tmp_path_factory.mktemp("data") / "squad.json", TOYS[:3])
    return read_squad(path, source="squad")


def draw(examples: list[Example], *, rounds: int = ROUNDS, seed: int = 1) -> list[Group]:
    sampler, rng = Sampler(examples, KeywordEncoder()), random.Random(seed)
    return [group for _ in range(rounds) for group in sampler.groups(rng)]


@pytest.fixture(scope="module")
def groups(examples: list[Example]) -> list[Group]:
    return draw(examples)


def sentences(article: Article) -> set[str]:
    return {sentence.candidate.sentence for sentence in article.sentences}


def own(group: Group, examples: list[Example]) -> Example | None:
    """The example that a group was drawn from, if its question was not altered."""
    return next((e for e in examples if e.question == group.question), None)


def test_a_group_has_a_label_for_every_candidate(groups: list[Group]) -> None:
    assert all(len(group.candidates) == len(group.labels) for group in groups)


def test_no_group_is_empty_or_too_large(groups: list[Group]) -> None:
    assert {len(group.candidates) for group in groups} <= set(range(1, GROUP_SIZE + 1))


def test_no_candidate_is_twice_in_a_group(groups: list[Group]) -> None:
    assert all(len(set(group.candidates)) == len(group.candidates) for group in groups)


def test_only_a_sentence_that_answers_is_labelled_as_one(
    groups: list[Group], examples: list[Example]
) -> None:
    for group in groups:
        example = own(group, examples)
        if example is None:
            continue
        right = {example.article.sentences[n].candidate for n in example.answers}
        labelled = {c for c, label in zip(group.candidates, group.labels, strict=True) if label}
        assert labelled <= right
        assert not right & {
            c for c, label in zip(group.candidates, group.labels, strict=True) if not label
        }


def test_most_groups_of_answerable_questions_hold_an_answer(
    groups: list[Group], examples: list[Example]
) -> None:
    answerable = [g for g in groups if (e := own(g, examples)) is not None and e.answers]
    holding = sum(any(group.labels) for group in answerable)
    assert 0.8 < holding / len(answerable) < 0.95


def test_groups_of_impossible_questions_hold_no_answer(
    groups: list[Group], examples: list[Example]
) -> None:
    impossible = [g for g in groups if (e := own(g, examples)) is not None and not e.answers]
    assert impossible
    assert not any(label for group in impossible for label in group.labels)


def test_what_looks_like_an_answer_is_shown_with_an_impossible_question(
    groups: list[Group], examples: list[Example]
) -> None:
    example = next(e for e in examples if not e.answers)
    near = example.article.sentences[example.near[0]].candidate
    drawn = [g for g in groups if g.question == example.question]
    assert sum(near in group.candidates for group in drawn) > 0.7 * len(drawn)


def test_some_groups_are_all_of_another_article_and_hold_no_answer(
    groups: list[Group], examples: list[Example]
) -> None:
    strange = [
        group
        for group in groups
        if (e := own(group, examples)) is not None
        and not sentences(e.article) & {c.sentence for c in group.candidates}
    ]
    assert 0.05 < len(strange) / len(groups) < 0.2
    assert not any(label for group in strange for label in group.labels)


def test_the_same_seed_draws_the_same_groups(examples: list[Example]) -> None:
    assert draw(examples, rounds=3, seed=5) == draw(examples, rounds=3, seed=5)


def test_another_seed_draws_other_groups(examples: list[Example]) -> None:
    assert draw(examples, rounds=3, seed=5) != draw(examples, rounds=3, seed=6)


def test_a_round_draws_every_example_and_some_altered_ones(examples: list[Example]) -> None:
    counts = [len(draw(examples, rounds=1, seed=seed)) for seed in range(20)]
    assert min(counts) >= len(examples)
    assert max(counts) > len(examples)


# Altered questions


def test_the_group_of_a_swapped_question_holds_the_old_answer_and_no_new_one() -> None:
    article = cut_article("milk", "", MILK)
    example = Example("How many markers did Cregan find?", article, (1,), (), range(5), "squad")
    found = draw([example], rounds=300)
    swapped = [group for group in found if "Hassiotou" in group.question]
    assert swapped
    for group in swapped:
        assert group.question == "How many markers did Hassiotou find?"
        assert group.labels == (False,) * len(group.candidates)
        assert group.candidates[0] == article.sentences[1].candidate
        assert not any("Hassiotou" in candidate.sentence for candidate in group.candidates)


def test_some_questions_are_misspelt_and_keep_their_answer(
    groups: list[Group], examples: list[Example]
) -> None:
    known = {e.question for e in examples}
    assert any(g.question not in known and any(g.labels) for g in groups)


# What is left out of the negatives


def test_a_sentence_that_says_the_same_as_the_answer_is_no_negative() -> None:
    text = (
        "Milk of the mothers holds stem cells. Stem cells the milk of mothers holds again. "
        "Bone of the rats is hard and white. Pollen is brought home by the bees."
    )
    article = cut_article("a", "", text)
    same = article.sentences[1].candidate
    assert len(set(terms(same.sentence)) & set(terms(article.sentences[0].candidate.sentence))) >= (
        SAME_ANSWER * 5
    )
    groups = draw([Example("What does milk hold?", article, (0,), (), range(4), "squad")])
    assert not any(same in group.candidates for group in groups)


def test_a_sentence_that_was_not_read_is_no_negative() -> None:
    article = cut_article("milk", "", MILK)
    example = Example("What does milk hold?", article, (0,), (), range(2), "written-fact")
    drawn = {c.sentence for group in draw([example]) for c in group.candidates}
    assert drawn == {s.candidate.sentence for s in article.sentences[:2]}


def test_two_of_several_answers_are_shown_in_some_groups() -> None:
    article = cut_article("milk", "", MILK)
    example = Example("Tell all!", article, (0, 1, 3, 4), (), range(5), "written-list")
    assert {sum(group.labels) for group in draw([example])} == {1, 2}


def test_examples_without_answer_and_without_what_looks_like_it_are_not_drawn() -> None:
    article = cut_article("milk", "", MILK)
    sampler = Sampler([Example("Why?", article, (), (), range(5), "squad")], KeywordEncoder())
    assert len(sampler) == 0
    assert list(sampler.groups(random.Random(0))) == []


def test_a_single_article_is_drawn_from_without_others() -> None:
    article = cut_article("milk", "", MILK)
    groups = draw([Example("What does milk hold?", article, (0,), (), range(5), "squad")])
    assert len(groups) >= ROUNDS
    assert all(any(group.labels) for group in groups)


def test_a_sentence_alone_in_the_world_makes_no_group() -> None:
    article = cut_article("a", "", "Bone of the rats is hard and white.")
    example = Example("What is soft?", article, (0,), (), range(1), "squad")
    assert {len(group.candidates) for group in draw([example])} == {1}
    nothing = Example("What is soft?", article, (), (0,), range(0), "squad")
    assert all(group.candidates for group in draw([nothing]))


# Search in an article


def test_sentences_are_ranked_by_their_likeness_to_the_question(examples: list[Example]) -> None:
    brain = next(e.article for e in examples if e.article.id == "Brain")
    sampler = Sampler(examples, KeywordEncoder())
    ranked = sampler.ranked("What harmed the brain of rats?", brain)
    assert sorted(ranked) == [0, 1, 2, 3]
    assert brain.sentences[ranked[0]].candidate == Candidate(
        "The brain of rats was harmed by a lack of oxygen.", "", "Brain."
    )
    assert BRAIN.startswith("The brain of rats")
