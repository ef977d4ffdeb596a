"""The questions written for this training, kept beside the code; the articles are in the data.

A line of ``written/*.jsonl`` names an article of the COVID-QA file and where in its text the
answering sentences (``answers``) and the misleading ones (``near``) stand, as ``[start, end)``.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.document import Span
from qa.evidence_training.articles import Article, Example, TrainingDataError

FOLDER = Path(__file__).with_name("written")


def read_written(articles: Iterable[Article], folder: Path = FOLDER) -> list[Example]:
    """Read the written questions on the given articles; those on other articles are left out.

    Raises:
        TrainingDataError: a line is no JSON, or a place holds no sentence of the article.
    """
    known = {article.id: article for article in articles}
    return [
        example for path in sorted(folder.glob("*.jsonl")) for example in _read_file(path, known)
    ]


def _read_file(path: Path, articles: dict[str, Article]) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            article = articles.get(item["article"])
            if article is None:
                continue
            yield Example(
                question=item["question"],
                article=article,
                answers=tuple(_sentence(article, place) for place in item["answers"]),
                near=tuple(_sentence(article, place) for place in item["near"]),
                allowed=range(_sentence(article, item["read"]) + 1),
                source="written-" + item["kind"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise TrainingDataError(
                f"{path}, line {number}: {type(error).__name__}: {error}"
            ) from error


def _sentence(article: Article, place: list[int]) -> int:
    """Return the position of the sentence that shares most with ``place``.

    Raises:
        ValueError: none does.
    """
    span = Span(*place)

    def shared(n: int) -> int:
        other = article.sentences[n].span
        return min(span.end, other.end) - max(span.start, other.start)

    best = max(range(len(article.sentences)), key=shared)
    if shared(best) <= 0:
        raise ValueError(f"no sentence of article {article.id} stands at {place}")
    return best
