"""Blocks of an article that is read from lines, before they are written.

Owns `Draft` and the two steps that look at all of them: torn paragraphs are mended, and what floats
in the middle of the body is brought to where it belongs.
"""

from dataclasses import dataclass, field

from corpus.document import BlockKind, Span
from corpus.reading import layout

FRONT_TITLE = "Article information"
END_TITLE = "Declarations"
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
    """

    kind: BlockKind
    ranges: list[Span]
    level: int = 0
    table: int | None = None
    cells: list[Span] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    label: Span | None = None
    continues: bool = False


def mend_torn_paragraphs(drafts: list[Draft], source: str) -> list[Draft]:
    """Join a paragraph that stops in mid-sentence with the paragraph that carries it on.

    What stands in between (page break, correspondence, table, caption) keeps its own blocks and
    follows the mended paragraph. A heading or list in between means that nothing was torn.
    """
    floats = {
        BlockKind.FRONT_MATTER,
        BlockKind.TABLE_HEADER,
        BlockKind.TABLE_ROW,
        BlockKind.TABLE_NOTE,
    }
    mended: list[Draft] = []
    open_paragraph: Draft | None = None
    for draft in drafts:
        if draft.kind is BlockKind.PARAGRAPH:
            if open_paragraph and _carries_on(open_paragraph, draft, source):
                open_paragraph.ranges.extend(draft.ranges)
            else:
                mended.append(draft)
                open_paragraph = draft
            if layout.is_terminated(_last_text(open_paragraph, source)):
                open_paragraph = None
        else:
            mended.append(draft)
            if draft.kind not in floats:
                open_paragraph = None
    return mended


def _last_text(draft: Draft, source: str) -> str:
    return source[draft.ranges[-1].start : draft.ranges[-1].end]


def _carries_on(first: Draft, second: Draft, source: str) -> bool:
    before = _last_text(first, source)
    after = source[second.ranges[0].start : second.ranges[0].end]
    if len(before) < MIN_TORN_CHARS or layout.is_terminated(before):
        return False
    return bool(layout.DANGLING.search(before)) or not after[0].isupper()


def arrange(drafts: list[Draft], source: str) -> list[tuple[str, list[Draft]]]:
    """Sort drafts into titled sections: front matter first, then the body in order, then the rest.

    Front matter found in the middle of the body goes to the front section; end matter and the
    bibliography keep their place in the file. A heading opens a section.
    """
    front: list[Draft] = []
    sections: list[tuple[str, list[Draft]]] = []
    for draft in drafts:
        if draft.kind in (BlockKind.TITLE, BlockKind.FRONT_MATTER):
            front.append(draft)
        elif draft.kind is BlockKind.HEADING:
            sections.append((_section_title(_last_text(draft, source)), [draft]))
        elif draft.kind is BlockKind.END_MATTER and _last_title(sections) != END_TITLE:
            sections.append((END_TITLE, [draft]))
        elif sections:
            sections[-1][1].append(draft)
        else:
            sections.append(("Text", [draft]))
    return [(FRONT_TITLE, front), *sections]


def _last_title(sections: list[tuple[str, list[Draft]]]) -> str:
    return sections[-1][0] if sections else ""


def _section_title(heading: str) -> str:
    title = heading.rstrip(":").strip()
    return title.capitalize() if title.isupper() else title
