"""What is known of a library without unpacking it: merged of its articles, joined, kept mapped."""

import msgspec
import pytest

from corpus.document import BlockKind, Document
from corpus.passages import make_expander
from corpus.reading import read_document
from index.entries import make_entry
from index.lexical import fold
from index.overview import Overview, OverviewBuilder, OverviewRecord
from index.profiles import lexicon_of, profile_of
from tests.conftest import REPOSITORY
from tests.qa.documents import make_document

JATS = REPOSITORY / "tests" / "corpus" / "jats"


def paragraph(name: str, text: str) -> Document:
    return make_document([(BlockKind.PARAGRAPH, text)], document_id=name)


BEES = paragraph("bees", "Bees eat pollen. Moss et al. saw bees.")
MILK = paragraph("milk", "Çetin et al. saw necrotizing enterocolitis (NEC). Moss et al. saw none.")


@pytest.fixture(scope="module")
def documents(review: Document) -> list[Document]:
    return [review, *(read_document(path) for path in sorted(JATS.glob("*.nxml"))[:2])]


def test_names_lead_to_the_articles_that_know_them() -> None:
    (authors,) = Overview.of_documents([BEES, MILK]).authors.parts
    assert authors.knowing("moss") == {"bees", "milk"}
    assert authors.knowing("cetin") == {"milk"}
    assert authors.knowing("tester") == {"bees", "milk"}
    assert authors.knowing("nobody") == frozenset()
    assert set(authors.names) == {"moss", "cetin", "tester"}


def test_words_of_all_articles_are_counted_together() -> None:
    (words,) = Overview.of_documents([BEES, MILK]).words
    assert (words.counts["saw"], words.counts["bees"], words.counts["enterocolitis"]) == (3, 2, 1)
    assert words.accented == {"çetin"}
    assert words.folded == {fold(word) for word in words.counts}


def test_overview_of_real_articles_is_what_reading_them_gives(documents: list[Document]) -> None:
    overview = Overview.of_entries(make_entry(document) for document in documents)
    assert list(overview.profiles.values()) == [profile_of(document) for document in documents]
    definitions: dict[str, str] = {}
    for document in documents:
        definitions |= make_expander(document).definitions
        for name in lexicon_of(document).names:
            assert document.id in overview.authors.parts[0].knowing(name)
            assert name in overview.authors
    assert overview.definitions == definitions


def test_overview_is_the_same_when_it_was_written_down(documents: list[Document]) -> None:
    builder = OverviewBuilder()
    for document in documents:
        builder.add_entry(make_entry(document))
    record = builder.finish()
    written = msgspec.msgpack.encode(record)
    assert msgspec.msgpack.decode(written, type=OverviewRecord) == record


def test_articles_beside_others_are_known_too() -> None:
    bees, milk = Overview.of_documents([BEES]), Overview.of_documents([MILK])
    both = bees.beside(milk)
    assert list(both.profiles) == ["bees", "milk"]
    assert "cetin" in both.authors
    assert "cetin" not in bees.authors
    assert [part.knowing("moss") for part in both.authors.parts] == [{"bees"}, {"milk"}]
    assert [part.counts.get("bees", 0) for part in both.words] == [2, 0]
    assert both.definitions == {"NEC": "necrotizing enterocolitis"}


def test_words_that_are_not_known_stay_unknown_beside_others() -> None:
    """Else a speller would take the words of one article for those of the library."""
    bees, milk = Overview.of_documents([BEES]), Overview.of_documents([MILK])
    unknown = Overview(bees.profiles, bees.definitions, bees.authors, ())
    assert unknown.beside(milk).words == ()


def test_nothing_is_known_of_no_article() -> None:
    nothing = Overview.of_documents([])
    assert dict(nothing.profiles) == {}
    assert "moss" not in nothing.authors
    assert nothing.authors.parts[0].knowing("moss") == frozenset()
