"""Adding, removing and listing the articles of a library: what the command line and the chat call.

One bad file among many is refused with its reason and nothing of it is kept; the others go on.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.adding import Adding, AddReport
from index.encoder import DEFAULT_MODEL, Encoder, SentenceEncoder
from index.entries import ENTRIES, ArticleFiles, Entry, kept_entry, read_new
from index.folders import article_folders, clear, restore, set_aside
from index.incoming import Candidate, find_candidates
from index.locking import as_library_error, writing
from index.mapped.keeping import discard_mapped, keep_mapped
from index.reading_process import ReadingProcess
from index.snapshot import MANIFEST, LibraryError, Manifest, write_manifest
from index.updating import (
    OnProgress,
    Progress,
    ignore,
    in_force,
    make_manifest,
    manifest_or_none,
    name_some,
    scan,
    update,
    why_stale,
)
from index.vectors import VECTORS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """One article of a library.

    Attributes:
        id: the name of its folder.
        title, authors, year, doi: of the article; "", () or None where it does not say.
        citation: in one line.
        references: entries of its bibliography.
        passages: what can be found of it.
        format: ending of its source file, without the dot.
        bytes: size of that file.
        added: when it was first indexed (ISO 8601, UTC), None where it has not been.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str
    citation: str
    references: int
    passages: int
    format: str
    bytes: int
    added: str | None


def add_articles(
    library: Path,
    paths: Iterable[Path],
    *,
    model: str = DEFAULT_MODEL,
    encoder: Encoder | None = None,
    overwrite: bool = False,
    wait: float | None = None,
    on_progress: OnProgress = ignore,
    on_status: Callable[[str], None] = logger.info,
) -> AddReport:
    """Add articles and index them; an article that is finished stays if a later one is cut off.

    Args:
        library: its folder.
        paths: files, article folders, or folders to search for both.
        model: which embedding model, by name or folder; not used where ``encoder`` is given.
        encoder: an encoder that is already loaded.
        overwrite: replace an article that has the same id and another content, not refuse it.
        wait: for how many seconds at most to wait for another writer.
        on_progress: is told of each path when it is finished.
        on_status: is told in one line of other work, and of the end.

    Raises:
        CorpusError: an article that the library has already cannot be read.
        EncoderError: the model cannot be loaded.
        LibraryError: the library cannot be written, or another process is writing it.
    """
    encoder = encoder or SentenceEncoder(model)
    with writing(library, "add", wait=wait), as_library_error(library):
        _bring_up_to_date(library, encoder, on_progress, on_status)
        found = list(find_candidates(paths))
        with ReadingProcess() as reading:
            adding = Adding(library, encoder, reading, overwrite=overwrite)
            for number, one in enumerate(found, start=1):
                outcome, detail = adding.add(one)
                name = one.id if isinstance(one, Candidate) else str(one.path)
                on_progress(Progress(number, len(found), name, outcome, detail))
        report = adding.report()
        if report.added or report.replaced:
            facts = update(library, encoder, verify=False).facts
            count = len(facts.documents)
            on_status(f"Index built: {facts.passages} passages of {count} article(s).")
        return report


def build_index(
    library: Path,
    *,
    model: str = DEFAULT_MODEL,
    encoder: Encoder | None = None,
    anew: bool = False,
    wait: float | None = None,
    on_progress: OnProgress = ignore,
) -> Manifest:
    """Bring the index up to date and make every damaged part of it again.

    Args:
        library: its folder.
        model: which embedding model, by name or folder; not used where ``encoder`` is given.
        encoder: an encoder that is already loaded.
        anew: use nothing that is kept: read and embed every article.
        wait: for how many seconds at most to wait for another writer.
        on_progress: is told of each article that was indexed.

    Raises:
        CorpusError: an article cannot be read; the state before stays in force.
        EncoderError: the model cannot be loaded.
        LibraryError: the library cannot be written, or another process is writing it.
    """
    encoder = encoder or SentenceEncoder(model)
    with writing(library, "build", wait=wait), as_library_error(library):
        restore(library, in_force(library))
        return update(library, encoder, anew=anew, on_progress=on_progress)


def _bring_up_to_date(
    library: Path, encoder: Encoder, on_progress: OnProgress, on_status: Callable[[str], None]
) -> None:
    """Put a state in force before anything is added, so that readers have one meanwhile."""
    restore(library, in_force(library))
    reason = why_stale(library, encoder)
    if not reason:
        clear(library)
        return
    on_status(f"Building the index in {library}: {reason}.")
    update(library, encoder, verify=False, on_progress=on_progress)


def remove_articles(library: Path, ids: Sequence[str], *, wait: float | None = None) -> None:
    """Take articles out of a library and of its index, all of them or none; needs no model.

    Args:
        library: its folder.
        ids: of the articles.
        wait: for how many seconds at most to wait for another writer.

    Raises:
        CorpusError: the library has no articles.
        LibraryError: an id is unknown, no article would be left, the library cannot be written, or
            another process is writing it.
    """
    with writing(library, "remove", wait=wait), as_library_error(library):
        restore(library, in_force(library))
        names = list(dict.fromkeys(ids))
        known = [folder.name for folder in article_folders(library)]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise LibraryError(
                f"no article {unknown[0]!r} in {library}; it has {name_some(known, 20)}"
            )
        if set(known) <= set(names):
            raise LibraryError(
                "a library needs an article; add another one before removing the last"
            )
        for name in names:
            set_aside(library, name)
        _forget(library, names)
        clear(library)


def _forget(library: Path, names: Sequence[str]) -> None:
    """Put a state without some articles in force and delete their parts, but no others."""
    old = manifest_or_none(library)
    if old is None:
        return
    left = {name: record for name, record in old.articles.items() if name not in names}
    if left:
        mapped = keep_mapped(library, old.mapped, left, old.facts.dimension)
        write_manifest(library, make_manifest(old.facts, left, old.facts.documents, mapped))
        discard_mapped(library, keep=mapped)
    else:  # what is left has not been indexed yet
        (library / MANIFEST).unlink()
        discard_mapped(library, keep=None)
    gone = [old.articles[name] for name in names if name in old.articles]
    for record in gone:
        (library / ENTRIES / record.key).unlink(missing_ok=True)
        if record.vectors not in {other.vectors for other in left.values()}:
            (library / VECTORS / record.vectors).unlink(missing_ok=True)


def list_articles(library: Path) -> tuple[ArticleFacts, ...]:
    """List the articles of a library by their ids; what is not kept is read from the sources.

    Raises:
        CorpusError: there is no article, or one cannot be read.
    """
    manifest = manifest_or_none(library)
    records = {} if manifest is None else manifest.articles
    listed = []
    for name, files in scan(library, records).items():
        record = records.get(name)
        indexed = record is not None and record.key == files.key
        entry = kept_entry(library, files.key) or read_new(files)
        listed.append(_facts_of(files, entry, record.added if record and indexed else None))
    return tuple(listed)


def _facts_of(files: ArticleFiles, entry: Entry, added: str | None) -> ArticleFacts:
    facts = entry.facts
    return ArticleFacts(
        id=files.id,
        title=facts.title,
        authors=facts.authors,
        year=facts.year,
        doi=facts.doi,
        citation=facts.citation,
        references=facts.references,
        passages=entry.passages,
        format=files.source.suffix.lower().removeprefix("."),
        bytes=files.source.stat().st_size,
        added=added,
    )
