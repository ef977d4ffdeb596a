"""Reading JATS: real articles counted by hand, hand-made ones for each rule, and bad files."""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.document import BlockKind, CorpusError, Document, Span
from corpus.passages import row_in_words, sentence_spans, split_passages
from corpus.reading import read_article, read_document

SAMPLES = Path(__file__).parent / "jats"


@dataclass(frozen=True)
class Counted:
    """What a person counted in the file: see the table in the samples' README."""

    sections: int
    references: int
    citations: int  # ids in <xref ref-type="bibr">
    markers: int
    rows: int
    doi: str
    licence: str


COUNTED = {
    "1471-2180-11-174.nxml": Counted(27, 64, 111, 79, 51, "10.1186/1471-2180-11-174", "CC-BY-2.0"),
    "1472-6831-8-11.nxml": Counted(18, 31, 46, 34, 45, "10.1186/1472-6831-8-11", "CC-BY-2.0"),
    "elife-32671.nxml": Counted(11, 51, 85, 45, 0, "", ""),
    "fpsyt-03-00018.nxml": Counted(
        26, 76, 103, 103, 76, "10.3389/fpsyt.2012.00018", "CC-BY-NC-3.0"
    ),
    "ehp-116-1694.nxml": Counted(24, 58, 82, 82, 0, "10.1289/ehp.11570", "PDM-1.0"),
    "pntd.0002065.nxml": Counted(18, 32, 43, 36, 54, "10.1371/journal.pntd.0002065", "CC-BY"),
    "pone.0000217.nxml": Counted(26, 33, 46, 37, 0, "10.1371/journal.pone.0000217", "CC-BY"),
    "pone.0046493.nxml": Counted(25, 58, 92, 60, 29, "10.1371/journal.pone.0046493", "CC-BY"),
}
REASONS = {
    "affiliation mark",
    "front matter",
    "identifier",
    "reference identifier",
    "reference label",
}


@pytest.fixture(scope="module")
def samples() -> dict[str, Document]:
    return {name: read_document(SAMPLES / name) for name in COUNTED}


every_sample = pytest.mark.parametrize("name", COUNTED)


def test_every_sample_is_counted_and_attributed() -> None:
    assert {path.name for path in SAMPLES.glob("*.nxml")} == set(COUNTED)
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in COUNTED if name not in readme or COUNTED[name].doi not in readme] == []


@every_sample
def test_sample_has_the_counts_of_a_person(samples: dict[str, Document], name: str) -> None:
    document, counted = samples[name], COUNTED[name]
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert len(document.sections) == counted.sections
    assert [r.number for r in document.references] == list(range(1, counted.references + 1))
    assert len(document.markers) == counted.markers
    assert len(rows) == counted.rows
    assert document.metadata.doi == counted.doi
    licence = document.metadata.licence
    assert (licence.id if licence else "") == counted.licence


@every_sample
def test_every_citation_of_a_sample_names_its_entry(
    samples: dict[str, Document], name: str
) -> None:
    document = samples[name]
    places = [
        (match.end(), rid)
        for match in re.finditer(r"<xref[^>]*\brid=\"(?P<rids>[^\"]+)\"[^>]*>", document.source)
        if 'ref-type="bibr"' in match[0]
        for rid in match["rids"].split()
    ]
    entries = {
        match["id"]: Span(match.start(), match.end())
        for match in re.finditer(r"<ref id=\"(?P<id>[^\"]+)\".*?</ref>", document.source, re.DOTALL)
    }
    wrong = [
        (rid, document.source[start : start + 20])
        for start, rid in places
        if entries[rid] not in [entry_place(document, n) for n in numbers_at(document, start)]
    ]
    assert len(places) == COUNTED[name].citations
    assert wrong == []


def entry_place(document: Document, number: int) -> Span:
    """The place of an entry's element in the file."""
    reference = document.reference(number)
    assert reference is not None
    place = document.source.index(reference.raw)
    return Span(
        document.source.rindex("<ref ", 0, place), document.source.index("</ref>", place) + 6
    )


