"""Documents and passages of a large library, each read from a mapped file when it is asked for."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import overload

import msgspec

from corpus.document import Document
from corpus.passages import Passage
from index.mapped.files import Records

REMEMBERED_DOCUMENTS = 256
REMEMBERED_PASSAGES = 50_000
"""Those asked for last are kept; a passage of a real review takes about 2 kB."""


class MappedDocuments(Mapping[str, Document]):
    """Documents by their ids.

    Args:
        ids: of the documents, in the order of the records.
        records: one packed document each.
    """

    def __init__(self, ids: Sequence[str], records: Records) -> None:
        self._numbers = {name: number for number, name in enumerate(ids)}
        self._records = records
        self._unpacked = lru_cache(maxsize=REMEMBERED_DOCUMENTS)(self._unpack)

    def __getitem__(self, name: str) -> Document:
        """Return a document.

        Raises:
            DamagedError: it is not what was written.
        """
        return self._unpacked(self._numbers[name])

    def __contains__(self, name: object) -> bool:
        return name in self._numbers  # a mapping's own way would unpack the document

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def _unpack(self, number: int) -> Document:
        raw = zlib.decompress(self._records[number])
        return msgspec.msgpack.decode(raw, type=Document)


class MappedPassages(Sequence[Passage]):
    """The passages of all documents, one document after the other.

    Args:
        records: one packed passage each.
        rows: those of each document's passages, by its id.
    """

    def __init__(self, records: Records, rows: Mapping[str, range]) -> None:
        self.rows = rows
        self._records = records
        self._unpacked = lru_cache(maxsize=REMEMBERED_PASSAGES)(self._unpack)

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, row: int) -> Passage: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, row: int | slice) -> Passage | tuple[Passage, ...]:
        """Return a passage, or several.

        Raises:
            DamagedError: one is not what was written.
        """
        if isinstance(row, slice):
            return tuple(self[number] for number in range(*row.indices(len(self))))
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)} passages")
        return self._unpacked(row)

    def _unpack(self, row: int) -> Passage:
        return msgspec.msgpack.decode(self._records[row], type=Passage)
