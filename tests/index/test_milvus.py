"""A library on Milvus: writing, replacing, removing, and nothing quoted that does not fit."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import milvus_reading
from index.embedded import ArticleList, EmbeddedArticle
from index.incoming import Refusal
from index.milvus import MilvusLibrary
from index.milvus_connection import Connection
from index.milvus_layout import dense_layout
from index.milvus_reading import ClusterDocuments, build_in_force
from index.milvus_rows import kept_name, kept_row, pack, unpack
from index.milvus_store import add_to_milvus, import_to_milvus, remove_from_milvus
from index.milvus_writing import LibraryWriter, build_or_none, replace_library
from index.overview import Overview
from index.snapshot import LibraryError
from index.updating import Progress
from tests.conftest import KeywordEncoder
from tests.index.conftest import BEES, MILK, PASSAGES, write_article
from tests.index.milvus_lite import connect, embedded, fill

pytest.importorskip("pymilvus", reason="pymilvus is not installed (requirements-scale.txt)")

NEW_BEES = BEES.replace("Some bees eat milk.", "No bees drink tea.")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    made = connect(tmp_path)
    yield made
    made.close()


@pytest.fixture
def articles(tmp_path: Path, keyword_encoder: KeywordEncoder) -> list[EmbeddedArticle]:
    folder = tmp_path / "sources"
    return [
        embedded(folder, "bees", BEES, keyword_encoder),
        embedded(folder, "milk", MILK, keyword_encoder),
    ]


@pytest.fixture
def library(
    connection: Connection, articles: list[EmbeddedArticle], keyword_encoder: KeywordEncoder
) -> MilvusLibrary:
    fill(connection, articles, keyword_encoder)
    return MilvusLibrary.of(connection, keyword_encoder)


def texts(library: MilvusLibrary, query: str = "milk") -> set[str]:
    """All passages as they would be quoted."""
    return {
        hit.document_in(library.documents).slice(hit.passage.span) for hit in library.search(query)
    }


def rows_of(library: MilvusLibrary, article: str) -> int:
    condition = f'article == "{article}"'
    return len(list(library.connection.rows(library.build, condition, ["id"])))


def test_all_passages_are_found_and_quoted(library: MilvusLibrary) -> None:
    assert texts(library) == set(PASSAGES)
    assert library.facts.passages == len(PASSAGES)


def test_an_article_is_added(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    source = "Teeth\n\nIntroduction\n\nTeeth hold stem cells.\n"
    article = embedded(tmp_path / "more", "teeth", source, keyword_encoder)
    assert LibraryWriter(library.connection, library).put(article, overwrite=False) == "added"
    now = library.reload_if_changed()
    assert now is not library
    assert list(now.documents) == ["bees", "milk", "teeth"]
    assert "Teeth hold stem cells." in texts(now, "teeth")
    assert now.lexical.knows("teeth")
    assert now.facts.passages == len(PASSAGES) + 2


def test_the_same_article_again_changes_nothing(
    library: MilvusLibrary, articles: list[EmbeddedArticle]
) -> None:
    writer = LibraryWriter(library.connection, library)
    assert writer.put(articles[0], overwrite=True) == "unchanged"
    assert library.reload_if_changed() is library


def test_another_content_needs_to_be_told_to_replace(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    article = embedded(tmp_path / "more", "bees", NEW_BEES, keyword_encoder)
    report = import_to_milvus(library.connection, ArticleList([article]), keyword_encoder)
    assert [(one.path.name, "--replace" in one.reason) for one in report.refused] == [
        ("bees", True)
    ]
    assert texts(library) == set(PASSAGES)


def test_a_replaced_article_leaves_nothing_of_the_old(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    article = embedded(tmp_path / "more", "bees", NEW_BEES, keyword_encoder)
    report = import_to_milvus(
        library.connection, ArticleList([article]), keyword_encoder, overwrite=True
    )
    assert report.replaced == ("bees",)
    now = library.reload_if_changed()
    assert texts(now) == (set(PASSAGES) - {"Some bees eat milk."}) | {"No bees drink tea."}
    assert rows_of(now, "bees") == 3
    assert now.lexical.knows("tea")
    assert now.facts.passages == len(PASSAGES)


def test_statistics_after_a_replacement_are_those_of_a_new_build(
    library: MilvusLibrary,
    articles: list[EmbeddedArticle],
    tmp_path: Path,
    keyword_encoder: KeywordEncoder,
) -> None:
    article = embedded(tmp_path / "more", "bees", NEW_BEES, keyword_encoder)
    LibraryWriter(library.connection, library).put(article, overwrite=True)
    changed = library.reload_if_changed()
    fill(library.connection, [article, articles[1]], keyword_encoder)
    anew = changed.reload_if_changed()
    for term in ("bee", "milk", "tea", "some", "eat", "cell"):
        assert changed.lexical.idf(term) == pytest.approx(anew.lexical.idf(term))
    assert changed.facts == anew.facts


def test_a_passage_of_a_replaced_article_is_not_quoted_from_the_old_text(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    held = library.documents["bees"]
    article = embedded(tmp_path / "more", "bees", NEW_BEES, keyword_encoder)
    LibraryWriter(library.connection, library).put(article, overwrite=True)
    hits = [hit for hit in library.search("bees") if hit.passage.document_id == held.id]
    assert len(hits) == 3
    for hit in hits:
        with pytest.raises(LibraryError, match=r"does not fit the article .*ask again"):
            hit.document_in(library.documents)


def test_articles_are_removed(library: MilvusLibrary, keyword_encoder: KeywordEncoder) -> None:
    remove_from_milvus(library.connection, keyword_encoder, ["bees", "bees"])
    now = library.reload_if_changed()
    assert list(now.documents) == ["milk"]
    assert texts(now) == set(PASSAGES[3:])
    assert rows_of(now, "bees") == 0
    assert not now.lexical.knows("pollen")
    assert now.facts.passages == 5
    kept = library.connection.rows(kept_name(now.build), "", ["key"])
    assert not [row["key"] for row in kept if "bees" in row["key"]]


@pytest.mark.parametrize(
    ("names", "named"),
    [(["milk", "ants"], "no article 'ants' in .*bees, milk"), (["bees", "milk"], "needs an")],
    ids=["unknown", "all"],
)
def test_what_cannot_be_removed_leaves_all_in_place(
    library: MilvusLibrary, keyword_encoder: KeywordEncoder, names: list[str], named: str
) -> None:
    with pytest.raises(LibraryError, match=named):
        remove_from_milvus(library.connection, keyword_encoder, names)
    assert texts(library.reload_if_changed()) == set(PASSAGES)


def test_a_new_build_takes_the_place_of_the_old_without_a_pause(
    library: MilvusLibrary, articles: list[EmbeddedArticle], keyword_encoder: KeywordEncoder
) -> None:
    seen: list[set[str]] = []

    def look(_: Progress) -> None:
        seen.append(texts(MilvusLibrary.of(library.connection, keyword_encoder)))

    replace_library(
        library.connection, ArticleList(articles[1:]), keyword_encoder, on_progress=look
    )
    assert seen == [set(PASSAGES)]  # while the new one is made
    assert texts(library) == set(PASSAGES)  # whoever has the old one open goes on
    now = library.reload_if_changed()
    assert now.build != library.build
    assert texts(now) == set(PASSAGES[3:])


def test_a_build_that_is_cut_off_leaves_the_old_in_force(
    library: MilvusLibrary, articles: list[EmbeddedArticle], keyword_encoder: KeywordEncoder
) -> None:
    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_library(
            library.connection, ArticleList(articles), keyword_encoder, on_progress=stop
        )
    assert build_in_force(library.connection) == library.build
    assert texts(library.reload_if_changed()) == set(PASSAGES)
    fill(library.connection, articles, keyword_encoder)
    fill(library.connection, articles, keyword_encoder)
    left = set(library.connection.call("list_collections"))
    assert len(left) == 4  # the build in force and the one before, two collections each


def test_two_passages_with_one_id_are_noticed(
    connection: Connection, articles: list[EmbeddedArticle], keyword_encoder: KeywordEncoder
) -> None:
    with pytest.raises(LibraryError, match=r"3 of 6 passages arrived"):
        fill(connection, [articles[0], articles[0]], keyword_encoder)
    assert build_or_none(connection) is None


def test_a_library_of_another_model_is_refused(
    library: MilvusLibrary,
) -> None:
    with pytest.raises(LibraryError, match=r"model is keywords, now it is other; .*--anew"):
        MilvusLibrary.of(library.connection, KeywordEncoder("other"))


def test_a_library_of_another_dimension_is_refused(library: MilvusLibrary) -> None:
    wider = KeywordEncoder()
    wider.dimension += 1
    with pytest.raises(LibraryError, match="dimension is 10, now it is 11"):
        MilvusLibrary.of(library.connection, wider)


def test_a_build_of_another_model_is_not_opened_again(
    library: MilvusLibrary, articles: list[EmbeddedArticle], caplog: pytest.LogCaptureFixture
) -> None:
    fill(library.connection, articles, KeywordEncoder("other"))
    assert library.reload_if_changed() is library
    assert "is not opened again: the index" in caplog.text
    assert "its model is other" in caplog.text


def test_the_cluster_is_not_asked_for_changes_all_the_time(
    library: MilvusLibrary, articles: list[EmbeddedArticle], keyword_encoder: KeywordEncoder
) -> None:
    assert library.reload_if_changed() is library
    fill(library.connection, articles[1:], keyword_encoder)
    assert library.reload_if_changed() is library


def test_a_cluster_that_fails_leaves_the_library_open(
    library: MilvusLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pymilvus = library.connection.pymilvus

    def fail(*_: object, **__: object) -> None:
        raise pymilvus.MilvusException(message="Connection refused")

    monkeypatch.setattr(pymilvus.MilvusClient, "describe_alias", fail)
    assert library.reload_if_changed() is library
    assert "no Milvus answers at" in caplog.text


def test_articles_of_ones_own_are_refused_with_the_way_to_add_them(
    library: MilvusLibrary,
) -> None:
    with pytest.raises(LibraryError, match=r"bees: .*python -m index add"):
        library.with_documents([library.documents["bees"]])


@pytest.mark.parametrize("field", ["stamp", "record"])
def test_a_row_that_does_not_fit_its_document_is_never_quoted(
    library: MilvusLibrary, field: str
) -> None:
    name = next(hit.passage.id for hit in library.search("pollen") if "eat" in hit.passage.sentence)
    other = next(hit.passage for hit in library.search("brain"))
    fields = ["article", "start", "stamp", "record", "dense", "sparse"]
    [row] = library.connection.call("get", library.build, ids=[name], output_fields=fields)
    row = dict(row) | {field: {"stamp": "0" * 64, "record": pack(other)}[field]}
    library.connection.call("upsert", library.build, data=[row])
    with pytest.raises(LibraryError, match=r"does not fit the article|is damaged"):
        texts(library, "pollen")


def test_a_span_that_was_shifted_is_never_quoted(library: MilvusLibrary) -> None:
    hit = library.search("pollen")[0]
    span = hit.passage.span
    shifted = replace(hit.passage, span=replace(span, end=span.end + 1))
    with pytest.raises(LibraryError, match="does not fit the article"):
        replace(hit, passage=shifted).document_in(library.documents)


def test_a_damaged_document_is_never_quoted(library: MilvusLibrary) -> None:
    key = "document:bees#0"
    library.connection.call("upsert", kept_name(library.build), data=[kept_row(key, "00000")])
    with pytest.raises(LibraryError, match=r"the article bees of .*sha256 differs"):
        texts(library)


def test_what_is_known_of_the_articles_is_fetched_without_them(
    library: MilvusLibrary, articles: list[EmbeddedArticle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ClusterDocuments, "_fetch", lambda *_: pytest.fail("it was fetched"))
    overview, local = library.overview, Overview.of_entries(one.entry for one in articles)
    assert dict(overview.profiles) == dict(local.profiles)
    assert overview.definitions == local.definitions == library.expander.definitions
    assert overview.words == local.words
    assert overview.authors.parts[0].names == local.authors.parts[0].names
    assert library.overview is overview


def test_of_many_articles_names_and_words_are_not_fetched(
    library: MilvusLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_reading, "LEXICONS", 1)
    overview = library.overview
    assert list(overview.profiles) == ["bees", "milk"]
    assert overview.profiles["bees"].metadata.title == "Bees"
    assert overview.definitions == library.expander.definitions
    assert (overview.words, overview.authors.parts) == ((), ())


@pytest.mark.parametrize(
    ("key", "said"),
    [("counts:bees#0", "what is kept of bees"), ("article:bees", "of another version")],
)
def test_what_is_damaged_of_it_is_an_error(library: MilvusLibrary, key: str, said: str) -> None:
    library.connection.call("upsert", kept_name(library.build), data=[kept_row(key, "00000")])
    with pytest.raises(LibraryError, match=said):
        _ = MilvusLibrary.of(library.connection, library.encoder).overview


def test_a_missing_document_is_an_error(library: MilvusLibrary) -> None:
    library.connection.call("delete", kept_name(library.build), ids=["document:bees#0"])
    with pytest.raises(LibraryError, match=r"the article bees of .*document:bees#0"):
        texts(library)


def test_an_article_that_is_just_being_added_is_not_found_yet(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    article = embedded(tmp_path / "more", "teeth", "Teeth\n\nIntroduction\n\nMilk teeth.\n",
                       keyword_encoder)  # fmt: skip
    LibraryWriter(library.connection, library).put(article, overwrite=False)
    assert texts(library) == set(PASSAGES)  # opened before


def test_a_long_article_is_kept_in_several_rows(
    library: MilvusLibrary, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    numbers = ". ".join(str(n**7) for n in range(9_000))
    source = f"Long\n\nIntroduction\n\n{numbers}.\n"
    article = embedded(tmp_path / "more", "long", source, keyword_encoder)
    writer = LibraryWriter(library.connection, library)
    writer.put(article, overwrite=False)
    assert writer.heads["long"].document_chunks > 1
    now = library.reload_if_changed()
    assert now.documents["long"] == article.entry.unpack_document()
    writer.remove("long")
    kept = library.connection.rows(kept_name(now.build), "", ["key"])
    assert not [row["key"] for row in kept if "long" in row["key"]]


def test_a_passage_too_long_for_a_row_is_refused_and_the_others_go_on(
    connection: Connection,
    articles: list[EmbeddedArticle],
    tmp_path: Path,
    keyword_encoder: KeywordEncoder,
) -> None:
    digits = "".join(str(n**9) for n in range(6_000))
    monster = embedded(tmp_path / "more", "monster", f"Monster\n\nIntroduction\n\nA {digits}.\n",
                       keyword_encoder)  # fmt: skip
    report = fill(connection, [monster, *articles], keyword_encoder)
    assert report.added == ("bees", "milk")
    assert [(one.path, "65535" in one.reason) for one in report.refused] == [
        (Path("monster"), True)
    ]
    assert texts(MilvusLibrary.of(connection, keyword_encoder)) == set(PASSAGES)


def test_files_make_a_new_library_and_are_added_to_it(
    connection: Connection, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    write_article(tmp_path / "in", "bees", BEES)
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    report = add_to_milvus(connection, [tmp_path / "in" / "bees", empty], keyword_encoder)
    assert report.added == ("bees",)
    assert [one.path for one in report.refused] == [empty]
    write_article(tmp_path / "in", "milk", MILK)
    report = add_to_milvus(connection, [tmp_path / "in", empty], keyword_encoder)
    assert (report.added, report.unchanged) == (("milk",), ("bees",))
    assert [one.path for one in report.refused] == [empty]
    assert texts(MilvusLibrary.of(connection, keyword_encoder)) == set(PASSAGES)


def test_a_new_library_needs_an_article_that_can_be_read(
    connection: Connection, tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    with pytest.raises(LibraryError, match=r"no article for a new index .*nothing\.txt"):
        add_to_milvus(connection, [tmp_path / "nothing.txt"], keyword_encoder)


def test_documents_are_fetched_once_and_few_are_held(library: MilvusLibrary) -> None:
    documents = ClusterDocuments(library.connection, library.build, library.documents.heads, most=1)
    first = documents["bees"]
    assert documents["bees"] is first
    assert documents["milk"].id == "milk"
    assert documents["bees"] is not first
    assert documents["bees"] == first
    with pytest.raises(KeyError):
        documents["ants"]


@pytest.mark.parametrize(
    ("passages", "index_type"),
    [(100_000, "FLAT"), (100_001, "HNSW"), (20_000_001, "IVF_RABITQ")],
)
def test_the_dense_index_is_chosen_by_size(passages: int, index_type: str) -> None:
    assert dense_layout(passages).index_type == index_type


def test_what_is_packed_is_unpacked() -> None:
    refusal = Refusal(Path("a"), "ß" * 10_000)
    assert unpack(pack(refusal.reason), str) == refusal.reason
    with pytest.raises(ValueError, match=r"."):
        unpack("00000", str)
