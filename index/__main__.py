"""The command line of the index: build, add, remove, list, check."""

import argparse
import hashlib
import logging
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from corpus.document import CorpusError, Document
from corpus.passages import PASSAGE_RULE, split_passages
from corpus.reading import load_corpus, read_article, read_document
from index.encoder import DEFAULT_MODEL, EncoderError
from index.library import DEFAULT_LIBRARY, Library, articles_folder, hash_passages
from index.snapshot import LibraryError, StaleIndexError, check_files, read_manifest


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 a negative finding, 2 an error."""
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("build", _build, "build the index anew"),
        ("add", _add, "add articles (folders with article.toml, or text files) and index them"),
        ("remove", _remove, "remove articles by id and index the rest"),
        ("list", _list, "list the articles"),
        ("check", _check, "check that the index is whole and fits the articles"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--library", type=Path, default=DEFAULT_LIBRARY, metavar="DIR")
        command.add_argument(
            "--model", default=DEFAULT_MODEL, help="embedding model, by name or folder"
        )
        command.set_defaults(run=run)
        if name == "add":
            command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        if name == "remove":
            command.add_argument("ids", nargs="+", metavar="ID")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns itself to DEBUG when imported
    try:
        code: int = arguments.run(arguments)
        return code
    except (CorpusError, EncoderError, LibraryError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _build(arguments: argparse.Namespace) -> int:
    Library.open(arguments.library, model=arguments.model, rebuild=True, on_status=print)
    return 0


def _add(arguments: argparse.Namespace) -> int:
    # Everything is read and checked before anything is copied: one bad path changes nothing.
    documents = [read_document(path) for path in arguments.paths]
    articles = own_articles(arguments.library)
    taken = {path.name for path in articles.iterdir()}
    for path, document in zip(arguments.paths, documents, strict=True):
        if document.id in taken:
            raise LibraryError(f"{document.id} is in the library already; remove it first")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", document.id):
            raise LibraryError(
                f"{document.id!r} is no usable id; rename {path} to letters, digits and -._"
            )
        taken.add(document.id)
    for path, document in zip(arguments.paths, documents, strict=True):
        _copy_article(path, document, articles)
        print(f"added {document.id}: {document.metadata.title}")
    Library.open(arguments.library, model=arguments.model, on_status=print)
    return 0


def own_articles(library: Path) -> Path:
    """Return the library's own articles folder; a new one starts as a copy of the corpus."""
    own = library / "articles"
    if not own.is_dir():
        library.mkdir(parents=True, exist_ok=True)
        temporary = library / f".articles-{uuid4().hex}"
        shutil.copytree(articles_folder(library), temporary)
        temporary.rename(own)
    return own


def _copy_article(path: Path, document: Document, articles: Path) -> None:
    temporary = articles.parent / f".adding-{uuid4().hex}"
    try:
        if path.is_dir():
            shutil.copytree(path, temporary)
        else:
            temporary.mkdir()
            source = f"source{path.suffix.lower()}"
            shutil.copy(path, temporary / source)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            toml = f'[source]\nfile = "{source}"\nsha256 = "{digest}"\n'
            (temporary / "article.toml").write_text(toml, encoding="utf-8")
        read_article(temporary)
        temporary.rename(articles / document.id)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _remove(arguments: argparse.Namespace) -> int:
    known = {document.id for document in load_corpus(articles_folder(arguments.library))}
    unknown = [name for name in arguments.ids if name not in known]
    if unknown:
        raise LibraryError(
            f"no article {unknown[0]!r} in {arguments.library}; it has {', '.join(sorted(known))}"
        )
    if known <= set(arguments.ids):
        raise LibraryError("a library needs an article; add another one before removing the last")
    articles = own_articles(arguments.library)
    for name in dict.fromkeys(arguments.ids):
        shutil.rmtree(articles / name)
        print(f"removed {name}")
    Library.open(arguments.library, model=arguments.model, on_status=print)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for document in load_corpus(articles_folder(arguments.library)):
        print(f"{document.id}\t{document.metadata.citation}\t{len(document.references)} references")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    documents = load_corpus(articles_folder(arguments.library))
    try:
        folder, manifest = read_manifest(arguments.library)
        check_files(folder, manifest)
    except StaleIndexError as reason:
        print(f"stale: {reason}; run: python -m index build")
        return 1
    passages = [p for document in documents for p in split_passages(document)]
    indexed = manifest.facts.documents
    sources = {document.id: document.source_sha256 for document in documents}
    changed = sorted(n for n in {*indexed, *sources} if indexed.get(n) != sources.get(n))
    facts = manifest.facts
    if (facts.passage_rule, facts.corpus_sha256) != (PASSAGE_RULE, hash_passages(passages)):
        changed = changed or ["the way articles are split"]
    if changed:
        what = ", ".join(changed)
        print(f"stale: {what} changed since the index was built; run: python -m index build")
        return 1
    print(
        f"whole: {facts.passages} passages of {len(sources)} article(s), "
        f"{facts.model}, {manifest.created}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
