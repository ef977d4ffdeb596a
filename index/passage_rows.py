"""Passages by their rows, however they are kept: what all such sequences share."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import overload

from corpus.passages import Passage


class PassageRows(Sequence[Passage]):
    """A sequence of passages of which a subclass gives the one in a row."""

    @overload
    def __getitem__(self, row: int) -> Passage: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, row: int | slice) -> Passage | tuple[Passage, ...]:
        """Return a passage, or several; a negative row counts from the end.

        Raises:
            IndexError: there is no such row.
        """
        if isinstance(row, slice):
            return tuple(self[number] for number in range(*row.indices(len(self))))
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)} passages")
        return self._in_row(row)

    @abstractmethod
    def _in_row(self, row: int) -> Passage:
        """Return the passage in a row, counted from 0, that there is."""
