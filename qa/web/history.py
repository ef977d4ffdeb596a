"""What a browser keeps of a conversation: the questions, never a quote.

The answers are given anew, so that nobody can put a forged quote into the page.
"""

from collections.abc import Iterator, Sequence

from qa.web.turns import Turn

MAX_KEPT = 50
"""Questions that are kept, the newest."""

Kept = dict[str, str | bool]
"""A question and whether it stands alone, as the browser keeps it."""


def kept_questions(turns: Sequence[Turn]) -> list[Kept]:
    """Return the questions that have their outcome, oldest first."""
    return keep_all([turn for turn in turns if not turn.is_pending])


def keep_all(turns: Sequence[Turn]) -> list[Kept]:
    """Return the questions, also of those turns that still wait; for `read_questions`."""
    return [
        {"question": turn.question, "stands_alone": turn.stands_alone} for turn in turns[-MAX_KEPT:]
    ]


def read_questions(stored: object) -> tuple[Turn, ...]:
    """Read what a browser has kept, as turns that wait for their outcomes.

    Whatever is no question is left out. An older version kept the bare questions.
    """
    if not isinstance(stored, list):
        return ()
    return tuple(turn for item in stored for turn in _read_item(item))[-MAX_KEPT:]


def _read_item(item: object) -> Iterator[Turn]:
    if isinstance(item, str):
        item = {"question": item}
    if not isinstance(item, dict):
        return
    question = item.get("question")
    if isinstance(question, str) and question.strip():
        yield Turn(question, stands_alone=item.get("stands_alone") is True)
