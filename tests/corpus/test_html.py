"""Reading saved pages: one rule each, nothing lost, and files that are no page."""

import contextlib
import html
import re
import time
from pathlib import Path

import pytest

from corpus.document import Author, BlockKind, CorpusError, Document
from corpus.passages import row_in_words
from corpus.reading import read_document
from tests.corpus.by_hand import FIRST, SECOND, cited, removed_of, section_texts, texts

THIRD = "Ames K. Wax and honey. Bee World 2001; 82: 5-7."
TITLE = "<h1>Gut flora of honey bees</h1>"
LIST = f'<li id="r1">{FIRST}</li><li id="r2">{SECOND}</li><li id="r3">{THIRD}</li>'
REFERENCES = f"<h2>References</h2><ol>{LIST}</ol>"
TOKEN = re.compile(r"<!--.*?-->|<[^>]*>|(?P<text>&[^;\s]+;|[^<])", re.DOTALL)


def page(body: str, *, head: str = "", references: str = REFERENCES) -> str:
    """A page whose section "Results" is ``body``."""
    article = f"<article>{TITLE}<h2>Results</h2>{body}{references}</article>"
    return (
        f"<!DOCTYPE html><html><head><title>Saved</title>{head}</head>"
        f"<body><nav>Home</nav><main>{article}</main></body></html>"
    )


def read(tmp_path: Path, source: str | bytes) -> Document:
    path = tmp_path / "bees.html"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    document = read_document(path)
    assert wrong_places(document) == []
    return document


def wrong_places(document: Document) -> list[tuple[int, str, int]]:
    """Characters outside tags that are not in exactly one piece or removal."""
    count = bytearray(len(document.source))
    stretches = [piece.source for block in document.blocks for piece in block.pieces]
    for stretch in (*stretches, *(removed.source for removed in document.removed)):
        for place in range(stretch.start, stretch.end):
            count[place] += 1
    return [
        (place, document.source[place : place + 20], count[place])
        for match in TOKEN.finditer(document.source)
        if match["text"] and not html.unescape(match["text"]).isspace()
        for place in range(match.start(), match.end())
        if count[place] != 1
    ]


def results_of(tmp_path: Path, body: str) -> list[tuple[str, str]]:
    return section_texts(read(tmp_path, page(body)), "Results")


# Inside a paragraph.


@pytest.mark.parametrize(
    ("inside", "reads"),
    [
        ("H<sub>2</sub>O", "H2O"),
        ("10<sup>6</sup> and Ca<sup>2+</sup>", "10⁶ and Ca²⁺"),
        ("a &lt; b &amp; c&nbsp;&#955;&#x3bb; &eacute", "a < b & c λλ é"),
        ("a < b & c", "a < b & c"),
        ("one<br>two\n  three", "one two three"),
        ("<b>bold</b><i>er</i>", "bolder"),
        ("be<!-- not this -->fore", "before"),
        ("<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>", "a/b"),
        ("<math><semantics><mi>x</mi><annotation>\\x</annotation></semantics></math>", "x"),
        ("left <b>open", "left open"),
    ],
    ids=["subscript", "superscript", "entities", "signs", "break", "emphasis", "comment",
         "fraction", "annotation", "unclosed"],
)  # fmt: skip
def test_inside_of_a_paragraph_reads_plainly(tmp_path: Path, inside: str, reads: str) -> None:
    source = page(f"<p>{inside}</p>")
    (tmp_path / "bees.html").write_text(source, encoding="utf-8")
    document = read_document(tmp_path / "bees.html")
    assert section_texts(document, "Results") == [("paragraph", reads)]


def test_pieces_lead_back_to_the_file(tmp_path: Path) -> None:
    document = read(tmp_path, page("<p>Bees &amp; <i>wasps</i> fly.</p>"))
    block = next(b for b in document.blocks if b.kind is BlockKind.PARAGRAPH)
    assert [
        (document.source[p.source.start : p.source.end], document.slice(p.span))
        for p in block.pieces
    ] == [("Bees ", "Bees "), ("&amp;", "&"), (" ", " "), ("wasps", "wasps"), (" fly.", " fly.")]


# Blocks.


