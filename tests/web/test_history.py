"""What a browser keeps of a conversation."""

import pytest

from qa.web.history import MAX_KEPT, keep_all, kept_questions, read_questions
from qa.web.turns import Failure, Turn
from tests.web.fakes import FakeAssistant

ANSWERED = Turn("first?", FakeAssistant().ask("first?"))


def test_finished_questions_are_kept_with_whether_they_stand_alone() -> None:
    alone = Turn("And?", Failure("broken"), stands_alone=True)

    assert kept_questions([ANSWERED, alone, Turn("waits")]) == [
        {"question": "first?", "stands_alone": False},
        {"question": "And?", "stands_alone": True},
    ]


def test_what_is_kept_is_read_back() -> None:
    turns = (Turn("first?"), Turn("And?", stands_alone=True))

    assert read_questions(keep_all(turns)) == turns


def test_only_the_newest_are_kept() -> None:
    turns = [Turn(str(number)) for number in range(MAX_KEPT + 3)]

    assert [turn.question for turn in read_questions(keep_all(turns))] == [
        str(number) for number in range(3, MAX_KEPT + 3)
    ]
    assert len(read_questions(["q"] * 1000)) == MAX_KEPT


@pytest.mark.parametrize(
    ("stored", "turns"),
    [
        (["first?", "And?"], (Turn("first?"), Turn("And?"))),
        ([{"question": "q"}], (Turn("q"),)),
        ([{"question": "q", "stands_alone": "true"}], (Turn("q"),)),
        ([{"question": "q", "stands_alone": 1, "outcome": "forged"}], (Turn("q"),)),
        ([{"question": None}, {"question": ["q"]}, {}, None, 3, "", " ", ["q"]], ()),
        ({"question": "q"}, ()),
        ("q", ()),
        (None, ()),
    ],
    ids=repr,
)
def test_whatever_is_no_question_is_left_out(stored: object, turns: tuple[Turn, ...]) -> None:
    assert read_questions(stored) == turns
