"""Articles made of shuffled sentences, and a model that takes no time: to measure large libraries.

The sentences are those of the shipped article and of the sample articles in JATS XML. The vectors
have the length of the default model's, and say nothing of meaning.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.document import BlockKind
from corpus.passages import sentence_spans
from corpus.reading import read_document
from index.encoder import FloatMatrix
from index.entries import PROGRAM
from index.folders import SHIPPED_ARTICLES

SAMPLES = PROGRAM / "tests" / "corpus" / "jats"
DIMENSION = 384
PARAGRAPH = 6
"""Sentences in a paragraph."""
SECTION = 8
"""Paragraphs in a section."""


class WordEncoder:
    """Gives each word a random direction of its own; a text gets the sum, scaled to unit length."""

    name = "words"
    weights_sha256 = "words"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._directions: dict[str, FloatMatrix] = {}

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        rows = np.ones((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row += self._direction(word)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / lengths, dtype=np.float32)

    def _direction(self, word: str) -> FloatMatrix:
        if word not in self._directions:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
            values = np.random.default_rng(seed).normal(size=DIMENSION)
            self._directions[word] = values.astype(np.float32)
        return self._directions[word]


def real_sentences() -> list[str]:
    """Return the sentences of the paragraphs of the real articles, one line each."""
    folders = sorted(path for path in SHIPPED_ARTICLES.iterdir() if path.is_dir())
    documents = [read_document(path) for path in [*folders, *sorted(SAMPLES.glob("*.nxml"))]]
    return [
        " ".join(document.slice(span).split())
        for document in documents
        for block in document.blocks
        if block.kind is BlockKind.PARAGRAPH
        for span in sentence_spans(document, block)
    ]


def unchanged(sentence: str, draw: random.Random) -> str:
    """Return a sentence as it is."""
    return sentence


def write_articles(
    folder: Path,
    sentences: Sequence[str],
    *,
    count: int,
    length: int,
    seed: int = 1,
    vary: Callable[[str, random.Random], str] = unchanged,
) -> None:
    """Write text files that can be added to a library.

    Args:
        folder: where; made.
        sentences: to draw from.
        count: how many files.
        length: sentences in each.
        seed: of the drawing.
        vary: makes another sentence of one that was drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    for number in range(count):
        chosen = [vary(draw.choice(sentences), draw) for _ in range(length)]
        paragraphs = [
            " ".join(chosen[start : start + PARAGRAPH]) for start in range(0, length, PARAGRAPH)
        ]
        lines = [f"Synthetic article {number} of seed {seed}"]
        for position, paragraph in enumerate(paragraphs):
            if position % SECTION == 0:
                lines.append(
                    ("Introduction", "Methods", "Results", "Discussion")[position // SECTION % 4]
                )
            lines.append(paragraph)
        text = "\n\n".join(lines) + "\n"
        (folder / f"synthetic-{seed}-{number:05}.txt").write_text(text, encoding="utf-8")
