"""What a JATS article says of itself: `Metadata`, and the lines of its front matter."""

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.document import Author, BlockKind, Licence, Metadata
from corpus.reading.licences import read_licence
from corpus.reading.markup_compose import Draft
from corpus.reading.markup_inline import Inline
from corpus.reading.markup_lines import Line
from corpus.reading.markup_source import (
    Element,
    elements_of,
    find,
    find_child,
    local_name,
    plain_text,
    text_below,
)

_LINES = frozenset("aff corresp copyright-statement license-p kwd-group fn".split())
"""Elements of the front matter that are lines of their own, in the order of the file."""
_ADDRESS = frozenset("institution addr-line city state country institution-wrap".split())


def read_metadata(article: Element) -> Metadata:
    """Collect what the front matter says, each value as the file has it."""
    front = find(article, "front")
    if front is None:
        front = article
    meta = find(front, "article-meta")
    meta = front if meta is None else meta
    ids = {
        found.get("pub-id-type"): plain_text(found)
        for found in elements_of(meta)
        if local_name(found) == "article-id"
    }
    pmcid = ids.get("pmc") or ids.get("pmcid") or ""
    first, last = text_below(meta, "fpage"), text_below(meta, "lpage")
    pages = "-".join(dict.fromkeys(page for page in (first, last) if page))
    metadata = Metadata(
        title=text_below(meta, "article-title"),
        authors=tuple(_authors(meta)),
        affiliation=_affiliation(meta),
        journal=text_below(front, "journal-title"),
        year=_year(meta),
        volume=plain_text(find_child(meta, "volume")),
        issue=plain_text(find_child(meta, "issue")),
        pages=pages or text_below(meta, "elocation-id"),
        language=_language(article),
        licence=None,
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=f"PMC{pmcid}" if pmcid.isdecimal() else pmcid,
    )
    return replace(metadata, licence=_licence(meta, metadata.citation))


def front_drafts(article: Element, inline: Inline) -> Iterator[Draft]:
    """Turn the front matter into blocks: title, authors, then affiliations and the other lines."""
    front = find(article, "front")
    if front is None:
        return
    group = find(front, "title-group")
    for element in elements_of(group) if group is not None else ():
        if local_name(element) in ("article-title", "subtitle"):
            kind = BlockKind.TITLE if local_name(element) == "article-title" else None
            notes: list[Element] = []
            line = inline.read(element, skip=_is_note, found=notes)
            for note in notes:
                inline.leave_out(note, "front matter")
            yield Draft(kind or BlockKind.FRONT_MATTER, line)
    yield Draft(BlockKind.FRONT_MATTER, _author_line(front, inline))
    for element in front.iter():
        if local_name(element) in _LINES and not _inside_line(element):
            yield Draft(BlockKind.FRONT_MATTER, _line(element, inline))


def _is_note(element: Element) -> bool:
    return local_name(element) in ("fn", "xref")


def _inside_line(element: Element) -> bool:
    names = {local_name(above) for above in element.iterancestors()}
    return bool(names & (_LINES | {"abstract", "trans-abstract", "contrib", "title-group"}))


def _line(element: Element, inline: Inline) -> Line:
    labels: list[Element] = []
    line = Line()
    if local_name(element) != "kwd-group":
        line = _comma_parted(element, inline, labels)
    else:
        title = [child for child in elements_of(element) if local_name(child) == "title"]
        for child in title:
            line.extend(inline.read(child))
            line.supply("" if line.text.rstrip().endswith(":") else ":")
        words = [child for child in elements_of(element) if child not in title]
        for position, child in enumerate(words):
            line.supply(", " if position else "" if not title else " ")
            line.extend(inline.read(child))
    for label in labels:
        inline.leave_out(label, "affiliation mark")
    return line


