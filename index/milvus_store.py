"""Adding, removing and importing articles of a library on Milvus: what the command line calls.

The counterpart of `index.store`; the reports are the same. One bad file among many is refused with
its reason, the others go on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.document import CorpusError
from index.adding import AddReport
from index.embedded import ArticleList, EmbeddedArticle, EmbeddedArticles, embed, read_candidate
from index.encoder import Encoder
from index.incoming import Candidate, Refusal, find_candidates
from index.milvus import MilvusLibrary
from index.milvus_connection import Connection
from index.milvus_writing import LibraryWriter, build_or_none, replace_library
from index.snapshot import LibraryError
from index.updating import OnProgress, Progress, ignore, name_some


def add_to_milvus(
    connection: Connection,
    paths: Iterable[Path],
    encoder: Encoder,
    *,
    overwrite: bool = False,
    on_progress: OnProgress = ignore,
) -> AddReport:
    """Read and embed articles here and write them into a library; a new one is made of them.

    Args:
        connection: to the library.
        paths: files, article folders, or folders to search for both.
        encoder: the model of the library.
        overwrite: replace an article that has the same id and another content, not refuse it.
        on_progress: is told of each path when it is finished.

    Raises:
        LibraryError: the library has another model, no article of a new one can be read, or the
            cluster fails.
    """
    found = list(find_candidates(paths))
    articles = (_read(one, encoder) for one in found)
    if build_or_none(connection) is None:
        return _make_library(connection, list(articles), encoder, on_progress)
    return _write_all(
        connection, articles, len(found), encoder, overwrite=overwrite, on_progress=on_progress
    )


def import_to_milvus(
    connection: Connection,
    articles: EmbeddedArticles,
    encoder: Encoder,
    *,
    anew: bool = False,
    overwrite: bool = False,
    replicas: int = 1,
    on_progress: OnProgress = ignore,
) -> AddReport:
    """Write articles that are embedded already.

    Args:
        connection: to the library.
        articles: from a library on disk or from shards.
        encoder: the model that embedded them.
        anew: let them take the place of all that the library has, at once and when all are there.
        overwrite: replace an article that has the same id and another content, not refuse it.
        replicas: of a new build: how many copies are searched.
        on_progress: is told of each article.

    Raises:
        LibraryError: the library has another model, there is no article, or the cluster fails.
    """
    if anew or build_or_none(connection) is None:
        return replace_library(
            connection, articles, encoder, replicas=replicas, on_progress=on_progress
        )
    return _write_all(
        connection, articles, len(articles), encoder, overwrite=overwrite, on_progress=on_progress
    )


def remove_from_milvus(connection: Connection, encoder: Encoder, names: Sequence[str]) -> None:
    """Take articles out of a library, all of them or none.

    Args:
        connection: to the library.
        encoder: its model; no text is embedded.
        names: ids of the articles.

    Raises:
        LibraryError: an id is unknown, no article would be left, or the cluster fails.
    """
    writer = LibraryWriter(connection, MilvusLibrary.of(connection, encoder))
    known = list(writer.heads)
    unknown = [name for name in names if name not in writer.heads]
    if unknown:
        raise LibraryError(
            f"no article {unknown[0]!r} in {connection.address}; it has {name_some(known, 20)}"
        )
    if set(known) <= set(names):
        raise LibraryError("a library needs an article; add another one before removing the last")
    for name in dict.fromkeys(names):
        writer.remove(name)


def _read(one: Candidate | Refusal, encoder: Encoder) -> EmbeddedArticle | Refusal:
    if isinstance(one, Refusal):
        return one
    try:
        return embed(read_candidate(one).entry, encoder)
    except CorpusError as error:
        return Refusal(one.path, str(error))


def _make_library(
    connection: Connection,
    articles: list[EmbeddedArticle | Refusal],
    encoder: Encoder,
    on_progress: OnProgress,
) -> AddReport:
    """Make a new library of the articles that could be read; of two with one id, of the first."""
    refused = [one for one in articles if isinstance(one, Refusal)]
    read: dict[str, EmbeddedArticle] = {}
    for one in articles:
        if isinstance(one, EmbeddedArticle):
            read.setdefault(one.entry.id, one)
    for number, one in enumerate(refused, start=1):
        on_progress(Progress(number, len(articles), str(one.path), "refused", one.reason))
    if not read:
        reasons = "; ".join(one.reason for one in refused) or "no path was given"
        raise LibraryError(f"no article for a new index {connection.address}: {reasons}")
    made = replace_library(
        connection, ArticleList(list(read.values())), encoder, on_progress=on_progress
    )
    return replace(made, refused=(*refused, *made.refused))


def _write_all(
    connection: Connection,
    articles: Iterable[EmbeddedArticle | Refusal],
    total: int,
    encoder: Encoder,
    *,
    overwrite: bool,
    on_progress: OnProgress,
) -> AddReport:
    """Write articles into the build in force, one after the other."""
    writer = LibraryWriter(connection, MilvusLibrary.of(connection, encoder))
    ids: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": []}
    refused: list[Refusal] = []
    for number, (name, outcome, detail) in enumerate(
        _outcomes(writer, articles, overwrite=overwrite), start=1
    ):
        if outcome == "refused":
            refused.append(Refusal(Path(name), detail))
        else:
            ids[outcome].append(name)
        on_progress(Progress(number, total, name, outcome, detail))
    found = {outcome: tuple(dict.fromkeys(names)) for outcome, names in ids.items()}
    return AddReport(**found, refused=tuple(refused))


def _outcomes(
    writer: LibraryWriter, articles: Iterable[EmbeddedArticle | Refusal], *, overwrite: bool
) -> Iterator[tuple[str, str, str]]:
    """Write each article; gives its name, what became of it, and its title or the reason."""
    for one in articles:
        if isinstance(one, Refusal):
            yield str(one.path), "refused", one.reason
            continue
        try:
            outcome = writer.put(one, overwrite=overwrite)
        except CorpusError as error:
            yield one.entry.id, "refused", str(error)
        else:
            yield one.entry.id, outcome, one.entry.facts.title
