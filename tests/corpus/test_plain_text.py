"""Reading the text of a PDF: nothing is lost, what was torn is mended, each line is what it is."""

import hashlib
from itertools import pairwise

import pytest

from corpus.document import BlockKind, CorpusError, Document
from corpus.passages import row_in_words
from tests.conftest import REVIEW_FOLDER
from tests.corpus.by_hand import (
    ABSTRACT,
    AUTHORS,
    FIRST,
    OPENING,
    SECOND,
    TITLE,
    article,
    changed_pieces,
    lost_or_doubled,
    read,
    section_texts,
    span_of,
    texts,
    unmapped_characters,
)

REASONS = {
    "page number",
    "running header",
    "reference label",
    "list bullet",
    "emphasis mark",
    "link stub",
}
SECTIONS = [
    "Article information",
    "Abstract",
    "Introduction",
    "Stem Cells and Progenitor Cells of Breast Milk",
    "Breast Milk and Microchimerism",
    "Breast Milk Stem Cells and Their Role in the Treatment of Neonatal Disease",
    "Conclusion",
    "Declarations",
    "References",
]
FRONT_MATTER = [
    "Sinem Gülcan Kersin , Eren Özek",
    "Division of Neonatology, Department of Pediatrics, Marmara University School of Medicine, "
    "İstanbul, Turkey",
    "Keywords: Bronchopulmonary dysplasia, human breast milk, hypoxic-ischemic encephalopathy, "
    "intraventricular hemorrhage, necrotizing enterocolitis, stem cell",
    "Corresponding Author:\nSinem Gülcan Kersin\n✉sinemgulcan@hotmail.com",
    "Received: 07.01.2021",
    "Accepted: 26.01.2021",
    "turkarchpediatr.org",
    "Content of this journal is licensed under a Creative Commons Attribution-NonCommercial 4.0 "
    "International License.",
    "Cite this article as: Kersin SG, Özek E. Breast milk stem cells: are they magic bullets in "
    "neonatology? Turk Arch Pediatri 2021; 56(3): 187-91.",
]
END_MATTER = [
    "Peer-review: Externally peer-reviewed.",
    "Author Contributions: Concept - S.G.K.; Design - S.G.K.; Supervision - E.O.; Materials - "
    "S.G.K.; Data Collection and/or Processing - S.G.K.; Analysis and/or Interpretation - S.G.K.; "
    "Literature Review - S.G.K., E.O.; Writing - S.G.K.; Critical Review - E.O.",
    "Conflict of Interest: The authors have no conflicts of interest to declare.",
    "Financial Disclosure: The authors declared that this study has received no financial support.",
]


# The article that the program ships with.


def test_source_of_the_review_is_its_file_byte_for_byte(review: Document) -> None:
    content = (REVIEW_FOLDER / "source.txt").read_bytes()
    assert review.source.encode() == content
    assert review.source_sha256 == hashlib.sha256(content).hexdigest()
    assert review.source_sha256 == (
        "f9e0ac5ba6fdc971276d613ce8e7077db7bdb424b8a17cbc7143f53a257480e8"
    )


def test_no_character_of_the_review_is_lost_or_doubled(review: Document) -> None:
    assert lost_or_doubled(review) == []


def test_removals_from_the_review_have_known_reasons(review: Document) -> None:
    assert {removal.reason for removal in review.removed} == {
        "list bullet",
        "reference label",
        "emphasis mark",
        "link stub",
    }


def test_removals_from_the_review_are_marks_and_never_words(review: Document) -> None:
    removed = {review.source[r.source.start : r.source.end].strip() for r in review.removed}
    labels = {f"{number}." for number in range(8, 50)}
    assert removed == {"-", "*", "[Crossref]"} | labels


def test_only_latex_reads_otherwise_than_in_the_source(review: Document) -> None:
    assert changed_pieces(review) == [("$\\alpha 6$", "α6")]


def test_every_character_of_a_block_of_the_review_comes_from_the_source(review: Document) -> None:
    assert unmapped_characters(review) == []


