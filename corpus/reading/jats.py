"""Read a JATS article (PubMed Central, eLife, PLOS and others) into a `Document`.

Owns the order of the blocks and what each element becomes; characters are read by `markup_inline`,
written by `markup_compose`. Figures, tables, boxes and footnotes that are anchored in a paragraph
follow it, so that no sentence is torn. Each character of the file's text is in a block or in
`Document.removed`; what no rule knows is there with the reason "not read".
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.bibliography import resolved_markers
from corpus.document import BlockKind, CorpusError, Document, Metadata, Removed, Span
from corpus.reading.jats_front import front_drafts, read_metadata
from corpus.reading.jats_inline import FLOATS, LEFT_OUT, make_inline
from corpus.reading.jats_references import (
    in_sub_article,
    make_reference,
    number_refs,
    read_ref,
    target_of,
)
from corpus.reading.markup_compose import Composer, Draft, Part
from corpus.reading.markup_lines import Line
from corpus.reading.markup_source import (
    Element,
    MarkupSource,
    elements_of,
    find,
    find_child,
    local_name,
)
from corpus.reading.markup_tables import table_drafts
from corpus.reading.xml_source import read_xml

FRONT_TITLE = "Article information"
ABSTRACT_TITLE = "Abstract"
TEXT_TITLE = "Text"
FLOATS_TITLE = "Figures and tables"
BACK_TITLES = {
    "ack": "Acknowledgements",
    "app": "Appendix",
    "app-group": "Appendices",
    "bio": "Biography",
    "fn-group": "Footnotes",
    "glossary": "Glossary",
    "notes": "Notes",
    "ref-list": "References",
    "sec": "Declarations",
}
"""Sections of the back matter that may have no title of their own."""

_PROSE = frozenset("p attrib verse-line preformat mixed-citation disp-formula".split())
_PARTING = frozenset(
    "list def-list disp-quote verse-group preformat table speech statement".split()
)
"""Blocks inside a paragraph that part it in two."""
_OWN_MATTER = frozenset("ack notes bio sec".split())
"""Parts of the back matter in which the article speaks of itself."""
_SECTIONS = frozenset(("sec", "abstract", "trans-abstract", *BACK_TITLES))
_CAPTIONED = FLOATS - {"fn", "boxed-text"}
_HEADS = frozenset("label title caption".split())


def read_jats(
    content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
) -> Document:
    """Read an article from JATS XML.

    Args:
        content: the file's bytes.
        path: its name, for error messages.
        document_id: the id that quotations will carry.
        metadata: what is known about the article; None takes it from the file. Identifiers that it
            lacks are taken from the file all the same.

    Raises:
        CorpusError: the file is no well-formed JATS article, holds no text, or needs entities.
    """
    source = read_xml(content, path)
    article = _find_article(source, path)
    own = read_metadata(article)
    known = own if metadata is None else _with_identifiers(metadata, own)
    if not known.title:
        known = replace(known, title=path.stem)
    return _Reader(source, article).read(
        document_id, known, hashlib.sha256(content).hexdigest(), path
    )


def _with_identifiers(metadata: Metadata, own: Metadata) -> Metadata:
    return replace(
        metadata,
        doi=metadata.doi or own.doi,
        pmid=metadata.pmid or own.pmid,
        pmcid=metadata.pmcid or own.pmcid,
    )


def _find_article(source: MarkupSource, path: Path) -> Element:
    """Find the one article of a file; archives wrap it in an envelope."""
    articles = [found for found in source.root.iter() if local_name(found) == "article"]
    articles = [found for found in articles if find(found, "article-meta") is not None]
    if not articles:
        raise CorpusError(
            f"{path} is not a JATS article: <{local_name(source.root)}> holds no <article> with "
            "<article-meta>; give the article's full text XML"
        )
    if len(articles) > 1:
        raise CorpusError(f"{path} holds {len(articles)} articles; give one file for each")
    return articles[0]


class _Reader:
    """Turns the elements of one article into sections of drafts."""

    def __init__(self, source: MarkupSource, article: Element) -> None:
        self.source = source
        self.article = article
        self.inline = make_inline(source)
        self.parts: list[Part] = []
        self.refs: list[Element] = []
        self.tables = 0

    def read(self, document_id: str, metadata: Metadata, sha256: str, path: Path) -> Document:
        numbers = number_refs(self.article)
        self.parts.append(Part(FRONT_TITLE, list(front_drafts(self.article, self.inline))))
        for child in self.article.iter():
            if local_name(child) in ("abstract", "trans-abstract"):
                self._abstract(child)
        for child in elements_of(self.article):
            name = local_name(child)
            if name in ("body", "back"):
                self.parts.append(Part(TEXT_TITLE))
                self._flow(child, BlockKind.PARAGRAPH)
            elif name == "floats-group":
                self.parts.append(Part(FLOATS_TITLE))
                self._flow(child, BlockKind.PARAGRAPH)
            elif name in LEFT_OUT:
                self.inline.leave_out(child, LEFT_OUT[name])
        composer = Composer(self.source.text, numbers)
        composer.write(self.parts)
        if not any(part.drafts for part in self.parts[1:]):
            raise CorpusError(
                f"{path} holds no abstract and no body: it is a record about an article; give the "
                "full text XML"
            )
        return self._document(composer, numbers, document_id, metadata, sha256)

    def _document(
        self,
        composer: Composer,
        numbers: dict[str, int],
        document_id: str,
        metadata: Metadata,
        sha256: str,
    ) -> Document:
        text = composer.text
        by_start = {block.span.start: block for block in composer.blocks}
        references = []
        for place, ref in enumerate(self.refs, start=1):
            target = target_of(ref, place)
            if target not in composer.entries:
                continue
            block = by_start[composer.entries[target].start]
            start = min(piece.source.start for piece in block.pieces)
            raw = self.source.text[start : max(piece.source.end for piece in block.pieces)]
            entry = text[block.span.start : block.span.end]
            number = numbers[target]
            references.append(make_reference(ref, number=number, block=block, text=entry, raw=raw))
        markers = resolved_markers(composer.markers, references)
        return Document(
            id=document_id,
            metadata=metadata,
            text=text,
            sections=tuple(composer.sections),
            blocks=tuple(composer.blocks),
            references=tuple(sorted(references, key=lambda reference: reference.number)),
            markers=tuple(sorted(markers, key=lambda marker: marker.span)),
            removed=tuple(sorted(self._removed(composer), key=lambda item: item.source)),
            source_sha256=sha256,
            source=self.source.text,
            supplied=tuple(composer.supplied),
        )

    def _removed(self, composer: Composer) -> Iterator[Removed]:
        """Yield what was left out, and what no rule has read."""
        yield from self.inline.removed
        used = bytearray(len(self.source.text) + 1)
        stretches = [piece.source for block in composer.blocks for piece in block.pieces]
        for stretch in (*stretches, *(removed.source for removed in self.inline.removed)):
            used[stretch.start : stretch.end] = b"\x01" * (stretch.end - stretch.start)
        main = set(self.article.iter())
        for element in self.source.root.iter():
            if not isinstance(element.tag, str):
                continue
            parent = element.getparent()
            for characters, holder in (
                (self.source.text_of(element), element),
                (self.source.tail_of(element), element if parent is None else parent),
            ):
                left = [
                    character.source
                    for character in characters
                    if character.source
                    and not used[character.source.start]
                    and not character.text.isspace()
                ]
                if left:
                    reason = "front matter" if self._is_front(holder, main) else "not read"
                    yield Removed(Span(left[0].start, left[-1].end), reason)

    def _is_front(self, element: Element, main: set[Element]) -> bool:
        if element not in main:
            return True
        names = {local_name(element), *(local_name(above) for above in element.iterancestors())}
        return "front" in names or not names & {"body", "back", "floats-group"}

    # Sections

    def _abstract(self, abstract: Element) -> None:
        """Read an abstract as one section; the titles of its parts are headings inside it."""
        if in_sub_article(abstract):
            return
        self.parts.append(Part(self._shown_title(abstract).rstrip(":") or ABSTRACT_TITLE))
        self._flow(abstract, BlockKind.PARAGRAPH, nested=True)

    def _section(self, section: Element, kind: BlockKind) -> None:
        name = local_name(section)
        before = self.parts[-1].title
        parent = section.getparent()
        if parent is not None and local_name(parent) == "back" and name in _OWN_MATTER:
            kind = BlockKind.END_MATTER
        shown = self._shown_title(section)
        if shown or name != "sec" or kind is BlockKind.END_MATTER:
            self.parts.append(Part(shown.rstrip(":") or BACK_TITLES.get(name, before)))
        self._flow(section, kind)

    def _shown_title(self, element: Element) -> str:
        title = find_child(element, "title")
        return " ".join(self.inline.read(title).text.split()) if title is not None else ""

    # Blocks

    def _add(self, draft: Draft) -> None:
        self.parts[-1].drafts.append(draft)

    def _flow(
        self, element: Element, kind: BlockKind, *, nested: bool = False, level: int = 0
    ) -> None:
        """Read the children of a container; text directly inside it becomes a block as well."""
        home = self.parts[-1].title
        self._loose(Line(list(self.source.text_of(element))), kind)
        label: Line | None = None
        for child in elements_of(element):
            name = local_name(child)
            if name == "label" and find_child(element, "title") is not None:
                label = self.inline.read(child)
            elif name == "title":
                self._title(child, label)
            elif name in _SECTIONS and not nested:
                self._section(child, kind)
            else:
                if self.parts[-1].title != home and not self._is_section(element):
                    self.parts.append(Part(home))
                self._block(child, kind, nested=nested, level=level)
            self._loose(Line(list(self.source.tail_of(child))), kind)

    def _is_section(self, element: Element) -> bool:
        return not any(local_name(child) in _SECTIONS for child in elements_of(element))

    def _loose(self, line: Line, kind: BlockKind) -> None:
        if line.text.strip():
            self._add(Draft(kind, line))

    def _title(self, title: Element, label: Line | None) -> None:
        notes: list[Element] = []
        line = label or Line()
        line.supply(" " if label else "")
        line.extend(self.inline.read(title, skip=_is_float, found=notes))
        self._add(Draft(BlockKind.HEADING, line))
        self._floats(notes)

    def _block(self, element: Element, kind: BlockKind, *, nested: bool, level: int) -> None:
        name = local_name(element)
        if name in LEFT_OUT:
            self.inline.leave_out(element, LEFT_OUT[name])
        elif name in _PROSE:
            self._paragraph(element, kind, level)
        elif name == "list":
            self._list(element, level)
        elif name == "def-list":
            self._definitions(element)
        elif name == "ref":
            self.refs.append(element)
            target = target_of(element, len(self.refs))
            self._add(Draft(BlockKind.REFERENCE, read_ref(element, self.inline), target=target))
        elif name in ("fn", "fn-group") or name in FLOATS or name == "table":
            self._floats([element])
        elif (nested and name in _SECTIONS) or _holds_blocks(element):
            self._flow(element, kind, nested=nested, level=level)
        else:
            self._paragraph(element, kind, level)

    def _paragraph(self, element: Element, kind: BlockKind, level: int = 0) -> None:
        """Read a paragraph; a list inside parts it, a float inside follows it."""
        floats: list[Element] = []
        for part in self._parted(element, floats):
            if isinstance(part, Line):
                self._loose(part, kind)
            else:
                self._block(part, kind, nested=True, level=level)
        self._floats(floats)

    def _parted(self, element: Element, floats: list[Element]) -> Iterator[Line | Element]:
        """Yield the lines of a paragraph and the blocks between them, in order."""
        parting = [child for child in elements_of(element) if local_name(child) in _PARTING]
        if not parting:
            yield self.inline.read(element, skip=_is_float, found=floats)
            return
        line = Line(list(self.source.text_of(element)))
        for child in elements_of(element):
            if child in parting:
                yield line
                yield child
                line = Line()
            elif _is_float(child):
                floats.append(child)
            else:
                line.extend(self.inline.read_whole(child, skip=_is_float, found=floats))
            line.characters += self.source.tail_of(child)
        yield line

    def _list(self, element: Element, level: int) -> None:
        for child in elements_of(element):
            if local_name(child) != "list-item":
                self._paragraph(child, BlockKind.PARAGRAPH)
                continue
            line, inner, floats = Line(), [], list[Element]()
            for part in elements_of(child):
                name = local_name(part)
                if name == "label":
                    self.inline.leave_out(part, "list bullet")
                elif name in _PARTING:
                    inner.append(part)
                else:
                    line.supply(" " if line.characters else "")
                    for piece in self._parted(part, floats):
                        if isinstance(piece, Line):
                            line.extend(piece)
                        else:
                            inner.append(piece)
            self._add(Draft(BlockKind.LIST_ITEM, line, level))
            for block in inner:
                self._block(block, BlockKind.PARAGRAPH, nested=True, level=level + 1)
            self._floats(floats)

    def _definitions(self, element: Element) -> None:
        for child in elements_of(element):
            if local_name(child) != "def-item":
                kind = BlockKind.HEADING if local_name(child) == "title" else BlockKind.PARAGRAPH
                self._paragraph(child, kind)
                continue
            line = Line()
            for part in elements_of(child):
                line.supply(": " if line.text.strip() else "")
                line.extend(self.inline.read(part))
            self._add(Draft(BlockKind.LIST_ITEM, line))

    # Figures, tables, boxes, footnotes

    def _floats(self, elements: list[Element]) -> None:
        for element in elements:
            name = local_name(element)
            if name == "table":
                self._table(element)
            elif name in ("fn", "fn-group"):
                self._notes(element, BlockKind.FOOTNOTE, None)
            elif name == "boxed-text":
                self._box(element)
            else:
                self._captioned(element)

    def _box(self, box: Element) -> None:
        self._heads(box, BlockKind.HEADING)
        for child in elements_of(box):
            if local_name(child) == "sec":
                self._flow(child, BlockKind.PARAGRAPH, nested=True)
            elif local_name(child) not in _HEADS:
                self._block(child, BlockKind.PARAGRAPH, nested=True, level=0)

    def _captioned(self, element: Element) -> None:
        """Read a figure, table or file: its label and caption, then what it holds."""
        number = None if find(element, "table") is None else self.tables
        self._heads(element, BlockKind.CAPTION, table=number)
        for child in elements_of(element):
            name = local_name(child)
            if name in _HEADS:
                continue
            if name in LEFT_OUT:
                self.inline.leave_out(child, LEFT_OUT[name])
            elif name == "table":
                self._table(child)
            elif name == "table-wrap-foot":
                self._notes(child, BlockKind.TABLE_NOTE, max(0, self.tables - 1))
            elif name == "alternatives" or name in _CAPTIONED:
                self._captioned(child)
            else:
                self._block(child, BlockKind.CAPTION, nested=True, level=0)

    def _heads(self, element: Element, kind: BlockKind, *, table: int | None = None) -> None:
        """Write label and title as one block, each paragraph of the caption as another."""
        head, paragraphs, floats = Line(), [], list[Element]()
        found = [child for child in elements_of(element) if local_name(child) in _HEADS]
        for child in found:
            inside = list(elements_of(child)) if local_name(child) == "caption" else [child]
            for part in inside:
                if local_name(part) in ("label", "title"):
                    head.supply(" " if head.characters else "")
                    head.extend(self.inline.read(part, skip=_is_float, found=floats))
                else:
                    paragraphs.append(part)
            if local_name(child) == "caption":
                self._loose(Line(list(self.source.text_of(child))), kind)
        titled = any(local_name(part) == "title" for child in found for part in child.iter())
        if paragraphs and not titled and local_name(paragraphs[0]) == "p":
            head.supply(" " if head.characters else "")
            head.extend(self.inline.read(paragraphs.pop(0), skip=_is_float, found=floats))
        if head.text.strip():
            self._add(Draft(kind, head, table=table))
        kind = BlockKind.CAPTION if kind is BlockKind.CAPTION else BlockKind.PARAGRAPH
        for part in paragraphs:
            self._block(part, kind, nested=True, level=0)
        self._floats(floats)

    def _table(self, table: Element) -> None:
        for draft in table_drafts(table, self.tables, self.inline.read):
            self._add(draft)
        for child in elements_of(table):
            if local_name(child) == "caption":
                self._paragraph(child, BlockKind.CAPTION)
        self.tables += 1

    def _notes(self, element: Element, kind: BlockKind, table: int | None) -> None:
        """Read footnotes: one block a paragraph, the mark in front of the first."""
        if local_name(element) in ("p", "attrib"):
            self._add(Draft(kind, self.inline.read(element), table=table))
            return
        mark = Line()
        for child in elements_of(element):
            name = local_name(child)
            if name == "label":
                mark = self.inline.read(child)
            elif name == "title":
                self._add(Draft(BlockKind.HEADING, self.inline.read(child)))
            elif name in ("fn", "fn-group", "table-wrap-foot"):
                self._notes(child, kind, table)
            elif name in LEFT_OUT:
                self.inline.leave_out(child, LEFT_OUT[name])
            elif name in _PROSE:
                mark.supply(" " if mark.characters else "")
                mark.extend(self.inline.read(child))
                self._add(Draft(kind, mark, table=table))
                mark = Line()
            else:
                self._block(child, kind, nested=True, level=0)


def _is_float(element: Element) -> bool:
    return local_name(element) in FLOATS


def _holds_blocks(element: Element) -> bool:
    """Tell whether an element is a container: has paragraphs, lists, floats or entries inside."""
    names = {local_name(child) for child in elements_of(element)}
    return bool(names & (_PROSE | _PARTING | FLOATS | _SECTIONS | {"title", "ref", "fn"}))
