"""Opening and checking the mapped form of a large library."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import DTypeLike, NDArray

from index.lexical import LexicalIndex, Postings
from index.mapped.codes import Codes
from index.mapped.files import DamagedError, Records, check_file, map_array
from index.mapped.texts import MappedDocuments, MappedPassages
from index.mapped.vectors import MappedVectors
from index.mapped.writing import CODES, HEAD, MAPPED, OVERVIEW, Head, check_posting
from index.overview import Overview, OverviewRecord
from index.parts import PartError, read_part
from index.snapshot import ArticleRecord, MappedForm

Packed = TypeVar("Packed")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a library answers from, as it is in the mapped form."""

    documents: MappedDocuments
    passages: MappedPassages
    dense: MappedVectors
    lexical: LexicalIndex
    overview: Overview


def open_mapped(
    library: Path, form: MappedForm, records: Mapping[str, ArticleRecord], dimension: int
) -> Opened:
    """Map the files; head, overview and codes are read and checked, of the others only the sizes.

    Raises:
        PartError: a file is missing, has another size, or is damaged.
    """
    files = _Files(library / MAPPED / form.key, form)
    head = files.head()
    vectors = files.array("vectors", np.float32).reshape(-1, dimension)
    codes = None
    if form.search != "exact":
        codes = Codes.from_bytes(read_part(files.folder / CODES))
    passages = MappedPassages(files.records("passages"), _rows(records))
    if not len(passages) == len(vectors) == sum(record.passages for record in records.values()):
        raise PartError(f"{form.key} has {len(passages)} passages and {len(vectors)} vectors")
    ends = np.frombuffer(head.document_ends, dtype=np.int64)
    checks = np.frombuffer(head.document_checks, dtype=np.uint32)
    documents = Records("documents", files.array("documents", np.uint8), ends, checks)
    return Opened(
        documents=MappedDocuments(list(records), documents),
        passages=passages,
        dense=MappedVectors(
            vectors,
            files.array("vector-checks", np.uint32),
            codes,
            reranked=form.reranked,
            probes=form.probes,
        ),
        lexical=files.lexical(head, len(vectors)),
        overview=files.overview(list(records)),
    )


def check_mapped(
    library: Path, form: MappedForm, records: Mapping[str, ArticleRecord], dimension: int
) -> None:
    """Hash every file whole, and open them.

    Raises:
        PartError: a file is missing or damaged.
    """
    for name, facts in form.files.items():
        check_file(library / MAPPED / form.key / name, facts)
    open_mapped(library, form, records, dimension)


def _rows(records: Mapping[str, ArticleRecord]) -> dict[str, range]:
    """Return the rows of each document's passages."""
    ends = accumulate(record.passages for record in records.values())
    return {
        name: range(end - record.passages, end)
        for (name, record), end in zip(records.items(), ends, strict=True)
    }


class _Files:
    """The files of one mapped form."""

    def __init__(self, folder: Path, form: MappedForm) -> None:
        self.folder = folder
        self._form = form

    def array(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        if name not in self._form.files:
            raise PartError(f"{name} is not in the manifest")
        return map_array(self.folder / name, self._form.files[name], dtype)

    def records(self, name: str) -> Records:
        ends = self.array("passage-ends", np.int64)
        checks = self.array("passage-checks", np.uint32)
        return Records(name, self.array(name, np.uint8), ends, checks)

    def part(self, name: str, kind: type[Packed]) -> Packed:
        try:
            return msgspec.msgpack.decode(read_part(self.folder / name), type=kind)
        except msgspec.DecodeError as error:
            raise PartError(f"{name} of {self.folder.name} cannot be read ({error})") from error

    def overview(self, names: list[str]) -> Overview:
        record = self.part(OVERVIEW, OverviewRecord)
        if [profile.id for profile in record.profiles] != names:
            raise PartError(f"{OVERVIEW} of {self.folder.name} is that of other articles")
        return Overview.of_record(record)

    def head(self) -> Head:
        head = self.part(HEAD, Head)
        if head.key != self._form.key:
            raise PartError(f"{HEAD} of {self.folder.name} is that of {head.key}")
        return head

    def lexical(self, head: Head, count: int) -> LexicalIndex:
        postings = Postings(
            count=count,
            vocabulary=head.vocabulary,
            frequencies=np.frombuffer(head.frequencies, dtype=np.int64),
            texts=self.array("texts", np.int32),
            scores=self.array("scores", np.float32),
            mean_length=head.mean_length,
        )
        checks = np.frombuffer(head.posting_checks, dtype=np.uint32)

        def compare(row: int, part: slice) -> None:
            if check_posting(postings.texts[part], postings.scores[part]) != checks[row]:
                raise DamagedError(f"the postings of {head.vocabulary[row]!r}")

        return LexicalIndex.of_postings(postings, before_reading=compare)
