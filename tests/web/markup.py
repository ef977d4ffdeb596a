"""Reading HTML in tests, with the standard library's parser: what would a browser show?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class Element:
    """An element with its attributes and children, text among them."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """The same as `textContent` in a browser."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str = "", /, **wanted: str) -> "list[Element]":
        """Find the elements below with this tag and these attributes (``class_``: one of them)."""
        return [element for element in self._below() if _fits(element, tag, wanted)]

    def one(self, tag: str = "", /, **wanted: str) -> "Element":
        """Find the only such element."""
        (element,) = self.all(tag, **wanted)
        return element

    def _below(self) -> "Iterator[Element]":
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()


def parse(html: str) -> Element:
    """Parse a fragment; a tag that is closed wrongly is an error."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    (root,) = parser.open
    return root


def _fits(element: Element, tag: str, wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        found = element.attributes.get(name.rstrip("_").replace("_", "-"))
        if found is None or value not in (found.split() if name == "class_" else [found]):
            return False
    return tag in ("", element.tag)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
