"""A library is rebuilt whenever its index does not fit, and only then; and what it finds."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import CorpusError, Document
from corpus.passages import PASSAGE_RULE, split_passages
from corpus.reading import read_article
from index import entries, opening, updating
from index import library as library_module
from index.dense import DenseIndex
from index.library import Library, articles_folder
from index.locking import writing
from index.snapshot import LibraryError, Stamp, stamp_of, write_manifest
from tests.conftest import REPOSITORY, KeywordEncoder
from tests.index.conftest import PASSAGES, write_article

OpenShelf = Callable[..., tuple[Library, list[str]]]
BUILT = "Index built: 8 passages of 2 article(s)."


def found(library: Library, query: str, **options: float) -> list[str]:
    """The texts of all hits, best first."""
    return [
        library.documents[hit.passage.document_id].slice(hit.passage.span)
        for hit in library.search(query, **options)  # type: ignore[arg-type]  # k is whole
    ]


def current(shelf: Path) -> Stamp:
    """The state in force."""
    return stamp_of(shelf)


# Built once, then opened.


def test_first_opening_builds_the_index_and_says_so(shelf: Path, open_shelf: OpenShelf) -> None:
    _, lines = open_shelf()
    assert lines == [f"Building the index in {shelf}: there is no index yet.", BUILT]


def test_fitting_index_is_opened_and_not_rebuilt(shelf: Path, open_shelf: OpenShelf) -> None:
    built, _ = open_shelf()
    name, encoder = current(shelf), KeywordEncoder()
    opened, lines = open_shelf(encoder)
    assert lines == []
    assert encoder.seen == []
    assert current(shelf) == name
    assert opened.manifest == built.manifest


def test_opened_index_answers_as_the_built_one(open_shelf: OpenShelf) -> None:
    built, _ = open_shelf(rebuild=True)
    opened, _ = open_shelf()
    for query in ("milk", "necrotizing gut", "bees", "wax"):
        assert opened.search(query) == built.search(query)


def test_rebuild_can_be_asked_for(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    name = current(shelf)
    _, lines = open_shelf(rebuild=True)
    assert lines == [f"Building the index in {shelf}: a new build was asked for.", BUILT]
    assert current(shelf) != name


def test_build_facts_are_written(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    facts = library.manifest.facts
    assert (facts.model, facts.weights_sha256, facts.dimension) == ("keywords", "c" * 64, 10)
    assert (facts.passages, facts.passage_rule) == (8, PASSAGE_RULE)
    assert facts.documents == {
        name: library.documents[name].source_sha256 for name in ("bees", "milk")
    }


def test_every_passage_is_embedded_once_in_order(open_shelf: OpenShelf) -> None:
    encoder = KeywordEncoder()
    library, _ = open_shelf(encoder)
    assert encoder.seen == PASSAGES
    assert [passage.sentence for passage in library.passages] == PASSAGES


# Rebuilt where something changed; one line says what.


def reason(lines: list[str], shelf: Path) -> str:
    """Why the index was rebuilt; fails if it was not, or if it took more than the two lines."""
    assert len(lines) == 2
    assert lines[0].startswith(f"Building the index in {shelf}: ")
    assert lines[1].startswith("Index built: ")
    return lines[0].removeprefix(f"Building the index in {shelf}: ")


@pytest.mark.parametrize(
    ("encoder", "why"),
    [
        (KeywordEncoder(name="other"), "its model is keywords, now it is other."),
        (
            KeywordEncoder(weights_sha256="d" * 64),
            f"its weights sha256 is {'c' * 64}, now it is {'d' * 64}.",
        ),
    ],
    ids=["model", "weights"],
)
def test_other_model_makes_the_index_stale(
    shelf: Path, open_shelf: OpenShelf, encoder: KeywordEncoder, why: str
) -> None:
    open_shelf()
    library, lines = open_shelf(encoder)
    assert reason(lines, shelf) == why
    assert library.manifest.facts.model == encoder.name
    assert open_shelf(encoder)[1] == []


def test_other_passage_rule_makes_the_index_stale(
    shelf: Path, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    monkeypatch.setattr(updating, "PASSAGE_RULE", "page-1")
    _, lines = open_shelf()
    assert reason(lines, shelf).endswith("now it is page-1.")
    assert reason(lines, shelf).startswith("its passage rule is ")


def test_changed_source_makes_the_index_stale(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    path = shelf / "articles" / "bees" / "source.txt"
    path.write_text(path.read_text("utf-8").replace("pollen", "honey"), encoding="utf-8")
    library, lines = open_shelf()
    assert reason(lines, shelf) == "bees: changed since it was built."
    assert found(library, "honey")[0] == "Bees eat honey."


def test_source_changed_only_in_white_space_makes_the_index_stale(
    shelf: Path, open_shelf: OpenShelf
) -> None:
    open_shelf()
    path = shelf / "articles" / "bees" / "source.txt"
    path.write_text(path.read_text("utf-8") + "\n\n", encoding="utf-8")
    assert reason(open_shelf()[1], shelf) == "bees: changed since it was built."


def test_added_article_makes_the_index_stale(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    write_article(shelf / "articles", "wax", "Wax\n\nIntroduction\n\nWax is made of pollen.\n")
    library, lines = open_shelf()
    assert reason(lines, shelf) == "wax: not in it yet."
    assert sorted(library.documents) == ["bees", "milk", "wax"]


def test_removed_article_is_no_longer_found(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    for path in (shelf / "articles" / "bees").iterdir():
        path.unlink()
    library, lines = open_shelf()
    assert reason(lines, shelf) == "bees: gone since it was built."
    assert list(library.documents) == ["milk"]
    assert {hit.passage.document_id for hit in library.search("bees pollen")} == {"milk"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("format_version", 1),
        ("model", "other"),
        ("weights_sha256", "0"),
        ("dimension", 384),
        ("passage_rule", "page-1"),
        ("reader_sha256", "0"),
    ],
)
def test_index_whose_manifest_says_otherwise_is_rebuilt(
    shelf: Path, open_shelf: OpenShelf, name: str, wrong: object
) -> None:
    built, _ = open_shelf()
    facts = replace(built.manifest.facts, **{name: wrong})  # type: ignore[arg-type]  # any fact
    write_manifest(shelf, replace(built.manifest, facts=facts))
    library, lines = open_shelf()
    assert name.replace("format_version", "format").replace("_", " ") in reason(lines, shelf)
    assert library.manifest.facts == built.manifest.facts
    assert open_shelf()[1] == []


# Only what is new or changed is read, split and embedded.


def count_reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep the ids of the articles that are read from now on."""
    seen: list[str] = []

    def read(folder: Path) -> Document:
        seen.append(folder.name)
        return read_article(folder)

    monkeypatch.setattr(entries, "read_article", read)
    return seen


