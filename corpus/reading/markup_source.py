"""The tree of a marked-up file, and where in the file each character of its text stands.

What an element means is left to the reader of the format; how a file is parsed to
`corpus.reading.xml_source` and `corpus.reading.html_source`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from corpus.document import Span

Element: TypeAlias = etree._Element
"""One element of the tree; lxml gives the class no public name."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character of the text; ``source`` is its place, None where the reader supplies it."""

    text: str
    source: Span | None


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the file between two pieces of markup; ``&`` is itself where it is literal."""

    start: int
    end: int
    literal: bool


@dataclass(frozen=True)
class MarkupSource:
    """A parsed file.

    Attributes:
        path: the file, for messages.
        text: it, decoded, with line feeds as line ends.
        root: the tree, without comments and processing instructions.
        before, behind: the runs between an element's start tag and its first child, and between its
            end tag and the next tag.
        resolve: tells what the reference at an ``&`` reads as, and where it ends.
    """

    path: Path
    text: str
    root: Element
    before: Mapping[Element, tuple[Run, ...]]
    behind: Mapping[Element, tuple[Run, ...]]
    resolve: Callable[[int], tuple[str, int]]

    def text_of(self, element: Element) -> Iterator[Character]:
        """Yield the characters between an element's start tag and its first child."""
        return self._characters(self.before.get(element, ()))

    def tail_of(self, element: Element) -> Iterator[Character]:
        """Yield the characters between an element's end tag and the next tag."""
        return self._characters(self.behind.get(element, ()))

    def _characters(self, runs: tuple[Run, ...]) -> Iterator[Character]:
        for run in runs:
            position = run.start
            while position < run.end:
                text, end = self.text[position], position + 1
                if text == "&" and not run.literal:
                    text, end = self.resolve(position)
                yield Character(text, Span(position, end))
                position = end


def local_name(element: Element) -> str:
    """Return an element's name without its namespace: ``math`` for ``mml:math``."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def elements_of(element: Element) -> Iterator[Element]:
    """Yield the children that are elements (an entity reference is none)."""
    return (child for child in element if isinstance(child.tag, str))


def find(element: Element, name: str) -> Element | None:
    """Return the first element of this name, the element itself or one below it."""
    return next((found for found in element.iter() if local_name(found) == name), None)


def find_child(element: Element, name: str) -> Element | None:
    """Return the first child of this name."""
    return next((child for child in elements_of(element) if local_name(child) == name), None)


def plain_text(element: Element | None) -> str:
    """Return the text inside an element with single spaces, "" of none; never for quotes."""
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def text_below(element: Element, name: str) -> str:
    """Return the plain text of the first element of this name, "" where there is none."""
    return plain_text(find(element, name))
