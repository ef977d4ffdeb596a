"""The loop that teacher and pupil share: wide groups in, fitted weights out, on any device.

Texts of a batch are padded, which a graphics processor takes better than `training`'s texts one by
one. What is learned are the labels, the judgements of another model (distillation, Hinton et al.
2015), or both.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, softmax
from tqdm import tqdm

from qa.evidence_training.checkpoints import Checkpoint
from qa.evidence_training.groups import WideGroup
from qa.evidence_training.training import POOL, rate

logger = logging.getLogger(__name__)

SAVE_EVERY = 300
"""Steps between two checkpoints."""
MASKED = -1e4
"""In the place of a logit that is not there."""

Tokens = NDArray[np.int64]
"""Of one text, (length,)."""
Logits = Sequence[NDArray[np.float32]]
"""Of each group, one for each candidate."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Token ids of a question and a candidate, as a network reads them; what belongs to what."""

    question: Tokens
    candidate: Tokens
    parts: Tokens

    def __len__(self) -> int:
        return len(self.question) + len(self.candidate)


class Judge(Protocol):
    """A network that can be fitted."""

    device: torch.device

    @property
    def module(self) -> torch.nn.Module:
        """What is fitted."""

    def pairs(self, group: WideGroup) -> list[Pair]:
        """Return the tokens of a group's pairs."""

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        """Return (n,) float32 logits of pairs, in their order."""

    def body(self) -> list[torch.nn.Parameter]:
        """Return what is fitted slowly."""

    def head(self) -> list[torch.nn.Parameter]:
        """Return what starts at random."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What decides a run.

    Attributes:
        rounds: over all groups.
        groups: a batch.
        width: candidates of a group drawn in each round; those that answer always are.
        learning_rate: of the body, the highest; over the first 6% of the steps it rises.
        head_rate: the same for the head.
        list_weight: weight of the loss over the whole group beside that of each pair.
        hard_weight: weight of the labels; the rest is that of the teacher.
        weight_decay: of AdamW.
        seed: of everything random.
    """

    rounds: int = 3
    groups: int = 48
    width: int = 8
    learning_rate: float = 5e-5
    head_rate: float = 3e-4
    list_weight: float = 0.5
    hard_weight: float = 1.0
    weight_decay: float = 0.01
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Drawn:
    """Some candidates of one group: their pairs, labels (NaN: unknown), a teacher's logits."""

    pairs: list[Pair]
    labels: list[float]
    taught: list[float]


