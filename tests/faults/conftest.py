"""The two tiny articles of the index's tests, indexed in either form."""

import os
from pathlib import Path

import pytest

from index.mapped import codes, keeping
from index.store import build_index
from tests.conftest import KeywordEncoder
from tests.index.conftest import shelf

__all__ = ["shelf"]


@pytest.fixture(params=[False, True], ids=["read", "mapped"])
def built(request: pytest.FixtureRequest, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library of the two articles, read whole or mapped into memory as large ones are."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nothing waits for the disk
    if request.param:
        monkeypatch.setattr(keeping, "MAPPED_FROM", 1)
        monkeypatch.setattr(codes, "CODES_FROM", 1)
    build_index(shelf, encoder=KeywordEncoder())
    return shelf
