"""What is embedded and searched, and that what is quoted is a slice."""

from collections import Counter
from itertools import pairwise

import pytest

from corpus.document import BlockKind, Document
from corpus.passages import Passage, make_expander, row_in_words, split_passages
from tests.corpus.by_hand import article, read, span_of

TABLE = "Group\tShare\tPlace\nAlpha one\t↓ 10%\tileum\nFirm five\t↑↑ 40%\trectum"
LEGEND = "RT: reverse transcription; PCR: polymerase chain reaction; SD: standard deviation."


@pytest.fixture(scope="module")
def passages(review: Document) -> list[Passage]:
    return split_passages(review)


def passage_of(document: Document, text: str) -> Passage:
    """The passage whose own slice is exactly this text."""
    (found,) = (p for p in split_passages(document) if document.slice(p.span) == text)
    return found


# The review.


def test_passages_of_the_review_by_kind(passages: list[Passage]) -> None:
    assert Counter(passage.kind.value for passage in passages) == {
        "title": 1,
        "front matter": 9,
        "paragraph": 102,
        "list item": 11,
        "table row": 11,
        "table note": 12,
        "end matter": 4,
        "reference": 49,
    }


def test_passages_are_in_text_order_without_overlap(passages: list[Passage]) -> None:
    spans = [passage.span for passage in passages]
    assert all(first.end <= second.start for first, second in pairwise(spans))


def test_passage_id_is_document_and_offsets(review: Document, passages: list[Passage]) -> None:
    assert passages[0].id == "kersin-2021:0-62"
    wrong = [p.id for p in passages if p.id != f"{review.id}:{p.span.start}-{p.span.end}"]
    assert wrong == []


def test_passage_has_kind_and_section_of_its_block(
    review: Document, passages: list[Passage]
) -> None:
    for passage in passages:
        block = review.block_at(passage.span.start)
        assert passage.span in block.span
        assert passage.kind is block.kind
        assert passage.section == review.sections[block.section].title


def test_passages_hold_every_character_but_headings_and_column_heads(
    review: Document, passages: list[Passage]
) -> None:
    covered: set[int] = set()
    for passage in passages:
        covered.update(range(passage.span.start, passage.span.end))
    left_out = {BlockKind.HEADING, BlockKind.TABLE_HEADER}
    missing = [
        review.text[offset]
        for block in review.blocks
        if block.kind not in left_out
        for offset in range(block.span.start, block.span.end)
        if offset not in covered and review.text[offset] not in " ;"
    ]
    assert missing == []


def test_mended_sentence_is_one_passage(review: Document) -> None:
    sentence = (
        "The role of mesenchymal stem cells is also being investigated in the treatment of NEC."
    )
    passage = passage_of(review, sentence)
    assert passage.sentence == (
        "The role of mesenchymal stem cells is also being investigated in the treatment of NEC "
        "(necrotizing enterocolitis)."
    )


def test_passage_names_the_references_that_it_cites(review: Document) -> None:
    start = review.text.index("The symbiotic relationship")
    (passage,) = (p for p in split_passages(review) if p.span.start == start)
    assert passage.reference_numbers == (2, 3)


def test_table_row_is_found_by_its_column_heads_and_long_forms(review: Document) -> None:
    start = review.text.index("Tsuji et al. (36)\t")
    (passage,) = (p for p in split_passages(review) if p.span.start == start)
    assert passage.sentence == (
        "Study: Tsuji et al. (36); Phase / Route: Phase II clinical trial/ intravenous; "
        "Stem cell type: Autologous hUC-MSCs (human umbilical cord mesenchymal stem cell); "
        "Disease: HIE (hypoxic-ischemic encephalopathy); Effect: Feasible and safe."
    )
    assert passage.reference_numbers == (36,)


def test_nested_list_item_has_lead_in_and_parent_in_its_context(review: Document) -> None:
    assert passage_of(review, "Bone marrow stem cells").context == (
        "Stem Cells and Progenitor Cells of Breast Milk. The most accepted classifications are as "
        "follows (9): Non-embryonic stem cells: Bone marrow stem cells"
    )


def test_reference_entry_is_a_passage_without_citations_of_its_own(review: Document) -> None:
    entry = review.references[16]
    passage = passage_of(review, entry.text)
    assert passage.kind is BlockKind.REFERENCE
    assert passage.reference_numbers == ()


# Articles written by hand.


def test_context_of_a_sentence_is_its_section_and_neighbours() -> None:
    document = read(article("Bees forage. They return (1). They dance. They rest."))
    assert passage_of(document, "They return (1).").context == (
        "Background. Bees forage. They return (1). They dance."
    )
    assert passage_of(document, "Bees forage.").context == (
        "Background. Bees forage. They return (1)."
    )


def test_context_does_not_reach_into_another_paragraph() -> None:
    document = read(article("Bees forage.", "They return (1)."))
    assert passage_of(document, "Bees forage.").context == "Background. Bees forage."


def test_outer_item_after_a_nested_one_has_no_parent() -> None:
    document = read(article("Three traits:", "• It is common\n  • in workers\n• It is old"))
    assert passage_of(document, "in workers").context == (
        "Background. Three traits: It is common: in workers"
    )
    assert passage_of(document, "It is old").context == "Background. Three traits: It is old"


def test_list_after_a_finished_sentence_has_no_lead_in() -> None:
    document = read(article("There are traits.", "• It is common\n• It is old"))
    assert passage_of(document, "It is old").context == "Background. It is old"


def test_lead_in_does_not_reach_beyond_a_heading() -> None:
    document = read(article("Three traits:", "Queens", "• It is common\n• It is old"))
    assert passage_of(document, "It is old").context == "Queens. It is old"


def test_legend_is_one_passage_an_entry() -> None:
    document = read(article("Text (1).", TABLE, LEGEND))
    notes = [p for p in split_passages(document) if p.kind is BlockKind.TABLE_NOTE]
    assert [document.slice(note.span) for note in notes] == [
        "RT: reverse transcription",
        "PCR: polymerase chain reaction",
        "SD: standard deviation.",
    ]


def test_row_in_words_names_columns_and_reads_arrows() -> None:
    document = read(article("Text (1).", TABLE))
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [row_in_words(document, row) for row in rows] == [
        "Group: Alpha one; Share: decreased 10%; Place: ileum.",
        "Group: Firm five; Share: increased 40%; Place: rectum.",
    ]


def test_passage_with_the_same_words_twice_has_two_places() -> None:
    document = read(article("Bees forage. Bees dance. Bees forage."))
    spans = [p.span for p in split_passages(document) if document.slice(p.span) == "Bees forage."]
    first = span_of(document, "Bees forage.")
    assert [(s.start, s.end) for s in spans] == [
        (first.start, first.end),
        (first.start + 25, first.end + 25),
    ]


def test_article_without_references_has_passages_without_citations() -> None:
    document = read("Bees\n\nIntroduction\n\nBees forage (1).\n")
    assert [(document.slice(p.span), p.reference_numbers) for p in split_passages(document)] == [
        ("Bees", ()),
        ("Bees forage (1).", ()),
    ]


def test_definitions_come_from_prose_and_legends() -> None:
    document = read(article("Royal jelly (RJ) feeds queens (1).", TABLE, LEGEND))
    assert make_expander(document).definitions == {
        "RJ": "Royal jelly",
        "RT": "reverse transcription",
        "PCR": "polymerase chain reaction",
        "SD": "standard deviation",
    }
