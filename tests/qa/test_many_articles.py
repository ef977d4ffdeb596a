"""An assistant over many articles reads none of them but those that it quotes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from corpus.document import Author, BlockKind, Document
from corpus.passages import split_passages
from index.dense import DenseIndex
from index.lexical import LexicalIndex
from index.library import Library
from index.overview import Authors, Overview
from index.snapshot import FORMAT_VERSION, BuildFacts, Manifest
from qa import verifying_where
from qa.answering import Abstention, Answer
from qa.assistant import Assistant
from qa.lookup import KEPT, LookUp, LookUps
from qa.quoting import Quote
from qa.ranking import MAX_RANKED, ScopeError
from qa.spelling import Speller
from qa.verifying import verify
from qa.verifying_where import ALL_READ, documents_near
from tests.qa.documents import FlatEncoder, make_document, make_library, words_of

COUNT = 80
SUBJECTS = ("Bees", "Wasps", "Ants", "Moths")


def article(number: int) -> Document:
    """Write an article of a family name and year of its own."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    document = make_document(
        [
            (BlockKind.TITLE, f"{subject} of the region number {number}"),
            (BlockKind.HEADING, "Findings"),
            (BlockKind.PARAGRAPH, f"{subject} number w{number:03} forage for pollen at noon."),
            (BlockKind.PARAGRAPH, "Moss et al. saw nothing of it."),
        ],
        document_id=f"article-{number:03}",
    )
    metadata = replace(
        document.metadata,
        title=f"{subject} of the region number {number}",
        authors=(Author(f"Family{'abcdefgh'[number // 10]}{'abcdefghij'[number % 10]}", "A"),),
        year=1930 + number,
    )
    return replace(document, metadata=metadata)


class NotedDocuments(Mapping[str, Document]):
    """Notes which documents are read."""

    def __init__(self, documents: list[Document]) -> None:
        self._documents = {document.id: document for document in documents}
        self.read: list[str] = []

    def __getitem__(self, name: str) -> Document:
        self.read.append(name)
        return self._documents[name]

    def __contains__(self, name: object) -> bool:
        return name in self._documents

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


@pytest.fixture(scope="module")
def documents() -> NotedDocuments:
    return NotedDocuments([article(number) for number in range(COUNT)])


@pytest.fixture(scope="module")
def library(documents: NotedDocuments) -> Library:
    made = [article(number) for number in range(COUNT)]
    passages = [passage for document in made for passage in split_passages(document)]
    texts = [passage.sentence for passage in passages]
    facts = BuildFacts(FORMAT_VERSION, "flat", "flat", 2, "", "", len(passages), {})
    return Library(
        documents,
        passages,
        FlatEncoder(),
        DenseIndex(FlatEncoder().encode(texts)),
        LexicalIndex(texts),
        Manifest(facts, "", {}),
        overview=Overview.of_documents(made),
    )


@pytest.fixture(scope="module")
def assistant(library: Library, documents: NotedDocuments) -> Assistant:
    made = Assistant(library)
    assert documents.read == []
    return made


@pytest.fixture(autouse=True)
def forget(documents: NotedDocuments) -> None:
    documents.read.clear()


def quotes(reply: object) -> tuple[Quote, ...]:
    assert isinstance(reply, Answer | Abstention)
    return reply.quotes if isinstance(reply, Answer) else reply.nearest


def test_only_what_may_be_quoted_is_read(assistant: Assistant, documents: NotedDocuments) -> None:
    shown = quotes(assistant.ask("When do wasps number w041 forage?"))
    assert shown[0].document_id == "article-041"
    assert {quote.document_id for quote in shown} <= set(documents.read)
    assert len(set(documents.read)) <= MAX_RANKED


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does Familyfb 1981 say about foraging?", "article-051"),
        ("What does article-007 say about foraging?", "article-007"),
        ("Wasps of the region number 33: when do they forage?", "article-033"),
        ("When do they forage in the 1944 article?", "article-014"),
    ],
)
def test_named_article_alone_is_read(
    assistant: Assistant, documents: NotedDocuments, question: str, name: str
) -> None:
    reply = assistant.ask(question)
    assert {quote.document_id for quote in quotes(reply)} == {name}
    assert set(documents.read) == {name}


