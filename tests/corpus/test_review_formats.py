"""The review reads the same in every format."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.document import BlockKind, Document
from corpus.passages import sentence_spans
from corpus.reading import read_document
from tests.corpus import review_formats
from tests.corpus.by_hand import lost_or_doubled, texts

FORMATS: dict[str, Callable[[Document], str]] = {
    "md": review_formats.as_markdown,
    "xml": review_formats.as_jats,
    "html": review_formats.as_html,
}


@pytest.fixture(scope="module", params=FORMATS)
def same(request: pytest.FixtureRequest, review: Document, tmp_path_factory: pytest.TempPathFactory,
         ) -> Document:  # fmt: skip
    """The review, written in a format and read again."""
    path = tmp_path_factory.mktemp("formats") / f"kersin.{request.param}"
    path.write_text(FORMATS[request.param](review), encoding="utf-8")
    return read_document(path)


def test_references_are_the_same_field_by_field(review: Document, same: Document) -> None:
    def fields(document: Document) -> list[tuple[object, ...]]:
        return [
            (r.number, r.text, r.authors, r.et_al, r.title, r.journal, r.year, r.volume, r.pages)
            for r in document.references
        ]

    assert len(same.references) == 49
    assert fields(same) == fields(review)


def test_citations_are_the_same_in_the_same_order(review: Document, same: Document) -> None:
    def cited(document: Document) -> list[tuple[str, tuple[int, ...]]]:
        return [(document.slice(marker.span), marker.numbers) for marker in document.markers]

    assert cited(same) == cited(review)


def test_every_sentence_is_there_word_for_word(review: Document, same: Document) -> None:
    def sentences(document: Document) -> list[str]:
        return [
            document.slice(span)
            for block in document.blocks
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.END_MATTER)
            for span in sentence_spans(document, block)
        ]

    assert sentences(same) == sentences(review)


def test_list_items_keep_their_levels(review: Document, same: Document) -> None:
    def items(document: Document) -> list[tuple[int, str]]:
        blocks = [block for block in document.blocks if block.kind is BlockKind.LIST_ITEM]
        return [(block.level, document.slice(block.span)) for block in blocks]

    assert len(items(same)) == 11
    assert items(same) == items(review)


def test_sections_are_the_same(review: Document, same: Document) -> None:
    printed = [section.title.casefold() for section in same.sections]
    assert printed == [section.title.casefold() for section in review.sections]


def test_table_is_the_same_row_by_row(review: Document, same: Document) -> None:
    def rows(document: Document) -> list[tuple[str, ...]]:
        kinds = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
        return [document.row_texts(block) for block in document.blocks if block.kind in kinds]

    assert len(rows(same)) == 12
    assert rows(same) == rows(review)
    assert texts(same, BlockKind.TABLE_NOTE) == texts(review, BlockKind.TABLE_NOTE)


def test_front_matter_is_the_same_but_for_the_authors(review: Document, same: Document) -> None:
    assert texts(same, BlockKind.TITLE) == texts(review, BlockKind.TITLE)
    lines, same_lines = (
        [" ".join(line.split()) for line in texts(document, BlockKind.FRONT_MATTER)]
        for document in (review, same)
    )
    assert same_lines[1:] == lines[1:]
    assert same.metadata.title == review.metadata.title
    assert [author.family for author in same.metadata.authors] == ["Kersin", "Özek"]


def test_nothing_of_the_markdown_file_is_lost(review: Document, tmp_path: Path) -> None:
    path = tmp_path / "kersin.md"
    path.write_text(review_formats.as_markdown(review), encoding="utf-8")
    assert lost_or_doubled(read_document(path)) == []
