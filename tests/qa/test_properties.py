"""Whatever is asked: a reply or a `QuestionError`, and every quote is the source at its span."""

import random

import pytest

from corpus.document import Document
from qa.answering import MAX_HISTORY, Abstention, Answer, QuestionError, Reply, searchable
from qa.assistant import Assistant
from qa.quoting import Quote

BATCHES = 30
QUESTIONS_A_BATCH = 10
OPENINGS = ("What is", "Who", "And", "Which", "How many", "Why", "reference", "What did", "[", "It")
HOSTILE = {
    "markdown": "# **What** is [NEC](http://example.org)? ```x``` | a | b |\n> _quote_ ![i](j)",
    "html": "<script>alert('NEC')</script><img src=x onerror=alert(1)>&amp;<!-- stem cells -->",
    "template": "{{7*7}} ${NEC} {% raw %} %s %d \\x00 \\u0041 {0}",
    "regular expression": "(?P<a>.*)+[^]]{1,9999}\\b$^|(a|a)*b stem cells",
    "right to left": "\u202emrots lleks CEN\u202c ما هو الحليب؟ מה זה חלב?",
    "emoji and astral": "👩‍🍼🧬 stem 𝛼6 cells 🥛?",
    "combining": "N\u0301E\u0323C\u0308 m\u0336i\u0336l\u0336k\u0336",
    "ligatures and wide": "ﬁbrosis ＮＥＣ ²³ ⅷ ﷺ ǅ ß İ ı",
    "invisible": "mi\u200blk\u200d \ufeffcells\u00ad \u2060of\u2028NEC\u2029",
    "very long word": "microchimerism" * 140,
    "many digits": "reference " + "9" * 1500,
    "many numbers": "references " + ", ".join(map(str, range(1, 300))),
    "many brackets": "(1)" * 300 + "[2]" * 300,
    "many markers": "What does " + "et al. " * 280,
    "many capitals": "by A of B from C " * 110,
    "many possessives": "my " * 600 + "baby",
    "many hyphens": "what is a-" + "b-" * 900,
    "one letter": "a",
    "one sign and a letter": "%a",
    "digits": "17",
    "control characters": "stem\x07\x1b[31m cells\x7f",
    "null": "stem\x00cells",
    "shell": "$(rm -rf /); `ls` && cat /etc/passwd | NEC",
    "json": '{"question": "NEC", "history": [null, 1e999]}',
    "traversal": "../../etc/passwd NEC %2e%2e%2f",
}


def quotes_of(reply: Reply) -> tuple[Quote, ...]:
    match reply:
        case Answer():
            return reply.quotes
        case Abstention():
            return reply.nearest
    return ()


def assert_verbatim(reply: Reply, document: Document) -> None:
    for quote in quotes_of(reply):
        assert quote.text == document.text[quote.span.start : quote.span.end]
        assert 0.0 <= quote.score <= 1.0


def make_question(source: random.Random, vocabulary: list[str]) -> str:
    length = source.choice((1, 2, 3, 5, 8, 13, 40))
    asked = [source.choice(OPENINGS), *source.choices(vocabulary, k=length)]
    if source.random() < 0.2:
        asked.insert(source.randrange(len(asked)), source.choice(tuple(HOSTILE.values()))[:200])
    return " ".join(asked) + source.choice(("?", "", ".", " et al.?", "!?"))


@pytest.mark.parametrize("seed", range(BATCHES))
def test_random_questions_in_a_conversation_are_answered_verbatim_or_not_at_all(
    assistant: Assistant, article: Document, seed: int
) -> None:
    source = random.Random(seed)
    vocabulary = article.text.split()
    history: list[str] = []
    for _ in range(QUESTIONS_A_BATCH):
        question = make_question(source, vocabulary)
        assert_verbatim(assistant.ask(question, history[-2:]), article)
        history.append(question)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_a_question_like_any_other(
    assistant: Assistant, article: Document, text: str
) -> None:
    assert_verbatim(assistant.ask(text), article)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_may_have_come_before(
    assistant: Assistant, article: Document, text: str
) -> None:
    assert_verbatim(assistant.ask("And what causes it?", [text]), article)


def test_half_a_surrogate_pair_is_a_question_or_a_question_error(
    assistant: Assistant, article: Document
) -> None:
    try:
        reply = assistant.ask("What are stem\ud800 cells?")
    except QuestionError:
        return
    assert_verbatim(reply, article)


@pytest.mark.parametrize("length", [2001, 5000, 1_000_000])
def test_text_beyond_the_limit_is_a_question_error(assistant: Assistant, length: int) -> None:
    with pytest.raises(QuestionError):
        assistant.ask("m" * length)


def test_earlier_questions_that_cannot_be_searched_are_left_out(assistant: Assistant) -> None:
    question, topic = "And in animals?", "What is microchimerism?"
    unusable = ["stem\ud800 cells", "m" * 5_000, "?!"]
    assert assistant.ask(question, [topic, *unusable]) == assistant.ask(question, [topic])


def test_only_the_newest_of_many_earlier_questions_count(assistant: Assistant) -> None:
    history = ["What is NEC?"] * 5_000
    assert searchable(history, assistant.settings) == ("What is NEC?",) * MAX_HISTORY
