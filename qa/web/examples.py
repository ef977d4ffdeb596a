"""Questions to begin with; each has its answer in the source."""

from collections.abc import Iterable

from qa.article_naming import Described

_OF_ANY_ARTICLE = (
    "Who wrote the review?",
    "In which journal was it published?",
    "What is reference 1?",
)
_BY_DOCUMENT = {
    "kersin-2021": (
        "Who first described stem cells in breast milk?",
        "What is microchimerism?",
        "Do maternal cells reach the brain of the pups?",
        "Does breast milk prevent necrotizing enterocolitis?",
        "What did Ahn et al. do?",
        "Which sentences cite reference 27?",
    ),
}


def example_questions(documents: Iterable[Described]) -> tuple[str, ...]:
    """Return questions that the documents answer; for unknown ones, about the article itself.

    With several articles there are none: "who wrote it" would have no single meaning.
    """
    known = list(documents)
    if len(known) != 1:
        return ()
    return _BY_DOCUMENT.get(known[0].id, _OF_ANY_ARTICLE)
