"""From glyphs to strips: stretches of a printed line, with spaces, scripts and accents as read.

How it reads: a raised number as Unicode superscripts (``cells¹²``, ``10⁶``, ``Ca²⁺``; of a list or
range only the digits, ``cells³-⁵``), other raised or lowered characters as
plain ones (``13th``, ``H2O``). A space is where the file has one or where a gap is as wide.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from corpus.reading.inline import superscript
from corpus.reading.layout import NUMBERED_ENTRY
from corpus.reading.pdf_pages import Glyph

SPACE_GAP = 0.17
"""In units of the size: a wider gap parts two words. Word spaces have 0.22 or more, kerned letters
under 0.1."""
NARROW_SPACE_GAP = 0.08
"""The same where PDFium sees a space, too: behind letters that lean over it, such as f."""
STRIP_GAP = 0.9
"""A wider gap without a space in it parts two strips: two columns, two cells."""
SPACED_STRIP_GAP = 2.2
"""The same where the file has a space; a justified line may stretch it that far."""
LABEL_GAP = 3.0
"""The number or bullet of an entry, an item or a heading is no farther from its text."""
SMALLER = 0.87
"""Scripts are smaller than this share of the text around them."""
RAISED = 0.12
"""And raised by more than this share of its size."""
_LOWEST, _HIGHEST = -0.4, 0.8  # of a script's baseline, in units of the size of its line

_ACCENTS = dict(zip("¨´`^ˆ~˜¸ˇ˘˚", "\u0308\u0301\u0300\u0302\u0302\u0303\u0303\u0327\u030c\u0306"
                    "\u030a", strict=True))  # fmt: skip
_LABEL = re.compile(r"\[\d{1,3}\]|\(?\d{1,3}[.)]|\([a-z]\)|[IVX]{1,5}\.|[A-H]\.|[-•*–◦▪·●■○►]")
_PLAIN_LABEL = re.compile(r"\d{1,3}|\d{1,2}(?:\.\d{1,2}){1,3}")
_HEADING = re.compile(r"[A-Z][\w’'-]*[^\W\d_]{3}(?:\s|$)")
_SPACED_OUT = re.compile(r"(?:[^\W\d_] ){3,}[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of one printed line without a wide gap.

    Attributes:
        text: as read, without spaces at its ends.
        left, right: its ends.
        baseline, size: of most of its characters.
        is_emphasised: whether the font of most of its characters is bold or italic.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_emphasised: bool

    @property
    def top(self) -> float:
        """Height of the ascenders."""
        return self.baseline + 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Depth of the descenders."""
        return self.baseline - 0.25 * self.size


@dataclass(slots=True)
class _Run:
    """Glyphs that follow each other in the file on one baseline in one size."""

    glyphs: list[Glyph]

    @property
    def size(self) -> float:
        return self.glyphs[0].size

    @property
    def baseline(self) -> float:
        return self.glyphs[0].baseline

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        return max(glyph.right for glyph in self.glyphs)

    def carries(self, glyph: Glyph) -> bool:
        """Tell whether a glyph carries on the run."""
        last, ink = self.glyphs[-1], self._last_ink
        if abs(glyph.baseline - last.baseline) > 0.05 * last.size:
            return False
        if not 0.95 < glyph.size / last.size < 1.05:
            return False
        limit = SPACED_STRIP_GAP if " " in (glyph.text, last.text) else STRIP_GAP
        if glyph.left - last.right < -0.5 * last.size:
            return False
        return glyph.text == " " or glyph.left - ink.right < limit * last.size

    @property
    def _last_ink(self) -> Glyph:
        inked = (glyph for glyph in reversed(self.glyphs) if glyph.text != " ")
        return next(inked, self.glyphs[0])


def read_strips(glyphs: Sequence[Glyph]) -> list[Strip]:
    """Put the glyphs of a page together, in no particular order."""
    runs = list(_runs(_accented(_without_doubles(glyphs))))
    strips = (_strip(group) for group in _join_runs(runs))
    return _with_labels(_with_initials([strip for strip in strips if strip is not None]))