def test_chosen_article_alone_is_read(assistant: Assistant, documents: NotedDocuments) -> None:
    reply = assistant.ask("Who wrote this article?", documents=["article-060"])
    assert {quote.document_id for quote in quotes(reply)} <= {"article-060"}
    assert set(documents.read) == {"article-060"}


def test_unknown_article_cannot_be_chosen(assistant: Assistant, documents: NotedDocuments) -> None:
    with pytest.raises(ScopeError, match="no article 'nothing' in the library; choose among art"):
        assistant.ask("When do wasps forage?", documents=["article-001", "nothing"])
    assert documents.read == []


def test_articles_beside_many_are_asked_with_them(
    assistant: Assistant, documents: NotedDocuments
) -> None:
    hornets = make_document(
        [(BlockKind.PARAGRAPH, "Hornets w900 sleep until noon.")], document_id="hornets"
    )
    more = assistant.with_documents([hornets])
    documents.read.clear()
    assert quotes(more.ask("When do hornets w900 sleep?"))[0].document_id == "hornets"
    assert quotes(more.ask("When do wasps number w041 forage?"))[0].document_id == "article-041"
    assert len(set(documents.read)) <= 2 * MAX_RANKED


# Look-ups.


def test_look_ups_are_made_when_they_are_asked_for(documents: NotedDocuments) -> None:
    look_ups = LookUps(documents)
    assert (len(look_ups), list(look_ups)[:2]) == (COUNT, ["article-000", "article-001"])
    assert "article-003" in look_ups
    assert documents.read == []
    first = look_ups["article-003"]
    assert isinstance(first, LookUp)
    assert look_ups["article-003"] is first
    assert documents.read == ["article-003"]
    with pytest.raises(KeyError):
        look_ups["nothing"]


def test_few_look_ups_are_held(documents: NotedDocuments) -> None:
    look_ups = LookUps(documents)
    first = look_ups["article-000"]
    for name in list(documents)[1 : KEPT + 1]:
        look_ups[name]
    assert look_ups["article-000"] is not first


def test_some_look_ups_are_in_the_order_of_the_library(documents: NotedDocuments) -> None:
    look_ups = LookUps(documents)
    some = look_ups.only(["article-009", "article-002"])
    assert list(some) == ["article-002", "article-009"]
    assert some["article-009"] is look_ups["article-009"]
    with pytest.raises(KeyError):
        some["article-003"]


# A library whose names and words are not known: one on a cluster that has too many articles.


@pytest.fixture(scope="module")
def bare() -> Assistant:
    library = make_library(article(1), article(2))
    known = library.overview
    library.overview = Overview(known.profiles, known.definitions, Authors(()), ())
    return Assistant(library)


def test_words_of_the_passages_are_known_where_no_others_are(bare: Assistant) -> None:
    speller = bare.stages.speller
    assert speller.knows("w001")
    assert not speller.knows("zqzqzq")
    assert speller.correct("Do Wespes foragge?") == "Do Wespes foragge?"
    assert not Speller(words_of("Milk."), lambda _: True).knows("w001")  # these are all there are


def test_names_are_those_of_the_one_article_that_is_asked(bare: Assistant) -> None:
    shown = quotes(bare.ask("What did Moss et al. see?", documents=["article-001"]))
    assert shown[0].text == "Moss et al. saw nothing of it."


# Where a quote is looked for.


def test_quote_is_looked_for_where_its_words_are(
    library: Library, documents: NotedDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying_where, "NEAREST", 10)
    assert len(library.documents) > ALL_READ
    claim = "Moths number w067 forage for pollen at noon."
    found = list(documents_near(claim, library))
    assert found[0].id == "article-067"
    assert len(found) <= 10
    assert set(documents.read) == {document.id for document in found}
    assert verify(claim, found).status == "found"
    assert list(documents_near("  ", library)) == []


def test_of_a_small_library_all_are_compared() -> None:
    small = make_library(article(1), article(2))
    assert [document.id for document in documents_near("", small)] == ["article-001", "article-002"]
