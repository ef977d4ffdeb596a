"""Tables of a page: from strips that stand in rows and columns to cells.

A table is what lies between two rules of equal width, or neighbouring rows whose strips begin in
the same places. Its columns are parted by white space from top to bottom, its rows by rules, by
wider gaps than those between the lines of a cell, or else each line is a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.reading.layout import FLOAT_CAPTION, NUMBERED_ENTRY
from corpus.reading.pdf_lines import Strip
from corpus.reading.pdf_pages import Rule

MIN_COLUMN_GAP = 3.0
"""Points of white space that part two columns."""
MAX_CELL_CHARS = 45
"""Longer strips (the median) are columns of prose between two rules of the page."""
SAME_EDGE = 3.0
_RULE_REACH = 6.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: for each row the text of each column, "" for an empty cell.

    Attributes:
        rows: all of the same length.
        header_rows: how many of them are column heads.
        left, right, top, bottom: the area it takes.
        size: of its characters.
    """

    rows: tuple[tuple[str, ...], ...]
    header_rows: int
    left: float
    right: float
    top: float
    bottom: float
    size: float


Joiner = Callable[[str, str], str]
"""Makes one text of two lines of a cell: a parted word is mended, else a space comes between."""


def find_ruled(
    strips: Sequence[Strip], rules: Sequence[Rule], join: Joiner
) -> list[tuple[Grid, list[Strip]]]:
    """Find tables between rules, with the strips that each is made of."""
    found: list[tuple[Grid, list[Strip]]] = []
    for block in _rule_blocks(rules):
        top, bottom = block[0].y, block[-1].y
        inside = [s for s in strips if bottom < s.baseline < top and _within(s, block[0])]
        if not inside or median(len(strip.text) for strip in inside) > MAX_CELL_CHARS:
            continue
        grid = make_grid(inside, block, join)
        if grid:
            found.append((grid, inside))
    return found


def _within(strip: Strip, rule: Rule) -> bool:
    return strip.left > rule.left - _RULE_REACH and strip.right < rule.right + _RULE_REACH


