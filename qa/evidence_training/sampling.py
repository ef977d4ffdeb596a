"""From examples to training groups: a question, some candidates, which of them answer.

What a group holds decides what the model learns. Each has the sentence that answers and the ones
most like it that do not, since telling those apart is the task; some have sentences of other
articles, since without them the model trusts any sentence on an unknown topic.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder
from index.fusion import FloatVector, fuse
from index.lexical import LexicalIndex, terms
from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Article, Example
from qa.evidence_training.augmenting import misspell, swap_entity

GROUP_SIZE = 5
DENSE_WEIGHT = 0.45
NEIGHBOURS = 20
"""Negatives come from so many of the article's sentences most like the question."""
SAME_ANSWER = 0.6
"""A sentence sharing this part of its terms with one that answers may answer too: left out."""
OTHER_ARTICLE = 0.12
"""Share of groups whose candidates all come from another article."""
OTHER_CANDIDATE = 0.3
"""Share of the remaining groups in which one does."""
MISSPELT = 0.08
SWAPPED = 0.12
"""Share of answerable questions asked again with another name or number, so unanswerable."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question with candidates; ``labels[i]`` tells whether ``candidates[i]`` answers."""

    question: str
    candidates: tuple[Candidate, ...]
    labels: tuple[bool, ...]


class ArticleIndex:
    """Hybrid search in one article, by the same parts as the library's."""

    def __init__(self, article: Article, encoder: Encoder) -> None:
        texts = [sentence.candidate.sentence for sentence in article.sentences]
        self._lexical = LexicalIndex(texts)
        self._vectors = encoder.encode(texts)
        self.term_sets = [frozenset(terms(text)) for text in texts]

    def rank(self, question: str, vector: FloatVector, k: int) -> list[int]:
        """Return positions of the ``k`` sentences most like the question, best first."""
        cosines = self._vectors @ vector
        fused = fuse(cosines, self._lexical.scores(terms(question)), dense_weight=DENSE_WEIGHT)
        return [int(n) for n in np.argsort(-fused, kind="stable")[:k]]

    def alike(self, one: int, other: int) -> bool:
        """Tell whether two sentences share most of their terms, so that both may answer."""
        of_one, of_other = self.term_sets[one], self.term_sets[other]
        return len(of_one & of_other) >= SAME_ANSWER * max(1, min(len(of_one), len(of_other)))


class Sampler:
    """Draws groups from examples; the same seed and round give the same groups.

    Args:
        examples: what to draw from.
        encoder: for finding sentences like the question.
    """

    def __init__(self, examples: Sequence[Example], encoder: Encoder) -> None:
        self._examples = [e for e in examples if e.answers or e.near]  # others teach nothing
        self._encoder = encoder
        self._indexes: dict[Article, ArticleIndex] = {}
        self._ranked: dict[tuple[str, Article], list[int]] = {}
        self.articles = list({e.article: None for e in self._examples})
        questions = list(dict.fromkeys(e.question for e in examples))
        self._vectors = dict(zip(questions, encoder.encode(questions), strict=True))

    def __len__(self) -> int:
        return len(self._examples)

    def groups(self, rng: random.Random) -> Iterator[Group]:
        """Yield one group an example, in random order, and some altered ones."""
        order = list(range(len(self._examples)))
        rng.shuffle(order)
        for n in order:
            example = self._examples[n]
            group = self._group(example, rng)
            if group.candidates:
                yield group
            if example.answers and rng.random() < SWAPPED:
                swapped = self._swapped(example, rng)
                if swapped:
                    yield swapped

    def index(self, article: Article) -> ArticleIndex:
        """Return the search in an article, made when first asked for."""
        if article not in self._indexes:
            self._indexes[article] = ArticleIndex(article, self._encoder)
        return self._indexes[article]

    def ranked(self, question: str, article: Article) -> list[int]:
        """Return the article's sentences most like the question, best first."""
        key = (question, article)
        if key not in self._ranked:
            self._ranked[key] = self.index(article).rank(
                question, self._vectors[question], 2 * NEIGHBOURS
            )
        return self._ranked[key]

    def first_allowed(self, example: Example, k: int) -> list[int]:
        """Return the ``k`` sentences most like the question of which it is known if they answer."""
        ranked = self.ranked(example.question, example.article)
        return ([n for n in ranked if n in example.allowed] or list(example.allowed))[:k]

    def _group(self, example: Example, rng: random.Random) -> Group:
        question = example.question
        if rng.random() < MISSPELT:
            question = misspell(question, rng)
        if len(self.articles) > 1 and rng.random() < OTHER_ARTICLE:
            return Group(question, *self._strangers(example, GROUP_SIZE, rng))
        sentences = example.article.sentences
        chosen = [rng.choice(example.answers)] if example.answers else []
        if len(example.answers) > 2 and rng.random() < 0.5:
            chosen = rng.sample(example.answers, 2)
        labels = [True] * len(chosen)
        negatives = self._negatives(example, rng)[: GROUP_SIZE - len(chosen)]
        candidates = [sentences[n].candidate for n in (*chosen, *negatives)]
        labels += [False] * len(negatives)
        if len(candidates) < GROUP_SIZE or rng.random() < OTHER_CANDIDATE:
            missing = max(1, GROUP_SIZE - len(candidates))
            strangers, wrong = self._strangers(example, missing, rng)
            keep = GROUP_SIZE - missing
            candidates = [*candidates[:keep], *strangers]
            labels = [*labels[:keep], *wrong]
        return Group(question, tuple(candidates), tuple(labels))

    def _negatives(self, example: Example, rng: random.Random) -> list[int]:
        """Return positions that do not answer: the known near ones, then the most alike."""
        index = self.index(example.article)
        answers = set(example.answers)
        near = [n for n in example.near if n not in answers]
        rng.shuffle(near)
        like = [
            n
            for n in self.ranked(example.question, example.article)
            if n in example.allowed
            and n not in answers
            and n not in near
            and not any(index.alike(n, a) for a in answers)
        ]
        beside = [a + d for a in example.answers for d in (-1, 1) if a + d in like]
        closest, farther = like[:6], like[6:NEIGHBOURS]
        rng.shuffle(closest)
        rng.shuffle(farther)
        mixed = [*near[:2], *closest[:2], *beside[:1], *farther[:1], *closest[2:], *farther[1:]]
        return list(dict.fromkeys(mixed))

    def _strangers(
        self, example: Example, count: int, rng: random.Random
    ) -> tuple[tuple[Candidate, ...], tuple[bool, ...]]:
        """Return the sentences of another article that are most like the question."""
        others = [article for article in self.articles if article is not example.article]
        if not others:
            return (), ()
        other = rng.choice(others)
        ranked = self.ranked(example.question, other)[: 2 * count]
        chosen = [other.sentences[n].candidate for n in rng.sample(ranked, min(count, len(ranked)))]
        return tuple(chosen), (False,) * len(chosen)

    def _swapped(self, example: Example, rng: random.Random) -> Group | None:
        """Ask with another name or number of the same article; the old answer no longer answers."""
        sentences = example.article.sentences
        answer = rng.choice(example.answers)
        text = " ".join((sentences[answer].candidate.sentence, sentences[answer].candidate.before))
        swap = swap_entity(example.question, text, example.article.text, rng)
        if swap is None:
            return None
        others = [
            sentences[n].candidate
            for n in self._negatives(example, rng)
            if swap.new.lower() not in sentences[n].candidate.sentence.lower()
        ]
        candidates = (sentences[answer].candidate, *others[: GROUP_SIZE - 1])
        return Group(swap.question, candidates, (False,) * len(candidates))
