import json
import tomllib
import unicodedata

import pytest

from corpus.document import BlockKind, Document
from qa.answering import Abstention, Answer, Reply
from qa.assistant import Assistant
from qa.boundaries import MESSAGES, Refusal
from qa.language import ENGLISH, RIGHT_TO_LEFT, language_message
from qa.language import MESSAGES as MESSAGES_FILE
from qa.quoting import Quote, make_quote, merge_quotes
from qa.rendering import DIRECT, LIKELY, quote_to_json, reply_to_json, reply_to_text, strength
from tests.qa.documents import BlockPlan, make_document, span_of

CITATION = "Tester A. Cells in milk. J Tests 2021; 5: 1-9."
QUOTE_FIELDS = {
    "text": str,
    "document": str,
    "section": str,
    "start": int,
    "end": int,
    "score": float,
    "references": list,
}


@pytest.fixture(scope="module")
def document() -> Document:
    return make_document()


def quote(document: Document, text: str, *, score: float = 0.9) -> Quote:
    return make_quote(document, span_of(document, text), score=score)


def test_a_quote_as_json(document: Document) -> None:
    assert quote_to_json(quote(document, "Bone is hard (2,1).", score=0.123456)) == {
        "text": "Bone is hard (2,1).",
        "document": "hand",
        "section": "Findings",
        "kind": "paragraph",
        "start": 69,
        "end": 88,
        "score": 0.1235,
        "citation": CITATION,
        "references": [
            {"number": 2, "text": "Kim A, et al. Second things. Gut 2014; 5: 770-8."},
            {"number": 1, "text": "Blanc B. First things. Nature 1981; 36: 1-89."},
        ],
        "widened": "",
        "also_at": [],
    }


def test_the_other_places_of_a_quote_as_json() -> None:
    sentence = "Every mammal makes special milk feeding newborn offspring"
    document = make_document(make_plan(sentence))
    quotes = [quote(document, f"{sentence}."), quote(document, f"{sentence}!")]
    merged = merge_quotes(quotes, {"hand": document})
    assert [quote_to_json(item)["also_at"] for item in merged] == [
        [{"document": "hand", "section": "Article information", "start": 59, "end": 117}]
    ]


def make_plan(sentence: str) -> list[BlockPlan]:
    return [(BlockKind.PARAGRAPH, f"{sentence}. {sentence}!")]


def test_an_answer_as_json(document: Document) -> None:
    found = quote(document, "Milk holds cells (1).")
    reply = Answer("and?", "What is it?", (found,), 0.98765, "found by meaning and words")
    assert reply_to_json(reply) == {
        "question": "and?",
        "standalone_question": "What is it?",
        "status": "answered",
        "reason": "found by meaning and words",
        "confidence": 0.9877,
        "quotes": [quote_to_json(found)],
        "is_list": False,
    }


def test_a_list_is_told_in_json_and_before_its_quotes_in_text(document: Document) -> None:
    reply = Answer("What?", "What?", (quote(document, "Green item"),), 0.9, "", is_list=True)

    assert reply_to_json(reply)["is_list"] is True
    assert text_of(reply)[:3] == [
        "Each quote is a part of the answer; the list may not be complete.",
        "",
        "Q1  Findings · answers directly",
    ]


def test_an_abstention_as_json(document: Document) -> None:
    near = quote(document, "Milk holds cells (1).")
    reply = Abstention("Why?", "Why?", "Nothing.", (near,), 0.25)
    assert reply_to_json(reply) == {
        "question": "Why?",
        "standalone_question": "Why?",
        "status": "not_in_source",
        "reason": "Nothing.",
        "confidence": 0.25,
        "quotes": [],
        "nearest": [quote_to_json(near)],
        "is_list": False,
    }


def test_a_refusal_as_json() -> None:
    reply = Refusal("May I?", "May I?", "advice", "Ask a nurse.", "milk")
    assert reply_to_json(reply) == {
        "question": "May I?",
        "standalone_question": "May I?",
        "status": "declined",
        "reason": "advice",
        "message": "Ask a nurse.",
        "quotes": [],
        "is_list": False,
    }


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("What is microchimerism?", "answered"),
        ("How do I bake bread?", "not_in_source"),
        ("Should I pump?", "declined"),
    ],
)
def test_a_real_reply_has_the_promised_shape(
    assistant: Assistant, question: str, status: str
) -> None:
    data = json.loads(json.dumps(reply_to_json(assistant.ask(question))))
    assert data["status"] == status
    assert (data["question"], data["standalone_question"]) == (question, question)
    assert isinstance(data["reason"], str)
    assert data["is_list"] is False
    assert isinstance(data.get("confidence"), float) is (status != "declined")
    assert ("nearest" in data) is (status == "not_in_source")
    for item in data["quotes"] + data.get("nearest", []):
        assert {name: type(item[name]) for name in QUOTE_FIELDS} == QUOTE_FIELDS
        assert all(set(reference) == {"number", "text"} for reference in item["references"])


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (1.0, "answers directly"),
        (DIRECT, "answers directly"),
        (DIRECT - 0.001, "likely"),
        (LIKELY, "likely"),
        (LIKELY - 0.001, "related"),
        (0.0, "related"),
    ],
)
def test_a_score_is_put_into_words(score: float, words: str) -> None:
    assert strength(score) == words


