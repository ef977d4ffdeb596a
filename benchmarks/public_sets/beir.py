"""Reading a set in BEIR form: documents, queries, and which document answers which query.

A set is a folder with ``corpus.jsonl`` (``_id``, ``title``, ``text``), ``queries.jsonl`` (``_id``,
``text``) and ``qrels.tsv`` (query id, document id, grade, under one line of headings).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CORPUS_FILE = "corpus.jsonl"
QUERIES_FILE = "queries.jsonl"
QRELS_FILE = "qrels.tsv"


class BeirError(Exception):
    """A set cannot be used; the message names the file, the line and what is wrong there."""


@dataclass(frozen=True, slots=True)
class BeirDocument:
    """A document of a set; the title may be empty, the text is not."""

    id: str
    title: str
    text: str

    @property
    def searched_text(self) -> str:
        """Return what is indexed: title and text, as BEIR's own baselines do."""
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Query:
    """A question or claim.

    Attributes:
        id: in its file.
        text: as asked.
        relevant: grade by document id, at least one, all above 0.
    """

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A set: its folder's name, its documents, and its queries in the order of their file."""

    name: str
    documents: tuple[BeirDocument, ...]
    queries: tuple[Query, ...]


def read_set(folder: Path) -> BeirSet:
    """Read a set.

    Raises:
        BeirError: a file is missing or a line of it cannot be used.
    """
    documents = read_documents(folder / CORPUS_FILE)
    known = {document.id for document in documents}
    queries = read_queries(folder / QUERIES_FILE, folder / QRELS_FILE, known)
    return BeirSet(folder.name, documents, queries)


def read_documents(path: Path) -> tuple[BeirDocument, ...]:
    """Read the documents of a set, in the order of the file.

    Raises:
        BeirError: the file is missing, has no document, or a line cannot be used.
    """
    documents: dict[str, BeirDocument] = {}
    for number, item in _json_lines(path):
        document = BeirDocument(
            id=_text(item, "_id", path, number),
            title=str(item.get("title") or "").strip(),
            text=_text(item, "text", path, number),
        )
        if document.id in documents:
            raise BeirError(f"{path}, line {number}: document {document.id!r} is there twice")
        documents[document.id] = document
    if not documents:
        raise BeirError(f"{path} has no document")
    return tuple(documents.values())


def read_queries(
    queries_path: Path, qrels_path: Path, document_ids: Collection[str]
) -> tuple[Query, ...]:
    """Read queries with their judgements; a query without a relevant document is left out.

    Leaving them out is BEIR's own rule: a file of queries may serve several files of judgements.

    Raises:
        BeirError: a file is missing, a line cannot be used or names something unknown, or no query
            is left.
    """
    texts: dict[str, str] = {}
    for number, item in _json_lines(queries_path):
        id = _text(item, "_id", queries_path, number)
        if id in texts:
            raise BeirError(f"{queries_path}, line {number}: query {id!r} is there twice")
        texts[id] = _text(item, "text", queries_path, number)
    relevant: dict[str, dict[str, int]] = {}
    for number, query_id, document_id, grade in _judgements(qrels_path):
        where = f"{qrels_path}, line {number}"
        if query_id not in texts:
            raise BeirError(f"{where}: query {query_id!r} is not in {queries_path}")
        if document_id not in document_ids:
            raise BeirError(f"{where}: document {document_id!r} is not in the corpus")
        if grade > 0:
            relevant.setdefault(query_id, {})[document_id] = grade
    if not relevant:
        raise BeirError(f"{qrels_path} judges no document relevant")
    return tuple(Query(id, text, relevant[id]) for id, text in texts.items() if id in relevant)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, numbered from 1 as an editor does."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BeirError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BeirError(f"{path} is not UTF-8: {error}") from error
    for number, line in enumerate(text.split("\n"), 1):  # an abstract may hold other line ends
        if line.strip():
            yield number, line


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    for number, line in _lines(path):
        try:
            item = json.loads(line)
        except ValueError as error:
            raise BeirError(f"{path}, line {number}: not JSON ({error})") from error
        if not isinstance(item, dict):
            raise BeirError(f"{path}, line {number}: expected an object, got {item!r:.40}")
        yield number, item


def _text(item: Mapping[str, object], key: str, path: Path, number: int) -> str:
    found = item.get(key)
    if not isinstance(found, str) or not found.strip():
        raise BeirError(f"{path}, line {number}: {key!r} must be a text, got {found!r:.40}")
    return found.strip()


def _judgements(path: Path) -> Iterator[tuple[int, str, str, int]]:
    """Yield line number, query id, document id and grade of each line below the headings."""
    for number, line in _lines(path):
        if number == 1:
            continue
        fields = line.split("\t")
        try:
            query_id, document_id, grade = fields[0], fields[1], int(fields[2])
        except (IndexError, ValueError) as error:
            raise BeirError(
                f"{path}, line {number}: expected query id, document id and a whole number, parted "
                f"by tabs, got {line!r:.60}"
            ) from error
        yield number, query_id, document_id, grade
