"""The command line of the index: build, add, remove, list, check."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.document import CorpusError
from index.checking import CheckReport, check_library
from index.encoder import DEFAULT_MODEL, EncoderError
from index.folders import DEFAULT_LIBRARY
from index.mapped.keeping import describe_search
from index.snapshot import LibraryError
from index.store import add_articles, build_index, list_articles, remove_articles
from index.updating import Progress, name_some

INTERRUPTED = 130
"""As a shell reports a program that was stopped with Ctrl-C."""
EPILOG = "exit codes: 0 done, 1 a path was refused or a finding is negative, 2 an error"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 a negative finding, 2 an error."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code: int = arguments.run(arguments)
        return code
    except (CorpusError, EncoderError, LibraryError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "interrupted: what was finished is kept; run the same command again for the rest",
            file=sys.stderr,
        )
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__, epilog=EPILOG)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, *, writes: bool
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, epilog=EPILOG)
        added.add_argument("--library", type=Path, default=DEFAULT_LIBRARY, metavar="DIR")
        added.add_argument(
            "--model", default=DEFAULT_MODEL, help="embedding model, by name or folder"
        )
        if writes:
            added.add_argument(
                "--wait", type=float, metavar="SECONDS", help="for another writer, at most"
            )
        added.set_defaults(run=run)
        return added

    build = command("build", _build, "bring the index up to date and mend it", writes=True)
    build.add_argument("--anew", action="store_true", help="use nothing that is kept")
    add = command("add", _add, "add articles and index them", writes=True)
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    add.add_argument(
        "--replace", action="store_true", help="put another content in an article's place"
    )
    for slow in (build, add):
        slow.add_argument("--progress", action="store_true", help="a progress bar, also in a pipe")
    remove = command("remove", _remove, "remove articles by id", writes=True)
    remove.add_argument("ids", nargs="+", metavar="ID")
    listing = command("list", _list, "list the articles", writes=False)
    listing.add_argument("--json", action="store_true", help="all that is known, as JSON")
    check = command("check", _check, "check that the library is whole", writes=False)
    check.add_argument("--json", action="store_true", help="all that was found, as JSON")
    return parser


def _build(arguments: argparse.Namespace) -> int:
    with _reporting(arguments) as (on_progress, _):
        facts = build_index(
            arguments.library,
            model=arguments.model,
            anew=arguments.anew,
            wait=arguments.wait,
            on_progress=on_progress,
        ).facts
    print(f"Index built: {facts.passages} passages of {len(facts.documents)} article(s).")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    with _reporting(arguments) as (on_progress, on_status):
        report = add_articles(
            arguments.library,
            arguments.paths,
            model=arguments.model,
            overwrite=arguments.replace,
            wait=arguments.wait,
            on_progress=on_progress,
            on_status=on_status,
        )
    for refusal in report.refused:
        print(f"refused: {refusal.reason}", file=sys.stderr)
    if report.refused:
        kept = len(report.added) + len(report.replaced) + len(report.unchanged)
        print(f"{len(report.refused)} refused, {kept} in the library", file=sys.stderr)
    return 1 if report.refused else 0


def _remove(arguments: argparse.Namespace) -> int:
    remove_articles(arguments.library, arguments.ids, wait=arguments.wait)
    for name in dict.fromkeys(arguments.ids):
        print(f"removed {name}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    listed = list_articles(arguments.library)
    if arguments.json:
        print(json.dumps([asdict(one) for one in listed], ensure_ascii=False, indent=1))
        return 0
    for one in listed:
        print(f"{one.id}\t{one.citation}\t{one.references} references")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    report = check_library(arguments.library)
    if arguments.json:
        print(json.dumps(_as_json(report), ensure_ascii=False, indent=1))
        return 1 if report.problems or report.manifest is None else 0
    for problem in report.problems:
        print(f"{problem.kind}: {problem.what}; {problem.remedy}")
    if report.waiting:
        print(
            f"waiting: {name_some(list(report.waiting))}: in the library, not indexed yet; "
            "the next start does it, or run: python -m index build"
        )
    if report.problems or report.manifest is None:
        return 1
    facts = report.manifest.facts
    print(
        f"whole: {facts.passages} passages of {len(facts.documents)} article(s), "
        f"{facts.model}, {report.manifest.created}"
    )
    print(f"search: {describe_search(report.manifest.mapped)}")
    return 0


def _as_json(report: CheckReport) -> dict[str, Any]:
    state = report.manifest
    return {
        "problems": [asdict(problem) for problem in report.problems],
        "waiting": list(report.waiting),
        "facts": None if state is None else asdict(state.facts),
        "created": None if state is None else state.created,
        "mapped": None if state is None or state.mapped is None else asdict(state.mapped),
        "search": None if state is None else describe_search(state.mapped),
    }


@contextmanager
def _reporting(
    arguments: argparse.Namespace,
) -> Iterator[tuple[Callable[[Progress], None], Callable[[str], None]]]:
    """Print lines for progress and for status, above a bar where one is shown."""
    from tqdm import tqdm

    shown = arguments.progress or sys.stderr.isatty()
    with tqdm(file=sys.stderr, disable=not shown, unit=" articles", dynamic_ncols=True) as bar:

        def say(line: str) -> None:
            with bar.external_write_mode(file=sys.stdout):
                print(line, flush=True)

        def tell(progress: Progress) -> None:
            if shown and bar.total != progress.total:  # another piece of work begins
                bar.reset(total=progress.total)
            if progress.outcome != "refused":  # told at the end
                say(f"{progress.outcome} {progress.name}: {progress.detail}")
            bar.update(progress.done - bar.n)

        yield tell, say


if __name__ == "__main__":
    sys.exit(main())
