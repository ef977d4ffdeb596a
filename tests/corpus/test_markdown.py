"""Reading Markdown: one rule each, nothing lost, and files that are no article."""

import random
import re
import time
from pathlib import Path

import pytest

from corpus.document import Author, BlockKind, CorpusError, Document
from corpus.passages import row_in_words
from corpus.reading import markdown_inline, read_document
from tests.corpus.by_hand import (
    FIRST,
    SECOND,
    changed_pieces,
    cited,
    lost_or_doubled,
    removed_of,
    section_texts,
    texts,
    unmapped_characters,
)

REFERENCES = f"## References\n\n1. {FIRST}\n2. {SECOND}\n"


def read(tmp_path: Path, source: str) -> Document:
    path = tmp_path / "bees.md"
    path.write_text(source, encoding="utf-8")
    document = read_document(path)
    assert lost_or_doubled(document) == []
    return document


def article(body: str, references: str = REFERENCES) -> str:
    return f"# Gut flora\n\n## Results\n\n{body}\n\n{references}"


def results_of(tmp_path: Path, body: str) -> list[tuple[str, str]]:
    return section_texts(read(tmp_path, article(body)), "Results")


# Inside a paragraph.


@pytest.mark.parametrize(
    ("inside", "reads"),
    [
        ("*one* **two** _three_ __four__ ***five*** ~~six~~", "one two three four five six"),
        ("a * b and snake_case_name and 2*3*4", "a * b and snake_case_name and 234"),
        ("`a  *b*` and ``c`d``", "a *b* and c`d"),
        (r"\*not\* \[x\] and \alpha", r"*not* [x] and \alpha"),
        ("a &amp; b &#955;", "a & b λ"),
        ("[bees](http://x.y/(a)?b 'c \"d\"') and [wasps][w] and [ants]", "bees and wasps and ants"),
        ("see <http://x.y/%20a>", "see http://x.y/%20a"),
        ("H<sub>2</sub>O, 10<sup>6</sup>, be<!-- no -->fore, a<br>b", "H2O, 10⁶, before, a b"),
        (r"$\alpha 6$ integrin for $5", "α6 integrin for $5"),
        ("hard  \nbreak and\\\nstroke\n   soft", "hard break and stroke soft"),
        ("[**bold** link](x) ends", "bold link ends"),
    ],
    ids=["emphasis", "no-emphasis", "code", "escapes", "entities", "links", "address", "tags",
         "latex", "breaks", "link-with-emphasis"],
)  # fmt: skip
def test_inside_of_a_paragraph_reads_plainly(tmp_path: Path, inside: str, reads: str) -> None:
    document = read(tmp_path, article(f"{inside}\n\n[w]: http://w\n[ants]: http://a"))
    assert section_texts(document, "Results") == [("paragraph", reads)]
    assert unmapped_characters(document) == []


def test_pieces_lead_back_to_the_file(tmp_path: Path) -> None:
    document = read(tmp_path, article(r"Bees &amp; *wasps* \* fly 10<sup>6</sup> times."))
    assert changed_pieces(document) == [("&amp;", "&"), ("6", "⁶")]


def test_marks_are_listed_with_their_reasons(tmp_path: Path) -> None:
    body = "> *Bees* [fly](http://x) `up` ![hive](h.png)\n\n- one\n\n| a |\n|---|\n| b |\n\n***"
    document = read(tmp_path, article(body))
    assert removed_of(document)[2:] == [
        (">", "quote mark"), ("*", "emphasis mark"), ("*", "emphasis mark"),
        ("[", "link mark"), ("](http://x)", "link address"), ("`", "code mark"),
        ("`", "code mark"), ("![", "picture mark"), ("](h.png)", "picture address"),
        ("-", "list bullet"), ("|", "table mark"), ("|", "table mark"), ("|---|", "table mark"),
        ("|", "table mark"), ("|", "table mark"), ("***", "heading mark or rule"),
        ("##", "heading mark or rule"), ("1.", "list bullet"), ("2.", "list bullet"),
    ]  # fmt: skip


# Blocks.


def test_headings_of_both_kinds_open_sections(tmp_path: Path) -> None:
    source = (
        "Gut *flora*\n===========\n\nIda Moss\n\nAim\n---\n\nTo see.\n\n### Hives ###\n\nTwo.\n"
    )
    document = read(tmp_path, source)
    assert [section.title for section in document.sections] == [
        "Article information", "Aim", "Hives",
    ]  # fmt: skip
    assert texts(document, BlockKind.TITLE) == ["Gut flora"]
    assert texts(document, BlockKind.FRONT_MATTER) == ["Ida Moss"]
    assert document.metadata.title == "Gut flora"


