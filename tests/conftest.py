"""What several packages test with: the real article, models real and done by hand, the browser."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.document import Document
from corpus.reading import read_article
from index.encoder import FloatMatrix, SentenceEncoder
from index.entries import read_new
from index.library import Library
from index.reading_process import ReadingProcess
from tests.web.browsing import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parent.parent
REVIEW_FOLDER = REPOSITORY / "corpus" / "articles" / "kersin-2021"
KEYWORDS = ("milk", "stem", "cell", "brain", "gut", "bone", "necrotizing", "bee", "pollen")


class KeywordEncoder:
    """A text's vector is how often each keyword occurs in it, then a 1, scaled to unit length.

    With the words of ``KEYWORDS``, "milk milk" is (2, 0, …, 0, 1) / √5 and "bone" is
    (0, …, 1, …, 0, 1) / √2; their cosine is 1 / √10. Words are told apart by white space, without
    their punctuation and case, and a plural s does not count. Every text that was ever encoded is
    kept in ``seen``.
    """

    def __init__(self, name: str = "keywords", weights_sha256: str = "c" * 64) -> None:
        self.name = name
        self.weights_sha256 = weights_sha256
        self.dimension = len(KEYWORDS) + 1
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        self.seen.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = (word.strip(".,:;()?!").removesuffix("s") for word in text.lower().split())
            counts = Counter(words)
            row[:-1] = [counts[word] for word in KEYWORDS]
            row[-1] = 1.0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / lengths, dtype=np.float32)


@pytest.fixture(autouse=True)
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read new articles in this process: starting another takes 0.7 s; its own tests start one."""
    monkeypatch.setattr(ReadingProcess, "read_new", lambda reading, files: read_new(files))


@pytest.fixture(scope="session")
def review() -> Document:
    """The article that the program ships with."""
    return read_article(REVIEW_FOLDER)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The default embedding model."""
    return SentenceEncoder()


@pytest.fixture(scope="session")
def library(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped article, indexed with the default model."""
    return Library.open(tmp_path_factory.mktemp("library"), encoder=encoder)


@pytest.fixture
def keyword_encoder() -> KeywordEncoder:
    """A deterministic model whose cosines can be worked out by hand."""
    return KeywordEncoder()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The one browser of all tests."""
    with launched() as browser:
        yield browser
