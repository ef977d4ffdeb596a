"""Read an article from a page saved in a browser: from elements to a `Document`.

Owns where the article is on the page and what each element of it becomes. Navigation, scripts,
banners, forms and what is hidden stand in `Document.removed` with the reason.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.document import BlockKind, CorpusError, Document, Metadata, Removed, Span
from corpus.reading import layout
from corpus.reading.html_inline import left_out, make_inline
from corpus.reading.html_metadata import read_metadata
from corpus.reading.html_references import (
    find_bibliographies,
    ids_of,
    is_stub_link,
    linked_places,
    links_of,
)
from corpus.reading.html_source import read_html
from corpus.reading.markup_compose import Draft
from corpus.reading.markup_document import (
    FileFacts,
    make_document,
    unread,
    used_places,
    with_removed,
)
from corpus.reading.markup_lines import Line
from corpus.reading.markup_outline import Outline
from corpus.reading.markup_references import entry_of
from corpus.reading.markup_source import (
    Element,
    MarkupSource,
    elements_of,
    local_name,
    plain_text,
)
from corpus.reading.markup_tables import table_drafts

MIN_SHARE = 0.5
"""An ``<article>`` is the article if it holds at least this share of the paragraphs' text."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p "
        "pre section summary table ul"
    ).split()
)
_LISTS = frozenset("ol ul menu".split())
_OWN_BLOCKS = _LISTS | {"table", "figure", "dl", "blockquote"}
"""Blocks inside a list item that are read behind its words."""


def read_html_page(
    content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
) -> Document:
    """Read an article from a saved page; nothing is fetched and no script is run.

    Args:
        content: the file's bytes, in the encoding that the page declares, else UTF-8.
        path: its name, for error messages.
        document_id: the id that quotations will carry.
        metadata: what is known about the article; None takes it from the page. A DOI or PMID that
            it lacks is taken from the page all the same.

    Raises:
        CorpusError: the page is in another encoding, is nested too deep, or holds no article text.
    """
    source = read_html(content, path)
    own = read_metadata(source)
    article = _find_article(source.root)
    reader = PageReader(source, article, Outline(), title=own.title)
    reader.read()
    if not reader.outline.has_body:
        raise CorpusError(
            f"{path} holds no article text outside navigation, forms and scripts; the page may "
            "build its text with a script: save it from the browser as a complete page"
        )
    known = metadata or replace(own, title=own.title or reader.title or path.stem)
    known = replace(known, doi=known.doi or own.doi, pmid=known.pmid or own.pmid)
    file = FileFacts(path, source.text, document_id, hashlib.sha256(content).hexdigest())
    document = make_document(reader.outline, file, known, reader.inline.removed)
    return with_removed(document, list(_left(document, source, article)))


def _find_article(root: Element) -> Element:
    """Find the element that holds the article: ``<article>``, the main part, or else the body."""
    body = next((e for e in root.iter() if local_name(e) == "body"), root)
    mains = [e for e in root.iter() if local_name(e) == "main" or e.get("role") == "main"]
    main = max(mains, key=_prose_chars, default=body)
    main = main if _prose_chars(main) else body
    articles = [e for e in main.iter() if local_name(e) == "article"]
    article = max(articles, key=_prose_chars, default=main)
    return article if _prose_chars(article) >= MIN_SHARE * _prose_chars(main) else main


def _prose_chars(element: Element) -> int:
    return sum(len(plain_text(e)) for e in element.iter() if local_name(e) in ("p", "li"))


def _left(document: Document, source: MarkupSource, article: Element) -> Iterator[Removed]:
    """Yield the text that is in no block, with the reason of the nearest element that has one."""
    used = used_places(document)
    reasons: dict[Element, str] = {}
    for element in source.root.iter():
        parent = element.getparent()
        above = reasons[parent] if parent is not None else "outside the article"
        if element is article:
            above = "not read"
        own = left_out(element)
        reasons[element] = own if own and (above in ("not read", "outside the article")) else above
        behind = "outside the article" if element is article else above
        for runs, reason in (
            (source.before.get(element, ()), reasons[element]),
            (source.behind.get(element, ()), behind),
        ):
            for run in runs:
                for left in unread(source.text, Span(run.start, run.end), used):
                    yield Removed(left, reason)