def test_blocks_are_told_apart(tmp_path: Path) -> None:
    body = (
        "Bees\nhave:\n\n- one\n  wrapped\n\n  more\n    - deep *down*\n1. first\n2) second\n\n"
        "> Said\n> Ida.\n\n```\ncode  here\n```\n\n![A *hive*](h.png)\n\nFunding: None.\n\n"
        "<div>\n<p>Wax</p>\n</div>"
    )
    document = read(tmp_path, article(body))
    assert section_texts(document, "Results") == [
        ("paragraph", "Bees have:"),
        ("list item", "one wrapped more"),
        ("list item", "deep down"),
        ("list item", "first"),
        ("list item", "second"),
        ("paragraph", "Said Ida."),
        ("paragraph", "code here"),
        ("caption", "A hive"),
    ]
    assert section_texts(document, "Declarations") == [
        ("end matter", "Funding: None."),
        ("paragraph", "Wax"),
    ]
    levels = [b.level for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert levels == [0, 1, 0, 0]


def test_table_keeps_columns_and_escaped_pipes(tmp_path: Path) -> None:
    body = (
        "Table 1. Hives.\n\n| Site | *May* | June |\n|:-----|:---:|-----:|\n| N \\| S | | 2 |\n"
        "E | 3 | `4`\n\nNN: north; SS: south."
    )
    document = read(tmp_path, article(body))
    assert section_texts(document, "Results") == [
        ("caption", "Table 1. Hives."),
        ("table header", "Site\tMay\tJune"),
        ("table row", "N | S\t2"),
        ("table row", "E\t3\t4"),
        ("table note", "NN: north; SS: south."),
    ]
    row = next(block for block in document.blocks if block.kind is BlockKind.TABLE_ROW)
    assert row.columns == (0, 2)
    assert row_in_words(document, row) == "Site: N | S; June: 2."


def test_table_inside_a_quote_is_found(tmp_path: Path) -> None:
    assert results_of(tmp_path, "> | a | b |\n> |---|---|\n> | c | d |") == [
        ("table header", "a\tb"),
        ("table row", "c\td"),
    ]


def test_html_table_between_paragraphs_is_a_table(tmp_path: Path) -> None:
    body = "<table>\n<tr><th>Site</th><th>Bees</th></tr>\n<tr><td>N</td><td>1</td></tr>\n</table>"
    assert results_of(tmp_path, body) == [("table header", "Site\tBees"), ("table row", "N\t1")]


# Footnotes, references, citations.


def test_footnote_is_a_block_and_its_mark_no_word(tmp_path: Path) -> None:
    body = "Bees[^a] fly.\n\n[^a]: Of *Lund*,\n  mostly.\n[^b]: Word"
    document = read(tmp_path, article(body))
    assert section_texts(document, "Results") == [
        ("paragraph", "Bees fly."),
        ("footnote", "Of Lund, mostly."),
        ("footnote", "Word"),
    ]
    assert ("[^a]", "footnote mark") in removed_of(document)


def test_footnotes_with_years_are_the_bibliography(tmp_path: Path) -> None:
    notes = f"[^1]: {FIRST}\n[^lund]: {SECOND}\n[^3]: Ames K. Wax. Bee World 2001; 82: 5-7."
    document = read(tmp_path, article("Bees[^lund] fly [^1].", references=notes))
    assert section_texts(document, "Results")[0] == ("paragraph", "Bees[lund] fly [1].")
    assert cited(document) == [("lund", (2,)), ("[1]", (1,))]
    assert [entry.text for entry in document.references][:2] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "references",
    [
        f"## References\n\n1. {FIRST}\n2. {SECOND}",
        f"## References\n\n- {FIRST}\n- {SECOND}",
        f"**References**\n---\n\n1\\. {FIRST}\n\n2\\. {SECOND}",
        f"# REFERENCES\n\n[1] {FIRST}\n[2] {SECOND}",
        f"## References\n\n1. {FIRST.replace('Apidologie', '*Apidologie*')} [Crossref](http://x)\n"
        f"1. {SECOND} [PubMed]",
        f"## References\n\n[^1]: {FIRST}\n[^2]: {SECOND}",
    ],
    ids=["numbered", "bullets", "escaped", "square", "stubs-and-ones", "footnotes"],
)
def test_reference_list_of_any_form_is_read(tmp_path: Path, references: str) -> None:
    document = read(tmp_path, article("Bees fly [2].", references=references))
    assert [entry.text for entry in document.references] == [FIRST, SECOND]
    assert cited(document) == [("[2]", (2,))]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("fly (1,2).", [("(1,2)", (1, 2))]),
        (r"fly \[2\].", [("[2]", (2,))]),
        ("fly [[2](#ref-2)].", [("[2]", (2,))]),
        ("fly ([Lund 2014](#ref-2)) in [Table 1](#t1) (1).", [("Lund 2014", (2,))]),
    ],
    ids=["brackets", "escaped", "link", "author-year-link"],
)
def test_citation_is_found(
    tmp_path: Path, body: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    references = f'## References\n\n1. {FIRST}\n2. <a id="ref-2"></a>{SECOND}'
    assert cited(read(tmp_path, article(f"Bees {body}", references=references))) == found


def test_missing_entry_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"bees\.md: entry 2 .* is numbered 3"):
        read(tmp_path, article("Bees.", references=f"## References\n\n[1] {FIRST}\n\n[3] {SECOND}"))