def test_latex_formula_is_one_unicode_word(review: Document) -> None:
    assert "A mammary stem cell marker, α6 integrin (CD49f), and an" in review.text


def test_blocks_follow_each_other_without_overlap(review: Document) -> None:
    ends = [0, *(block.span.end for block in review.blocks)]
    gaps = [
        review.text[end : block.span.start]
        for end, block in zip(ends[:-1], review.blocks, strict=True)
    ]
    assert gaps[0] == ""
    assert set(gaps[1:]) == {"\n", "\n\n"}
    assert ends[-1] == len(review.text)


def test_each_block_lies_in_its_section_and_sections_do_not_overlap(review: Document) -> None:
    assert [
        block for block in review.blocks if block.span not in review.sections[block.section].span
    ] == []
    spans = [section.span for section in review.sections]
    assert all(first.end < second.start for first, second in pairwise(spans))
    numbers = [block.section for block in review.blocks]
    assert numbers == sorted(numbers)


def test_sections_of_the_review_have_its_headings_in_order(review: Document) -> None:
    assert [section.title for section in review.sections] == SECTIONS


def test_headings_of_the_review_stand_as_printed(review: Document) -> None:
    assert texts(review, BlockKind.HEADING) == ["ABSTRACT", *SECTIONS[2:7], "References"]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The symbiotic relationship between breast milk and its natural hosts has led to the "
            "formulation of the notion that breast milk is a living system or an organ (2,3).",
            id="by-correspondence",
        ),
        pytest.param(
            "The role of mesenchymal stem cells is also being investigated in the treatment of "
            "NEC.",
            id="by-a-table-and-its-legend",
        ),
        pytest.param(
            "In an in vitro study conducted by Thomas et al. (16), it was reported that these "
            "cells not only exhibited stem cell markers but also possessed multipotent properties",
            id="by-an-empty-line",
        ),
        pytest.param(
            "In a study conducted by Huang et al. (35), human umbilical cord mesenchymal stem "
            "cell transplantation was shown to improve",
            id="before-a-preposition",
        ),
    ],
)
def test_torn_sentence_is_mended_inside_one_paragraph(review: Document, sentence: str) -> None:
    span = span_of(review, sentence)
    block = review.block_at(span.start)
    assert block.kind is BlockKind.PARAGRAPH
    assert span in block.span


def test_nested_list_keeps_its_levels(review: Document) -> None:
    items = [
        (block.level, review.slice(block.span))
        for block in review.blocks
        if block.kind is BlockKind.LIST_ITEM
    ]
    assert items == [
        (
            0,
            "The ability to self-renew or to create at least one similar cell that bears the "
            "characteristics of the original cell",
        ),
        (
            0,
            "The ability to differentiate from a single cell into multiple serial cells "
            "(multilineage differentiation)",
        ),
        (0, "The ability to perform functional reconstruction of a particular tissue in vivo"),
        (0, "Embryonic stem cells"),
        (0, "Non-embryonic stem cells"),
        (1, "Hematopoietic stem cells"),
        (1, "Bone marrow stem cells"),
        (1, "Peripheral blood stem cells"),
        (1, "Umbilical cord blood stem cells"),
        (1, "Stromal (mesenchymal) stem cells"),
        (1, "Other stem cells resident in organs"),
    ]


def test_table_has_a_header_of_five_column_heads(review: Document) -> None:
    header = review.table_header(0)
    assert header is not None
    assert [review.slice(cell) for cell in header.cells] == [
        "Study",
        "Phase / Route",
        "Stem cell type",
        "Disease",
        "Effect",
    ]


