"""Reading PDFs printed line by line: order, paragraphs, scripts, tables, lists, references."""

import dataclasses

import pytest

from corpus.document import BlockKind, Document
from tests.corpus.by_hand import lost_or_doubled, texts
from tests.corpus.printing import (
    BODY_FILL,
    ENTRIES,
    LEFT,
    SECOND_COLUMN,
    TITLE,
    Printer,
    filled,
    opened,
)


def paragraphs(document: Document) -> list[str]:
    return texts(document, BlockKind.PARAGRAPH)


def removed(document: Document, reason: str) -> list[str]:
    found = (r for r in document.removed if r.reason == reason)
    return [document.source[r.source.start : r.source.end] for r in found]


def with_references(printer: Printer) -> Document:
    """Print the bibliography and read the file."""
    printer.heading("References")
    printer.lines(*(f"{number}. {entry}" for number, entry in enumerate(ENTRIES, start=1)))
    return printer.read()


# ---- one column and two --------------------------------------------------------------------------


def test_one_column_is_read_from_top_to_bottom() -> None:
    printer = opened()
    filled(printer)
    printer.heading("Methods")
    printer.line("We counted the bees of two hives.")
    document = printer.read()

    assert texts(document, BlockKind.TITLE) == [TITLE]
    assert texts(document, BlockKind.HEADING) == ["Introduction", "Methods"]
    assert paragraphs(document) == [" ".join(BODY_FILL), "We counted the bees of two hives."]


def in_two_columns(*, right_first: bool) -> Document:
    """Print five lines a column, row by row or the right column first."""
    printer = opened()
    top = printer.y
    left = [f"Line {n} on the left goes on about bees and" for n in range(1, 6)]
    right = [f"line {n} on the right goes on about wax and" for n in range(1, 6)]
    right[-1] = "line 5 on the right ends the story of wax."
    for texts_, x in ((right, SECOND_COLUMN), (left, LEFT))[:: 1 if right_first else -1]:
        printer.y = top
        printer.lines(*texts_, x=x)
    return printer.read()


@pytest.mark.parametrize("right_first", [False, True], ids=["left-first", "right-first"])
def test_left_column_comes_before_the_right_one_in_whatever_order_they_are_stored(
    right_first: bool,
) -> None:
    text = paragraphs(in_two_columns(right_first=right_first))[0]

    assert text.startswith("Line 1 on the left goes on about bees and Line 2")
    assert text.endswith("about wax and line 5 on the right ends the story of wax.")
    assert text.index("Line 5 on the left") < text.index("line 1 on the right")


def test_columns_printed_row_by_row_are_not_mixed() -> None:
    printer = opened()
    for number in range(6):
        printer.at(LEFT, printer.y, f"Left {number} tells of the queen and of her")
        printer.at(SECOND_COLUMN, printer.y, f"right {number} tells of the drones and of")
        printer.y -= 13
    text = " ".join(paragraphs(printer.read()))

    assert text.index("Left 5") < text.index("right 0")


def test_line_across_both_columns_parts_them_in_two_bands() -> None:
    printer = opened()
    for band in ("upper", "lower"):
        top = printer.y
        for side, x in (("left", LEFT), ("right", SECOND_COLUMN)):
            printer.y = top
            printer.lines(*(f"The {band} {side} line {n} tells of bees and" for n in range(5)), x=x)
        if band == "upper":
            printer.line(
                "A sentence that reaches over both of the columns of this page is read in between "
                "the two bands of it.",
                skip=20,
            )
            printer.y -= 20
    text = printer.read().text
    parts = ["upper left line 4", "upper right line 4", "reaches over both", "lower left line 0"]

    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


def test_dash_at_the_end_of_a_column_is_no_bullet_of_the_next_one() -> None:
    printer = opened()
    printer.heading("References")
    for number in range(1, 6):
        printer.at(LEFT, printer.y, f"[{number}] The book of bees and of wax, volume {number},")
        if number == 3:
            printer.at(280, printer.y, "-")
        printer.at(300, printer.y, f"[{number + 5}] The book of honey, volume {number}")
        printer.y -= 13

    assert [r.number for r in printer.read().references] == list(range(1, 11))


