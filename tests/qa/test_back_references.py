"""Which follow-ups point at what was shown, and which only sound like it."""

import pytest

from qa.back_references import BackReference, find_back_reference


def pointed(question: str) -> tuple[str, int, str] | None:
    """What a question points at, and the words that point."""
    found = find_back_reference(question)
    return found and (found.pointer, found.number, question[found.start : found.end])


@pytest.mark.parametrize(
    ("question", "number", "words"),
    [
        ("the second one", 1, "the second one"),
        ("What about the second one?", 1, "the second one"),
        ("Tell me more about the third study", 2, "the third study"),
        ("Was the 2nd trial in rats?", 1, "the 2nd trial"),
        ("the first study you mentioned", 0, "the first study you mentioned"),
        ("the first study that you quoted", 0, "the first study that you quoted"),
        ("What does the first of them stand for?", 0, "the first of them"),
        ("By what route did the first one give it?", 0, "the first one"),
        ("first item on the list", 0, "first item"),
        ("the last one", -1, "the last one"),
        ("THE FIFTH ROW", 4, "THE FIFTH ROW"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value),
)
def test_an_ordinal_points_at_a_quote_counted_from_zero(
    question: str, number: int, words: str
) -> None:
    assert pointed(question) == ("ordinal", number, words)


@pytest.mark.parametrize(
    ("question", "number", "words"),
    [
        ("Q2", 1, "Q2"),
        ("what about q3?", 2, "q3"),
        ("quote 3", 2, "quote 3"),
        ("#1", 0, "#1"),
        ("answer 2", 1, "answer 2"),
        ("number 4", 3, "number 4"),
        ("row 2", 1, "row 2"),
    ],
)
def test_a_number_of_a_quote_points_at_it(question: str, number: int, words: str) -> None:
    assert pointed(question) == ("ordinal", number, words)


@pytest.mark.parametrize(
    "question",
    [
        "which paper is that from?",
        "Which study found that?",
        "what number is that reference?",
        "who said that?",
        "Who reported this?",
        "Where is that from?",
        "where does it come from?",
        "Is there a reference for that?",
        "is there any source?",
        "is there a source given for that classification?",
        "What is the source of that?",
        "who is cited?",
        "source?",
        "citations please",
        "Show me the source",
        "give me the citation",
    ],
)
def test_a_question_for_the_source_points_at_what_was_cited(question: str) -> None:
    found = find_back_reference(question)
    assert found is not None
    assert (found.pointer, found.number) == ("source", 0)


@pytest.mark.parametrize(
    "question",
    ["more", "More?", "show me more", "ok, more please", "anything else?", "and what else?",
     "next", "go on", "continue", "Any more passages?", "is there anything else on this?",
     "other results", "others?"],
)  # fmt: skip
def test_a_question_for_more_points_at_all_of_itself(question: str) -> None:
    assert find_back_reference(question) == BackReference("more", 0, 0, len(question))


@pytest.mark.parametrize(
    "question",
    [
        "What is the second most common cause?",
        "In the second trimester?",
        "What happens in the first week of life?",
        "Who did the first study of stem cells in breast milk?",
        "Was this found by a second study?",
        "Did the last trial of intranasal breast milk in preterm infants with severe IVH work?",
        "Which of the first studies used nasal cells against hypoxic brain injury in rats?",
        "reference 17",
        "number 17",
        "What is reference number 2?",
        "ref. number 3",
        "entry number 4",
        "phase 2",
        "Table 2",
        "What does Q10 do?",
        "CK18+ and CD90",
    ],
)
def test_a_question_with_an_ordinal_or_a_number_of_its_own_does_not_point(question: str) -> None:
    assert find_back_reference(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Is there a study on spinal cord injury?",
        "Is there any paper on NEC?",
        "Is there a reference on stroke in rats?",
        "What is the source of stem cells?",
        "Where do the cells come from?",
        "Which studies found that MSCs reduce NEC?",
        "Which authors described the stem cells that cross the gut?",
        "What is the paper about?",
        "Who wrote the article?",
        "references",
    ],
)
def test_a_question_about_studies_and_sources_of_its_own_does_not_point(question: str) -> None:
    assert find_back_reference(question) is None


@pytest.mark.parametrize(
    "question",
    ["more about NEC", "What more is known about NEC?", "What else did Ahn find?",
     "Which other cells are there?", "more than 200", "the next step in research?", "others' work"],
)  # fmt: skip
def test_a_question_that_says_more_of_what_does_not_point(question: str) -> None:
    assert find_back_reference(question) is None


@pytest.mark.parametrize("question", ["", "?", "What is NEC?", "And in rats?", "Why?", "it"])
def test_any_other_question_does_not_point(question: str) -> None:
    assert find_back_reference(question) is None