def test_table_has_eleven_rows_of_five_cells(review: Document) -> None:
    rows = [block for block in review.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [len(row.cells) for row in rows] == [5] * 11
    assert [review.slice(row.cells[0]) for row in rows] == [
        "Zhang et al. (33)",
        "Tsuji et al. (36)",
        "Ahn et al. (38)",
        "Keller et al. (37)",
        "Kim et al. (46)",
        "Chang et al. (39)",
        "Wu et al. (41)",
        "Moreira et al. (47)",
        "McCulloh et al. (48)",
        "Pisano et al. (45)",
        "Borhani-Haghighi et al. (49)",
    ]
    assert [review.slice(row.cells[3]) for row in rows] == [
        *("HIE", "HIE", "IVH", "IVH", "IVH", "BPD", "BPD", "BPD", "NEC", "NEC"),
        "Spinal cord injury",
    ]


def test_last_cell_of_a_row_keeps_its_arrows(review: Document) -> None:
    row = review.block_at(review.text.index("McCulloh et al. (48)"))
    assert review.slice(row.cells[4]) == "↓↓ Experimental NEC"


def test_legend_is_a_note_of_the_table_and_follows_its_rows(review: Document) -> None:
    notes = [block for block in review.blocks if block.kind is BlockKind.TABLE_NOTE]
    assert [(note.table, review.slice(note.span)[:52]) for note in notes] == [
        (0, "AF-MSC: amniotic fluid-derived mesenchymal stem cell")
    ]
    assert review.blocks[review.blocks.index(notes[0]) - 1].kind is BlockKind.TABLE_ROW


def test_title_is_one_block(review: Document) -> None:
    assert texts(review, BlockKind.TITLE) == [
        "Breast milk stem cells: Are they magic bullets in neonatology?"
    ]


def test_front_matter_of_the_review_is_gathered_in_its_order(review: Document) -> None:
    assert texts(review, BlockKind.FRONT_MATTER) == FRONT_MATTER
    assert section_texts(review, "Article information")[1:] == [
        ("front matter", text) for text in FRONT_MATTER
    ]


def test_end_matter_of_the_review_is_its_own_section(review: Document) -> None:
    assert section_texts(review, "Declarations") == [("end matter", text) for text in END_MATTER]


@pytest.mark.parametrize(
    "words",
    ["Received:", "turkarchpediatr", "Cite this", "Keywords", "Marmara", "Peer-review", "S.G.K."],
)
def test_front_and_end_matter_is_in_no_paragraph(review: Document, words: str) -> None:
    assert [text for text in texts(review, BlockKind.PARAGRAPH) if words in text] == []


def test_reference_blocks_are_the_entries_without_number_and_markup(review: Document) -> None:
    entries = texts(review, BlockKind.REFERENCE)
    assert len(entries) == 49
    assert entries[0] == (
        "Blanc B. Biochemical aspects of human milk--comparison with bovine milk. "
        "World Rev Nutr Diet 1981; 36: 1-89."
    )
    assert entries[22] == (
        "Hassiotou F, Heath B, Ozal O, et al. Breastmilk stem cell transfer from mother to "
        "neonatal organs. The FASEB Journal. 2014; 28: 216.4"
    )


# Articles written by hand: the same kinds of damage in other words.


def test_hand_made_article_has_its_parts() -> None:
    document = read(article("Queens differ from workers (1)."))
    assert [(block.kind.value, document.slice(block.span)) for block in document.blocks] == [
        ("title", TITLE),
        ("front matter", AUTHORS),
        ("heading", "Summary"),
        ("paragraph", ABSTRACT),
        ("heading", "Background"),
        ("paragraph", "Queens differ from workers (1)."),
        ("heading", "References"),
        ("reference", FIRST),
        ("reference", SECOND),
    ]
    assert [section.title for section in document.sections] == [
        "Article information",
        "Summary",
        "Background",
        "References",
    ]


TABLE = "Group\tShare\tPlace\nAlpha one\t10%\tileum\nFirm five\t40%\trectum"
LEGEND = "RT: reverse transcription; PCR: polymerase chain reaction; SD: standard deviation."
HEADER = "Moss and Lund: Flora of bees"
LATE = (
    "Queens are fed royal jelly by their nurses for all of their life, which is held to be the "
    "reason why they harbour"
)
DAMAGED = {
    "page-number": article(OPENING, "17", "five core groups (1)."),
    "running-header": article(
        OPENING, HEADER, "five core groups (1).", HEADER, LATE, HEADER, "far fewer of them (2)."
    ),
    "hyphen": article(f"{OPENING} the nitro-", "17", "gen fixing groups (1)."),
    "hard-wrapped": article(
        "The hind gut of a worker bee houses about one billion\nbacterial cells of five core "
        "groups that are passed on\nbetween nest mates (1)."
    ),
    "table": article(OPENING, TABLE, LEGEND, "five core groups (1)."),
    "bullets": article(
        "Three traits:", "• It is common\n  • in workers\n• It is old\n• It is shared"
    ),
    "latex": article(r"The $\beta 2$ group costs $5 or $6, at 5 $\pm$ 2 (1)."),
    "wrapped-references": article(
        "Text (1).", references=FIRST.join(("1. ", "\n2. ")) + SECOND.replace("Insect ", "Insect\n")
    ),
    "emphasised-references": article(
        "Text (1).", references="- Moss I. Bees. *Apidologie* 2011; 4: 1-9. [Crossref]\n"
    ),
    "one-line": "Nothing but a title\n",
    "form-feeds": article(OPENING, "\f17", "five core groups (1).\f"),
    "blank-lines-with-spaces": article(OPENING, "  \n\t", "five core groups (1)."),
}


@pytest.mark.parametrize("source", DAMAGED.values(), ids=DAMAGED)
def test_no_character_of_a_damaged_article_is_lost_or_doubled(source: str) -> None:
    document = read(source)
    assert lost_or_doubled(document) == []
    assert unmapped_characters(document) == []
    assert {removal.reason for removal in document.removed} <= REASONS


@pytest.mark.parametrize("source", DAMAGED.values(), ids=DAMAGED)
def test_pieces_of_a_damaged_article_read_as_in_the_source(source: str) -> None:
    latex = [("$\\beta 2$", "β2"), ("$\\pm$", "±")] if "\\beta" in source else []
    assert changed_pieces(read(source)) == latex


@pytest.mark.parametrize("page", ["17", "Page 3", "page 3 of 12", "3 / 12"])
def test_sentence_torn_by_a_page_number_is_mended(page: str) -> None:
    document = read(article(OPENING, page, "five core groups (1)."))
    assert texts(document, BlockKind.PARAGRAPH) == [ABSTRACT, f"{OPENING} five core groups (1)."]
    removed = [document.source[r.source.start : r.source.end] for r in document.removed]
    assert removed[0] == page
    assert document.removed[0].reason == "page number"


def test_running_header_that_stands_three_times_is_taken_out() -> None:
    document = read(DAMAGED["running-header"])
    assert texts(document, BlockKind.PARAGRAPH) == [
        ABSTRACT,
        f"{OPENING} five core groups (1).",
        f"{LATE} far fewer of them (2).",
    ]
    reasons = [removal.reason for removal in document.removed]
    assert reasons.count("running header") == 3


def test_line_that_stands_twice_is_no_running_header() -> None:
    document = read(article("Workers", "They forage (1).", "Workers", "They nurse too (2)."))
    assert texts(document, BlockKind.HEADING).count("Workers") == 2


def test_paragraph_that_ends_with_a_hyphen_goes_on_after_the_page_break() -> None:
    document = read(DAMAGED["hyphen"])
    paragraphs = texts(document, BlockKind.PARAGRAPH)
    assert len(paragraphs) == 2
    assert paragraphs[1].endswith("gen fixing groups (1).")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(DAMAGED["hyphen"], id="page-break"),
        pytest.param(
            article(
                "Almost all of the bacteria that live there are of the nitro-\ngen fixing kind "
                "and are passed on between the nest mates (1)."
            ),
            id="line-break",
        ),
    ],
)
def test_word_parted_by_a_hyphen_is_not_given_a_space(source: str) -> None:
    assert "nitro- gen" not in read(source).text


