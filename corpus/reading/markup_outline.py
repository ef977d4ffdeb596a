"""The sections of an article whose headings have levels but do not hold what is below them.

Owns which part of the article a paragraph is in, for HTML and Markdown alike: what stands in front
of the first heading, which headings open the bibliography or the declarations, and the paragraphs
that say by their first words what they are ("Received:", "Funding:", "Table 1.").
"""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import BlockKind
from corpus.reading import layout
from corpus.reading.drafting import END_TITLE, FRONT_TITLE
from corpus.reading.markup_compose import Draft, Part
from corpus.reading.markup_lines import Line

TEXT_TITLE = "Text"
MIN_BODY_CHARS = 300
"""A finished paragraph in front of the first heading that is as long opens the body."""

_ABSTRACT = "abstract"
_TABLE_KINDS = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.TABLE_NOTE)


@dataclass(slots=True)
class Entry:
    """A bibliography entry before its number is known.

    Attributes:
        draft: its block.
        label: the number or bullet printed before it, "" where there is none.
        ids: by which citations may name it.
        doi, pmid: as the file's links give them.
    """

    draft: Draft
    label: str = ""
    ids: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""


class Outline:
    """Sorts blocks into sections while they are read in the order of the file."""

    def __init__(self) -> None:
        self.parts = [Part(FRONT_TITLE)]
        self.entries: list[Entry] = []
        self.tables = 0
        self.in_references = False
        self._in_front = True
        self._in_matter = False
        self._level = 0  # of the heading that opened the bibliography or the abstract

    @property
    def has_title(self) -> bool:
        """Whether the article's title was read."""
        return any(draft.kind is BlockKind.TITLE for draft in self.parts[0].drafts)

    @property
    def has_body(self) -> bool:
        """Whether anything but front matter and bibliography was read."""
        return any(
            draft.kind not in (BlockKind.HEADING, BlockKind.REFERENCE)
            for part in self.parts[1:]
            for draft in part.drafts
        )

    def title(self, line: Line) -> None:
        """Take the article's title."""
        self.parts[0].drafts.append(Draft(BlockKind.TITLE, line))

    def heading(self, line: Line, level: int) -> None:
        """Open a section; a heading below that of the bibliography or abstract stays inside it."""
        text = _words(line)
        if not text:
            return
        inside = self.in_references or self.parts[-1].title.lower() == _ABSTRACT
        if not (inside and level > self._level):
            self._in_front, self._level = False, level
            self.in_references = layout.REFERENCES_HEADING.fullmatch(text) is not None
            self._in_matter = layout.END_MATTER.match(f"{text}:") is not None
            title = text.rstrip(":").strip()
            self.parts.append(Part(title.capitalize() if title.isupper() else title))
        self.parts[-1].drafts.append(Draft(BlockKind.HEADING, line))

    def prose(self, line: Line) -> None:
        """Take a paragraph, as what its place or its first words say."""
        text = _words(line)
        if not text:
            return
        opens = len(text) > MIN_BODY_CHARS and layout.is_terminated(text)
        if (self._in_front and not opens) or _is_front_matter(text):
            self.parts[0].drafts.append(Draft(BlockKind.FRONT_MATTER, line))
        elif not self._in_matter and layout.END_MATTER.match(text):
            if self.parts[-1].title != END_TITLE:
                self.parts.append(Part(END_TITLE))
            self.parts[-1].drafts.append(Draft(BlockKind.END_MATTER, line))
        elif layout.CAPTION.match(text):
            self.add(Draft(BlockKind.CAPTION, line))
        elif self._follows_table() and layout.LEGEND.match(text):
            self.add(Draft(BlockKind.TABLE_NOTE, line, table=self.tables - 1))
        else:
            self.add(Draft(BlockKind.PARAGRAPH, line))

    def add(self, draft: Draft) -> None:
        """Take a block of the body; in front of it a list is front matter."""
        if self._in_front and draft.kind is BlockKind.LIST_ITEM:
            self.parts[0].drafts.append(Draft(BlockKind.FRONT_MATTER, draft.line))
            return
        if self._in_front:
            self._in_front = False
            self.parts.append(Part(TEXT_TITLE))
        if self._in_matter and draft.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            draft.kind, draft.level = BlockKind.END_MATTER, 0
        self.parts[-1].drafts.append(draft)

    def entry(self, entry: Entry) -> None:
        """Take a bibliography entry; what it cites itself is no citation of the article."""
        entry.draft.line.citations = []
        self.entries.append(entry)
        entry.draft.target = f"entry {len(self.entries)}"
        if self._in_front:
            self._in_front = False
            self.parts.append(Part("References"))
        self.parts[-1].drafts.append(entry.draft)

    def lines(self) -> Iterator[Line]:
        """Yield the line of every block and cell."""
        for part in self.parts:
            for draft in part.drafts:
                yield draft.line
                yield from (cell.line for cell in draft.cells if not cell.from_above)

    def _follows_table(self) -> bool:
        drafts = self.parts[-1].drafts
        return bool(drafts) and drafts[-1].kind in _TABLE_KINDS


def _words(line: Line) -> str:
    return " ".join(line.text.split())


def _is_front_matter(text: str) -> bool:
    return bool(layout.FRONT_MATTER.match(text) or layout.ADDRESS_LINE.fullmatch(text))