def numbers_at(document: Document, source: int) -> tuple[int, ...]:
    """The numbers of the marker that holds a place in the file."""
    for block in document.blocks:
        for piece in block.pieces:
            if piece.source.start <= source < piece.source.end:
                offset = piece.span.start + source - piece.source.start
                return next(
                    (m.numbers for m in document.markers if m.span.start <= offset < m.span.end),
                    (),
                )
    return ()


@every_sample
def test_every_character_of_a_sample_is_read_once_or_listed(
    samples: dict[str, Document], name: str
) -> None:
    document = samples[name]
    count = bytearray(len(document.source))
    stretches = [piece.source for block in document.blocks for piece in block.pieces]
    for stretch in (*stretches, *(removed.source for removed in document.removed)):
        for place in range(stretch.start, stretch.end):
            count[place] += 1
    wrong = [
        (place, document.source[place : place + 20], count[place])
        for place in text_places(document.source)
        if count[place] != 1
    ]
    assert wrong == []
    assert {removed.reason for removed in document.removed} <= REASONS


def text_places(source: str) -> list[int]:
    """Offsets of the characters outside markup that are no white space, as it is or as ``&#…;``."""
    token = re.compile(r"<!--.*?-->|<\?.*?\?>|<[^>]*>|(?P<text>&[^;]+;|[^<])", re.DOTALL)
    return [
        place
        for match in token.finditer(source, source.index("<article"))
        if match["text"] and not html.unescape(match["text"]).isspace()
        for place in range(match.start(), match.end())
    ]


@every_sample
def test_every_character_of_a_sample_reads_as_in_the_file(
    samples: dict[str, Document], name: str
) -> None:
    document = samples[name]
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", "0123456789+-=()")
    dashes = str.maketrans("−–", "--")
    changed = []
    for block in document.blocks:
        for piece in block.pieces:
            before = html.unescape(document.source[piece.source.start : piece.source.end])
            after = document.slice(piece.span)
            raised = after.translate(plain)
            if before != after and (raised == after or before.translate(dashes) != raised):
                changed.append((before, after))
    assert changed == []


@every_sample
def test_characters_of_a_sample_without_a_place_are_white_space_or_supplied(
    samples: dict[str, Document], name: str
) -> None:
    document = samples[name]
    held = bytearray(len(document.text))
    pieces = [piece.span for block in document.blocks for piece in block.pieces]
    for span in (*pieces, *document.supplied):
        held[span.start : span.end] = b"\x01" * (span.end - span.start)
    assert [c for c, h in zip(document.text, held, strict=True) if not h and not c.isspace()] == []
    supplied = {document.slice(span) for span in document.supplied}
    assert [text for text in supplied if not re.fullmatch(r"[,.:;()–]+|et|al\.?", text)] == []


@every_sample
def test_blocks_of_a_sample_are_in_order_and_in_their_sections(
    samples: dict[str, Document], name: str
) -> None:
    document = samples[name]
    ends = [block.span.end for block in document.blocks]
    assert all(b.span.start > end for b, end in zip(document.blocks[1:], ends, strict=False))
    assert all(b.span in document.sections[b.section].span for b in document.blocks)
    assert (
        document.text
        == "".join(
            character for character in document.text if character == "\n" or character >= " "
        )
        or "\t" in document.text
    )
    assert split_passages(document)


def test_entry_that_is_stored_as_fields_reads_with_punctuation(
    samples: dict[str, Document],
) -> None:
    entry = samples["1472-6831-8-11.nxml"].references[0]
    assert entry.text == (
        "Locker D. Measuring oral health: a conceptual framework. Community Dent Health 1988; 5: "
        "3–18."
    )
    assert (entry.authors, entry.title) == (
        ("Locker D",),
        "Measuring oral health: a conceptual framework",
    )
    assert (entry.journal, entry.year, entry.volume, entry.pages, entry.pmid) == (
        "Community Dent Health", 1988, "5", "3-18", "3285972",
    )  # fmt: skip