def test_hard_wrapped_lines_become_one_paragraph() -> None:
    document = read(DAMAGED["hard-wrapped"])
    assert section_texts(document, "Background") == [
        (
            "paragraph",
            "The hind gut of a worker bee houses about one billion bacterial cells of five core "
            "groups that are passed on between nest mates (1).",
        )
    ]


def test_hard_wrapped_lines_may_differ_in_length_by_a_third() -> None:
    lines = (
        "The hind gut of a worker bee houses a billion cells.",
        "They belong to five core groups.",
        "All are old.",
    )
    document = read(article("\n".join(lines)))
    assert section_texts(document, "Background") == [("paragraph", " ".join(lines))]


def test_lines_of_very_different_length_are_paragraphs_of_their_own() -> None:
    lines = ("Bees.", "The hind gut of a worker bee houses about one billion cells.", "They live.")
    document = read(article("\n".join(lines)))
    assert section_texts(document, "Background") == [("paragraph", line) for line in lines]


def test_hard_wrapped_paragraphs_stay_apart_at_an_empty_line() -> None:
    document = read(
        article(
            "Worker bees carry five core groups which they\npass on to their younger nest mates.",
            "Queens that live for years are not known to\nshare many of those groups (1).",
        )
    )
    assert section_texts(document, "Background") == [
        (
            "paragraph",
            "Worker bees carry five core groups which they pass on to their younger nest mates.",
        ),
        (
            "paragraph",
            "Queens that live for years are not known to share many of those groups (1).",
        ),
    ]