def join_row(strips: Sequence[Strip]) -> Strip:
    """Make one strip of several that stand on one line."""
    return replace(
        max(strips, key=lambda strip: len(strip.text)),
        text=" ".join(strip.text for strip in strips),
        left=strips[0].left,
        right=max(strip.right for strip in strips),
    )


def cluster_rows(strips: Iterable[Strip]) -> list[list[Strip]]:
    """Group strips that stand on one baseline, from top to bottom, each row from left to right."""
    rows: list[list[Strip]] = []
    for strip in sorted(strips, key=lambda strip: -strip.baseline):
        if rows and rows[-1][0].baseline - strip.baseline < 0.35 * strip.size:
            rows[-1].append(strip)
        else:
            rows.append([strip])
    return [sorted(row, key=lambda strip: strip.left) for row in rows]


def _with_labels(strips: list[Strip]) -> list[Strip]:
    """Put numbers and bullets in front of the text that they stand before."""
    joined: list[Strip] = []
    for row in cluster_rows(strips):
        for strip in row:
            if joined and _is_label_of(joined[-1], strip):
                strip = join_row([joined.pop(), strip])
            joined.append(strip)
    return joined


def _is_label_of(label: Strip, text: Strip) -> bool:
    if abs(label.baseline - text.baseline) >= 0.35 * text.size:
        return False
    if not 0 <= text.left - label.right < LABEL_GAP * text.size:
        return False
    if _LABEL.fullmatch(label.text):
        return not NUMBERED_ENTRY.match(text.text)  # a dash that ends the column before an entry
    return bool(_PLAIN_LABEL.fullmatch(label.text) and _HEADING.match(text.text))


def _with_initials(strips: list[Strip]) -> list[Strip]:
    """Put an initial that is several lines tall in front of the word that it begins."""
    joined = list(strips)
    for initial in strips:
        if len(initial.text) != 1 or not initial.text.isupper():
            continue
        beside = [s for s in joined if s is not initial and _stands_at(s, initial)]
        if not beside:
            continue
        first = max(beside, key=lambda strip: strip.baseline)
        for strip in beside:
            text = initial.text + strip.text if strip is first else strip.text
            joined[joined.index(strip)] = replace(strip, text=text, left=initial.left)
        joined.remove(initial)
    return joined


def _stands_at(strip: Strip, initial: Strip) -> bool:
    """Tell whether a line begins at the right side of an initial."""
    if initial.size < 1.8 * strip.size or not 0 <= strip.left - initial.right < 1.5 * strip.size:
        return False
    return initial.baseline - 0.3 * strip.size <= strip.baseline < initial.top


