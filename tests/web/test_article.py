"""The reading pane: every character of a document is on it, at its own offset."""

from pathlib import Path

import pytest

from corpus.document import BlockKind, Span
from corpus.reading import load_corpus, read_document
from index.library import SHIPPED_ARTICLES
from qa.web.article import Item, nest_items, render_articles
from qa.web.citing import sentences_by_reference
from qa.web.inline import Line
from tests.conftest import REPOSITORY
from tests.web.fakes import LAST, make_document
from tests.web.markup import Element, parse

DOCUMENT = make_document()
JATS = REPOSITORY / "tests" / "corpus" / "jats"


def held(article: Element) -> dict[Span, str]:
    """Return what the elements with offsets hold."""
    return {
        Span(int(e.attributes["data-start"]), int(e.attributes["data-end"])): e.text
        for e in article.all()
        if "data-start" in e.attributes
    }


def test_elements_hold_the_ranges_they_name() -> None:
    lines = held(parse(render_articles([DOCUMENT])))

    assert lines == {span: DOCUMENT.slice(span) for span in lines}


def test_shipped_articles_are_shown_to_the_last_character() -> None:
    for document in load_corpus(SHIPPED_ARTICLES):
        lines = held(parse(render_articles([document])))
        shown = {offset for span in lines for offset in range(span.start, span.end)}
        missing = {document.text[n] for n in set(range(len(document.text))) - shown}
        assert missing <= {"\n", "\t"}
        assert lines == {span: document.slice(span) for span in lines}


@pytest.mark.parametrize("path", sorted(JATS.glob("*.nxml")), ids=lambda path: path.stem)
def test_article_in_xml_is_shown_to_the_last_character(path: Path) -> None:
    document = read_document(path)
    lines = held(parse(render_articles([document])))
    shown = {offset for span in lines for offset in range(span.start, span.end)}
    missing = {document.text[n] for n in set(range(len(document.text))) - shown}
    assert missing <= {"\n", "\t"}
    assert lines == {span: document.slice(span) for span in lines}


def test_captions_and_footnotes_are_shown_as_paragraphs() -> None:
    document = read_document(JATS / "pone.0000217.nxml")
    paragraphs = {element.text for element in parse(render_articles([document])).all("p")}
    texts = {
        document.slice(block.span)
        for block in document.blocks
        if block.kind in (BlockKind.CAPTION, BlockKind.FOOTNOTE)
    }
    assert len(texts) == 8
    assert texts <= paragraphs


def test_list_is_nested_as_its_levels_say() -> None:
    outer = parse(render_articles([DOCUMENT])).one("section", aria_label="Findings").all("ul")[0]

    items = [child for child in outer.children if isinstance(child, Element)]
    assert [item.all("span")[0].text for item in items] == ["Outer one", "Outer two"]
    assert outer.one("ul").one("span").text == "Inner one (3)"


def test_skipped_level_does_not_lose_an_item() -> None:
    one, two, three = (Line(Span(n, n + 1), ()) for n in range(3))

    assert nest_items([(2, one), (0, two), (1, three)]) == (Item(one), Item(two, [Item(three)]))


def test_empty_cells_leave_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "bees.md"
    path.write_text(
        "# Bees\n\n## Results\n\n| | May | June |\n|---|---|---|\n| N | | 2 |\n| | 3 | |\n",
        encoding="utf-8",
    )
    tables = parse(render_articles([read_document(path)])).all("table")
    body, compared = tables[0].one("tbody"), tables[1]
    rows = [[cell.text for cell in row.all("td")] for row in body.all("tr")]
    assert rows == [["N", "", "2"], ["", "3"]]
    assert [head.text for head in tables[0].one("thead").all("th")] == ["May", "June"]
    assert len(tables[0].one("thead").all("td")) == 1
    side_by_side = [[cell.text for cell in row.all("td")] for row in compared.all("tr")]
    assert side_by_side == [["N", ""], ["", "3"], ["2", ""]]


def test_table_has_a_header_row() -> None:
    table = parse(render_articles([DOCUMENT])).all("table")[0]

    assert [head.text for head in table.one("thead").all("th")] == ["Study", "Phase", "Effect"]
    assert table.one("tbody").all("td")[2].text == "Safe, <i>feasible</i>"


def test_references_keep_their_numbers_and_say_who_cites_them() -> None:
    entries = parse(render_articles([DOCUMENT])).one("ol").all("li", tabindex="-1")

    assert [entry.attributes["value"] for entry in entries] == ["1", "2", "3", "4"]
    assert [a.text for a in entries[3].all("a", class_="sic-place")] == [LAST]


def test_citing_sentences_come_in_text_order() -> None:
    citing = sentences_by_reference(DOCUMENT)[3]

    assert [sentence.text for sentence in citing] == [LAST, "Inner one (3)"]


def test_every_in_text_number_leads_to_an_entry() -> None:
    article = parse(render_articles([DOCUMENT]))
    ids = {entry.attributes["id"] for entry in article.all("li", tabindex="-1")}

    markers = article.all("a", class_="sic-marker")
    assert [marker.text for marker in markers] == ["1", "2", "1", "3", "4", "3", "2", "2"]
    assert {marker.attributes["href"][1:] for marker in markers} <= ids


def test_only_the_first_of_several_articles_is_shown() -> None:
    articles = parse(render_articles([DOCUMENT, DOCUMENT])).all("article")

    assert ["hidden" in article.attributes for article in articles] == [False, True]


def test_block_kinds_all_have_a_place() -> None:
    kinds = {block.kind for block in DOCUMENT.blocks}

    only_elsewhere = {BlockKind.END_MATTER, BlockKind.CAPTION, BlockKind.FOOTNOTE}
    assert kinds == set(BlockKind) - only_elsewhere