def test_entry_that_is_stored_as_printed_keeps_its_words(samples: dict[str, Document]) -> None:
    entry = samples["pntd.0002065.nxml"].references[1]
    assert entry.text == (
        "Rich KM, Wanyoike F (2010) An assessment of the regional and national socio-economic "
        "impacts of the 2007 Rift Valley fever outbreak in Kenya. Am J Trop Med Hyg 83: 52–57"
    )
    assert entry.authors == ("Rich KM", "Wanyoike F")


def test_range_of_two_citations_holds_the_numbers_between(samples: dict[str, Document]) -> None:
    document = samples["pntd.0002065.nxml"]
    found = [m for m in document.markers if document.slice(m.span) == "[4]–[7]"]
    assert [marker.numbers for marker in found] == [(4, 5, 6, 7)]


def test_author_year_citation_keeps_its_words(samples: dict[str, Document]) -> None:
    document = samples["ehp-116-1694.nxml"]
    first = document.markers[0]
    assert (document.slice(first.span), first.numbers) == ("Hites 2004", (21,))
    reference = document.reference(21)
    assert reference is not None
    assert reference.text.startswith("Hites RA.")


def test_head_over_several_columns_is_part_of_each_row_in_words(
    samples: dict[str, Document],
) -> None:
    document = samples["pntd.0002065.nxml"]
    row = next(b for b in document.blocks if document.slice(b.span).startswith("Mocuba\t"))
    assert row_in_words(document, row) == (
        "District: Mocuba; Goats, n: 59; Goats, Seroprevalence (%): 0.0a; Goats, 95% C.I.: 0.0, "
        "4.9; Sheep, n: 181; Sheep, Seroprevalence (%): 13.8a; Sheep, 95% C.I.: 9.5, 19.7."
    )


# Hand-made articles: one rule each.


def made(body: str, *, back: str = "", front: str = "") -> bytes:
    refs = "".join(
        f'<ref id="b{n}"><label>{n}</label><mixed-citation>Moss I. Bees {n}. Apid 2011; 4: 1-9.'
        "</mixed-citation></ref>"
        for n in range(1, 13)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE article SYSTEM "jats.dtd">'
        '<article xmlns:mml="m"><front><article-meta>'
        f"<title-group><article-title>On bees</article-title></title-group>{front}"
        f"</article-meta></front><body>{body}</body><back>{back}<ref-list>{refs}</ref-list></back>"
        "</article>"
    ).encode()


def read(tmp_path: Path, body: str, *, back: str = "", front: str = "") -> Document:
    path = tmp_path / "bees.xml"
    path.write_bytes(made(body, back=back, front=front))
    return read_document(path)


def body_of(document: Document) -> list[tuple[str, str]]:
    return [
        (block.kind.value, document.slice(block.span))
        for block in document.blocks
        if block.kind not in (BlockKind.TITLE, BlockKind.FRONT_MATTER, BlockKind.REFERENCE)
    ]


def cite(*numbers: int) -> str:
    return ",".join(f'<xref ref-type="bibr" rid="b{n}">{n}</xref>' for n in numbers)


X3, X6 = cite(3), cite(6)


