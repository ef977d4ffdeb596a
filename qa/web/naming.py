"""Short names for bibliography entries, as a reader would call them: ``Cregan 2007``."""

from corpus.document import Reference

MAX_TITLE_CHARS = 30
"""An entry without authors is called by the beginning of its title."""


def family_name(author: str) -> str:
    """Return the family name of an author as printed: "van Velthoven CT" -> "van Velthoven"."""
    parts = author.removesuffix(" Jr").split()
    return " ".join(parts[:-1]) or author


def short_name(reference: Reference) -> str:
    """Name an entry by its first author, or the beginning of its title, and its year."""
    if reference.authors:
        name = family_name(reference.authors[0])
    else:
        title = reference.title
        name = title if len(title) <= MAX_TITLE_CHARS else f"{title[:MAX_TITLE_CHARS].rstrip()}…"
    return f"{name} {reference.year}" if reference.year else name