def test_paragraph_torn_by_a_table_is_mended_and_the_table_follows_it() -> None:
    document = read(DAMAGED["table"])
    assert section_texts(document, "Background") == [
        ("paragraph", f"{OPENING} five core groups (1)."),
        ("table header", "Group\tShare\tPlace"),
        ("table row", "Alpha one\t10%\tileum"),
        ("table row", "Firm five\t40%\trectum"),
        ("table note", LEGEND),
    ]


def test_finished_paragraph_is_not_joined_with_the_next() -> None:
    document = read(article("Queens differ from workers in many ways (1).", "and so do drones."))
    assert section_texts(document, "Background") == [
        ("paragraph", "Queens differ from workers in many ways (1)."),
        ("paragraph", "and so do drones."),
    ]


def test_unfinished_paragraph_is_not_joined_across_a_heading() -> None:
    document = read(article(OPENING, "Queens and drones", "five core groups (1)."))
    assert section_texts(document, "Background") == [("paragraph", OPENING)]
    assert section_texts(document, "Queens and drones") == [("paragraph", "five core groups (1).")]


def test_correspondence_in_mid_sentence_goes_to_the_front_matter() -> None:
    document = read(
        article(OPENING, "Correspondence:\nIda Moss\nida@moss.example", "five core groups (1).")
    )
    assert section_texts(document, "Background") == [
        ("paragraph", f"{OPENING} five core groups (1).")
    ]
    assert texts(document, BlockKind.FRONT_MATTER) == [
        AUTHORS,
        "Correspondence:\nIda Moss\nida@moss.example",
    ]


def test_round_bullets_are_list_items_with_levels() -> None:
    document = read(DAMAGED["bullets"])
    items = [
        (block.level, document.slice(block.span))
        for block in document.blocks
        if block.kind is BlockKind.LIST_ITEM
    ]
    assert items == [
        (0, "It is common"),
        (1, "in workers"),
        (0, "It is old"),
        (0, "It is shared"),
    ]


def test_numbered_references_from_one_keep_their_numbers() -> None:
    document = read(article("Text (1,2)."))
    assert [(entry.number, entry.text) for entry in document.references] == [
        (1, FIRST),
        (2, SECOND),
    ]


def test_references_in_square_brackets_are_numbered() -> None:
    document = read(article("Text [1, 2].", references=f"[1] {FIRST}\n[2] {SECOND}"))
    assert [entry.text for entry in document.references] == [FIRST, SECOND]
    assert [marker.numbers for marker in document.markers] == [(1, 2)]


