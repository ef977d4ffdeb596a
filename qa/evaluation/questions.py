"""The question set: one JSON object a line, checked on loading.

Owns the format and its errors. Where a snippet stands in a document is `locating`'s business.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeGuard, get_args

from corpus.document import Document
from index.updating import name_some
from qa.evaluation.locating import Occurrence, find_snippets

Kind = Literal[
    "fact",
    "paraphrase",
    "lay",
    "abbreviation",
    "author",
    "reference",
    "table",
    "list",
    "yesno",
    "meta",
    "typo",
    "keyword",
    "followup",
    "unanswerable",
    "offtopic",
    "advice",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
NEVER_ANSWERABLE: frozenset[Kind] = frozenset({"unanswerable", "offtopic", "advice"})

MAX_NAMED = 20
"""Documents that an error message lists."""
REQUIRED = ("id", "kind", "question", "answerable")
OPTIONAL = ("history", "evidence", "references")


class QuestionFileError(ValueError):
    """A question file cannot be used; the message, for whoever edits it, names file and line."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A snippet that answers the question, and every place where it stands (at least one)."""

    snippet: str
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what a right reply to it is.

    Attributes:
        id: unique in its file.
        kind: what makes the question hard.
        question: as a user would type it.
        history: earlier questions of the conversation, oldest first.
        answerable: whether the documents answer it.
        evidence: the snippets that answer it; empty exactly where it is not answerable.
        references: numbers of the bibliography that a right answer cites; may be empty.
    """

    id: str
    kind: Kind
    question: str
    history: tuple[str, ...]
    answerable: bool
    evidence: tuple[Evidence, ...]
    references: tuple[int, ...]

    @property
    def document_ids(self) -> frozenset[str]:
        """The documents in which the evidence stands; the reference numbers are theirs."""
        return frozenset(o.document_id for item in self.evidence for o in item.occurrences)


def load_questions(path: Path, documents: Iterable[Document]) -> tuple[Question, ...]:
    """Read and check a question file; blank lines are allowed and counted.

    Raises:
        QuestionFileError: the file is missing, is not UTF-8 or has no question; a line is not a
            JSON object or breaks the format; an id comes twice; a snippet or a reference is in no
            document.
    """
    lines = _read_lines(path)
    sources = _Sources.of(lines, documents)
    questions: list[Question] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        question = _LineReader(path, number, sources).read(line)
        if question.id in first_line:
            raise QuestionFileError(
                f"{path}, line {number}: id {question.id!r} is taken by line "
                f"{first_line[question.id]}; give each question its own id"
            )
        first_line[question.id] = number
        questions.append(question)
    if not questions:
        raise QuestionFileError(f"{path} holds no question; write one JSON object a line")
    return tuple(questions)


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise QuestionFileError(f"{path} is missing; name an existing question file") from error
    except UnicodeDecodeError as error:
        raise QuestionFileError(f"{path} is not UTF-8 ({error}); save it as UTF-8") from error
    # Not splitlines(): that would also break at U+2028 inside a JSON string and shift the numbers.
    return text.split("\n")


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the lines of a file may refer to, found in one walk over the documents.

    Attributes:
        ids: of the documents.
        numbers: of all their references.
        places: where each snippet of the file stands.
    """

    ids: tuple[str, ...]
    numbers: frozenset[int]
    places: Mapping[str, tuple[Occurrence, ...]]

    @classmethod
    def of(cls, lines: Iterable[str], documents: Iterable[Document]) -> "_Sources":
        ids: list[str] = []
        numbers: set[int] = set()

        def noted() -> Iterator[Document]:
            for document in documents:
                ids.append(document.id)
                numbers.update(reference.number for reference in document.references)
                yield document

        places = find_snippets((s for line in lines for s in _snippets_of(line)), noted())
        return cls(tuple(ids), frozenset(numbers), places)


def _snippets_of(line: str) -> list[str]:
    """Return the evidence of a line; nothing of one that breaks the format."""
    try:
        fields = json.loads(line)
    except json.JSONDecodeError:
        return []
    evidence = fields.get("evidence", []) if isinstance(fields, dict) else []
    return evidence if _is_list_of_texts(evidence) else []


