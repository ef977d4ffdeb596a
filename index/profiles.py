"""What is known of an article without unpacking it: what it says of itself, its names and words."""

import re
import zlib
from collections import Counter
from dataclasses import dataclass

import msgspec

from corpus.document import Document, Metadata
from index.author_names import known_names
from index.lexical import words

FAST = 1
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


def pack_lexicon(lexicon: Lexicon) -> bytes:
    """Write a lexicon as bytes; about 10 kB of a review."""
    return zlib.compress(msgspec.msgpack.encode(lexicon), FAST)


def unpack_lexicon(record: bytes) -> Lexicon:
    """Read what `pack_lexicon` wrote.

    Raises:
        ValueError: it is no lexicon.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(record), type=Lexicon)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(str(error)) from error