def test_references_without_labels_are_one_a_line() -> None:
    document = read(article("Text (1,2).", references=f"{FIRST}\n{SECOND}"))
    assert [(entry.number, entry.text) for entry in document.references] == [
        (1, FIRST),
        (2, SECOND),
    ]


@pytest.mark.parametrize(("first", "second"), [("1. ", "2. "), ("- ", "- "), ("• ", "2. ")])
def test_reference_wrapped_over_two_lines_is_one_entry(first: str, second: str) -> None:
    wrapped = FIRST.replace("their ", "their\n   ")
    document = read(article("Text (1,2).", references=f"{first}{wrapped}\n{second}{SECOND}"))
    assert [entry.text for entry in document.references] == [FIRST, SECOND]
    assert document.references[0].title == "Bees and their flora"


def test_page_number_between_references_is_taken_out() -> None:
    document = read(article("Text (2).", references=f"1. {FIRST}\n\n18\n\n2. {SECOND}"))
    assert [entry.text for entry in document.references] == [FIRST, SECOND]


def test_raw_entry_keeps_its_markup() -> None:
    document = read(DAMAGED["emphasised-references"])
    assert document.references[0].raw == "Moss I. Bees. *Apidologie* 2011; 4: 1-9. [Crossref]"
    assert document.references[0].text == "Moss I. Bees. Apidologie 2011; 4: 1-9."


def test_article_without_abstract_heading_has_its_prose_in_a_section_of_its_own() -> None:
    prose = f"{ABSTRACT} It is shared by all of the workers of a nest. " * 3
    prose = prose.strip()
    source = f"{TITLE}\n\n{AUTHORS}\n\n{prose}\n\nHow bees get it\n\nBy touch.\n"
    document = read(source)
    assert [section.title for section in document.sections] == [
        "Article information",
        "Text",
        "How bees get it",
    ]
    assert section_texts(document, "Text") == [("paragraph", prose)]


def test_title_over_two_lines_is_one_block() -> None:
    document = read("Gut flora of\nhoney bees\n\nIntroduction\n\nBees digest pollen.\n")
    assert texts(document, BlockKind.TITLE) == ["Gut flora of honey bees"]


def test_end_matter_labels_open_the_declarations() -> None:
    document = read(article("Text (1).", "Funding: None.", "Acknowledgments: We thank Ann Bell."))
    assert section_texts(document, "Declarations") == [
        ("end matter", "Funding: None."),
        ("end matter", "Acknowledgments: We thank Ann Bell."),
    ]


def test_table_cells_are_slices_of_their_row() -> None:
    document = read(article("Text (1).", TABLE))
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [[document.slice(cell) for cell in row.cells] for row in rows] == [
        ["Alpha one", "10%", "ileum"],
        ["Firm five", "40%", "rectum"],
    ]


def test_cell_with_a_formula_is_mapped_to_its_translation() -> None:
    document = read(article("Text (1).", "Group\tShare\nA $\\beta 2$ group\t5 $\\pm$ 2%"))
    row = next(block for block in document.blocks if block.kind is BlockKind.TABLE_ROW)
    assert [document.slice(cell) for cell in row.cells] == ["A β2 group", "5 ± 2%"]


def test_second_table_is_numbered_one() -> None:
    document = read(article("Text (1).", TABLE, "Other bees follow.", "Bee\tFlora\nBombus\trich"))
    header = document.table_header(1)
    assert header is not None
    assert document.slice(header.span) == "Bee\tFlora"


def test_offsets_count_characters_beyond_sixteen_bits_as_one() -> None:
    document = read(article("The 𝛼6 marker 🐝 was seen (1)."))
    assert document.slice(span_of(document, "🐝 was seen")) == "🐝 was seen"
    assert lost_or_doubled(document) == []


# What was once read wrongly.


def test_short_torn_line_is_no_heading() -> None:
    start = "The hind gut of a worker bee houses bacterial cells which belong to"
    document = read(article(start, "17", "five core groups (1)."))
    assert section_texts(document, "Background") == [
        ("paragraph", f"{start} five core groups (1).")
    ]