class PageReader:
    """Turns the elements of one article, or of a part of one, into blocks of an outline.

    Args:
        source: the page.
        article: what of it is read.
        outline: takes the blocks.
        title: of the article, "" where it is not known.
    """

    def __init__(
        self, source: MarkupSource, article: Element, outline: Outline, *, title: str = ""
    ) -> None:
        self.source = source
        self.article = article
        self.inline = make_inline(source)
        self.outline = outline
        self.title = ""
        self._known_title = _folded(title)
        self._containers = _holders_of_blocks(article)
        self._cited = linked_places(article)
        self._bibliographies = find_bibliographies(article, self._cited)

    def read(self) -> None:
        """Read the article; its title may stand in front of it."""
        if not any(local_name(e) == "h1" for e in self.article.iter()):
            heads = [e for e in self.source.root.iter() if local_name(e) == "h1"]
            for head in heads[:1] if not self._known_title else heads:
                if not self._known_title or _folded(plain_text(head)) == self._known_title:
                    self._take_title(head)
                    break
        self.flow(self.article)

    def _take_title(self, element: Element) -> None:
        line = self.inline.read(element)
        self.title = " ".join(line.text.split())
        self.outline.title(line)

    def flow(self, element: Element, kind: BlockKind | None = None, level: int = 0) -> None:
        """Read the children of a container; words directly inside it are a paragraph as well."""
        loose = Line(list(self.source.text_of(element)))
        for child in elements_of(element):
            if local_name(child) not in _BLOCKS and child not in self._containers:
                self._loose(child, loose)
            else:
                self._prose(loose, kind)
                loose = Line()
                if left_out(child) is None:
                    self._block(child, kind, level)
            loose.characters += self.source.tail_of(child)
        self._prose(loose, kind)

    def _loose(self, child: Element, line: Line) -> None:
        if (reason := left_out(child)) is not None:
            self.inline.leave_out(child, reason)
        else:
            line.extend(self.inline.read_whole(child, skip=lambda _: False, found=[]))

    def _prose(self, line: Line, kind: BlockKind | None) -> None:
        if not line.text.strip():
            return
        if self.outline.in_references:
            self._enter(line)
        elif kind is None:
            self.outline.prose(line)
        else:
            self.outline.add(Draft(kind, line))

    def _block(self, element: Element, kind: BlockKind | None, level: int) -> None:
        name = local_name(element)
        if name in HEADINGS:
            self._heading(element, HEADINGS[name])
        elif self._is_entry(element):
            self._entry(element)
        elif name in _LISTS:
            self._list(element, level)
        elif name == "dl":
            self._definitions(element)
        elif name == "table":
            self._table(element)
        elif name == "figure":
            self._figure(element)
        elif name in ("figcaption", "caption"):
            self.flow(element, BlockKind.CAPTION)
        elif element in self._containers:
            self.flow(element, kind, level)
        elif self.outline.in_references:
            self._entry(element)
        else:
            self._prose(self.inline.read(element), kind)

    def _heading(self, element: Element, level: int) -> None:
        text = _folded(plain_text(element))
        usual = layout.KNOWN_HEADING.fullmatch(" ".join(plain_text(element).split()))
        own = text == self._known_title if self._known_title else level == 1 and not usual
        if own and not self.outline.has_title and not self.outline.has_body:
            self._take_title(element)
        else:
            self.outline.heading(self.inline.read(element), level)

    # Lists

    def _list(self, element: Element, level: int) -> None:
        if element in self._bibliographies or self.outline.in_references:
            for child in elements_of(element):
                self._entry(child)
            return
        for child in elements_of(element):
            self._item(child, level)

    def _item(self, element: Element, level: int) -> None:
        """Read a list item: its own words first, then the lists and other blocks inside."""
        own, inner = Line(list(self.source.text_of(element))), list[Element]()
        for child in elements_of(element):
            if local_name(child) in _OWN_BLOCKS:
                inner.append(child)
            elif (reason := left_out(child)) is not None:
                self.inline.leave_out(child, reason)
            else:
                own.extend(self.inline.read_whole(child, skip=_is_own_block, found=inner))
            own.characters += self.source.tail_of(child)
        if own.text.strip():
            self.outline.add(Draft(BlockKind.LIST_ITEM, own, level))
        for child in inner:
            if left_out(child) is None:
                self._block(child, None, level + 1)

    def _definitions(self, element: Element) -> None:
        """Read terms with their definitions, as list items ``term: definition``."""
        if self.outline.in_references:
            self._labelled_entries(element)
            return
        line = Line()
        for child in (*_pairs(element), None):
            if child is not None and local_name(child) != "dt":
                line.supply(" " if line.characters else "")
                line.extend(self.inline.read(child))
                continue
            if line.text.strip(" :"):
                self.outline.add(Draft(BlockKind.LIST_ITEM, line))
            line = self.inline.read(child) if child is not None else Line()
            line.supply("" if line.text.rstrip().endswith(":") else ":")

    def _labelled_entries(self, element: Element) -> None:
        """Read a bibliography whose terms are the entries' numbers."""
        label = Line()
        for child in _pairs(element):
            line = label if local_name(child) == "dd" else Line()
            line.supply(" " if line.characters else "")
            line.extend(self.inline.read(child))
            label = line
            if local_name(child) == "dd" and line.text.strip():
                self._enter(line, child)
                label = Line()

    # References

    def _is_entry(self, element: Element) -> bool:
        """Tell whether a container in the bibliography is one entry: a citation leads to it."""
        if not self.outline.in_references or element.get("id") not in self._cited:
            return False
        below = (e.get("id") for e in element.iterdescendants() if local_name(e) in _BLOCKS)
        return not any(place in self._cited for place in below if place)

    def _entry(self, element: Element) -> None:
        stubs: list[Element] = []
        line = self.inline.read(element, skip=is_stub_link, found=stubs)
        if not line.text.strip():
            return
        for stub in stubs:
            self.inline.leave_out(stub, "link stub")
        self._enter(line, element)

    def _enter(self, line: Line, element: Element | None = None) -> None:
        entry = entry_of(
            line,
            place=len(self.outline.entries) + 1,
            removed=self.inline.removed,
            ids=ids_of(element) if element is not None else (),
            links=links_of(element) if element is not None else (),
        )
        self.outline.entry(entry)

    # Figures and tables

    def _figure(self, element: Element) -> None:
        """Read a figure or a table with its caption; words behind a table are its notes."""
        holds_table = any(local_name(e) == "table" for e in element.iterdescendants())
        number = self.outline.tables if holds_table else None
        for child in elements_of(element):
            is_note = number is not None and self.outline.tables > number
            kind = BlockKind.TABLE_NOTE if is_note else BlockKind.CAPTION
            if local_name(child) == "figcaption":
                self._beside_table(child, BlockKind.CAPTION, number)
            elif left_out(child) is None:
                self._beside_table(child, kind, number)

    def _beside_table(self, element: Element, kind: BlockKind, table: int | None) -> None:
        first = len(self.outline.parts[-1].drafts)
        self._block(element, kind, 0)
        for draft in self.outline.parts[-1].drafts[first:]:
            if draft.table is None and draft.kind is kind:
                draft.table = table

    def _table(self, element: Element) -> None:
        number = self.outline.tables
        for child in elements_of(element):
            if local_name(child) == "caption":
                self._beside_table(child, BlockKind.CAPTION, number)
        drafts = list(table_drafts(element, number, self.inline.read))
        for draft in drafts:
            self.outline.add(draft)
        self.outline.tables += bool(drafts)


def _is_own_block(element: Element) -> bool:
    return local_name(element) in _OWN_BLOCKS


def _pairs(element: Element) -> Iterator[Element]:
    """Yield the terms and definitions of a list, also those in a ``<div>`` for each pair."""
    for child in elements_of(element):
        if local_name(child) == "div":
            yield from elements_of(child)
        else:
            yield child


def _folded(text: str) -> str:
    """Return a title without case, spaces and punctuation, for comparing."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _holders_of_blocks(article: Element) -> set[Element]:
    """Find the elements that have a block somewhere below them."""
    holders: set[Element] = set()
    for element in article.iter():
        above = element.getparent()
        if local_name(element) in _BLOCKS:
            while above is not None and above not in holders:
                holders.add(above)
                above = above.getparent()
    return holders
