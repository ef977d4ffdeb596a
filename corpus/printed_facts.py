"""Facts about an article as people write them: names, years, identifiers."""

import re

from corpus.document import Author

_PARTICLES = frozenset("al bin da de del den der di dos du el la le st ter van von zu".split())
_SUFFIX = re.compile(r"(?<!\s)\s++(?:Jr|Sr|II|III)\.?$")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"'<>]+[^\s\"'<>.,;)\]]")


def read_author(name: str) -> Author | None:
    """Part a name into family and given name: ``"Kersin, Sinem"`` or ``"Sinem Kersin"``.

    Particles in lower case belong to the family name; None where there is no name.
    """
    name = " ".join(name.split()).strip(",; ")
    if not name:
        return None
    family, comma, given = name.partition(",")
    if comma:
        return Author(family.strip(), given.strip())
    words = _SUFFIX.sub("", name).split()
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES and words[first - 1].islower():
        first -= 1
    return Author(" ".join(words[first:]), " ".join(words[:first]))


def read_year(text: str) -> int | None:
    """Return the first number of four digits that can be a year of publication."""
    found = re.search(r"\b(?:1[5-9]|20)\d\d\b", text)
    return int(found[0]) if found else None


def read_doi(text: str) -> str:
    """Return the first DOI of a text, without its resolver; "" where there is none."""
    found = _DOI.search(text)
    return found[0] if found else ""