def text_of(reply: Reply) -> list[str]:
    text = reply_to_text(reply)
    assert text.endswith("\n")
    return text.splitlines()


def test_an_answer_as_text(document: Document) -> None:
    quotes = (quote(document, "Bone is hard (2,1)."), quote(document, "Green item", score=0.0))
    assert text_of(Answer("Why?", "Why?", quotes, 0.9, "")) == [
        "Q1  Findings · answers directly",
        "  “Bone is hard (2,1).”",
        f"  — {CITATION}",
        "    [2] Kim A, et al. Second things. Gut 2014; 5: 770-8.  "
        "(cited by the review; not read by Sic)",
        "    [1] Blanc B. First things. Nature 1981; 36: 1-89.  "
        "(cited by the review; not read by Sic)",
        "",
        "Q2  Findings · related",
        "  “Green item”",
        f"  — {CITATION}",
    ]


def test_the_searched_question_is_told_where_it_differs(document: Document) -> None:
    reply = Answer("And?", "What is it?", (quote(document, "Green item"),), 0.9, "")
    assert text_of(reply)[:3] == [
        "Searched: What is it?",
        "",
        "Q1  Findings · answers directly",
    ]


def test_why_a_quote_was_widened_is_told_in_text(article: Document) -> None:
    widened = make_quote(article, span_of(article, "The 24-month follow-up results"), score=0.9)
    assert text_of(Answer("Why?", "Why?", (widened,), 0.9, ""))[2] == (
        "  (the sentence before it says which study this is)"
    )


def test_where_else_a_quote_stands_is_told_in_text() -> None:
    sentence = "Every mammal makes special milk feeding newborn offspring"
    document = make_document(make_plan(sentence))
    quotes = [quote(document, f"{sentence}."), quote(document, f"{sentence}!")]
    merged = tuple(merge_quotes(quotes, {"hand": document}))
    assert text_of(Answer("Why?", "Why?", merged, 0.9, ""))[2] == "  also in: Article information"


def test_an_abstention_as_text_marks_its_passages_as_no_answer(document: Document) -> None:
    near = (quote(document, "Green item"),)
    assert text_of(Abstention("Why?", "Why?", "Nothing says so.", near, 0.1)) == [
        "Not in this source. Nothing says so.",
        "",
        "Nearest passage, not an answer  Findings",
        "  “Green item”",
        f"  — {CITATION}",
    ]


def test_a_refusal_as_text() -> None:
    reply = Refusal("Help!", "Help!", "emergency", MESSAGES["emergency"], "")
    assert text_of(reply) == [f"Declined (emergency). {MESSAGES['emergency']}"]


def test_a_refusal_in_another_language_has_two_paragraphs() -> None:
    message = language_message("de")
    reply = Refusal("Was ist das?", "Was ist das?", "language", message, "", "de")

    assert reply.paragraphs == (message.split("\n")[0], ENGLISH)
    assert text_of(reply) == [f"Declined (language). {reply.paragraphs[0]}", "", ENGLISH]
    assert (reply_to_json(reply)["status"], reply_to_json(reply)["reason"]) == (
        "declined",
        "language",
    )


def test_a_declined_follow_up_was_not_searched() -> None:
    reply = Refusal("Should I?", "Should I pump?", "advice", "Ask a nurse.", "")
    assert text_of(reply)[0] == "Understood as: Should I pump?"


def test_messages_from_right_to_left_are_known_as_such() -> None:
    codes = tomllib.loads(MESSAGES_FILE.read_text(encoding="utf-8"))
    letters = {code: set(map(unicodedata.bidirectional, text)) for code, text in codes.items()}
    assert {code for code, kinds in letters.items() if kinds & {"R", "AL"}} == RIGHT_TO_LEFT
