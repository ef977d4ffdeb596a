"""The documents and passages of a library, unpacked when they are first asked for.

What they are unpacked from is in memory and checked: later changes on disk do not reach an open
library.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from corpus.document import Document
from corpus.passages import Passage
from index.entries import Entry
from index.passage_rows import PassageRows


class KeptDocuments(Mapping[str, Document]):
    """Documents by their ids, in the order of the entries."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._unpacked: dict[str, Document] = {}

    def __getitem__(self, name: str) -> Document:
        document = self._unpacked.get(name)
        if document is None:
            document = self._entries[name].unpack_document()
            # Two threads may unpack at once; both then go on with the one that was first.
            document = self._unpacked.setdefault(name, document)
        return document

    def __contains__(self, name: object) -> bool:
        return name in self._entries  # a mapping's own way would unpack the document

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class KeptPassages(PassageRows):
    """The passages of all entries, one entry after the other.

    Attributes:
        rows: those of each document's passages, by its id.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._ends = list(accumulate(entry.passages for entry in entries))
        self._unpacked: dict[int, tuple[Passage, ...]] = {}
        self.rows = {
            entry.id: range(end - entry.passages, end)
            for entry, end in zip(entries, self._ends, strict=True)
        }

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _in_row(self, row: int) -> Passage:
        number = bisect_right(self._ends, row)
        start = self._ends[number - 1] if number else 0
        return self._of_entry(number)[row - start]

    def _of_entry(self, number: int) -> tuple[Passage, ...]:
        passages = self._unpacked.get(number)
        if passages is None:
            passages = self._unpacked.setdefault(number, self._entries[number].unpack_passages())
        return passages