def test_blocks_are_told_apart(tmp_path: Path) -> None:
    body = (
        "<p>Bees have:<ul><li>one<ul><li>deep</li></ul><li><p>two</p><p>more</p></li></ul>"
        "<blockquote><p>Said.</p></blockquote><div>loose <b>words</b><p>then</p>after</div>"
        "<dl><dt>QB</dt><dd>queen bee</dd></dl><pre>as is</pre>"
    )
    assert results_of(tmp_path, body) == [
        ("paragraph", "Bees have:"),
        ("list item", "one"),
        ("list item", "deep"),
        ("list item", "two more"),
        ("paragraph", "Said."),
        ("paragraph", "loose words"),
        ("paragraph", "then"),
        ("paragraph", "after"),
        ("list item", "QB: queen bee"),
        ("paragraph", "as is"),
    ]


def test_nested_list_has_a_level(tmp_path: Path) -> None:
    document = read(tmp_path, page("<ol><li>one<ul><li>deep</li></ul></li></ol>"))
    assert [b.level for b in document.blocks if b.kind is BlockKind.LIST_ITEM] == [0, 1]


FIGURE = (
    "<figure><figcaption><b>Table 1.</b> Hives.</figcaption><table><thead>"
    "<tr><th rowspan=2>Site<th colspan=2>Bees<tr><th>May<th>June</thead>"
    "<tr><td rowspan=2>N<td>1<td>2<tr><td><td>4</table><p>N is north.</p></figure>"
)


def test_table_keeps_columns_caption_and_notes(tmp_path: Path) -> None:
    document = read(tmp_path, page(FIGURE))
    assert section_texts(document, "Results") == [
        ("caption", "Table 1. Hives."),
        ("table header", "Site\tBees"),
        ("table header", "May\tJune"),
        ("table row", "N\t1\t2"),
        ("table row", "4"),
        ("table note", "N is north."),
    ]
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [row.columns for row in rows] == [(0, 1, 2), (0, 2)]
    assert row_in_words(document, rows[1]) == "Site: N; Bees, June: 4."
    assert {b.table for b in document.blocks if b.kind is BlockKind.CAPTION} == {0}


def test_front_matter_and_declarations_are_told_from_the_body(tmp_path: Path) -> None:
    source = (
        f"<article>{TITLE}<ul><li>Ida Moss</li></ul><p>A hive in Lund</p><h2>ABSTRACT</h2>"
        "<h3>Aim</h3><p>To see.</p><h2>Results</h2><p>Bees fly.</p>"
        "<p>Received: 1 May 2011</p><h2>Funding</h2><p>None.</p></article>"
    )
    document = read(tmp_path, source)
    assert [section.title for section in document.sections] == [
        "Article information", "Abstract", "Results", "Funding",
    ]  # fmt: skip
    assert texts(document, BlockKind.TITLE) == ["Gut flora of honey bees"]
    assert texts(document, BlockKind.FRONT_MATTER) == [
        "Ida Moss", "A hive in Lund", "Received: 1 May 2011",
    ]  # fmt: skip
    assert texts(document, BlockKind.END_MATTER) == ["None."]


# What is no part of the article.


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<nav><ul><li>no word</li></ul></nav>", "navigation"),
        ("<div role=navigation>no word</div>", "navigation"),
        ("<script>no word</script>", "script"),
        ("<noscript>no word</noscript>", "script"),
        ("<style>no word</style>", "style sheet"),
        ("<div id=onetrust-banner>no word</div>", "cookie banner"),
        ('<div class="cookie-notice">no word</div>', "cookie banner"),
        ("<p hidden>no word</p>", "hidden"),
        ('<p style="display: none">no word</p>', "hidden"),
        ('<span class="sr-only">no word</span>', "hidden"),
        ("<form><p>no word</p></form>", "form"),
        ("<button>no word</button>", "form"),
        ("<svg><text>no word</text></svg>", "embedded object"),
        ('<div class="social share">no word</div>', "page furniture"),
    ],
)
def test_what_is_no_text_of_the_article_is_left_out(
    tmp_path: Path, markup: str, reason: str
) -> None:
    document = read(tmp_path, page(f"<p>Bees fly.</p>{markup}"))
    assert section_texts(document, "Results") == [("paragraph", "Bees fly.")]
    assert ("no word", reason) in removed_of(document)