class _LineReader:
    """Checks one line field by field; it knows where it is, so every error can say so."""

    def __init__(self, path: Path, line: int, sources: _Sources) -> None:
        self.where = f"{path}, line {line}"
        self.sources = sources
        self.fields: dict[str, object] = {}

    def read(self, line: str) -> Question:
        self.fields = self._read_object(line)
        question = Question(
            id=self._text("id"),
            kind=self._kind(),
            question=self._text("question"),
            history=self._texts("history"),
            answerable=self._answerable(),
            evidence=tuple(self._locate(snippet) for snippet in self._texts("evidence")),
            references=self._references(),
        )
        self._check_agreement(question)
        return question

    def _fail(self, field: str, value: object, remedy: str) -> QuestionFileError:
        return QuestionFileError(f"{self.where}, field {field!r}: {value!r} {remedy}")

    def _read_object(self, line: str) -> dict[str, object]:
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise QuestionFileError(
                f"{self.where}: not JSON ({error.msg} at column {error.colno}); "
                "write one object on one line"
            ) from error
        if not isinstance(found, dict):
            raise QuestionFileError(f"{self.where}: {found!r} is not a JSON object; use {{...}}")
        for name in REQUIRED:
            if name not in found:
                raise self._fail(name, None, "is missing; add it")
        for name in found:
            if name not in REQUIRED + OPTIONAL:
                names = ", ".join(REQUIRED + OPTIONAL)
                raise self._fail(name, found[name], f"is in no known field; use only {names}")
        return found

    def _text(self, field: str) -> str:
        value = self.fields[field]
        if not isinstance(value, str) or not value.strip():
            raise self._fail(field, value, "is not a text; write a non-empty string")
        return value

    def _texts(self, field: str) -> tuple[str, ...]:
        value = self.fields.get(field, [])
        if not _is_list_of_texts(value):
            raise self._fail(field, value, 'is not a list of non-empty strings; write [] or ["…"]')
        return tuple(value)

    def _kind(self) -> Kind:
        value = self.fields["kind"]
        for kind in KINDS:
            if value == kind:
                return kind
        raise self._fail("kind", value, f"is not a kind; use one of {', '.join(KINDS)}")

    def _answerable(self) -> bool:
        value = self.fields["answerable"]
        if not isinstance(value, bool):
            raise self._fail("answerable", value, "is not true or false; write one of them")
        return value

    def _locate(self, snippet: str) -> Evidence:
        occurrences = self.sources.places[snippet]
        if not occurrences:
            names = name_some(list(self.sources.ids), MAX_NAMED) or "no document"
            raise self._fail(
                "evidence", snippet, f"does not occur in {names}; copy whole words from the source"
            )
        return Evidence(snippet, occurrences)

    def _references(self) -> tuple[int, ...]:
        value = self.fields.get("references", [])
        if not isinstance(value, list):
            raise self._fail("references", value, "is not a list; write [] or [11, 12]")
        for number in value:
            if not isinstance(number, int) or isinstance(number, bool):
                raise self._fail("references", number, 'is not a whole number; write 11, not "11"')
            if number not in self.sources.numbers:
                raise self._fail("references", number, "is in no bibliography; correct the number")
        return tuple(dict.fromkeys(value))

    def _check_agreement(self, question: Question) -> None:
        """Refuse fields that contradict each other."""
        answerable, kind = question.answerable, question.kind
        if answerable and kind in NEVER_ANSWERABLE:
            raise self._fail("answerable", answerable, f"does not fit kind {kind!r}; write false")
        if answerable and not question.evidence:
            raise self._fail("evidence", [], "is empty, but the question is answerable; add some")
        if not answerable and question.evidence:
            snippets = [item.snippet for item in question.evidence]
            raise self._fail("evidence", snippets, "is given, but answerable is false; write []")
        if not answerable and question.references:
            numbers = list(question.references)
            raise self._fail("references", numbers, "is given, but answerable is false; write []")
        if kind == "followup" and not question.history:
            raise self._fail(
                "history", [], "is empty, but kind is 'followup'; add the question before"
            )


def _is_list_of_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
