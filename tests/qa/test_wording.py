import pytest

from qa.wording import MAX_ADDED_WORDS, Wording, covered, widen


def test_everyday_words_add_medical_words_in_brackets() -> None:
    assert widen("Is the first milk yellow?").text == "Is the first milk yellow? (colostrum)"


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("Is it given up the nose?", {"intranasal", "intranasally"}),
        ("Can it cause a brain bleed?", {"intraventricular", "hemorrhage"}),
        ("Is my preemie's gut at risk?", {"preterm", "intestinal", "enterocolitis"}),
        ("Do they hurt the lungs?", {"bronchopulmonary", "pulmonary"}),
    ],
)
def test_medical_words_for_everyday_words_are_added(question: str, added: set[str]) -> None:
    text = widen(question).text
    assert text.startswith(f"{question} (")
    assert added <= set(text.removeprefix(question).strip(" ()").split())


def test_a_question_without_everyday_words_is_unchanged() -> None:
    assert widen("What is microchimerism?") == Wording(
        "What is microchimerism?", (("microchimer",),)
    )


def test_a_word_that_the_question_has_is_not_added_again() -> None:
    assert widen("Is colostrum the first milk?").text == "Is colostrum the first milk?"


def test_part_of_a_word_is_no_everyday_word() -> None:
    assert widen("What are nosepieces?").text == "What are nosepieces?"


def test_no_more_words_are_added_than_the_limit() -> None:
    question = "preemie baby kid mum gut bowel brain lung nose vein germ cancer"
    added = widen(question).text.removeprefix(question).strip(" ()").split()
    assert len(added) == MAX_ADDED_WORDS


def test_each_group_holds_its_own_term_first_and_then_what_stands_for_it() -> None:
    groups = widen("first milk of rats").groups
    assert [group[0] for group in groups] == ["first", "milk", "rat"]
    assert groups[0][1:] == ("colostrum",)
    assert groups[1][1:] == ("colostrum",)


def test_search_terms_are_each_given_once_in_order() -> None:
    wording = Wording("", (("gut", "intestin"), ("milk",), ("intestin", "gut")))
    assert wording.search_terms == ["gut", "intestin", "milk"]


@pytest.mark.parametrize(
    ("held", "satisfied"),
    [
        ({"gut"}, [True, False]),
        ({"intestin"}, [True, False]),
        ({"milk", "intestin"}, [True, True]),
        (set(), [False, False]),
    ],
    ids=["its own term", "an equivalent", "both", "nothing"],
)
def test_a_group_is_satisfied_by_any_of_its_terms(held: set[str], satisfied: list[bool]) -> None:
    assert covered((("gut", "intestin"), ("milk",)), frozenset(held)) == satisfied


def test_an_everyday_question_is_satisfied_by_medical_words() -> None:
    groups = widen("Does the nose work?").groups
    assert covered(groups, frozenset({"intranas"})) == [True, False]
