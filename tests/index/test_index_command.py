"""`python -m index`: what each command prints, its exit code, and what it leaves on disk."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.reading import read_article, read_document
from index import checking, store
from index.__main__ import main
from index.encoder import FloatMatrix
from tests.conftest import REPOSITORY, REVIEW_FOLDER, KeywordEncoder

TITLE = "Breast milk stem cells: Are they magic bullets in neonatology?"
JATS = REPOSITORY / "tests" / "corpus" / "jats"
BEES = "Bees of the north\n\nIntroduction\n\nBees eat pollen.\n"


@pytest.fixture(autouse=True)
def without_a_real_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SentenceEncoder", KeywordEncoder)


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
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        f"indexed kersin-2021: {TITLE}",
        "Index built: 199 passages of 1 article(s).",
    ]
    assert captured.err == ""


def test_build_of_a_fitting_index_does_nothing_and_anew_everything(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "build")
    before = files_of(shelf)
    capsys.readouterr()
    assert run(shelf, "build") == 0
    assert capsys.readouterr().out == "Index built: 199 passages of 1 article(s).\n"
    assert files_of(shelf) == before
    assert run(shelf, "build", "--anew") == 0
    assert capsys.readouterr().out.startswith("indexed kersin-2021: ")


def test_build_mends_what_check_found(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shelf, "build")
    for part in [*(shelf / "read").iterdir(), *(shelf / "vectors").iterdir()]:
        part.write_bytes(b"damaged")
    assert run(shelf, "check") == 1
    assert run(shelf, "build") == 0
    assert run(shelf, "check") == 0


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


def test_list_as_json_gives_all_that_is_known(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", JATS / "pone.0000217.nxml")
    capsys.readouterr()
    assert run(shelf, "list", "--json") == 0
    review, added = json.loads(capsys.readouterr().out)
    assert (review["id"], review["doi"], review["format"]) == ("kersin-2021", "", "txt")
    assert datetime.fromisoformat(added.pop("added")) <= datetime.now(UTC)
    assert added == {
        "id": "pone.0000217",
        "title": "Quantifying Organismal Complexity using a Population Genetic Approach",
        "authors": ["Tenaillon O", "Silander OK", "Uzan JP", "Chao L"],
        "year": 2007,
        "doi": "10.1371/journal.pone.0000217",
        "citation": (
            "Tenaillon O, Silander OK, Uzan JP, Chao L. Quantifying Organismal Complexity using a "
            "Population Genetic Approach. PLoS ONE 2007; 2(2): e217."
        ),
        "references": 33,
        "passages": 284,
        "format": "nxml",
        "bytes": (JATS / "pone.0000217.nxml").stat().st_size,
    }


def test_check_of_a_fitting_index_is_ok(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shelf, "build")
    capsys.readouterr()
    assert run(shelf, "check") == 0
    line = capsys.readouterr().out
    assert line.startswith("whole: 199 passages of 1 article(s), all-MiniLM-L6-v2, 20")


def test_check_without_an_index_is_stale(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out == ("stale: there is no index yet; run: python -m index build\n")


def test_check_names_the_article_that_changed(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    folder = shelf / "articles" / "bees"
    (folder / "article.toml").write_text('title = "Bees"\n', encoding="utf-8")
    (folder / "source.txt").write_text(BEES.replace("pollen", "honey"), encoding="utf-8")
    capsys.readouterr()
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out == (
        "stale: bees changed since the index was built; run: python -m index build\n"
    )


def test_check_changes_nothing_on_disk(shelf: Path) -> None:
    run(shelf, "build")
    before = files_of(shelf)
    run(shelf, "check")
    assert files_of(shelf) == before


def test_check_of_an_index_by_another_passage_rule_is_stale(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "build")
    monkeypatch.setattr(checking, "PASSAGE_RULE", "page-1")
    capsys.readouterr()
    assert run(shelf, "check") == 1
    assert capsys.readouterr().out.startswith("stale: the way articles are read and split changed")


def test_check_names_what_waits_and_is_content(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    shutil.copytree(REVIEW_FOLDER, shelf / "articles" / "copy-2021")
    capsys.readouterr()
    assert run(shelf, "check") == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        "waiting: copy-2021: in the library, not indexed yet; "
        "the next start does it, or run: python -m index build"
    )


# add


def test_added_file_is_listed_and_indexed(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shelf, "add", bees) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Building the index in {shelf}: there is no index yet.",
        f"indexed kersin-2021: {TITLE}",
        "added bees: Bees of the north",
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
    assert capsys.readouterr().out.splitlines()[2] == (
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


def test_same_file_again_is_unchanged(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    before = files_of(shelf)
    capsys.readouterr()
    assert run(shelf, "add", bees) == 0
    assert capsys.readouterr().out == "unchanged bees: the library has exactly this\n"
    assert files_of(shelf) == before


def test_same_id_with_another_content_is_refused_unless_it_is_to_replace(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    before = files_of(shelf)
    bees.write_text(BEES.replace("pollen", "honey"), encoding="utf-8")
    capsys.readouterr()
    assert run(shelf, "add", bees) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "refused: bees is in the library already, with another content; "
        "--replace puts this one in its place",
        "1 refused, 0 in the library",
    ]
    assert captured.out == ""
    assert files_of(shelf) == before
    assert run(shelf, "add", bees, "--replace") == 0
    assert capsys.readouterr().out.splitlines()[0] == "replaced bees: Bees of the north"
    assert b"honey" in (shelf / "articles" / "bees" / "source.txt").read_bytes()
    assert run(shelf, "check") == 0


def test_good_files_are_added_and_each_bad_one_is_named(
    shelf: Path, bees: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "latin.txt"
    bad.write_bytes(b"G\xfcl")
    missing = tmp_path / "missing.txt"
    assert run(shelf, "add", bad, bees, missing) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        f"refused: {bad} is not UTF-8 (byte 1 is 0xfc); convert it, for example with iconv",
        f"refused: {missing} cannot be read: No such file or directory",
        "2 refused, 1 in the library",
    ]
    assert captured.out.splitlines()[2:] == [
        "added bees: Bees of the north",
        "Index built: 201 passages of 2 article(s).",
    ]
    assert article_ids(shelf) == ["bees", "kersin-2021"]
    assert run(shelf, "check") == 0


# Progress and interruption.


def test_progress_bar_is_shown_when_it_is_asked_for_and_not_in_a_pipe(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    assert capsys.readouterr().err == ""
    run(shelf, "add", bees, "--progress")
    captured = capsys.readouterr()
    assert "1/1" in captured.err
    assert captured.out == "unchanged bees: the library has exactly this\n"


def test_interruption_keeps_what_was_finished(
    shelf: Path, bees: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "build")
    wax = bees.with_name("wax.txt")
    wax.write_text("Wax\n\nIntroduction\n\nWax is soft.\n", encoding="utf-8")

    def encode_until_wax(self: KeywordEncoder, texts: Sequence[str]) -> FloatMatrix:
        if "Wax" in texts:
            raise KeyboardInterrupt
        return encode(self, texts)

    encode = KeywordEncoder.encode
    with monkeypatch.context() as patched:
        patched.setattr(KeywordEncoder, "encode", encode_until_wax)
        assert run(shelf, "add", bees, wax) == 130
    assert capsys.readouterr().err.startswith("interrupted: what was finished is kept; run the")
    assert article_ids(shelf) == ["bees", "kersin-2021"]
    assert run(shelf, "check") == 0
    assert run(shelf, "add", bees, wax) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "unchanged bees: the library has exactly this" in lines
    assert "added wax: Wax" in lines


# remove


def test_removed_article_is_gone(
    shelf: Path, bees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shelf, "add", bees)
    capsys.readouterr()
    assert run(shelf, "remove", "kersin-2021") == 0
    assert capsys.readouterr().out == "removed kersin-2021\n"
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