def _rule_blocks(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Group rules of equal width, from top to bottom; two or more can hold a table."""
    blocks: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: -rule.y):
        for block in blocks:
            same = abs(block[0].left - rule.left) + abs(block[0].right - rule.right)
            if same <= 2 * SAME_EDGE:
                block.append(rule)
                break
        else:
            blocks.append([rule])
    return [block for block in blocks if len(block) > 1]


def make_grid(strips: Sequence[Strip], rules: Sequence[Rule], join: Joiner) -> Grid | None:
    """Put strips into cells, or return None where they stand in one column or one row."""
    columns = _columns(strips)
    bands = _bands(strips, rules, columns)
    if len(columns) < 2 or len(bands) < 2:
        return None
    rows = tuple(_cells(band, columns, join) for band in bands)
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2:
        return None
    return Grid(
        rows=rows,
        header_rows=_count_header_rows(bands, rules),
        left=min(strip.left for strip in strips),
        right=max(strip.right for strip in strips),
        top=max(strip.top for strip in strips),
        bottom=min(strip.bottom for strip in strips),
        size=median(strip.size for strip in strips),
    )


def _columns(strips: Sequence[Strip]) -> list[tuple[float, float]]:
    """Find the columns: what lies between the stretches that (almost) no strip covers."""
    lines = len({round(strip.baseline) for strip in strips})
    allowed = int(0.12 * lines)  # heads and notes that reach over several columns
    first = min(strip.left for strip in strips)
    width = int(max(strip.right for strip in strips) - first) + 1
    covered = [0] * width
    for strip in strips:
        for x in range(int(strip.left - first), min(width, int(strip.right - first) + 1)):
            covered[x] += 1
    columns: list[tuple[float, float]] = []
    start: int | None = None
    for x, count in enumerate([*covered, 0]):
        if count > allowed and start is None:
            start = x
        elif count <= allowed and start is not None:
            columns.append((first + start, first + x))
            start = None
    merged: list[tuple[float, float]] = []
    for left, right in columns:
        if merged and left - merged[-1][1] < MIN_COLUMN_GAP:
            merged[-1] = (merged[-1][0], right)
        else:
            merged.append((left, right))
    return merged


def _bands(
    strips: Sequence[Strip], rules: Sequence[Rule], columns: list[tuple[float, float]]
) -> list[list[Strip]]:
    """Part the strips into rows, from top to bottom."""
    lines = _overlapping(strips)
    gaps = [_bottom(above) - _top(below) for above, below in pairwise(lines)]
    size = median(strip.size for strip in strips)
    wide = min(gaps, default=0.0) + 0.25 * size
    evenly = all(gap <= wide for gap in gaps)
    bands = lines[:1]
    for line, gap in zip(lines[1:], gaps, strict=True):
        above = bands[-1]
        ruled = any(_top(line) - 1 <= rule.y <= _bottom(above) + 1 for rule in rules)
        if ruled or gap > wide or (evenly and not _continues(line, above, columns)):
            bands.append(line)
        else:
            bands[-1] = [*above, *line]
    return bands


def _continues(line: list[Strip], above: list[Strip], columns: list[tuple[float, float]]) -> bool:
    """Tell whether a line without a first cell carries on the row above it."""
    return all(strip.left > columns[0][1] for strip in line) and len(line) <= len(above)


def _overlapping(strips: Sequence[Strip]) -> list[list[Strip]]:
    """Group strips whose heights overlap, from top to bottom."""
    lines: list[list[Strip]] = []
    for strip in sorted(strips, key=lambda strip: -strip.top):
        if lines and strip.top > _bottom(lines[-1]) + 0.1 * strip.size:
            lines[-1].append(strip)
        else:
            lines.append([strip])
    return lines


def _top(line: list[Strip]) -> float:
    return max(strip.top for strip in line)


def _bottom(line: list[Strip]) -> float:
    return min(strip.bottom for strip in line)


def _cells(band: list[Strip], columns: list[tuple[float, float]], join: Joiner) -> tuple[str, ...]:
    cells = [""] * len(columns)
    for strip in sorted(band, key=lambda strip: (-round(strip.baseline), strip.left)):
        # A head over several columns goes to the first of them.
        reached = (n for n, (_, right) in enumerate(columns) if strip.left < right)
        column = next(reached, len(columns) - 1)
        cells[column] = join(cells[column], strip.text) if cells[column] else strip.text
    return tuple(cells)


def _count_header_rows(bands: list[list[Strip]], rules: Sequence[Rule]) -> int:
    """Count the rows above the first rule inside the table; without one the first row is taken."""
    inner = sorted((r.y for r in rules if r.y < _bottom(bands[0]) + 1), reverse=True)
    if not inner or inner[0] < _top(bands[-1]):
        return 1
    return max(1, sum(_bottom(band) + 1 > inner[0] for band in bands))


def find_aligned(rows: Sequence[Sequence[Strip]], join: Joiner) -> list[tuple[Grid, range]]:
    """Find tables without rules among the rows of a column, with the range of rows of each.

    It takes two neighbouring rows of two strips or more, of which a second or later strip begins
    or ends in the same place. Rows of one strip in between are the lines of wrapped cells.
    """
    found: list[tuple[Grid, range]] = []
    position = 0
    while position < len(rows):
        end = _table_end(rows, position)
        if end > position + 1:
            strips = [strip for row in rows[position:end] for strip in row]
            grid = make_grid(strips, (), join)
            if grid:
                found.append((grid, range(position, end)))
                position = end
                continue
        position += 1
    return found


def _table_end(rows: Sequence[Sequence[Strip]], start: int) -> int:
    """Return where the table that begins at a row ends; the row itself if none begins there."""
    if len(rows[start]) < 2 or _is_text(rows[start][0]):
        return start
    end = start + 1
    for position in range(start + 1, len(rows)):
        row = rows[position]
        far = rows[position - 1][0].baseline - row[0].baseline > 3 * row[0].size
        if far or position - end > 2 or _is_text(row[0]):
            break
        if len(row) > 1 and any(_share_column(row, other) for other in rows[start:end]):
            end = position + 1
    return end


def _is_text(strip: Strip) -> bool:
    """Tell whether a row is a caption or an entry with wide spaces, and no row of a table."""
    return bool(FLOAT_CAPTION.match(strip.text) or NUMBERED_ENTRY.match(strip.text))


def _share_column(row: Sequence[Strip], other: Sequence[Strip]) -> bool:
    return any(
        min(abs(a.left - b.left), abs(a.right - b.right), abs(_middle(a) - _middle(b))) < SAME_EDGE
        for a in row[1:]
        for b in other[1:]
    )


def _middle(strip: Strip) -> float:
    return (strip.left + strip.right) / 2
