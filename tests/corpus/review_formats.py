"""The shipped review in other formats: the same words, marked up as that format does."""

import html
import re
from collections.abc import Callable, Iterator
from itertools import groupby

from corpus.document import Block, BlockKind, Document

Escape = Callable[[str], str]
Link = Callable[[str], str]
"""How a printed number is written as a link to its entry."""

_TABLE = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)


def as_markdown(document: Document) -> str:
    """Write a document in Markdown; its citations stay as they are printed."""
    return "\n".join(_markdown_lines(document)) + "\n"


def as_jats(document: Document) -> str:
    """Write a document in JATS; its citations are links to the entries."""
    front, abstract, body, back, references = _parts(document)

    def link(number: str) -> str:
        return f'<xref ref-type="bibr" rid="b{number}">{number}</xref>'

    def words(block: Block) -> str:
        return _linked(document, block, _escape, link)

    title, _, *others = [_escape(document.slice(block.span)) for block in front]
    about = document.metadata
    people = "".join(
        f'<contrib contrib-type="author"><name><surname>{a.family}</surname>'
        f"<given-names>{a.given}</given-names></name></contrib>"
        for a in about.authors
    )
    notes = "".join(f"<corresp>{line}</corresp>" for line in others)
    entries = "".join(
        f'<ref id="b{number}"><label>{number}.</label><mixed-citation>'
        f"{_escape(document.slice(block.span))}</mixed-citation></ref>"
        for number, block in enumerate(references, 1)
    )
    declared = "".join(f"<p>{words(block)}</p>" for block in back)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<article xml:lang="en"><front><journal-meta>'
        f"<journal-title-group><journal-title>{about.journal}</journal-title>"
        "</journal-title-group></journal-meta><article-meta>"
        f"<title-group><article-title>{title}</article-title></title-group>"
        f"<contrib-group>{people}</contrib-group><author-notes>{notes}</author-notes>"
        f"<pub-date><year>{about.year}</year></pub-date><volume>{about.volume}</volume>"
        f"<abstract>{''.join(_jats_blocks(document, abstract, words))}</abstract>"
        f"</article-meta></front><body>{''.join(_jats_sections(document, body, words))}</body>"
        f"<back><sec><title>Declarations</title>{declared}</sec>"
        f"<ref-list><title>References</title>{entries}</ref-list></back></article>\n"
    )


def as_html(document: Document) -> str:
    """Write a document as a journal's page; its citations are links to the entries."""
    front, abstract, body, back, references = _parts(document)

    def link(number: str) -> str:
        return f'<a href="#ref-{number}">{number}</a>'

    def words(block: Block) -> str:
        return _linked(document, block, _escape, link)

    about = document.metadata
    facts = [("title", about.title), ("journal_title", about.journal), ("date", str(about.year))]
    facts += [("author", f"{a.family}, {a.given}") for a in about.authors]
    head = "".join(f'<meta name="citation_{n}" content="{_escape(v)}">' for n, v in facts)
    lines = "".join(f"<p>{words(block)}</p>" for block in front[1:])
    blocks = "".join(_html_blocks(document, [*abstract, *body, *back], words))
    entries = "".join(
        f'<li id="ref-{number}">{_escape(document.slice(block.span))} '
        '<a href="https://search.crossref.org/">[Crossref]</a></li>\n'
        for number, block in enumerate(references, 1)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Journal</title>{head}'
        "<script>track();</script></head>\n<body><header><nav><a href='/'>Home</a></nav></header>"
        f"<main><article><h1>{words(front[0])}</h1>\n{lines}\n{blocks}\n<h2>References</h2>"
        f"<ol>\n{entries}</ol></article></main><footer>Cookies</footer></body></html>\n"
    )


def _parts(
    document: Document,
) -> tuple[list[Block], list[Block], list[Block], list[Block], list[Block]]:
    """Front matter, abstract, body, declarations, entries."""
    parts: dict[str, list[Block]] = {n: [] for n in ("front", "abstract", "body", "back", "refs")}
    for block in document.blocks:
        title = document.sections[block.section].title
        if block.kind in (BlockKind.TITLE, BlockKind.FRONT_MATTER):
            parts["front"].append(block)
        elif block.kind is BlockKind.REFERENCE:
            parts["refs"].append(block)
        elif title == "References":
            continue
        elif block.kind is BlockKind.END_MATTER:
            parts["back"].append(block)
        else:
            parts["abstract" if title == "Abstract" else "body"].append(block)
    return parts["front"], parts["abstract"], parts["body"], parts["back"], parts["refs"]


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _linked(document: Document, block: Block, escape: Escape, link: Link) -> str:
    """The words of a block, each number of its citations as a link."""
    written, position = "", block.span.start
    for marker in document.markers_in(block.span):
        written += escape(document.text[position : marker.span.start])
        written += re.sub(r"\d+", lambda found: link(found[0]), document.slice(marker.span))
        position = marker.span.end
    return written + escape(document.text[position : block.span.end])


# Markdown.


