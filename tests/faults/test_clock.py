"""A clock that is moved back: everything on the disk then comes from the future."""

import os
import time
from pathlib import Path

from index.checking import check_library
from index.library import Library
from index.store import add_articles
from tests.conftest import KeywordEncoder
from tests.index.conftest import BEES, write_article

DAY_NS = 86_400_000_000_000


def put_into_the_future(library: Path) -> None:
    """Date all files a day ahead, as they are after the clock was moved back by one."""
    tomorrow = time.time_ns() + DAY_NS
    for path in [library, *library.rglob("*")]:
        os.utime(path, ns=(tomorrow, tomorrow))


def test_what_changes_after_the_clock_was_moved_back_is_noticed(
    built: Path, tmp_path: Path
) -> None:
    put_into_the_future(built)
    running = Library.open(built, encoder=KeywordEncoder())
    assert check_library(built).problems == ()
    wax = tmp_path / "wax.txt"
    wax.write_text("Wax\n\nIntroduction\n\nWax is soft.\n", encoding="utf-8")
    report = add_articles(built, [wax], encoder=KeywordEncoder())
    assert report.added == ("wax",)
    running = running.reload_if_changed()
    assert list(running.documents) == ["bees", "milk", "wax"]

    write_article(built / "articles", "bees", BEES + "More.\n")
    assert "bees changed" in check_library(built).problems[0].what
    reopened = Library.open(built, encoder=KeywordEncoder())
    assert reopened.documents["bees"].text.endswith("More.")
    assert check_library(built).problems == ()
