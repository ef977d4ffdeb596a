"""What is installed: pinned, hashed, under licences that the program can be given on with."""

import re

import pytest

from tests.conftest import REPOSITORY
from tests.licences import LOCK, STRONG, licences, locked

PINNED = re.compile(r"^([\w.-]+)(?:\[\w+\])?==([^\s#]+)", re.MULTILINE)
TORCH = REPOSITORY / "requirements-torch.lock"


def needed() -> dict[str, str]:
    """Name -> version of what the program needs to run, torch aside."""
    text = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    running, separator, _ = text.partition("# training")
    assert separator
    pins = {name.lower().replace("_", "-"): version for name, version in PINNED.findall(running)}
    del pins["torch"]
    return pins


def test_the_lock_has_every_pin_in_its_version() -> None:
    entries = locked(LOCK.read_text(encoding="utf-8"))
    pins = needed()
    assert len(pins) > 15
    assert {name: entries.get(name) for name in pins} == pins


@pytest.mark.parametrize("lock", [LOCK, TORCH], ids=lambda path: path.name)
def test_every_entry_of_a_lock_has_hashes(lock: object) -> None:
    text = (LOCK if lock == LOCK else TORCH).read_text(encoding="utf-8")
    named = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert named == list(locked(text))
    assert set(re.findall(r"--hash=(\w+):", text)) == {"sha256"}
    assert all(len(digest) == 64 for digest in re.findall(r"sha256:([0-9a-f]*)", text))


def test_torch_is_in_a_lock_of_its_own() -> None:
    wanted = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    version = locked(TORCH.read_text(encoding="utf-8"))["torch"]
    assert f"torch=={version} " in wanted
    assert "torch" not in locked(LOCK.read_text(encoding="utf-8"))


def test_no_licence_asks_for_the_whole_program() -> None:
    stated = licences()
    assert len(stated) > 0.9 * len(locked(LOCK.read_text(encoding="utf-8")))
    assert [name for name, (_, said) in stated.items() if not said] == []
    assert [name for name, (_, said) in stated.items() if STRONG.search(said)] == []


@pytest.mark.parametrize(
    ("said", "is_strong"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-2.1", False),
        ("GNU Lesser General Public License v3", False),
        ("MPL-2.0 AND MIT", False),
    ],
)
def test_such_a_licence_would_be_found(said: str, is_strong: bool) -> None:
    assert bool(STRONG.search(said)) is is_strong


def test_the_licences_are_listed() -> None:
    listed = (REPOSITORY / "docs" / "licences.md").read_text(encoding="utf-8")
    for name, (version, said) in licences().items():
        assert f"| {name} | {version} | {said} |" in listed
