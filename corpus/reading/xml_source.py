"""An XML file as it came: its tree, and where in the file each character of its text stands.

Owns safety (no network, no DTD, no entity but the standard ones) and the offsets that a parser
throws away.
"""

import html
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from corpus.document import CorpusError
from corpus.reading.markup_source import Element, MarkupSource, Run, local_name

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.\-]+)[\"']")
_PROLOG = re.compile(
    r"(?:[^<]++|<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->)*+<!DOCTYPE\s[^\[>]*+(\[.*?\]\s*+>)?",
    re.DOTALL,
)
_ENTITIES = re.compile(r"<!ENTITY(?P<rest>[^>]*+)")
_PICTURE = re.compile(r"\sNDATA\s")
_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>"
    r"|<(?P<tag>/?[^\s<>/!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)


def read_xml(content: bytes, path: Path) -> MarkupSource:
    """Decode and parse an XML file.

    Args:
        content: the file's bytes.
        path: its name, for the error messages.

    Raises:
        MemoryError: there is too little for it.
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
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError(f"{path} needs more memory than there is") from error
        raise CorpusError(
            f"{path} is not well-formed XML: {error.msg}; it may be cut off, fetch the file again"
        ) from error
    return _align(text, root, path)


def _resolve(text: str, path: Path, position: int) -> tuple[str, int]:
    """Return what an entity or character reference stands for, and where it ends."""
    end = text.index(";", position) + 1
    read = html.unescape(text[position:end])
    if read.startswith("&") and len(read) > 1:
        raise CorpusError(
            f"{path}: the entity {read} is not a standard one; write its text instead"
        )
    return read, end


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
    if prolog and prolog[1] and any(map(_is_expanded, _ENTITIES.finditer(prolog[1]))):
        raise CorpusError(
            f"{path} declares entities in its DOCTYPE, which Sic neither expands nor fetches; "
            "write their text in place of them and take out the part of the DOCTYPE in brackets"
        )


def _is_expanded(entities: re.Match[str]) -> bool:
    """Tell whether the last entity before a ``>`` has a text, so that it is no picture."""
    return not _PICTURE.search(entities["rest"].rpartition("<!ENTITY")[2])


_Runs: TypeAlias = dict[Element, tuple[Run, ...]]


def _align(text: str, root: Element, path: Path) -> MarkupSource:
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
    source = MarkupSource(path, text, root, before, behind, partial(_resolve, text, path))
    for element in before:
        _check(source, element)
    return source


def _stretches(text: str) -> Iterator[tuple[Run, ...]]:
    """Yield what stands between one tag and the next; an empty element has a start and an end."""
    runs: list[Run] = []
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            runs.append(Run(position, token.start(), literal=False))
        position = token.end()
        if token["cdata"]:
            runs.append(Run(token.start("cdata"), token.end("cdata"), literal=True))
        if token["tag"] is None:
            continue
        yield tuple(runs)
        runs = []
        if token["tag"].endswith("/"):
            yield ()
    yield tuple(runs)


def _check(source: MarkupSource, element: Element) -> None:
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
