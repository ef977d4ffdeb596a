"""A whole document as readable HTML in which every character can be found by its offset.

Each element that holds text of the document says which range it holds (``data-start``,
``data-end``); only the tabs between table cells and the breaks between blocks have no element.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from corpus.document import Block, BlockKind, Document, Reference
from qa.web.citing import Citing, sentences_by_reference
from qa.web.inline import Line, make_line
from qa.web.statements import statements_without_reference
from qa.web.templating import render


@dataclass(frozen=True, slots=True)
class Item:
    """A list item with the items nested below it."""

    line: Line
    children: list["Item"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``header`` is empty where the document prints none, rows may differ in length.

    Cells stand in their columns; None is an empty one.
    """

    number: int
    header: tuple[Line | None, ...]
    rows: tuple[tuple[Line | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A bibliography entry with the sentences that cite it."""

    reference: Reference
    line: Line
    cited_by: tuple[Citing, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring blocks that are shown as one; ``kind`` names the macro of the template."""

    kind: str
    line: Line | None = None
    items: tuple[Item, ...] = ()
    table: Table | None = None
    entries: tuple[Entry, ...] = ()


_TABLE_KINDS = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
_GROUPED = {BlockKind.LIST_ITEM: "list", BlockKind.REFERENCE: "references"} | dict.fromkeys(
    _TABLE_KINDS, "table"
)


def render_articles(documents: Iterable[Document], *, of_more: bool = False) -> str:
    """Render documents for the reading pane; the first one is shown, the others are hidden.

    Args:
        documents: those that the pane holds.
        of_more: the library has others, which the page asks for when it needs them.
    """
    views = [
        {
            "document": document,
            "sections": _sections(document),
            "statements": statements_without_reference(document),
        }
        for document in documents
    ]
    return render("articles.html", articles=views, of_more=of_more)


def nest_items(items: Iterable[tuple[int, Line]]) -> tuple[Item, ...]:
    """Nest list items by their levels.

    Args:
        items: level and line of each item, in text order; a level may be skipped.
    """
    outer: list[Item] = []
    open_lists: list[tuple[int, list[Item]]] = [(-1, outer)]
    for level, line in items:
        while level <= open_lists[-1][0]:
            open_lists.pop()
        item = Item(line)
        open_lists[-1][1].append(item)
        open_lists.append((level, item.children))
    return tuple(outer)


def _sections(document: Document) -> list[dict[str, object]]:
    entries = _entries(document)
    return [
        {
            "title": document.sections[number].title,
            "parts": list(_parts(document, blocks, entries)),
        }
        for number, blocks in groupby(document.blocks, key=lambda block: block.section)
    ]


def _parts(
    document: Document, blocks: Iterable[Block], entries: dict[int, Entry]
) -> Iterator[Part]:
    for (kind, table), group in groupby(blocks, key=lambda block: (_kind(block), block.table)):
        members = list(group)
        if kind == "list":
            levels = [(block.level, make_line(document, block.span)) for block in members]
            yield Part(kind, items=nest_items(levels))
        elif kind == "table":
            yield Part(kind, table=_table(document, table or 0, members))
        elif kind == "references":
            yield Part(kind, entries=tuple(entries[block.span.start] for block in members))
        else:
            yield from (Part(kind, line=make_line(document, block.span)) for block in members)


def _kind(block: Block) -> str:
    return _GROUPED.get(block.kind, block.kind.value)


def _table(document: Document, number: int, blocks: Sequence[Block]) -> Table:
    header = next((block for block in blocks if block.kind is BlockKind.TABLE_HEADER), None)
    rows = [block for block in blocks if block is not header]
    return Table(
        number=number + 1,
        header=_cells(document, header) if header else (),
        rows=tuple(_cells(document, row) for row in rows),
    )


def _cells(document: Document, row: Block) -> tuple[Line | None, ...]:
    cells = row.cells or (row.span,)
    columns = row.columns or tuple(range(len(cells)))
    lines = {column: make_line(document, cell) for column, cell in zip(columns, cells, strict=True)}
    return tuple(lines.get(column) for column in range(max(columns) + 1))


def _entries(document: Document) -> dict[int, Entry]:
    """Return the bibliography entries by the offset of their first character."""
    citing = sentences_by_reference(document)
    return {
        reference.span.start: Entry(
            reference, make_line(document, reference.span), citing.get(reference.number, ())
        )
        for reference in document.references
    }
