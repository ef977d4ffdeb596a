"""What a saved page says of its article: Highwire and Dublin Core meta tags, JSON-LD.

Meta tags made for citing come first (``citation_…``), then PRISM and Dublin Core, then JSON-LD. A
field that none of them gives stays empty; JSON-LD that is no JSON counts as not there.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.document import Author, Licence, Metadata
from corpus.printed_facts import read_author, read_doi, read_year
from corpus.reading.licences import read_licence, read_written_licence
from corpus.reading.markup_source import Element, MarkupSource, local_name

_TITLE = ("citation_title", "dc.title", "dcterms.title")
_AUTHOR = ("citation_author", "citation_authors", "dc.creator", "dcterms.creator", "dc.contributor")
_JOURNAL = (
    "citation_journal_title",
    "citation_journal_abbrev",
    "prism.publicationname",
    "dc.source",
)
_DATE = (
    "citation_publication_date",
    "citation_date",
    "citation_year",
    "citation_online_date",
    "prism.publicationdate",
    "dc.date",
    "dcterms.issued",
    "dc.date.issued",
)
_DOI = ("citation_doi", "prism.doi", "dc.identifier.doi", "dc.identifier", "dcterms.identifier")
_ARTICLES = frozenset(("Article", "ScholarlyArticle", "MedicalScholarlyArticle"))
_MAX_JSON_CHARS = 1_000_000


def read_metadata(source: MarkupSource) -> Metadata:
    """Collect what the page says, each value as it stands there."""
    tags = _Tags(source.root)
    linked = _linked_article(source)
    pages = "-".join(
        dict.fromkeys(
            page
            for page in (
                tags.first("citation_firstpage", "prism.startingpage"),
                tags.first("citation_lastpage", "prism.endingpage"),
            )
            if page
        )
    )
    authors = [a for name in tags.people(_AUTHOR) if (a := read_author(name))]
    metadata = Metadata(
        title=tags.first(*_TITLE) or linked.title,
        authors=tuple(authors) or linked.authors,
        affiliation=tags.first("citation_author_institution"),
        journal=tags.first(*_JOURNAL) or linked.journal,
        year=read_year(tags.first(*_DATE)) or linked.year,
        volume=tags.first("citation_volume", "prism.volume") or linked.volume,
        issue=tags.first("citation_issue", "prism.number") or linked.issue,
        pages=pages or linked.pages,
        language=_language(source.root, tags),
        doi=next((d for text in tags.all(_DOI) if (d := read_doi(text))), "") or linked.doi,
        pmid=tags.first("citation_pmid"),
    )
    return replace(metadata, licence=_licence(source.root, tags, linked, metadata.citation))


class _Tags:
    """The meta tags by their names in lower case; ``dc:title`` is ``dc.title``."""

    def __init__(self, root: Element) -> None:
        self._values: dict[str, list[str]] = {}
        for element in root.iter():
            if local_name(element) == "meta":
                name = (element.get("name") or element.get("property") or "").lower()
                value = " ".join((element.get("content") or "").split())
                if name and value:
                    self._values.setdefault(name.replace(":", "."), []).append(value)

    def all(self, names: Sequence[str]) -> Iterator[str]:
        """Yield the values of the tags of these names, name by name."""
        return (value for name in names for value in self._values.get(name, ()))

    def first(self, *names: str) -> str:
        """Return the first value, "" where there is none."""
        return next(self.all(names), "")

    def people(self, names: Sequence[str]) -> list[str]:
        """Return the values of the first name that has any, each person once."""
        found = next((v for name in names if (v := self._values.get(name))), [])
        parted = found[0].split(";") if len(found) == 1 else found
        return list(dict.fromkeys(parted))


@dataclass(frozen=True, slots=True)
class _Linked:
    """What JSON-LD says."""

    title: str = ""
    authors: tuple[Author, ...] = ()
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    licence: str = ""


def _linked_article(source: MarkupSource) -> _Linked:
    """Read the first article that the page describes in JSON-LD."""
    for element in source.root.iter():
        if local_name(element) == "script" and "ld+json" in (element.get("type") or ""):
            text = "".join(source.text[run.start : run.end] for run in source.before[element])
            try:
                found = json.loads(text) if len(text) <= _MAX_JSON_CHARS else None
            except (ValueError, RecursionError):
                continue
            for node in _nodes(found):
                if _ARTICLES & set(_texts(node.get("@type"))):
                    return _linked(node)
    return _Linked()


def _nodes(found: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects at the top, in a list, in a graph, and what the page is mainly about."""
    if isinstance(found, list):
        for item in found[:100]:
            yield from _nodes(item) if isinstance(item, dict) else ()
    elif isinstance(found, dict):
        yield found
        for name in ("@graph", "mainEntity"):
            inside = found.get(name)
            for item in inside[:100] if isinstance(inside, list) else [inside]:
                if isinstance(item, dict):
                    yield item