def test_overlong_line_of_a_column_does_not_part_the_columns() -> None:
    printer = opened()
    top = printer.y
    left = [f"Line {n} on the left goes on about bees and" for n in range(8)]
    left[3] = "See https://example.org/an-address-that-does-not-fit-the-column-at-all"
    printer.lines(*left)
    printer.y = top
    printer.lines(*(f"line {n} on the right goes on about wax" for n in range(8)), x=360)
    text = printer.read().text

    assert text.index("Line 7 on the left") < text.index("line 0 on the right")


# ---- paragraphs ----------------------------------------------------------------------------------


def test_indented_line_opens_a_paragraph() -> None:
    printer = opened()
    printer.lines("The queen lays eggs in the cells of the comb all", "summer long.")
    for text in ("Drones do no work in the hive but eat and wait for", "Wax is made by glands of"):
        printer.lines(text, "the young workers.", indent=12)
    assert paragraphs(printer.read()) == [
        "The queen lays eggs in the cells of the comb all summer long.",
        "Drones do no work in the hive but eat and wait for the young workers.",
        "Wax is made by glands of the young workers.",
    ]


def test_wide_gap_opens_a_paragraph() -> None:
    printer = opened()
    filled(printer)
    printer.y -= 10
    filled(printer)

    assert paragraphs(printer.read()) == [" ".join(BODY_FILL)] * 2


@pytest.mark.parametrize("opener", ["and CD34 cells", "CD34 cells"], ids=["lower", "capital"])
def test_paragraph_runs_on_over_pages(opener: str) -> None:
    printer = opened()
    filled(printer)
    printer.line("A torn sentence at the foot of the page that tells of eggs and brood and cells")
    printer.page()
    printer.line(f"{opener} goes on at the top of the next page until it is done.")
    printer.heading("Methods")
    filled(printer)
    document = printer.read()
    first = next(b for b in document.blocks if b.kind is BlockKind.PARAGRAPH)
    torn = document.text.index(opener)

    assert f"brood and cells {opener} goes on" in document.slice(first.span)
    assert (first.page, document.page_at(torn - 2), document.page_at(torn)) == (1, 1, 2)


def test_footnote_between_two_pages_does_not_part_a_sentence() -> None:
    printer = opened()
    filled(printer)
    printer.line("A torn sentence at the foot of the page that tells of eggs and brood and cells")
    printer.y = 80
    printer.line("* Wax of the year before.", size=8)
    printer.page()
    printer.line("goes on at the top of the next page until it is done.")
    printer.heading("Methods")
    document = printer.read()

    assert "brood and cells goes on at the top" in document.text
    assert texts(document, BlockKind.FOOTNOTE) == ["* Wax of the year before."]


def test_initial_of_two_lines_belongs_to_its_word() -> None:
    printer = opened()
    x = printer.at(LEFT, printer.y - 13, "B", size=30)
    printer.lines("ees live in the hive and eat what they have", "stored in the comb", x=x + 2)
    printer.line("when the days are short and cold.")

    assert paragraphs(printer.read()) == [
        "Bees live in the hive and eat what they have stored in the comb when the days are short "
        "and cold."
    ]


