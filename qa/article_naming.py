"""Which articles of the library a question names: by author and year, by title, by identifier.

An author's name alone names no article: the name may be one that other articles cite. It counts
beside the article's year, or where the question says that an article is meant ("Kersin's review",
"the paper by Kersin").
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from corpus.document import Metadata
from index.lexical import terms, words

MIN_TITLE_TERMS = 4
"""A title is named by so many of its terms in a row; a shorter one in quotation marks only."""
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")
_ARTICLE = r"(?:review|article|paper|study|publication)"


class Described(Protocol):
    """What an article is named by: a document, or its profile."""

    @property
    def id(self) -> str:
        """The article's."""

    @property
    def metadata(self) -> Metadata:
        """What it says of itself."""


class ArticleNaming:
    """Which of some articles a question names; made once, used for every question.

    What a question costs hardly depends on how many articles there are.

    Args:
        articles: those of a library.
    """

    def __init__(self, articles: Iterable[Described]) -> None:
        self._articles = articles

    @cached_property
    def _by_identifier(self) -> list[tuple[str, str]]:
        """Identifier in lower case, and whose it is."""
        return [
            (name.lower(), article.id)
            for article in self._articles
            for name in _identifiers(article)
            if len(name) > 3
        ]

    @cached_property
    def _by_family(self) -> dict[str, list[Described]]:
        """Articles by the folded family names of their authors."""
        found: dict[str, list[Described]] = defaultdict(list)
        for article in self._articles:
            for family in dict.fromkeys(_families(article)):
                found[family].append(article)
        return dict(found)

    @cached_property
    def _longest_family(self) -> int:
        return max((family.count(" ") + 1 for family in self._by_family), default=0)

    @cached_property
    def _by_title(self) -> dict[tuple[str, ...], set[str]]:
        """Ids by the terms of the whole title, and by each run of `MIN_TITLE_TERMS` of them."""
        found: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for article in self._articles:
            title = tuple(terms(article.metadata.title))
            for run in (title, *_runs(title)):
                found[run].add(article.id)
        return dict(found)

    def find(self, question: str, scope: Collection[str] | None = None) -> frozenset[str]:
        """Return the ids of the articles that a question names; empty where it names none.

        Args:
            question: in its own words, as typed.
            scope: ids of those that may be asked; all where it is None.
        """
        asked = words(question)
        found = self._identified(question.lower()) | self._authored(asked) | self._titled(question)
        found = found if scope is None else found & frozenset(scope)
        if found:
            return frozenset(found)
        of_year = self._of_year(" ".join(asked))
        return frozenset(id for id in of_year if scope is None or id in scope)

    def _identified(self, lower: str) -> set[str]:
        return {
            id
            for name, id in self._by_identifier
            if name in lower  # a pattern a name would cost a library dear
            and re.search(rf"(?<![\w.]){re.escape(name)}(?![\w-])", lower)
        }

    def _authored(self, asked: Sequence[str]) -> set[str]:
        phrases = {
            " ".join(asked[start : start + length])
            for length in range(1, self._longest_family + 1)
            for start in range(len(asked) - length + 1)
        }
        text = " ".join(asked)
        return {
            article.id
            for phrase in phrases
            for article in self._by_family.get(phrase, ())
            if _is_author(phrase, article, text)
        }

    def _titled(self, question: str) -> set[str]:
        quoted = (tuple(terms(quoted)) for quoted in _QUOTED.findall(question))
        runs = _runs(terms(question))
        named = (self._by_title.get(title, set()) for title in (*quoted, *runs) if title)
        return set().union(*named)

    def _of_year(self, asked: str) -> Iterable[str]:
        """Return the articles of a year that is said to be an article's ("the 2021 review")."""
        year = re.search(rf"\b(?:the|your|this) ((?:19|20)\d\d) (?:\w+ )?{_ARTICLE}\b", asked)
        if year is None:
            return ()
        return (one.id for one in self._articles if one.metadata.year == int(year[1]))


def _identifiers(article: Described) -> tuple[str, ...]:
    metadata = article.metadata
    return (article.id, metadata.doi, metadata.pmid, metadata.pmcid)


def _families(article: Described) -> Iterator[str]:
    for author in article.metadata.authors:
        family = " ".join(words(author.family))
        if family:
            yield family


def _is_author(family: str, article: Described, asked: str) -> bool:
    """Tell whether an author is named with the year of the article, or as its author."""
    name, year = re.escape(family), article.metadata.year
    if year is not None and re.search(rf"\b{name}\b.{{0,40}}\b{year}\b", asked):
        return True
    if re.search(rf"\b{name}(?: s)?(?: et al| and \w+)?(?: s)? (?:\w+ )?{_ARTICLE}\b", asked):
        return True
    by = rf"\b{_ARTICLE} (?:\w+ )?(?:by|of|from) (?:\w+ ){{0,3}}{name}\b"
    return re.search(by, asked) is not None


def _runs(of: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(of[n : n + MIN_TITLE_TERMS]) for n in range(len(of) - MIN_TITLE_TERMS + 1))


def describe_articles(ids: Collection[str], articles: Mapping[str, Described]) -> str:
    """Name articles in a few words: ``Kersin and Özek 2021``; those past three are counted."""
    shown = ", ".join(short_name(articles[id]) for id in sorted(ids)[:3])
    return f"{shown} and {len(ids) - 3} more" if len(ids) > 3 else shown


def short_name(article: Described) -> str:
    """Name an article by its authors and year, ``Kersin and Özek 2021``; else by its title."""
    metadata = article.metadata
    families = [author.family for author in metadata.authors]
    if not families:
        return metadata.title
    who = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
    return f"{who} {metadata.year or ''}".strip()
