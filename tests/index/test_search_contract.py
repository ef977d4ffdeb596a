"""One contract for every index: what a search gives back is the same in memory and on Milvus.

The articles are the review and the JATS samples, the questions those of the shipped dev half.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from index.embedded import LibraryArticles
from index.encoder import FloatMatrix, SentenceEncoder
from index.library import Library
from index.milvus import MilvusLibrary
from index.milvus_writing import replace_library
from index.searching import Hit, SearchableLibrary
from index.store import add_articles
from qa.evaluation.questions import load_questions
from qa.wording import widen
from tests.conftest import REPOSITORY
from tests.index.milvus_lite import connect

pytest.importorskip("pymilvus", reason="pymilvus is not installed (requirements-scale.txt)")

pytestmark = pytest.mark.timeout(900)  # embedding 2,000 passages takes minutes on a busy machine

QUESTIONS = REPOSITORY / "qa" / "evaluation" / "questions" / "kersin-2021-dev.jsonl"
SAMPLES = REPOSITORY / "tests" / "corpus" / "jats"
PLACES = 10


class RememberingEncoder:
    """The real model; each query is embedded once for both libraries."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._one = lru_cache(maxsize=None)(lambda text: encoder.encode([text]))

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        return self._one(texts[0]) if len(texts) == 1 else self._encoder.encode(texts)


@dataclass(frozen=True)
class Twins:
    """The same articles under both indexes."""

    local: Library
    cluster: MilvusLibrary


@pytest.fixture(scope="module")
def twins(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder = tmp_path_factory.mktemp("twins")
    remembering = RememberingEncoder(encoder)
    add_articles(folder, sorted(SAMPLES.glob("*.nxml")), encoder=remembering)
    local = Library.open(folder, encoder=remembering)
    connection = connect(folder)
    replace_library(connection, LibraryArticles(folder, remembering), remembering)
    yield Twins(local, MilvusLibrary.of(connection, remembering))
    connection.close()


@pytest.fixture(params=["local", "cluster"])
def library(twins: Twins, request: pytest.FixtureRequest) -> SearchableLibrary:
    return getattr(twins, request.param)


@pytest.fixture(scope="module")
def questions(twins: Twins) -> list[str]:
    loaded = load_questions(QUESTIONS, twins.local.documents.values())
    return [item.question for item in loaded][::4]  # all 231 take minutes, see docs/scaling.md


def ids(hits: Sequence[Hit]) -> list[str]:
    """Ids of what was found; passages that score nothing come in any order."""
    return [hit.passage.id for hit in hits if hit.score > 0]


# What every index promises.


def test_the_library_has_the_articles_in_order(library: SearchableLibrary) -> None:
    names = list(library.documents)
    assert len(names) == 1 + len(list(SAMPLES.glob("*.nxml")))
    assert names == sorted(names)
    assert "kersin-2021" in library.documents
    assert "nothing" not in library.documents


def test_hits_come_best_first_and_their_scores_lie_in_range(library: SearchableLibrary) -> None:
    hits = library.search("Can stem cells in breast milk pass the gut?", k=50)
    assert len(hits) == 50
    assert all(one.score >= other.score for one, other in pairwise(hits))
    assert all(0 <= hit.score <= 1 and -1 <= hit.cosine <= 1.001 and hit.bm25 >= 0 for hit in hits)


def test_a_passage_is_a_slice_of_its_document(library: SearchableLibrary) -> None:
    for hit in library.search("Rift Valley fever in livestock", k=30):
        document = hit.document_in(library.documents)
        span = hit.passage.span
        assert hit.passage.id == f"{document.id}:{span.start}-{span.end}"
        assert document.slice(span).strip()


def test_fewer_hits_are_found_where_fewer_are_asked_for(library: SearchableLibrary) -> None:
    many = library.search("stem cells", k=20)
    assert ids(library.search("stem cells", k=3)) == ids(many)[:3]


def test_only_the_chosen_documents_are_searched(library: SearchableLibrary) -> None:
    chosen = ["1472-6831-8-11", "pone.0000217"]
    hits = library.search("Can stem cells in breast milk pass the gut?", documents=chosen)
    assert {hit.passage.document_id for hit in hits} == set(chosen)
    assert library.search("stem cells", documents=[]) == []


def test_a_document_that_is_not_there_cannot_be_searched(library: SearchableLibrary) -> None:
    with pytest.raises(KeyError, match="nothing"):
        library.search("stem cells", documents=["nothing"])


def test_given_terms_are_searched_in_place_of_the_querys(library: SearchableLibrary) -> None:
    hits = library.search("stem cells", dense_weight=0.0, query_terms=["abort"], k=3)
    assert {hit.passage.document_id for hit in hits} == {"pntd.0002065"}


def test_the_library_knows_its_terms(library: SearchableLibrary) -> None:
    assert library.lexical.knows("milk")
    assert not library.lexical.knows("zqzq")
    assert library.lexical.idf("zqzq") > library.lexical.idf("abort") > library.lexical.idf("cell")


def test_a_query_without_known_words_is_searched_by_meaning(library: SearchableLibrary) -> None:
    hits = library.search("zqzq", k=5)
    assert len(hits) == 5
    assert all(hit.bm25 == 0 for hit in hits)


# What both give alike.


def test_both_were_made_from_the_same(twins: Twins) -> None:
    assert twins.cluster.facts == twins.local.facts
    assert twins.cluster.expander.definitions == twins.local.expander.definitions
    assert dict(twins.cluster.documents) == dict(twins.local.documents)


def test_terms_are_as_common_in_both(twins: Twins) -> None:
    for term in ("milk", "cell", "hbsc", "abort", "11", "zqzq", ""):
        assert twins.cluster.lexical.idf(term) == pytest.approx(twins.local.lexical.idf(term))


def test_dense_rankings_agree(twins: Twins, questions: list[str]) -> None:
    same = [
        ids(twins.local.search(question, k=PLACES, dense_weight=1.0))
        == ids(twins.cluster.search(question, k=PLACES, dense_weight=1.0))
        for question in questions
    ]
    assert len(same) > 50
    assert np.mean(same) >= 0.95


@pytest.mark.parametrize(("weight", "step"), [(0.0, 2), (0.45, 1)], ids=["bm25", "hybrid"])
def test_other_rankings_agree(twins: Twins, questions: list[str], weight: float, step: int) -> None:
    overlaps, equal = [], []
    for question in questions[::step]:
        wording = widen(twins.local.expander.expand_question(question))
        one, other = (
            ids(
                library.search(
                    wording.text, k=PLACES, dense_weight=weight, query_terms=wording.search_terms
                )
            )
            for library in (twins.local, twins.cluster)
        )
        both = set(one) | set(other)
        overlaps.append(len(set(one) & set(other)) / len(both) if both else 1.0)
        equal.append(one == other)
    assert np.mean(overlaps) >= 0.99
    assert np.mean(equal) >= 0.95


def test_scores_agree(twins: Twins, questions: list[str]) -> None:
    for question in questions[:20]:
        local = {hit.passage.id: hit for hit in twins.local.search(question, k=40)}
        for hit in twins.cluster.search(question, k=40):
            known = local.get(hit.passage.id)
            if known is not None:
                assert hit.score == pytest.approx(known.score, abs=1e-4)
                assert hit.cosine == pytest.approx(known.cosine, abs=1e-4)
                assert hit.bm25 == pytest.approx(known.bm25, abs=1e-3)