# ---- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "below", "read"),
    [
        ("The bees keep the tempera-", "ture of the brood.", "the temperature of"),
        ("It is no microchi-", "merism that we saw.", "no microchimerism that"),
        ("We call it hive-", "wax and hivewax is sold.", "call it hivewax and"),
        ("It was a placebo-", "controlled trial of honey.", "a placebo-controlled trial"),
        ("A well-", "known and a well-known thing.", "A well-known and"),
        ("Cells that are HIV-", "negative were kept.", "HIV-negative were"),
        ("They bind β-", "catenin in the gut.", "bind β-catenin in"),
        ("It stands on pages 187-", "191 of the journal.", "pages 187-191 of"),
        ("There are pre-", "and postterm babies.", "are pre- and postterm"),
        ("See https://example.org/", "bees for the rest.", "https://example.org/bees for"),
    ],
    ids=["word", "unknown-word", "own-word", "compound", "own-compound", "capitals", "letter",
         "range", "suspended", "address"],
)  # fmt: skip
def test_line_end_hyphen_is_mended_only_where_it_parts_a_word(
    above: str, below: str, read: str
) -> None:
    printer = opened()
    printer.lines(above, below)
    document = printer.read()

    assert read in document.text
    assert lost_or_doubled(document) == []


def test_mended_hyphen_is_listed_as_removed() -> None:
    printer = opened()
    printer.lines("The bees keep the tempera-", "ture of the brood.")

    assert removed(printer.read(), "line-end hyphen") == ["-"]


def test_ligatures_read_as_letters() -> None:
    printer = opened()
    printer.line("The ﬁrst eﬀect of ﬂowers.")

    assert "The first effect of flowers." in printer.read().text


def test_accents_printed_apart_stand_on_their_letters() -> None:
    printer = opened()
    x = printer.at(LEFT, printer.y, "M")
    printer.at(x, printer.y, "u")
    printer.at(x + 0.8, printer.y, "¨")
    printer.at(x + 5, printer.y, "ller bred bees in the north.")

    assert "Müller bred bees" in printer.read().text


def test_words_placed_one_by_one_have_spaces_between() -> None:
    printer = opened()
    x = LEFT
    for word in "Each word is put where it belongs.".split():
        x = printer.at(x, printer.y, word) + 2.5

    assert "Each word is put where it belongs." in printer.read().text


def test_letter_spaced_heading_is_one_word() -> None:
    printer = Printer()
    printer.title()
    printer.line("A B S T R A C T", face="Review-Bold")
    filled(printer)

    assert texts(printer.read(), BlockKind.HEADING) == ["ABSTRACT"]


def test_text_printed_twice_to_look_bold_is_read_once() -> None:
    printer = opened()
    for shift in (0, 0.3):
        printer.at(LEFT + shift, printer.y, "Bees dance.")

    assert printer.read().text.endswith("\n\nBees dance.")


# ---- scripts and citations -----------------------------------------------------------------------


def test_raised_numbers_are_citations_that_resolve() -> None:
    printer = opened()
    printer.scripted(
        ("Bees carry cells", 0), ("1,2", 4), (" and make wax", 0), ("1–3", 4), (" all day.", 0)
    )
    document = with_references(printer)

    assert "Bees carry cells¹,² and make wax¹–³ all day." in document.text
    assert [document.slice(m.span) for m in document.markers] == ["¹,²", "¹–³"]
    assert [m.numbers for m in document.markers] == [(1, 2), (1, 2, 3)]


def test_raised_number_behind_the_stop_ends_the_sentence() -> None:
    printer = opened()
    printer.scripted(("Bees carry flora.", 0), ("2", 4), (" It helps them.", 0))
    document = with_references(printer)

    assert [document.slice(m.span) for m in document.markers] == ["²"]
    assert "flora.² It helps" in document.text


@pytest.mark.parametrize(
    ("before", "raised", "read"),
    [("about 10", "2", "about 10²"), ("of 3 cm", "2", "of 3 cm²"), ("free Ca", "2+", "free Ca²⁺"),
     ("on the 2", "nd", "on the 2nd")],
    ids=["power", "unit", "charge", "ordinal"],
)  # fmt: skip
def test_raised_characters_that_cite_nothing_are_no_markers(
    before: str, raised: str, read: str
) -> None:
    printer = opened()
    printer.scripted(("It was ", 0), (before, 0), (raised, 4), (" in bees", 0), ("1", 4), (".", 0))
    document = with_references(printer)

    assert f"It was {read} in bees¹." in document.text
    assert [m.numbers for m in document.markers] == [(1,)]