def test_wrapped_list_item_is_one_item() -> None:
    document = read(
        article("Traits:", "• It is found in workers on\n  every continent\n• It is old")
    )
    assert texts(document, BlockKind.LIST_ITEM) == [
        "It is found in workers on every continent",
        "It is old",
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "Published studies of bees are few, and none of them has looked at the drones (1).",
        "Received wisdom has it that bees are tidy, which has never been shown (1).",
        "Open access to the nest exposes a colony to the flora of other species (1).",
    ],
    ids=["published", "received", "open-access"],
)
def test_paragraph_that_opens_with_a_front_matter_word_stays_in_its_section(prose: str) -> None:
    assert section_texts(read(article(prose)), "Background") == [("paragraph", prose)]


def test_cell_behind_an_empty_one_keeps_its_column() -> None:
    document = read(article("Text (1).", "Group\tShare\tPlace\nAlpha one\t\tileum"))
    row = next(block for block in document.blocks if block.kind is BlockKind.TABLE_ROW)
    assert "Place: ileum" in row_in_words(document, row)
    assert "Share: ileum" not in row_in_words(document, row)


def test_caption_above_the_second_table_belongs_to_it() -> None:
    source = article("Text (1).", TABLE, "Table 2. Other bees.", "Bee\tFlora\nBombus\trich")
    notes = [block for block in read(source).blocks if block.kind is BlockKind.TABLE_NOTE]
    assert [note.table for note in notes] == [1]


def test_counted_page_numbers_between_two_lines_of_a_paragraph_are_taken_out() -> None:
    document = read(article(f"{OPENING}\n17\nfive core groups (1).", f"{LATE}\n18\nfew (2)."))
    assert section_texts(document, "Background") == [
        ("paragraph", f"{OPENING} five core groups (1)."),
        ("paragraph", f"{LATE} few (2)."),
    ]


def test_number_that_wraps_onto_a_line_of_its_own_stays_in_the_sentence() -> None:
    document = read(
        article(
            "The number of the bees that were found in the nest was\n98\nand they were all of "
            "them alive and well at that time (1)."
        )
    )
    assert document.text.count("98") == 1


def test_year_on_a_line_of_its_own_stays_in_the_entry() -> None:
    listing = f"1. Moss I. Bees and their flora. Apidologie\n2011\n; 4: 1-9.\n2. {SECOND}"
    assert read(article("Text (1).", references=listing)).references[0].year == 2011


@pytest.mark.parametrize("heading", ["What stem cells are", "The world that bees live in"])
def test_heading_may_end_with_a_small_word(heading: str) -> None:
    document = read(article(heading, "They are found in every nest (1)."))
    assert section_texts(document, heading) == [("paragraph", "They are found in every nest (1).")]


def test_file_of_page_numbers_alone_is_refused() -> None:
    with pytest.raises(CorpusError, match="holds no text"):
        read("17\n\n18\n")


def test_link_stub_on_a_line_of_its_own_leaves_nothing_behind() -> None:
    listing = f"1. {FIRST}\n[Crossref]\n2. {SECOND}\n[PubMed]"
    document = read(article("Text (1).", references=listing))
    assert [entry.text for entry in document.references] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "listing",
    [f"{FIRST}\n[Crossref]\n{SECOND}", f"1. [Crossref]\n2. {SECOND}"],
    ids=["unlabelled-list", "nothing-else"],
)
def test_link_stub_alone_does_not_stop_the_reading(listing: str) -> None:
    document = read(article("Text (1).", references=listing))
    assert lost_or_doubled(document) == []


