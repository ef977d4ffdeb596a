"""How many passages a second are indexed: against the bare encoder, and against other libraries."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.library_size import seconds
from benchmarks.results_file import Table
from benchmarks.speed.latency import BARE
from benchmarks.speed.results import Goal, Measured, beside
from benchmarks.speed.sides import Peer, open_peers
from benchmarks.synthetic import write_articles
from corpus.passages import split_passages
from corpus.reading import read_document
from index.encoder import SentenceEncoder, bundled_folder
from index.sentence_models import LibraryModel
from index.store import add_articles, build_index

OURS, ENCODER = "Sic: read, split, embedded, written", "Sic, embedding alone"
BARE_HERE = "sentence-transformers, same environment"
SHARE, TIMES = 0.95, 2.0
"""Goals: of the bare encoder's rate, and times the fastest peer's."""


def measure_indexing(
    python: Path | None, sentences: Sequence[str], *, length: int, rounds: int
) -> Measured:
    """Index the same passages by every side, in turn; the best round counts.

    Args:
        python: of the environment with the peers; None to leave them out.
        sentences: to draw an article from.
        length: sentences in the article.
        rounds: times that each side indexes it.
    """
    encoder = SentenceEncoder()
    model = LibraryModel(str(bundled_folder()), torch.float32)
    peers, remarks = open_peers(python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_articles(folder / "in", sentences, count=1, length=length)
        article = next((folder / "in").iterdir())
        build_index(folder / "library", encoder=encoder)  # the shipped article does not count
        texts = [passage.sentence for passage in split_passages(read_document(article))]
        sides: dict[str, Callable[[int], float]] = {
            OURS: lambda n: _add(folder, n, encoder),
            ENCODER: lambda n: seconds(lambda: encoder.encode(texts)),
            BARE_HERE: lambda n: seconds(lambda: model.encode(texts)),
        }
        sides |= {peer.name: partial(_index, peer, texts) for peer in peers}
        try:
            found = in_turn(sides, rounds)
        finally:
            for peer in peers:
                peer.close()
    rates = {name: len(texts) / best for name, best in found.items()}
    versions = [f"Peers: {', '.join(peer.versions for peer in peers)}."] if peers else []
    return Measured("indexing", rate_table(rates, texts), goals_of(rates), (*versions, *remarks))


def _add(folder: Path, number: int, encoder: SentenceEncoder) -> float:
    library = folder / f"library{number}"
    shutil.copytree(folder / "library", library)
    return seconds(lambda: add_articles(library, [folder / "in"], encoder=encoder))


def _index(peer: Peer, texts: Sequence[str], number: int) -> float:
    return peer.index(texts)


def in_turn(sides: dict[str, Callable[[int], float]], rounds: int) -> dict[str, float]:
    """Run every side once a round; returns the seconds of its best round."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, work in sides.items():
            found[name].append(work(number))
    return {name: min(times) for name, times in found.items()}


def rate_table(rates: dict[str, float], texts: Sequence[str]) -> Table:
    """Lay out a line a side, with ratios to the bare encoder."""
    words = np.mean([len(text.split()) for text in texts])
    heads = [f"{len(texts):,} passages of {words:.0f} words", "passages a second"]
    return [heads, *([name, beside(rate, rates[BARE_HERE])] for name, rate in rates.items())]


def goals_of(rates: dict[str, float]) -> tuple[Goal, ...]:
    """Compare our rate with the goals."""
    goals = []
    for bare, name in ((BARE_HERE, "the bare encoder's rate"), (ENCODER, "the rate of our own")):
        share = rates[OURS] / rates[bare]
        aim = f"indexing reaches {SHARE:.0%} of {name}"
        goals.append(Goal(aim, f"{share:.0%}", share >= SHARE))
    others = [name for name in rates if name not in (OURS, ENCODER, BARE_HERE, BARE)]
    if others:
        fastest = max(others, key=lambda name: rates[name])
        times = rates[OURS] / rates[fastest]
        aim = f"indexing is {TIMES:.0f} times as fast as the fastest peer ({fastest})"
        goals.append(Goal(aim, f"{times:.2f} times", times >= TIMES))
    return tuple(goals)
