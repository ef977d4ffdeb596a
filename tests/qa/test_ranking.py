"""Which of the ranked quotes are shown where several articles have some."""

import pytest

from corpus.document import BlockKind
from qa.quoting import Quote, make_quote
from qa.ranking import spread
from tests.qa.documents import make_document, span_of

SENTENCES = "One bee. Two bees. Three bees. Four bees."
PLAN = ((BlockKind.TITLE, "Bees"), (BlockKind.PARAGRAPH, SENTENCES))
DOCUMENTS = {name: make_document(PLAN, document_id=name) for name in "abc"}


def _quotes(names: str) -> list[Quote]:
    """One quote a letter, of the article of that name, best first."""
    words = {name: iter(("One bee.", "Two bees.", "Three bees.", "Four bees.")) for name in "abc"}
    return [
        make_quote(
            DOCUMENTS[name], span_of(DOCUMENTS[name], next(words[name])), score=1 - 0.1 * place
        )
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("ranked", "limit", "shown"),
    [
        ("aaaa", 3, "aaa"),
        ("aaab", 3, "aab"),
        ("aaabc", 4, "aabc"),
        ("aaabbbc", 5, "aabbc"),
        ("aaab", 4, "aaab"),
        ("abab", 5, "abab"),
        ("", 5, ""),
    ],
)
def test_no_article_crowds_the_others_out(ranked: str, limit: int, shown: str) -> None:
    chosen = spread(_quotes(ranked), limit)
    assert "".join(quote.document_id for quote in chosen) == shown
    assert chosen == sorted(chosen, key=lambda quote: -quote.score)
