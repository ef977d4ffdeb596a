"""Measure how fast the program is, and write what was found.

python -m benchmarks.speed latency|indexing|start|roofline|users|all [--peers-python PATH]
    [--library DIR] [--questions N] [--rounds N] [--json FILE] [--update-readme FILE]

The peers (benchmarks/requirements.txt) need an environment of their own.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.results_file import add_results_option, write_results
from benchmarks.speed.indexing import measure_indexing
from benchmarks.speed.latency import measure_latency
from benchmarks.speed.results import Measured, section, sections, to_json
from benchmarks.speed.roofline import measure_roofline
from benchmarks.speed.starting import measure_start
from benchmarks.speed.users import USERS, measure_users
from benchmarks.synthetic import real_sentences


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 2 where the file with the results cannot be used."""
    options = _read_options(argv)
    with tempfile.TemporaryDirectory() as name:
        library = options.library or Path(name) / "library"
        commands = _commands(options, library)
        chosen = list(commands) if options.what == "all" else [options.what]
        found = []
        for one in chosen:
            found.append(commands[one]())
            print(f"## {one}\n\n{section(found[-1])}\n", flush=True)
    if options.json:
        options.json.write_text(to_json(found), encoding="utf-8")
    return write_results(options.update_readme, sections(found))


def _commands(options: argparse.Namespace, library: Path) -> dict[str, Callable[[], Measured]]:
    python, rounds, questions = options.peers_python, options.rounds, options.questions
    return {
        "latency": lambda: measure_latency(library, python, questions=questions),
        "indexing": lambda: measure_indexing(
            python, real_sentences(), length=options.passages, rounds=rounds
        ),
        "start": lambda: measure_start(options.library, rounds=rounds, questions=questions),
        "roofline": lambda: measure_roofline(library, rounds=10 * rounds),
        "users": lambda: measure_users(library, users=options.users, questions=questions),
    }


def _read_options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    names = ["latency", "indexing", "start", "roofline", "users", "all"]
    parser.add_argument("what", choices=names)
    parser.add_argument("--peers-python", type=Path, metavar="PATH", help="of their environment")
    parser.add_argument("--library", type=Path, metavar="DIR", help="(default: a fresh one)")
    parser.add_argument("--questions", type=int, default=192, help="(default: %(default)s)")
    parser.add_argument("--passages", type=int, default=1_000, help="(default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    parser.add_argument(
        "--users", type=int, nargs="+", default=USERS, help="(default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    add_results_option(parser)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