@pytest.mark.parametrize(
    ("inside", "reads", "marker", "numbers"),
    [
        (f"fly [{X3}].", "fly [3].", "[3]", (3,)),
        (f"fly ({cite(2, 3)}).", "fly (2,3).", "(2,3)", (2, 3)),
        (f"fly [{X3}-{X6}].", "fly [3-6].", "[3-6]", (3, 4, 5, 6)),
        (f"fly [{X3}]–[{X6}].", "fly [3]–[6].", "[3]–[6]", (3, 4, 5, 6)),
        (f"fly [{X6}–{X3}].", "fly [6–3].", "[6–3]", (6, 3)),
        (f"fly<sup>{cite(1, 3)}</sup>.", "fly¹,³.", "¹,³", (1, 3)),
        (f"fly<sup>{X3}–{X6}</sup>.", "fly³–⁶.", "³–⁶", (3, 4, 5, 6)),
        ('fly<xref ref-type="bibr" rid="b12"><sup>12</sup></xref>.', "fly¹².", "¹²", (12,)),
        ('fly [<xref ref-type="bibr" rid="b3">3–6</xref>].', "fly [3–6].", "[3–6]", (3, 4, 5, 6)),
        ('fly [<xref ref-type="bibr" rid="b3 b4">3,4</xref>].', "fly [3,4].", "[3,4]", (3, 4)),
        ('(<xref ref-type="bibr" rid="b3">Moss, 2011</xref>).', "(Moss, 2011).", "Moss, 2011",
         (3,)),
    ],
    ids=["one", "list", "range", "bracketed-range", "backwards", "superscript-list",
         "superscript-range", "superscript-inside", "printed-range", "two-ids", "author-year"],
)  # fmt: skip
def test_citation_gives_the_articles_own_numbers(
    tmp_path: Path, inside: str, reads: str, marker: str, numbers: tuple[int, ...]
) -> None:
    document = read(tmp_path, f"<p>{inside}</p>")
    assert body_of(document) == [("paragraph", reads)]
    assert [(document.slice(m.span), m.numbers) for m in document.markers] == [(marker, numbers)]


def test_citations_apart_are_two_markers(tmp_path: Path) -> None:
    document = read(tmp_path, f"<p>Bees [{X3}] and wasps [{X6}].</p>")
    assert [marker.numbers for marker in document.markers] == [(3,), (6,)]


def test_citation_of_no_entry_keeps_its_words_without_a_marker(tmp_path: Path) -> None:
    document = read(tmp_path, '<p>Bees [<xref ref-type="bibr" rid="lost">40</xref>].</p>')
    assert body_of(document) == [("paragraph", "Bees [40].")]
    assert document.markers == ()


