"""Random questions about a library, with the questions before them: from its words, or from noise.

Half of them are made of what the library says, so that they are answered; the others point back,
come from the question sets of the evaluation, or say nothing at all.
"""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from corpus.document import BlockKind, Document
from corpus.passages import sentence_spans
from index.entries import PROGRAM

SETS = PROGRAM / "qa" / "evaluation" / "questions"
OPENINGS = (
    *("What is", "Who described", "How do", "Why does", "Which", "Is it true that", "What did"),
    *("Tell me about", "When was", "How many", "What are the effects of", "Does the review say"),
)
POINTERS = (
    *("And in animals?", "more", "Who said that?", "the second one", "And number 2?", "Why?"),
    *("Which paper is that from?", "no, in rats", "What about them?", "reference 3", "Is it safe?"),
    *("Who cites 12?", "Who wrote this article?", "Which licence does it have?", "References 4-6"),
)
MAX_HISTORY = 3


class Questions:
    """Draws conversations about documents; the same ones for the same seed.

    Args:
        documents: what is asked about.
        seed: of the drawing.
    """

    def __init__(self, documents: Mapping[str, Document], seed: int) -> None:
        self._draw = random.Random(seed)
        self._documents = list(documents.values())
        self._sentences = [s for document in self._documents for s in _sentences(document)]
        self._words = sorted({word for sentence in self._sentences for word in sentence.split()})
        self._asked = [
            json.loads(line)["question"]
            for path in sorted(SETS.glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        ]

    def conversations(self, count: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield questions, each with the earlier ones of its conversation, oldest first."""
        for _ in range(count):
            history = tuple(self._question() for _ in range(self._draw.randint(0, MAX_HISTORY)))
            yield self._question(), history

    def _question(self) -> str:
        kinds = (self._sentence, self._of_words, self._about_article, self._from_sets, self._noise)
        kind = self._draw.choices(kinds, weights=(5, 3, 1, 4, 1))[0]
        pointed = self._draw.choice(POINTERS) if self._draw.random() < 0.15 else ""
        return pointed or kind()

    def _sentence(self) -> str:
        words = self._draw.choice(self._sentences).split()
        start = self._draw.randrange(len(words))
        length = self._draw.randint(3, 14)
        part = " ".join(words[start : start + length]) if self._draw.random() < 0.7 else ""
        opening = self._draw.choice(OPENINGS) if self._draw.random() < 0.6 else ""
        return f"{opening} {part or ' '.join(words)}?".strip()[:1_900]

    def _of_words(self) -> str:
        words = self._draw.choices(self._words, k=self._draw.randint(1, 12))
        return f"{self._draw.choice(OPENINGS)} {' '.join(words)}?"[:1_900]

    def _about_article(self) -> str:
        document = self._draw.choice(self._documents)
        names = [author.family for author in document.metadata.authors] or [document.id]
        named = self._draw.choice((document.id, document.metadata.title, self._draw.choice(names)))
        number = self._draw.randint(0, len(document.references) + 1)
        asked = (f"What is reference {number} of", f"Which sentences cite {number} in", "What says")
        return f"{self._draw.choice(asked)} {named}?"

    def _from_sets(self) -> str:
        return str(self._draw.choice(self._asked))

    def _noise(self) -> str:
        ranges = ((0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x5FF), (0x2000, 0x22FF), (0x1F300, 0x1F6FF))
        return "a" + "".join(
            chr(self._draw.randint(*self._draw.choice(ranges)))
            for _ in range(self._draw.randint(1, 60))
        )


def _sentences(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if block.kind is not BlockKind.REFERENCE:
            for span in sentence_spans(document, block):
                yield " ".join(document.slice(span).split())


def sample_articles() -> list[Path]:
    """Return the real articles of the tests, in JATS XML."""
    return sorted((PROGRAM / "tests" / "corpus" / "jats").glob("*.nxml"))
