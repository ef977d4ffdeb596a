"""Adding, removing, listing: one bad file is refused, the library holds exactly the good ones."""

import errno
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.document import Document
from index import entries, parts, updating
from index.checking import check_library
from index.encoder import FloatMatrix
from index.folders import SHIPPED_ARTICLES
from index.incoming import Refusal
from index.library import Library
from index.locking import BusyError, writing
from index.snapshot import LibraryError, read_manifest
from index.store import AddReport, add_articles, build_index, list_articles, remove_articles
from index.updating import Progress
from tests.conftest import REPOSITORY, KeywordEncoder
from tests.index.conftest import BEES, MILK, write_article

JATS = REPOSITORY / "tests" / "corpus" / "jats"
WAX = "Wax\n\nIntroduction\n\nWax is soft.\n"
Add = Callable[..., AddReport]


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """A folder with three good text files."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    for name, text in (("ants", "Ants\n\nIntroduction\n\nAnts carry cells.\n"), ("wax", WAX)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "deep" / "honey.txt").write_text("Honey\n\nHoney is sweet.\n", encoding="utf-8")
    return folder


@pytest.fixture
def add(shelf: Path) -> Add:
    """Add paths to the library of two articles."""

    def add_them(*paths: Path, **options: object) -> AddReport:
        options = {"encoder": KeywordEncoder(), **options}
        return add_articles(shelf, paths, **options)  # type: ignore[arg-type]  # any option

    return add_them


def ids(library: Path) -> list[str]:
    return [article.id for article in list_articles(library)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Adding.


def test_folder_is_added_with_all_that_is_in_it(shelf: Path, incoming: Path, add: Add) -> None:
    report = add(incoming)
    assert report == AddReport(("ants", "wax", "honey"), (), (), ())
    assert ids(shelf) == ["ants", "bees", "honey", "milk", "wax"]
    library = Library.open(shelf, encoder=KeywordEncoder(), on_status=pytest.fail)
    assert library.documents["honey"].text.endswith("Honey is sweet.")


def test_each_path_is_told_when_it_is_finished(incoming: Path, add: Add) -> None:
    add()
    told: list[Progress] = []
    bad = incoming / "bad.txt"
    bad.write_bytes(b"\xff")
    add(incoming, on_progress=told.append)
    assert [(one.done, one.total, one.name, one.outcome) for one in told] == [
        (1, 4, "ants", "added"),
        (2, 4, "bad", "refused"),
        (3, 4, "wax", "added"),
        (4, 4, "honey", "added"),
    ]
    assert [one.detail for one in told][::3] == ["Ants", "Honey"]
    assert told[1].detail.startswith(f"{bad} is not UTF-8")


def test_only_what_is_added_is_embedded(incoming: Path, add: Add) -> None:
    add()
    encoder = KeywordEncoder()
    add(incoming / "wax.txt", encoder=encoder)
    assert encoder.seen == ["Wax", "Wax is soft."]


def test_same_files_again_are_unchanged_and_nothing_is_written(
    shelf: Path, incoming: Path, add: Add
) -> None:
    add(incoming)
    before = files_of(shelf)
    assert add(incoming) == AddReport((), (), ("ants", "wax", "honey"), ())
    assert files_of(shelf) == before


def test_shipped_article_is_unchanged_in_a_library_without_own_ones(tmp_path: Path) -> None:
    library = tmp_path / "new"
    shipped = SHIPPED_ARTICLES / "kersin-2021"
    report = add_articles(library, [shipped], encoder=KeywordEncoder())
    assert report.unchanged == ("kersin-2021",)
    assert not (library / "articles").exists()


def test_other_content_replaces_an_article_only_when_it_is_to(
    shelf: Path, tmp_path: Path, add: Add
) -> None:
    path = tmp_path / "bees.txt"
    path.write_text(WAX, encoding="utf-8")
    report = add(path)
    assert report.refused[0].reason.startswith("bees is in the library already, with another")
    assert list_articles(shelf)[0].title == "Bees"
    added = read_manifest(shelf).articles["bees"].added
    assert add(path, overwrite=True).replaced == ("bees",)
    assert (list_articles(shelf)[0].title, list_articles(shelf)[0].added) == ("Wax", added)
    assert check_library(shelf).problems == ()


def test_two_files_of_one_name_are_not_put_into_one_place(
    shelf: Path, incoming: Path, add: Add
) -> None:
    twin, copy = incoming / "deep" / "wax.txt", incoming / "deep" / "ants.txt"
    twin.write_text(BEES, encoding="utf-8")
    copy.write_bytes((incoming / "ants.txt").read_bytes())
    report = add(incoming, overwrite=True)
    assert report.refused == (
        Refusal(twin, f"{twin} would be wax, as {incoming / 'wax.txt'} is; rename one of the two"),
    )
    assert (report.added, report.unchanged) == (("ants", "wax", "honey"), ("ants",))


def test_folder_in_the_way_is_not_deleted(shelf: Path, incoming: Path, add: Add) -> None:
    (shelf / "articles" / "wax" / "notes").mkdir(parents=True)
    report = add(incoming, overwrite=True)
    assert "is in the way and is no article; move it away" in report.refused[0].reason
    assert (shelf / "articles" / "wax" / "notes").is_dir()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "text " * 100)
    return file.getvalue()


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "truncated": (
        "cut.xml",
        (JATS / "pone.0000217.nxml").read_bytes()[:20_000],
        r"cut\.xml is not well-formed XML: .* cut off, fetch the file again$",
    ),
    "zip": ("zip.txt", archive(), r"zip\.txt (is not UTF-8|holds null characters)"),
    "zip-as-xml": ("zip.xml", archive(), r"zip\.xml is not UTF-8 as it says"),
    "encoding": ("latin.txt", b"G\xfcl", r"latin\.txt is not UTF-8 \(byte 1 is 0xfc\)"),
    "empty": ("empty.txt", b"", r"empty\.txt holds no text"),
    "blank": ("blank.txt", b" \n\t\n", r"blank\.txt holds no text"),
    "no-reader": ("paper.docx", b"PK", r"paper\.docx: no reader for '\.docx'; use \.txt"),
    "no-article": ("page.xml", b"<html/>", r"page\.xml"),
    "id": ("two words.txt", BEES.encode(), "'two words' is no usable id"),
}


@pytest.mark.parametrize(("name", "content", "reason"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_file_is_named_with_its_reason_and_the_others_are_added(
    shelf: Path, incoming: Path, add: Add, name: str, content: bytes, reason: str
) -> None:
    bad = incoming / name
    bad.write_bytes(content)
    report = add(incoming / "ants.txt", bad, incoming / "wax.txt")
    assert report.added == ("ants", "wax")
    assert [refusal.path for refusal in report.refused] == [bad]
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(report.refused[0].reason)
    assert str(shelf) not in report.refused[0].reason
    assert ids(shelf) == ["ants", "bees", "milk", "wax"]
    assert check_library(shelf).problems == ()
    assert not any(path.name.startswith(".adding") for path in shelf.iterdir())


def test_missing_file_is_refused(incoming: Path, add: Add) -> None:
    report = add(incoming / "gone.txt", incoming / "wax.txt")
    assert report.refused[0].reason.endswith("gone.txt cannot be read: No such file or directory")
    assert report.added == ("wax",)


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ('title = "x"\n[source]\nfile = "../../secret.txt"\n', "must name a file in this folder"),
        ('title = "x"\n[source]\nfile = "/etc/passwd"\n', "must name a file in this folder"),
        ('[source]\nsha256 = "0"\n', "the file was changed; restore it"),
        ("title = \n", "is not valid TOML"),
        ("year = 3\n", "a title is needed"),
    ],
    ids=["above", "absolute", "hash", "toml", "title"],
)
def test_article_folder_that_is_wrong_is_refused(
    shelf: Path, tmp_path: Path, add: Add, toml: str, reason: str
) -> None:
    (tmp_path / "secret.txt").write_text("Secret\n\nSecret.\n", encoding="utf-8")
    write_article(tmp_path / "in", "wax", WAX)
    (tmp_path / "in" / "wax" / "article.toml").write_text(toml, encoding="utf-8")
    report = add(tmp_path / "in")
    assert reason in report.refused[0].reason
    assert report.refused[0].reason.startswith(str(tmp_path / "in" / "wax"))
    assert ids(shelf) == ["bees", "milk"]


def test_file_on_which_a_reader_fails_is_refused_and_the_others_are_added(
    incoming: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(folder: Path) -> Document:
        if folder.name == "ants":
            raise RecursionError("too deep")
        return whole(folder)

    add()
    whole = entries.read_article
    monkeypatch.setattr(entries, "read_article", read)
    report = add(incoming)
    assert report.added == ("wax", "honey")
    assert "ants.txt cannot be read: the reader failed on it" in report.refused[0].reason


# A library that cannot be written.


def test_full_disk_is_an_error_and_leaves_the_old_state_and_what_was_finished(
    shelf: Path, incoming: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add()
    before = read_manifest(shelf)

    def write(self: Path, content: bytes) -> int:
        if self.parent.name == "wax":
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(self, content)

    whole = Path.write_bytes
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", write)
        with pytest.raises(LibraryError, match="No space left on device; free space or choose"):
            add(incoming)
    assert read_manifest(shelf) == before
    report = check_library(shelf)
    assert (report.problems, report.waiting) == ((), ("ants",))
    assert add(incoming) == AddReport(("wax", "honey"), (), ("ants",), ())


@pytest.mark.parametrize("name", ["rename", "replace", "mkdir"])
def test_read_only_folder_is_an_error_and_changes_nothing(
    shelf: Path, incoming: Path, add: Add, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(self: Path, *arguments: object, **options: object) -> None:
        if shelf in self.parents and options.get("exist_ok") is not True:
            raise OSError(errno.EROFS, "Read-only file system")
        whole(self, *arguments, **options)

    add()
    before = files_of(shelf)
    whole = getattr(Path, name)
    with monkeypatch.context() as patched:
        patched.setattr(Path, name, refuse)
        with pytest.raises(LibraryError, match="Read-only file system; free space or choose"):
            add(incoming)
    assert {k: v for k, v in files_of(shelf).items() if "articles" in k or "." in k} == {
        k: v for k, v in before.items() if "articles" in k or "." in k
    }
    assert add(incoming).added == ("ants", "wax", "honey")


def test_full_disk_while_the_state_is_written_leaves_the_old_one(
    shelf: Path, incoming: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, content: bytes) -> None:
        if path.name == "manifest.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, content)

    from index import snapshot

    add()
    before = read_manifest(shelf)
    whole = parts.replace_file
    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "replace_file", fail)
        with pytest.raises(LibraryError, match="No space left"):
            add(incoming)
    assert read_manifest(shelf) == before
    assert check_library(shelf).waiting == ("ants", "honey", "wax")
    encoder = KeywordEncoder()
    Library.open(shelf, encoder=encoder)
    assert encoder.seen == []  # everything was finished but the state


def test_library_that_another_process_writes_is_not_touched(
    shelf: Path, incoming: Path, add: Add
) -> None:
    add()
    before = files_of(shelf)
    with writing(shelf, "build"):
        for work in (
            lambda: add(incoming, wait=0),
            lambda: remove_articles(shelf, ["bees"], wait=0),
            lambda: build_index(shelf, encoder=KeywordEncoder(), wait=0),
        ):
            with pytest.raises(BusyError, match=r"is being written by process \d+ \(build, since"):
                work()
    assert files_of(shelf) == before


def test_lock_is_held_while_an_article_is_embedded(shelf: Path, incoming: Path, add: Add) -> None:
    class CuriousEncoder(KeywordEncoder):
        def encode(self, texts: list[str]) -> FloatMatrix:  # type: ignore[override]
            with pytest.raises(BusyError), writing(shelf, "other", wait=0):
                pass
            return super().encode(texts)

    assert add(incoming, encoder=CuriousEncoder()).added == ("ants", "wax", "honey")


# Replacing and removing that is cut off.


def interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_replacement_that_was_cut_off_before_the_new_one_came_in_leaves_the_old_one(
    shelf: Path, tmp_path: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bees.txt"
    path.write_text(WAX, encoding="utf-8")
    add()

    def die(self: Path, target: Path) -> Path:
        if self.parent.name.startswith(".adding-"):
            raise KeyboardInterrupt
        return whole(self, target)

    whole = Path.rename
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            add(path, overwrite=True)
    assert not (shelf / "articles" / "bees").exists()
    assert check_library(shelf).problems == ()
    library = Library.open(shelf, encoder=KeywordEncoder(), on_status=pytest.fail)
    assert library.documents["bees"].metadata.title == "Bees"
    assert add().refused == ()
    assert (shelf / "articles" / "bees" / "source.txt").read_text("utf-8") == BEES
    assert add(path, overwrite=True).replaced == ("bees",)


def test_replacement_that_was_cut_off_before_it_was_in_force_waits(
    shelf: Path, tmp_path: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bees.txt"
    path.write_text(WAX, encoding="utf-8")
    add()

    with monkeypatch.context() as patched:
        patched.setattr(updating, "put_in_force", interrupt)
        with pytest.raises(KeyboardInterrupt):
            add(path, overwrite=True)
    report = check_library(shelf)
    assert (report.problems, report.waiting) == ((), ("bees",))
    assert add(path).unchanged == ("bees",)
    assert not (shelf / ".aside").exists()


def test_removal_that_was_cut_off_is_undone(
    shelf: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import store

    add()
    with monkeypatch.context() as patched:
        patched.setattr(store, "write_manifest", interrupt)
        with pytest.raises(KeyboardInterrupt):
            remove_articles(shelf, ["bees"])
    assert check_library(shelf).problems == ()
    assert ids(shelf) == ["bees", "milk"]
    remove_articles(shelf, ["bees"])
    assert ids(shelf) == ["milk"]
    assert not (shelf / ".aside").exists()


# Removing.


def test_removed_article_leaves_nothing_behind(shelf: Path, incoming: Path, add: Add) -> None:
    add(incoming)
    remove_articles(shelf, ["wax", "bees", "wax"])
    assert ids(shelf) == ["ants", "honey", "milk"]
    assert len(list((shelf / "read").iterdir())) == len(list((shelf / "vectors").iterdir())) == 3
    assert check_library(shelf).problems == ()
    library = Library.open(shelf, encoder=KeywordEncoder(), on_status=pytest.fail)
    assert "bees" not in library.documents


def test_vectors_that_another_article_has_too_are_kept(
    shelf: Path, tmp_path: Path, add: Add
) -> None:
    twin = tmp_path / "twin.txt"
    twin.write_bytes((shelf / "articles" / "bees" / "source.txt").read_bytes())
    add(twin)
    records = read_manifest(shelf).articles
    assert records["twin"].vectors == records["bees"].vectors
    remove_articles(shelf, ["bees"])
    assert check_library(shelf).problems == ()


def test_removal_keeps_what_was_finished_of_articles_that_wait(
    shelf: Path, incoming: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add()
    with monkeypatch.context() as patched:
        patched.setattr(updating, "put_in_force", interrupt)
        with pytest.raises(KeyboardInterrupt):
            add(incoming)
    remove_articles(shelf, ["bees"])
    encoder = KeywordEncoder()
    add(encoder=encoder)
    assert encoder.seen == []
    assert ids(shelf) == ["ants", "honey", "milk", "wax"]


def test_library_without_an_index_may_lose_an_article(shelf: Path) -> None:
    remove_articles(shelf, ["bees"])
    assert ids(shelf) == ["milk"]


def test_last_indexed_article_may_be_removed_while_others_wait(shelf: Path, add: Add) -> None:
    add()
    remove_articles(shelf, ["bees"])
    write_article(shelf / "articles", "wax", WAX)
    remove_articles(shelf, ["milk"])
    assert ids(shelf) == ["wax"]
    assert list(Library.open(shelf, encoder=KeywordEncoder()).documents) == ["wax"]


def test_last_article_is_not_removed(shelf: Path) -> None:
    with pytest.raises(LibraryError, match="a library needs an article; add another one before"):
        remove_articles(shelf, ["bees", "milk"])
    assert ids(shelf) == ["bees", "milk"]


# Listing.


def test_article_that_is_not_indexed_yet_is_listed_without_a_date(shelf: Path, add: Add) -> None:
    assert [article.added for article in list_articles(shelf)] == [None, None]
    add()
    write_article(shelf / "articles", "wax", WAX)
    assert [article.added is None for article in list_articles(shelf)] == [False, False, True]


def test_date_is_that_of_the_first_time(shelf: Path, add: Add) -> None:
    add()
    first = [article.added for article in list_articles(shelf)]
    build_index(shelf, encoder=KeywordEncoder(), anew=True)
    assert [article.added for article in list_articles(shelf)] == first


def test_listing_needs_no_part_and_writes_nothing(shelf: Path, add: Add) -> None:
    add()
    listed = list_articles(shelf)
    for part in (shelf / "read").iterdir():
        part.write_bytes(b"damaged")
    before = files_of(shelf)
    assert list_articles(shelf) == listed
    assert listed[1].passages == 5
    assert listed[1].bytes == len(MILK)
    assert files_of(shelf) == before
