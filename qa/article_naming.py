"""Which articles of the library a question names: by author and year, by title, by identifier.

An author's name alone names no article: the name may be one that other articles cite. It counts
beside the article's year, or where the question says that an article is meant ("Kersin's review",
"the paper by Kersin").
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from corpus.document import Document
from index.lexical import terms, words

MIN_TITLE_TERMS = 4
"""A title is named by so many of its terms in a row; a shorter one in quotation marks only."""
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")
_ARTICLE = r"(?:review|article|paper|study|publication)"


def named_articles(question: str, documents: Mapping[str, Document]) -> frozenset[str]:
    """Return the ids of the articles that a question names; empty where it names none.

    Args:
        question: in its own words, as typed.
        documents: those that may be asked.
    """
    asked, lower = " ".join(words(question)), question.lower()
    found = {
        id
        for id, document in documents.items()
        if _has_identifier(lower, document)
        or _has_author(asked, document)
        or _has_title(question, document)
    }
    return frozenset(found or _by_year(asked, documents))


def _has_identifier(lower: str, document: Document) -> bool:
    metadata = document.metadata
    names = [document.id, metadata.doi, metadata.pmid, metadata.pmcid]
    return any(
        re.search(rf"(?<![\w.]){re.escape(name.lower())}(?![\w-])", lower)
        for name in names
        if len(name) > 3 and name.lower() in lower  # a pattern a name would cost a library dear
    )


def _has_author(asked: str, document: Document) -> bool:
    """Tell whether an author is named with the year of the article, or as its author."""
    year = document.metadata.year
    for author in document.metadata.authors:
        family = " ".join(words(author.family))
        if not family or family not in asked:
            continue
        name = re.escape(family)
        if year is not None and re.search(rf"\b{name}\b.{{0,40}}\b{year}\b", asked):
            return True
        if re.search(rf"\b{name}(?: s)?(?: et al| and \w+)?(?: s)? (?:\w+ )?{_ARTICLE}\b", asked):
            return True
        if re.search(rf"\b{_ARTICLE} (?:\w+ )?(?:by|of|from) (?:\w+ ){{0,3}}{name}\b", asked):
            return True
    return False


def _has_title(question: str, document: Document) -> bool:
    title = _title_terms(document.metadata.title)
    if title and title in (tuple(terms(quoted)) for quoted in _QUOTED.findall(question)):
        return True
    asked = terms(question)
    runs = set(_runs(title))
    return any(run in runs for run in _runs(asked))


def _runs(of: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(of[n : n + MIN_TITLE_TERMS]) for n in range(len(of) - MIN_TITLE_TERMS + 1))


@lru_cache(maxsize=10_000)
def _title_terms(title: str) -> tuple[str, ...]:
    return tuple(terms(title))


def _by_year(asked: str, documents: Mapping[str, Document]) -> Iterable[str]:
    """Return the articles of a year that is said to be an article's ("the 2021 review")."""
    year = re.search(rf"\b(?:the|your|this) ((?:19|20)\d\d) (?:\w+ )?{_ARTICLE}\b", asked)
    if year is None:
        return ()
    return (id for id, document in documents.items() if document.metadata.year == int(year[1]))


def describe_articles(ids: Collection[str], documents: Mapping[str, Document]) -> str:
    """Name articles in a few words: ``Kersin and Özek 2021``; those past three are counted."""
    names = [short_name(documents[id]) for id in sorted(ids)]
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def short_name(document: Document) -> str:
    """Name an article by its authors and year, ``Kersin and Özek 2021``; else by its title."""
    metadata = document.metadata
    families = [author.family for author in metadata.authors]
    if not families:
        return metadata.title
    who = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
    return f"{who} {metadata.year or ''}".strip()
