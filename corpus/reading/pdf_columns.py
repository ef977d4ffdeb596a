"""The order in which the strips of a page are read, and which of them belong to the page itself.

Owns running headers, footers and page numbers (found by comparing pages) and the columns: strips
that reach over a gutter part the page into bands, and within a band the left column comes first.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from corpus.reading.layout import PAGE_NUMBER
from corpus.reading.pdf_lines import Strip, cluster_rows
from corpus.reading.pdf_tables import Grid

EDGE_ROWS = 3
"""Running headers and footers stand in this many rows from the top or bottom of the page."""
SAME_HEIGHT = 4.0
"""Points by which a running header may move from page to page."""
MIN_COLUMN_LINES = 4
MIN_COLUMN_CHARS = 18
"""A column of prose has lines of this length or more (the median); shorter ones are cells."""
MIN_COLUMN_FILL = 0.5
"""And they fill this share of the column."""

Item = Strip | Grid
"""What a column is made of."""


@dataclass(frozen=True, slots=True)
class Column:
    """A part of a page that is read from top to bottom.

    Attributes:
        items: in reading order.
        left, right: its edges, of most of its lines; an indented line begins behind ``left``.
    """

    items: tuple[Item, ...]
    left: float
    right: float


# ---- running headers, footers, page numbers ------------------------------------------------------


def find_furniture(pages: Sequence[Sequence[Strip]]) -> list[dict[Strip, str]]:
    """Find what belongs to the page, not to the article: for each page, strips with the reason.

    A strip near the edge is a running header or footer if another page has the same there, numbers
    apart, or if it has a number that counts up with the pages.
    """
    edges = [_edge_rows(cluster_rows(strips)) for strips in pages]
    heights: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for number, rows in enumerate(edges):
        for edge, row in rows:
            for strip in row:
                heights[edge, _without_numbers(strip.text)][number] = strip.baseline

    def is_repeated(number: int, edge: str, strip: Strip) -> bool:
        others = heights[edge, _without_numbers(strip.text)]
        return any(
            other != number and abs(height - strip.baseline) <= SAME_HEIGHT
            for other, height in others.items()
        )

    counted = _counted_rows(edges)
    found: list[dict[Strip, str]] = []
    for number, rows in enumerate(edges):
        found.append({})
        for edge, row in rows:
            lone = len(row) == 1 and len(pages) == 1 and PAGE_NUMBER.fullmatch(row[0].text)
            repeated = all(is_repeated(number, edge, strip) for strip in row)
            if lone or repeated or (number, row[0]) in counted:
                found[-1] |= {strip: _reason(edge, strip) for strip in row}
    return found


def _counted_rows(edges: Sequence[list[tuple[str, list[Strip]]]]) -> set[tuple[int, Strip]]:
    """Find the outermost rows that begin or end with a number that counts up with the pages.

    So the names of authors and of the article above left and right pages are found.
    """
    numbered: defaultdict[tuple[str, int], list[tuple[int, Strip]]] = defaultdict(list)
    for number, rows in enumerate(edges):
        for edge, row in (rows[:1] + rows[-1:]) if rows else ():
            words = " ".join(strip.text for strip in row).split()
            for printed in {int(w) for w in (words[0], words[-1]) if re.fullmatch(r"\d{1,5}", w)}:
                numbered[edge, printed - number].append((number, row[0]))
    return {
        found
        for alike in numbered.values()
        if len(alike) > 1 and len(alike) >= 0.3 * len(edges)
        for found in alike
    }


def _edge_rows(rows: list[list[Strip]]) -> list[tuple[str, list[Strip]]]:
    count = min(EDGE_ROWS, (len(rows) + 1) // 2)
    top = [("header", row) for row in rows[:count]]
    return top + [("footer", row) for row in rows[max(count, len(rows) - EDGE_ROWS) :]]


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _reason(edge: str, strip: Strip) -> str:
    is_number = PAGE_NUMBER.fullmatch(strip.text.strip(" -–—|•"))
    return "page number" if is_number else f"running {edge}"


# ---- columns -------------------------------------------------------------------------------------


def find_gutter(strips: Sequence[Strip]) -> float | None:
    """Find where a right-hand column begins, or None where the strips stand in one column."""
    if len(strips) < 2 * MIN_COLUMN_LINES:
        return None
    first = min(strip.left for strip in strips)
    width = max(strip.right for strip in strips) - first
    starts = Counter(2 * round(strip.left / 2) for strip in strips)
    least = max(MIN_COLUMN_LINES, 0.08 * len(strips))
    edges = [x for x, count in starts.items() if count >= least and x > first + 0.15 * width]
    scored = [(score, x) for x in edges if (score := _column_score(strips, x - 2.0)) > 0]
    return max(scored)[1] - 2.0 if scored else None


def _column_score(strips: Sequence[Strip], x: float) -> int:
    """Count the strips that stand in columns left and right of ``x``; 0 if these are none."""
    left = [strip for strip in strips if strip.right <= x]
    right = [strip for strip in strips if strip.left >= x]
    if min(len(left), len(right)) < MIN_COLUMN_LINES or _beside(left, right) < MIN_COLUMN_LINES:
        return 0
    top, bottom = max(s.top for s in right), min(s.bottom for s in right)
    across = [s for s in strips if s.left < x < s.right and bottom < s.baseline < top]
    if _beside(across, [*left, *right]) > 0.1 * (len(left) + len(right)):
        return 0
    prose = [_is_prose(side) for side in (left, right)]
    if not any(prose) or (not all(prose) and _aligned(left, right) > 0.6):
        return 0
    return len(left) + len(right)


def _beside(some: Sequence[Strip], others: Sequence[Strip]) -> int:
    """Count the strips of ``some`` that have one of the others at their own height."""
    return sum(
        any(strip.bottom < other.top and other.bottom < strip.top for other in others)
        for strip in some
    )


def _is_prose(strips: Sequence[Strip]) -> bool:
    width = max(strip.right for strip in strips) - min(strip.left for strip in strips)
    usual = median(strip.right - strip.left for strip in strips)
    chars = median(len(strip.text) for strip in strips)
    return chars >= MIN_COLUMN_CHARS and usual >= MIN_COLUMN_FILL * width


def _aligned(left: Sequence[Strip], right: Sequence[Strip]) -> float:
    """Return the share of the fewer strips that have a partner on their own baseline, in [0, 1]."""
    few, many = sorted((left, right), key=len)
    baselines = {round(strip.baseline) for strip in many}
    return sum(round(strip.baseline) in baselines for strip in few) / len(few)


def order_columns(items: Sequence[Item], gutters: Sequence[float] = ()) -> list[Column]:
    """Put the items of a page into columns, in reading order.

    Args:
        items: strips and tables.
        gutters: where right-hand columns begin on other pages; used where this page shows none.
    """
    strips = [item for item in items if isinstance(item, Strip)]
    found = find_gutter(strips)
    usual = (x for x in gutters if found is None and _fits(strips, x))
    gutter = found if found is not None else next(usual, None)
    if gutter is None:
        return [_column(items)] if items else []
    columns: list[Column] = []
    band: list[Item] = []
    across: list[Item] = []
    sides = _side_columns(strips, gutter)

    def close_band() -> None:
        columns.extend(_band_columns(band, gutter, sides))
        band.clear()

    for item in sorted(items, key=lambda item: -item.top):
        if _is_across(item, gutter, strips) or _ends_across(item, across, strips):
            close_band()
            across.append(item)
        else:
            if across:
                columns.append(_column(across))
                across = []
            band.append(item)
    close_band()
    if across:
        columns.append(_column(across))
    return columns


def _is_across(item: Item, gutter: float, strips: Sequence[Strip]) -> bool:
    """Tell whether an item reaches over the gutter; an overlong line of a column does not part."""
    if not item.left < gutter < item.right:
        return False
    others = [s for s in strips if not s.left < gutter < s.right]
    return not isinstance(item, Strip) or not _beside([item], others)


def _ends_across(item: Item, across: Sequence[Item], strips: Sequence[Strip]) -> bool:
    """Tell whether an item is the short last line of a paragraph that reaches over the gutter."""
    above = across[-1] if across else None
    if not isinstance(item, Strip) or not isinstance(above, Strip):
        return False
    follows = 0 < above.baseline - item.baseline < 1.5 * item.size
    alike = abs(above.size - item.size) < 0.5 and abs(above.left - item.left) < 2
    return follows and alike and not _beside([item], [s for s in strips if s is not item])


def _fits(strips: Sequence[Strip], x: float) -> bool:
    """Tell whether a page without columns of its own has a line that begins where others do."""
    return any(abs(strip.left - x - 2) < 2 for strip in strips) and not _beside(
        [strip for strip in strips if strip.left < x < strip.right],
        [strip for strip in strips if not strip.left < x < strip.right],
    )


def _side_columns(strips: Sequence[Strip], gutter: float) -> tuple[Column, Column] | None:
    """Measure the two columns over the whole page."""
    left = [strip for strip in strips if strip.right <= gutter]
    right = [strip for strip in strips if strip.left >= gutter]
    return (_column(left), _column(right)) if left and right else None


def _band_columns(
    band: Sequence[Item], gutter: float, sides: tuple[Column, Column] | None
) -> list[Column]:
    columns: list[Column] = []
    for position in (0, 1):
        side = [item for item in band if (item.left >= gutter) == bool(position)]
        if not side:
            continue
        strips = [item for item in side if isinstance(item, Strip)]
        if find_gutter(strips) is not None:
            columns += order_columns(side)
        elif sides:
            ordered = tuple(_down(side))
            columns.append(Column(ordered, sides[position].left, sides[position].right))
        else:
            columns.append(_column(side))
    return columns


def _column(items: Sequence[Item]) -> Column:
    """Make one column; its edges are those of the items, an outlier apart."""
    lefts = Counter(round(item.left) for item in items)
    frequent = [x for x, count in lefts.items() if count >= 0.15 * len(items)]
    rights = sorted(item.right for item in items)
    left = float(min(frequent, default=min(lefts)))
    return Column(tuple(_down(items)), left, rights[int(0.95 * (len(rights) - 1))])


def _down(items: Sequence[Item]) -> list[Item]:
    """Sort items from top to bottom, strips of one row from left to right."""
    strips = [item for item in items if isinstance(item, Strip)]
    grids: list[Item] = [item for item in items if isinstance(item, Grid)]
    rows = cluster_rows(strips)
    blocks: list[tuple[float, list[Item]]] = [(row[0].top, list(row)) for row in rows]
    blocks += [(grid.top, [grid]) for grid in grids]
    blocks.sort(key=lambda block: -block[0])
    return [item for _, block in blocks for item in block]
