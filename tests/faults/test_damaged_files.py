"""Any file of a library that is cut, emptied, changed by one byte or gone: named, and never quoted.

`check_library` names the damage, opening makes the part again or refuses, and whatever is found
afterwards is what the whole library finds.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.document import CorpusError
from index.checking import check_library
from index.library import Library
from index.snapshot import LibraryError
from index.store import build_index
from tests.conftest import KeywordEncoder

Damage = Callable[[bytes], bytes | None]
QUERIES = ("milk", "bees", "necrotizing", "cells of the brain")
PLACES = (0.0, 0.3, 0.7, 1.0)
"""Where in a file a byte is changed, as a share of its length."""


def flip_at(share: float) -> Damage:
    def flip(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[min(int(share * len(content)), len(content) - 1)] ^= 0x04
        return bytes(changed)

    return flip


DAMAGES: dict[str, Damage] = {
    "cut": lambda content: content[:-1],
    "halved": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "longer": lambda content: content + b"\x00",
    "gone": lambda _: None,
} | {f"byte at {share}": flip_at(share) for share in PLACES}


def index_files(library: Path) -> Iterator[Path]:
    """Every file that the index is made of, relative to the library."""
    for path in sorted(library.rglob("*")):
        name = path.relative_to(library)
        if path.is_file() and name.parts[0] not in ("articles", ".lock"):
            yield name


def found_in(library: Library) -> list[list[tuple[str, str, float]]]:
    """What is found, each sentence compared with the document that it is cut from."""
    found = []
    for query in QUERIES:
        hits = library.search(query)
        for hit in hits:
            document = library.documents[hit.passage.document_id]
            assert document.slice(hit.passage.span) == hit.passage.sentence
        found.append([(hit.passage.id, hit.passage.sentence, round(hit.score, 5)) for hit in hits])
    return found


def opened(folder: Path) -> Library:
    return Library.open(folder, encoder=KeywordEncoder(), on_status=lambda _: None)


def found_or_refused(folder: Path) -> list[list[tuple[str, str, float]]]:
    """What is found; [] where a record of a mapped library turns out to be damaged."""
    try:
        return found_in(opened(folder))
    except LibraryError as error:
        said = str(error)
    assert "run: python -m index build" in said
    return []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_every_file_of_the_index_is_named_where_it_is_damaged_and_made_again(
    built: Path, tmp_path: Path, damage: Damage
) -> None:
    expected = found_in(opened(built))
    names = list(index_files(built))
    assert len(names) >= 5
    for name in names:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(built, copy)
        content = damage((copy / name).read_bytes())
        if content is None:
            (copy / name).unlink()
        else:
            (copy / name).write_bytes(content)
        assert [problem.remedy for problem in check_library(copy).problems], name
        assert found_or_refused(copy) in (expected, [])
        build_index(copy, encoder=KeywordEncoder())
        assert check_library(copy).problems == (), name
        assert found_in(opened(copy)) == expected, name


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["source.txt", "article.toml"])
def test_article_that_changes_on_the_disk_is_named_and_never_quoted_as_it_was(
    built: Path, name: str, damage: Damage
) -> None:
    path = built / "articles" / "bees" / name
    before = opened(built)
    content = damage(path.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    problems = check_library(built).problems
    assert problems
    assert "bees" in " ".join(problem.what for problem in problems)
    assert found_in(before.reload_if_changed()) == found_in(before)
    try:
        library = opened(built)
    except CorpusError as error:
        refused = str(error)
    else:
        assert found_in(library)
        assert_read_from_the_disk(library, built)
        return
    assert str(path) in refused


def assert_read_from_the_disk(library: Library, folder: Path) -> None:
    """Every passage is in the file as it is now."""
    for passage in library.passages:
        source = folder / "articles" / passage.document_id / "source.txt"
        assert passage.sentence in " ".join(source.read_text(encoding="utf-8").split())