def _comma_parted(element: Element, inline: Inline, labels: list[Element]) -> Line:
    """Read a line; a comma parts fields that touch each other (institution, city, country)."""
    line = Line(list(inline.source.text_of(element)))
    for child in elements_of(element):
        if local_name(child) in ("label", "sup"):
            labels.append(child)
        else:
            part = inline.read_whole(child, skip=_is_label, found=labels)
            touches = line.text[-1:].isalnum() and part.text[:1].isalnum()
            line.supply(", " if touches and local_name(child) in _ADDRESS else "")
            line.extend(part)
        line.characters += inline.source.tail_of(child)
    return line


def _is_label(element: Element) -> bool:
    return local_name(element) == "label"


def _author_line(front: Element, inline: Inline) -> Line:
    """Write the authors as printed above an article: given name first, commas between."""
    line = Line()
    for contrib in _contributors(front):
        name = find(contrib, "name")
        parts = [contrib]
        if name is not None:
            found = (find(name, part) for part in ("given-names", "surname", "suffix"))
            parts = [part for part in found if part is not None]
        else:
            group = find(contrib, "collab")
            group = find(contrib, "string-name") if group is None else group
            parts = [group] if group is not None else []
        one = Line()
        for part in parts:
            one.supply(" " if one.characters else "")
            one.extend(inline.read(part, skip=lambda e: local_name(e) in ("contrib-group", "xref")))
        if one.text.strip():
            line.supply(", " if line.characters else "")
            line.extend(one)
    return line


def _contributors(element: Element) -> Iterator[Element]:
    """Yield the authors; a member of a named group is none of its own."""
    for found in element.iter():
        if local_name(found) != "contrib" or not _is_author(found):
            continue
        if not any(local_name(above) == "collab" for above in found.iterancestors()):
            yield found


def _is_author(contrib: Element) -> bool:
    """Tell by the type of a contributor, or of the group where each is only a "person"."""
    parent = contrib.getparent()
    group = "" if parent is None else parent.get("content-type", "")
    is_typed = contrib.get("contrib-type") not in ("person", "group")
    kind = contrib.get("contrib-type", "author") if is_typed else group
    return kind in ("author", "authors")


def _authors(meta: Element) -> Iterator[Author]:
    for contrib in _contributors(meta):
        name = find(contrib, "name")
        name = find(contrib, "string-name") if name is None else name
        if name is not None and text_below(name, "surname"):
            given = " ".join(
                filter(None, (text_below(name, "given-names"), text_below(name, "suffix")))
            )
            yield Author(text_below(name, "surname"), given)
        elif (group := find(contrib, "collab")) is not None:
            own = [group.text or "", *(c.tail or "" for c in group)]
            yield Author(" ".join("".join(own).split()) or plain_text(group), "")


def _affiliation(meta: Element) -> str:
    affiliation = find(meta, "aff")
    if affiliation is None:
        return ""
    label = text_below(affiliation, "label")
    return plain_text(affiliation).removeprefix(label).strip()


def _year(meta: Element) -> int | None:
    """Return the earliest year of publication."""
    dates = [found for found in meta.iter() if local_name(found) == "pub-date"]
    years = (re.search(r"\d{4}", text_below(date, "year")) for date in dates)
    return min((int(year[0]) for year in years if year), default=None)


def _language(article: Element) -> str:
    given = article.get("{http://www.w3.org/XML/1998/namespace}lang") or "en"
    return given.partition("-")[0].lower()


def _licence(meta: Element, citation: str) -> Licence | None:
    """Read the licence; its address counts only if it is one of Creative Commons."""
    permissions = find(meta, "permissions")
    place = meta if permissions is None else permissions
    words = [plain_text(f) for f in place.iter() if local_name(f) in ("license", "license-p")]
    statement = text_below(place, "copyright-statement")
    told = " ".join((*words[:1], statement))
    addresses = [told, *(str(v) for f in place.iter() for v in f.attrib.values())]
    found = next((f for text in addresses if (f := read_licence(text, citation))), None)
    if found:
        return found
    if "Creative Commons Attribution License" in told:
        name = "Creative Commons Attribution"
        return Licence("CC-BY", name, "https://creativecommons.org/licenses/", told)
    return None
