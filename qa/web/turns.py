"""One exchange of a conversation: the question, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering import Abstention, Answer, Reply
from qa.quoting import Quote


@dataclass(frozen=True, slots=True)
class Failure:
    """Something broke; never to be read as "not in this source".

    Attributes:
        reason: what went wrong, for the user.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its outcome.

    Attributes:
        question: as asked.
        outcome: None while it is being looked for.
        stands_alone: the question was rewritten to be searched exactly as written, so that neither
            it nor what follows refers to the questions before it.
    """

    question: str
    outcome: Reply | Failure | None = None
    stands_alone: bool = False

    @property
    def is_pending(self) -> bool:
        """Tell whether the question still waits for its outcome."""
        return self.outcome is None


def earlier_questions(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Return the questions that a follow-up may refer to, oldest first.

    The last one that stands alone starts afresh: what was asked before it is left out.
    """
    fresh = max((n for n, turn in enumerate(turns) if turn.stands_alone), default=0)
    return tuple(
        turn.question
        for turn in turns[fresh:]
        if not turn.is_pending and not isinstance(turn.outcome, Failure)
    )


def shown_quotes(turn: Turn) -> tuple[Quote, ...]:
    """Return what an exchange shows of the articles: quotes, or the nearest passages."""
    if isinstance(turn.outcome, Answer):
        return turn.outcome.quotes
    return turn.outcome.nearest if isinstance(turn.outcome, Abstention) else ()