@pytest.mark.parametrize(
    "entry",
    [
        "Moss I. Bees and their flora. Apidologie 2011; 4: 1-9, and on pages\n   12. Rome.",
        "Moss I. Bees and their flora\n- a review. Apidologie 2011; 4: 1-9.",
    ],
    ids=["number", "dash"],
)
def test_wrapped_reference_may_go_on_with_a_number_or_a_dash(entry: str) -> None:
    document = read(article("Text (1).", references=f"1. {entry}\n2. {SECOND}"))
    assert [reference.number for reference in document.references] == [1, 2]


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("are of the well-", "known kind (1).", "are of the well-known kind (1)."),
        ("lived from 1990-", "2011 there (1).", "lived from 1990- 2011 there (1)."),
        ("are seen in non-", "Apis bees (1).", "are seen in non- Apis bees (1)."),
        ("differ in pre-", "and post-winter bees (1).", "differ in pre- and post-winter bees (1)."),
    ],
    ids=["lower-case", "number", "name", "suspended-hyphen"],
)
def test_hyphen_at_the_end_of_a_line(before: str, after: str, joined: str) -> None:
    document = read(article(f"{OPENING} which {before}", "17", after))
    assert texts(document, BlockKind.PARAGRAPH)[1] == f"{OPENING} which {joined}"


def test_page_number_inside_front_matter_is_not_doubled() -> None:
    document = read(article("Text (1).", "Correspondence:\n17\nIda Moss"))
    assert lost_or_doubled(document) == []


def test_prose_about_a_licence_stays_in_its_section() -> None:
    prose = "The remedy was licensed under another name in 2011, but few keepers use it (1)."
    assert section_texts(read(article(prose)), "Background") == [("paragraph", prose)]


@pytest.mark.parametrize(
    "line",
    [
        "Received: 07.01.2021",
        "Accepted 26 January 2021",
        "Published online: 3 May 2021",
        "Keywords: bees, flora",
        "Copyright 2021 the authors",
        "doi: 10.1000/182",
        "www.apidologie.example",
        "Correspondence to: Ida Moss",
    ],
)
def test_front_matter_line_in_the_body_is_gathered_in_front(line: str) -> None:
    document = read(article(OPENING, line, "five core groups (1)."))
    assert texts(document, BlockKind.FRONT_MATTER) == [AUTHORS, line]
    assert section_texts(document, "Background") == [
        ("paragraph", f"{OPENING} five core groups (1).")
    ]


def test_row_knows_the_columns_of_its_cells() -> None:
    document = read(article("Text (1).", "Group\tShare\tPlace\nAlpha one\t\tileum\nFirm\t5%"))
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [document.row_texts(row) for row in rows] == [
        ("Alpha one", "", "ileum"),
        ("Firm", "5%"),
    ]


def test_empty_corner_of_a_table_keeps_the_columns() -> None:
    document = read(article("Text (1).", "\tControl\tFed\nWeight\t5 g\t6 g\n\t7 g\t8 g"))
    header = document.table_header(0)
    assert header is not None
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    assert document.row_texts(header) == ("", "Control", "Fed")
    assert [row_in_words(document, row) for row in rows] == [
        "Weight; Control: 5 g; Fed: 6 g.",
        "Control: 7 g; Fed: 8 g.",
    ]


def test_list_after_a_wrapped_item_goes_on_with_its_levels() -> None:
    items = "• It is found in workers on\n  every continent\n  • and in drones\n• It is old"
    document = read(article("Traits:", items))
    blocks = [block for block in document.blocks if block.kind is BlockKind.LIST_ITEM]
    assert [(block.level, document.slice(block.span)) for block in blocks] == [
        (0, "It is found in workers on every continent"),
        (1, "and in drones"),
        (0, "It is old"),
    ]


@pytest.mark.parametrize(
    "labels", [("1", "2", "2"), ("1", "6", "7")], ids=["doubled", "several-missing"]
)
def test_numbering_that_does_not_fit_is_refused(labels: tuple[str, ...]) -> None:
    entries = [FIRST, SECOND, "Bell A. Wax. Apidologie 2012; 5: 3-4."]
    listing = "\n".join(f"{label}. {text}" for label, text in zip(labels, entries, strict=True))
    with pytest.raises(CorpusError, match=r"bees\.txt: entry \d of the reference list is numbered"):
        read(article("Text (1).", references=listing))
