"""From the inside of a Markdown block to its characters: emphasis, links, code, entities, tags.

The parser says what the marks are but not where they stand; its tokens are followed through the
block's text, mark by mark, so that each character keeps its place in the file.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.document import Removed, Span
from corpus.reading.inline import translate_latex
from corpus.reading.markdown_text import Text
from corpus.reading.markup_lines import Citation, Line, raise_line
from corpus.reading.markup_source import Character

MAX_UNCLOSED = 200
"""A block with more brackets that stay open is read with its marks: following them takes long."""

_TAG = re.compile(r"<(?P<closes>/?)(?P<name>[A-Za-z][\w-]*)")
_ID = re.compile(r"\b(?:id|name)\s*=\s*[\"']?([^\s\"'>]+)")
_SPACE = " \t"


class MisplacedError(ValueError):
    """The tokens do not fit the text; the block is then read without taking its marks out."""


@dataclass(slots=True)
class Words:
    """What a block reads as.

    Attributes:
        line: the characters, with the citations that are links to a place in the file.
        pictures: the descriptions of the pictures in it, which are shown as captions.
        ids: places that it names, ``<a id="ref-3">``.
        links: range among the characters and address of each link.
    """

    line: Line = field(default_factory=Line)
    pictures: list[Line] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)


def read_words(
    parser: MarkdownIt, source: str, text: Text, definitions: dict[str, Any]
) -> tuple[Words, list[Removed]]:
    """Read a block's text; returns it with the marks that were taken out.

    Args:
        parser: which has read the blocks.
        source: the file.
        text: of the block.
        definitions: of links, as the parser found them.
    """
    reader = _Reader(parser, source, text)
    try:
        if text.content.count("[") - text.content.count("]") > MAX_UNCLOSED:
            raise MisplacedError("[")
        tokens: list[Token] = []
        parser.inline.parse(text.content, parser, definitions, tokens)
        reader.walk(tokens)
        reader.expect_end()
    except MisplacedError:
        whole = Words()
        whole.line.characters = [
            Character(character, Span(place, place + 1))
            for character, place in zip(text.content, text.places, strict=True)
        ]
        return whole, []
    return reader.words, reader.removed


class _Reader:
    """Follows the tokens through the text."""

    def __init__(self, parser: MarkdownIt, source: str, text: Text) -> None:
        self.parser = parser
        self.source = source
        self.text = text
        self.words = Words()
        self.removed: list[Removed] = []
        self.position = 0
        self._line = self.words.line
        self._links: list[tuple[int, str]] = []
        self._raised: list[int] = []
        self._readers: dict[str, Callable[[Token], None]] = {
            "text_special": self._special,
            "softbreak": self._break,
            "hardbreak": self._break,
            "code_inline": self._code,
            "html_inline": self._tag,
            "image": self._picture,
            "link_open": self._open_link,
            "link_close": self._close_link,
        }

    def walk(self, tokens: Sequence[Token]) -> None:
        """Read tokens from where the last ones ended."""
        waiting = list(reversed(tokens))
        while waiting:
            token = waiting.pop()
            if _is_plain(token):
                content = token.content
                while waiting and _is_plain(waiting[-1]):  # a stroke parts a text in two
                    content += waiting.pop().content
                self._plain(content)
            elif token.markup == "autolink":
                while waiting.pop().type != "link_close":
                    pass
                self._address()
            elif read := self._readers.get(token.type):
                read(token)
            elif token.markup and token.type.endswith(("_open", "_close")):
                self._remove(token.markup, "emphasis mark")
            else:
                raise MisplacedError(token.type)

    def expect_end(self) -> None:
        """Check that nothing but white space is left."""
        if self.text.content[self.position :].strip():
            raise MisplacedError(self.text.content[self.position :])

    def _at(self, expected: str) -> None:
        """Move to where the next token stands: here, or behind white space that was dropped."""
        content = self.text.content
        while not content.startswith(expected, self.position):
            if content[self.position : self.position + 1] not in tuple(_SPACE):
                raise MisplacedError(expected)
            self.position += 1

    def _keep(self, end: int) -> None:
        """Take the characters up to ``end`` as they are, formulas as they read."""
        start, self.position = self.position, end
        places = self.text.places
        while start < end:
            stop = start + 1
            while stop < end and places[stop] == places[stop - 1] + 1:
                stop += 1
            for kept in translate_latex(self.source, self.text.span(start, stop)):
                is_same = kept.text == self.source[kept.source.start : kept.source.end]
                self._line.characters += (
                    [
                        Character(character, Span(place, place + 1))
                        for place, character in enumerate(kept.text, start=kept.source.start)
                    ]
                    if is_same
                    else [Character(kept.text, kept.source)]
                )
            start = stop

    def _take_out(self, end: int, reason: str) -> None:
        if end > self.position:
            self.removed.append(Removed(self.text.span(self.position, end), reason))
        self.position = end

    def _remove(self, mark: str, reason: str) -> None:
        self._at(mark)
        self._take_out(self.position + len(mark), reason)

    def _plain(self, content: str) -> None:
        if content:
            self._at(content)
            self._keep(self.position + len(content))

    def _special(self, token: Token) -> None:
        """Read an escaped character without its stroke, an entity as what it stands for."""
        self._at(token.markup)
        end = self.position + len(token.markup)
        if token.info == "escape" and token.markup == f"\\{token.content}":
            self._take_out(self.position + 1, "escape mark")
            place = self.text.places[self.position]
            self._line.characters.append(Character(token.content, Span(place, place + 1)))
        else:
            self._line.characters.append(
                Character(token.content, self.text.span(self.position, end))
            )
        self.position = end

    def _break(self, _: Token) -> None:
        content = self.text.content
        found = re.compile(r"[ \t]*(\\?)\n[ \t]*").match(content, self.position)
        if not found:
            raise MisplacedError("line break")
        if found[1]:
            self.position = found.start(1)
            self._take_out(found.end(1), "line break mark")
        self._line.supply(" ")
        self.position = found.end()

    def _code(self, token: Token) -> None:
        ticks = token.markup
        self._remove(ticks, "code mark")
        closing = re.compile(rf"(?<!`){ticks}(?!`)").search(self.text.content, self.position)
        if not closing:
            raise MisplacedError(ticks)
        self._keep(closing.start())
        self._take_out(closing.end(), "code mark")

    def _tag(self, token: Token) -> None:
        """Take a tag out; what a superscript, a break or a named place means is kept."""
        content = token.content
        self._remove(content, "HTML comment" if content.startswith("<!") else "HTML tag")
        tag = _TAG.match(content)
        if not tag:
            return
        name, closes = tag["name"].lower(), bool(tag["closes"])
        if name == "br":
            self._line.supply(" ")
        elif name == "sup" and not closes:
            self._raised.append(len(self._line.characters))
        elif name == "sup" and self._raised:
            self._raise(self._raised.pop())
        elif found := _ID.search(content):
            self.words.ids.append(found[1])

    def _raise(self, start: int) -> None:
        inside = Line(self._line.characters[start:])
        inside.citations = [Citation(0, 0, ()) for c in self._line.citations if c.start >= start]
        self._line.characters[start:] = raise_line(inside).characters

    def _picture(self, token: Token) -> None:
        """Read the description of a picture as a line of its own."""
        self._remove("![", "picture mark")
        outer, self._line = self._line, Line()
        self.walk(token.children or ())
        if self._line.text.strip():
            self.words.pictures.append(self._line)
        self._line = outer
        self._take_out(self._end_of_link(), "picture address")

    def _address(self) -> None:
        self._remove("<", "link mark")
        end = self.text.content.index(">", self.position)
        start = len(self._line.characters)
        address = self.text.content[self.position : end]
        self._keep(end)
        self.words.links.append((start, len(self._line.characters), address))
        self._take_out(end + 1, "link mark")

    def _open_link(self, token: Token) -> None:
        self._remove("[", "link mark")
        self._links.append((len(self._line.characters), str(token.attrs.get("href", ""))))

    def _close_link(self, _: Token) -> None:
        if not self._links:
            raise MisplacedError("link")
        start, address = self._links.pop()
        end = len(self._line.characters)
        self._take_out(self._end_of_link(), "link address")
        if self._line is self.words.line:
            self.words.links.append((start, end, address))
        if address.startswith("#") and end > start:
            self._line.citations.append(Citation(start, end, (address[1:],)))

    def _end_of_link(self) -> int:
        """Return where a link ends whose closing bracket comes next: address, label or nothing."""
        self._at("]")
        content, after = self.text.content, self.position + 1
        if content.startswith("(", after) and (end := self._end_of_address(after + 1)):
            return end
        label = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]", re.DOTALL).match(content, after)
        return label.end() if label else after

    def _end_of_address(self, position: int) -> int:
        """Return where ``destination "title")`` ends, 0 where that is no address."""
        content, helpers = self.text.content, self.parser.helpers
        position = _skip_space(content, position)
        address = helpers.parseLinkDestination(content, position, len(content))
        if address.ok:
            position = _skip_space(content, address.pos)
            title = helpers.parseLinkTitle(content, position, len(content))
            if title.ok:
                position = _skip_space(content, title.pos)
        return position + 1 if content.startswith(")", position) else 0


def _is_plain(token: Token) -> bool:
    """Tell whether a token is text as it stands; so is a stroke before a letter, as in LaTeX."""
    escapes_nothing = token.type == "text_special" and token.markup == token.content
    return token.type == "text" or escapes_nothing


def _skip_space(content: str, position: int) -> int:
    while position < len(content) and content[position] in " \t\n":
        position += 1
    return position
