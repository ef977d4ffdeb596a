"""What is known of an article without unpacking it: what it says of itself, its names and words."""

import re
from collections import Counter
from dataclasses import dataclass

from corpus.document import Document, Metadata
from index.author_names import known_names
from index.lexical import words

_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """An article as it is listed, chosen and named.

    Attributes:
        id: the article's.
        metadata: what it says of itself.
        source_sha256: hex digest of its source file.
        references: how many entries its bibliography has.
    """

    id: str
    metadata: Metadata
    source_sha256: str
    references: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names and words of an article.

    Attributes:
        names: folded family names of its authors, and of those whom it cites or names; sorted.
        counts: how often its text holds each word (lower case, without accents, no bare numbers).
        accented: its words in lower case that are not plain ASCII, with their accents; sorted.
    """

    names: tuple[str, ...]
    counts: dict[str, int]
    accented: tuple[str, ...]


def profile_of(document: Document) -> Profile:
    """Return the profile of an article."""
    return Profile(document.id, document.metadata, document.source_sha256, len(document.references))


def lexicon_of(document: Document) -> Lexicon:
    """Collect the names and words of an article."""
    written = set(_LETTERS.findall(document.text.lower()))
    return Lexicon(
        names=tuple(sorted(known_names(document))),
        counts=dict(Counter(word for word in words(document.text) if not word.isdigit())),
        accented=tuple(sorted(word for word in written if not word.isascii())),
    )
