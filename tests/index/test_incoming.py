"""Which files a path stands for, and which of them are refused before anything is read."""

import os
from pathlib import Path

import pytest

from corpus.document import CorpusError
from corpus.reading import articles
from index import incoming
from index.incoming import Candidate, Refusal, collect, find_candidates, has_content_of, stage
from tests.index.conftest import BEES, write_article


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files at two depths, an article folder, and what does not count."""
    top = tmp_path / "folder"
    for name in (
        "b.txt",
        "a.XML",
        "deep/er/c.nxml",
        "deep/notes.docx",
        ".hidden.txt",
        ".git/d.txt",
    ):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BEES, encoding="utf-8")
    write_article(top, "milk", BEES)
    return top


def found(*paths: Path) -> list[tuple[Path, str]]:
    """Paths and ids; fails if something is refused."""
    candidates = list(find_candidates(paths))
    assert all(isinstance(one, Candidate) for one in candidates), candidates
    return [(one.path, one.id) for one in candidates if isinstance(one, Candidate)]


def refusal(*paths: Path) -> str:
    """The reason of the only refusal."""
    refused = [one for one in find_candidates(paths) if isinstance(one, Refusal)]
    assert len(refused) == 1
    return refused[0].reason


def test_folder_stands_for_what_is_in_it_at_any_depth(folder: Path) -> None:
    assert found(folder) == [
        (folder / "a.XML", "a"),
        (folder / "b.txt", "b"),
        (folder / "deep" / "er" / "c.nxml", "c"),
        (folder / "milk", "milk"),
    ]


def test_file_and_article_folder_stand_for_themselves(folder: Path) -> None:
    assert found(folder / "milk", folder / "b.txt") == [
        (folder / "milk", "milk"),
        (folder / "b.txt", "b"),
    ]


def test_article_folder_may_be_named_by_a_dot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "milk")
    assert found(Path()) == [(Path(), "milk")]


def test_folder_without_an_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"")
    assert refusal(tmp_path).startswith(f"{tmp_path} holds no article: no article.toml and no file")


@pytest.mark.parametrize("name", ["two words.txt", "-x.txt", "ä.txt", "a:b.txt"])
def test_name_that_is_no_id_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BEES, encoding="utf-8")
    stem = name.removesuffix(".txt")
    said = f"{stem!r} is no usable id; rename {path} to letters, digits and -._"
    assert refusal(path) == refusal(tmp_path) == said


def test_link_that_leads_out_of_a_folder_is_refused_and_one_inside_is_not(
    folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text(BEES, encoding="utf-8")
    (folder / "inside.txt").symlink_to(folder / "b.txt")
    (folder / "out.txt").symlink_to(outside)
    said = f"{folder / 'out.txt'} is a link that leads out of {folder}; add what it names"
    assert refusal(folder) == said
    ids = [one.id for one in find_candidates([folder]) if isinstance(one, Candidate)]
    assert ids == ["a", "b", "inside", "c", "milk"]


def test_linked_folder_that_leads_out_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_text(BEES, encoding="utf-8")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "round").symlink_to(folder)
    assert refusal(folder).startswith(f"{folder / 'linked'} is a link that leads out of")


def test_link_that_is_given_itself_is_followed(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "linked.txt"
    link.symlink_to(folder / "b.txt")
    assert found(link) == [(link, "linked")]
    assert collect(Candidate(link, "linked"))["source.txt"] == BEES.encode()


def test_article_folder_with_a_link_that_leads_out_is_refused(folder: Path, tmp_path: Path) -> None:
    source = folder / "milk" / "source.txt"
    source.rename(tmp_path / "secret.txt")
    source.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(CorpusError, match=r"source\.txt is a link that leads out of .*milk; put"):
        collect(Candidate(folder / "milk", "milk"))


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert refusal(pipe) == f"{pipe} is neither a file nor a folder"
    with pytest.raises(CorpusError, match="is neither a file nor a folder"):
        collect(Candidate(pipe, "pipe"))


def test_too_large_a_file_or_folder_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "MAX_BYTES", 50)
    size = len(BEES)
    with pytest.raises(CorpusError, match=rf"b\.txt has {size} bytes; at most 50 are read"):
        collect(Candidate(folder / "b.txt", "b"))
    monkeypatch.setattr(articles, "MAX_BYTES", 1000)
    monkeypatch.setattr(incoming, "MAX_FOLDER_BYTES", 60)
    with pytest.raises(CorpusError, match=r"milk has \d+ bytes; at most 60 are copied"):
        collect(Candidate(folder / "milk", "milk"))


def test_single_file_becomes_an_article_folder_with_its_hash(folder: Path, tmp_path: Path) -> None:
    candidate = Candidate(folder / "a.XML", "a")
    staged = stage(candidate, collect(candidate), tmp_path / "staging")
    assert staged == tmp_path / "staging" / "a"
    assert sorted(path.name for path in staged.iterdir()) == ["article.toml", "source.xml"]
    assert (staged / "source.xml").read_bytes() == BEES.encode()
    assert 'file = "source.xml"' in (staged / "article.toml").read_text("utf-8")
    assert has_content_of(candidate, staged)


def test_article_folder_is_copied_with_all_its_files(folder: Path, tmp_path: Path) -> None:
    (folder / "milk" / "figures").mkdir()
    (folder / "milk" / "figures" / "one.png").write_bytes(b"\x89PNG")
    candidate = Candidate(folder / "milk", "milk")
    staged = stage(candidate, collect(candidate), tmp_path / "staging")
    assert (staged / "figures" / "one.png").read_bytes() == b"\x89PNG"
    assert has_content_of(candidate, staged)


@pytest.mark.parametrize("name", ["source.txt", "article.toml"])
def test_article_folder_with_another_file_is_another_content(
    folder: Path, tmp_path: Path, name: str
) -> None:
    candidate = Candidate(folder / "milk", "milk")
    staged = stage(candidate, collect(candidate), tmp_path / "staging")
    with (folder / "milk" / name).open("a", encoding="utf-8") as file:
        file.write("\n# more\n")
    assert not has_content_of(candidate, staged)


def test_own_title_of_a_library_does_not_make_a_file_another(folder: Path, tmp_path: Path) -> None:
    candidate = Candidate(folder / "b.txt", "b")
    staged = stage(candidate, collect(candidate), tmp_path / "staging")
    (staged / "article.toml").write_text('title = "Mine"\n', encoding="utf-8")
    assert has_content_of(candidate, staged)
    assert not has_content_of(Candidate(folder / "a.XML", "b"), staged)  # read as another format
