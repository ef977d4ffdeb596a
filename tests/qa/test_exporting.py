"""Exports, read back with the libraries that users' programs are made of."""

import html
import json
import re

import bibtexparser
import pytest
import rispy
from bibtexparser import middlewares
from bibtexparser.library import Library as BibtexLibrary
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from markdown_it import MarkdownIt

from corpus.document import Document, Reference, Span
from corpus.reading import load_corpus
from index.library import SHIPPED_ARTICLES
from qa.answering import Abstention, Answer
from qa.boundaries import Refusal
from qa.escaping import escape_markdown
from qa.exporting import (
    ET_AL,
    NOT_READ,
    Exchange,
    conversation_to_json,
    conversation_to_markdown,
    make_keys,
    permalink,
    references_of,
    references_to_bibtex,
    references_to_csl_json,
    references_to_ris,
)
from qa.quoting import Quote
from qa.rendering import LIST_NOTE, reply_to_json


@pytest.fixture(scope="module")
def document() -> Document:
    return load_corpus(SHIPPED_ARTICLES)[0]


@pytest.fixture(scope="module")
def references(document: Document) -> tuple[Reference, ...]:
    assert len(document.references) == 49
    return document.references


def quote_of(document: Document, text: str) -> Quote:
    start = document.text.index(text)
    return Quote.from_document(document, Span(start, start + len(text)), score=0.9)


def make_reference(title: str = "T", **values: object) -> Reference:
    fields: dict[str, object] = {
        "number": 1, "span": Span(0, 1), "text": title, "authors": ("Cregan MD",), "et_al": False,
        "title": title, "journal": "Gut", "year": 2007, "volume": "1", "issue": "", "pages": "1-2",
        "raw": "",
    }  # fmt: skip
    return Reference(**(fields | values))  # type: ignore[arg-type]


def undotted(given: str) -> str:
    return re.sub(r"[.\s]", "", given)


# ---- references ----------------------------------------------------------------------------------


def read_bibtex(text: str) -> BibtexLibrary:
    library = bibtexparser.parse_string(
        text,
        append_middleware=[
            middlewares.SeparateCoAuthors(),
            middlewares.SplitNameParts(),
            middlewares.LatexDecodingMiddleware(),
        ],
    )
    assert library.failed_blocks == []
    return library


def bibtex_authors(names: list[middlewares.NameParts]) -> tuple[tuple[str, ...], bool]:
    printed = [
        " ".join([*name.von, *name.last, undotted("".join(name.first))]).strip() for name in names
    ]
    has_others = printed[-1:] == ["others"]
    return tuple(printed[:-1] if has_others else printed), has_others


def test_bibtex_equals_the_references(references: tuple[Reference, ...]) -> None:
    library = read_bibtex(references_to_bibtex(references))

    found = []
    for entry in library.entries:
        fields = {field.key: field.value for field in entry.fields}
        assert fields["note"] == NOT_READ
        assert "doi" not in fields
        found.append(
            (*bibtex_authors(fields["author"]), fields["title"], fields["journal"],
             int(fields["year"]), fields["volume"], fields.get("number", ""), fields["pages"])
        )  # fmt: skip
    assert found == [printed(reference) for reference in references]


def printed(reference: Reference) -> tuple[object, ...]:
    r = reference
    return (r.authors, r.et_al, r.title, r.journal, r.year, r.volume, r.issue, r.pages)


def comma_name(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family} {undotted(given)}"


def test_ris_equals_the_references(references: tuple[Reference, ...]) -> None:
    entries = rispy.loads(references_to_ris(references))

    found = [
        (tuple(map(comma_name, e["authors"])), ET_AL in e["notes"], e["title"],
         e["secondary_title"], int(e["year"]), e["volume"], e.get("number", ""), e["start_page"])
        for e in entries
    ]  # fmt: skip
    assert found == [printed(reference) for reference in references]
    assert all(NOT_READ in entry["notes"] and "doi" not in entry for entry in entries)


def test_csl_json_equals_the_references(references: tuple[Reference, ...]) -> None:
    items = json.loads(references_to_csl_json(references))

    found = [
        (tuple(f"{a['family']} {undotted(a['given'])}" for a in i["author"]), ET_AL in i["note"],
         i["title"], i["container-title"], i["issued"]["date-parts"][0][0], i["volume"],
         i.get("issue", ""), i["page"])
        for i in items
    ]  # fmt: skip
    assert found == [printed(reference) for reference in references]
    assert all(item["note"].startswith(NOT_READ) and "DOI" not in item for item in items)