def test_lowered_numbers_read_as_plain_ones() -> None:
    printer = opened()
    printer.scripted(("They breathe CO", 0), ("2", -2), (" and drink H", 0), ("2", -2), ("O.", 0))

    assert "They breathe CO2 and drink H2O." in printer.read().text


def test_raised_numbers_of_authors_are_no_citations() -> None:
    printer = Printer()
    printer.title()
    printer.scripted(("Ida Moss", 0), ("1", 4), (", Per Lund", 0), ("2", 4))
    printer.heading("Introduction")
    printer.scripted(("Bees carry cells", 0), ("2", 4), (".", 0))
    document = with_references(printer)

    assert "Ida Moss¹, Per Lund²" in texts(document, BlockKind.FRONT_MATTER)
    assert [m.numbers for m in document.markers] == [(2,)]


# ---- lists, tables, captions ---------------------------------------------------------------------


def test_bullets_are_list_items_and_the_text_behind_them_is_none() -> None:
    printer = opened()
    printer.line("Bees make:")
    printer.line("• honey from the nectar that they bring home from", x=LEFT + 4)
    printer.line("the fields, and", x=LEFT + 12)
    printer.line("• wax", x=LEFT + 4)
    printer.line("Both are sold.")
    document = printer.read()

    assert texts(document, BlockKind.LIST_ITEM) == [
        "honey from the nectar that they bring home from the fields, and",
        "wax",
    ]
    assert paragraphs(document) == ["Bees make:", "Both are sold."]


COLUMNS = (LEFT, LEFT + 120, LEFT + 220)
ROWS = (("Hive", "Bees", "Honey"), ("North", "12 000", "14 kg"), ("South", "9 500", "11 kg"))


@pytest.mark.parametrize("is_ruled", [True, False], ids=["ruled", "aligned"])
def test_table_has_a_header_and_cells(is_ruled: bool) -> None:
    printer = opened()
    filled(printer)
    printer.line("Table 1. What the hives gave", skip=10, size=8)
    printer.y -= 6
    if is_ruled:
        printer.rule(LEFT, 400)
    printer.rows(COLUMNS, ROWS[:1])
    if is_ruled:
        printer.rule(LEFT, 400)
    printer.rows(COLUMNS, ROWS[1:])
    if is_ruled:
        printer.rule(LEFT, 400)
    printer.y -= 10
    filled(printer)
    document = printer.read()
    rows = [b for b in document.blocks if b.kind in (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)]

    assert tuple(document.row_texts(row) for row in rows) == ROWS
    assert [row.kind for row in rows] == [BlockKind.TABLE_HEADER, *[BlockKind.TABLE_ROW] * 2]
    caption = next(b for b in document.blocks if b.kind is BlockKind.CAPTION)
    assert (document.slice(caption.span), caption.table) == ("Table 1. What the hives gave", 0)
    assert len(paragraphs(document)) == 2


def test_empty_cell_keeps_the_column_of_the_next_one() -> None:
    printer = opened()
    filled(printer)
    printer.y -= 10
    printer.rows(COLUMNS, (*ROWS, ("West", "", "3 kg")))
    printer.y -= 10
    filled(printer)
    document = printer.read()
    last = [b for b in document.blocks if b.kind is BlockKind.TABLE_ROW][-1]

    assert document.row_texts(last) == ("West", "", "3 kg")


def test_cell_of_several_lines_is_one_cell() -> None:
    printer = opened()
    filled(printer)
    printer.y -= 12
    printer.rule(LEFT, 400)
    printer.rows(COLUMNS, ROWS[:1])
    printer.y -= 4
    printer.rule(LEFT, 400)
    printer.rows(COLUMNS, (("North", "12 000 of", "14 kg"), ("", "the dark race", "")))
    printer.y -= 6
    printer.rows(COLUMNS, ROWS[2:])
    printer.rule(LEFT, 400)
    document = printer.read()
    rows = [b for b in document.blocks if b.kind is BlockKind.TABLE_ROW]

    assert [document.row_texts(row) for row in rows] == [
        ("North", "12 000 of the dark race", "14 kg"),
        ROWS[2],
    ]


