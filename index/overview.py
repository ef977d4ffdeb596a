"""What is known of all articles of a library at once, without unpacking any.

Their profiles, which of them know which author names, and the words of all of them. What is merged
here is written whole into the mapped form of a large library; of a small one it is made from the
entries when it is opened.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Document
from corpus.passages import make_expander
from index.entries import Entry
from index.lexical import fold
from index.profiles import Lexicon, Profile, lexicon_of, profile_of


@dataclass(frozen=True, slots=True)
class AuthorPostings:
    """Which articles know which author names, as it is written down.

    Attributes:
        names: folded, each once.
        sizes: int32, how many articles know each.
        articles: int32, their numbers: those of the first name, of the second, and so on.
    """

    names: tuple[str, ...]
    sizes: bytes
    articles: bytes


class AuthorIndex:
    """Which articles know which author names.

    Args:
        ids: of the articles, by their numbers.
        postings: made of them.
    """

    def __init__(self, ids: Sequence[str], postings: AuthorPostings) -> None:
        self.names = postings.names
        self._ids = ids
        self._rows = {name: row for row, name in enumerate(postings.names)}
        self._ends = np.cumsum(np.frombuffer(postings.sizes, dtype=np.int32), dtype=np.int64)
        self._articles = np.frombuffer(postings.articles, dtype=np.int32)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def knowing(self, name: str) -> frozenset[str]:
        """Return the ids of the articles that know a folded name."""
        row = self._rows.get(name)
        if row is None:
            return frozenset()
        start = int(self._ends[row - 1]) if row else 0
        numbers = self._articles[start : int(self._ends[row])].tolist()
        return frozenset(self._ids[number] for number in numbers)


@dataclass(frozen=True, slots=True)
class Authors:
    """The author names that articles know; ``in`` tells whether any of them knows a folded one.

    Attributes:
        parts: each article is in one of these.
    """

    parts: tuple[AuthorIndex, ...]

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self.parts)


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of some articles.

    Attributes:
        counts: how often each occurs (lower case, without accents, no bare numbers).
        accented: the words that are not plain ASCII, in lower case with their accents.
        folded: what `index.lexical.fold` makes of all of ``counts``.
    """

    counts: dict[str, int]
    accented: frozenset[str]
    folded: frozenset[str]


@dataclass(frozen=True, slots=True)
class OverviewRecord:
    """An overview as it is written down.

    Attributes:
        profiles: in the order of the articles' numbers.
        definitions: abbreviation -> long form.
        authors, words: of all articles.
    """

    profiles: tuple[Profile, ...]
    definitions: dict[str, str]
    authors: AuthorPostings
    words: WordCounts


@dataclass(frozen=True, slots=True)
class Overview:
    """What is known of all articles of a library.

    Attributes:
        profiles: by the articles' ids, in their order.
        definitions: abbreviation -> long form; of two for one abbreviation the later article's.
        authors: which articles know which names; without parts where it is not known.
        words: of all articles, in as many parts; () where they are not known.
    """

    profiles: Mapping[str, Profile]
    definitions: Mapping[str, str]
    authors: Authors
    words: tuple[WordCounts, ...]

    @classmethod
    def of_record(cls, record: OverviewRecord) -> "Overview":
        """Make an overview usable that was written down."""
        ids = [profile.id for profile in record.profiles]
        return cls(
            profiles=dict(zip(ids, record.profiles, strict=True)),
            definitions=record.definitions,
            authors=Authors((AuthorIndex(ids, record.authors),)),
            words=(record.words,),
        )

    @classmethod
    def of_entries(cls, entries: Iterable[Entry]) -> "Overview":
        """Make the overview of articles that were read."""
        builder = OverviewBuilder()
        for entry in entries:
            builder.add_entry(entry)
        return cls.of_record(builder.finish())

    @classmethod
    def of_documents(cls, documents: Iterable[Document]) -> "Overview":
        """Make the overview of documents, by reading all of them."""
        builder = OverviewBuilder()
        for document in documents:
            definitions = make_expander(document).definitions
            builder.add(profile_of(document), definitions, lexicon_of(document))
        return cls.of_record(builder.finish())

    def beside(self, other: "Overview") -> "Overview":
        """Return the overview of these articles and of others, which come after them."""
        return Overview(
            profiles={**self.profiles, **other.profiles},
            definitions={**self.definitions, **other.definitions},
            authors=Authors((*self.authors.parts, *other.authors.parts)),
            words=(*self.words, *other.words) if self.words else (),
        )


class OverviewBuilder:
    """Merges what is known of articles, one after the other."""

    def __init__(self) -> None:
        self._profiles: list[Profile] = []
        self._definitions: dict[str, str] = {}
        self._knowing: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}
        self._accented: set[str] = set()

    def add(self, profile: Profile, definitions: Mapping[str, str], lexicon: Lexicon) -> None:
        """Add an article behind those that are there."""
        number = len(self._profiles)
        self._profiles.append(profile)
        self._definitions.update(definitions)
        for name in lexicon.names:
            self._knowing.setdefault(name, []).append(number)
        for word, count in lexicon.counts.items():
            self._counts[word] = self._counts.get(word, 0) + count
        self._accented.update(lexicon.accented)

    def add_entry(self, entry: Entry) -> None:
        """Add an article that was read."""
        self.add(entry.profile, entry.definitions, entry.lexicon)

    def finish(self) -> OverviewRecord:
        """Return what is known of all of them."""
        return OverviewRecord(
            profiles=tuple(self._profiles),
            definitions=self._definitions,
            authors=_postings(self._knowing),
            words=WordCounts(
                counts=self._counts,
                accented=frozenset(self._accented),
                folded=frozenset(map(fold, self._counts)),
            ),
        )


def _postings(knowing: Mapping[str, Collection[int]]) -> AuthorPostings:
    numbers: Iterator[int] = (number for numbers in knowing.values() for number in numbers)
    sizes = [len(numbers) for numbers in knowing.values()]
    return AuthorPostings(
        names=tuple(knowing),
        sizes=np.array(sizes, dtype=np.int32).tobytes(),
        articles=np.fromiter(numbers, dtype=np.int32, count=sum(sizes)).tobytes(),
    )
