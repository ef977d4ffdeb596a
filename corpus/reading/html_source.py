"""An HTML page as it was saved: its tree, and where in the file each character of its text stands.

Owns the encoding, the tags and the end tags that people leave out; nothing is fetched and no script
is run. The tree is as forgiving as a browser's in what journals' pages hold, not in all of it: a
misnested tag changes what is inside what, it never loses text.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html.entities import html5
from pathlib import Path

from lxml import etree

from corpus.document import CorpusError
from corpus.reading.markup_source import Element, MarkupSource, Run

MAX_DEPTH = 200
"""A page nested deeper is refused; journals' pages have about 40 levels."""

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([\w.:-]+)|^\s*<\?xml[^>]{0,200}?encoding=[\"']([\w.-]+)",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096  # bytes; browsers look at 1024
# What browsers take these names for: they differ in the typographic quotes and dashes.
_AS_BROWSERS_DO = dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252")

_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(
    r"[\s/]*(?P<name>[^\s=/>]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<bare>[^\s>\"']+)))?"
)
_KEPT = frozenset(
    (
        "alt aria-hidden class colspan content hidden href id itemprop lang name property rel role "
        "rowspan start style type value"
    ).split()
)
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{0,40};?)")

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_RAW = frozenset("script style xmp iframe noembed noframes".split())
_ESCAPABLE = frozenset("title textarea".split())
_IN_HEAD = frozenset("base link meta noscript script style template title".split())
_CLOSES_PARAGRAPH = frozenset(
    (
        "address article aside blockquote center details dialog dir div dl fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search "
        "section summary table ul"
    ).split()
)
_TABLE_PARTS = frozenset("caption table tbody td tfoot th thead tr".split())
_SCOPES = frozenset("button caption html object table td template th".split())
_CLOSED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), frozenset(("ol", "ul", "menu"))),
    "dd": (frozenset(("dd", "dt")), frozenset(("dl",))),
    "dt": (frozenset(("dd", "dt")), frozenset(("dl",))),
    "option": (frozenset(("option",)), frozenset(("select",))),
    "td": (frozenset(("td", "th")), frozenset(("tr",))),
    "th": (frozenset(("td", "th")), frozenset(("tr",))),
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "tbody": (frozenset(("caption", "thead", "tbody", "tfoot")), frozenset(("table",))),
    "a": (frozenset(("a",)), _SCOPES),
}
"""For a start tag: which open elements it ends, and up to where it looks for them."""
_CLOSED_BY |= {name: _CLOSED_BY["tbody"] for name in ("thead", "tfoot")}
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_FORMATTING = frozenset("a b big code em font i s small strike strong tt u".split())


def read_html(content: bytes, path: Path) -> MarkupSource:
    """Decode and parse a page.

    Args:
        content: the file's bytes.
        path: its name, for the error messages.

    Raises:
        CorpusError: it is empty, not in the encoding that it declares, no text, or nested too deep.
    """
    text = _decode(content, path)
    if not text.strip():
        raise CorpusError(f"{path} is empty; save the page again")
    return parse_html(text, path)


def parse_html(text: str, path: Path, *, start: int = 0, end: int | None = None) -> MarkupSource:
    """Parse a page, or the part of a text that is one; offsets are those of the whole text.

    Raises:
        CorpusError: it is nested too deep.
    """
    tree = _Tree(path)
    for token in _tokens(text, start, len(text) if end is None else end):
        tree.add(token)
    before = {element: tuple(runs) for element, runs in tree.before.items()}
    behind = {element: tuple(runs) for element, runs in tree.behind.items()}
    for element, runs in before.items():
        if element.tag not in _RAW:
            element.text = _plain(text, runs)
    for element, runs in behind.items():
        element.tail = _plain(text, runs)
    return MarkupSource(path, text, tree.root, before, behind, partial(_resolve, text))


