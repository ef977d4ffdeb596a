"""What a browser keeps of a conversation: the questions, never a quote.

The answers are given anew, so that nobody can put a forged quote into the page.
"""

from collections.abc import Sequence

from qa.web.turns import Turn

MAX_KEPT = 50
"""Questions that are kept, the newest; answering so many takes about a second."""


def kept_questions(turns: Sequence[Turn]) -> list[str]:
    """Return the questions that have their outcome, oldest first."""
    return [turn.question for turn in turns if not turn.is_pending][-MAX_KEPT:]


def read_questions(stored: object) -> list[str]:
    """Read what a browser has kept; whatever is no list of questions is left out."""
    if not isinstance(stored, list):
        return []
    return [item for item in stored if isinstance(item, str) and item.strip()][-MAX_KEPT:]
