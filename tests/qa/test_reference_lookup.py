"""Look-ups in the bibliography; the expected numbers are read off the article's reference list."""

import pytest

from qa.lookup import LookUp


def entries(look_up: LookUp, question: str) -> list[int]:
    """Return the numbers of the entries that were found, in order."""
    result = look_up.find(question)
    assert result is not None
    return [reference.number for span in result.spans
            for reference in look_up.document.reference_at(span)]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("reference 17", [17]),
        ("What is reference 17?", [17]),
        ("ref. 17", [17]),
        ("ref 17", [17]),
        ("Reference no. 17", [17]),
        ("reference number 17", [17]),
        ("reference #17", [17]),
        ("citation 17", [17]),
        ("entry 17", [17]),
        ("[9]", [9]),
        ("What is (9)?", [9]),
        ("#12", [12]),
        ("What is #12?", [12]),
        ("the first reference", [1]),
        ("the third citation", [3]),
        ("What is the 5th reference?", [5]),
        ("the 22nd entry", [22]),
        ("the last reference", [49]),
        ("references 31 and 32", [31, 32]),
        ("references 31, 32 and 40", [31, 32, 40]),
        ("refs 2,10", [2, 10]),
        ("references 40 and 12", [40, 12]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_entry_is_found_by_its_number(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("references 2-5 and 9", [2, 3, 4, 5, 9]),
        ("refs 1-3, 5 to 7", [1, 2, 3, 5, 6, 7]),
        ("references 47–49", [47, 48, 49]),
    ],
)
def test_ranges_and_numbers_are_read_together(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


@pytest.mark.parametrize("question", ["references 31-33", "references 31 to 33"])
def test_a_range_of_numbers_is_expanded(look_up: LookUp, question: str) -> None:
    assert entries(look_up, question) == [31, 32, 33]


def test_a_list_of_four_numbers_is_read(look_up: LookUp) -> None:
    assert entries(look_up, "references 2, 3, 18 and 24") == [2, 3, 18, 24]


@pytest.mark.parametrize(
    ("question", "missing"),
    [("entry 50", 50), ("reference 0", 0), ("What is ref. 99?", 99), ("references 3 and 77", 77)],
)
def test_a_number_that_the_list_lacks_is_found_nowhere_with_a_reason(
    look_up: LookUp, question: str, missing: int
) -> None:
    result = look_up.find(question)
    assert result is not None
    assert result.spans == ()
    assert result.reason == f"the article has 49 references; there is no number {missing}"


@pytest.mark.parametrize(
    "question",
    [
        "What happened at 18 months?",
        "Which trial included 6 newborns?",
        "Does stroke damage shrink by 50%?",
        "Did the study of 9 infants succeed?",
        "What is CK 18?",
    ],
)
def test_a_number_that_is_no_reference_is_not_looked_up(look_up: LookUp, question: str) -> None:
    assert look_up.find(question) is None


@pytest.mark.parametrize(
    ("question", "openings"),
    [
        ("Where is reference 36 cited?", ["Neurofunctional development", "Tsuji et al. (36)\t"]),
        ("Where does the review cite [12]?", ["The blood-derived group includes"]),
        (
            "Which sentences are based on reference 22?",
            ["Microchimerism is the presence", "Maternal-fetal and fetal-maternal"],
        ),
        (
            "Where are references 31 and 33 cited?",
            ["In animal models of HIE", "Zhang et al. (33) showed", "Zhang et al. (33)\t"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_places_that_cite_an_entry_are_found_in_text_order(
    look_up: LookUp, question: str, openings: list[str]
) -> None:
    result = look_up.find(question)
    assert result is not None
    texts = [look_up.document.slice(span) for span in result.spans]
    assert [text[: len(start)] for text, start in zip(texts, openings, strict=True)] == openings


def test_the_reason_says_which_number_was_looked_up(look_up: LookUp) -> None:
    result = look_up.find("Where is reference 36 cited?")
    assert result is not None
    assert (result.reason, result.all_of_them) == ("looked up: the places that cite 36", True)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Title of the paper by Dittmer", [27]),
        ("Which reference is by Weissman?", [8]),
        ("Which journal published the article by Wobus?", [17]),
        ("Which volume and pages has the McCulloh article?", [48]),
        ("Which papers by Briere are cited?", [12, 19]),
        ("Which papers by Aydin are cited?", [25]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_entry_is_found_by_its_author(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


def test_entries_that_an_author_leads_come_before_the_others(look_up: LookUp) -> None:
    assert entries(look_up, "references by Zani") == [44, 42]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("The reference by Hassiotou 2013", [13]),
        ("Which paper by Hassiotou appeared in 2012?", [10]),
        ("Which paper did Briere publish in 2016?", [12]),
        ("the paper by van Velthoven from 2010", [31, 32]),
        ("Title of the paper by Kavelaars and van Bel 2010", [31, 32]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_entry_is_found_by_author_and_year(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Which references appeared in Sci Rep?", [25, 36]),
        ("Which references are from Scientific Reports?", [25, 36]),
        ("Which articles appeared in J Pediatr Surg?", [6, 45, 48]),
        ("Which papers were published in the Journal of Pediatric Surgery?", [6, 45, 48]),
        ("Which papers come from Pediatric Research?", [30, 32]),
        ("Anything from Frontiers in Immunology?", [4, 5]),
        ("Which references are from Stem Cells?", [10]),
        ("Which papers are from Stem Cells Transl Med?", [38, 47]),
        ("Which sources are from Gut?", [44]),
        ("Which papers are from Nature?", [14]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_entries_are_found_by_their_journal(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


@pytest.mark.parametrize(
    "question",
    [
        "Which papers study stem cells?",
        "Do stem cells reach the gut?",
        "Which studies used stem cells in science?",
        "Are there references on stem cells?",
        "What is the nature of stem cells?",
    ],
)
def test_words_of_the_subject_matter_are_not_taken_for_a_journal(
    look_up: LookUp, question: str
) -> None:
    assert look_up.find(question) is None


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Which references are from 2020?", [36, 41, 43, 45, 46, 47, 49]),
        ("Papers from 1981", [1]),
        ("Which references date from the year 2000?", [8, 26]),
        ("What is the oldest reference?", [1]),
        ("the earliest paper in the bibliography", [1]),
        ("What is the newest reference?", [36, 41, 43, 45, 46, 47, 49]),
        ("Which is the most recent paper cited?", [36, 41, 43, 45, 46, 47, 49]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_entries_are_found_by_their_year(
    look_up: LookUp, question: str, numbers: list[int]
) -> None:
    assert entries(look_up, question) == numbers


def test_a_year_that_the_prose_names_too_is_looked_up(look_up: LookUp) -> None:
    assert entries(look_up, "Which references were published in 2007?") == [11]


@pytest.mark.parametrize(
    "question",
    [
        "How many references does the article have?",
        "How many sources are cited?",
        "How long is the reference list?",
    ],
)
def test_the_count_is_told_by_the_last_entry(look_up: LookUp, question: str) -> None:
    result = look_up.find(question)
    assert result is not None
    assert entries(look_up, question) == [49]
    assert result.reason == "the reference list ends with number 49"


@pytest.mark.parametrize(
    "question", ["How many references report on NEC?", "How many papers did Hassiotou write?"]
)
def test_a_count_of_some_entries_is_not_the_count_of_all(look_up: LookUp, question: str) -> None:
    assert look_up.find(question) is None