def _plain(text: str, runs: tuple[Run, ...]) -> str:
    """Return what runs read as, for looking at."""
    return _NOT_XML.sub("", html.unescape("".join(text[run.start : run.end] for run in runs)))


def _decode(content: bytes, path: Path) -> str:
    mark = next((mark for mark in _BYTE_ORDER_MARKS if content.startswith(mark)), b"")
    found = _DECLARED.search(content, 0, _DECLARED_WITHIN)
    declared = (found[1] or found[2]).decode("ascii").lower() if found else ""
    encoding = _BYTE_ORDER_MARKS.get(mark) or _AS_BROWSERS_DO.get(declared, declared) or "utf-8"
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise CorpusError(
            f"{path} declares the unknown encoding {declared!r}; save it as UTF-8"
        ) from error
    except UnicodeDecodeError as error:
        says = f"as its meta charset says ({declared})" if declared else "and declares no encoding"
        raise CorpusError(
            f"{path} is not {encoding.upper()} {says}: byte {error.start} is "
            f"0x{content[error.start]:02x}; save it as UTF-8, or correct the declaration"
        ) from error
    if "\x00" in text:
        raise CorpusError(f"{path} holds null characters: it is no HTML page")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _resolve(text: str, position: int) -> tuple[str, int]:
    """Return what stands at an ``&``, and where it ends; without a name it is only itself."""
    found = _REFERENCE.match(text, position)
    if not found:
        return "&", position + 1
    written = found[0]
    read = html.unescape(written)
    if written[1] == "#":
        return (read, found.end()) if read != written else ("&", position + 1)
    if written[1:] in html5:
        return read, found.end()
    # Old pages leave the semicolon out; the longest name counts, as in a browser.
    for length in range(len(written), 2, -1):
        if written[1:length] in html5:
            return html5[written[1:length]], position + length
    return "&", position + 1


@dataclass(frozen=True, slots=True)
class _Token:
    """A tag, or (without a name) a run of text."""

    name: str = ""
    closes: bool = False
    ends_itself: bool = False
    attributes: tuple[tuple[str, str], ...] = ()
    run: Run | None = None
    is_blank: bool = False


def _tokens(text: str, position: int, end: int) -> Iterator[_Token]:
    """Cut a page at its tags; comments and declarations are no text."""
    start = position  # of the text before the next tag
    while (found := text.find("<", position, end)) >= 0:
        mark = text[found + 1 : found + 2]
        name = _NAME.match(text, found + 2 if mark == "/" else found + 1, end)
        if name is None and mark not in ("!", "?"):
            position = found + 1  # a "less than"
            continue
        if found > start:
            yield _text(text, start, found)
        if name is None:
            start = position = _end_of_declaration(text, found, end)
            continue
        token, position = _tag(text, name, closes=mark == "/", end=end)
        yield token
        start = position
        if not token.closes and token.name in _RAW | _ESCAPABLE:
            opened, position = position, _end_of_raw(text, token.name, position, end)
            start = position
            if position > opened:
                yield _text(text, opened, position, literal=token.name in _RAW)
    if start < end:
        yield _text(text, start, end)


def _text(text: str, start: int, end: int, *, literal: bool = False) -> _Token:
    return _Token(run=Run(start, end, literal), is_blank=text[start:end].isspace())


def _tag(text: str, name: re.Match[str], *, closes: bool, end: int) -> tuple[_Token, int]:
    """Read a tag from its name on; returns it and where it ends."""
    attributes: list[tuple[str, str]] = []
    position = name.end()
    while found := _ATTRIBUTE.match(text, position, end):
        position = found.end()
        if (key := found["name"].lower()) in _KEPT:
            value = found["double"] or found["single"] or found["bare"] or ""
            attributes.append((key, _NOT_XML.sub("", html.unescape(value))))
    closing = text.find(">", position, end)
    after = end if closing < 0 else closing + 1
    local = re.sub(r"[^a-z0-9_.-]", "-", name[0].lower().rpartition(":")[2]) or "unknown"
    local = local if local[0].isalpha() else f"x{local}"
    ends_itself = text[position:after].lstrip().startswith("/")
    return _Token(local, closes, ends_itself, tuple(attributes)), after


