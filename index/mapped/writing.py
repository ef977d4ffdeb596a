"""Writing the mapped form of a large library out of the parts of its articles.

It is a folder under a name made from what it is made of, written aside and moved into place: it is
there whole or not at all. Nothing in it is ever changed.
"""

import filecmp
import hashlib
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import faiss
import msgspec
import numpy as np
from numpy.typing import NDArray

from index.entries import read_entry
from index.lexical import Postings, PostingsBuilder
from index.mapped import codes
from index.mapped.files import FileWriter, RecordWriter, checksums, map_array, write_array
from index.overview import OverviewBuilder
from index.parts import sync_tree, write_part
from index.snapshot import ArticleRecord, FileFacts, MappedForm
from index.vectors import read_vectors

MAPPED = "mapped"
LAYOUT = "mapped-2"
"""Name of the layout of the files; one that is named otherwise is made again."""
HEAD, CODES, OVERVIEW = "head", "codes", "overview"


@dataclass(frozen=True, slots=True)
class Head:
    """What is small, or guards what is not; read whole and checked at every opening.

    Attributes:
        key: of the form.
        document_ends, document_checks: int64 and uint32, of the records of the documents.
        vocabulary: the different terms.
        frequencies: int64, how many passages hold each.
        posting_checks: uint32, CRC-32 over the postings of each term.
        mean_length: of the passages, in terms.
    """

    key: str
    document_ends: bytes
    document_checks: bytes
    vocabulary: tuple[str, ...]
    frequencies: bytes
    posting_checks: bytes
    mean_length: float


def mapped_key(records: Mapping[str, ArticleRecord], dimension: int) -> str:
    """Return the name of the mapped form of these articles as this program would make it."""
    settings = (codes.CODES_FROM, codes.LISTS_FROM, codes.MIN_RECALL, codes.RERANKED, codes.PROBES)
    digest = hashlib.sha256(f"{LAYOUT} {dimension} {faiss.__version__} {settings}\n".encode())
    for name, record in records.items():
        digest.update(f"{name} {record.key} {record.vectors} {record.passages}\n".encode())
    return digest.hexdigest()


def write_mapped(library: Path, records: Mapping[str, ArticleRecord], dimension: int) -> MappedForm:
    """Write the mapped form of articles whose parts are on disk; one that is there is replaced.

    Args:
        library: its folder.
        records: the articles, in order of their ids.
        dimension: of the vectors.

    Raises:
        PartError: a part is missing or damaged.
        OSError: the folder is not writable or the disk is full.
    """
    key = mapped_key(records, dimension)
    folder = library / f".writing-{uuid4().hex}"
    folder.mkdir()
    try:
        files = _write_texts(library, folder, records, key)
        files |= _write_vectors(library, folder, records, dimension)
        form = _write_codes(folder, MappedForm(key, files, "exact"), dimension)
        sync_tree(folder)
        _move_in(folder, library / MAPPED / key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return form


def _move_in(folder: Path, place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    if _is_same(folder, place):
        return  # it stays in force throughout, also where the disk fails now
    discard_folder(place)
    folder.rename(place)
    sync_tree(place.parent)


def _is_same(folder: Path, place: Path) -> bool:
    """Tell whether two folders hold the same files, byte for byte."""
    names = sorted(path.name for path in folder.iterdir())
    if not place.is_dir() or sorted(path.name for path in place.iterdir()) != names:
        return False
    return not any(filecmp.cmpfiles(folder, place, names, shallow=False)[1:])


def discard_folder(path: Path) -> None:
    """Delete a folder out of sight, so that no half of it is ever seen; nothing where it is not."""
    if path.is_dir():
        out_of_sight = path.parent.parent / f".removed-{uuid4().hex}"
        path.rename(out_of_sight)
        shutil.rmtree(out_of_sight, ignore_errors=True)


def _write_texts(
    library: Path, folder: Path, records: Mapping[str, ArticleRecord], key: str
) -> dict[str, FileFacts]:
    """Write documents, passages, postings and overview in one walk over the entries."""
    passages, documents = RecordWriter(folder / "passages"), RecordWriter(folder / "documents")
    builder, overview = PostingsBuilder(), OverviewBuilder()
    for record in records.values():
        entry = read_entry(library, record.key)
        documents.write(entry.document_record)
        for passage in entry.unpack_passages():
            passages.write(msgspec.msgpack.encode(passage))
        overview.add_entry(entry)
        builder.add(entry.term_counts)
    files = {"passages": passages.finish(), "documents": documents.finish()}
    files["passage-ends"] = write_array(folder / "passage-ends", passages.ends)
    files["passage-checks"] = write_array(folder / "passage-checks", passages.checks)
    postings = builder.finish()
    files["texts"] = write_array(folder / "texts", postings.texts)
    files["scores"] = write_array(folder / "scores", postings.scores)
    head = Head(
        key=key,
        document_ends=documents.ends.tobytes(),
        document_checks=documents.checks.tobytes(),
        vocabulary=postings.vocabulary,
        frequencies=postings.frequencies.astype(np.int64).tobytes(),
        posting_checks=_check_postings(postings).tobytes(),
        mean_length=postings.mean_length,
    )
    write_part(folder / HEAD, msgspec.msgpack.encode(head))
    write_part(folder / OVERVIEW, msgspec.msgpack.encode(overview.finish()))
    return files


def _check_postings(postings: Postings) -> NDArray[np.uint32]:
    ends = np.cumsum(postings.frequencies)
    starts = ends - postings.frequencies
    parts = (slice(int(start), int(end)) for start, end in zip(starts, ends, strict=True))
    return np.fromiter(
        (check_posting(postings.texts[part], postings.scores[part]) for part in parts),
        dtype=np.uint32,
        count=len(ends),
    )


def check_posting(texts: NDArray[np.int32], scores: NDArray[np.float32]) -> int:
    """Return the CRC-32 over the texts and scores of one term."""
    return zlib.crc32(scores.data, zlib.crc32(texts.data))


def _write_vectors(
    library: Path, folder: Path, records: Mapping[str, ArticleRecord], dimension: int
) -> dict[str, FileFacts]:
    writer, checks = FileWriter(folder / "vectors"), [np.zeros(0, dtype=np.uint32)]
    for record in records.values():
        vectors = read_vectors(library, record.vectors, (record.passages, dimension))
        writer.write(vectors.tobytes())
        checks.append(checksums(vectors))
    return {
        "vectors": writer.finish(),
        "vector-checks": write_array(folder / "vector-checks", np.concatenate(checks)),
    }


def _write_codes(folder: Path, form: MappedForm, dimension: int) -> MappedForm:
    """Make codes where there are enough vectors, and say what was chosen."""
    vectors = map_array(folder / "vectors", form.files["vectors"], np.float32)
    chosen = codes.choose(vectors.reshape(-1, dimension))
    if chosen is None:
        return form
    write_part(folder / CODES, chosen.codes.to_bytes())
    return replace(
        form,
        search=chosen.kind,
        probes=chosen.measured.probes,
        reranked=chosen.measured.reranked,
        recall_at_10=chosen.measured.recall.at_10,
        recall_at_100=chosen.measured.recall.at_100,
        queries=chosen.measured.queries,
    )