def test_citeproc_reads_every_item_and_renders_one(references: tuple[Reference, ...]) -> None:
    source = CiteProcJSON(json.loads(references_to_csl_json(references)))
    assert list(source) == [key.lower() for key in make_keys(references)]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem("vanvelthoven2012")]))

    rendered = str(bibliography.bibliography()[0])

    assert rendered.startswith("van Velthoven, C.T., Kavelaars, A. and Heijnen, C.J. (2012)")
    assert "Mesenchymal stem cells as a treatment for neonatal ischemic brain damage" in rendered
    assert "Pediatr Res, 71" in rendered
    assert "474" in rendered


@pytest.mark.parametrize(
    "title",
    [r"50% & more_of #1 $x$ ~b \d", "a--b --- c", "Kök hücrelerin ışığı σ", "say `it'"],
)
def test_bibtex_specials_are_escaped(title: str) -> None:
    entry = read_bibtex(references_to_bibtex([make_reference(title)])).entries[0]

    assert entry["title"] == title


def test_braces_in_bibtex_are_balanced() -> None:
    entry = references_to_bibtex([make_reference("a{b^c")])

    assert r"title = {{a\textbraceleft{}b\textasciicircum{}c}}" in entry
    assert entry.count("{") == entry.count("}")


@pytest.mark.parametrize(
    ("name", "family", "given", "suffix"),
    [
        ("van Velthoven CT", "van Velthoven", "C. T.", None),
        ("Aydın MŞ", "Aydın", "M. Ş.", None),
        ("Dupont J-P", "Dupont", "J.-P.", None),
        ("Smith JA Jr", "Smith", "J. A.", "Jr"),
    ],
)
def test_name_is_split(name: str, family: str, given: str, suffix: str | None) -> None:
    item = json.loads(references_to_csl_json([make_reference(authors=(name,))]))[0]

    author = item["author"][0]
    assert (author["family"], author["given"], author.get("suffix")) == (family, given, suffix)


def test_name_without_initials_stays_whole() -> None:
    group = make_reference(authors=("World Health Organization",))

    assert json.loads(references_to_csl_json([group]))[0]["author"] == [
        {"literal": "World Health Organization"}
    ]
    assert "author = {{World Health Organization}}" in references_to_bibtex([group])


def test_keys_are_told_apart_by_letters_whatever_the_order() -> None:
    first, second = make_reference("A", number=3), make_reference("B", number=7)
    other = make_reference("C", authors=("Wu X",), year=None)

    assert make_keys([first]) == ("Cregan2007",)
    assert make_keys([second, other, first]) == ("Cregan2007b", "Wu-undated-", "Cregan2007a")
    assert len(set(make_keys([first] * 30))) == 30


def test_entry_that_could_not_be_taken_apart_is_exported_whole() -> None:
    whole = make_reference(
        "Some report in another style", authors=(), journal="", year=None, volume="", pages=""
    )

    assert read_bibtex(references_to_bibtex([whole])).entries[0].entry_type == "misc"
    entry = rispy.loads(references_to_ris([whole]))[0]
    assert (entry["type_of_reference"], entry["title"]) == ("GEN", whole.title)
    assert json.loads(references_to_csl_json([whole]))[0]["title"] == whole.title


def test_no_references_give_empty_files() -> None:
    assert references_to_bibtex([]) == references_to_ris([]) == ""
    assert json.loads(references_to_csl_json([])) == []


# ---- conversations -------------------------------------------------------------------------------


@pytest.fixture
def exchanges(document: Document) -> list[Exchange]:
    first = document.markers[0].span
    sentence = document.text[first.start - 60 : first.end + 1]
    cited, entry = quote_of(document, sentence), quote_of(document, document.references[8].text)
    asked = "What is <b>it</b>?\n# really"
    return [
        (asked, Answer(asked, "what is it", (cited, entry), 0.9, "by heart")),
        ("helium", Abstention("helium", "helium", "Nothing.", (cited,), 0.1)),
        ("dose", Refusal("dose", "dose", "dosing", "Ask your *doctor*.", "cells")),
    ]


def test_json_round_trip_is_exact(document: Document, exchanges: list[Exchange]) -> None:
    read = json.loads(conversation_to_json(exchanges, [document]))

    assert read["turns"] == [reply_to_json(reply) for _, reply in exchanges]
    for quote in read["turns"][0]["quotes"]:
        assert quote["text"] == document.text[quote["start"] : quote["end"]]
    article = read["articles"][0]
    assert article["source_sha256"] == document.source_sha256
    assert article["licence"]["attribution"] == document.metadata.licence.attribution
    assert article["authors"][1] == {"family": "Özek", "given": "Eren"}