def fit(
    judge: Judge,
    groups: Sequence[WideGroup],
    settings: FitSettings,
    taught: Logits | None = None,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Fit a network, going on from its checkpoint if there is one of these settings.

    Args:
        judge: changed.
        groups: to learn from.
        settings: of the run.
        taught: a teacher's logits of the groups; needed where ``hard_weight`` is below 1.
        checkpoint: written every `SAVE_EVERY` steps.

    Raises:
        ValueError: there is nothing to learn from, or the teacher's logits are of other groups.
    """
    if not groups:
        raise ValueError("there is nothing to learn from")
    if taught is None:
        if settings.hard_weight < 1:
            raise ValueError("hard_weight is below 1, but no teacher's logits are given")
        taught = [np.zeros(len(group.candidates), np.float32) for group in groups]
    if [len(own) for own in taught] != [len(group.candidates) for group in groups]:
        raise ValueError("the teacher's logits are of other groups; let it judge these")
    pairs = [judge.pairs(group) for group in tqdm(groups, desc="tokens", mininterval=10)]
    steps = settings.rounds * -(-len(groups) // settings.groups)
    optimizer = torch.optim.AdamW(
        [
            {"params": judge.body(), "peak": settings.learning_rate},
            {"params": judge.head(), "peak": settings.head_rate},
        ],
        weight_decay=settings.weight_decay,
    )
    done = checkpoint.restore(judge.module, optimizer) if checkpoint else 0
    average = None
    bar = tqdm(total=steps, initial=done, desc="fit", unit="step", mininterval=10)
    for step, batch in enumerate(_batches(groups, pairs, taught, settings)):
        if step < done:
            continue
        for part in optimizer.param_groups:
            part["lr"] = part["peak"] * rate(step, steps)
        loss = group_loss(judge, batch, settings)
        loss.backward()  # type: ignore[no-untyped-call]  # not typed there
        torch.nn.utils.clip_grad_norm_([*judge.body(), *judge.head()], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average = loss.detach() if average is None else 0.98 * average + 0.02 * loss.detach()
        bar.update()
        if step % 100 == 99:
            bar.set_postfix(loss=f"{float(average):.4f}", refresh=False)
        if checkpoint and (step + 1) % SAVE_EVERY == 0:
            checkpoint.save(judge.module, optimizer, step + 1)
    bar.close()
    logger.info("%d steps, loss %.4f", steps, float("nan") if average is None else float(average))


def judge_all(judge: Judge, groups: Sequence[WideGroup], *, at_once: int = 1024) -> Logits:
    """Return the logits of every candidate of every group."""
    pairs = [pair for group in groups for pair in judge.pairs(group)]
    order = sorted(range(len(pairs)), key=lambda n: len(pairs[n]))
    found = np.zeros(len(pairs), np.float32)
    starts = range(0, len(order), at_once)
    with torch.no_grad():
        for start in tqdm(starts, desc="judge", unit="batch", mininterval=10):
            chosen = order[start : start + at_once]
            found[chosen] = judge.logits([pairs[n] for n in chosen]).cpu().numpy()
    ends = np.cumsum([len(group.candidates) for group in groups])
    return np.split(found, ends[:-1])


def _batches(
    groups: Sequence[WideGroup],
    pairs: Sequence[list[Pair]],
    taught: Logits,
    settings: FitSettings,
) -> Iterator[list[Drawn]]:
    rng = random.Random(settings.seed)
    size = settings.groups
    for _ in range(settings.rounds):
        order = rng.sample(range(len(groups)), len(groups))
        batches = []
        for start in range(0, len(order), POOL * size):
            pool = order[start : start + POOL * size]
            pool.sort(key=lambda n: max(map(len, pairs[n])))
            batches += [pool[n : n + size] for n in range(0, len(pool), size)]
        rng.shuffle(batches)
        for batch in batches:
            yield [_draw(groups[n], pairs[n], taught[n], settings.width, rng) for n in batch]


def _draw(
    group: WideGroup,
    pairs: list[Pair],
    taught: NDArray[np.float32],
    width: int,
    rng: random.Random,
) -> Drawn:
    right = [n for n, label in enumerate(group.labels) if label]
    others = [n for n, label in enumerate(group.labels) if not label]
    chosen = right + rng.sample(others, min(len(others), max(0, width - len(right))))
    labels = [group.labels[n] for n in chosen]
    return Drawn(
        [pairs[n] for n in chosen],
        [float("nan") if label is None else float(label) for label in labels],
        [float(taught[n]) for n in chosen],
    )


def group_loss(judge: Judge, batch: Sequence[Drawn], settings: FitSettings) -> Tensor:
    """Return the mean loss of groups.

    Of each pair binary cross-entropy with the label, or with the teacher's probability. Of each
    group cross-entropy over its candidates and "none of them" at logit 0 (as in SQuAD 2.0 readers,
    Devlin et al. 2019): with those that answer, or with the teacher's distribution.
    """
    logits = judge.logits([pair for drawn in batch for pair in drawn.pairs])
    places = _places([len(drawn.pairs) for drawn in batch])
    table = _table(logits, places, MASKED)
    labels = _table(_joined([drawn.labels for drawn in batch], logits), places, float("nan"))
    known = ~labels.isnan()
    loss = settings.hard_weight * (
        binary_cross_entropy_with_logits(table[known], labels[known])
        + settings.list_weight * _listed(table, labels, known)
    )
    if settings.hard_weight < 1:
        taught = _table(_joined([drawn.taught for drawn in batch], logits), places, MASKED)
        there = taught > MASKED
        soft = binary_cross_entropy_with_logits(table[there], taught[there].sigmoid())
        wanted = softmax(_with_none(taught), dim=1)
        listed = -(wanted * log_softmax(_with_none(table), dim=1)).sum(1).mean()
        loss = loss + (1 - settings.hard_weight) * (soft + settings.list_weight * listed)
    return loss


def _listed(table: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    """Return the loss of the known candidates of each group against each other."""
    of_all = torch.logsumexp(_with_none(table.masked_fill(~known, MASKED)), dim=1)
    right = labels == 1
    of_right = torch.logsumexp(table.masked_fill(~right, MASKED), dim=1)
    return (of_all - torch.where(right.any(1), of_right, torch.zeros_like(of_right))).mean()


def _with_none(table: Tensor) -> Tensor:
    return torch.cat([table, table.new_zeros(len(table), 1)], dim=1)


def _joined(rows: Sequence[Sequence[float]], like: Tensor) -> Tensor:
    return torch.tensor([number for row in rows for number in row], device=like.device)


def _places(lengths: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return row and column of each candidate in a table with one row a group."""
    rows = [row for row, length in enumerate(lengths) for _ in range(length)]
    return rows, [column for length in lengths for column in range(length)]


def _table(values: Tensor, places: tuple[list[int], list[int]], missing: float) -> Tensor:
    rows, columns = (torch.tensor(numbers, device=values.device) for numbers in places)
    table = values.new_full((places[0][-1] + 1, max(places[1]) + 1), missing)
    return table.index_put((rows, columns), values)


def padded(rows: Sequence[Tokens], *, filler: int = 0) -> Tensor:
    """Return texts as one table (n, longest), what is missing filled up."""
    table = np.full((len(rows), max(map(len, rows))), filler, np.int64)
    for row, numbers in zip(table, rows, strict=True):
        row[: len(numbers)] = numbers
    return torch.from_numpy(table)
