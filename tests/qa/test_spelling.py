import pytest
from spellchecker import SpellChecker

from qa.spelling import Speller
from tests.qa.documents import words_of

TEXT = (
    "Microchimerism in breast milk. Necrotizing enterocolitis, hypoxic and intranasal exosomes; "
    "exosomes from stem cells, haemorrhage, astrocytes. Okazaki et al. (29)."
)


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(words_of(TEXT))


@pytest.mark.parametrize(
    ("written", "corrected"),
    [
        ("What is microchimerizm?", "What is microchimerism?"),
        ("what is micrchimersm", "what is microchimerism"),
        ("necrotizing enterocolitiss", "necrotizing enterocolitis"),
        ("Do exosmes help?", "Do exosomes help?"),
        ("intransal route", "intranasal route"),
        ("astrocites", "astrocytes"),
        ("Okasaki", "Okazaki"),
        ("Exosmoes", "Exosomes"),
    ],
)
def test_a_misspelt_word_becomes_the_librarys_word(
    speller: Speller, written: str, corrected: str
) -> None:
    assert speller.correct(written) == corrected


@pytest.mark.parametrize(
    "question",
    [
        "retinopathy of prematurity",
        "intrathecal surfactant",
        "caffeine for sepsis",
        "hypoxaemic injury",
        "necrotising enterocolitis",
        "hemorrhage",
        "exosome",
        "gestational diabetes",
        "Zqxwvut",
    ],
)
def test_a_word_without_a_near_neighbour_in_the_library_stays(
    speller: Speller, question: str
) -> None:
    assert speller.correct(question) == question


@pytest.mark.parametrize("question", ["mlik", "stme cels", "nec", "al.", "BPD vs IVH", "CK18+"])
def test_a_short_word_is_never_touched(speller: Speller, question: str) -> None:
    assert speller.correct(question) == question


def test_a_word_must_begin_with_the_same_letter(speller: Speller) -> None:
    assert speller.correct("kexosomes") == "kexosomes"


def test_two_errors_in_a_short_word_are_not_forgiven(speller: Speller) -> None:
    assert speller.correct("hypaxik") == "hypaxik"


def test_everything_but_the_misspelt_word_is_kept(speller: Speller) -> None:
    assert (
        speller.correct("  <b>Exosmes</b>, “CD90”;\n why?") == "  <b>Exosomes</b>, “CD90”;\n why?"
    )


def test_of_two_near_words_the_more_frequent_one_is_taken() -> None:
    speller = Speller(words_of("abcdefx abcdefy abcdefy"))
    assert speller.correct("abcdefz") == "abcdefy"


def test_words_of_several_parts_count_together() -> None:
    parts = (*words_of("abcdefx abcdefy"), *words_of("abcdefw abcdefy"))
    speller = Speller(parts)
    assert speller.correct("abcdefz") == "abcdefy"
    assert all(speller.knows(word) for word in ("abcdefx", "abcdefw"))
    assert Speller(parts[:1]).correct("abcdefw") == "abcdefx"


def test_a_nearer_word_is_taken_before_a_more_frequent_one() -> None:
    speller = Speller(words_of("abcdefghx abcdefgyy abcdefgyy"))
    assert speller.correct("abcdefghz") == "abcdefghx"


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("hyperoxic", "hypoxic"),
        ("osteoclasts", "osteoblasts"),
        ("interventricular", "intraventricular"),
        ("hypoxemia", "hypoxia"),
    ],
)
def test_a_correct_word_of_another_meaning_stays(word: str, other: str) -> None:
    assert Speller(words_of(f"It is {other}.")).correct(word) == word


@pytest.mark.parametrize(("word", "other"), [("macroglia", "microglial"), ("hypoxemic", "hypoxic")])
def test_a_correct_word_of_another_meaning_and_ending_stays(word: str, other: str) -> None:
    assert Speller(words_of(f"It is {other}.")).correct(word) == word


def test_a_word_with_an_accent_is_not_corrected_in_part(speller: Speller) -> None:
    assert speller.correct("exosmesé") == "exosmesé"


@pytest.mark.parametrize(
    "word",
    ["microchimerism", "astrocyte", "okazaki", "aydın", "hemorrhage", "breastfeeding", "tyre"],
    ids=["text", "other ending", "name", "accent", "american", "english", "british"],
)
def test_a_word_of_the_texts_or_of_english_is_known(word: str) -> None:
    assert Speller(words_of(f"{TEXT} Aydın et al. (25).")).knows(word)


@pytest.mark.parametrize(
    "word",
    ["microchimerizm", "stammzellen", "prématurés", "клетки", "母乳", "aydïn", ""],
    ids=["misspelt", "german", "english but for accents", "cyrillic", "chinese", "other accent",
         "empty"],
)  # fmt: skip
def test_a_word_of_neither_is_not_known(word: str) -> None:
    assert not Speller(words_of(f"{TEXT} Prematures. Aydın et al. (25).")).knows(word)


def test_the_english_words_are_those_of_the_list() -> None:
    alone = Speller([])  # no library has words of its own
    listed = SpellChecker(language="en", distance=1)
    words = sorted(listed.word_frequency.words())[::200]
    assert len(words) > 500
    others = [f"{word}qx" for word in words] + [word[1:] for word in words]
    for word in (*words, *others):
        assert alone.knows(word) == bool(listed.known([word])), word
    assert not alone.knows("")
    assert not alone.knows("there\nthese")