def test_references_of_a_conversation_come_once_in_order_of_mention(
    document: Document, exchanges: list[Exchange]
) -> None:
    replies = [reply for _, reply in exchanges]
    cited = document.markers[0].numbers

    assert [r.number for r in references_of(replies)] == [*cited, 9]
    assert references_of(replies[2:]) == ()


def rendered_text(markdown: str, preset: str = "commonmark") -> str:
    marked_up = MarkdownIt(preset, {"linkify": False}).render(markdown)
    return html.unescape(re.sub(r"<[^>]*>", "", marked_up))


def test_markdown_shows_questions_quotes_and_places(
    document: Document, exchanges: list[Exchange]
) -> None:
    markdown = conversation_to_markdown(exchanges, [document], address="http://localhost:7860/")
    quote = exchanges[0][1].quotes[0]  # type: ignore[union-attr]

    text = rendered_text(markdown)
    assert "1. What is <b>it</b>? # really" in text
    assert "Searched: what is it" in text
    assert f"Q1 · {quote.section} · answers directly" in text
    assert quote.text in text
    assert f"](http://localhost:7860/{permalink(document.id, quote.span)})" in markdown
    assert f"[{quote.references[0].number}] {quote.references[0].text} ({NOT_READ})" in text
    assert "Not in this source. Nothing." in text
    assert "not an answer" in text
    assert "Declined (dosing). Ask your *doctor*." in text
    assert document.metadata.licence.attribution in text
    assert document.metadata.citation in text


def test_markdown_says_that_an_answer_is_a_list(document: Document) -> None:
    quote = quote_of(document, "stem cells in breast milk")
    reply = Answer("Which?", "Which?", (quote,), 0.9, "by heart", is_list=True)

    lines = rendered_text(conversation_to_markdown([("Which?", reply)], [document])).splitlines()

    assert lines[lines.index(LIST_NOTE) + 1].startswith("Q1")


def test_markdown_keeps_both_paragraphs_of_a_notice_in_two_languages(document: Document) -> None:
    asked = "Was sind Stammzellen?"
    reply = Refusal(asked, asked, "language", "Bitte *Englisch*.\n\nEnglish, please.", "", "de")

    text = rendered_text(conversation_to_markdown([(asked, reply)], [document]))

    assert "Declined (language). Bitte *Englisch*.\nEnglish, please." in text
    assert "Searched" not in text
    assert "Understood" not in text


HOSTILE = [
    "a*b*c", "$x$ and $$y$$", "<b>", "<script>x</script>", "_x_", "[a](b)", "![a](b)", "# head",
    "1. one", "1) one", "- x", "+ x", "> x", "a | b\n--|--", "a\n===", "a\n---", "one\ntwo",
    "one\n\ntwo", "one\n  two\n", "`code`", "``` x\ny\n```", "    indented", " lead", "trail  ",
    "&amp; &#65;", "~~x~~ ==y==", ":smile: x", "back\\slash\\", "x\\\ny", "cell\tcell", "\ttab",
    "[1]: http://x", "\xa0x\xa0", "https://a.b/c_d_e", "12 \n 3", "\u3000x", "1999. A year", "\n",
]  # fmt: skip


@pytest.mark.parametrize("preset", ["commonmark", "js-default"])
@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_hostile_text_is_rendered_as_it_stands(hostile: str, preset: str) -> None:
    quoted = "> " + escape_markdown(hostile).replace("\n", "\n> ")

    marked_up = MarkdownIt(preset, {"linkify": False}).render(quoted)

    inside = re.fullmatch(r"<blockquote>\n<p>(.*)</p>\n</blockquote>\n", marked_up, re.DOTALL)
    assert inside
    assert set(re.findall(r"<[^>]*>", inside[1])) <= {"<br />", "<br>"}
    assert html.unescape(re.sub(r"<br ?/?>", "", inside[1])) == hostile


def test_every_sentence_of_the_article_is_rendered_as_printed(document: Document) -> None:
    for block in document.blocks:
        text = document.slice(block.span)
        quoted = "> " + escape_markdown(text).replace("\n", "\n> ")
        assert rendered_text(quoted).strip("\n") == text


def test_permalink_is_safe_in_an_address() -> None:
    assert permalink("kersin-2021", Span(3, 9)) == "#kersin-2021:3-9"
    assert permalink("cells in (milk)", Span(3, 9)) == "#cells%20in%20%28milk%29:3-9"
