"""A library of two tiny articles, and how it is opened without a real model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from tests.conftest import KeywordEncoder

MILK = """Milk and cells

Introduction

Milk milk holds bone. Necrotizing enterocolitis (NEC) harms the gut. Severe necrotizing \
enterocolitis is rare. Cells reach the brain.
"""
BEES = """Bees

Introduction

Bees eat pollen. Some bees eat milk.
"""
PASSAGES = [
    "Bees",
    "Bees eat pollen.",
    "Some bees eat milk.",
    "Milk and cells",
    "Milk milk holds bone.",
    "Necrotizing enterocolitis (NEC) harms the gut.",
    "Severe necrotizing enterocolitis is rare.",
    "Cells reach the brain.",
]
"""In the order in which the library has them: by document id, then as in the text."""


def write_article(articles: Path, name: str, source: str) -> None:
    folder = articles / name
    folder.mkdir(parents=True, exist_ok=True)
    title = source.partition("\n")[0]
    (folder / "article.toml").write_text(f'title = "{title}"\n', encoding="utf-8")
    (folder / "source.txt").write_text(source, encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A library folder with two articles and no index yet."""
    folder = tmp_path / "shelf"
    write_article(folder / "articles", "milk", MILK)
    write_article(folder / "articles", "bees", BEES)
    return folder


@pytest.fixture
def open_shelf(shelf: Path) -> Callable[..., tuple[Library, list[str]]]:
    """Open the library with a model done by hand; returns it and the lines that it reported."""

    def open_it(
        encoder: KeywordEncoder | None = None, *, rebuild: bool = False
    ) -> tuple[Library, list[str]]:
        lines: list[str] = []
        library = Library.open(
            shelf, encoder=encoder or KeywordEncoder(), rebuild=rebuild, on_status=lines.append
        )
        return library, lines

    return open_it