def test_sentence_about_a_table_is_no_caption() -> None:
    printer = opened()
    printer.line("Table 1 shows that the bees of the north gave more honey than the others.")

    assert texts(printer.read(), BlockKind.CAPTION) == []


# ---- headings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "face"),
    [("Wintering", "Review-Bold"), ("Wintering of bees", "Review-Italic"),
     ("2. Wintering", "Review"), ("WINTERING", "Review"), ("Conclusions", "Review")],
    ids=["bold", "italic", "numbered", "capitals", "known"],
)  # fmt: skip
def test_heading_is_told_by_its_type_or_number(text: str, face: str) -> None:
    printer = opened()
    filled(printer)
    printer.line(text, face=face, skip=8)
    printer.y -= 4
    filled(printer)

    assert texts(printer.read(), BlockKind.HEADING) == ["Introduction", text]


def test_short_line_in_the_type_of_the_body_is_no_heading() -> None:
    printer = opened()
    filled(printer)
    printer.line("Figure labels", skip=8)
    printer.y -= 6
    filled(printer)

    assert texts(printer.read(), BlockKind.HEADING) == ["Introduction"]


# ---- references ----------------------------------------------------------------------------------


def test_references_that_hang_are_parted_without_numbers() -> None:
    printer = opened()
    printer.line("Bees were studied before (Moss 2011).")
    printer.heading("References")
    for start, end in (entry.split(". ", 1) for entry in ENTRIES):
        printer.line(f"{start}.")
        printer.line(end, x=LEFT + 14)

    assert [r.text for r in printer.read().references] == list(ENTRIES)


def test_wrapped_numbered_references_keep_their_numbers() -> None:
    printer = opened()
    printer.line("Bees were studied before [3].")
    printer.heading("References")
    for number, entry in enumerate(ENTRIES, start=1):
        start, end = entry.split(". ", 1)
        printer.at(LEFT, printer.y, f"[{number}]")
        printer.lines(f"{start}.", end, x=LEFT + 20)
    document = printer.read()

    assert [(r.number, r.text) for r in document.references] == list(enumerate(ENTRIES, start=1))
    assert [m.numbers for m in document.markers] == [(3,)]


def test_citation_of_an_entry_without_a_sure_number_stays_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer = Printer()
    printer.lines("Bees forage (1). They rest (2). They dance (3).")
    printer.line("References", face="Review-Bold", skip=12)
    printer.lines(*(f"{n}. {entry}" for n, entry in zip((1, 2, 2), ENTRIES, strict=True)))
    document = printer.read()
    assert [reference.number for reference in document.references] == [1]
    assert [(document.slice(m.span), m.numbers) for m in document.markers] == [("(1)", (1,))]
    assert ENTRIES[2] in document.text
    assert "has no sure number" in caplog.text


def test_wide_spaces_in_references_make_no_table() -> None:
    printer = opened()
    printer.heading("References")
    for number, entry in enumerate(ENTRIES, start=1):
        for x, word in zip(
            (60, 200, 300), (f"[{number}] {entry[:-9]}", "and", "more."), strict=True
        ):
            printer.at(x if x == 60 else x + 150, printer.y, word)
        printer.y -= 13
    document = printer.read()

    assert len(document.references) == 3
    assert texts(document, BlockKind.TABLE_ROW) == []


@pytest.mark.parametrize("text", ["References", "VII. REFERENCES", "5. Bibliography"])
def test_heading_of_the_references_may_be_numbered(text: str) -> None:
    printer = opened()
    filled(printer)
    printer.heading(text)
    printer.lines(*(f"{n}. {entry}" for n, entry in enumerate(ENTRIES, start=1)))

    assert len(printer.read().references) == 3