@pytest.mark.parametrize(
    ("lost", "inside", "found"),
    [
        ("empty", "[{0}] and [{1}]", [("[6]", (6,))]),
        ("empty", "[{0},{1}]", [("[3,6]", (6,))]),
        ("missing", "[{2}]–[{1}]", [("[2]–[6]", (2, 4, 5, 6))]),
    ],
    ids=["alone", "beside-another", "range"],
)
def test_number_that_no_entry_has_is_not_cited(
    tmp_path: Path, lost: str, inside: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    """The third entry is there but empty, or is not there at all."""
    instead = '<ref id="b3"><label>3</label><mixed-citation/></ref>' if lost == "empty" else ""
    raw = made(f"<p>Bees {inside.format(X3, X6, cite(2))}.</p>").decode()
    path = tmp_path / "bees.xml"
    path.write_text(re.sub(r'<ref id="b3">.*?</ref>', instead, raw), encoding="utf-8")
    document = read_document(path)
    assert 3 not in [reference.number for reference in document.references]
    assert [(document.slice(m.span), m.numbers) for m in document.markers] == found


def test_sentence_ends_behind_a_superscript_citation(tmp_path: Path) -> None:
    document = read(tmp_path, f"<p>Bees fly.<sup>{cite(1, 3)}</sup> They rest.</p>")
    block = document.blocks[-13]
    assert [document.slice(span) for span in sentence_spans(document, block)] == [
        "Bees fly.¹,³",
        "They rest.",
    ]


def test_entries_with_printed_numbers_keep_them(tmp_path: Path) -> None:
    source = made(f"<p>Bees [{X3}].</p>").replace(b"<label>3<", b"<label>30<")
    (tmp_path / "bees.xml").write_bytes(source)
    document = read_document(tmp_path / "bees.xml")
    assert document.markers[0].numbers == (30,)
    assert document.reference(30) is not None
    assert document.reference(3) is None


@pytest.mark.parametrize("label", ["9" * 7, "9" * 5000], ids=["seven-digits", "beyond-an-integer"])
def test_label_too_long_for_a_number_leaves_the_place_in_the_list(
    tmp_path: Path, label: str
) -> None:
    source = made(f"<p>Bees [{X3}].</p>").replace(b"<label>3<", f"<label>{label}<".encode())
    (tmp_path / "bees.xml").write_bytes(source)
    document = read_document(tmp_path / "bees.xml")
    assert document.markers[0].numbers == (3,)
    assert document.reference(3) is not None


@pytest.mark.parametrize(
    ("inside", "reads"),
    [
        ("H<sub>2</sub>O", "H2O"),
        ("10<sup>6</sup> cells", "10⁶ cells"),
        ("10<sup>-6</sup> and 10<sup>−6</sup>", "10⁻⁶ and 10⁻⁶"),
        ("Ca<sup>2+</sup>", "Ca²⁺"),
        ("the 13<sup>th</sup>", "the 13th"),
        ("a &lt; b &amp; c &#x3bb; &alpha;", "a < b & c λ α"),
        ("two\n   lines  here", "two lines here"),
        ("<![CDATA[a < b & c]]>", "a < b & c"),
        ("be<!-- not this -->fore", "before"),
        ("<inline-formula><mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup>"
         "</mml:math></inline-formula>", "x²"),
        ("<inline-formula><mml:math><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>"
         "</mml:math></inline-formula>", "a/b"),
        ("<inline-formula><alternatives><tex-math>$x$</tex-math><mml:math><mml:mi>x</mml:mi>"
         "</mml:math></alternatives></inline-formula>", "x"),
        (r"<inline-formula><tex-math>\documentclass{minimal}\begin{document}$y$\end{document}"
         "</tex-math></inline-formula>", "$y$"),
    ],
    ids=["subscript", "power", "negative", "ion", "ordinal", "entities", "white-space", "cdata",
         "comment", "mathml-power", "mathml-fraction", "alternatives", "tex"],
)  # fmt: skip
def test_inside_of_a_paragraph_reads_plainly(tmp_path: Path, inside: str, reads: str) -> None:
    assert body_of(read(tmp_path, f"<p>{inside}</p>")) == [("paragraph", reads)]


def test_what_is_read_once_of_two_versions_is_listed(tmp_path: Path) -> None:
    formula = "<alternatives><tex-math>$x$</tex-math><mml:math>x</mml:math></alternatives>"
    document = read(tmp_path, f"<p><inline-formula>{formula}</inline-formula></p>")
    listed = [(document.source[r.source.start : r.source.end], r.reason) for r in document.removed]
    assert ("$x$", "alternative of a formula") in listed


def test_float_inside_a_paragraph_follows_it(tmp_path: Path) -> None:
    figure = (
        "<fig><label>Figure 1</label><caption><title>Hives.</title><p>In May.</p></caption></fig>"
    )
    document = read(tmp_path, f"<p>Bees {figure}fly.<fn><p>Mostly.</p></fn></p>")
    assert body_of(document) == [
        ("paragraph", "Bees fly."),
        ("caption", "Figure 1 Hives."),
        ("caption", "In May."),
        ("footnote", "Mostly."),
    ]


def test_list_parts_its_paragraph_and_nests(tmp_path: Path) -> None:
    inner = "<list><list-item><p>tongue</p></list-item></list>"
    items = f"<list><list-item><label>•</label><p>long:</p>{inner}</list-item></list>"
    document = read(tmp_path, f"<p>Bees have:{items}and wings.</p>")
    assert body_of(document) == [
        ("paragraph", "Bees have:"),
        ("list item", "long:"),
        ("list item", "tongue"),
        ("paragraph", "and wings."),
    ]
    assert [block.level for block in document.blocks if block.kind is BlockKind.LIST_ITEM] == [0, 1]


def test_box_and_definitions_are_read(tmp_path: Path) -> None:
    box = "<boxed-text><caption><title>Key points</title></caption><p>Bees fly.</p></boxed-text>"
    glossary = (
        "<glossary><title>Abbreviations</title><def-list><def-item><term>QB</term><def><p>queen "
        "bee</p></def></def-item></def-list></glossary>"
    )
    assert body_of(read(tmp_path, f"<p>Bees.</p>{box}", back=glossary)) == [
        ("paragraph", "Bees."),
        ("heading", "Key points"),
        ("paragraph", "Bees fly."),
        ("heading", "Abbreviations"),
        ("list item", "QB: queen bee"),
    ]


TABLE = (
    "<table-wrap><label>Table 1</label><caption><p>Hives</p></caption><table><thead>"
    '<tr><th rowspan="2">Site</th><th colspan="2">Bees</th></tr><tr><th>May</th><th>June</th></tr>'
    '</thead><tbody><tr><td rowspan="2">North</td><td>1</td><td>2</td></tr>'
    '<tr><td/><td>4</td></tr><tr><td colspan="3">South</td></tr></tbody></table>'
    "<table-wrap-foot><p>May, of 2011.</p></table-wrap-foot></table-wrap>"
)


def test_spanning_cells_belong_to_each_row_and_column(tmp_path: Path) -> None:
    document = read(tmp_path, TABLE)
    assert body_of(document) == [
        ("caption", "Table 1 Hives"),
        ("table header", "Site\tBees"),
        ("table header", "May\tJune"),
        ("table row", "North\t1\t2"),
        ("table row", "4"),
        ("table row", "South"),
        ("table note", "May, of 2011."),
    ]
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [row_in_words(document, row) for row in rows] == [
        "Site: North; Bees, May: 1; Bees, June: 2.",
        "Site: North; Bees, June: 4.",
        "Site: South.",
    ]
    assert [block.table for block in document.blocks if block.table is not None] == [0] * 7


def test_sections_carry_their_titles_and_numbers(tmp_path: Path) -> None:
    inner = "<sec><label>1.1</label><title>Wild</title><p>They fly.</p></sec>"
    document = read(tmp_path, f"<sec><label>1.</label><title>Bees:</title>{inner}</sec>")
    assert [section.title for section in document.sections] == [
        "Article information",
        "Bees",
        "Wild",
        "References",
    ]
    assert body_of(document)[:2] == [("heading", "1. Bees:"), ("heading", "1.1 Wild")]


def test_text_outside_any_paragraph_is_a_paragraph(tmp_path: Path) -> None:
    document = read(tmp_path, "Stray <p>Bees fly.</p> and loose.")
    assert [text for _, text in body_of(document)] == ["Stray", "Bees fly.", "and loose."]


def test_sub_article_is_left_out_and_listed(tmp_path: Path) -> None:
    reply = b"<sub-article><body><p>Reject.</p></body></sub-article></article>"
    path = tmp_path / "bees.xml"
    path.write_bytes(made("<p>Bees.</p>").replace(b"</article>", reply))
    document = read_document(path)
    assert "Reject" not in document.text
    assert "sub-article" in {removed.reason for removed in document.removed}


def test_article_file_wins_over_what_the_xml_says(tmp_path: Path) -> None:
    folder = tmp_path / "bees"
    folder.mkdir()
    doi = '<article-id pub-id-type="doi">10.1/bees</article-id>'
    (folder / "bees.nxml").write_bytes(made("<p>Bees fly.</p>", front=doi))
    (folder / "article.toml").write_text(
        'title = "Of bees"\n[source]\nfile = "bees.nxml"\n', encoding="utf-8"
    )
    document = read_article(folder)
    assert (document.id, document.metadata.title, document.metadata.doi) == (
        "bees",
        "Of bees",
        "10.1/bees",
    )


def test_licence_address_of_anybody_else_is_not_taken(tmp_path: Path) -> None:
    licence = (
        '<permissions><license xmlns:l="l" l:href="javascript:alert(1)"><license-p>Mine'
        "</license-p></license></permissions>"
    )
    assert read(tmp_path, "<p>Bees.</p>", front=licence).metadata.licence is None


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_file_is_read_in_the_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    text = made("<p>Özek.</p>").decode().replace("UTF-8", encoding)
    path = tmp_path / "bees.xml"
    path.write_bytes(text.encode(encoding))
    assert body_of(read_document(path)) == [("paragraph", "Özek.")]


LAUGHS = (
    '<!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><article><front>'
    "<article-meta/></front><body><p>&b;</p></body></article>"
)
OUTSIDE = (
    '<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/hostname">]><article><front><article-meta/>'
    "</front><body><p>&x;</p></body></article>"
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty; fetch the file again"),
        (b"  \n", "is empty; fetch the file again"),
        (made("<p>Bees.</p>")[:-60], "is not well-formed XML: .*; it may be cut off, fetch"),
        (b"<html><body><p>Bees.</p></body></html>", "is not a JATS article: <html> holds no"),
        (b"<article><p>Bees</p></article>", "is not a JATS article"),
        (LAUGHS.encode(), "declares entities .* which Sic neither expands nor fetches"),
        (OUTSIDE.encode(), "declares entities .* which Sic neither expands nor fetches"),
        (made("<p>&bees;</p>"), "the entity &bees; is not a standard one; write its text"),
        (made("<p>Özek</p>").decode().encode("latin-1"), r"is not UTF-8 as it says \(byte \d+\)"),
        (made("").replace(b"UTF-8", b"klingon"), "declares the unknown encoding 'klingon'"),
        (b"<article><front><article-meta><title-group><article-title>Bees</article-title>"
         b"</title-group></article-meta></front></article>", "holds no abstract and no body"),
        (b"<x>" + 2 * b"<article><front><article-meta/></front></article>" + b"</x>",
         "holds 2 articles; give one file for each"),
    ],
    ids=["empty", "blank", "cut-off", "html", "no-metadata", "billion-laughs", "external-entity",
         "unknown-entity", "wrong-encoding", "unknown-encoding", "no-text", "two-articles"],
)  # fmt: skip
def test_bad_file_is_refused_with_its_name_and_a_remedy(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "bees.nxml"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=told) as caught:
        read_document(path)
    assert "bees.nxml" in str(caught.value)


