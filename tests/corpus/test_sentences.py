"""Sentence boundaries: the hard cases as a whole, a few of them word by word."""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from corpus.document import Document
from corpus.sentences import split_sentences


class Case(TypedDict):
    id: str
    source: str
    text: str
    sentences: list[str]


CASES: list[Case] = json.loads(
    (Path(__file__).parent / "golden" / "sentences.json").read_text("utf-8")
)
CITATION_LINE = "a07"
"""A citation with a question mark in its title; the reader never splits front matter."""


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


def inner_ends(text: str, sentences: list[str]) -> set[int]:
    """Where sentences end, but for the last one, whose end is no decision."""
    ends: list[int] = []
    position = 0
    for sentence in sentences:
        position = text.index(sentence, position) + len(sentence)
        ends.append(position)
    return set(ends[:-1])


def found_and_expected(case: Case) -> tuple[set[int], set[int]]:
    text = case["text"]
    return inner_ends(text, cut(text)), inner_ends(text, case["sentences"])


def test_nearly_every_cut_of_the_hard_cases_is_right() -> None:
    pairs = [found_and_expected(case) for case in CASES]
    right = sum(len(found & expected) for found, expected in pairs)
    assert right / sum(len(found) for found, _ in pairs) >= 0.99


def test_nearly_every_boundary_of_the_hard_cases_is_found() -> None:
    pairs = [found_and_expected(case) for case in CASES]
    right = sum(len(found & expected) for found, expected in pairs)
    assert right / sum(len(expected) for _, expected in pairs) >= 0.94


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["source"] == "article" and case["id"] != CITATION_LINE],
    ids=lambda case: case["id"],
)
def test_stretch_of_the_review_is_cut_without_error(case: Case) -> None:
    assert cut(case["text"]) == case["sentences"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_sentences_and_gaps_give_the_text_back(case: Case) -> None:
    assert_lossless(case["text"])


def test_sentences_and_gaps_give_the_whole_review_back(review: Document) -> None:
    assert_lossless(review.text)


def assert_lossless(text: str) -> None:
    position = 0
    for span in split_sentences(text):
        assert text[position : span.start].strip() == ""
        sentence = text[span.start : span.end]
        assert sentence == sentence.strip()
        position = span.end
    assert text[position:].strip() == ""


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["Cregan et al. (11) saw it.", "We did not."], id="et-al-with-marker"),
        pytest.param(["It was as in Fan et al. [21].", "Others differ."], id="marker-then-stop"),
        pytest.param(["It acts on glia (e.g. Schwann cells).", "It is safe."], id="eg-in-brackets"),
        pytest.param(["They are multipotent, i.e. of two lineages.", "So it is."], id="ie"),
        pytest.param(["Dr. Smith and Prof. Jones agree.", "Neither knew."], id="titles-of-persons"),
        pytest.param(["The ratio was 0.05 and .07.", "It rose."], id="decimals"),
        pytest.param(["We grew E. coli in broth.", "It died."], id="species"),
        pytest.param(["It was named by J. M. Smith.", "He left."], id="initials"),
        pytest.param(["It is known.12,13", "However, nobody says so."], id="raised-numbers"),
        pytest.param(["It is known. (12,13)", "However, nobody says so."], id="marker-after-stop"),
        pytest.param(['They wrote, "It is so."', "We differ."], id="closing-quote"),
        pytest.param(["One marker was used.", "p63 was found."], id="gene-opens-a-sentence"),
        pytest.param(["It is stable.", "mRNA is not."], id="rna-opens-a-sentence"),
        pytest.param(["Some signals act.", "β-Catenin is one."], id="greek-opens-a-sentence"),
        pytest.param(["Forty were enrolled.", "98% lived."], id="number-opens-a-sentence"),
        pytest.param(["It works (but how?).", "We do not know."], id="question-in-brackets"),
        pytest.param(["The answer was no.", "Nothing else was asked."], id="no-as-a-word"),
        pytest.param(["Sample no. 5 was lost."], id="no-as-a-number"),
        pytest.param(["It was seen ... and then lost."], id="ellipsis"),
        pytest.param(["Really?!", "Yes!", "Good."], id="repeated-marks"),
        pytest.param(["See www.example.org/a.b?c=1 and a@b.org.", "Bye."], id="addresses"),
        pytest.param(["A stop without an end"], id="no-stop"),
        pytest.param(["Cells (Some died. Others lived.) were kept."], id="inside-brackets"),
        pytest.param(["As in Fan et al. (11) The mice were fed."], id="doubtful-stays-whole"),
    ],
)
def test_text_is_cut_into(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


def test_line_breaks_inside_a_sentence_are_kept() -> None:
    assert cut("The cells were\nthawed.\n\nThey were counted.") == [
        "The cells were\nthawed.",
        "They were counted.",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\t\n"], ids=["empty", "space", "white-space"])
def test_text_without_characters_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []
