"""Read an article in Markdown: from the parser's blocks to a `Document`.

Owns what each block becomes and where its text stands in the file; the inside of a block is read by
`markdown_inline`. Footnotes and lists under "References" are the bibliography. Marks (``#``, ``>``,
pipes, addresses of links) stand in `Document.removed` with the reason.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.token import Token

from corpus.document import BlockKind, CorpusError, Document, Metadata, Removed, Span
from corpus.reading import layout
from corpus.reading.encoding import decode
from corpus.reading.html_page import PageReader
from corpus.reading.html_source import parse_html
from corpus.reading.markdown_front import find_front
from corpus.reading.markdown_inline import Words, read_words
from corpus.reading.markdown_notes import NOTE, notes_are_entries, place_of, resolve_notes
from corpus.reading.markdown_text import Lines, Text
from corpus.reading.markup_compose import Cell, Draft
from corpus.reading.markup_document import (
    FileFacts,
    make_document,
    unread,
    used_places,
    with_removed,
)
from corpus.reading.markup_lines import Citation, Line
from corpus.reading.markup_outline import Outline
from corpus.reading.markup_references import entry_of, is_stub
from corpus.reading.markup_source import Character

MAX_DEPTH = 60
"""Lists and quotes nested deeper are refused."""
_LEFT = (
    ("table mark", re.compile(r".*(?<!\\)\|")),
    ("escape mark", re.compile(r"\\")),
    ("heading mark or rule", re.compile(r"#+|(?:=+|-{2,})$")),
    ("code fence", re.compile(r"`{3}|~{3}")),
    ("quote mark", re.compile(r">")),
    ("list bullet", re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)")),
    ("heading mark or rule", re.compile(r"[-*_ ]+$")),
    ("link address", re.compile(r"\[[^\]]*\]:")),
    ("HTML tag", re.compile(r"<")),
)
"""Why a mark between the blocks is in none of them, by what it is."""


def read_markdown(
    content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
) -> Document:
    """Read an article from Markdown (CommonMark with tables, footnotes and YAML above it).

    Args:
        content: the file's bytes, UTF-8.
        path: its name, for error messages.
        document_id: the id that quotations will carry.
        metadata: what is known about the article; None takes it from the YAML above the text, the
            title else from the first heading. A DOI that it lacks is taken from there all the same.

    Raises:
        CorpusError: the text is empty, not UTF-8, nested too deep, its YAML is none, or its
            references are numbered inconsistently.
    """
    source = decode(content, path)
    front, own = find_front(source, path)
    reader = _Reader(source, path, own.title)
    tokens = _parse(source, front, path, reader.definitions)
    reader.read(tokens)
    if not any(line.text.strip() for line in reader.outline.lines()):
        raise CorpusError(f"{path} holds no text; is it the right file?")
    known = metadata or replace(own, title=reader.title or own.title or path.stem)
    known = replace(known, doi=known.doi or own.doi)
    file = FileFacts(path, source, document_id, hashlib.sha256(content).hexdigest())
    if front:
        reader.removed.append(Removed(front, "metadata"))
    document = make_document(reader.outline, file, known, reader.removed)
    return with_removed(document, list(_left(document)))


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_DEPTH})
    parser.enable(["table", "strikethrough"])
    # Indented text in an article is a paragraph, and each escape has to be seen.
    parser.disable(["code", "text_join"])
    parser.block.ruler.at("reference", _reference_but_no_note)
    parser.core.ruler.disable("inline")  # done block by block, see `_Reader._words`
    return parser


def _reference_but_no_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave ``[^1]: …`` to be read as a footnote."""
    if state.src.startswith("[^", state.bMarks[start] + state.tShift[start]):
        return False
    return reference(state, start, end, silent)


_PARSER = _make_parser()


def _parse(source: str, front: Span | None, path: Path, definitions: dict[str, Any]) -> list[Token]:
    """Parse the blocks below the YAML; the numbers of the lines stay."""
    below = "\n" * source.count("\n", 0, front.end) + source[front.end :] if front else source
    try:
        tokens = _PARSER.parse(below, definitions)
    except RecursionError as error:
        raise _too_deep(path) from error
    if any(token.level >= MAX_DEPTH - 1 for token in tokens):
        raise _too_deep(path)
    return tokens


def _too_deep(path: Path) -> CorpusError:
    return CorpusError(
        f"{path} nests lists and quotes deeper than {MAX_DEPTH // 2}; is it an article?"
    )


def _left(document: Document) -> Iterator[Removed]:
    used = used_places(document)
    start = 0
    for line in document.source.split("\n"):
        if line:
            for left in unread(document.source, Span(start, start + len(line)), used):
                text = document.source[left.start : left.end]
                found = (reason for reason, pattern in _LEFT if pattern.match(text))
                yield Removed(left, next(found, "markup"))
        start += len(line) + 1


class _Reader:
    """Turns the parser's tokens into an outline."""

    def __init__(self, source: str, path: Path, title: str) -> None:
        self.source = source
        self.path = path
        self.outline = Outline()
        self.title = ""
        self.removed: list[Removed] = []
        self.definitions: dict[str, Any] = {}  # of the links, filled by the parser
        self._known_title = _folded(title)
        self._lines = Lines(source, path)
        self._notes_are_entries = notes_are_entries(source)
        self._items: list[Draft | None] = []  # one for each list item that is open
        self._labels: list[str] = []
        self._readers: dict[str, Callable[[Token], None]] = {
            "fence": self._code,
            "html_block": self._html,
            "list_item_open": self._open_item,
            "list_item_close": self._close_item,
            "table_close": self._close_table,
        }

    def read(self, tokens: Sequence[Token]) -> None:
        """Read all blocks, then what the footnotes in them mean."""
        for position, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(tokens[position + 1], int(token.tag[1]))
            elif token.type == "paragraph_open":
                self._paragraph(tokens[position + 1])
            elif token.type == "tr_open":
                self.outline.add(self._row(tokens, position))
            elif read := self._readers.get(token.type):
                read(token)
        labels = [entry.label for entry in self.outline.entries]
        if len(labels) > 1 and len(set(labels)) == 1:  # "1." for all: the list counts by itself
            for entry in self.outline.entries:
                entry.label = ""
        ids = {target for entry in self.outline.entries for target in entry.ids}
        for line in self.outline.lines():
            self.removed += resolve_notes(line, ids)

    def _words(self, text: Text) -> Words:
        words, removed = read_words(_PARSER, self.source, text, self.definitions)
        self.removed += removed
        return words

    # Blocks

    def _heading(self, inline: Token, level: int) -> None:
        words = self._words(self._lines.text_of(inline))
        text = " ".join(words.line.text.split())
        is_title = level == 1 and not layout.KNOWN_HEADING.fullmatch(text)
        if self._known_title:
            is_title = _folded(text) == self._known_title
        if is_title and not self.outline.has_title and not self.outline.has_body:
            self.title = text
            self.outline.title(words.line)
        else:
            self.outline.heading(words.line, level)
        self._pictures(words)

    def _pictures(self, words: Words) -> None:
        for line in words.pictures:
            self.outline.add(Draft(BlockKind.CAPTION, line))

    def _paragraph(self, inline: Token) -> None:
        text = self._lines.text_of(inline)
        if NOTE.match(text.content):
            for note in self._split(text, NOTE):
                self._note(note)
        elif self.outline.in_references:
            labelled = layout.NUMBERED_ENTRY.match(text.content.replace("\\", ""))
            starts = re.compile(r"^(?=\\?\[?\d{1,3}\\?[\].)]+[ \t])", re.MULTILINE)
            for part in self._split(text, starts) if labelled else [text]:
                self._entry(self._words(part), self._label())
        else:
            self._prose(self._words(text))

    def _split(self, text: Text, opening: re.Pattern[str]) -> Iterator[Text]:
        """Cut a paragraph at the lines that open something; each part is parsed on its own."""
        starts = [match.start() for match in opening.finditer(text.content)]
        for start, end in zip(starts, [*starts[1:], len(text.content)], strict=True):
            content = text.content[start:end].rstrip()
            yield Text(content, text.places[start : start + len(content)])

    def _prose(self, words: Words) -> None:
        line = words.line
        if self._items and line.text.strip():
            self._item(line)
        else:
            self.outline.prose(line)
        self._pictures(words)

    def _open_item(self, token: Token) -> None:
        self._items.append(None)
        self._labels.append(token.info)

    def _close_item(self, _: Token) -> None:
        self._items.pop()
        self._labels.pop()

    def _item(self, line: Line) -> None:
        """Read a paragraph of a list item; those behind the first carry the item on."""
        open_item = self._items[-1]
        drafts = self.outline.parts[-1].drafts
        if open_item is None:
            self._items[-1] = draft = Draft(BlockKind.LIST_ITEM, line, len(self._items) - 1)
            self.outline.add(draft)
        elif drafts and drafts[-1] is open_item:
            open_item.line.supply(" ")
            open_item.line.extend(line)
        else:
            self.outline.prose(line)

    def _code(self, token: Token) -> None:
        """Read code line by line, as it is."""
        line = Line()
        first, last = token.map or (0, 0)
        for number in range(first + 1, last):
            text = self._lines.line(number)
            if not text or set(text.content) <= set("`~"):
                continue
            line.supply(" " if line.characters else "")
            line.characters += [
                Character(character, Span(place, place + 1))
                for character, place in zip(text.content, text.places, strict=True)
            ]
        self.outline.prose(line)

    def _html(self, token: Token) -> None:
        """Read HTML between the paragraphs as that of a page."""
        first, last = token.map or (0, 0)
        start, end = self._lines.start_of(first), self._lines.start_of(last)
        page = parse_html(self.source, self.path, start=start, end=end)
        reader = PageReader(page, page.root, self.outline)
        reader.flow(page.root)
        self.removed += reader.inline.removed

    # Tables

    def _row(self, tokens: Sequence[Token], position: int) -> Draft:
        token = tokens[position]
        number = token.map[0] if token.map else 0
        cells: list[Cell] = []
        kind = BlockKind.TABLE_ROW
        at, column = 0, 0
        following = map(tokens.__getitem__, range(position + 1, len(tokens)))
        for cell in takewhile(lambda token: token.type != "tr_close", following):
            if cell.type == "th_open":
                kind = BlockKind.TABLE_HEADER
            elif cell.type == "inline":
                text, at = self._lines.cell(cell.content, number, at)
                if text.content:
                    cells.append(Cell(self._words(text).line, (column,)))
                column += 1
        return Draft(kind, table=self.outline.tables, cells=cells)

    def _close_table(self, _: Token) -> None:
        self.outline.tables += 1

    # References and footnotes

    def _label(self) -> str:
        """Return the number of the list item that is open; bullets give none."""
        return next((label for label in reversed(self._labels) if label), "")

    def _entry(self, words: Words, label: str, ids: Sequence[str] = ()) -> None:
        line = words.line
        if not line.text.strip():
            return
        if self._items and self._items[-1] is not None:
            self._items[-1].line.supply(" ")
            self._items[-1].line.extend(Line(line.characters))
            return
        for start, end, _ in reversed(words.links):
            if is_stub(Line(line.characters[start:end]).text):
                self.removed.append(Removed(place_of(line.characters[start:end]), "link stub"))
                del line.characters[start:end]
        entry = entry_of(
            line,
            place=len(self.outline.entries) + 1,
            removed=self.removed,
            label=label,
            ids=(*words.ids, *ids),
            links=[address for _, _, address in words.links],
        )
        if self._items:
            self._items[-1] = entry.draft
        self.outline.entry(entry)

    def _note(self, text: Text) -> None:
        """Read ``[^1]: …``, a bibliography entry or a footnote."""
        words = self._words(text)
        found = NOTE.match(words.line.text)
        if not found:
            self._prose(words)
            return
        taken = [c.source for c in words.line.characters[: found.end()] if c.source]
        mark = self.source[taken[0].start : taken[-1].end].rstrip()
        self.removed.append(
            Removed(Span(taken[0].start, taken[0].start + len(mark)), "footnote mark")
        )
        shift = found.end()
        words.line.characters = words.line.characters[shift:]
        words.line.citations = [
            Citation(c.start - shift, c.end - shift, c.targets) for c in words.line.citations
        ]
        words.links = [(start - shift, end - shift, href) for start, end, href in words.links]
        if self.outline.in_references or self._notes_are_entries:
            self._entry(words, "", ids=(f"^{found['label']}",))
        else:
            self.outline.add(Draft(BlockKind.FOOTNOTE, words.line))


def _folded(text: str) -> str:
    """Return a title without case, spaces and marks, for comparing."""
    return "".join(character for character in text.casefold() if character.isalnum())
