"""What the elements inside a JATS paragraph are: floats, what is left out, citations."""

from corpus.reading.markup_inline import Inline
from corpus.reading.markup_source import Element, MarkupSource, local_name

FLOATS = frozenset("fig fig-group table-wrap table-wrap-group boxed-text supplementary-material fn "
                   "media".split())  # fmt: skip
"""What may be anchored inside a paragraph and is read behind it, so that no sentence is torn."""
LEFT_OUT = {
    "alt-text": "alternative text",
    "long-desc": "alternative text",
    "object-id": "identifier",
    "permissions": "permissions of a figure or table",
    "annotation": "alternative of a formula",
    "annotation-xml": "alternative of a formula",
    "sub-article": "sub-article",
    "response": "sub-article",
    "processing-meta": "processing data",
    "floats-index": "processing data",
}
"""Elements whose text is in no block, and why."""


def make_inline(source: MarkupSource) -> Inline:
    """Make the reader of the inside of a JATS file's elements."""
    return Inline(source, left_out=_left_out, targets_of=_targets_of)


def _left_out(element: Element) -> str | None:
    return LEFT_OUT.get(local_name(element))


def _targets_of(element: Element) -> tuple[str, ...] | None:
    if local_name(element) != "xref" or element.get("ref-type") != "bibr":
        return None
    return tuple((element.get("rid") or "").split())