@pytest.mark.parametrize("opening", ["<article>", "<main>", "<div role=main>", "<div>"])
def test_article_is_found_on_the_page(tmp_path: Path, opening: str) -> None:
    closing = f"</{opening[1:].partition(' ')[0].rstrip('>')}>"
    source = (
        f"<body><header>Site</header><p></p>{opening}{TITLE}<h2>Results</h2><p>Bees fly.</p>"
        f"{closing}<footer>Ours</footer></body>"
    )
    document = read(tmp_path, source)
    assert section_texts(document, "Results") == [("paragraph", "Bees fly.")]
    assert ("Ours", "page furniture") in removed_of(document)


def test_card_of_another_article_is_not_the_article(tmp_path: Path) -> None:
    long = "<p>Bees fly from May to September.</p>"
    source = f"<main>{TITLE}<h2>Results</h2>{long}<article><p>Wasps.</p></article></main>"
    assert ("paragraph", "Bees fly from May to September.") in section_texts(
        read(tmp_path, source), "Results"
    )


def test_text_outside_the_article_is_listed(tmp_path: Path) -> None:
    source = f"<body><p>News</p><article>{TITLE}<h2>Results</h2><p>Bees fly.</p></article></body>"
    assert ("News", "outside the article") in removed_of(read(tmp_path, source))


