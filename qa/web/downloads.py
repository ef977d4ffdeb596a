"""The conversation as a file to keep: which formats there are, and what each file is called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Document
from index.profiles import Profile
from qa.exporting import (
    Exchange,
    conversation_to_json,
    conversation_to_markdown,
    references_of,
    references_to_bibtex,
    references_to_csl_json,
    references_to_ris,
)
from qa.web.turns import Failure, Turn, shown_quotes

MAX_ALL = 50
"""Articles of a library that are all listed in a file."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes:
        label: on its button.
        name, type: of the file.
        write: makes the text from exchanges, documents and the address of the page.
    """

    label: str
    name: str
    type: str
    write: Callable[[Sequence[Exchange], Sequence[Document | Profile], str], str]


FORMATS = {
    "markdown": Format(
        "Markdown",
        "sic-conversation.md",
        "text/markdown",
        lambda exchanges, documents, address: conversation_to_markdown(
            exchanges, documents, address=address
        ),
    ),
    "json": Format(
        "JSON",
        "sic-conversation.json",
        "application/json",
        lambda exchanges, documents, _: conversation_to_json(exchanges, documents),
    ),
    "bibtex": Format(
        "BibTeX",
        "sic-references.bib",
        "application/x-bibtex",
        lambda exchanges, *_: references_to_bibtex(references_of(r for _, r in exchanges)),
    ),
    "ris": Format(
        "RIS",
        "sic-references.ris",
        "application/x-research-info-systems",
        lambda exchanges, *_: references_to_ris(references_of(r for _, r in exchanges)),
    ),
    "csl-json": Format(
        "CSL-JSON",
        "sic-references.json",
        "application/vnd.citationstyles.csl+json",
        lambda exchanges, *_: references_to_csl_json(references_of(r for _, r in exchanges)),
    ),
}


def make_download(
    chosen: object, turns: Sequence[Turn], documents: Sequence[Document | Profile], *, address: str
) -> dict[str, str] | None:
    """Write a conversation in the chosen format.

    Returns:
        Name, media type and text of the file; None where there is no such format.
    """
    wanted = FORMATS.get(chosen) if isinstance(chosen, str) else None
    if wanted is None:
        return None
    text = wanted.write(_exchanges(turns), documents, address)
    return {"name": wanted.name, "type": wanted.type, "text": text}


def articles_of(
    turns: Sequence[Turn], profiles: Mapping[str, Profile]
) -> tuple[Document | Profile, ...]:
    """Return the articles that a conversation is about: all of few, of many those it quotes."""
    if len(profiles) <= MAX_ALL:
        return tuple(profiles.values())
    names = dict.fromkeys(quote.document_id for turn in turns for quote in shown_quotes(turn))
    return tuple(profiles[name] for name in names if name in profiles)


def _exchanges(turns: Sequence[Turn]) -> list[Exchange]:
    return [
        (turn.question, turn.outcome)
        for turn in turns
        if turn.outcome is not None and not isinstance(turn.outcome, Failure)
    ]
