"""A part is read back exactly as it was written, or not at all."""

import errno
from pathlib import Path

import pytest

from index.parts import PartError, read_part, replace_file, write_part

CONTENT = bytes(range(256)) * 3


@pytest.fixture
def part(tmp_path: Path) -> Path:
    path = tmp_path / "parts" / "one"
    write_part(path, CONTENT)
    return path


@pytest.mark.parametrize("content", [CONTENT, b""], ids=["bytes", "nothing"])
def test_part_is_read_back(tmp_path: Path, content: bytes) -> None:
    write_part(tmp_path / "one", content)
    assert read_part(tmp_path / "one") == content


def test_any_flipped_bit_is_noticed(part: Path) -> None:
    raw = part.read_bytes()
    for position in range(0, len(raw), 7):
        damaged = bytearray(raw)
        damaged[position] ^= 0x01
        part.write_bytes(bytes(damaged))
        with pytest.raises(PartError, match=r"^one is damaged \(sha256 differs\)$"):
            read_part(part)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 799])
def test_torn_part_is_noticed(part: Path, length: int) -> None:
    part.write_bytes(part.read_bytes()[:length])
    with pytest.raises(PartError, match="is damaged"):
        read_part(part)


def test_part_in_the_place_of_another_is_noticed(part: Path) -> None:
    part.rename(part.with_name("other"))
    with pytest.raises(PartError, match="other is damaged"):
        read_part(part.with_name("other"))


def test_missing_part_and_folder_are_named(part: Path) -> None:
    with pytest.raises(PartError, match=r"^two is missing$"):
        read_part(part.with_name("two"))
    with pytest.raises(PartError, match=r"^parts cannot be read"):
        read_part(part.parent)


def test_full_disk_leaves_the_old_file_and_nothing_half(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        replace_file(part, b"new")
    assert read_part(part) == CONTENT
    assert [path.name for path in part.parent.iterdir()] == ["one"]
