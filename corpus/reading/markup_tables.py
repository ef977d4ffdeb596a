"""Tables of a marked-up article: rows whose cells know the columns that they cover."""

from collections.abc import Callable, Iterator

from corpus.document import BlockKind
from corpus.reading.markup_compose import Cell, Draft
from corpus.reading.markup_lines import Line
from corpus.reading.markup_source import Element, elements_of, find, local_name

MAX_SPAN = 100
"""A wider ``colspan`` or deeper ``rowspan`` is taken for this many: no printed table has more."""


def table_drafts(table: Element, number: int, read: Callable[[Element], Line]) -> Iterator[Draft]:
    """Turn a ``<table>`` into a block a row.

    A cell is listed for each column that it covers, and in the rows below that it reaches into;
    one that covers a whole row (a heading inside the table) is listed once. Header rows are those
    of the ``thead``, or without one the first rows that hold nothing but ``th``.
    """
    rows = [row for row in table.iter() if local_name(row) == "tr" and _owner(row) is table]
    has_head = find(table, "thead") is not None
    width = max((sum(_count(cell, "colspan") for cell in elements_of(row)) for row in rows),
                default=0)  # fmt: skip
    reaching: dict[int, tuple[Cell, int]] = {}  # column -> a cell from above, rows left
    in_head = True
    for row in rows:
        own = list(elements_of(row))
        in_head = in_head and (
            _is_in_head(row) if has_head else all(local_name(cell) == "th" for cell in own)
        )
        cells, reaching = _row(own, reaching, width, read)
        kind = BlockKind.TABLE_HEADER if in_head else BlockKind.TABLE_ROW
        yield Draft(kind, table=number, cells=cells)


def _row(
    own: list[Element],
    reaching: dict[int, tuple[Cell, int]],
    width: int,
    read: Callable[[Element], Line],
) -> tuple[list[Cell], dict[int, tuple[Cell, int]]]:
    cells: list[Cell] = []
    below: dict[int, tuple[Cell, int]] = {}
    column = 0
    waiting = list(own)
    while waiting or column in reaching:
        if column in reaching:
            above, rows_left = reaching[column]
            cells.append(Cell(above.line, (column,), from_above=above))
            if rows_left > 1:
                below[column] = (above, rows_left - 1)
            column += 1
            continue
        element = waiting.pop(0)
        covered = tuple(range(column, column + _count(element, "colspan")))
        whole = len(own) == 1 and len(covered) >= width > 1
        cell = Cell(read(element), covered[:1] if whole else covered)
        cells.append(cell)
        if (rows := _count(element, "rowspan")) > 1:
            below |= {place: (cell, rows - 1) for place in covered}
        column += len(covered)
    return cells, below


def _count(cell: Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() else 1


def _is_in_head(row: Element) -> bool:
    return any(local_name(above) == "thead" for above in row.iterancestors())


def _owner(row: Element) -> Element | None:
    return next((above for above in row.iterancestors() if local_name(above) == "table"), None)
