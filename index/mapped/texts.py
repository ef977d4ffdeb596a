"""Documents and passages of a large library, each read from a mapped file when it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from corpus.document import Document
from corpus.passages import Passage
from index.mapped.files import Records
from index.packing import unpack_record
from index.passage_rows import PassageRows

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
        return unpack_record(self._records[number], Document)


class MappedPassages(PassageRows):
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

    def _in_row(self, row: int) -> Passage:
        """Return a passage.

        Raises:
            DamagedError: one is not what was written.
        """
        return self._unpacked(row)

    def _unpack(self, row: int) -> Passage:
        return msgspec.msgpack.decode(self._records[row], type=Passage)
