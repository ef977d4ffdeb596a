"""The article folders of a library on disk, and how one is put in, replaced and taken out.

Every change is a rename, so that a folder is there whole or not at all. What a change replaces or
takes out stands aside until the new state is in force: a change that was cut off can be undone.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from corpus.document import CorpusError
from corpus.reading.articles import ARTICLE_FILE
from index.entries import PROGRAM
from index.parts import sync_tree

SHIPPED_ARTICLES = PROGRAM / "corpus" / "articles"
DEFAULT_LIBRARY = PROGRAM / "index" / "built"
ARTICLES = "articles"
ASIDE = ".aside"
LEFT_OVER = (".adding-", ".articles-", ".removed-", ".writing-", "index-", "CURRENT")
"""How names begin of what a killed writer, or an older version, leaves in a library."""


def articles_folder(library: Path) -> Path:
    """Return where a library's articles are: its own folder, or the shipped corpus."""
    own = library / ARTICLES
    return own if own.is_dir() else SHIPPED_ARTICLES


def own_articles(library: Path) -> Path:
    """Return the library's own articles folder; a new one starts as a copy of the corpus."""
    own = library / ARTICLES
    if not own.is_dir():
        temporary = library / f".articles-{uuid4().hex}"
        shutil.copytree(articles_folder(library), temporary)
        sync_tree(temporary)
        temporary.rename(own)
    return own


def article_folders(library: Path, in_force: Iterable[str] = ()) -> list[Path]:
    """Find the article folders of a library, in order of their ids.

    Args:
        library: its folder.
        in_force: ids of the state in force; one whose folder stands aside is there still.

    Raises:
        CorpusError: there is no article.
    """
    articles = articles_folder(library)
    found = {path.parent.name: path.parent for path in articles.glob(f"*/{ARTICLE_FILE}")}
    for name in in_force:
        aside = library / ASIDE / name
        if name not in found and (aside / ARTICLE_FILE).is_file():
            found[name] = aside
    if not found:
        raise CorpusError(f"{articles} holds no article: expected NAME/{ARTICLE_FILE}")
    return [found[name] for name in sorted(found)]


def put_in(library: Path, staged: Path) -> None:
    """Move a folder in as an article; one of the same name is set aside.

    Raises:
        OSError: the library cannot be written.
    """
    sync_tree(staged)
    articles = own_articles(library)
    if (articles / staged.name).exists():
        set_aside(library, staged.name)
    staged.rename(articles / staged.name)


def set_aside(library: Path, name: str) -> None:
    """Take an article out, so that `restore` can still bring it back.

    Raises:
        OSError: the library cannot be written.
    """
    aside = library / ASIDE
    aside.mkdir(exist_ok=True)
    _discard(aside / name)
    (own_articles(library) / name).rename(aside / name)


def restore(library: Path, in_force: Iterable[str]) -> None:
    """Bring a library back into order that a killed writer left, before anything is written.

    Args:
        library: its folder.
        in_force: ids of the state in force; of these a folder that stands aside is moved back, or
            stays where another took its place: until that one is in force it may be needed.

    Raises:
        OSError: the library cannot be written.
    """
    names = set(in_force)
    home = library / ASIDE
    for name in names:
        own = library / ARTICLES / name
        if (home / name).is_dir() and not own.exists():
            (home / name).rename(own)
    _clear_left_over(library)
    for path in list(home.iterdir()) if home.is_dir() else ():
        if path.name not in names:
            _discard(path)


def clear(library: Path) -> None:
    """Delete what stands aside and what was left over; the state in force needs none of it."""
    _clear_left_over(library)
    if (library / ASIDE).is_dir():
        _discard(library / ASIDE)


def _clear_left_over(library: Path) -> None:
    for path in list(library.iterdir()):
        if path.name.startswith(LEFT_OVER):
            _discard(path)


def _discard(path: Path) -> None:
    """Delete a file, or a folder out of sight first, so that no half of it is ever seen."""
    if path.is_dir():
        out_of_sight = path.with_name(f".removed-{uuid4().hex}")
        path.rename(out_of_sight)
        shutil.rmtree(out_of_sight, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