def _without_doubles(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Leave out glyphs that are printed twice on one spot to look bold."""
    last: list[Glyph] = []
    for glyph in glyphs:
        near = 0.12 * glyph.size
        doubled = any(
            glyph.text == other.text
            and abs(glyph.left - other.left) < near
            and abs(glyph.baseline - other.baseline) < near
            for other in last
        )
        if not doubled and glyph.size > 0:
            yield glyph
        last = [*last[-40:], glyph]


def _accented(glyphs: Iterator[Glyph]) -> Iterator[Glyph]:
    """Put accents that are printed as glyphs of their own over (or under) their letters."""
    last: Glyph | None = None
    for glyph in glyphs:
        composed = last and (_compose(last, glyph) or _compose(glyph, last))
        if last and not composed:
            yield last
        last = composed or glyph
    if last:
        yield last


def _compose(accent: Glyph, letter: Glyph) -> Glyph | None:
    if accent.text not in _ACCENTS or not (letter.text.isalpha() and len(letter.text) == 1):
        return None
    width = min(accent.right - accent.left, letter.right - letter.left)
    shared = min(accent.right, letter.right) - max(accent.left, letter.left)
    if width <= 0 or shared < 0.5 * width or abs(accent.baseline - letter.baseline) > letter.size:
        return None
    base = {"ı": "i", "ȷ": "j"}.get(letter.text, letter.text)
    text = unicodedata.normalize("NFC", base + _ACCENTS[accent.text])
    return replace(letter, text=text) if len(text) == 1 else None


def _runs(glyphs: Iterator[Glyph]) -> Iterator[_Run]:
    run: _Run | None = None
    for glyph in glyphs:
        if run and run.carries(glyph):
            run.glyphs.append(glyph)
            continue
        if run:
            yield run
        run = _Run([glyph])
    if run:
        yield run


def _join_runs(runs: list[_Run]) -> list[list[_Run]]:
    """Group the runs that stand beside each other on one line."""
    ordered = sorted((r for r in runs if not _is_blank(r)), key=lambda r: -r.baseline)
    parent = list(range(len(ordered)))

    def root(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    reach = max((run.size for run in ordered), default=0.0)
    for first, run in enumerate(ordered):
        for second in range(first + 1, len(ordered)):
            other = ordered[second]
            if run.baseline - other.baseline > reach:
                break
            if _stand_together(*sorted((run, other), key=lambda r: r.left)):
                parent[root(second)] = root(first)
    groups: dict[int, list[_Run]] = {}
    for position, run in enumerate(ordered):
        groups.setdefault(root(position), []).append(run)
    return [sorted(group, key=lambda r: r.left) for group in groups.values()]


def _is_blank(run: _Run) -> bool:
    return all(glyph.text.isspace() for glyph in run.glyphs)


def _stand_together(left: _Run, right: _Run) -> bool:
    size = max(left.size, right.size)
    if not -0.6 * size < right.left - left.right < STRIP_GAP * size:
        return False
    small, big = sorted((left, right), key=lambda r: r.size)
    if small.size > SMALLER * big.size:
        return abs(left.baseline - right.baseline) <= 0.15 * size
    if big.size > 2 * small.size:  # an initial that is two lines tall
        return False
    return _LOWEST * size <= small.baseline - big.baseline <= _HIGHEST * size


def _strip(runs: list[_Run]) -> Strip | None:
    glyphs = [glyph for run in runs for glyph in run.glyphs]
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    size = _main_size(inked)
    main = [glyph for glyph in inked if glyph.size > SMALLER * size]
    baseline = Counter(round(glyph.baseline, 1) for glyph in main).most_common(1)[0][0]
    text = _text(glyphs, size, baseline)
    if not text:
        return None
    return Strip(
        text=text,
        left=min(glyph.left for glyph in inked),
        right=max(glyph.right for glyph in inked),
        baseline=baseline,
        size=size,
        is_emphasised=2 * sum(glyph.is_emphasised for glyph in inked) > len(inked),
    )


def _main_size(inked: list[Glyph]) -> float:
    """Return the size of most glyphs; of a few large and many small ones the large one."""
    sizes = Counter(round(glyph.size, 1) for glyph in inked)
    frequent = [size for size, count in sizes.items() if count >= 0.3 * len(inked)]
    return max(frequent, default=max(sizes))


def _text(glyphs: list[Glyph], size: float, baseline: float) -> str:
    def is_raised(glyph: Glyph) -> bool:
        small = glyph.size < SMALLER * size
        return small and glyph.baseline - baseline > RAISED * size

    spaced = list(_with_spaces(glyphs))
    parts = []
    for raised, group in groupby(spaced, key=lambda pair: is_raised(pair[1])):
        text = "".join(space + glyph.text for space, glyph in group)
        parts.append(superscript(text) if raised else text)
    text = " ".join("".join(parts).split())
    return text.replace(" ", "") if _SPACED_OUT.fullmatch(text) else text


def _with_spaces(glyphs: list[Glyph]) -> Iterator[tuple[str, Glyph]]:
    """Yield each glyph that is no space with what stands before it: a space or nothing."""
    if glyphs:
        yield "", glyphs[0]
    for last, glyph in pairwise(glyphs):
        gap = glyph.left - last.right
        least = NARROW_SPACE_GAP if glyph.is_parted else SPACE_GAP
        wide = gap > least * min(last.size, glyph.size)
        parted = wide and " " not in (last.text, glyph.text)
        yield (" " if parted else ""), glyph
