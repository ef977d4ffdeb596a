"""Where the text of a Markdown block stands in the file: the parser gives only the lines."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it.token import Token

from corpus.document import CorpusError, Span

_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a block as the parser sees it, and where in the file each character stands."""

    content: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the range of the file from one character to before another."""
        return Span(self.places[start], self.places[end - 1] + 1)


class Lines:
    """The lines of a file and where they start."""

    def __init__(self, source: str, path: Path) -> None:
        self._path = path
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._starts[-1] = len(source)

    def start_of(self, number: int) -> int:
        """Return where a line starts, from 0; of the one behind the last, the end of the file."""
        return self._starts[number]

    def line(self, number: int) -> Text | None:
        """Return a line without the white space around it, None where it is blank."""
        content = self._lines[number].strip()
        if not content:
            return None
        start = self._starts[number] + self._lines[number].index(content)
        return Text(content, tuple(range(start, start + len(content))))

    def text_of(self, inline: Token) -> Text:
        """Find the lines of a block's text; quote marks and bullets stand before them."""
        first = inline.map[0] if inline.map else 0
        places: list[int] = []
        for number, line in enumerate(inline.content.split("\n"), start=first):
            words, whole = line.strip(), self._lines[number].rstrip()
            at = len(whole) - len(words) if whole.endswith(words) else whole.rfind(words)
            start = self._starts[number] + at - (len(line) - len(line.lstrip()))
            places += [max(0, start + offset) for offset in range(len(line) + 1)]
        return Text(inline.content, tuple(places[: len(inline.content)]))

    def cell(self, content: str, number: int, at: int) -> tuple[Text, int]:
        """Find a cell in its line from ``at`` on; an escaped pipe stands there with its stroke.

        Returns:
            Its text, and where the next cell begins in the line.

        Raises:
            CorpusError: it is not there.
        """
        line, start = self._lines[number], self._starts[number]
        pattern = "".join(
            r"\\\|" if character == "|" else re.escape(character) for character in content
        )
        found = re.compile(pattern).search(line, at)
        if not found:
            raise CorpusError(
                f"{self._path}, line {number + 1}: the cell {content!r} is not found in its line; "
                "write the table with one row a line"
            )
        places: list[int] = []
        place = start + found.start()
        for character in content:
            place += character == "|"
            places.append(place)
            place += 1
        pipe = _PIPE.search(line, found.end()) if content else None
        return Text(content, tuple(places)), pipe.end() if pipe else found.end()
