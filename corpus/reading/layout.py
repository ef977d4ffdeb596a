"""What each line of an article is: heading, prose, list item, table row, furniture.

Owns the rules that look at one line or one group of lines; what a whole article makes of them is
left to `corpus.reading.classifying`. The rules name no article: they look at shape (length,
punctuation, tabs, bullets) and at the label words that journals print.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import BlockKind, Span

MAX_HEADING_CHARS = 110
MAX_HEADING_WORDS = 16

BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<bullet>[-•*–◦▪·●■○►])[ \t]+(?=\S)")
NUMBERED_ENTRY = re.compile(
    r"[ \t]*(?:\[(?P<square>\d{1,3})\]\.?|"
    r"(?P<plain>\d{1,3})[.)])[ \t]+(?=\S)"
)
KNOWN_HEADING = re.compile(
    r"(?:\d+(?:\.\d+)*\.?\s+)?(?:abstract|summary|introduction|background|methods?|results|"
    r"discussion|"
    r"conclusions?|references|bibliography|literature cited)\s*:?",
    re.IGNORECASE,
)
REFERENCES_HEADING = re.compile(
    r"(?:(?:\d+|[IVX]+)\.?\s+)?(?:references|bibliography|literature cited|works cited)\s*:?",
    re.IGNORECASE,
)
FRONT_MATTER = re.compile(
    r"(?:corresponding author|correspondence|address for correspondence|received|accepted|revised|"
    r"published|available online|e-?mail|cite this article|how to cite|citation|doi|orcid)"
    r"(?:\s+(?:online|in|on|to|as|this|article|date|address|first|for|information|revised|form)){0,4}"
    r"\s*:|"
    r"(?:received|accepted|revised|published|available)(?: online)?\s+(?:on\s+)?\d|"
    r"(?:correspondence to|doi\s+10\.|key ?words?\b|©|copyright\b.*\d{4}|"
    r".{0,60}\blicen[cs]ed under\b.*\b(?:licen[cs]e|creative commons|cc[- ]by)|"
    r"this is an open[- ]access article)",
    re.IGNORECASE,
)
ADDRESS_LINE = re.compile(
    r"(?:https?://\S+|(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?|"
    r"\W?\s*[\w.+-]+@[\w-]+\.[\w.-]+)",
    re.IGNORECASE,
)
END_MATTER = re.compile(
    r"(?:peer[- ]review|publisher['’]?s note|author(?:s['’]?|['’]s)? contributions?|contributors|"
    r"conflicts? of interests?|competing interests?|declaration of (?:competing )?interests?|"
    r"(?:financial )?disclosures?|funding|financial support|acknowledge?ments?|"
    r"ethic(?:s|al)[\w ]*+|informed consent|data availability[\w ]*+|"
    r"availability of data[\w ]*+)\s*+[:.]",
    re.IGNORECASE,
)
CAPTION = re.compile(r"(?:table|figure|fig\.|box)\s+\w{1,4}[.:]\s", re.IGNORECASE)
FLOAT_CAPTION = re.compile(
    r"(?i:table|fig(?:ure|\.)?|box|scheme|chart|panel|video)\s+[A-Z]?\d{1,3}[A-Za-z]?\s*"
    r"(?:[.:|–—-]|(?<=\s)(?=[A-Z(])|$)"
)
TABLE_CAPTION = re.compile(r"table\s+\w{1,4}", re.IGNORECASE)
LEGEND = re.compile(r"(?:[^\s:;,]{2,20}[:,] [^;:]{3,120}(?:;\s*|\.?$)){2,}")
PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}(?:\s+(?:of|/)\s+\d{1,4})?", re.IGNORECASE)
DANGLING = re.compile(
    r"(?:,|-|\b(?:and|or|the|a|an|of|by|in|on|at|to|with|for|from|as|that|than|was|were|is|are))$",
    re.IGNORECASE,
)
TERMINAL = re.compile(r"[.!?:;][\"'”’)\]]*(?:\s*[(\[]\d[\d,–\s-]*[)\]])?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source file, without its line break and surrounding white space.

    Attributes:
        span, text: what is left, and where it stands in the file.
        indent: characters of white space before it.
        leading_tabs: how many of these are tabs; each stands for an empty cell of a table.
        continues: whether the page's layout shows that it carries on the line above; None where
            there is no layout to see.
    """

    span: Span
    text: str
    indent: int
    leading_tabs: int = 0
    continues: bool | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring lines with no empty line between them.

    What only a layout with fonts can show is unknown of a text file, and words decide in its place.

    Attributes:
        lines: in order, at least one.
        kind: what the layout shows it to be; a paragraph is no heading. None where it is unknown.
        is_joined: whether the lines are known to be one paragraph.
        starts: whether a paragraph begins here, or one from an earlier column or page carries on.
        header_rows: of a table, how many rows are column heads.
    """

    lines: tuple[Line, ...]
    kind: BlockKind | None = None
    is_joined: bool = False
    starts: bool | None = None
    header_rows: int = 1

    @property
    def text(self) -> str:
        """The group's lines, joined by spaces, to look at (never to quote)."""
        return " ".join(line.text for line in self.lines)