# Lists without labels, and entries whose fields are in any order.


def read_unlabelled(tmp_path: Path, body: str, refs: str) -> Document:
    labelled = made(body).decode()
    unlabelled = re.sub("<ref-list>.*</ref-list>", f"<ref-list>{refs}</ref-list>", labelled)
    path = tmp_path / "bees.xml"
    path.write_text(unlabelled, encoding="utf-8")
    return read_document(path)


BY_NAME = "".join(
    f'<ref id="{name}"><mixed-citation>{name.title()} I. Bees.</mixed-citation></ref>'
    for name in ("ash", "bay", "elm", "fir")
)


def numbers_of(document: Document) -> dict[str, int]:
    return {
        reference.text.split()[0].lower(): reference.number for reference in document.references
    }


def link(text: str, *ids: str) -> str:
    return f'<xref ref-type="bibr" rid="{" ".join(ids)}">{text}</xref>'


def test_list_by_name_takes_the_numbers_that_the_text_prints(tmp_path: Path) -> None:
    body = f"<p>Bees {link('[1]', 'fir')} fly {link('[2-4]', 'elm', 'ash', 'bay')}.</p>"
    document = read_unlabelled(tmp_path, body, BY_NAME)
    assert numbers_of(document) == {"fir": 1, "elm": 2, "ash": 3, "bay": 4}
    assert [m.numbers for m in document.markers] == [(1,), (2, 3, 4)]


