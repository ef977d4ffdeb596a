"""Questions about table rows, made from word lists: rows are rare in the other data.

A made-up table becomes an article whose sentences are its rows, each cell behind its column head as
`corpus.passages.row_in_words` writes it. Asked are cells given a study, studies given a cell, and
what the table does not tell: another study, a value or a column that is not there.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Span
from qa.evidence_model.pairs import Candidate
from qa.evidence_training.articles import Article, Example, Sentence, TrainingDataError

WORDS = Path(__file__).with_name("tables.toml")
SOURCE = "tables"


@dataclass(frozen=True, slots=True)
class _Column:
    heads: list[str]
    values: list[str]
    given_study: list[str]
    given_value: list[str]


def make_tables(count: int, *, seed: int, path: Path = WORDS) -> list[Example]:
    """Make ``count`` tables and about 14 questions on each; the same seed gives the same ones.

    Raises:
        TrainingDataError: the word lists cannot be read.
    """
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        columns = [_Column(**column) for column in words["column"]]
        names, topics = words["names"], words["topics"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingDataError(f"{path}: {error}") from error
    rng = random.Random(seed)
    tables = (_Table(n, names, topics, columns, rng) for n in range(count))
    return [example for table in tables for example in table.examples(rng)]


class _Table:
    def __init__(
        self,
        number: int,
        names: list[str],
        topics: list[str],
        columns: list[_Column],
        rng: random.Random,
    ) -> None:
        self.columns = rng.sample(columns, rng.choice((3, 4, 4, 5)))
        self.other_columns = [c for c in columns if c not in self.columns]
        count = rng.randrange(7, 12)
        chosen = rng.sample(names, count + 3)
        self.studies, self.absent = chosen[:count], chosen[count:]
        self.cells = [[rng.choice(c.values) for c in self.columns] for _ in self.studies]
        heads = [rng.choice(column.heads) for column in self.columns]
        place = f"{rng.choice(topics)}."
        year = rng.random() < 0.3
        rows: list[Sentence] = []
        start = 0
        for name, cells in zip(self.studies, self.cells, strict=True):
            study = f"{name} et al. ({rng.randrange(1, 90)})"
            study += f", {rng.randrange(1998, 2024)}" if year else ""
            pairs = zip(heads, cells, strict=True)
            text = "; ".join([f"Study: {study}", *(f"{h}: {v}" for h, v in pairs)]) + "."
            span = Span(start, start + len(text))
            rows.append(Sentence(span, len(rows), Candidate(text, "", place)))
            start += len(text) + 1
        text = "\n".join(row.candidate.sentence for row in rows)
        self.article = Article(f"table-{number}", place, text, tuple(rows))

    def examples(self, rng: random.Random) -> Iterator[Example]:
        for _ in range(6):
            row, column = rng.randrange(len(self.studies)), rng.choice(self.columns)
            yield self._example(_ask(column.given_study, self._name(row, rng), rng), (row,), ())
        for _ in range(3):
            n = rng.randrange(len(self.columns))
            column, value = self.columns[n], rng.choice(self.cells)[n]
            if column.given_value:
                rows = tuple(r for r, cells in enumerate(self.cells) if cells[n] == value)
                yield self._example(_ask(column.given_value, value, rng), rows, ())
        yield from self._unanswerable(rng)

    def _unanswerable(self, rng: random.Random) -> Iterator[Example]:
        every = tuple(rng.sample(range(len(self.studies)), 3))
        for name in self.absent[:2]:
            column = rng.choice(self.columns)
            yield self._example(_ask(column.given_study, f"{name} et al.", rng), (), every)
        for column in self.columns:
            absent = [v for v in column.values if v not in self.article.text]
            if column.given_value and absent:
                question = _ask(column.given_value, rng.choice(absent), rng)
                yield self._example(question, (), every)
        for column in rng.sample(self.other_columns, 2):
            row = rng.randrange(len(self.studies))
            yield self._example(_ask(column.given_study, self._name(row, rng), rng), (), (row,))

    def _name(self, row: int, rng: random.Random) -> str:
        name = self.studies[row]
        return rng.choice((name, f"{name} et al.", f"{name} and colleagues"))

    def _example(self, question: str, answers: tuple[int, ...], near: tuple[int, ...]) -> Example:
        rows = range(len(self.studies))
        return Example(question, self.article, answers, near, rows, SOURCE)


def _ask(templates: list[str], value: str, rng: random.Random) -> str:
    return rng.choice(templates).replace("{s}", value).replace("{v}", value)
