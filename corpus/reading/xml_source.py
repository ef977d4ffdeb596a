"""An XML file as it came: its tree, and where in the file each character of its text stands.

Owns safety (no network, no DTD, no entity but the standard ones) and the offsets that a parser
throws away. What the elements mean is left to the reader of the format.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from corpus.document import CorpusError, Span

Element: TypeAlias = etree._Element
"""One element of the tree; lxml gives the class no public name."""

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.\-]+)[\"']")
_PROLOG = re.compile(r"(?:[^<]|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE\s[^\[>]*(\[.*?\]\s*>)?", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY(?![^>]*\sNDATA\s)")
_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>"
    r"|<(?P<tag>/?[^\s<>/!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Character:
    """One character of the text; ``source`` is its place, None where the reader supplies it."""

    text: str
    source: Span | None


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the file between two pieces of markup; in a CDATA section ``&`` is literal."""

    start: int
    end: int
    literal: bool


@dataclass(frozen=True)
class XmlSource:
    """A well-formed XML file.

    Attributes:
        path: the file, for messages.
        text: it, decoded, with line feeds as line ends.
        root: the tree, without comments and processing instructions.
    """

    path: Path
    text: str
    root: Element
    _before: dict[Element, tuple[_Run, ...]]
    _behind: dict[Element, tuple[_Run, ...]]

    def text_of(self, element: Element) -> Iterator[Character]:
        """Yield the characters between an element's start tag and its first child."""
        return self._characters(self._before.get(element, ()))

    def tail_of(self, element: Element) -> Iterator[Character]:
        """Yield the characters between an element's end tag and the next tag."""
        return self._characters(self._behind.get(element, ()))

    def _characters(self, runs: tuple[_Run, ...]) -> Iterator[Character]:
        for run in runs:
            position = run.start
            while position < run.end:
                text, end = self.text[position], position + 1
                if text == "&" and not run.literal:
                    text, end = self._resolve(position)
                yield Character(text, Span(position, end))
                position = end

    def _resolve(self, position: int) -> tuple[str, int]:
        """Return what an entity or character reference stands for, and where it ends."""
        end = self.text.index(";", position) + 1
        text = html.unescape(self.text[position:end])
        if text.startswith("&") and len(text) > 1:
            raise CorpusError(
                f"{self.path}: the entity {text} is not a standard one; write its text instead"
            )
        return text, end


def read_xml(content: bytes, path: Path) -> XmlSource:
    """Decode and parse an XML file.

    Args:
        content: the file's bytes.
        path: its name, for the error messages.

    Raises:
        CorpusError: it is empty, not in the encoding that it declares, not well-formed, or declares
            or uses entities of its own.
    """
    text = _decode(content, path)
    if not text.strip():
        raise CorpusError(f"{path} is empty; fetch the file again")
    _refuse_entities(text, path)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise CorpusError(
            f"{path} is not well-formed XML: {error.msg}; it may be cut off, fetch the file again"
        ) from error
    return _align(text, root, path)


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


def _decode(content: bytes, path: Path) -> str:
    mark = next((mark for mark in _BYTE_ORDER_MARKS if content.startswith(mark)), b"")
    declared = _ENCODING.match(content)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    if mark:
        encoding = "utf-8-sig" if mark == b"\xef\xbb\xbf" else _BYTE_ORDER_MARKS[mark]
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise CorpusError(
            f"{path} declares the unknown encoding {encoding!r}; convert it to UTF-8"
        ) from error
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not {encoding.upper()} as it says (byte {error.start}); convert it to "
            "UTF-8, for example with iconv, and write that in its first line"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_entities(text: str, path: Path) -> None:
    """Refuse entities that would have to be expanded or fetched; pictures (NDATA) are harmless."""
    prolog = _PROLOG.match(text)
    if prolog and prolog[1] and _ENTITY.search(prolog[1]):
        raise CorpusError(
            f"{path} declares entities in its DOCTYPE, which Sic neither expands nor fetches; "
            "write their text in place of them and take out the part of the DOCTYPE in brackets"
        )


_Runs: TypeAlias = dict[Element, tuple[_Run, ...]]


def _align(text: str, root: Element, path: Path) -> XmlSource:
    """Find the stretches of the file that are each element's text and tail.

    The tags of a well-formed file come in the order of the tree's start and end events, so the
    stretches between them are the text nodes; that each reads as the parser read it is checked.
    """
    before: _Runs = {}
    behind: _Runs = {}
    stretches = _stretches(text)
    next(stretches)  # in front of the first tag
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):  # a named entity is part of the stretch around it
            continue
        runs = next(stretches, ())
        (before if event == "start" else behind)[element] = runs
    source = XmlSource(path, text, root, before, behind)
    for element in before:
        _check(source, element)
    return source


def _stretches(text: str) -> Iterator[tuple[_Run, ...]]:
    """Yield what stands between one tag and the next; an empty element has a start and an end."""
    runs: list[_Run] = []
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            runs.append(_Run(position, token.start(), literal=False))
        position = token.end()
        if token["cdata"]:
            runs.append(_Run(token.start("cdata"), token.end("cdata"), literal=True))
        if token["tag"] is None:
            continue
        yield tuple(runs)
        runs = []
        if token["tag"].endswith("/"):
            yield ()
    yield tuple(runs)


def _check(source: XmlSource, element: Element) -> None:
    """Compare the text found in the file with what the parser found, up to the first child.

    Raises:
        CorpusError: an entity is not a standard one, or the two differ.
    """
    read = "".join(character.text for character in source.text_of(element))
    parsed = element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            break
        parsed += html.unescape(child.text or "") + (child.tail or "")
    if read != parsed:
        raise CorpusError(
            f"{source.path}, line {element.sourceline}: the text of <{local_name(element)}> cannot "
            f"be placed in the file ({read[:40]!r} or {parsed[:40]!r}); write it without entities"
        )
