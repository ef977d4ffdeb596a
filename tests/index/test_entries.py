"""What is kept of an article is what was read; its key changes with all it is made from."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from corpus.document import CorpusError, Document
from corpus.passages import make_expander, split_passages
from corpus.reading import read_document
from index import entries
from index.entries import (
    LIBRARIES,
    MADE_BY,
    find_files,
    hash_passages,
    hash_texts,
    make_entry,
    read_entry,
    read_new,
    reader_sha256,
    write_entry,
)
from index.lexical import count_terms
from index.parts import PartError, write_part
from tests.conftest import REPOSITORY, REVIEW_FOLDER
from tests.corpus.printing import filled, opened
from tests.index.conftest import BEES, write_article

JATS = REPOSITORY / "tests" / "corpus" / "jats"
SOURCES = [REVIEW_FOLDER, *sorted(JATS.glob("*.nxml"))[:2]]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_entry_that_was_kept_holds_exactly_what_was_read(source: Path, tmp_path: Path) -> None:
    document = read_document(source)
    write_entry(tmp_path, "key", make_entry(document))
    entry = read_entry(tmp_path, "key")
    passages = split_passages(document)
    assert entry.unpack_document() == document
    assert entry.unpack_passages() == tuple(passages)
    assert entry.definitions == make_expander(document).definitions
    assert entry.passages == len(passages)
    counted, kept = count_terms([p.sentence for p in passages]), entry.term_counts
    assert kept.vocabulary == counted.vocabulary
    for name in ("sizes", "terms", "counts"):
        assert getattr(kept, name).tolist() == getattr(counted, name).tolist()


def test_entry_of_a_pdf_keeps_its_pages(tmp_path: Path) -> None:
    printer = opened()
    filled(printer)
    printer.page()
    printer.heading("Results")
    filled(printer)
    document = printer.read()
    write_entry(tmp_path, "key", make_entry(document))
    kept = read_entry(tmp_path, "key").unpack_document()
    assert kept == document
    assert [block.page for block in kept.blocks] == [1, 1, 1, 2, 2]
    assert kept.page_at(len(kept.text) - 1) == 2


def test_facts_are_those_of_the_article(review: Document) -> None:
    facts = make_entry(review).facts
    assert facts.authors == ("Kersin SG", "Özek E")
    assert (facts.year, facts.doi, facts.references) == (2021, "", 49)
    assert (facts.title, facts.citation) == (review.metadata.title, review.metadata.citation)


def test_part_that_is_no_entry_is_noticed(tmp_path: Path) -> None:
    write_part(tmp_path / "read" / "key", b"\x93\x01\x02\x03")
    with pytest.raises(PartError, match="key is no entry"):
        read_entry(tmp_path, "key")


def test_key_changes_with_every_file_and_with_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(tmp_path, "bees", BEES)
    write_article(tmp_path, "wasps", BEES)
    folder = tmp_path / "bees"
    keys = {find_files(folder).key, find_files(tmp_path / "wasps").key}
    (folder / "source.txt").write_text(BEES + "\n", encoding="utf-8")
    keys.add(find_files(folder).key)
    (folder / "article.toml").write_text('title = "Other"\n', encoding="utf-8")
    keys.add(find_files(folder).key)
    monkeypatch.setattr(entries, "reader_sha256", lambda: "another")
    keys.add(find_files(folder).key)
    assert len(keys) == 5


def test_key_stays_where_nothing_changes(tmp_path: Path) -> None:
    write_article(tmp_path / "one", "bees", BEES)
    write_article(tmp_path / "two", "bees", BEES)
    keys = {find_files(tmp_path / name / "bees").key for name in ("one", "two")}
    assert len(keys) == 1


@pytest.mark.parametrize("missing", ["source.txt", "article.toml"])
def test_article_without_a_file_is_an_error(tmp_path: Path, missing: str) -> None:
    write_article(tmp_path, "bees", BEES)
    (tmp_path / "bees" / missing).unlink()
    with pytest.raises(CorpusError, match=f"{missing} cannot be read: No such file"):
        find_files(tmp_path / "bees")


def test_reader_that_fails_is_an_error_that_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> Document:
        raise IndexError("list index out of range")

    write_article(tmp_path, "bees", BEES)
    monkeypatch.setattr(entries, "read_article", fail)
    with pytest.raises(CorpusError, match=r"source\.txt cannot be read: the reader .*IndexError"):
        read_new(find_files(tmp_path / "bees"))


def test_article_that_changes_while_it_is_read_is_not_kept_under_the_old_key(
    tmp_path: Path,
) -> None:
    write_article(tmp_path, "bees", BEES)
    files = find_files(tmp_path / "bees")
    files.source.write_text(BEES + "More.\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="was changed while it was read"):
        read_new(files)


# The program that reads.


def test_reader_is_the_text_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [reader_sha256.__wrapped__()]
    paths = [Path("corpus", "sentences.py"), *(Path("index", name) for name in MADE_BY)]
    for path in paths:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes((REPOSITORY / path).read_bytes())
    monkeypatch.setattr(entries, "PROGRAM", tmp_path)
    digests.append(reader_sha256.__wrapped__())
    for path in paths:
        with (tmp_path / path).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        digests.append(reader_sha256.__wrapped__())
    assert len(set(digests)) == 2 + len(paths)
    assert len(paths) == 6


def test_every_library_that_a_reader_imports_is_part_of_the_reader() -> None:
    imported = set()
    for path in (REPOSITORY / "corpus").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.partition(".")[0] for name in names}
    foreign = imported - set(sys.stdlib_module_names) - {"corpus", ""}
    distributions = packages_distributions()
    assert {distributions[name][0] for name in foreign} <= set(LIBRARIES)


# Hashes over passages and texts.


def test_hash_is_that_of_the_passages(review: Document) -> None:
    passages = split_passages(review)
    assert hash_passages(passages) == hash_passages(split_passages(review))
    assert hash_passages(passages) != hash_passages(passages[:-1])


def test_other_terms_give_another_hash(review: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_passages(split_passages(review))
    monkeypatch.setattr(entries, "terms", lambda text: text.split())
    assert hash_passages(split_passages(review)) != before


def test_hash_of_texts_tells_where_one_ends() -> None:
    assert len({hash_texts(texts) for texts in (["ab"], ["a", "b"], ["b", "a"], [])}) == 4
