"""Measure how a library grows.

python -m benchmarks.scale [--sizes 1 100 10000] [--vectors 1000000] [--json]
    [--update-readme benchmarks/RESULTS.md] [--report DIR]

Libraries of the shipped article and synthetic ones (see `benchmarks.scale.making`) are built,
opened in a process of their own and asked the development questions, and the assistant is started
over each; then that many vectors are searched exactly and by codes. What the model computed is kept
in --cache.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.public_sets.caching import CachedEncoder
from benchmarks.results_file import add_results_option, write_results
from benchmarks.scale.asking import ask
from benchmarks.scale.assisting import assist
from benchmarks.scale.making import DerivingEncoder
from benchmarks.scale.measuring import measure_sizes, measure_vectors
from benchmarks.scale.reporting import (
    ASSISTANT,
    SIZES,
    VECTORS,
    assistant_table,
    markdown,
    plot,
    sections,
    size_table,
    to_json,
    vector_table,
)
from benchmarks.synthetic import real_sentences
from index.encoder import DEFAULT_MODEL, SentenceEncoder

REPORT = Path("report")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 2 where something given cannot be used."""
    options = _read_options(argv)
    if options.open:
        print(ask(*options.open))
        return 0
    if options.assist:
        print(assist(options.assist, options.model))
        return 0
    sentences = list(dict.fromkeys(real_sentences()))
    model = CachedEncoder(SentenceEncoder(options.model), options.cache)
    encoder = DerivingEncoder(model, sentences)
    sizes, vectors = [], []
    measured = measure_sizes(
        options.sizes, sentences, encoder, length=options.length, model=options.model
    )
    for size in measured:
        sizes.append(size)
        _say(options.json, size_table(sizes)[-1])
        _say(options.json, assistant_table(sizes)[-1])
    for count in options.vectors:
        for vector in measure_vectors(count, encoder):
            vectors.append(vector)
            _say(options.json, vector_table(vectors)[-1])
    tables = {SIZES: size_table(sizes), ASSISTANT: assistant_table(sizes)} if sizes else {}
    tables |= {VECTORS: vector_table(vectors)} if vectors else {}
    if options.json:
        print(to_json(sizes, vectors))
    else:
        print(*map(markdown, tables.values()), sep="\n\n")
    if sizes:
        plot(sizes, options.report / "scale.svg")
    return write_results(options.update_readme, sections(tables))


def _say(quiet: bool, cells: list[str]) -> None:
    if not quiet:
        print(" | ".join(cells), flush=True)


def _read_options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 100, 10_000], metavar="N")
    parser.add_argument("--vectors", type=int, nargs="*", default=[1_000_000], metavar="N")
    parser.add_argument("--length", type=int, default=200, help="sentences in an article")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="by name or folder")
    parser.add_argument("--json", action="store_true", help="print all that was measured as JSON")
    add_results_option(parser)
    parser.add_argument("--report", type=Path, default=REPORT, metavar="DIR", help="for the plot")
    parser.add_argument("--cache", type=Path, default=REPORT / "cache", metavar="DIR")
    parser.add_argument("--open", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--assist", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
