"""Is every quote the source, wherever it is shown? ``python -m benchmarks.promise``.

Asks random questions over the shipped article and the real articles of the tests, and compares
every quote, character for character, with its slice of the source: in the reply, in its JSON, in
the page's HTML, in the Markdown export, and, with ``--browser``, as Chromium copies it.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt

from benchmarks.clipboard import Clipboard
from benchmarks.questions import Questions, sample_articles
from benchmarks.results_file import Table, add_results_option, section, write_results
from corpus.document import Document, Span
from index.encoder import SentenceEncoder
from index.store import add_articles
from qa.answering import QuestionError, Reply
from qa.assistant import Assistant
from qa.boundaries import Refusal
from qa.evidence_model.option import add_evidence_model
from qa.evidence_model.scorer import BUNDLED, NO_MODEL
from qa.exporting import conversation_to_json, conversation_to_markdown
from qa.rendering import reply_to_json
from qa.web.cards import render_conversation
from qa.web.turns import Turn, shown_quotes
from tests.web.browsing import launched
from tests.web.markup import parse

SECTION = "lasting-promise"
"""Of the file with the results."""
PACKAGES = ("torch", "gradio", "markdown-it-py")

Shown = tuple[str, Span, str]
"""A document's id, a range, and what is shown of it."""

_markdown = MarkdownIt("commonmark", {"xhtmlOut": False})


@dataclass
class Tally:
    """What was asked and compared.

    Attributes:
        replies: how many of each kind.
        compared: how many quotes, by where they are shown.
        broken: what was not the source, in words.
    """

    replies: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask and compare; returns 0 if every quote was the source, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--browser", action="store_true", help="copy each quote in Chromium, too")
    add_evidence_model(parser)
    add_results_option(parser)
    arguments = parser.parse_args(argv)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        assistant = open_assistant(Path(folder), sample_articles(), arguments.evidence_model)
        clipboard = Clipboard(stack.enter_context(launched())) if arguments.browser else None
        tally = compare(assistant, arguments.questions, arguments.seed, clipboard)
    for line in tally.broken[:20]:
        sys.stdout.write(f"NOT THE SOURCE: {line}\n")
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.replies.items()))
    where = ", ".join(f"{count} in {place}" for place, count in tally.compared.items())
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{counts}\nquotes compared: {where}\n")
    sys.stdout.write(f"{len(tally.broken)} were not the source; {seconds:.0f} s\n")
    found = section(table(tally, seconds, arguments.evidence_model or BUNDLED), PACKAGES)
    name = f"{SECTION}-long" if arguments.evidence_model == NO_MODEL else SECTION
    failed = write_results(arguments.update_readme, {name: found})
    return failed or (1 if tally.broken else 0)


def table(tally: Tally, seconds: float, evidence_model: str) -> Table:
    """Lay out what was asked and compared."""
    kinds, places = sorted(tally.replies), list(tally.compared)
    heads = ["evidence model", "questions", *kinds, *(f"quotes in {place}" for place in places)]
    line = [
        evidence_model,
        f"{tally.replies.total():,}",
        *(f"{tally.replies[kind]:,}" for kind in kinds),
    ]
    line += [f"{tally.compared[place]:,}" for place in places]
    return [[*heads, "not the source", "s"], [*line, f"{len(tally.broken)}", f"{seconds:.0f}"]]


def open_assistant(
    folder: Path, articles: Sequence[Path], evidence_model: str | None = None
) -> Assistant:
    """Open a library of the shipped article and some more."""
    add_articles(folder, articles, encoder=SentenceEncoder())
    return Assistant.load(folder, evidence_model=evidence_model)


def compare(
    assistant: Assistant, count: int, seed: int, clipboard: "Clipboard | None" = None
) -> Tally:
    """Ask random questions and compare all that is shown of the source with it."""
    documents = assistant.library.documents
    tally = Tally()
    for question, history in Questions(documents, seed).conversations(count):
        try:
            reply = assistant.ask(question, history)
        except QuestionError:
            tally.replies["refused as no question"] += 1
            continue
        tally.replies[type(reply).__name__] += 1
        for place, shown in every_form(question, reply, documents, clipboard):
            tally.compared[place] += len(shown)
            tally.broken += broken_quotes(question, reply, documents, place, shown)
    return tally


def broken_quotes(
    question: str,
    reply: Reply,
    documents: Mapping[str, Document],
    place: str,
    shown: Sequence[Shown],
) -> Iterator[str]:
    """Say in words which quotes are not their slice, or are missing."""
    expected = [] if isinstance(reply, Refusal) else list(shown_quotes(Turn(question, reply)))
    if [(name, span) for name, span, _ in shown] != [(q.document_id, q.span) for q in expected]:
        yield f"{place} of {question!r}: not the {len(expected)} quotes of the reply"
    for name, span, text in shown:
        source = documents[name].text[span.start : span.end]
        if text != source:
            yield f"{place} of {question!r}: {text!r} is not {source!r} ({name}:{span})"


def every_form(
    question: str,
    reply: Reply,
    documents: Mapping[str, Document],
    clipboard: "Clipboard | None" = None,
) -> Iterator[tuple[str, list[Shown]]]:
    """Yield where quotes are shown, and what is shown there."""
    turns = (Turn(question, reply),)
    quotes = shown_quotes(turns[0])
    places = [(quote.document_id, quote.span) for quote in quotes]
    yield "object", [(quote.document_id, quote.span, quote.text) for quote in quotes]
    yield "JSON", _in_json(json.loads(json.dumps(reply_to_json(reply))))
    exported = json.loads(conversation_to_json([(question, reply)], documents.values()))
    yield "JSON export", _in_json(exported["turns"][0])
    page = render_conversation(turns)
    yield "HTML", _in_html(page)
    markdown = conversation_to_markdown([(question, reply)], documents.values())
    texts = [one.one("p").text for one in parse(_markdown.render(markdown)).all("blockquote")]
    yield "Markdown", [(*place, text) for place, text in zip(places, texts, strict=True)]
    if clipboard is not None:
        copied = [text.split("”\n")[0].removeprefix("“") for text in clipboard.copy_all(page)]
        yield "clipboard", [(*place, text) for place, text in zip(places, copied, strict=True)]


def _in_json(reply: dict[str, Any]) -> list[Shown]:
    quotes = [*reply["quotes"], *reply.get("nearest", ())]
    return [(q["document"], Span(q["start"], q["end"]), q["text"]) for q in quotes]


def _in_html(page: str) -> list[Shown]:
    """Read cards as the page's own scripts do: the cells of a table row are joined by tabs."""
    shown = []
    for card in parse(page).all("article", class_="sic-card"):
        [words] = [one for one in card.all() if "data-quote" in one.attributes]
        cells = words.all("td")
        text = "\t".join(cell.text for cell in cells) if cells else words.text
        href = card.one("a", class_="sic-permalink").attributes["href"]
        name, _, place = unquote(href.removeprefix("#")).rpartition(":")
        start, _, end = place.partition("-")
        shown.append((name, Span(int(start), int(end)), text))
    return shown


if __name__ == "__main__":
    sys.exit(main())
