"""Conversations and references as files: Markdown, JSON, BibTeX, RIS and CSL-JSON.

A conversation is a sequence of exchanges, pairs of a question and its reply: a question that still
waits or that failed has no reply and cannot be exported. Nothing is added to what the source
prints: no identifier is made up, and an "et al." is never turned into names.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as quote_url

from corpus.document import Document, Reference, Span
from index.profiles import Profile
from qa.answering import Abstention, Answer, Reply
from qa.boundaries import Refusal
from qa.escaping import escape_bibtex, escape_markdown, escape_markdown_line
from qa.quoting import Quote
from qa.rendering import LIST_NOTE, reply_to_json, searched_label, strength

Exchange = tuple[str, Reply]

NOT_READ = "cited by the review; not read by Sic"
ET_AL = "et al. in the source: it does not name the further authors"
NOTICE = "Quotes are verbatim from the articles below. Not medical advice."


def permalink(document_id: str, span: Span) -> str:
    """Return the part of an address that leads to a place: ``#DOCUMENT:START-END``."""
    return f"#{quote_url(document_id, safe='')}:{span.start}-{span.end}"


def references_of(replies: Iterable[Reply]) -> tuple[Reference, ...]:
    """Return the references that replies show, each once, in order of first mention.

    The nearest passages of an abstention count, because their references are shown, too.
    """
    quotes = (quote for reply in replies for quote in _shown(reply))
    return tuple(dict.fromkeys(reference for quote in quotes for reference in quote.references))


def _shown(reply: Reply) -> tuple[Quote, ...]:
    match reply:
        case Answer():
            return reply.quotes
        case Abstention():
            return reply.nearest
        case Refusal():
            return ()


# ---- JSON ----------------------------------------------------------------------------------------


