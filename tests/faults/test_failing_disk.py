"""A disk that is full or read-only, from any change on: the old state answers, a rerun completes.

Every change of the library's folder is made to fail in its turn, and all that come after it; then
every size at which a file can be torn. After each the library is looked at as the next process
finds it: on the disk that still fails, and on one that is well again.
"""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.checking import check_library
from index.library import Library
from index.mapped import keeping
from index.snapshot import LibraryError
from index.store import add_articles, build_index, list_articles, remove_articles
from tests.conftest import KeywordEncoder
from tests.faults.injecting import disk, files_end_at
from tests.index.conftest import BEES

Work = Callable[[Path], object]
QUERIES = ("milk", "bees", "wax", "stem cells of the brain")
REMEDY = "free space or choose another folder with --library"
REPLACED = BEES + "More.\n"
WAX = "Wax\n\nIntroduction\n\nWax is soft. Bees make wax.\n"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """A new article, and another content for one of the library."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    (folder / "bees.txt").write_text(REPLACED, encoding="utf-8")
    (folder / "wax.txt").write_text(WAX, encoding="utf-8")
    return folder


def state_of(library: Library) -> tuple[tuple[str, ...], list[list[tuple[str, str]]]]:
    """The texts of a library's documents, and what it finds."""
    texts = tuple(document.text for document in library.documents.values())
    found = [
        [(hit.passage.id, hit.passage.sentence) for hit in library.search(query)]
        for query in QUERIES
    ]
    return texts, found


def opened(folder: Path) -> Library:
    return Library.open(folder, encoder=KeywordEncoder(), on_status=lambda _: None)


class Trial:
    """Work on copies of a library, each on a disk that fails otherwise."""

    def __init__(self, library: Path, folder: Path, work: Work) -> None:
        self.copy = folder / "copy" / "library"
        self._library = library
        self._work = work
        self.begin()
        self._old = state_of(opened(self.copy))
        work(self.copy)
        self._new = state_of(opened(self.copy))
        self._states = (self._old, self._new)

    def begin(self) -> None:
        """Take a fresh copy."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self._library, self.copy)

    def work(self) -> bool:
        """Do the work; returns whether it said that it succeeded."""
        try:
            self._work(self.copy)
        except LibraryError as error:
            said = str(error)
        else:
            return True
        assert REMEDY in said
        return False

    def answers_as_before(self) -> None:
        """Look at the library on the disk that still fails."""
        assert state_of(opened(self.copy)) in self._states

    def can_be_completed(self) -> None:
        """Look at the library on a disk that is well again, and do the work once more."""
        assert check_library(self.copy).problems == ()
        assert all(article.passages for article in list_articles(self.copy))
        opened(self.copy)  # brings it up to date
        assert check_library(self.copy).problems == ()
        if state_of(opened(self.copy)) != self._new:
            self._work(self.copy)
        assert state_of(opened(self.copy)) == self._new
        build_index(self.copy, encoder=KeywordEncoder())  # any writer clears what was left over
        left = {path.name for path in self.copy.iterdir()}
        assert left <= {".lock", "articles", "manifest.json", "read", "vectors", "mapped", "seen"}


def add(incoming: Path) -> Work:
    return lambda library: add_articles(
        library, [incoming], encoder=KeywordEncoder(), overwrite=True
    )


def remove(incoming: Path) -> Work:
    return lambda library: remove_articles(library, ["bees"])


def build_anew(incoming: Path) -> Work:
    return lambda library: build_index(library, encoder=KeywordEncoder(), anew=True)


WORKS = pytest.mark.parametrize("make", [add, remove, build_anew])


@WORKS
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
def test_disk_that_fails_from_any_change_on_loses_nothing(
    built: Path, incoming: Path, tmp_path: Path, make: Callable[[Path], Work], code: int
) -> None:
    trial = Trial(built, tmp_path, make(incoming))
    trial.begin()
    with disk(trial.copy, failing_from=None, code=code) as well:
        trial.work()
    assert well.changes > 5
    failed = 0
    step = 1 if keeping.MAPPED_FROM > 1 else 4  # the mapped form alone takes many changes
    for number in range(0, well.changes, step):
        trial.begin()
        with disk(trial.copy, failing_from=number, code=code):
            failed += not trial.work()
            trial.answers_as_before()
        trial.can_be_completed()
    assert failed > well.changes / step / 2


@WORKS
def test_file_that_is_torn_at_any_size_is_never_taken_for_whole(
    built: Path, incoming: Path, tmp_path: Path, make: Callable[[Path], Work]
) -> None:
    trial = Trial(built, tmp_path, make(incoming))
    largest = max(path.stat().st_size for path in built.rglob("*") if path.is_file())
    failed = 0
    for size in range(0, largest, largest // 12):
        trial.begin()
        with files_end_at(size):
            failed += not trial.work()
            trial.answers_as_before()
        trial.can_be_completed()
    assert failed