def test_single_citations_say_which_number_is_whose_in_a_list_in_no_order(tmp_path: Path) -> None:
    later = f"{link('[1]', 'fir')}, {link('[3,4]', 'ash', 'elm')}"
    body = f"<p>Bees {link('[1,2]', 'bay', 'fir')} fly {later}.</p>"
    document = read_unlabelled(tmp_path, body, BY_NAME)
    assert numbers_of(document) == {"fir": 1, "bay": 2, "ash": 3, "elm": 4}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"<p>{link('[1]', 'fir')} {link('[2]', 'fir')}</p>", id="two numbers for one"),
        pytest.param(f"<p>{link('[1]', 'fir')} {link('[1]', 'elm')}</p>", id="one number for two"),
        pytest.param(f"<p>{link('[1]', 'fir')} {link('[2]', 'elm')}</p>", id="entries never cited"),
        pytest.param(f"<p>{link('Fir 2011', 'fir')}</p>", id="no numbers"),
        pytest.param(f"<p>{link('[1-4]', 'fir', 'elm')}</p>", id="fewer ids than numbers"),
        pytest.param(
            f"<p>{link('1', 'fir')} {link('2', 'ash')} {link('3,4', 'fir', 'elm', 'bay')}</p>",
            id="more ids than numbers",
        ),
    ],
)
def test_place_counts_where_the_text_does_not_number_a_list(tmp_path: Path, body: str) -> None:
    document = read_unlabelled(tmp_path, body, BY_NAME)
    assert numbers_of(document) == {"ash": 1, "bay": 2, "elm": 3, "fir": 4}