def _markdown_lines(document: Document) -> Iterator[str]:
    about = document.metadata
    names = ", ".join(f"{author.given} {author.family}" for author in about.authors)
    yield f'---\ntitle: "{about.title}"\nauthors: [{names}]\njournal: {about.journal}'
    yield f"year: {about.year}\n---\n"
    number = 0
    for kind, group in groupby(document.blocks, key=lambda block: _group(block)):
        blocks = list(group)
        if kind == "table":
            yield from _markdown_table(document, blocks)
            continue
        for block in blocks:
            words = _escape_markdown(document.slice(block.span))
            if block.kind is BlockKind.TITLE:
                yield f"# {words}\n"
            elif block.kind is BlockKind.HEADING:
                yield f"## {words}\n"
            elif block.kind is BlockKind.LIST_ITEM:
                yield "    " * block.level + f"- {words}"
            elif block.kind is BlockKind.REFERENCE:
                number += 1
                yield f"{number}. {words} [Crossref](https://search.crossref.org/)"
            else:
                yield f"{words}\n"
        if kind in ("list item", "reference"):
            yield ""


def _group(block: Block) -> str:
    return "table" if block.kind in _TABLE else block.kind.value


def _escape_markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>&~|])", r"\\\1", text)


def _markdown_table(document: Document, rows: list[Block]) -> Iterator[str]:
    for row in rows:
        cells = [_escape_markdown(text) for text in document.row_texts(row)]
        yield f"| {' | '.join(cells)} |"
        if row.kind is BlockKind.TABLE_HEADER:
            yield f"|{'---|' * len(cells)}"
    yield ""


# JATS and HTML.


def _row(document: Document, row: Block, words: Callable[[Block], str], name: str) -> str:
    """A table row; the words of a row are those of its cells, parted by tabs."""
    cells = words(row).split("\t")
    texts = document.row_texts(row)
    filled = iter(cells)
    return "".join(f"<{name}>{next(filled) if text else ''}</{name}>" for text in texts)


def _table(document: Document, rows: list[Block], words: Callable[[Block], str]) -> str:
    head = [row for row in rows if row.kind is BlockKind.TABLE_HEADER]
    body = [row for row in rows if row.kind is BlockKind.TABLE_ROW]
    top = "".join(f"<tr>{_row(document, row, words, 'th')}</tr>" for row in head)
    below = "".join(f"<tr>{_row(document, row, words, 'td')}</tr>" for row in body)
    return f"<table><thead>{top}</thead><tbody>{below}</tbody></table>"


def _nested(items: list[Block], words: Callable[[Block], str], tags: tuple[str, str, str]) -> str:
    """A list with the lists inside it; ``tags`` are those of list, item and words."""
    outer, item, inner = tags
    opening, closing = (f"<{inner}>", f"</{inner}>") if inner else ("", "")
    written, position = "", 0
    while position < len(items):
        end = position + 1
        while end < len(items) and items[end].level > items[position].level:
            end += 1
        below = items[position + 1 : end]
        deeper = _nested(below, words, tags) if below else ""
        written += f"<{item}>{opening}{words(items[position])}{closing}{deeper}</{item}>"
        position = end
    return f"<{outer}>{written}</{outer}>"


def _html_blocks(
    document: Document, blocks: list[Block], words: Callable[[Block], str]
) -> Iterator[str]:
    for kind, group in groupby(blocks, key=_group):
        members = list(group)
        if kind == "table":
            yield f"<figure>{_table(document, members, words)}</figure>\n"
        elif kind == "list item":
            yield _nested(members, words, ("ul", "li", "")) + "\n"
        else:
            tag = "h2" if kind == "heading" else "p"
            yield from (f"<{tag}>{words(block)}</{tag}>\n" for block in members)


def _jats_sections(
    document: Document, blocks: list[Block], words: Callable[[Block], str]
) -> Iterator[str]:
    for _, group in groupby(blocks, key=lambda block: block.section):
        members = list(group)
        title = f"<title>{words(members[0])}</title>"
        yield f"<sec>{title}{''.join(_jats_blocks(document, members[1:], words))}</sec>"


def _jats_blocks(
    document: Document, blocks: list[Block], words: Callable[[Block], str]
) -> Iterator[str]:
    for kind, group in groupby(blocks, key=_jats_group):
        members = list(group)
        if kind == "table":
            rows = [block for block in members if block.kind in _TABLE]
            notes = "".join(f"<p>{words(b)}</p>" for b in members if b not in rows)
            foot = f"<table-wrap-foot>{notes}</table-wrap-foot>" if notes else ""
            yield f"<table-wrap>{_table(document, rows, words)}{foot}</table-wrap>"
        elif kind == "list item":
            yield _nested(members, words, ("list", "list-item", "p"))
        elif kind == "heading":
            yield from (f"<title>{words(block)}</title>" for block in members)
        else:
            yield from (f"<p>{words(block)}</p>" for block in members)


def _jats_group(block: Block) -> str:
    return "table" if block.kind is BlockKind.TABLE_NOTE else _group(block)
