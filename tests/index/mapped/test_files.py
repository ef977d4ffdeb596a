"""Mapped files: what is damaged is noticed when it is opened, read or checked."""

from pathlib import Path

import numpy as np
import pytest

from index.mapped.files import (
    DamagedError,
    FileWriter,
    Records,
    RecordWriter,
    check_file,
    checksums,
    map_array,
    write_array,
)
from index.parts import PartError
from index.snapshot import FileFacts

PIECES = [b"milk", b"", b"bees eat pollen"]


def written(path: Path) -> tuple[FileFacts, Records]:
    writer = RecordWriter(path)
    for piece in PIECES:
        writer.write(piece)
    facts = writer.finish()
    content = map_array(path, facts, np.uint8)
    return facts, Records(path.name, content, writer.ends, writer.checks)


def test_records_are_what_was_written(tmp_path: Path) -> None:
    _, records = written(tmp_path / "file")
    assert [records[number] for number in range(len(records))] == PIECES


def test_damaged_record_is_noticed_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    _, records = written(path)
    with path.open("r+b") as file:
        file.seek(1)
        file.write(b"u")
    with pytest.raises(DamagedError, match=r"^file, record 0, is damaged .* index build"):
        records[0]
    assert records[2] == PIECES[2]


def test_record_whose_end_is_damaged_is_noticed(tmp_path: Path) -> None:
    _, records = written(tmp_path / "file")
    content = np.frombuffer(b"".join(PIECES), dtype=np.uint8)
    checks = np.array([0, 0, 0], dtype=np.uint32)
    shifted = Records("file", content, np.array([3, 4, 19]), checks)
    assert records[0] == b"milk"
    with pytest.raises(DamagedError):
        shifted[0]


def test_facts_are_size_and_hash(tmp_path: Path) -> None:
    writer = FileWriter(tmp_path / "file")
    writer.write(b"a")
    writer.write(b"bc")
    facts = writer.finish()
    assert facts.bytes == 3
    assert facts.sha256.startswith("ba7816bf8f01cfea")  # FIPS 180-4, "abc"
    check_file(tmp_path / "file", facts)


def test_array_is_mapped_and_cannot_be_written_to(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32)
    mapped = map_array(tmp_path / "x", write_array(tmp_path / "x", values), np.float32)
    assert mapped.tolist() == values.tolist()
    with pytest.raises(ValueError, match="read-only"):
        mapped[0] = 1


def test_empty_array_can_be_mapped(tmp_path: Path) -> None:
    facts = write_array(tmp_path / "x", np.zeros(0, dtype=np.float32))
    assert len(map_array(tmp_path / "x", facts, np.float32)) == 0


def test_mapped_array_stays_readable_when_its_file_is_deleted(tmp_path: Path) -> None:
    facts = write_array(tmp_path / "x", np.arange(100_000))
    mapped = map_array(tmp_path / "x", facts, np.int64)
    (tmp_path / "x").unlink()
    assert int(mapped.sum()) == 99_999 * 50_000


def test_file_of_another_size_is_not_mapped(tmp_path: Path) -> None:
    facts = write_array(tmp_path / "x", np.arange(10))
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-8])
    with pytest.raises(PartError, match="x has 72 bytes, not 80"):
        map_array(tmp_path / "x", facts, np.int64)


def test_missing_file_is_not_mapped(tmp_path: Path) -> None:
    with pytest.raises(PartError, match="x is missing"):
        map_array(tmp_path / "x", FileFacts(8, ""), np.int64)
    with pytest.raises(PartError, match="x is missing"):
        check_file(tmp_path / "x", FileFacts(8, ""))


def test_flipped_bit_is_found_by_hashing(tmp_path: Path) -> None:
    facts = write_array(tmp_path / "x", np.arange(10))
    content = bytearray((tmp_path / "x").read_bytes())
    content[40] ^= 1
    (tmp_path / "x").write_bytes(bytes(content))
    map_array(tmp_path / "x", facts, np.int64)  # only the size is looked at
    with pytest.raises(PartError, match=r"x is damaged \(sha256 differs\)"):
        check_file(tmp_path / "x", facts)


def test_checksum_of_a_row_is_crc_32() -> None:
    rows = np.frombuffer(b"123456789abcdefghi", dtype=np.uint8).reshape(2, 9)
    assert checksums(rows)[0] == 0xCBF43926  # the check value of CRC-32
