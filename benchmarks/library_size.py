"""Measure a large library: ``python -m benchmarks.library_size --articles 100 1000``.

Makes libraries of synthetic articles (see `benchmarks.synthetic`) and measures how long it takes to
open them, to add one article more, and to look whether anything changed. The vectors are made by
counting words, since what takes the time of a model is known per article; ``--model`` takes a real
one.
"""

import argparse
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.killed import make_encoder, say
from benchmarks.synthetic import real_sentences, write_articles
from index.encoder import Encoder
from index.library import Library
from index.store import add_articles, remove_articles

OPENINGS = 3
TIMES = ("built", "opened", "one added", "one removed")


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line of a table a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--length", type=int, default=200, help="sentences in an article")
    parser.add_argument("--model", help="a real model, by name or folder (default: counted words)")
    arguments = parser.parse_args(argv)
    encoder = make_encoder(arguments.model)
    sentences = real_sentences()
    columns = ("articles", "passages", *(f"{what}, s" for what in TIMES), "unchanged, µs")
    say(f"| {' | '.join(columns)} |")
    say("| --- " * len(columns) + "|")
    with tempfile.TemporaryDirectory() as name:
        for count in sorted(arguments.articles):
            folder = Path(name) / str(count)
            write_articles(folder / "in", sentences, count=count, length=arguments.length)
            write_articles(folder / "one", sentences, count=1, length=arguments.length, seed=2)
            say(measure(folder, count, encoder))
            shutil.rmtree(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"\npeak memory {peak:.0f} MiB")
    return 0


def measure(folder: Path, count: int, encoder: Encoder) -> str:
    """Build, open, add to and remove from one library; returns its line of the table."""
    library = folder / "library"
    built = seconds(lambda: add_articles(library, [folder / "in"], encoder=encoder))
    opened = min(seconds(lambda: Library.open(library, encoder=encoder)) for _ in range(OPENINGS))
    in_memory = Library.open(library, encoder=encoder)
    unchanged = min(seconds(in_memory.reload_if_changed) for _ in range(100))
    added = seconds(lambda: add_articles(library, [folder / "one"], encoder=encoder))
    removed = seconds(lambda: remove_articles(library, ["synthetic-2-00000"]))
    return (
        f"| {count:,} | {len(in_memory.passages):,} | {built:.1f} | {opened:.2f} | {added:.2f} "
        f"| {removed:.2f} | {unchanged * 1e6:.0f} |"
    )


def seconds(work: Callable[[], object]) -> float:
    """Do something and return how long it took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
