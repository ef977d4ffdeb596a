"""The reference lists of a JATS article: entries as they read, their fields and their numbers.

An entry that is stored as fields without punctuation (``element-citation``) gets commas, stops and
brackets, and the usual order where the file begins with a year or page, since the format leaves
them to whoever shows it; one that is stored as printed (``mixed-citation``) is left as it is.
Identifiers that the printed entry does not show become fields of the `Reference` only.
"""

import re
from collections.abc import Iterator

from corpus.bibliography import expand_numbers, parse_reference, printed_number
from corpus.document import Block, Reference
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

_PEOPLE = frozenset("person-group name string-name collab etal".split())
_CITATIONS = frozenset("mixed-citation element-citation nlm-citation citation".split())
_TITLES = ("article-title", "chapter-title", "part-title", "data-title")
_JOINTS = {
    ("source", "year"): " ",
    ("year", "volume"): "; ",
    ("source", "volume"): " ",
    ("volume", "fpage"): ": ",
    ("issue", "fpage"): ": ",
    ("volume", "elocation-id"): ": ",
    ("issue", "elocation-id"): ": ",
    ("fpage", "lpage"): "–",
    ("publisher-loc", "publisher-name"): ": ",
    ("publisher-name", "publisher-loc"): ", ",
    ("month", "day"): " ",
    ("year", "month"): " ",
    ("day", "month"): " ",
}
"""What stands between two fields in Vancouver style; between all others a full stop."""
_ORDER = (*_TITLES, *"source edition year month day volume issue".split(),
          *"fpage lpage elocation-id".split())  # fmt: skip
"""The order of the fields in Vancouver style behind the people; others follow."""
_NUMBERS = re.compile(r"[\s\[(]*(\d{1,4}(?:\s*[-–,;]\s*\d{1,4})*)[\s\]),;]*")
_FIELDS = frozenset(
    (
        "name string-name collab surname given-names suffix year month day article-title source "
        "volume issue fpage lpage elocation-id pub-id publisher-name publisher-loc edition "
        "chapter-title part-title etal comment"
    ).split()
)
_ID_TYPES = {"doi": ("doi",), "pmid": ("pmid",), "pmcid": ("pmcid", "pmc")}
_SHOWN = re.compile(r"(?:\b(?:doi|pmid|pmcid|pmc)\W*|/|:\s*)$", re.IGNORECASE)


def number_refs(root: Element) -> dict[str, int]:
    """Number the entries of all reference lists by their ids.

    The printed labels count where each entry has one, all are numbers and none comes twice. Without
    any, the numbers count that the text prints for the entries (a list may be kept by name, while
    the text says "[3-5]"), if they are the same everywhere and each entry has one of its own; else
    the place in the list, as in author-year articles.
    """
    refs = [element for element in root.iter() if local_name(element) == "ref"]
    refs = [ref for ref in refs if not in_sub_article(ref)]
    labels = [_label(ref) for ref in refs]
    numbers = [printed_number(label) if label.isdecimal() else None for label in labels]
    printed = [number for number in numbers if number is not None]
    targets = [target_of(ref, place) for place, ref in enumerate(refs, start=1)]
    if len(set(printed)) == len(labels):
        return dict(zip(targets, printed, strict=True))
    cited = {} if any(labels) else _cited_numbers(root)
    if sorted(cited) == sorted(targets) and len(set(cited.values())) == len(cited):
        return cited
    return {target: place for place, target in enumerate(targets, start=1)}


def _cited_numbers(root: Element) -> dict[str, int]:
    """Read which number the text prints for each entry; empty where it contradicts itself.

    What cites fewest entries counts first; in a longer list, the numbers and ids that are not known
    by then belong together in their order (some writers put a list of ids in no order at all).
    """
    numbers: dict[str, int] = {}
    for printed, cited in sorted(_printed_citations(root), key=lambda pair: len(pair[1])):
        known = {numbers[target] for target in cited if target in numbers}
        new = [target for target in cited if target not in numbers]
        left = [number for number in printed if number not in known]
        if len(printed) != len(cited) or len(left) != len(new):
            return {}
        numbers.update(zip(new, left, strict=True))
    return numbers


