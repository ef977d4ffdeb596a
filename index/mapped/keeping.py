"""Whether a library has a mapped form, and that it is the one of its articles."""

from collections.abc import Mapping
from pathlib import Path

from index.mapped.opening import check_mapped, open_mapped
from index.mapped.writing import MAPPED, discard_folder, mapped_key, write_mapped
from index.parts import PartError
from index.seen import SEEN
from index.snapshot import ArticleRecord, LibraryError, MappedForm

MAPPED_FROM = 100_000
"""From so many passages on a library is mapped. Below, reading all parts takes about a second."""


def keep_mapped(
    library: Path,
    old: MappedForm | None,
    records: Mapping[str, ArticleRecord],
    dimension: int,
    *,
    verify: bool = False,
    anew: bool = False,
) -> MappedForm | None:
    """Return the mapped form of articles, made now unless ``old`` is it; None for few passages.

    Args:
        library: its folder.
        old: the form in force.
        records: the articles, in order of their ids; their parts are on disk.
        dimension: of the vectors.
        verify: hash the old form whole, to make it again where it is damaged.
        anew: make it again in any case.

    Raises:
        LibraryError: a part of an article is damaged.
        OSError: the library cannot be written.
    """
    if sum(record.passages for record in records.values()) < MAPPED_FROM:
        return None
    if old is not None and not anew and old.key == mapped_key(records, dimension):
        try:
            (check_mapped if verify else open_mapped)(library, old, records, dimension)
            return old
        except PartError:
            pass  # it is made again
    try:
        return write_mapped(library, records, dimension)
    except PartError as error:
        raise LibraryError(f"{library}: {error}; run: python -m index build") from error


def discard_mapped(library: Path, *, keep: MappedForm | None) -> None:
    """Delete every mapped form but the one in force; what is open stays readable."""
    home = library / MAPPED
    for path in list(home.iterdir()) if home.is_dir() else []:
        if keep is None or path.name != keep.key:
            discard_folder(path)
    if keep is None:
        (library / SEEN).unlink(missing_ok=True)
        if home.is_dir():
            home.rmdir()


def describe_search(form: MappedForm | None) -> str:
    """Say in one line how the vectors of a library are searched, and what was measured."""
    if form is None or not form.queries:
        return "every passage is compared" + ("" if form is None else ", mapped into memory")
    lists = f" in {form.probes} lists" if form.probes else ""
    return (
        f"{form.search} codes{lists} name {form.reranked} candidates, which are compared exactly; "
        f"recall@10 {form.recall_at_10:.4f} and recall@100 {form.recall_at_100:.4f} "
        f"of {form.queries} queries, mapped into memory"
    )
