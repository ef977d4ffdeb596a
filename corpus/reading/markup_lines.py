"""Lines of characters on their way from the file to a block, with the citations inside."""

import re
from dataclasses import dataclass, field, replace

from corpus.reading.inline import RAISED, RAISED_DIGITS, SUPERSCRIPTS
from corpus.reading.markup_source import Character


@dataclass(frozen=True, slots=True)
class Citation:
    """A link to the bibliography: its range among the characters and the ids that it names."""

    start: int
    end: int
    targets: tuple[str, ...]


@dataclass(slots=True)
class Line:
    """The characters of one block to be, with the citations inside."""

    characters: list[Character] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The characters, white space not yet normalised."""
        return "".join(character.text for character in self.characters)

    def supply(self, text: str) -> None:
        """Add characters that the format leaves to whoever shows it."""
        self.characters += [Character(character, None) for character in text]

    def extend(self, other: "Line") -> None:
        """Add the characters and citations of another line behind those of this one."""
        shift = len(self.characters)
        self.characters += other.characters
        self.citations += [
            replace(found, start=found.start + shift, end=found.end + shift)
            for found in other.citations
        ]


def raise_line(line: Line) -> Line:
    """Write a superscript in Unicode; the line itself comes back where that cannot be done."""
    if RAISED.fullmatch(line.text):
        has_list = bool(line.citations) or re.search(r"[,;]", line.text)
        table = RAISED_DIGITS if has_list else SUPERSCRIPTS
    elif line.citations:
        table = RAISED_DIGITS
    else:
        return line
    characters = [replace(c, text=c.text.translate(table)) for c in line.characters]
    return Line(characters, line.citations)