# Citations and references.


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('fly <a href="#r3">[3]</a>.', [("[3]", (3,))]),
        ('fly [<a href="#r1">1</a>–<a href="#r3">3</a>].', [("[1–3]", (1, 2, 3))]),
        ('fly<sup><a href="#r1">1</a>,<a href="#r3">3</a></sup>.', [("¹,³", (1, 3))]),
        ('fly (<a href="https://j.org/a?b#r2">Lund 2014</a>).', [("Lund 2014", (2,))]),
        ('fly <a href="#r1">[9]</a>.', [("[9]", (1,))]),
        ('fly <a href="#r1">[1]</a> in <a href="#t1">Table 2</a> (3).', [("[1]", (1,))]),
        ("fly [1,3].", [("[1,3]", (1, 3))]),
    ],
    ids=["link", "range", "superscript", "whole-address", "id-wins", "other-link", "printed"],
)
def test_citation_gives_the_entry_it_leads_to(
    tmp_path: Path, inside: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert cited(read(tmp_path, page(f"<p>Bees {inside}</p>"))) == found


def test_entry_loses_label_and_link_stubs_and_gains_identifiers(tmp_path: Path) -> None:
    stubs = (
        '[<a href="https://doi.org/10.1000/182">CrossRef</a>] '
        '<a href="https://pubmed.ncbi.nlm.nih.gov/12345/">[PubMed]</a> '
        '<a href="https://x.org">Google Scholar</a>'
    )
    entries = f"<h2>References</h2><ul><li><span>1.</span> {FIRST} {stubs}</li></ul>"
    (entry,) = read(tmp_path, page("<p>Bees.</p>", references=entries)).references
    assert (entry.text, entry.doi, entry.pmid) == (FIRST, "10.1000/182", "12345")


@pytest.mark.parametrize(
    "entries",
    [
        f"<ol>{LIST}</ol>",
        f"<h2>References</h2><ol>{LIST}</ol>",
        f"<h2>References</h2><p id=r1>[1] {FIRST}<p id=r2>[2] {SECOND}<p id=r3>[3] {THIRD}",
        f'<h2>References</h2><div id="r1"><span>1</span> <div>{FIRST}</div></div>'
        f'<div id="r2"><span>2</span> <div>{SECOND}</div></div><div id="r3"><span>3</span>'
        f" <div>{THIRD}</div></div>",
        f"<h2>References</h2><dl><dt>[1]</dt><dd id=r1>{FIRST}</dd><dt>[2]</dt>"
        f"<dd id=r2>{SECOND}</dd><dt>[3]</dt><dd id=r3>{THIRD}</dd></dl>",
    ],
    ids=["list-without-heading", "list", "paragraphs", "containers", "definitions"],
)
def test_bibliography_of_any_form_is_read(tmp_path: Path, entries: str) -> None:
    body = '<p>Bees <a href="#r1">1</a>, <a href="#r2">2</a> and <a href="#r3">3</a>.</p>'
    document = read(tmp_path, page(body, references=entries))
    assert [r.text for r in document.references] == [FIRST, SECOND, THIRD]
    assert [n for marker in document.markers for n in marker.numbers] == [1, 2, 3]


def test_entry_that_leads_to_another_is_no_citation(tmp_path: Path) -> None:
    entries = f'<h2>References</h2><ol>{LIST}<li>Erratum of <a href="#r1">1</a>, 2012.</li></ol>'
    body = '<p>Bees <a href="#r2">[2]</a>.</p>'
    assert cited(read(tmp_path, page(body, references=entries))) == [("[2]", (2,))]


def test_range_holds_no_number_that_no_entry_has(tmp_path: Path) -> None:
    entries = f"<h2>References</h2><p id=r1>[1] {FIRST}<p id=r3>[3] {SECOND}"
    body = '<p>Bees [<a href="#r1">1</a>–<a href="#r3">3</a>].</p>'
    assert cited(read(tmp_path, page(body, references=entries))) == [("[1–3]", (1, 3))]


def test_missing_entry_is_an_error_where_no_link_says_which_is_meant(tmp_path: Path) -> None:
    entries = f"<h2>References</h2><p>[1] {FIRST}<p>[3] {SECOND}"
    with pytest.raises(CorpusError, match=r"bees\.html: entry 2 .* is numbered 3"):
        read(tmp_path, page("<p>Bees [3].</p>", references=entries))


# Metadata.

HIGHWIRE = "".join(
    f'<meta name="citation_{name}" content="{value}">'
    for name, value in [
        ("title", "On bees"), ("author", "Moss, Ida"), ("author", "Per van der Lund"),
        ("journal_title", "Apidologie"), ("publication_date", "2011/05/02"), ("volume", "4"),
        ("issue", "2"), ("firstpage", "1"), ("lastpage", "9"), ("doi", "doi:10.1000/182"),
        ("pmid", "12345"),
    ]
)  # fmt: skip
DUBLIN = (
    '<meta name="DC.Title" content="On bees"><meta name="DC.Creator" content="Moss, Ida">'
    '<meta name="DC.Creator" content="Lund, Per van der"><meta name="dc.source" '
    'content="Apidologie"><meta name="DC.Date" content="2011-05-02">'
    '<meta name="dc.identifier" content="https://doi.org/10.1000/182">'
)
LINKED = (
    '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": '
    '"ScholarlyArticle", "headline": "On bees", "author": [{"name": "Ida Moss"}, {"familyName": '
    '"van der Lund", "givenName": "Per"}], "datePublished": "2011-05-02", "pageStart": "1", '
    '"pageEnd": "9", "sameAs": "https://doi.org/10.1000/182", "isPartOf": {"issueNumber": 2, '
    '"isPartOf": {"volumeNumber": "4", "isPartOf": {"@type": ["Periodical"], "name": '
    '"Apidologie"}}}, "license": "https://creativecommons.org/licenses/by/4.0/"}]}</script>'
)


@pytest.mark.parametrize(
    ("head", "place", "pmid"),
    [(HIGHWIRE, ("4", "2", "1-9"), "12345"), (DUBLIN, ("", "", ""), ""),
     (LINKED, ("4", "2", "1-9"), "")],
    ids=["highwire", "dublin-core", "json-ld"],
)  # fmt: skip
def test_metadata_is_read(
    tmp_path: Path, head: str, place: tuple[str, str, str], pmid: str
) -> None:
    read_so = read(tmp_path, page("<p>Bees.</p>", head=head)).metadata
    family = ["Moss", "Lund" if head is DUBLIN else "van der Lund"]
    assert (read_so.title, read_so.journal, read_so.year) == ("On bees", "Apidologie", 2011)
    assert [author.family for author in read_so.authors] == family
    assert (read_so.volume, read_so.issue, read_so.pages) == place
    assert (read_so.doi, read_so.pmid) == ("10.1000/182", pmid)
    assert read_so.authors[0] == Author("Moss", "Ida")


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="license" href="http://creativecommons.org/licenses/by-nc/4.0/">',
        '<meta name="DC.Rights" content="CC BY-NC 4.0">',
    ],
    ids=["link", "rights"],
)
def test_licence_is_read(tmp_path: Path, head: str) -> None:
    licence = read(tmp_path, page("<p>Bees.</p>", head=head)).metadata.licence
    assert licence is not None
    assert (licence.id, licence.url) == (
        "CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/",
    )  # fmt: skip