def test_italic_line_of_a_reference_does_not_end_the_list() -> None:
    printer = opened()
    printer.heading("References")
    printer.lines(f"1. {ENTRIES[0]}", f"2. {ENTRIES[1]}")
    printer.line("Proceedings of the Bee Society", face="Review-Italic")
    printer.line(f"3. {ENTRIES[2]}")

    assert len(printer.read().references) == 3


def test_part_behind_the_references_is_not_taken_for_entries() -> None:
    printer = opened()
    printer.heading("References")
    printer.lines(*(f"{n}. {entry}" for n, entry in enumerate(ENTRIES, start=1)))
    printer.heading("Appendix")
    filled(printer)
    document = printer.read()

    assert len(document.references) == 3
    assert paragraphs(document) == [" ".join(BODY_FILL)]


# ---- headers, footers, other text ----------------------------------------------------------------


def test_counted_headers_that_differ_are_removed() -> None:
    printer = Printer()
    for number, name in enumerate(("Moss and Lund", "Gut flora of bees", "M. and L."), start=56):
        printer.at(LEFT, 800, f"{number} {name}")
        if number == 56:
            printer.title()
            printer.heading("Introduction")
        for place in ("fields", "woods", "gardens", "hills", "meadows", "orchards"):
            printer.line(f"The bees of {name} make honey from the flowers of the {place} around.")
        printer.page()
    document = printer.read()

    assert removed(document, "running header") == [
        "56 Moss and Lund",
        "57 Gut flora of bees",
        "58 M. and L.",
    ]
    assert "58" not in document.text


def test_first_line_that_only_one_page_has_stays() -> None:
    printer = opened()
    filled(printer)
    printer.page()
    printer.line("Only here this line is the first one of a page.")
    filled(printer)

    assert "Only here this line is" in printer.read().text


def test_text_that_runs_up_the_margin_is_removed() -> None:
    printer = opened()
    filled(printer)
    printer.canvas.saveState()
    printer.canvas.rotate(90)
    printer.at(200, -30, "Downloaded from the bee library")
    printer.canvas.restoreState()
    document = printer.read()

    assert removed(document, "text that runs another way") == ["Downloaded from the bee library"]
    assert "Downloaded" not in document.text


def test_page_that_lies_on_its_side_is_read() -> None:
    printer = opened()
    filled(printer)
    printer.page()
    printer.canvas.rotate(90)
    printer.canvas.translate(0, -500)
    printer.y = 400
    filled(printer)

    assert paragraphs(printer.read())[-1].endswith(BODY_FILL[-1])


# ---- title and identifier ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "title"),
    [("Gut Flora of Honey Bees in Winter", "Gut Flora of Honey Bees in Winter"),
     ("Microsoft Word - bees.doc", TITLE), ("Wasps and other pests", TITLE), ("", TITLE)],
    ids=["printed", "file-name", "not-printed", "none"],
)  # fmt: skip
def test_title_of_the_file_counts_only_if_it_is_printed(given: str, title: str) -> None:
    printer = opened(title=given)
    filled(printer)

    assert printer.read().metadata.title == title


@pytest.mark.parametrize(
    ("lines", "doi"),
    [(["doi: 10.1234/bees.2021.7."], "10.1234/bees.2021.7"), ([], ""),
     (["doi: 10.1234/bees.7", "see 10.1234/wasps.8"], "")],
    ids=["one", "none", "two"],
)  # fmt: skip
def test_identifier_is_taken_if_the_first_page_prints_just_one(lines: list[str], doi: str) -> None:
    printer = opened()
    filled(printer)
    printer.lines(*lines)

    assert printer.read().metadata.doi == doi


def test_known_metadata_is_kept_and_nobody_is_guessed_to_be_an_author() -> None:
    printer = Printer()
    printer.title()
    printer.line("Ida Moss, Per Lund")
    printer.heading("Introduction")
    filled(printer)
    document = printer.read()

    assert document.metadata.authors == ()
    assert dataclasses.replace(document.metadata, title="") == type(document.metadata)("")
