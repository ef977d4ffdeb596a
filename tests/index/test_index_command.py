"""`python -m index`: what each command prints, its exit code, and what it leaves on disk."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.reading import read_article, read_document
from index import library as library_module
from index.__main__ import main
from tests.conftest import REPOSITORY, REVIEW_FOLDER, KeywordEncoder

TITLE = "Breast milk stem cells: Are they magic bullets in neonatology?"
JATS = REPOSITORY / "tests" / "corpus" / "jats"
BEES = "Bees of the north\n\nIntroduction\n\nBees eat pollen.\n"


@pytest.fixture(autouse=True)
def without_a_real_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "SentenceEncoder", KeywordEncoder)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


@pytest.fixture
def bees(tmp_path: Path) -> Path:
    """A text file that may be added."""
    path = tmp_path / "bees.txt"
    path.write_text(BEES, encoding="utf-8")
    return path


def run(shelf: Path, command: str, *arguments: str | Path) -> int:
    return main([command, *map(str, arguments), "--library", str(shelf)])


def article_ids(shelf: Path) -> list[str]:
    return sorted(path.name for path in (shelf / "articles").iterdir())


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# build, list, check


def test_build_says_what_it_does(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "build") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Building the index in {shelf}: a new build was asked for.",
        "Index built: 199 passages of 1 article(s).",
    ]


def test_build_uses_the_named_model(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "build", "--model", "other") == 0
    assert run(shelf, "check") == 0
    assert ", other, " in capsys.readouterr().out


def test_list_names_the_articles(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "list") == 0
    assert capsys.readouterr().out == (
        f"kersin-2021\tKersin SG, Özek E. {TITLE} Turk Arch Pediatr 2021; 56(3): 187-91.\t"
        "49 references\n"
    )


def test_check_of_a_fitting_index_is_ok(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shelf, "build")
    capsys.readouterr()
    assert run(shelf, "check") == 0
    line = capsys.readouterr().out
    assert line.startswith("whole: 199 passages of 1 article(s), all-MiniLM-L6-v2, 20")


def test_check_without_an_index_is_stale(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out.startswith(
        "stale: there is no index yet; run: python -m index build"
    )


def test_check_of_a_damaged_index_is_stale(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shelf, "build")
    (next(shelf.glob("index-*")) / "dense.faiss").write_bytes(b"damaged")
    capsys.readouterr()
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out.startswith(
        "stale: its file dense.faiss is damaged (sha256 differs); run: python -m index build"
    )


def test_check_names_the_article_that_changed(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    folder = shelf / "articles" / "bees"
    (folder / "article.toml").write_text('title = "Bees"\n', encoding="utf-8")
    (folder / "source.txt").write_text(BEES.replace("pollen", "honey"), encoding="utf-8")
    capsys.readouterr()
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out.startswith("stale: bees changed since the index was built; run:")


def test_check_changes_nothing_on_disk(shelf: Path) -> None:
    run(shelf, "build")
    before = files_of(shelf)
    run(shelf, "check")
    assert files_of(shelf) == before


def test_check_of_an_index_by_another_passage_rule_is_stale(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(library_module, "PASSAGE_RULE", "page-1")
        run(shelf, "build")
    assert run(shelf, "check") == 1


# add


def test_added_file_is_listed_and_indexed(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shelf, "add", bees) == 0
    assert capsys.readouterr().out.splitlines() == [
        "added bees: Bees of the north",
        f"Building the index in {shelf}: there is no index yet.",
        "Index built: 201 passages of 2 article(s).",
    ]
    assert run(shelf, "check") == 0
    run(shelf, "list")
    assert "bees\tBees of the north." in capsys.readouterr().out


def test_added_file_is_kept_byte_for_byte(shelf: Path, bees: Path) -> None:
    content = BEES.replace("\n", "\r\n").encode("utf-8-sig")
    bees.write_bytes(content)
    assert run(shelf, "add", bees) == 0
    assert (shelf / "articles" / "bees" / "source.txt").read_bytes() == content


def test_title_of_an_added_file_may_hold_quotes_and_signs(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bees.write_text('A "title" \\ with é, 🐝 and a tab\there\n\nText.\n', encoding="utf-8")
    assert run(shelf, "add", bees) == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        'added bees: A "title" \\ with é, 🐝 and a tab\there'
    )


def test_added_xml_is_read_as_xml_and_says_itself_what_it_is(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = JATS / "pone.0000217.nxml"
    alone = read_document(source)
    assert run(shelf, "add", source) == 0
    added = read_article(shelf / "articles" / "pone.0000217")
    assert (added.text, added.metadata) == (alone.text, alone.metadata)
    assert added.metadata.doi == "10.1371/journal.pone.0000217"
    capsys.readouterr()
    run(shelf, "list")
    assert "PLoS ONE 2007; 2(2): e217.\t33 references" in capsys.readouterr().out


def test_title_in_article_toml_replaces_what_an_xml_file_says(shelf: Path) -> None:
    run(shelf, "add", JATS / "pone.0000217.nxml")
    folder = shelf / "articles" / "pone.0000217"
    facts = (folder / "article.toml").read_text(encoding="utf-8")
    (folder / "article.toml").write_text(f'title = "Mine"\n{facts}', encoding="utf-8")
    assert read_article(folder).metadata.title == "Mine"


def test_added_folder_keeps_its_metadata(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(REVIEW_FOLDER, tmp_path / "copy-2021")
    assert run(shelf, "add", folder) == 0
    assert article_ids(shelf) == ["copy-2021", "kersin-2021"]
    capsys.readouterr()
    run(shelf, "list")
    assert "copy-2021\tKersin SG, Özek E." in capsys.readouterr().out


def test_several_paths_are_added_at_once(shelf: Path, bees: Path, tmp_path: Path) -> None:
    wax = tmp_path / "wax.txt"
    wax.write_text("Wax\n\nIntroduction\n\nWax is soft.\n", encoding="utf-8")
    assert run(shelf, "add", bees, wax) == 0
    assert article_ids(shelf) == ["bees", "kersin-2021", "wax"]


def test_article_that_is_there_already_is_not_added_again(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    before = files_of(shelf)
    bees.write_text(BEES.replace("pollen", "honey"), encoding="utf-8")
    capsys.readouterr()
    assert run(shelf, "add", bees) == 2
    captured = capsys.readouterr()
    assert captured.err == "error: bees is in the library already; remove it first\n"
    assert captured.out == ""
    assert files_of(shelf) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.txt", None, "missing.txt cannot be read: No such file or directory"),
        ("paper.pdf", b"%PDF", "no reader for '.pdf'; use .txt"),
        ("latin.txt", b"G\xfcl", "latin.txt is not UTF-8 (byte 1 is 0xfc)"),
        ("empty.txt", b"", "empty.txt holds no text"),
    ],
    ids=["missing", "pdf", "latin-1", "empty"],
)
def test_one_bad_path_leaves_the_library_as_it_was(
    shelf: Path,
    bees: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    message: str,
) -> None:
    run(shelf, "build")
    before = files_of(shelf)
    bad = bees.with_name(name)
    if content is not None:
        bad.write_bytes(content)
    capsys.readouterr()
    assert run(shelf, "add", bees, bad) == 2
    assert message in capsys.readouterr().err
    assert files_of(shelf) == before


@pytest.mark.parametrize("again", ["wax.txt", "sub/bees.txt", "two words.txt"])
def test_one_refused_id_leaves_the_library_as_it_was(
    shelf: Path, bees: Path, tmp_path: Path, again: str
) -> None:
    wax = tmp_path / "wax.txt"
    wax.write_text("Wax\n\nText.\n", encoding="utf-8")
    run(shelf, "add", wax)
    before = files_of(shelf)
    second = tmp_path / again
    second.parent.mkdir(exist_ok=True)
    second.write_text("Other\n\nText.\n", encoding="utf-8")
    assert run(shelf, "add", bees, second) == 2
    assert files_of(shelf) == before


@pytest.mark.parametrize("name", ["two words.txt", "-x.txt", ".hidden.txt", "ä.txt"])
def test_file_whose_name_is_no_id_is_refused(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    path.write_text(BEES, encoding="utf-8")
    assert run(shelf, "add", path) == 2
    assert "is no usable id; rename" in capsys.readouterr().err
    assert article_ids(shelf) == ["kersin-2021"]


# remove


def test_removed_article_is_gone(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    capsys.readouterr()
    assert run(shelf, "remove", "kersin-2021") == 0
    out = capsys.readouterr().out.splitlines()
    assert (out[0], out[-1]) == ("removed kersin-2021", "Index built: 2 passages of 1 article(s).")
    assert article_ids(shelf) == ["bees"]
    assert run(shelf, "check") == 0


def test_shipped_article_stays_in_the_corpus_when_a_library_removes_it(
    shelf: Path, bees: Path
) -> None:
    run(shelf, "add", bees)
    run(shelf, "remove", "kersin-2021")
    assert (REVIEW_FOLDER / "source.txt").is_file()


def test_last_article_is_not_removed(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "remove", "kersin-2021") == 2
    assert capsys.readouterr().err == (
        "error: a library needs an article; add another one before removing the last\n"
    )


def test_all_articles_at_once_are_not_removed(shelf: Path, bees: Path) -> None:
    run(shelf, "add", bees)
    before = files_of(shelf)
    assert run(shelf, "remove", "bees", "kersin-2021") == 2
    assert files_of(shelf) == before


@pytest.mark.parametrize("name", ["nobody", "../articles", ""], ids=["unknown", "path", "empty"])
def test_unknown_article_is_not_removed(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    run(shelf, "add", bees)
    before = files_of(shelf)
    capsys.readouterr()
    assert run(shelf, "remove", "bees", name) == 2
    message = f"error: no article {name!r} in {shelf}; it has bees, kersin-2021\n"
    assert capsys.readouterr().err == message
    assert files_of(shelf) == before


def test_article_named_twice_is_removed_once(shelf: Path, bees: Path) -> None:
    run(shelf, "add", bees)
    assert run(shelf, "remove", "bees", "bees") == 0
    assert article_ids(shelf) == ["kersin-2021"]


# The command line itself.


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["add"], ["remove"]], ids=["none", "unknown", "add", "remove"]
)
def test_wrong_command_line_is_an_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m index")


def test_command_runs_as_a_module_without_loading_a_model() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "index", "list"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("kersin-2021\t")