def test_page_without_metadata_takes_its_heading_for_title(tmp_path: Path) -> None:
    broken = '<script type="application/ld+json">{"@type": </script>'
    document = read(tmp_path, page("<p>Bees.</p>", head=broken))
    assert document.metadata.title == "Gut flora of honey bees"
    assert document.metadata.authors == ()


# Encodings and bad files.


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "utf-8"), ("windows-1252", "cp1252"), ("ISO-8859-1", "cp1252"),
     ("latin1", "latin-1"), ("utf-16", "utf-16")],
)  # fmt: skip
def test_declared_encoding_is_used(tmp_path: Path, declared: str, encoding: str) -> None:
    source = page("<p>Bêtes à miel.</p>", head=f'<meta charset="{declared}">')
    assert ("paragraph", "Bêtes à miel.") in section_texts(
        read(tmp_path, source.encode(encoding)), "Results"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (page("").encode(), "holds no article text"),
        (b"<html><body><script>build()</script></body></html>", "holds no article text"),
        ("<p>Bêtes".encode("cp1252"), "is not UTF-8 and declares no encoding: byte 4 is 0xea"),
        ("<meta charset=utf-8><p>Bêtes".encode("cp1252"),
         "is not UTF-8 as its meta charset says (utf-8): byte 24"),
        (b"<meta charset=klingon><p>Bees", "declares the unknown encoding 'klingon'"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not UTF-8"),
        (b"PK\x03\x04\x00\x00\x00", "holds null characters"),
        (b"<div>" * 10_000 + b"Bees fly.", "nests elements deeper than 200"),
        (b"<ul><li>" * 10_000 + b"Bees fly.", "nests elements deeper than 200"),
    ],
    ids=["empty", "white-space", "no-text", "script-only", "undeclared", "wrong-encoding",
         "unknown-encoding", "picture", "archive", "deep", "deep-lists"],
)  # fmt: skip
def test_file_that_is_refused_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bees.html"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=re.escape(message)) as error:
        read_document(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "markup",
    ["<p>a" + "<div>b</div>" * 4_000, "<p>" + "&" * 40_000, "<p>" + "<" * 40_000,
     "<p>a<a " + " " * 100_000 + ">b", "<p>a" + "<!--" * 20_000, "<p>a" + "</i>" * 10_000,
     "<p>" + "<b>" * 150 + "x" + "<p>y" * 1_000],
    ids=["blocks", "ampersands", "less-than", "spaces", "comments", "ends", "reopened"],
)  # fmt: skip
def test_hostile_page_is_read_in_bounded_time(tmp_path: Path, markup: str) -> None:
    path = tmp_path / "bees.html"
    path.write_text(f"<h1>On</h1><h2>Results</h2>{markup}", encoding="utf-8")
    started = time.process_time()
    read_document(path)
    assert time.process_time() - started < 10


def test_deepest_page_that_is_allowed_is_read(tmp_path: Path) -> None:
    body = "<div>" * 190 + "Bees fly." + "</div>" * 190
    document = read(tmp_path, f"<article>{TITLE}<h2>Results</h2>{body}</article>")
    assert section_texts(document, "Results") == [("paragraph", "Bees fly.")]


@pytest.mark.parametrize("opening", ["<ul><li>", "<b>", "<blockquote>", "<table><tr><td>"])
def test_deep_nesting_of_any_kind_is_read_or_refused(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "bees.html"
    deepest = 0
    for times in (30, 60, 95, 190):
        path.write_text(f"<h1>On</h1><h2>Results</h2>{opening * times}Bees fly.", encoding="utf-8")
        with contextlib.suppress(CorpusError):
            assert "Bees fly." in read_document(path).text
            deepest = times
    assert deepest >= 30