def _end_of_declaration(text: str, position: int, end: int) -> int:
    """Return where a comment, DOCTYPE, CDATA mark or processing instruction ends."""
    is_comment = text.startswith("<!--", position)
    closing = "-->" if is_comment else ">"
    found = text.find(closing, position + (4 if is_comment else 2), end)
    return end if found < 0 else found + len(closing)


def _end_of_raw(text: str, name: str, position: int, end: int) -> int:
    """Return where the end tag of a script or the like stands; without one all is inside."""
    closing = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE)
    found = closing.search(text, position, end)
    return found.start() if found else end


class _Tree:
    """Builds the tree tag by tag."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root: Element = etree.Element("html")
        self.before: dict[Element, list[Run]] = {self.root: []}
        self.behind: dict[Element, list[Run]] = {}
        self._open: list[Element] = [self.root]
        self._names: list[str] = ["html"]
        self._slot = self.before[self.root]

    def add(self, token: _Token) -> None:
        """Take the next tag or text."""
        if token.run:
            if self._names[-1] == "head" and not token.is_blank:
                self._close_to(self._names.index("head"))
            self._slot.append(token.run)
        elif token.closes:
            self._end(token.name)
        else:
            self._start(token)

    def _start(self, token: _Token) -> None:
        name = token.name
        if name == "html" or (name == "body" and "body" in self._names):
            for key, value in token.attributes if name == "html" else ():
                self.root.set(key, value)
            return
        if "head" in self._names and name not in _IN_HEAD:
            self._close_to(self._names.index("head"))
        if name in _CLOSES_PARAGRAPH:
            self._close_nearest(frozenset(("p",)), _SCOPES)
        if name in _HEADINGS and self._names[-1] in _HEADINGS:
            self._close_nearest(_HEADINGS, _SCOPES)
        if name in _CLOSED_BY:
            self._close_nearest(*_CLOSED_BY[name])
        if name == "tr":
            self._close_nearest(frozenset(("caption",)), frozenset(("table",)))
        if len(self._open) >= MAX_DEPTH:
            raise CorpusError(
                f"{self.path} nests elements deeper than {MAX_DEPTH}; is it an article's page? "
                "Save it again, or give its text as a .txt or .md file"
            )
        element = etree.SubElement(self._open[-1], name, dict(token.attributes))
        self.before[element] = []
        if name in _VOID or (token.ends_itself and {"svg", "math"} & {name, *self._names}):
            self._slot = self.behind[element] = []
            return
        self._open.append(element)
        self._names.append(name)
        self._slot = self.before[element]

    def _end(self, name: str) -> None:
        """Close an element; an end tag that fits none, or only one far outside, is passed over."""
        if name in ("html", "body"):  # what stands behind them belongs to the page
            return
        for depth in range(len(self._names) - 1, 0, -1):
            open_name = self._names[depth]
            if open_name == name or {open_name, name} <= _HEADINGS:
                self._close_to(depth)
                return
            if name in _FORMATTING and open_name in _CLOSES_PARAGRAPH | {"p", "li"}:
                return
            if open_name in _SCOPES and name not in _TABLE_PARTS:
                return
            if open_name == "table":
                return

    def _close_nearest(self, names: frozenset[str], within: frozenset[str]) -> None:
        for depth in range(len(self._names) - 1, 0, -1):
            if self._names[depth] in names:
                self._close_to(depth)
                return
            if self._names[depth] in within:
                return

    def _close_to(self, depth: int) -> None:
        self._slot = self.behind.setdefault(self._open[depth], [])
        del self._open[depth:], self._names[depth:]
