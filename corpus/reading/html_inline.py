"""What the elements of a saved page are: what is no part of the article, what links to an entry."""

import re
from urllib.parse import unquote

from corpus.reading.markup_inline import Inline
from corpus.reading.markup_source import Element, MarkupSource, local_name

_LEFT_OUT = {
    "annotation": "alternative of a formula",
    "annotation-xml": "alternative of a formula",
    "button": "form",
    "canvas": "embedded object",
    "dialog": "dialog",
    "form": "form",
    "head": "head of the page",
    "iframe": "embedded object",
    "input": "form",
    "nav": "navigation",
    "noscript": "script",
    "object": "embedded object",
    "audio": "embedded object",
    "video": "embedded object",
    "script": "script",
    "select": "form",
    "style": "style sheet",
    "svg": "embedded object",
    "template": "script",
    "textarea": "form",
}
_ROLES = {
    "alert": "dialog",
    "alertdialog": "dialog",
    "banner": "page furniture",
    "contentinfo": "page furniture",
    "dialog": "dialog",
    "navigation": "navigation",
    "search": "form",
}
_BANNER = re.compile(r"(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust)(?:$|[\s_-])", re.IGNORECASE)
_NAVIGATION = re.compile(r"(?:^|[\s_-])(?:breadcrumbs?|pagination|skip)(?:$|[\s_-])", re.IGNORECASE)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|advert(?:isement)?|newsletter|altmetric|recommended)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"(?:^|\s)(?:[\w-]*-)?(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?)(?:$|\s)",
    re.IGNORECASE,
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOXES = frozenset("aside div footer header section span ul".split())
"""Elements whose class or id may say that they are no part of the article."""


def make_inline(source: MarkupSource) -> Inline:
    """Make the reader of the inside of a page's elements."""
    return Inline(source, left_out=left_out, targets_of=targets_of)


def left_out(element: Element) -> str | None:
    """Tell why an element is no part of the article, None where it may be one."""
    name = local_name(element)
    if reason := _LEFT_OUT.get(name) or _ROLES.get((element.get("role") or "").lower()):
        return reason
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if (
        element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or _HIDING.search(element.get("style") or "")
        or _UNSEEN.search(named)
    ):
        return "hidden"
    if name in _BOXES:
        if _BANNER.search(named):
            return "cookie banner"
        if _NAVIGATION.search(named):
            return "navigation"
        if _FURNITURE.search(named):
            return "page furniture"
    parent = element.getparent()
    if name in ("header", "footer") and parent is not None and local_name(parent) == "body":
        return "page furniture"
    return None


def targets_of(element: Element) -> tuple[str, ...] | None:
    """Return the place inside the page that a link leads to, None where it leads to none."""
    address = element.get("href") or ""
    if local_name(element) != "a" or "#" not in address:
        return None
    place = unquote(address.partition("#")[2])
    return (place,) if place else None