# What stands above the text.

FACTS = """title: Gut *flora*
authors:
  - Ida Moss
  - {family: van der Lund, given: Per}
journal: Apidologie
date: 2011-05-02
doi: https://doi.org/10.1000/182
license: CC BY-NC 4.0
tags: [bees]
"""


def test_facts_above_the_text_are_metadata_and_no_words(tmp_path: Path) -> None:
    document = read(tmp_path, f"---\n{FACTS}---\n\n# Gut flora\n\n## Results\n\nBees fly.\n")
    facts = document.metadata
    assert (facts.title, facts.journal, facts.year) == ("Gut flora", "Apidologie", 2011)
    assert facts.authors == (Author("Moss", "Ida"), Author("van der Lund", "Per"))
    assert facts.doi == "10.1000/182"
    assert facts.licence is not None
    assert facts.licence.id == "CC-BY-NC-4.0"
    assert removed_of(document)[0] == (f"---\n{FACTS}---\n", "metadata")
    assert texts(document, BlockKind.TITLE) == ["Gut flora"]
    assert "tags" not in document.text


def test_first_heading_that_is_not_the_title_is_a_section(tmp_path: Path) -> None:
    document = read(tmp_path, "---\ntitle: Gut flora\n---\n# Methods of ours\n\nWe looked.\n")
    assert [section.title for section in document.sections] == ["Methods of ours"]
    assert document.metadata.title == "Gut flora"


def test_rule_at_the_top_is_no_metadata(tmp_path: Path) -> None:
    document = read(tmp_path, "---\nBees fly.\n\n---\n\n# Gut\n\n## Results\n\nThey do.\n")
    assert "Bees fly." in document.text


# Bad files, and every file.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no text"),
        (b"\n \n", "holds no text"),
        (b"---\ntitle: x\n---\n", "holds no text"),
        (b"***\n\n[a]: b\n", "holds no text"),
        (b"\x89PNG\r\n\x1a\n\x00", "is not UTF-8"),
        (b"PK\x03\x04\x00\x00", "holds null characters"),
        (b"---\ntitle: [x\n---\nBees\n", "line 3: the lines between --- are no YAML"),
        (b"> " * 10_000 + b"Bees", "nests lists and quotes deeper"),
        (b"- " * 10_000 + b"Bees", "nests lists and quotes deeper"),
        (b"\n".join(b"  " * n + b"- Bees" for n in range(200)), "nests lists and quotes deeper"),
        (b"Bees\n\n" + b"<div>\n" * 10_000, "nests elements deeper"),
    ],
    ids=["empty", "white-space", "facts-only", "marks-only", "picture", "archive", "bad-yaml",
         "deep-quotes", "deep-line", "deep-lists", "deep-html"],
)  # fmt: skip
def test_file_that_is_refused_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bees.md"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=re.escape(message)) as error:
        read_document(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "mark", ["[", "![", "*a ", "`", "<", "[^", "a|b\n", "&", "\\", "_", "[a](", "> a\n\n"]
)
def test_hostile_file_is_read_in_bounded_time(tmp_path: Path, mark: str) -> None:
    started = time.process_time()
    document = read(tmp_path, article(mark * 3_000))
    assert time.process_time() - started < 10
    assert document.blocks


def test_depth_that_is_allowed_is_read(tmp_path: Path) -> None:
    lines = "\n".join("  " * depth + f"- level {depth}" for depth in range(20))
    document = read(tmp_path, article(lines))
    levels = [b.level for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert levels == list(range(20))


SCRAPS = [
    "bees", " ", "\n", "*", "**", "_", "`", "``", "[", "]", "(", ")", "<sup>", "</sup>", "&amp;",
    "\\", "\\*", "![", "](x)", "<http://x>", "$\\alpha$", "~~", "[^1]", "  \n", "<br>", "é", "\t",
    "<!-- c -->", "[a]", '](u "t")',
]  # fmt: skip


def test_scrambled_marks_never_mislead_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the parser makes of marks in any order is followed to the last character."""
    misplaced: list[str] = []

    class Noticed(markdown_inline.MisplacedError):
        def __init__(self, what: str) -> None:
            misplaced.append(what)

    monkeypatch.setattr(markdown_inline, "MisplacedError", Noticed)
    scramble = random.Random(7)
    for _ in range(150):
        body = "".join(scramble.choices(SCRAPS, k=14))
        read(tmp_path, article(f"x{body}x\n\n[a]: b"))
        assert (body, misplaced) == (body, [])
