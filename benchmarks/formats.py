"""Ask the same questions of the same article in each format: ``python -m benchmarks.formats``.

The shipped review is written as Markdown, JATS and HTML and printed as PDF, each is indexed in a
library of its own, and the shipped questions are asked of it. Where the evidence stands in each
is found by its words, white space and the forms of Unicode apart. Printed: hit@1 and hit@3 of the
whole system a format, the share of questions that are answered with evidence, and the differences
to the plain text.
"""

import argparse
import logging
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from benchmarks.results_file import Table, add_results_option, section, write_results
from corpus.document import Document, Span
from corpus.reading import read_article
from index.encoder import SentenceEncoder
from index.library import SHIPPED_ARTICLES, Library
from qa.answering import Answer
from qa.assistant import Assistant
from qa.evaluation.command import QUESTIONS, SHIPPED
from qa.evaluation.judging import Judge
from qa.evaluation.locating import Occurrence
from qa.evaluation.questions import Evidence, Question, load_questions
from qa.evaluation.remembering import RememberingScorer
from qa.evidence_model.scorer import load_scorer
from tests.corpus.review_formats import as_html, as_jats, as_markdown
from tests.corpus.review_pdf import print_review

ARTICLE = SHIPPED_ARTICLES / "kersin-2021"
WRITERS: dict[str, Callable[[Document], bytes]] = {
    "md": lambda document: as_markdown(document).encode(),
    "xml": lambda document: as_jats(document).encode(),
    "html": lambda document: as_html(document).encode(),
    "pdf": print_review,
}
PLAIN = "txt"
SECTION = "formats"
"""Of the file with the results."""
PACKAGES = ("torch", "lxml", "pypdfium2")
RANKED = 3
TOLERANCE = 0.03
"""hit@3 of a format should be this near to that of the plain text."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a format came to.

    Attributes:
        lost: evidence that does not stand in the format's document.
        first, third: for each question, whether the first, one of the first three quotes holds
            evidence.
        answered: for each question, whether it is answered with evidence.
    """

    lost: int
    first: tuple[bool, ...]
    third: tuple[bool, ...]
    answered: tuple[bool, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 where a format is farther off than the tolerance."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--halves", nargs="+", default=["dev", "test"], choices=["dev", "test"])
    parser.add_argument("--formats", nargs="+", default=list(WRITERS), choices=list(WRITERS))
    add_results_option(parser)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns itself to DEBUG when imported
    original = read_article(ARTICLE)
    questions = [
        question
        for half in options.halves
        for question in load_questions(QUESTIONS / SHIPPED.format(half=half), [original])
        if question.answerable
    ]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        encoder = SentenceEncoder()
        scorer = RememberingScorer(load_scorer())  # the formats have most candidates in common
        for name in (PLAIN, *options.formats):
            library = Path(folder) / name
            write_article(library / "articles" / original.id, name, original)
            assistant = Assistant(Library.open(library, encoder=encoder), scorer=scorer)
            results[name] = ask(assistant, questions, original, name)
    found = f"{len(questions)} answerable questions. {section(table(results), PACKAGES)}"
    sys.stdout.write(f"{found}\n")
    plain = share(results[PLAIN].third)
    far = any(abs(share(result.third) - plain) > TOLERANCE for result in results.values())
    return write_results(options.update_readme, {SECTION: found}) or int(far)


def write_article(folder: Path, name: str, original: Document) -> None:
    """Write the article in a format, with the facts that are shipped beside it."""
    folder.mkdir(parents=True)
    if name == PLAIN:
        shutil.copytree(ARTICLE, folder, dirs_exist_ok=True)
        return
    (folder / f"source.{name}").write_bytes(WRITERS[name](original))
    facts = (ARTICLE / "article.toml").read_text(encoding="utf-8").partition("[source]")[0]
    toml = f'{facts}[source]\nfile = "source.{name}"\n'
    (folder / "article.toml").write_text(toml, encoding="utf-8")


def ask(
    assistant: Assistant, questions: Sequence[Question], original: Document, name: str
) -> Result:
    """Ask all questions of one format."""
    (document,) = assistant.library.documents.values()
    judge = Judge({document.id: document})
    moved = [move_evidence(question, original, document) for question in questions]
    first, third, answered = [], [], []
    for question in tqdm(moved, desc=name, unit="question", mininterval=5):
        ranked = assistant.retrieve(question.question, question.history, k=RANKED)
        held = [bool(q.held) for q in judge.judge(ranked[:RANKED], question.evidence)]
        reply = assistant.ask(question.question, question.history)
        quotes = reply.quotes if isinstance(reply, Answer) else ()
        first.append(any(held[:1]))
        third.append(any(held))
        answered.append(any(q.held for q in judge.judge(quotes, question.evidence)))
    lost = sum(not item.occurrences for question in moved for item in question.evidence)
    return Result(lost, tuple(first), tuple(third), tuple(answered))


def move_evidence(question: Question, original: Document, document: Document) -> Question:
    """Find the evidence of a question, given for the plain text, in another format's document."""
    folded = Folded(document.text)
    evidence = []
    for item in question.evidence:
        places = []
        for occurrence in item.occurrences:
            parts = [folded.find(original.slice(span)) for span in occurrence.spans]
            if all(parts):
                places += [
                    Occurrence(document.id, tuple(span for span in spans if span))
                    for spans in zip(*parts, strict=False)
                ]
        evidence.append(Evidence(item.snippet, tuple(dict.fromkeys(places))))
    return replace(question, evidence=tuple(evidence))


class Folded:
    """A text without white space and with one form for each character, to search in."""

    def __init__(self, text: str) -> None:
        """Fold a text; each character keeps its place."""
        pairs = list(_fold(text))
        self._text = "".join(character for character, _ in pairs)
        self._places = [place for _, place in pairs]

    def find(self, snippet: str) -> list[Span]:
        """Return every place of a snippet in the text as it was."""
        wanted = "".join(character for character, _ in _fold(snippet))
        spans = []
        start = self._text.find(wanted) if wanted else -1
        while start >= 0:
            end = start + len(wanted)
            spans.append(Span(self._places[start], self._places[end - 1] + 1))
            start = self._text.find(wanted, end)
        return spans


def _fold(text: str) -> Iterator[tuple[str, int]]:
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKC", character):
            if not part.isspace():
                yield part, place


def share(hits: Sequence[bool]) -> float:
    """Return how many of the hits are true, in [0, 1]."""
    return sum(hits) / len(hits) if hits else 0.0


def table(results: Mapping[str, Result]) -> Table:
    """Lay out the results, the plain text first."""
    plain = results[PLAIN]
    heads = ["format", "hit@1", "hit@3", "hit@3 − plain text", "answered with evidence"]
    lines = [[*heads, "evidence lost"]]
    for name, result in results.items():
        difference = share(result.third) - share(plain.third)
        cells = [f"{share(result.first):.3f}", f"{share(result.third):.3f}", f"{difference:+.3f}"]
        lines.append([name, *cells, f"{share(result.answered):.3f}", f"{result.lost}"])
    return lines


if __name__ == "__main__":
    sys.exit(main())