def test_range_between_two_links_is_none_where_the_list_has_other_numbers(tmp_path: Path) -> None:
    body = f"<p>Bees {link('[1]', 'ash')}–{link('[4]', 'elm')} fly {link('[2]', 'elm')}.</p>"
    document = read_unlabelled(tmp_path, body, BY_NAME)
    assert [marker.numbers for marker in document.markers] == [(1, 3), (3,)]


def test_list_of_links_names_its_entries_where_the_list_has_other_numbers(tmp_path: Path) -> None:
    document = read_unlabelled(tmp_path, f"<p>Bees {link('[1,2]', 'fir', 'elm')}.</p>", BY_NAME)
    assert [marker.numbers for marker in document.markers] == [(4, 3)]


def test_fields_in_any_order_read_as_a_citation(tmp_path: Path) -> None:
    entry = (
        '<ref id="a"><element-citation><fpage>1</fpage><lpage>9</lpage><volume>4</volume>'
        "<year>2011</year><person-group><name><surname>Moss</surname><given-names>I</given-names>"
        "</name><name><surname>Ash</surname><given-names>B</given-names></name></person-group>"
        "<source>Apid</source><article-title>On bees</article-title></element-citation></ref>"
    )
    (reference,) = read_unlabelled(tmp_path, "<p>Bees.</p>", entry).references
    assert reference.text == "Moss I, Ash B. On bees. Apid 2011; 4: 1–9."
    assert reference.raw.startswith("1</fpage>")
    assert reference.raw.endswith("On bees")


def test_people_keep_their_order_where_the_fields_are_put_into_another(tmp_path: Path) -> None:
    entry = (
        '<ref id="a"><element-citation><year>2011</year><name><surname>Moss</surname>'
        "<given-names>I</given-names></name><collab>Bee Group</collab><etal/>"
        "<article-title>On bees</article-title><source>Apid</source></element-citation></ref>"
    )
    (reference,) = read_unlabelled(tmp_path, "<p>Bees.</p>", entry).references
    assert reference.text == "Moss I, Bee Group, et al. On bees. Apid 2011."


def test_printed_names_that_touch_are_parted_by_commas(tmp_path: Path) -> None:
    entry = (
        '<ref id="a"><mixed-citation><person-group><name><surname>Moss</surname>'
        "<given-names>I. M.</given-names></name><name><surname>Ash</surname>"
        "<given-names>B.</given-names></name></person-group> (<year>2011</year>). "
        "<article-title>On bees</article-title>.</mixed-citation></ref>"
    )
    (reference,) = read_unlabelled(tmp_path, "<p>Bees.</p>", entry).references
    assert reference.text == "Moss I. M., Ash B. (2011). On bees."


def test_persons_of_a_group_of_authors_are_authors(tmp_path: Path) -> None:
    contrib = '<contrib contrib-type="person"><name><surname>{}</surname></name></contrib>'
    front = "".join(
        f'<contrib-group content-type="{kind}">{contrib.format(name)}</contrib-group>'
        for kind, name in (("author", "Moss"), ("editor", "Ash"))
    )
    authors = read(tmp_path, "<p>Bees.</p>", front=front).metadata.authors
    assert [author.family for author in authors] == ["Moss"]
