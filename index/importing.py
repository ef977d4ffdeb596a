"""Loading shards into a library on disk, without embedding anything again.

What the shards hold is put where `index.store` looks for what is kept; the articles are then added
as any others are, and nothing of them has to be read or embedded.
"""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from index.adding import AddReport
from index.encoder import Encoder
from index.entries import find_files, write_entry
from index.incoming import Candidate, Refusal, stage
from index.locking import as_library_error, writing
from index.shards import ShardArticle, Shards
from index.store import add_articles, build_index
from index.updating import OnProgress, Progress, ignore
from index.vectors import vectors_key, write_vectors

logger = logging.getLogger(__name__)


def import_shards(
    library: Path,
    shards: Shards,
    encoder: Encoder,
    *,
    overwrite: bool = False,
    wait: float | None = None,
    on_progress: OnProgress = ignore,
    on_status: Callable[[str], None] = logger.info,
) -> AddReport:
    """Add the articles of shards to a library, shard by shard.

    Args:
        library: its folder.
        shards: made with the model of the library.
        encoder: that model.
        overwrite: replace an article that has the same id and another content, not refuse it.
        wait: for how many seconds at most to wait for another writer.
        on_progress: is told of each article.
        on_status: is told in one line of other work.

    Raises:
        CorpusError: an article that the library has already cannot be read.
        LibraryError: a shard is damaged, the library cannot be written, or another process is
            writing it; the shards before stay.
    """
    build_index(library, encoder=encoder, wait=wait)  # so that adding has nothing else to do
    reports: list[AddReport] = []
    done = 0
    for shard in shards.manifest.shards:
        articles = shards.read(shard)
        with tempfile.TemporaryDirectory(prefix="sic-") as name:
            for article in articles:
                _lay_out(library, article, Path(name), encoder, wait)

            def tell(progress: Progress, before: int = done) -> None:
                number = before + progress.done
                on_progress(
                    Progress(number, len(shards), progress.name, progress.outcome, progress.detail)
                )

            if articles:
                paths = [Path(name) / article.entry.id for article in articles]
                reports.append(
                    add_articles(
                        library,
                        paths,
                        encoder=encoder,
                        overwrite=overwrite,
                        wait=wait,
                        on_progress=tell,
                    )
                )
        done += len(articles)
    on_status(f"Imported {done} article(s) of {len(shards.manifest.shards)} shard(s).")
    return _sum(reports)


def _lay_out(
    library: Path, article: ShardArticle, folder: Path, encoder: Encoder, wait: float | None
) -> None:
    """Write an article's files to a folder, and what was made of them to the library."""
    candidate = Candidate(folder / article.entry.id, article.entry.id)
    files = find_files(stage(candidate, article.content, folder))
    with writing(library, "import", wait=wait), as_library_error(library):
        write_entry(library, files.key, article.entry)
        key = vectors_key(encoder, article.entry.texts_sha256)
        write_vectors(library, key, article.vectors)


def _sum(reports: list[AddReport]) -> AddReport:
    refused = [
        Refusal(Path(one.path.name), one.reason) for report in reports for one in report.refused
    ]
    return AddReport(
        added=tuple(name for report in reports for name in report.added),
        replaced=tuple(name for report in reports for name in report.replaced),
        unchanged=tuple(name for report in reports for name in report.unchanged),
        refused=tuple(refused),
    )
