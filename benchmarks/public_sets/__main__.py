"""Measure search and evidence model on public sets.

python -m benchmarks.public_sets --data DIR [--tune QUERIES.jsonl QRELS.tsv]
    [--squad FILE] [--covidqa FILE] [--json FILE] [--update-readme benchmarks/RESULTS.md]

DIR holds one folder a set, in BEIR form. What is named is measured: sets, answerability, or both.
Models' outputs are kept in --cache, so a run that was cut off, or repeated, is quick.
"""

import argparse
import logging
import sys
from pathlib import Path

from benchmarks.public_sets.answerability import NoCandidateError
from benchmarks.public_sets.beir import BeirError
from benchmarks.public_sets.caching import CachedEncoder, CachedScorer, CacheError, model_identity
from benchmarks.public_sets.measuring import DEPTH
from benchmarks.public_sets.reporting import (
    Report,
    check_markers,
    markdown,
    report_tables,
    terminal,
    update_readme,
    write_json,
)
from benchmarks.public_sets.running import SETS, Plan, run_plan
from benchmarks.public_sets.tuning import OverlapError
from index.encoder import DEFAULT_MODEL, EncoderError, SentenceEncoder
from qa.evaluation.markdown import ReadmeError
from qa.evidence_model.scorer import BUNDLED, NO_MODEL, load_scorer
from qa.evidence_training.articles import TrainingDataError

CACHE = Path("report") / "cache"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, or 2 where something given cannot be used."""
    options = _read_options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        report = _run(options)
    except (
        BeirError,
        CacheError,
        EncoderError,
        NoCandidateError,
        OverlapError,
        ReadmeError,
        TrainingDataError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n\n".join(map(terminal, report_tables(report))))
    return 0


def _run(options: argparse.Namespace) -> Report:
    if options.update_readme:
        check_markers(options.update_readme)
    plan = Plan(
        data=options.data,
        sets=tuple(options.sets),
        limit=options.limit,
        evidence_queries=options.evidence_queries,
        depth=options.depth,
        tune=tuple(options.tune) if options.tune else None,
        tune_queries=options.tune_queries,
        squad=options.squad,
        covidqa=options.covidqa,
    )
    encoder = CachedEncoder(SentenceEncoder(options.model), options.cache)
    report = run_plan(plan, encoder, _load_scorer(options))
    if options.json:
        write_json(report, options.json)
    if options.update_readme:
        update_readme(options.update_readme, markdown(report))
    return report


def _load_scorer(options: argparse.Namespace) -> CachedScorer | None:
    name = options.evidence_model
    if name == NO_MODEL:
        return None
    return CachedScorer(load_scorer(name), options.cache, identity=model_identity(name))


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not (options.data or options.squad or options.covidqa):
        parser.error("nothing to measure: name --data DIR, --squad FILE or --covidqa FILE")
    if options.tune and not options.data:
        parser.error("--tune needs --data DIR, which holds the documents")
    if options.tune and options.evidence_model == NO_MODEL:
        parser.error("--tune needs an evidence model")
    if options.depth < DEPTH:
        parser.error(f"--depth must be at least {DEPTH}, got {options.depth}")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.public_sets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="folder with the sets in BEIR form")
    add("--sets", nargs="*", default=SETS, metavar="NAME", help=f"of them ({' '.join(SETS)})")
    add("--squad", type=Path, metavar="FILE", help="answerability on SQuAD 2.0's JSON")
    add("--covidqa", type=Path, metavar="FILE", help="answerability on COVID-QA, in that form")
    add("--model", default=DEFAULT_MODEL, metavar="NAME", help="embedding model (%(default)s)")
    add(
        "--evidence-model",
        default=BUNDLED,
        metavar="NAME",
        help=f"folder or hub name, {NO_MODEL} for without (%(default)s)",
    )
    add("--limit", type=_count, metavar="N", help="queries drawn of each set or source (all)")
    add("--evidence-queries", type=_count, metavar="N", help="of them for the evidence model (all)")
    add("--depth", type=_count, default=20, metavar="K", help="documents it reads (%(default)s)")
    add(
        "--tune",
        nargs=2,
        type=Path,
        metavar=("QUERIES", "QRELS"),
        help="choose how evidence is weighed on these other queries of scifact",
    )
    add("--tune-queries", type=_count, default=100, metavar="N", help="of them (%(default)s)")
    add("--cache", type=Path, default=CACHE, metavar="DIR", help="models' outputs (%(default)s)")
    add("--json", type=Path, metavar="FILE", help="write the results as JSON")
    add("--update-readme", type=Path, metavar="FILE.md", help="put the tables between its markers")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {count}")
    return count


if __name__ == "__main__":
    sys.exit(main())