def _printed_citations(root: Element) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Yield the numbers that each citation prints, () where it prints others, and its ids."""
    for xref in root.iter():
        is_citation = local_name(xref) == "xref" and xref.get("ref-type") == "bibr"
        if is_citation and not in_sub_article(xref):
            found = _NUMBERS.fullmatch(plain_text(xref))
            yield expand_numbers(found[1]) if found else (), (xref.get("rid") or "").split()


def target_of(ref: Element, place: int) -> str:
    """Return the id that citations use for an entry; one without any gets a name by its place."""
    return ref.get("id") or next(
        (i for child in elements_of(ref) if (i := child.get("id"))), f"entry {place}"
    )


def read_ref(ref: Element, inline: Inline) -> Line:
    """Read the line of one entry; its label and its hidden identifiers are left out."""
    line = Line()
    for child in elements_of(ref):
        name = local_name(child)
        if name == "label":
            inline.leave_out(child, "reference label")
            continue
        if line.characters:
            line.supply(" ")
        if name == "citation-alternatives":
            first, *others = list(elements_of(child))
            line.extend(_citation(first, inline))
            for other in others:
                inline.leave_out(other, "alternative of a reference")
        else:
            line.extend(_citation(child, inline))
    return line


def make_reference(ref: Element, *, number: int, block: Block, text: str, raw: str) -> Reference:
    """Take the fields of an entry from its elements, or from its text where it has none."""
    citation = next((found for found in ref.iter() if local_name(found) in _CITATIONS), ref)
    ids = {name: _identifier(ref, name) for name in _ID_TYPES}
    title = next((t for name in _TITLES if (t := text_below(citation, name))), "")
    source = text_below(citation, "source")
    if not title and not source:
        parsed = parse_reference(text, number=number, span=block.span, raw=raw)
        values = {name: getattr(parsed, name) for name in parsed.__slots__}
        return Reference(**(values | ids))
    year = re.search(r"\d{4}", text_below(citation, "year"))
    first, last = text_below(citation, "fpage"), text_below(citation, "lpage")
    return Reference(
        number=number,
        span=block.span,
        text=text,
        authors=tuple(_authors(citation)),
        et_al=find(citation, "etal") is not None,
        title=(title or source).rstrip(". "),
        journal=source.rstrip(". ") if title else "",
        year=int(year[0]) if year else None,
        volume=text_below(citation, "volume"),
        issue=text_below(citation, "issue"),
        pages="-".join(filter(None, (first, last))) or text_below(citation, "elocation-id"),
        raw=raw,
        **ids,
    )


def in_sub_article(element: Element) -> bool:
    """Tell whether an element belongs to a decision letter or the like."""
    return any(local_name(a) in ("sub-article", "response") for a in element.iterancestors())


def _label(ref: Element) -> str:
    return plain_text(find_child(ref, "label")).strip("[]().")


def _citation(citation: Element, inline: Inline) -> Line:
    if local_name(citation) not in _CITATIONS or _has_own_words(citation):
        return _as_printed(citation, inline)
    return _from_fields(citation, inline)


def _as_printed(element: Element, inline: Inline) -> Line:
    """Read an entry with its own punctuation; fields that touch each other get a space between."""
    line = Line(list(inline.source.text_of(element)))
    for child in elements_of(element):
        if _is_hidden(child):
            inline.leave_out(child, "reference identifier")
            part = Line()
        elif local_name(child) in _PEOPLE:
            part = _as_printed(child, inline)
        else:
            part = inline.read_whole(child, skip=lambda _: False, found=[])
        is_field = local_name(child) in _FIELDS
        if line.text[-1:].strip() and part.text and _are_people(child.getprevious(), child):
            line.supply(", ")
        _touch(line, part, is_field=is_field)
        _touch(line, Line(list(inline.source.tail_of(child))), is_field=is_field)
    return line


def _touch(line: Line, part: Line, *, is_field: bool) -> None:
    ends, begins = line.text[-1:], part.text[:1]
    if is_field and ends and ends not in "([" and ends.isprintable() and begins.isalnum():
        line.supply(" " if ends.isalnum() or ends in ".?!)" else "")
    line.extend(part)


def _are_people(*elements: Element | None) -> bool:
    return all(element is not None and local_name(element) in _PEOPLE for element in elements)


def _has_own_words(citation: Element) -> bool:
    """Tell whether the entry is stored as printed: with text between its fields."""
    between = [citation.text, *(child.tail for child in citation)]
    return any((text or "").strip() for text in between)


def _is_hidden(element: Element) -> bool:
    if local_name(element) != "pub-id":
        return False
    before = element.getprevious()
    parent = element.getparent()
    text = before.tail if before is not None else parent.text if parent is not None else ""
    return not _SHOWN.search(text or "")


def _from_fields(citation: Element, inline: Inline) -> Line:
    line = Line()
    last = ""
    for child in _in_order(list(elements_of(citation))):
        name = local_name(child)
        if name == "pub-id":
            inline.leave_out(child, "reference identifier")
            continue
        part = _people(child, inline) if name in _PEOPLE else inline.read(child)
        if not part.text.strip():
            continue
        if name == "issue":
            _add(line, part, "(", ")")
        elif last:
            joint = ", " if name in _PEOPLE and last in _PEOPLE else ". "
            ended = line.text.rstrip()[-1:] in tuple(".?!")
            joint = _JOINTS.get((last, name), " " if ended and joint == ". " else joint)
            _add(line, part, joint, "")
        else:
            line.extend(part)
        last = name
    if line.characters and line.text.rstrip()[-1:] not in tuple(".?!"):
        line.supply(".")
    return line


def _in_order(fields: list[Element]) -> list[Element]:
    """Put fields into the usual order where they begin with neither people nor a title."""
    shown = [found for found in fields if local_name(found) != "pub-id"]
    if not shown or local_name(shown[0]) in (*_PEOPLE, *_TITLES, "source"):
        return fields
    places = dict.fromkeys(_PEOPLE, -1) | {name: place for place, name in enumerate(_ORDER)}
    return sorted(fields, key=lambda found: places.get(local_name(found), len(places)))


def _add(line: Line, part: Line, before: str, behind: str) -> None:
    line.supply(before)
    line.extend(part)
    line.supply(behind)


def _people(element: Element, inline: Inline) -> Line:
    """Read names with commas between them; a name is one with a space between its parts."""
    name = local_name(element)
    if name == "etal":
        line = inline.read(element)
        if not line.text.strip():
            line.supply("et al")
        return line
    if name != "person-group":
        return _name(element, inline)
    line = Line(list(inline.source.text_of(element)))
    for child in elements_of(element):
        for part in (_people(child, inline), Line(list(inline.source.tail_of(child)))):
            if part.text.strip():
                line.supply(", " if line.text.strip() else "")
                line.extend(part)
    return line


def _name(element: Element, inline: Inline) -> Line:
    if local_name(element) != "name":
        return inline.read(element)
    line = Line()
    for child in elements_of(element):
        line.supply(" " if line.characters else "")
        line.extend(inline.read(child))
    return line


def _authors(citation: Element) -> Iterator[str]:
    for found in citation.iter():
        name = local_name(found)
        if name not in ("name", "string-name", "collab"):
            continue
        groups = [a.get("person-group-type", "author") for a in found.iterancestors()
                  if local_name(a) == "person-group"]  # fmt: skip
        if groups and groups[0] != "author":
            continue
        parts = [text_below(found, "surname"), text_below(found, "given-names")]
        yield " ".join(part for part in parts if part) or plain_text(found)


def _identifier(ref: Element, kind: str) -> str:
    for found in ref.iter():
        if local_name(found) == "pub-id" and found.get("pub-id-type") in _ID_TYPES[kind]:
            text = plain_text(found)
            return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.I)
    return ""
