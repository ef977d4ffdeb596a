"""Segments of a stretch of text."""

from corpus.document import Marker, Span
from qa.web.inline import Segment, cut_segments


def test_numbers_of_a_citation_are_segments_of_their_own() -> None:
    markers = [Marker(Span(104, 109), (2, 3))]

    assert cut_segments("seen(2,3).", 100, markers) == (
        Segment("seen("),
        Segment("2", number=2),
        Segment(","),
        Segment("3", number=3),
        Segment(")."),
    )


def test_ends_of_a_range_are_linked_and_nothing_between_them_is_made_up() -> None:
    markers = [Marker(Span(0, 7), (31, 32, 33))]

    assert [(s.text, s.number) for s in cut_segments("(31-33)", 0, markers)] == [
        ("(", None),
        ("31", 31),
        ("-", None),
        ("33", 33),
        (")", None),
    ]


def test_strong_range_is_cut_out_of_a_widened_quote() -> None:
    segments = cut_segments(
        "Before. Found (1).", 50, [Marker(Span(64, 67), (1,))], strong=Span(58, 68)
    )

    assert [(s.text, s.number, s.strong) for s in segments] == [
        ("Before. ", None, False),
        ("Found (", None, True),
        ("1", 1, True),
        (").", None, True),
    ]


def test_citation_outside_the_stretch_is_left_out() -> None:
    assert cut_segments("plain", 10, [Marker(Span(2, 5), (1,)), Marker(Span(13, 20), (2,))]) == (
        Segment("plain"),
    )
