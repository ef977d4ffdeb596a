"""From examples to wide groups: all that a teacher is to judge for each question.

Where a training group has a few chosen candidates, a wide one has the answers, all that is known to
be near, the sentences of the article most like the question and some of another article. Questions
are asked again misspelt, and with another name or number.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Example
from qa.evidence_training.augmenting import misspell, swap_entity
from qa.evidence_training.groups import WideGroup
from qa.evidence_training.sampling import Sampler

WIDTH = 12
"""Candidates of the own article."""
KNOWN = 3
"""Of the answers, and of the near ones, so many at most."""
STRANGERS = 2
"""Candidates of another article."""
MISSPELT = 0.15
SWAPPED = 0.5
"""Share of questions that are asked again so."""


def widen(sampler: Sampler, examples: Iterable[Example], *, seed: int) -> Iterator[WideGroup]:
    """Yield a group for each example, and for some a second and third, altered one.

    The same seed gives the same groups.
    """
    rng = random.Random(seed)
    for example in examples:
        own, labels = _own_candidates(sampler, example, rng)
        strange = _strangers(sampler, example, rng)
        group = WideGroup(
            example.question,
            (*own, *strange),
            (*labels, *(False for _ in strange)),
            example.source,
            bool(example.answers) if example.answers or example.near else None,
        )
        yield group
        if rng.random() < MISSPELT:
            yield replace(group, question=misspell(example.question, rng))
        if example.answers and rng.random() < SWAPPED:
            yield from _swapped(example, own, strange, rng)


def held_out_groups(
    sampler: Sampler, examples: Sequence[Example], *, candidates: int
) -> Iterator[WideGroup]:
    """Yield the groups that `heldout.evaluate_held_out` scores, none of them altered."""
    for example in examples:
        ranked = sampler.first_allowed(example, candidates)
        sentences = example.article.sentences
        yield WideGroup(
            example.question,
            tuple(sentences[n].candidate for n in ranked),
            tuple(n in example.answers for n in ranked),
            example.source,
            bool(example.answers),
        )


def _own_candidates(
    sampler: Sampler, example: Example, rng: random.Random
) -> tuple[tuple[Candidate, ...], tuple[bool | None, ...]]:
    """Return candidates of the own article and what is known of each."""
    answers = set(example.answers)
    near = [n for n in example.near if n not in answers]
    first = [
        *rng.sample(example.answers, min(KNOWN, len(example.answers))),
        *rng.sample(near, min(KNOWN, len(near))),
    ]
    ranked = sampler.ranked(example.question, example.article)
    chosen = list(dict.fromkeys((*first, *ranked)))[:WIDTH]
    labelled = bool(answers or near)
    index = sampler.index(example.article)

    def label(n: int) -> bool | None:
        if n in answers:
            return True
        if n in near:
            return False
        unknown = not labelled or n not in example.allowed
        if unknown or any(index.alike(n, a) for a in answers):
            return None
        return False

    sentences = example.article.sentences
    return tuple(sentences[n].candidate for n in chosen), tuple(label(n) for n in chosen)


def _strangers(sampler: Sampler, example: Example, rng: random.Random) -> tuple[Candidate, ...]:
    others = [article for article in sampler.articles if article is not example.article]
    if not others:
        return ()
    other = rng.choice(others)
    ranked = sampler.ranked(example.question, other)[:STRANGERS]
    return tuple(other.sentences[n].candidate for n in ranked)


def _swapped(
    example: Example, own: tuple[Candidate, ...], strange: tuple[Candidate, ...], rng: random.Random
) -> Iterator[WideGroup]:
    """Ask with another name or number: the old answer no longer does, of the rest nothing is known.

    A candidate that holds the new name might answer.
    """
    sentence = example.article.sentences[rng.choice(example.answers)].candidate
    text = f"{sentence.sentence} {sentence.before}"
    swap = swap_entity(example.question, text, example.article.text, rng)
    if swap is not None:
        kept = (sentence, *(c for c in own if c != sentence))
        labels = (False, *(None for _ in kept[1:]), *(False for _ in strange))
        source = f"{example.source}-swapped"
        yield WideGroup(swap.question, (*kept, *strange), labels, source, None)
