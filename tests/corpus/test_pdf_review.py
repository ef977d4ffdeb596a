"""The review, printed in two columns and read back: nothing of it may be lost or fused."""

from pathlib import Path

import pytest

from corpus.document import BlockKind, Document
from corpus.reading.pdf import read_pdf
from qa.evaluation.provenance import is_exact
from tests.corpus.by_hand import lost_or_doubled, texts
from tests.corpus.comparing import (
    cited_in_order,
    compare_sentences,
    entries,
    headings,
    table_rows,
)
from tests.corpus.review_pdf import DOI, LEFT_HEADER, RIGHT_HEADER, TABLE_CAPTION, print_review


def read_back(content: bytes) -> Document:
    return read_pdf(content, Path("review.pdf"), document_id="review")


@pytest.fixture(scope="module")
def printed(review: Document) -> Document:
    return read_back(print_review(review))


@pytest.fixture(scope="module")
def raised(review: Document) -> Document:
    """The review with raised numbers in the place of brackets."""
    return read_back(print_review(review, is_raised=True))


@pytest.fixture(params=["brackets", "raised"])
def either(request: pytest.FixtureRequest, printed: Document, raised: Document) -> Document:
    return printed if request.param == "brackets" else raised


def test_every_sentence_of_the_body_is_read_as_it_stands(
    review: Document, either: Document
) -> None:
    compared = compare_sentences(review, either)

    assert compared.missing == ()
    assert (compared.sentences, compared.whole) == (113, 113)


def test_every_citation_is_resolved_to_the_same_entries(review: Document, either: Document) -> None:
    assert cited_in_order(either) == cited_in_order(review)


def test_raised_citations_do_not_fuse_with_words(raised: Document) -> None:
    assert "well-known components¹. With advances" in raised.text
    assert "an organ²,³. Researchers" in raised.text
    assert "Cregan et al.¹¹ reported" in raised.text
    assert {raised.slice(m.span) for m in raised.markers} >= {"¹", "²,³", "³¹,³²"}


def test_references_are_the_same(review: Document, either: Document) -> None:
    assert len(either.references) == 49
    assert entries(either) == entries(review)
    assert [(r.authors, r.year) for r in either.references] == [
        (r.authors, r.year) for r in review.references
    ]


def test_sections_have_the_same_titles(review: Document, either: Document) -> None:
    assert headings(either) == headings(review)


def test_table_has_the_same_rows(review: Document, printed: Document) -> None:
    assert table_rows(printed) == table_rows(review)


def test_caption_and_legend_of_the_table_are_its_own(printed: Document) -> None:
    captions = [b for b in printed.blocks if b.kind is BlockKind.CAPTION]
    notes = [b for b in printed.blocks if b.kind is BlockKind.TABLE_NOTE]

    assert [(printed.slice(b.span), b.table, b.page) for b in captions] == [(TABLE_CAPTION, 0, 3)]
    assert [(b.table, b.page) for b in notes] == [(0, 3)]
    assert printed.slice(notes[0].span).endswith("activator of transcription 1.")


def test_list_items_keep_their_levels(review: Document, printed: Document) -> None:
    def items(document: Document) -> list[tuple[int, str]]:
        found = (b for b in document.blocks if b.kind is BlockKind.LIST_ITEM)
        return [(b.level, document.slice(b.span)) for b in found]

    assert items(printed) == items(review)


def test_paragraphs_are_the_same(review: Document, printed: Document) -> None:
    kinds = (BlockKind.PARAGRAPH, BlockKind.END_MATTER)
    for kind in kinds:
        assert texts(printed, kind) == texts(review, kind)


def test_front_matter_at_the_foot_of_a_page_goes_to_the_front(printed: Document) -> None:
    front = texts(printed, BlockKind.FRONT_MATTER)

    assert {"Received: 07.01.2021", "Accepted: 26.01.2021", f"DOI: {DOI}"} <= set(front)
    assert all("\n" not in text for text in front)


def test_running_headers_and_page_numbers_are_removed(printed: Document) -> None:
    removed = [(r.reason, printed.source[r.source.start : r.source.end]) for r in printed.removed]

    assert [text for reason, text in removed if reason == "page number"] == [
        "187",
        "188",
        "189",
        "190",
        "191",
    ]
    assert [text for reason, text in removed if reason == "running header"] == [
        RIGHT_HEADER,
        LEFT_HEADER,
        RIGHT_HEADER,
        LEFT_HEADER,
        RIGHT_HEADER,
    ]
    assert LEFT_HEADER not in printed.text


def test_title_and_doi_are_the_printed_ones(review: Document, printed: Document) -> None:
    assert printed.metadata.title == review.metadata.title
    assert printed.metadata.doi == DOI
    assert printed.metadata.authors == ()


def test_no_character_is_lost_or_doubled(either: Document) -> None:
    assert lost_or_doubled(either) == []


def test_every_block_is_exact(either: Document) -> None:
    for block in either.blocks:
        assert is_exact(either.slice(block.span), block.span, either)


def test_pages_count_up_and_a_long_paragraph_has_two(printed: Document) -> None:
    body = [b for b in printed.blocks if b.kind in (BlockKind.PARAGRAPH, BlockKind.REFERENCE)]
    pages = [b.page for b in body]

    assert pages == sorted(pages, key=lambda page: page or 0)
    assert {b.page for b in printed.blocks} == {1, 2, 3, 4, 5}
    torn = next(b for b in body if printed.page_at(b.span.end - 1) != b.page)
    assert printed.page_at(torn.span.start) == torn.page
    assert printed.page_at(torn.span.end - 1) == (torn.page or 0) + 1


def test_same_file_is_read_the_same_twice(review: Document, printed: Document) -> None:
    assert read_back(print_review(review)) == printed
