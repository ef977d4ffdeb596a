"""Articles beside a library are found as if all were one index."""

from collections.abc import Callable

import numpy as np
import pytest

from corpus.document import Document
from corpus.passages import split_passages
from corpus.reading import read_document
from index import library as library_module
from index.dense import DenseIndex
from index.joined import (
    JoinedDocuments,
    JoinedLexical,
    JoinedPassages,
    JoinedVectors,
)
from index.lexical import LexicalIndex
from index.library import Library
from index.mapped import keeping
from tests.conftest import REPOSITORY, KeywordEncoder
from tests.index.conftest import PASSAGES

JATS = REPOSITORY / "tests" / "corpus" / "jats"
QUERIES = ("milk", "What are stem cells?", "gut bone", "infection of the gut", "zqzq")

OpenShelf = Callable[..., tuple[Library, list[str]]]


@pytest.fixture(scope="module")
def added() -> list[Document]:
    return [read_document(path) for path in sorted(JATS.glob("*.nxml"))[:3]]


@pytest.fixture(scope="module")
def texts(added: list[Document], review: Document) -> list[str]:
    return [p.sentence for d in (review, *added) for p in split_passages(d)]


# The parts.


def test_vectors_are_searched_as_one_matrix() -> None:
    draw = np.random.default_rng(1)
    vectors = draw.normal(size=(40, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    whole = DenseIndex(vectors)
    parts = JoinedVectors.of(DenseIndex(vectors[:25]), DenseIndex(vectors[25:25]))
    joined = JoinedVectors.of(parts, DenseIndex(vectors[25:]))
    assert (len(joined), len(joined.parts)) == (40, 3)
    query = vectors[:1]
    for within in (None, np.array([3, 24, 25, 39]), np.array([30]), np.array([], dtype=np.int64)):
        rows, scores = joined.search(query, 5, within)
        expected, cosines = whole.search(query, 5, within)
        assert rows.tolist() == expected.tolist()
        assert scores == pytest.approx(cosines)
    chosen = np.array([39, 0, 25, 24])
    assert joined.scores(query, chosen) == pytest.approx(vectors[chosen] @ vectors[0])


def test_terms_are_as_common_as_in_one_index(texts: list[str]) -> None:
    cut = len(texts) // 2
    joined = JoinedLexical.of(LexicalIndex(texts[:cut]), texts[cut : cut + 50])
    joined = JoinedLexical.of(joined, texts[cut + 50 :])
    whole = LexicalIndex(texts)
    assert (len(joined), len(joined.parts)) == (len(texts), 3)
    for term in ("milk", "cell", "gut", "infect", "zqzq"):
        assert joined.idf(term) == whole.idf(term)
        assert joined.knows(term) == whole.knows(term)


def test_scores_differ_from_one_index_by_the_mean_length_alone(texts: list[str]) -> None:
    cut = 4 * len(texts) // 5
    first, whole = LexicalIndex(texts[:cut]), LexicalIndex(texts)
    joined = JoinedLexical.of(first, texts[cut:])
    assert joined.parts[1].mean_length == first.mean_length != whole.mean_length
    for query in (["milk", "cell"], ["infect"], ["gut", "gut", "zqzq"]):
        exact, near = whole.scores(query), joined.scores(query)
        assert ((exact > 0) == (near > 0)).all()
        held = exact > 0
        assert np.abs(near[held] / exact[held] - 1).max() < 0.05
        assert set(np.argsort(-near)[:10]) >= set(np.argsort(-exact)[:8])


def test_texts_of_one_mean_length_are_scored_as_in_one_index() -> None:
    texts = ["milk holds cells", "bees eat pollen", "pollen feeds bees", "milk feeds bees"]
    joined = JoinedLexical.of(LexicalIndex(texts[:2]), texts[2:])
    for query in (["milk"], ["bee", "pollen"], ["feed"]):
        assert joined.scores(query) == pytest.approx(LexicalIndex(texts).scores(query))


def test_passages_of_all_parts_are_in_order(added: list[Document], review: Document) -> None:
    split = {document.id: split_passages(document) for document in (review, *added)}
    first = split_passages(review)
    joined = JoinedPassages([first], {review.id: range(len(first))})
    for document in added:
        joined = JoinedPassages.of(joined, joined.rows, {document.id: split[document.id]})
    everything = [passage for passages in split.values() for passage in passages]
    assert list(joined) == everything
    assert joined[-1] == everything[-1]
    assert joined[len(first) - 1 : len(first) + 1] == tuple(
        everything[len(first) - 1 : len(first) + 1]
    )
    for name, passages in split.items():
        assert [joined[row] for row in joined.rows[name]] == passages
    for row in (len(everything), -len(everything) - 1):
        with pytest.raises(IndexError, match="passages"):
            joined[row]


def test_documents_of_all_parts_are_there(added: list[Document], review: Document) -> None:
    joined = JoinedDocuments([{review.id: review}, {one.id: one for one in added}])
    assert list(joined) == [review.id, *(one.id for one in added)]
    assert (len(joined), joined[added[1].id]) == (4, added[1])
    assert "nothing" not in joined
    with pytest.raises(KeyError, match="nothing"):
        joined["nothing"]


# The library.


@pytest.fixture(params=["copied", "beside", "mapped"])
def base(
    request: pytest.FixtureRequest, open_shelf: OpenShelf, monkeypatch: pytest.MonkeyPatch
) -> Library:
    """A library that is copied with what is added, or searched beside it."""
    if request.param != "copied":
        monkeypatch.setattr(library_module, "COPIED", 0)
    if request.param == "mapped":
        monkeypatch.setattr(keeping, "MAPPED_FROM", 1)
    library, _ = open_shelf()
    assert (library.manifest.mapped is None) == (request.param != "mapped")
    return library


def test_articles_beside_a_library_are_found_with_it(base: Library, added: list[Document]) -> None:
    more = base.with_documents(added[:1]).with_documents(added[1:])
    assert list(more.documents) == ["bees", "milk", *(one.id for one in added)]
    assert list(more.overview.profiles) == list(more.documents)
    assert list(base.documents) == ["bees", "milk"]
    assert len(base.search("milk")) == len(PASSAGES)
    whole = Library(
        list(more.documents.values()),
        list(more.passages),
        KeywordEncoder(),
        DenseIndex(KeywordEncoder().encode([p.sentence for p in more.passages])),
        LexicalIndex([p.sentence for p in more.passages]),
        base.manifest,
    )
    for query in QUERIES:
        expected, found = whole.search(query, k=30), more.search(query, k=30)
        by_id = {hit.passage.id: hit for hit in expected}
        assert len({hit.passage.id for hit in found} & set(by_id)) >= 25
        for hit in found:
            exact = by_id.get(hit.passage.id, hit)
            assert hit.cosine == pytest.approx(exact.cosine, abs=1e-6)
            assert hit.document_in(more.documents).id == hit.passage.document_id


@pytest.mark.parametrize("number", [None, 1])
def test_one_of_them_is_searched_alone(
    base: Library, added: list[Document], number: int | None
) -> None:
    more = base.with_documents(added)
    name = "milk" if number is None else added[number].id
    hits = more.search("milk organism", documents=[name])
    assert hits
    assert {hit.passage.document_id for hit in hits} == {name}


def test_a_small_library_gives_the_scores_of_one_index(
    open_shelf: OpenShelf, added: list[Document]
) -> None:
    base, _ = open_shelf()
    more = base.with_documents(added[:1])
    texts = [passage.sentence for passage in more.passages]
    bm25 = LexicalIndex(texts).scores(["milk"])
    for hit in more.search("milk", k=50, query_terms=["milk"]):
        assert hit.bm25 == bm25[more.passages.index(hit.passage)]


def test_an_id_that_is_taken_is_refused(base: Library) -> None:
    with pytest.raises(ValueError, match="there is an article 'bees' already"):
        base.with_documents([base.documents["bees"]])