def split_groups(source: str) -> list[Group]:
    """Cut a file into groups of lines."""
    groups: list[Group] = []
    current: list[Line] = []
    offset = 0
    for raw in source.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            start = offset + indent
            tabs = raw[:indent].count("\t")
            current.append(Line(Span(start, start + len(stripped)), stripped, indent, tabs))
        elif current:
            groups.append(Group(tuple(current)))
            current = []
        offset += len(raw)
    if current:
        groups.append(Group(tuple(current)))
    return groups


def find_page_furniture(groups: list[Group]) -> dict[Span, str]:
    """Find the lines that belong to the page, not to the article: page numbers, running headers.

    A running header is a short line that stands alone between empty lines three times or more. A
    number in a line of its own is a page number if it stands alone too, or if the pages count up
    (17 here, 18 there): inside a paragraph it may be the paragraph's own.
    """
    alone = [group.lines[0] for group in groups if len(group.lines) == 1]
    repeated = Counter(line.text for line in alone if len(line.text) <= MAX_HEADING_CHARS)
    numbered = [
        line for group in groups for line in group.lines if PAGE_NUMBER.fullmatch(line.text)
    ]
    pages = {int(re.findall(r"\d+", line.text)[0]) for line in numbered}
    found: dict[Span, str] = {}
    for line in numbered:
        page = int(re.findall(r"\d+", line.text)[0])
        if line in alone or {page - 1, page + 1} & pages:
            found[line.span] = "page number"
    found |= {line.span: "running header" for line in alone if repeated[line.text] >= 3}
    return found


def is_terminated(text: str) -> bool:
    """Tell whether a text ends as a finished sentence (or a lead-in with a colon) does."""
    return TERMINAL.search(text.rstrip()) is not None


def is_heading(group: Group) -> bool:
    """Tell whether a group looks like a heading: one short capitalised line, no full stop."""
    if group.kind is not None:
        return group.kind is BlockKind.HEADING
    if len(group.lines) != 1:
        return False
    text = group.lines[0].text
    if KNOWN_HEADING.fullmatch(text):
        return True
    if BULLET.match(text) or "\t" in text or is_front_matter(group) or END_MATTER.match(text):
        return False
    if len(text) > MAX_HEADING_CHARS or len(text.split()) > MAX_HEADING_WORDS:
        return False
    return (text[0].isupper() or text[0].isdigit()) and not re.search(r"[.;:,]$", text)


def is_front_matter(group: Group) -> bool:
    """Tell whether any line of a group is labelled as front matter ("Received:", an address)."""
    return any(
        FRONT_MATTER.match(line.text) or ADDRESS_LINE.fullmatch(line.text) for line in group.lines
    )


def is_table(group: Group) -> bool:
    """Tell whether a group is a tab-separated table: two rows or more of two cells or more."""
    if group.kind is BlockKind.TABLE_ROW:
        return True
    return len(group.lines) >= 2 and all("\t" in line.text for line in group.lines)


def is_wrapped_prose(lines: tuple[Line, ...]) -> bool:
    """Tell whether lines are one hard-wrapped paragraph: all but the last about equally long."""
    if len(lines) < 2:
        return False
    lengths = [len(line.text) for line in lines]
    return max(lengths) >= 40 and min(lengths[:-1]) >= 0.6 * max(lengths)


def split_labelled_lines(group: Group) -> Iterator[Span]:
    """Cut front or end matter into its statements, as source ranges.

    A line that ends with a colon is a label and takes the unlabelled lines below it along, so that
    "Corresponding Author:" stays with the name. Lines known to be joined are cut at labels only.
    """
    start, open_label = group.lines[0].span.start, False
    end = start
    for line in group.lines:
        labelled = FRONT_MATTER.match(line.text) or END_MATTER.match(line.text)
        bare_address = ADDRESS_LINE.fullmatch(line.text) and "@" not in line.text
        if end > start and (labelled or bare_address or not (open_label or group.is_joined)):
            yield Span(start, end)
            start, open_label = line.span.start, False
        open_label = open_label or line.text.endswith(":")
        end = line.span.end
    yield Span(start, end)
