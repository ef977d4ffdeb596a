"""Blocks of an article that is read from lines, before they are written.

Owns `Draft` and the two steps that look at all of them: torn paragraphs are mended, and what floats
in the middle of the body is brought to where it belongs.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from itertools import zip_longest

from corpus.document import BlockKind, Span
from corpus.reading import layout

FRONT_TITLE = "Article information"
END_TITLE = "Declarations"
FLOATS = frozenset(
    (
        BlockKind.FRONT_MATTER,
        BlockKind.TABLE_HEADER,
        BlockKind.TABLE_ROW,
        BlockKind.TABLE_NOTE,
        BlockKind.CAPTION,
        BlockKind.FOOTNOTE,
    )
)
"""What may stand between the two halves of a torn paragraph."""
MIN_TORN_CHARS = 40
"""A shorter unfinished paragraph is taken for a stray heading, not for half a sentence."""


@dataclass(slots=True)
class Draft:
    """A block before its place in the canonical text is known.

    Attributes:
        kind: what it will be.
        ranges: of the source file, joined by a space.
        level: nesting of a list item, 0 for the outer list.
        table: number of the table (from 0) of a header, row or note.
        cells, columns: source range and column of each cell of a row.
        label: the number or bullet in front, which is taken out of the text.
        continues: carries on the bibliography entry before it.
        starts: whether the page's layout shows that a paragraph begins here, or that it carries on
            one from an earlier column or page; None where words have to decide.
    """

    kind: BlockKind
    ranges: list[Span]
    level: int = 0
    table: int | None = None
    cells: list[Span] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    label: Span | None = None
    continues: bool = False
    starts: bool | None = None


def mend_torn_paragraphs(drafts: list[Draft], source: str) -> list[Draft]:
    """Join a paragraph that stops in mid-sentence with the paragraph that carries it on.

    What stands in between (page break, correspondence, table, caption) keeps its own blocks and
    follows the mended paragraph. A heading or list in between means that nothing was torn, but a
    list item may be the first half itself where the layout shows it.
    """
    mended: list[Draft] = []
    open_draft: Draft | None = None
    for draft in drafts:
        is_prose = draft.kind is BlockKind.PARAGRAPH
        if is_prose and open_draft and _carries_on(open_draft, draft, source):
            open_draft.ranges.extend(draft.ranges)
            continue
        mended.append(draft)
        if draft.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            open_draft = draft
        elif draft.kind not in FLOATS:
            open_draft = None
    return mended


def _carries_on(first: Draft, second: Draft, source: str) -> bool:
    if second.starts is not None:
        return not second.starts
    before = _last_text(first, source)
    after = source[second.ranges[0].start : second.ranges[0].end]
    if first.kind is not BlockKind.PARAGRAPH or layout.is_terminated(before):
        return False
    if sum(part.end - part.start for part in first.ranges) < MIN_TORN_CHARS:
        return False
    return bool(layout.DANGLING.search(before)) or not after[0].isupper()


def _last_text(draft: Draft, source: str) -> str:
    return source[draft.ranges[-1].start : draft.ranges[-1].end]


def arrange(
    drafts: list[Draft], source: str, tight: Container[int] = ()
) -> list[tuple[str, list[Draft]]]:
    """Sort drafts into titled sections: front matter first, then the body in order, then the rest.

    Front matter found in the middle of the body goes to the front section; end matter and the
    bibliography keep their place in the file. A heading opens a section.

    Args:
        drafts: in file order.
        source: the text that their ranges refer to.
        tight: ends of lines behind which the next one follows without a space.
    """
    front: list[Draft] = []
    sections: list[tuple[str, list[Draft]]] = []
    for draft in drafts:
        if draft.kind in (BlockKind.TITLE, BlockKind.FRONT_MATTER):
            front.append(draft)
        elif draft.kind is BlockKind.HEADING:
            sections.append((_section_title(_whole_text(draft, source, tight)), [draft]))
        elif draft.kind is BlockKind.END_MATTER and _last_title(sections) != END_TITLE:
            sections.append((END_TITLE, [draft]))
        elif sections:
            sections[-1][1].append(draft)
        else:
            sections.append(("Text", [draft]))
    return [(FRONT_TITLE, front), *sections]


def _whole_text(draft: Draft, source: str, tight: Container[int]) -> str:
    joints = ["" if part.end in tight else " " for part in draft.ranges[:-1]]
    parts = (source[part.start : part.end] for part in draft.ranges)
    return "".join(part + joint for part, joint in zip_longest(parts, joints, fillvalue=""))


def _last_title(sections: list[tuple[str, list[Draft]]]) -> str:
    return sections[-1][0] if sections else ""


def _section_title(heading: str) -> str:
    title = heading.rstrip(":").strip()
    return title.capitalize() if title.isupper() else title