def test_fitting_index_is_opened_without_reading_an_article(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    seen = count_reading(monkeypatch)
    open_shelf()
    assert seen == []


def test_only_the_new_article_is_read_and_embedded(
    shelf: Path, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    write_article(shelf / "articles", "wax", "Wax\n\nIntroduction\n\nWax is soft.\n")
    seen, encoder = count_reading(monkeypatch), KeywordEncoder()
    open_shelf(encoder)
    assert seen == ["wax"]
    assert encoder.seen == ["Wax", "Wax is soft."]


def test_only_the_changed_article_is_read_and_embedded(
    shelf: Path, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    path = shelf / "articles" / "bees" / "source.txt"
    path.write_text(path.read_text("utf-8").replace("pollen", "honey"), encoding="utf-8")
    seen, encoder = count_reading(monkeypatch), KeywordEncoder()
    open_shelf(encoder)
    assert seen == ["bees"]
    assert encoder.seen == ["Bees", "Bees eat honey.", "Some bees eat milk."]


def test_other_reader_reads_all_again_and_embeds_only_what_it_reads_differently(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    for module in (entries, updating):
        monkeypatch.setattr(module, "reader_sha256", lambda: "another reader")
    seen, encoder = count_reading(monkeypatch), KeywordEncoder()
    open_shelf(encoder)
    assert (seen, encoder.seen) == (["bees", "milk"], [])


def test_other_model_embeds_all_again_and_reads_nothing(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    seen, encoder = count_reading(monkeypatch), KeywordEncoder(name="other")
    open_shelf(encoder)
    assert (seen, encoder.seen) == ([], PASSAGES)


def test_rebuild_reads_and_embeds_everything(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shelf()
    seen, encoder = count_reading(monkeypatch), KeywordEncoder()
    open_shelf(encoder, rebuild=True)
    assert (seen, encoder.seen) == (["bees", "milk"], PASSAGES)


def test_document_that_was_kept_is_the_one_that_is_read(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    library, _ = open_shelf()
    for name in ("bees", "milk"):
        assert library.documents[name] == read_article(shelf / "articles" / name)
    assert library.passages[:] == tuple(
        passage for document in library.documents.values() for passage in split_passages(document)
    )


def test_opening_a_fitting_index_writes_nothing(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    before = {path: path.stat().st_mtime_ns for path in [shelf, *shelf.rglob("*")]}
    open_shelf()
    assert {path: path.stat().st_mtime_ns for path in [shelf, *shelf.rglob("*")]} == before


# Damaged: rebuilt, never answered from.


def flip_middle_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [flip_middle_byte, cut_in_half, delete])
@pytest.mark.parametrize("kind", ["read", "vectors"])
def test_damaged_part_is_made_again_and_only_that(
    shelf: Path, open_shelf: OpenShelf, kind: str, damage: Callable[[Path], None]
) -> None:
    built, _ = open_shelf()
    record = built.manifest.articles["bees"]
    damaged = shelf / kind / {"read": record.key, "vectors": record.vectors}[kind]
    whole = damaged.read_bytes()
    damage(damaged)
    encoder = KeywordEncoder()
    library, lines = open_shelf(encoder)
    assert reason(lines, shelf).startswith(f"its part {damaged.name} is ")
    assert encoder.seen == (PASSAGES[:3] if kind == "vectors" else [])
    assert damaged.read_bytes() == whole
    assert library.search("milk gut") == built.search("milk gut")
    assert open_shelf()[1] == []


def test_parts_that_changed_places_are_made_again(shelf: Path, open_shelf: OpenShelf) -> None:
    built, _ = open_shelf()
    one, other = (shelf / "read" / built.manifest.articles[id].key for id in ("bees", "milk"))
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    assert reason(open_shelf()[1], shelf).endswith("is damaged (sha256 differs).")


@pytest.mark.parametrize("damage", [flip_middle_byte, cut_in_half, delete])
def test_damaged_manifest_is_written_again(
    shelf: Path, open_shelf: OpenShelf, damage: Callable[[Path], None]
) -> None:
    open_shelf()
    damage(shelf / "manifest.json")
    encoder = KeywordEncoder()
    assert reason(open_shelf(encoder)[1], shelf)
    assert encoder.seen == []  # the parts are whole
    assert open_shelf()[1] == []


def test_leftover_of_a_killed_writer_changes_nothing(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    before = current(shelf)
    (shelf / ".adding-0123" / "wax").mkdir(parents=True)
    (shelf / "read" / ".writing-0123").write_bytes(b"half")
    assert open_shelf()[1] == []
    assert current(shelf) == before


def test_next_writer_clears_what_a_killed_one_and_an_older_version_left(
    shelf: Path, open_shelf: OpenShelf
) -> None:
    for name in (".adding-0123", ".removed-0123", "index-0123", "notes"):
        (shelf / name / "inside").mkdir(parents=True)
    (shelf / "CURRENT").write_text("index-0123", encoding="utf-8")
    (shelf / "read").mkdir()
    (shelf / "read" / ".writing-0123").write_bytes(b"half")
    open_shelf()
    names = sorted(path.name for path in shelf.iterdir())
    assert names == [".lock", "articles", "manifest.json", "notes", "read", "vectors"]
    assert len(list((shelf / "read").iterdir())) == 2


def test_parts_that_are_no_longer_needed_are_deleted(shelf: Path, open_shelf: OpenShelf) -> None:
    open_shelf()
    shutil.rmtree(shelf / "articles" / "bees")
    library, _ = open_shelf()
    record = library.manifest.articles["milk"]
    assert [path.name for path in (shelf / "read").iterdir()] == [record.key]
    assert [path.name for path in (shelf / "vectors").iterdir()] == [record.vectors]


def test_folder_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LibraryError, match=r"choose another folder with --library$"):
        Library.open(tmp_path / "file" / "library", encoder=KeywordEncoder())


def test_unreadable_article_is_an_error_and_the_index_stays(
    shelf: Path, open_shelf: OpenShelf
) -> None:
    open_shelf()
    name = current(shelf)
    (shelf / "articles" / "bees" / "source.txt").write_bytes(b"\xff")
    with pytest.raises(CorpusError, match="is not UTF-8"):
        open_shelf()
    assert current(shelf) == name


# Where the articles are.


def test_library_without_articles_of_its_own_has_the_shipped_ones(tmp_path: Path) -> None:
    assert articles_folder(tmp_path) == REPOSITORY / "corpus" / "articles"


def test_library_with_articles_of_its_own_has_only_those(shelf: Path) -> None:
    assert articles_folder(shelf) == shelf / "articles"


# What is found.


def test_cosines_of_hits_by_hand(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    hits = library.search("milk", dense_weight=1.0)
    cosines = {library.passages.index(hit.passage): hit.cosine for hit in hits}
    # milk is (1, 1) / √2 in its own direction and the constant one
    assert cosines[4] == pytest.approx(3 / (2 * 6) ** 0.5)  # milk, milk, bone and 1
    assert cosines[2] == pytest.approx(2 / (2 * 3) ** 0.5)  # milk, bee and 1
    assert cosines[7] == pytest.approx(1 / (2 * 3) ** 0.5)  # cell, brain and 1
    assert len(hits) == 8


def test_dense_alone_ranks_by_cosine_and_equal_ones_in_text_order(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert found(library, "milk", dense_weight=1.0) == [
        "Milk milk holds bone.",  # 3 / √12
        "Some bees eat milk.",  # 2 / √6
        "Milk and cells",
        "Bees",  # 1 / √4
        "Severe necrotizing enterocolitis is rare.",
        "Bees eat pollen.",  # 1 / √6
        "Necrotizing enterocolitis (NEC) harms the gut.",
        "Cells reach the brain.",
    ]


def test_bm25_alone_finds_the_words(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert found(library, "pollen", dense_weight=0.0)[0] == "Bees eat pollen."
    scores = [hit.bm25 for hit in library.search("pollen", dense_weight=0.0)]
    assert [score > 0 for score in scores] == [True] + [False] * 7


def test_at_most_k_hits_are_returned(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert found(library, "milk", k=2) == found(library, "milk")[:2]
    assert len(found(library, "milk", k=2)) == 2


def test_scores_are_between_zero_and_one_and_fall(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    scores = [hit.score for hit in library.search("milk gut")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] <= 1.0
    assert scores[-1] == 0.0


@pytest.mark.parametrize("query", ["what is nec", "NEC", "is Nec rare?"])
def test_abbreviation_reaches_a_passage_that_has_only_the_long_form(
    open_shelf: OpenShelf, query: str
) -> None:
    library, _ = open_shelf()
    hits = {
        library.documents[hit.passage.document_id].slice(hit.passage.span): hit
        for hit in library.search(query)
    }
    long_form = hits["Severe necrotizing enterocolitis is rare."]
    assert long_form.bm25 > 0
    assert long_form.cosine == pytest.approx(2 / 2)  # necrotizing and 1, on both sides


def test_given_terms_replace_those_of_the_query(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    hits = library.search("milk", query_terms=["pollen"], dense_weight=0.0)
    assert library.passages.index(hits[0].passage) == PASSAGES.index("Bees eat pollen.")


def test_query_without_any_known_word_has_no_lexical_score(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert {hit.bm25 for hit in library.search("quantum chromodynamics")} == {0.0}


def test_of_many_passages_only_the_best_by_meaning_and_by_words_are_ranked(
    open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = open_shelf()
    whole = {hit.passage: hit for hit in library.search("milk", query_terms=["pollen"])}
    monkeypatch.setattr(DenseIndex, "scored_at_once", 7)
    monkeypatch.setattr(library_module, "CANDIDATES", 3)
    hits = library.search("milk", query_terms=["pollen"], dense_weight=0.3)
    assert [hit.passage.sentence for hit in hits] == [
        "Bees eat pollen.",  # by its word
        "Milk milk holds bone.",  # 3 / √12
        "Some bees eat milk.",  # 2 / √6
        "Milk and cells",  # the same
    ]
    for hit in hits:
        assert (hit.cosine, hit.bm25) == (whole[hit.passage].cosine, whole[hit.passage].bm25)


@pytest.mark.parametrize("query", ["milk", "necrotizing gut", "bees", "wax"])
def test_search_can_be_kept_to_some_documents(open_shelf: OpenShelf, query: str) -> None:
    library, _ = open_shelf()
    everywhere = {hit.passage: (hit.cosine, hit.bm25) for hit in library.search(query)}
    for name in library.documents:
        hits = library.search(query, documents=[name])
        own = [passage for passage in library.passages if passage.document_id == name]
        assert sorted(hit.passage.span for hit in hits) == sorted(p.span for p in own)
        for hit in hits:
            assert (hit.cosine, hit.bm25) == pytest.approx(everywhere[hit.passage], abs=1e-6)
    assert library.search(query, documents=library.documents) == library.search(query)


def test_search_in_a_document_that_is_not_there_is_an_error(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    with pytest.raises(KeyError, match="wasps"):
        library.search("milk", documents=["wasps"])


def test_articles_that_do_not_fit_their_vectors_are_refused(open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    with pytest.raises(ValueError, match="3 passages do not fit 8 vectors and 8 texts"):
        Library(
            list(library.documents.values()),
            library.passages[:3],
            library.encoder,
            DenseIndex(library.encoder.encode(PASSAGES)),
            library.lexical,
            library.manifest,
        )


# While it is open, and while another one writes.


def test_unchanged_library_is_not_opened_again(shelf: Path, open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    assert library.reload_if_changed() is library


def test_library_made_in_memory_has_nothing_to_open_again(open_shelf: OpenShelf) -> None:
    opened, _ = open_shelf()
    library = Library(
        opened.documents,
        opened.passages,
        opened.encoder,
        DenseIndex(opened.encoder.encode(PASSAGES)),
        opened.lexical,
        opened.manifest,
    )
    assert library.reload_if_changed() is library


def test_changed_library_is_opened_anew_and_the_old_one_goes_on(
    shelf: Path, open_shelf: OpenShelf
) -> None:
    library, _ = open_shelf()
    write_article(shelf / "articles", "wax", "Wax\n\nIntroduction\n\nWax is soft.\n")
    assert library.reload_if_changed() is library  # nothing is in force yet
    shutil.rmtree(shelf / "articles" / "bees")
    open_shelf()
    renewed = library.reload_if_changed()
    assert sorted(renewed.documents) == ["milk", "wax"]
    assert renewed.reload_if_changed() is renewed
    assert found(library, "pollen")[0] == "Bees eat pollen."
    assert sorted(library.documents) == ["bees", "milk"]


def test_library_of_another_model_is_not_taken_over_and_tried_once(
    open_shelf: OpenShelf, caplog: pytest.LogCaptureFixture
) -> None:
    library, _ = open_shelf()
    open_shelf(KeywordEncoder(name="other"))
    for _ in range(3):
        assert library.reload_if_changed() is library
    assert [
        record.getMessage().partition(" is not opened again: ")[2] for record in caplog.records
    ] == ["its model is other, now it is keywords"]


def test_library_whose_manifest_is_gone_stays_in_use(shelf: Path, open_shelf: OpenShelf) -> None:
    library, _ = open_shelf()
    (shelf / "manifest.json").unlink()
    assert library.reload_if_changed() is library


def test_library_that_is_being_written_is_opened_as_it_was(
    shelf: Path, open_shelf: OpenShelf
) -> None:
    open_shelf()
    write_article(shelf / "articles", "wax", "Wax\n\nIntroduction\n\nWax is soft.\n")
    shutil.rmtree(shelf / "articles" / "bees")
    with writing(shelf, "add"):
        library, lines = open_shelf()
    assert lines == [
        f"Opened {shelf} without what is being written now: "
        "bees: gone since it was built; wax: not in it yet."
    ]
    assert sorted(library.documents) == ["bees", "milk"]
    assert found(library, "pollen")[0] == "Bees eat pollen."


def test_library_that_never_was_and_is_being_written_is_waited_for(
    shelf: Path, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LOCK_SECONDS", 0.1)
    with (
        writing(shelf, "add"),
        pytest.raises(LibraryError, match=r"is being written by process \d+"),
    ):
        open_shelf()


# The shipped article with the real model.


@pytest.mark.parametrize(
    ("query", "opening"),
    [
        ("What is microchimerism?", "Microchimerism is the presence of a small number of cells"),
        ("what is bpd?", "BPD: bronchopulmonary dysplasia"),
        (
            "hypoxic-ischaemic encephalopathy autologous cord blood pilot study",
            "Tsuji M, Sawada M, Watabe S, et al. Autologous cord blood cell therapy",
        ),
    ],
    ids=["plain", "abbreviation", "british"],
)
def test_real_library_ranks_the_passage_first(library: Library, query: str, opening: str) -> None:
    best = library.search(query)[0].passage
    assert library.documents[best.document_id].slice(best.span).startswith(opening)


def test_real_library_has_a_vector_for_each_passage(library: Library) -> None:
    assert len(library.passages) == library.manifest.facts.passages == 199
    assert library.manifest.facts.dimension == 384
