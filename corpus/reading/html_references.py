"""Where the bibliography of a saved page is, and what the citations lead to."""

import re

from corpus.reading.html_inline import left_out, targets_of
from corpus.reading.markup_references import is_stub
from corpus.reading.markup_source import Element, elements_of, local_name, plain_text

MIN_ENTRIES = 3
"""A shorter list without a heading is no bibliography, even if citations lead there."""

_NOTE = re.compile(r"(?:^|[-_.])(?:fn|foot|note|tbl|table)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d")


def linked_places(article: Element) -> set[str]:
    """Collect the places of the page that links inside the article lead to."""
    targets = (targets_of(element) for element in article.iter())
    return {place for found in targets if found for place in found}


def find_bibliographies(article: Element, cited: set[str]) -> set[Element]:
    """Find lists whose items are entries: citations lead to most of them and most have a year.

    Such a list needs no heading "References". One of footnotes is none.
    """
    found = set()
    for element in article.iter():
        if local_name(element) not in ("ol", "ul"):
            continue
        items = [child for child in elements_of(element) if local_name(child) == "li"]
        led_to = [item for item in items if cited.intersection(_own_ids(item))]
        dated = [item for item in led_to if _YEAR.search(plain_text(item))]
        if len(items) >= MIN_ENTRIES and 2 * len(dated) >= len(items):
            found.add(element)
    return found


def _own_ids(element: Element) -> list[str]:
    return [place for place in ids_of(element) if not _NOTE.search(place)]


def ids_of(element: Element) -> list[str]:
    """Return the ids of an element and of all inside it; old pages name places by ``<a name>``."""
    return [
        place
        for inside in element.iter()
        for place in (inside.get("id"), inside.get("name") if local_name(inside) == "a" else None)
        if place
    ]


def is_stub_link(element: Element) -> bool:
    """Tell whether a link of an entry is none of the entry's words."""
    return local_name(element) == "a" and is_stub(plain_text(element)) and left_out(element) is None


def links_of(element: Element) -> list[str]:
    """Return the addresses of the links inside an element."""
    return [address for inside in element.iter() if (address := inside.get("href"))]
