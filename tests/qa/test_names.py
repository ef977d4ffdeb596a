import pytest

from corpus.document import BlockKind, Document
from corpus.reading import read_document
from index.author_names import fold_name
from index.overview import Overview
from qa.lookup import LookUp
from qa.names import AuthorNames, find_names, spans_naming
from tests.conftest import REPOSITORY
from tests.qa.documents import make_document, span_of

REFERENCES = (
    (BlockKind.REFERENCE, "Aydın MŞ, Öztürk G. Transfer. Sci Rep 2018; 8: 1."),
    (BlockKind.REFERENCE, "van Velthoven CT, Fan Y. Stroke. Pediatr Res 2012; 71: 474-81."),
    (BlockKind.REFERENCE, "Hassiotou F, Fan Y. Milk. Stem Cells 2012; 30: 4."),
)
PROSE = (BlockKind.PARAGRAPH, "Pisano et al. (1) saw milk. A fan hums. Zhou and Keller (2) agree.")


@pytest.fixture
def names() -> AuthorNames:
    return AuthorNames(make_document([PROSE, *REFERENCES]))


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Aydın", "aydin"),
        ("Özek", "ozek"),
        ("Borhani-Haghighi", "borhani haghighi"),
        ("Yiğit", "yigit"),
        ("De Coppi", "de coppi"),
        ("O'Brien", "o brien"),
    ],
)
def test_a_name_is_folded_to_plain_lower_case_words(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_family_names_lead_to_the_numbers_of_their_references(names: AuthorNames) -> None:
    assert names.references == {
        "aydin": (1,),
        "ozturk": (1,),
        "van velthoven": (2,),
        "fan": (2, 3),
        "hassiotou": (3,),
    }


def test_names_before_a_citation_are_known_from_the_text(names: AuthorNames) -> None:
    assert names.in_text == {"pisano", "zhou"}


def test_the_articles_own_authors_are_known(names: AuthorNames) -> None:
    assert "tester" in names.known


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Hassiotou find?", ["hassiotou"]),
        ("what did hassiotou find?", ["hassiotou"]),
        ("What did Hasiotou find?", ["hassiotou"]),
        ("Compare Pisano and Aydin", ["pisano", "aydin"]),
        ("And Öztürk's?", ["ozturk"]),
        ("van Velthoven et al.", ["van velthoven"]),
        ("Pisano, Pisano and Pissano", ["pisano"]),
        ("What did Fan report?", ["fan"]),
        ("what did fan et al. report?", ["fan"]),
        ("Does a fan hum?", []),
        ("Is a pissano an instrument?", []),
        ("What is milk?", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_known_names_are_found_in_order(
    names: AuthorNames, question: str, expected: list[str]
) -> None:
    assert names.find(question) == expected


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("hassiotu", "hassiotou"),
        ("hasiotuo", "hassiotou"),
        ("pisanno", "pisano"),
        ("pianso", None),
        ("fann", None),
        ("milk", None),
    ],
)
def test_a_long_word_is_taken_for_the_one_name_it_is_close_to(
    names: AuthorNames, word: str, nearest: str | None
) -> None:
    assert names.nearest(word) == nearest


def test_a_word_close_to_two_names_is_taken_for_neither() -> None:
    entries = ("Hansen A. One. Gut 2014; 5: 7.", "Hanson B. Two. Gut 2015; 6: 8.")
    names = AuthorNames(make_document([(BlockKind.REFERENCE, entry) for entry in entries]))
    assert names.nearest("hansan") is None


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What did Petersen et al. report?", "Petersen"),
        ("what did gupta et al. report?", "gupta"),
        ("Lindqvist and colleagues", "Lindqvist"),
        ("the trial by Dr. Osler", "Osler"),
        ("What did Pisano report?", None),
        ("What did Hasiotou report?", None),
        ("What did Milk report?", None),
        ("What is known of the subject?", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "known",
)
def test_a_name_that_the_document_lacks_is_returned_as_written(
    names: AuthorNames, question: str, unknown: str | None
) -> None:
    assert names.unknown(question) == unknown


def test_units_are_found_by_whole_folded_names_in_text_order() -> None:
    text = "Aydın et al. (1) saw it. Aydıncan did not. It rains. So did Aydin."
    document = make_document([(BlockKind.PARAGRAPH, text), *REFERENCES])
    units = [
        span_of(document, unit)
        for unit in ("Aydın et al. (1) saw it.", "Aydıncan did not.", "It rains.", "So did Aydin.")
    ]
    assert spans_naming(document, "aydin", units) == [units[0], units[3]]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("briere", (12, 19)),
        ("aydin", (25,)),
        ("van velthoven", (30, 31, 32)),
        ("hassiotou", (2, 10, 13, 23)),
        ("de coppi", (42,)),
        ("ates", (9,)),
    ],
)
def test_authors_of_the_article_lead_to_their_references(
    look_up: LookUp, name: str, numbers: tuple[int, ...]
) -> None:
    assert look_up.names.references[name] == numbers


# Names of a whole library.


@pytest.fixture(scope="module")
def articles(review: Document) -> list[Document]:
    paths = sorted((REPOSITORY / "tests" / "corpus" / "jats").glob("*.nxml"))[:4]
    return [review, *(read_document(path) for path in paths)]


ASKED = (
    "What did Hassiotou et al. find?",
    "What did Hassiotu and colleagues find in mice?",
    "Which study by Ahn was it, and what did Wang do?",
    "what did van der Waals say about wang and fan",
    "Did Kersin cite Ozek or Tenaillon?",
    "What did Tenailon, Silander and Chao show?",
    "Has Miller or Muller written about this?",
    "",
)


@pytest.mark.parametrize("question", ASKED)
@pytest.mark.parametrize("chosen", [None, (0,), (1, 3)])
def test_names_are_found_as_in_each_article_by_itself(
    articles: list[Document], question: str, chosen: tuple[int, ...] | None
) -> None:
    overview = Overview.of_documents(articles[:3]).beside(Overview.of_documents(articles[3:]))
    some = articles if chosen is None else [articles[n] for n in chosen]
    expected = {name for one in some for name in AuthorNames(one).find(question)}
    scope = None if chosen is None else [one.id for one in some]
    found = find_names(question, overview.authors, scope)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_some_of_these_questions_name_somebody(articles: list[Document]) -> None:
    """Else the test above would compare nothing with nothing."""
    authors = Overview.of_documents(articles).authors
    assert [bool(find_names(question, authors)) for question in ASKED].count(True) >= 5


def test_a_word_of_a_known_name_is_no_misspelt_other_one() -> None:
    entries = "Abdelah Karim B, Abdellah C. One. Gut 2014; 5: 1."
    document = make_document([(BlockKind.REFERENCE, entries)])
    question = "What did Abdelah Karim say?"
    assert AuthorNames(document).find(question) == ["abdelah karim"]
    assert find_names(question, Overview.of_documents([document]).authors) == ["abdelah karim"]


def test_a_word_that_is_close_to_two_names_of_one_article_is_found_in_another() -> None:
    first = make_document([(BlockKind.REFERENCE, "Berglund A, Bergland B. One. Gut 2014; 5: 1.")])
    other = make_document(
        [(BlockKind.REFERENCE, "Berglund A. Two. Gut 2014; 5: 1.")], document_id="other"
    )
    authors = Overview.of_documents([first, other]).authors
    assert find_names("What did Bergluund say?", authors) == ["berglund"]
    assert find_names("What did Bergluund say?", authors, ["hand"]) == []