def _linked(node: Mapping[str, Any]) -> _Linked:
    whole = list(_wholes(node))
    journal = next((w for w in whole if "Periodical" in _texts(w.get("@type"))), {})
    first, last = _text(node.get("pageStart")), _text(node.get("pageEnd"))
    doi = [
        read_doi(t)
        for name in ("sameAs", "identifier", "@id", "url")
        for t in _texts(node.get(name))
    ]
    return _Linked(
        title=_text(node.get("headline")) or _text(node.get("name")),
        authors=tuple(_people(node.get("author"))),
        journal=_text(journal.get("name")),
        year=read_year(_text(node.get("datePublished"))),
        volume=next((v for w in whole if (v := _text(w.get("volumeNumber")))), ""),
        issue=next((v for w in whole if (v := _text(w.get("issueNumber")))), ""),
        pages="-".join(filter(None, (first, last))) or _text(node.get("pagination")),
        doi=next(filter(None, doi), ""),
        licence=_text(node.get("license")),
    )


def _wholes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what an article is part of: issue, volume, periodical."""
    for _ in range(5):
        above = node.get("isPartOf")
        above = above[0] if isinstance(above, list) and above else above
        if not isinstance(above, dict):
            return
        yield above
        node = above


def _people(found: object) -> Iterator[Author]:
    for person in found if isinstance(found, list) else [found]:
        if isinstance(person, dict) and (family := _text(person.get("familyName"))):
            yield Author(family, _text(person.get("givenName")))
        else:
            name = _text(person.get("name") if isinstance(person, dict) else person)
            if author := read_author(name):
                yield author


def _texts(found: object) -> list[str]:
    """Return the texts of a value: itself, those of a list, or what an object calls its value."""
    if isinstance(found, list):
        return [text for item in found if not isinstance(item, list) for text in _texts(item)]
    if isinstance(found, dict):
        found = found.get("value") or found.get("url") or found.get("@id")
    return [" ".join(str(found).split())] if isinstance(found, str | int) else []


def _text(found: object) -> str:
    return next(iter(_texts(found)), "")


def _language(root: Element, tags: _Tags) -> str:
    named = root.get("lang") or tags.first("citation_language", "dc.language") or "en"
    return re.split(r"[-_]", named.strip())[0].lower() or "en"


def _licence(root: Element, tags: _Tags, linked: _Linked, citation: str) -> Licence | None:
    """Find the licence: a link that says so, then the tags, then any link to Creative Commons."""
    links = [e for e in root.iter() if local_name(e) in ("a", "link") and e.get("href")]
    said = [str(e.get("href")) for e in links if "license" in (e.get("rel") or "").split()]
    said += [*tags.all(("dc.rights", "dcterms.license", "citation_license")), linked.licence]
    found = next((f for text in said if (f := read_written_licence(text, citation))), None)
    addresses = (str(e.get("href")) for e in links if local_name(e) == "a")
    return found or next((f for text in addresses if (f := read_licence(text, citation))), None)
