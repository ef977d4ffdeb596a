"""Questions to go on with; only such as the look-ups answer for sure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from corpus.document import Document
from qa.answering import Answer
from qa.lookup import LookUp
from qa.web.naming import family_name
from qa.web.turns import Turn

MAX_FOLLOW_UPS = 4


def follow_up_questions(
    turns: Sequence[Turn], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """Return questions about what the last answer cites, none of them asked before.

    With several articles there are none: the look-ups work in a library of one.
    """
    last = turns[-1].outcome if turns else None
    if len(documents) != 1 or not isinstance(last, Answer):
        return ()
    look_up = _look_up(next(iter(documents.values())))
    asked = {turn.question for turn in turns}
    questions = dict.fromkeys(q for q in _candidates(last) if q not in asked)
    sure = (question for question in questions if _is_sure(question, look_up))
    return tuple(question for question, _ in zip(sure, range(MAX_FOLLOW_UPS), strict=False))


def _candidates(answer: Answer) -> Iterator[str]:
    references = list(dict.fromkeys(r for quote in answer.quotes for r in quote.references))
    for reference in references[: MAX_FOLLOW_UPS // 2]:
        if reference.authors:
            yield f"What does {family_name(reference.authors[0])} report?"
    for reference in references:
        yield f"Where is reference {reference.number} cited?"


def _is_sure(question: str, look_up: LookUp) -> bool:
    found = look_up.find(question)
    return bool(found and found.spans)


@lru_cache(maxsize=8)
def _look_up(document: Document) -> LookUp:
    return LookUp(document)
