"""Any text from outside, through every public function that takes one: a result or its own error.

The functions are those behind the question box, the endpoints, the command line and the exports.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.hostile import BIDI, CODE, INVISIBLE, UNITS
from corpus.abbreviations import Expander, find_definitions
from corpus.author_year import find_author_year
from corpus.bibliography import find_markers, parse_reference
from corpus.document import Span
from corpus.printed_facts import read_author, read_doi, read_year
from corpus.reading import read_article
from corpus.sentences import split_sentences
from index.lexical import terms
from index.overview import Overview
from qa import __main__ as commands
from qa.__main__ import BatchError, read_batch
from qa.answering import Abstention
from qa.article_naming import ArticleNaming
from qa.back_references import find_back_reference
from qa.boundaries import check_boundaries, search_topic
from qa.conversation import Vocabulary, make_standalone
from qa.escaping import escape_bibtex, escape_markdown, escape_markdown_line
from qa.exporting import conversation_to_json, conversation_to_markdown
from qa.language import foreign_language
from qa.lookup import LookUp
from qa.names import fold_name
from qa.spelling import Speller
from qa.verifying import fold, verify
from qa.web.cards import render_conversation
from qa.web.endpoints import Endpoints
from qa.web.feedback import FeedbackError, read_verdict
from qa.web.history import read_questions
from qa.web.opening import Opening
from qa.web.turns import Turn
from qa.web.verdicts import render_verdict
from qa.wording import widen
from tests.conftest import REVIEW_FOLDER
from tests.web.fakes import FakeAssistant
from tests.web.markup import parse

REVIEW = read_article(REVIEW_FOLDER)
LOOK_UP = LookUp(REVIEW)
SPELLER = Speller(Overview.of_documents([REVIEW]).words)
NAMING = ArticleNaming([REVIEW])
VOCABULARY = Vocabulary(
    frozenset(LOOK_UP.names.known), Expander({"NEC": "necrotizing enterocolitis", "İR": "ırmak"})
)
WHOLE = Span(0, 1)

runs = st.builds(lambda unit, count: unit * count, st.sampled_from(UNITS), st.integers(1, 200))
words = st.sampled_from(REVIEW.text.split())
pieces = st.one_of(
    st.text(), words, runs, st.sampled_from(CODE), st.sampled_from(list(BIDI + INVISIBLE + "\x00"))
)
texts = st.lists(pieces, min_size=1, max_size=8).map(" ".join).filter(bool)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
many = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "standalone": lambda text: make_standalone(text, [text, "What is NEC?"], VOCABULARY),
    "follow-up": lambda text: make_standalone("And NEC?", [text], VOCABULARY),
    "language": lambda text: foreign_language(text, SPELLER.knows),
    "boundaries": check_boundaries,
    "topic": lambda text: search_topic(text, SPELLER.knows),
    "back reference": find_back_reference,
    "article": NAMING.find,
    "name": fold_name,
    "wording": widen,
    "terms": terms,
    "fold": fold,
    "verify": lambda text: verify(text, [REVIEW]),
    "verdict": lambda text: parse(render_verdict(text, FakeAssistant().library)),
    "sentences": split_sentences,
    "definitions": lambda text: find_definitions([text]),
    "markers": lambda text: find_markers(text, [Span(0, len(text))], {1, 2, 3}),
    "author-year": lambda text: find_author_year(
        text, [Span(0, len(text))], list(REVIEW.references)
    ),
    "reference": lambda text: parse_reference(text, number=1, span=WHOLE, raw=""),
    "author": read_author,
    "year": read_year,
    "doi": read_doi,
    "Markdown": escape_markdown,
    "Markdown line": escape_markdown_line,
    "BibTeX": escape_bibtex,
}
REFUSALS = {"verify": ValueError}
"""What a function may raise, beside returning a result."""


@pytest.mark.parametrize("name", FUNCTIONS)
@many
@given(text=texts)
def test_function_takes_any_text(name: str, text: str) -> None:
    try:
        FUNCTIONS[name](text)
    except REFUSALS.get(name, ()):
        pass


@many
@given(text=texts)
def test_sentences_are_slices_in_order_with_only_white_space_between(text: str) -> None:
    at = 0
    for span in split_sentences(text):
        assert span.start >= at
        assert not text[at : span.start].strip()
        at = span.end
    assert not text[at:].strip()


@many
@given(question=texts)
def test_question_is_shown_and_exported_as_it_stands(question: str) -> None:
    reply = Abstention(question, question, "Nothing.", (), 0.1)
    page = parse(render_conversation((Turn(question, reply),)))
    assert page.one("span", class_="sic-asked").text == question
    assert page.all("script") == page.all("img") == []
    exported = json.loads(conversation_to_json([(question, reply)], [REVIEW]))
    assert exported["turns"][0]["question"] == question
    assert conversation_to_markdown([(question, reply)], [REVIEW]).count("\n## ") == 1


@many
@given(stored=json_values)
def test_what_a_browser_has_kept_is_questions_or_nothing(stored: object) -> None:
    assert all(turn.is_pending and turn.question.strip() for turn in read_questions(stored))


@many
@given(sent=st.tuples(json_values, json_values, json_values, json_values))
def test_feedback_is_read_or_refused(sent: tuple[object, object, object, object]) -> None:
    try:
        verdict = read_verdict(*sent)
    except FeedbackError:
        return
    assert isinstance(verdict.turn, int)


ENDPOINTS = Endpoints(Opening(FakeAssistant))
CALLS: dict[str, tuple[Callable[..., Any], int]] = {
    "ask": (ENDPOINTS.ask, 2),
    "verify": (ENDPOINTS.verify, 1),
    "search": (ENDPOINTS.search, 2),
    "reference": (ENDPOINTS.reference, 2),
}


@pytest.mark.parametrize("name", CALLS)
@many
@given(values=st.tuples(json_values, json_values))
def test_endpoint_gives_json_or_a_refusal_in_words(
    name: str, values: tuple[object, object]
) -> None:
    call, count = CALLS[name]
    try:
        said = json.dumps(call(*values[:count]))
    except gr.Error as error:
        said = error.message
    assert said


@many
@given(lines=st.lists(texts | json_values.map(json.dumps), max_size=4))
def test_batch_of_any_lines_is_read_or_refused_naming_the_line(
    lines: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    try:
        items = list(read_batch(path))
    except BatchError as error:
        said = str(error)
    else:
        assert all(item["question"].strip() for item in items)
        return
    assert said.startswith(str(path))


@pytest.mark.parametrize(
    "line", ['{"question": ' + "1" * 5_000 + "}", "[" * 100_000], ids=["number", "brackets"]
)
def test_line_that_python_cannot_read_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(BatchError, match="line 1: not JSON"):
        list(read_batch(path))


def test_id_with_half_a_character_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_load", lambda _: FakeAssistant())
    given_line = json.dumps({"id": "half \ud800 é", "question": "first?"})
    (tmp_path / "in.jsonl").write_text(given_line, encoding="utf-8")
    arguments = ["batch", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")]
    assert commands.main(arguments) == 0
    line = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert json.loads(line)["id"] == "half \ud800 é"
