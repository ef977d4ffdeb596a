"""The command line of the index: build, add, remove, list, check, embed, import."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from corpus.document import CorpusError
from index.adding import AddReport
from index.checking import CheckReport, check_library
from index.embedded import LibraryArticles
from index.embedding import embed_corpus
from index.encoder import DEFAULT_MODEL, EncoderError, SentenceEncoder
from index.folders import DEFAULT_LIBRARY
from index.importing import import_shards
from index.mapped.keeping import describe_search
from index.milvus_connection import ADDRESS_HELP, Connection, parse_address
from index.milvus_store import add_to_milvus, import_to_milvus, remove_from_milvus
from index.shards import MANIFEST as SHARDS
from index.shards import Shards
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
        name: str,
        run: Callable[[argparse.Namespace], int],
        text: str,
        *,
        writes: bool = False,
        at: bool = True,
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, epilog=EPILOG)
        if at:
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
    remove = command("remove", _remove, "remove articles by id", writes=True)
    remove.add_argument("ids", nargs="+", metavar="ID")
    copy = command("import", _import, "add the articles of another library", writes=True)
    copy.add_argument("source", type=Path, metavar="SOURCE", help="a library, or shards of embed")
    copy.add_argument(
        "--replace", action="store_true", help="put another content in an article's place"
    )
    copy.add_argument(
        "--anew", action="store_true", help="with --index: in the place of all that is there"
    )
    copy.add_argument(
        "--replicas", type=int, default=1, metavar="N", help="with --index: copies to search in"
    )
    embed = command("embed", _embed, "embed many articles on several workers", at=False)
    embed.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    embed.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for the shards")
    embed.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")
    embed.add_argument("--address", metavar="ray://HOST:10001", help="a Ray cluster")
    for slow in (build, add, copy, embed):
        slow.add_argument("--progress", action="store_true", help="a progress bar, also in a pipe")
    for far in (add, remove, copy):
        far.add_argument("--index", metavar="ADDRESS", help=ADDRESS_HELP)
    listing = command("list", _list, "list the articles")
    listing.add_argument("--json", action="store_true", help="all that is known, as JSON")
    check = command("check", _check, "check that the library is whole")
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
        if arguments.index:
            report = add_to_milvus(
                _connect(arguments),
                arguments.paths,
                SentenceEncoder(arguments.model),
                overwrite=arguments.replace,
                on_progress=on_progress,
            )
        else:
            report = add_articles(
                arguments.library,
                arguments.paths,
                model=arguments.model,
                overwrite=arguments.replace,
                wait=arguments.wait,
                on_progress=on_progress,
                on_status=on_status,
            )
    return _print_refusals(report)


def _print_refusals(report: AddReport) -> int:
    for refusal in report.refused:
        print(f"refused: {refusal.reason}", file=sys.stderr)
    if report.refused:
        kept = len(report.added) + len(report.replaced) + len(report.unchanged)
        print(f"{len(report.refused)} refused, {kept} in the library", file=sys.stderr)
    return 1 if report.refused else 0


def _remove(arguments: argparse.Namespace) -> int:
    if arguments.index:
        connection, encoder = _connect(arguments), SentenceEncoder(arguments.model)
        remove_from_milvus(connection, encoder, arguments.ids)
    else:
        remove_articles(arguments.library, arguments.ids, wait=arguments.wait)
    for name in dict.fromkeys(arguments.ids):
        print(f"removed {name}")
    return 0


def _embed(arguments: argparse.Namespace) -> int:
    with _reporting(arguments) as (on_progress, _):
        manifest = embed_corpus(
            arguments.paths,
            arguments.out,
            partial(SentenceEncoder, arguments.model),
            workers=arguments.workers,
            address=arguments.address,
            on_progress=on_progress,
        )
    for refusal in manifest.refused:
        print(f"refused: {refusal.reason}", file=sys.stderr)
    shards = [report for report in manifest.shards if report.articles]
    print(
        f"Embedded: {sum(report.passages for report in shards)} passages of "
        f"{sum(len(report.articles) for report in shards)} article(s) in {len(shards)} shard(s)."
    )
    return 1 if manifest.refused else 0


def _import(arguments: argparse.Namespace) -> int:
    encoder = SentenceEncoder(arguments.model)
    is_shards = (arguments.source / SHARDS).is_file()
    if not is_shards and not arguments.index:
        raise LibraryError(
            f"{arguments.source} holds no {SHARDS}; a library is copied to Milvus (--index), its "
            "articles are added to another library with: python -m index add"
        )
    with _reporting(arguments) as (on_progress, on_status):
        if arguments.index:
            source = Shards if is_shards else LibraryArticles
            report = import_to_milvus(
                _connect(arguments),
                source(arguments.source, encoder),
                encoder,
                anew=arguments.anew,
                overwrite=arguments.replace,
                replicas=arguments.replicas,
                on_progress=on_progress,
            )
        else:
            report = import_shards(
                arguments.library,
                Shards(arguments.source, encoder),
                encoder,
                overwrite=arguments.replace,
                wait=arguments.wait,
                on_progress=on_progress,
                on_status=on_status,
            )
    return _print_refusals(report)


def _connect(arguments: argparse.Namespace) -> Connection:
    return Connection(parse_address(arguments.index))


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