def conversation_to_json(
    exchanges: Sequence[Exchange], documents: Iterable[Document | Profile]
) -> str:
    """Return a conversation as JSON: the articles with their licences, and each reply.

    A reply has the shape of `qa.rendering.reply_to_json`; its quotes are the documents' characters.
    """
    content = {
        "notice": NOTICE,
        "articles": [article_to_json(document) for document in documents],
        "turns": [{"question": question} | reply_to_json(reply) for question, reply in exchanges],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def article_to_json(document: Document | Profile) -> dict[str, Any]:
    """Return what is known of an article; ``licence`` is None where none is recorded."""
    about = document.metadata
    licence = about.licence
    return {
        "id": document.id,
        "citation": about.citation,
        "title": about.title,
        "authors": [{"family": a.family, "given": a.given} for a in about.authors],
        "journal": about.journal,
        "year": about.year,
        "volume": about.volume,
        "issue": about.issue,
        "pages": about.pages,
        "source_sha256": document.source_sha256,
        "licence": licence
        and {
            "id": licence.id,
            "name": licence.name,
            "url": licence.url,
            "attribution": licence.attribution,
        },
    }


# ---- Markdown ------------------------------------------------------------------------------------


def conversation_to_markdown(
    exchanges: Sequence[Exchange], documents: Iterable[Document | Profile], *, address: str = ""
) -> str:
    """Return a conversation as Markdown; quotes are escaped, so that they read as printed.

    Args:
        exchanges: questions with their replies, in order.
        documents: the articles that the conversation is about.
        address: where the chat is served, for the links to quotes; "" gives bare fragments.
    """
    lines = ["# Questions to Sic", "", NOTICE, ""]
    for document in documents:
        licence = document.metadata.licence
        terms = f" Licence: {licence.attribution} {licence.url}" if licence else ""
        lines.append(f"- {escape_markdown_line(document.metadata.citation + terms)}")
    for number, (question, reply) in enumerate(exchanges, start=1):
        lines += ["", f"## {number}\\. {escape_markdown_line(question)}", ""]
        if not isinstance(reply, Refusal) or reply.standalone_question != question:
            searched = escape_markdown_line(reply.standalone_question)
            lines += [f"{searched_label(reply)}: {searched}", ""]
        lines += _reply_lines(reply, address)
    return "\n".join(lines).rstrip() + "\n"


def _reply_lines(reply: Reply, address: str) -> Iterator[str]:
    match reply:
        case Answer():
            yield from (LIST_NOTE, "") if reply.is_list else ()
            for number, quote in enumerate(reply.quotes, start=1):
                yield from _quote_lines(f"Q{number}", strength(quote.score), quote, address)
        case Abstention():
            yield from (f"**Not in this source.** {escape_markdown_line(reply.reason)}", "")
            for quote in reply.nearest:
                yield from _quote_lines("Nearest passage", "not an answer", quote, address)
        case Refusal():
            first, *others = map(escape_markdown_line, reply.paragraphs)
            yield from (f"**Declined** ({reply.reason}). {first}", "")
            for paragraph in others:
                yield from (paragraph, "")


def _quote_lines(label: str, words: str, quote: Quote, address: str) -> Iterator[str]:
    yield from (f"**{label}** · {escape_markdown_line(quote.place.label)} · {words}", "")
    yield from (f"> {line}" for line in escape_markdown(quote.text).split("\n"))
    link = permalink(quote.document_id, quote.span)
    place = _link(link, quote.document_id, quote.span, address)
    yield from ("", f"— {escape_markdown_line(quote.citation)} {place}", "")
    if quote.header:
        yield from (f"Columns: {' · '.join(map(escape_markdown_line, quote.header))}", "")
    if quote.widened:
        yield from (f"Quoted with a neighbour: {escape_markdown_line(quote.widened)}.", "")
    if quote.also_at:
        places = (_link(p.label, p.document_id, p.span, address) for p in quote.also_at)
        yield from (f"Also in: {', '.join(places)}", "")
    for reference in quote.references:
        yield f"- \\[{reference.number}\\] {escape_markdown_line(reference.text)} ({NOT_READ})"
    yield ""


def _link(label: str, document_id: str, span: Span, address: str) -> str:
    return f"[{escape_markdown_line(label)}]({address}{permalink(document_id, span)})"


# ---- references ----------------------------------------------------------------------------------

_LETTER = r"[^\W\d_][\u0300-\u036f]*"
_PERSON = re.compile(
    rf"(?P<family>.+?)(?<!\s)\s++(?P<initials>{_LETTER}(?:-?{_LETTER}){{0,3}})(?P<suffix>\s+Jr)?"
)


@dataclass(frozen=True, slots=True)
class _Person:
    """A cited author; one without initials (an institution) has a family name only."""

    family: str
    given: str = ""
    suffix: str = ""


def _person(printed: str) -> _Person:
    """Split ``"van Velthoven CT"`` into ``van Velthoven`` and ``C. T.``."""
    match = _PERSON.fullmatch(printed)
    if not match or not match["initials"].isupper():
        return _Person(printed)
    given = re.sub(rf"({_LETTER})(-?)", r"\1. \2", match["initials"])
    return _Person(match["family"], given.replace(". -", ".-").strip(), (match[3] or "").strip())


def make_keys(references: Sequence[Reference]) -> tuple[str, ...]:
    """Make one key a reference: ``Cregan2007``, or ``vanVelthoven2010a`` where two would be alike.

    The letters follow the numbers in the reference list, not the order of the sequence.
    """
    stems = [_stem(reference) for reference in references]
    alike: dict[str, list[int]] = {}
    for position in sorted(range(len(stems)), key=lambda p: (references[p].number, p)):
        alike.setdefault(stems[position].casefold(), []).append(position)
    keys = list(stems)
    for positions in alike.values():
        if len(positions) > 1:
            for count, position in enumerate(positions):
                keys[position] += _letters(count)
    return tuple(keys)


def _stem(reference: Reference) -> str:
    name = _person(reference.authors[0]).family if reference.authors else reference.title
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ø", "o"))
    letters = re.sub("[^A-Za-z]", "", plain)[:24] or "Reference"
    return f"{letters}{reference.year or '-undated-'}"


def _letters(count: int) -> str:
    """Count in letters: a, b … z, aa, ab …."""
    more, last = divmod(count, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)


def references_to_bibtex(references: Sequence[Reference]) -> str:
    """Return references as a BibTeX file in UTF-8; an "et al." becomes "others"."""
    keys = make_keys(references)
    return "\n".join(map(_bibtex_entry, keys, references))


def _bibtex_entry(key: str, reference: Reference) -> str:
    names = [_bibtex_name(_person(name)) for name in reference.authors]
    names += ["others"] if reference.et_al else []
    fields = {
        "author": " and ".join(names),
        # Braces inside keep the capitals as printed.
        "title": f"{{{escape_bibtex(reference.title)}}}",
        "journal": escape_bibtex(reference.journal),
        "year": str(reference.year or ""),
        "volume": escape_bibtex(reference.volume),
        "number": escape_bibtex(reference.issue),
        "pages": escape_bibtex(reference.pages),
        "note": NOT_READ,
    }
    kind = "article" if reference.journal else "misc"
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def _bibtex_name(person: _Person) -> str:
    if not person.given:
        return f"{{{escape_bibtex(person.family)}}}"
    parts = (person.family, person.suffix, person.given)
    return ", ".join(escape_bibtex(part) for part in parts if part)


def references_to_ris(references: Sequence[Reference]) -> str:
    """Return references as an RIS file; the page range stands whole in SP, as it is printed."""
    keys = make_keys(references)
    return "\n".join(map(_ris_entry, keys, references))


def _ris_entry(key: str, reference: Reference) -> str:
    people = [_person(name) for name in reference.authors]
    fields = [("TY", "JOUR" if reference.journal else "GEN"), ("ID", key)]
    fields += [("AU", ", ".join(filter(None, (p.family, p.given, p.suffix)))) for p in people]
    fields += [
        ("TI", reference.title),
        ("T2", reference.journal),
        ("PY", str(reference.year or "")),
        ("VL", reference.volume),
        ("IS", reference.issue),
        ("SP", reference.pages),
        ("N1", NOT_READ),
        ("N1", ET_AL if reference.et_al else ""),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}\n" for tag, value in fields if value]
    return "".join(lines) + "ER  - \n"


def references_to_csl_json(references: Sequence[Reference]) -> str:
    """Return references as CSL-JSON; the schema has no "et al.", so that the note says it."""
    items = map(_csl_item, make_keys(references), references)
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"


def _csl_item(key: str, reference: Reference) -> dict[str, Any]:
    item = {
        "id": key,
        "type": "article-journal" if reference.journal else "article",
        "author": [_csl_name(_person(name)) for name in reference.authors],
        "title": reference.title,
        "container-title": reference.journal,
        "issued": {"date-parts": [[reference.year]]} if reference.year else None,
        "volume": reference.volume,
        "issue": reference.issue,
        "page": reference.pages,
        "note": f"{NOT_READ}; {ET_AL}" if reference.et_al else NOT_READ,
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(person: _Person) -> dict[str, str]:
    if not person.given:
        return {"literal": person.family}
    name = {"family": person.family, "given": person.given, "suffix": person.suffix}
    return {part: value for part, value in name.items() if value}
