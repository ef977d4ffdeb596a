"""What stands above a Markdown article: YAML with its title, authors, journal, year and licence."""

import re
from dataclasses import replace
from pathlib import Path

import yaml

from corpus.document import Author, CorpusError, Metadata, Span
from corpus.printed_facts import read_author, read_doi, read_year
from corpus.reading.licences import read_written_licence

_BLOCK = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_MAX_CHARS = 20_000


def find_front(source: str, path: Path) -> tuple[Span | None, Metadata]:
    """Find the YAML above an article, and what it says; other keys are passed over.

    Returns:
        Its range with the lines around it, None where there is none.

    Raises:
        CorpusError: what stands between the lines is no YAML.
    """
    found = _BLOCK.match(source)
    if not found or not found["yaml"].strip() or len(found["yaml"]) > _MAX_CHARS:
        return None, Metadata("")
    try:
        facts = yaml.load(found["yaml"], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 2}" if where else ""
        raise CorpusError(
            f"{path}{line}: the lines between --- are no YAML; correct or remove them"
        ) from error
    if not isinstance(facts, dict):
        return None, Metadata("")
    return Span(*found.span()), _metadata({str(key).lower(): value for key, value in facts.items()})


def _metadata(facts: dict[str, object]) -> Metadata:
    people = facts.get("authors") or facts.get("author") or ()
    people = people if isinstance(people, list) else [people]
    metadata = Metadata(
        title=_text(facts.get("title")),
        authors=tuple(author for person in people if (author := _author(person))),
        journal=_text(facts.get("journal")),
        year=read_year(_text(facts.get("year")) or _text(facts.get("date"))),
        doi=read_doi(_text(facts.get("doi"))),
    )
    written = _text(facts.get("licence") or facts.get("license"))
    return replace(metadata, licence=read_written_licence(written, metadata.citation))


def _text(value: object) -> str:
    """Return a plain value as text; a table gives its name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title") or value.get("id") or value.get("url")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _author(person: object) -> Author | None:
    if isinstance(person, dict):
        family = _text(person.get("family") or person.get("surname"))
        if family:
            return Author(family, _text(person.get("given") or person.get("given-names")))
    return read_author(_text(person))
