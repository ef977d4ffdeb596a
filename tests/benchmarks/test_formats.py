"""The benchmark of formats: evidence found again by its words, and the table."""

from pathlib import Path

import pytest

from benchmarks.formats import Folded, Result, move_evidence, table, write_article
from corpus.document import Document, Span
from corpus.reading import read_article
from qa.evaluation.command import QUESTIONS, SHIPPED
from qa.evaluation.questions import load_questions


@pytest.mark.parametrize(
    ("text", "snippet", "spans"),
    [
        ("a bee, a\nbee", "a  bee", [Span(0, 5), Span(7, 12)]),
        ("the ﬁrst", "first", [Span(4, 8)]),
        ("a bee", "wasp", []),
        ("a bee", " ", []),
    ],
    ids=["twice", "ligature", "nowhere", "nothing"],
)
def test_words_are_found_whatever_their_white_space(
    text: str, snippet: str, spans: list[Span]
) -> None:
    assert Folded(text).find(snippet) == spans


@pytest.mark.parametrize("name", ["txt", "md", "xml", "html", "pdf"])
def test_evidence_of_every_question_is_found_in_every_format(
    review: Document, tmp_path: Path, name: str
) -> None:
    write_article(tmp_path / review.id, name, review)
    document = read_article(tmp_path / review.id)
    lost = []
    for question in load_questions(QUESTIONS / SHIPPED.format(half="dev"), [review]):
        moved = move_evidence(question, review, document)
        for item, found in zip(question.evidence, moved.evidence, strict=True):
            words = ["".join(review.slice(s).split()) for s in item.occurrences[0].spans]
            if not found.occurrences:
                lost.append(item.snippet)
                continue
            same = ["".join(document.slice(s).split()) for s in found.occurrences[0].spans]
            assert same == words
    assert document.metadata.citation == review.metadata.citation
    allowed = {"Sinem Gülcan Kersin , Eren Özek"} if name == "xml" else set()
    assert set(lost) <= allowed


def test_table_tells_the_difference_to_the_plain_text() -> None:
    plain = Result(0, (True, False), (True, True), (True, True))
    other = Result(3, (False, False), (True, False), (False, False))
    assert table({"txt": plain, "md": other})[1:] == [
        ["txt", "0.500", "1.000", "+0.000", "1.000", "0"],
        ["md", "0.000", "0.500", "-0.500", "0.000", "3"],
    ]
