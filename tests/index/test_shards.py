"""Shards: what is written comes back, what does not fit together is refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedding import Plan, make_shard
from index.entries import find_files
from index.importing import import_shards
from index.library import Library
from index.shards import (
    ShardArticle,
    ShardManifest,
    ShardReport,
    Shards,
    check_article,
    finished,
    report_path,
    without_articles,
    write_shard,
    write_shard_manifest,
)
from index.snapshot import LibraryError
from index.store import add_articles
from index.updating import encoder_facts
from tests.conftest import KeywordEncoder
from tests.index.conftest import BEES, MILK, write_article

pytest.importorskip("pyarrow", reason="pyarrow is not installed (requirements-scale.txt)")

NAME = "shard-1.parquet"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    write_article(folder, "bees", BEES)
    write_article(folder, "milk", MILK)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "shards"
    folder.mkdir()
    return folder


@pytest.fixture
def report(sources: Path, out: Path, keyword_encoder: KeywordEncoder) -> ShardReport:
    """Two articles and a file that is missing, in one shard."""
    paths = [sources / "bees", sources / "nothing.txt", sources / "milk"]
    plan = Plan(NAME, tuple((str(path), path.stem) for path in paths))
    made = make_shard(plan, out, keyword_encoder)
    facts = without_articles(encoder_facts(keyword_encoder))
    write_shard_manifest(out, ShardManifest(facts, (made,), made.refused))
    return made


def test_a_report_says_what_the_shard_holds(report: ShardReport, sources: Path) -> None:
    assert report.articles == ("bees", "milk")
    assert report.passages == 8
    assert [one.path for one in report.refused] == [str(sources / "nothing.txt")]
    assert "nothing.txt" in report.refused[0].reason


def test_what_was_written_is_read(
    report: ShardReport, out: Path, sources: Path, keyword_encoder: KeywordEncoder
) -> None:
    shards = Shards(out, keyword_encoder)
    assert (len(shards), shards.passages, shards.terms) == (2, 8, report.terms)
    bees, milk = shards.read(report)
    document = bees.entry.unpack_document()
    quoted = [document.slice(passage.span) for passage in bees.entry.unpack_passages()]
    assert quoted == ["Bees", "Bees eat pollen.", "Some bees eat milk."]
    assert bees.key == find_files(sources / "bees").key
    assert bees.content["source.txt"] == BEES.encode()
    sentences = [passage.sentence for passage in milk.entry.unpack_passages()]
    assert np.array_equal(milk.vectors, keyword_encoder.encode(sentences))


def test_a_shard_without_its_report_or_with_another_content_is_not_finished(
    report: ShardReport, out: Path
) -> None:
    assert finished(out, NAME) == report
    (out / NAME).write_bytes((out / NAME).read_bytes() + b" ")
    assert finished(out, NAME) is None
    report_path(out, NAME).unlink()
    assert finished(out, NAME) is None


def test_a_shard_of_refused_files_alone_is_finished(
    out: Path, keyword_encoder: KeywordEncoder
) -> None:
    made = make_shard(Plan(NAME, ((str(out / "nothing.txt"), "nothing"),)), out, keyword_encoder)
    assert made.articles == ()
    assert finished(out, NAME) == made


@pytest.mark.parametrize("how", ["changed", "missing", "no-parquet"])
def test_a_damaged_shard_is_named_with_the_remedy(
    report: ShardReport, out: Path, keyword_encoder: KeywordEncoder, how: str
) -> None:
    path = out / NAME
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9] if how == "changed" else b"nothing")
    with pytest.raises(LibraryError, match=r"shard-1\.parquet is missing or damaged .*embed"):
        list(Shards(out, keyword_encoder))


def test_shards_of_another_model_are_refused(report: ShardReport, out: Path) -> None:
    with pytest.raises(LibraryError, match="its model is keywords, now it is other"):
        Shards(out, KeywordEncoder("other"))


def test_a_folder_without_shards_says_how_to_make_them(
    tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    with pytest.raises(LibraryError, match="python -m index embed"):
        Shards(tmp_path, keyword_encoder)


def change(article: ShardArticle, what: str) -> ShardArticle:
    entry = article.entry
    changed = {
        "source file": replace(article, content={article.source: b"other"}),
        "document": replace(article, entry=replace(entry, id="ants")),
        "passages": replace(article, entry=replace(entry, passages_sha256="0" * 64)),
        "vectors": replace(article, vectors=article.vectors[:-1]),
    }
    return changed[what]


@pytest.mark.parametrize("what", ["source file", "document", "passages", "vectors"])
def test_an_article_that_does_not_fit_together_is_refused(
    report: ShardReport, out: Path, keyword_encoder: KeywordEncoder, what: str
) -> None:
    article = Shards(out, keyword_encoder).read(report)[0]
    check_article(article)
    with pytest.raises(ValueError, match=f"the {what} of "):
        check_article(change(article, what))


def test_vectors_that_are_no_unit_vectors_are_refused(
    report: ShardReport, out: Path, keyword_encoder: KeywordEncoder
) -> None:
    article = Shards(out, keyword_encoder).read(report)[0]
    with pytest.raises(ValueError, match="the vectors of bees"):
        check_article(replace(article, vectors=article.vectors * 2))


# Into a library on disk.


def test_imported_articles_are_neither_read_nor_embedded_again(
    report: ShardReport,
    out: Path,
    sources: Path,
    tmp_path: Path,
    keyword_encoder: KeywordEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = tmp_path / "library"
    write_article(library / "articles", "ants", "Ants\n\nIntroduction\n\nAnts eat.\n")
    Library.open(library, encoder=keyword_encoder)
    shards = Shards(out, keyword_encoder)
    keyword_encoder.seen.clear()
    monkeypatch.setattr("index.updating.read_new", lambda files: pytest.fail(f"read {files.id}"))
    made = import_shards(library, shards, keyword_encoder)
    assert made.added == ("bees", "milk")
    assert keyword_encoder.seen == []
    monkeypatch.undo()
    opened = Library.open(library, encoder=keyword_encoder)
    assert list(opened.documents) == ["ants", "bees", "milk"]
    by_hand = tmp_path / "by-hand"
    shutil.copytree(library / "articles" / "ants", by_hand / "articles" / "ants")
    add_articles(by_hand, [sources], encoder=keyword_encoder)
    assert Library.open(by_hand, encoder=keyword_encoder).facts == opened.facts


def test_importing_again_changes_nothing(
    report: ShardReport, out: Path, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    shards = Shards(out, keyword_encoder)
    import_shards(tmp_path / "library", shards, keyword_encoder)
    made = import_shards(tmp_path / "library", shards, keyword_encoder)
    assert (made.added, made.unchanged) == ((), ("bees", "milk"))


def test_another_content_is_refused_unless_told_to_replace(
    report: ShardReport, out: Path, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    library = tmp_path / "library"
    write_article(library / "articles", "bees", "Bees\n\nIntroduction\n\nNo bees.\n")
    shards = Shards(out, keyword_encoder)
    made = import_shards(library, shards, keyword_encoder)
    assert (made.added, [str(one.path) for one in made.refused]) == (("milk",), ["bees"])
    made = import_shards(library, shards, keyword_encoder, overwrite=True)
    assert (made.replaced, made.unchanged) == (("bees",), ("milk",))


def test_a_damaged_shard_leaves_what_came_before(
    report: ShardReport, out: Path, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    articles = Shards(out, keyword_encoder).read(report)
    reports = [write_shard(out, f"shard-{n}.parquet", [one], []) for n, one in enumerate(articles)]
    facts = without_articles(encoder_facts(keyword_encoder))
    write_shard_manifest(out, ShardManifest(facts, tuple(reports), ()))
    (out / reports[1].name).write_bytes(b"torn")
    library = tmp_path / "library"
    with pytest.raises(LibraryError, match=reports[1].name):
        import_shards(library, Shards(out, keyword_encoder), keyword_encoder)
    opened = Library.open(library, encoder=keyword_encoder)
    assert "bees" in opened.documents
    assert "milk" not in opened.documents
