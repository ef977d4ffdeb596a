"""Articles and questions to train on, read from files in SQuAD's JSON form."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from corpus.document import Span
from corpus.sentences import split_sentences
from qa.evidence_model.pairs import Candidate

MIN_SENTENCE_CHARS = 25
"""Shorter pieces (headings, leftovers of markers) are no candidates."""
HELD_OUT_PART = 5
"""One article in so many is held out, chosen by the hash of its id."""
_BLANK_LINE = re.compile(r"\n\s*\n")
_NO_TEXT = re.compile(r"\s*(?:https?:|SHA:)")


class TrainingDataError(Exception):
    """A training file cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a training article: where it stands, and what is shown of it."""

    span: Span
    paragraph: int
    candidate: Candidate


@dataclass(frozen=True, eq=False)
class Article:
    """An article cut into sentences; equal to itself only."""

    id: str
    title: str
    text: str
    sentences: tuple[Sentence, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether the article is for testing and never trained on."""
        return is_held_out(self.id)


@dataclass(frozen=True, slots=True)
class Example:
    """A question on an article.

    Attributes:
        question: as asked.
        article: what it is asked about.
        answers: positions in `Article.sentences` that answer; empty where none does.
        near: positions that look as if they did.
        allowed: only these positions are known to be right or wrong.
        source: the kind of data, for the tables.
    """

    question: str
    article: Article
    answers: tuple[int, ...]
    near: tuple[int, ...]
    allowed: range
    source: str


def source_of(example: Example) -> str:
    """Return the data that a question is from, without its kind."""
    return example.source.split("-")[0]


def is_held_out(article_id: str) -> bool:
    """Tell whether an article belongs to the held-out fifth."""
    digest = hashlib.sha256(article_id.encode()).hexdigest()
    return int(digest, 16) % HELD_OUT_PART == 0


def read_squad(path: Path, *, source: str) -> list[Example]:
    """Read a file in SQuAD 2.0's form, one article an entry of ``data``.

    Raises:
        TrainingDataError: the file is missing, no JSON, or not of that form.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [example for entry in entries for example in _examples(entry, source)]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise TrainingDataError(
            f"{path} cannot be read as SQuAD JSON ({type(error).__name__}: {error})"
        ) from error


def _examples(entry: dict[str, list[dict[str, object]]], source: str) -> Iterator[Example]:
    texts: list[str] = []
    starts: list[int] = []
    for paragraph in entry["paragraphs"]:
        starts.append(sum(len(text) + 2 for text in texts))
        texts.append(str(paragraph["context"]))
    title = str(entry.get("title") or texts[0].strip().split("\n")[0]).replace("_", " ")
    # An article's id must not change with the file that it comes in: it decides what is held out.
    id = str(entry.get("title") or entry["paragraphs"][0]["document_id"])
    article = cut_article(id, title, "\n\n".join(texts))
    for start, paragraph in zip(starts, entry["paragraphs"], strict=True):
        for item in paragraph["qas"]:  # type: ignore[attr-defined]  # JSON
            yield _example(article, item, start, source)


def _example(article: Article, item: dict[str, object], start: int, source: str) -> Example:
    impossible = bool(item.get("is_impossible"))
    places = item["plausible_answers" if impossible else "answers"]
    found: dict[int, None] = {}
    for place in places:  # type: ignore[attr-defined]  # JSON
        first = start + int(place["answer_start"])
        span = Span(first, first + max(1, len(place["text"])))
        found |= dict.fromkeys(_sentences_at(article, span))
    return Example(
        question=str(item["question"]).strip(),
        article=article,
        answers=() if impossible else tuple(found),
        near=tuple(found) if impossible else (),
        allowed=range(len(article.sentences)),
        source=source,
    )


def _sentences_at(article: Article, span: Span) -> list[int]:
    """Return the sentences that hold the span, or most of whose text is in it."""
    return [
        n
        for n, sentence in enumerate(article.sentences)
        if (overlap := min(span.end, sentence.span.end) - max(span.start, sentence.span.start)) > 0
        and overlap >= 0.5 * min(span.end - span.start, sentence.span.end - sentence.span.start)
    ]


def cut_article(id: str, title: str, text: str) -> Article:
    """Cut a text into sentences, each with the sentence before it in the same paragraph."""
    sentences: list[Sentence] = []
    edges = [0, *(m.end() for m in _BLANK_LINE.finditer(text)), len(text)]
    place = f"{title}." if title else ""
    for number, (first, last) in enumerate(pairwise(edges)):
        paragraph = text[first:last]
        if not paragraph.strip() or _NO_TEXT.match(paragraph):
            continue
        before = ""
        for span in split_sentences(paragraph):
            sentence = " ".join(paragraph[span.start : span.end].split())
            if len(sentence) >= MIN_SENTENCE_CHARS:
                where = Span(first + span.start, first + span.end)
                sentences.append(Sentence(where, number, Candidate(sentence, before, place)))
            before = sentence
    return Article(id, title, text, tuple(sentences))
