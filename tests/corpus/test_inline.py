"""Formulas, emphasis marks and link stubs inside a line."""

import pytest

from corpus.document import Span
from corpus.reading.inline import strip_markup, translate_latex


def translated(source: str) -> str:
    return "".join(kept.text for kept in translate_latex(source, Span(0, len(source))))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"an $\alpha 6$ integrin", "an α6 integrin"),
        (r"$\beta$-casein", "β-casein"),
        (r"5 $\pm$ 2 and 3 $\times$ 4", "5 ± 2 and 3 × 4"),
        (r"at 37 $^{\circ}$C", r"at 37 $^{\circ}$C"),
        (r"a $\frac{1}{2}$ share", r"a $\frac{1}{2}$ share"),
        ("for $5 or for $6", "for $5 or for $6"),
        ("a variable $x$", "a variable $x$"),
        (r"${\mu} m$", "μm"),
    ],
    ids=["spaces", "suffix", "two", "superscript", "unknown", "prices", "no-command", "braces"],
)
def test_simple_formula_is_written_in_unicode_and_any_other_stays(
    source: str, expected: str
) -> None:
    assert translated(source) == expected


def test_formula_is_one_stretch_with_its_own_range() -> None:
    source = r"An $\alpha 6$ chain"
    kept = translate_latex(source, Span(0, len(source)))
    assert [(source[k.source.start : k.source.end], k.text) for k in kept] == [
        ("An ", "An "),
        (r"$\alpha 6$", "α6"),
        (" chain", " chain"),
    ]


def test_only_the_given_range_is_translated() -> None:
    source = r"$\alpha$ and $\beta$"
    kept = translate_latex(source, Span(9, len(source)))
    assert "".join(k.text for k in kept) == "and β"


@pytest.mark.parametrize(
    ("source", "stays", "goes"),
    [
        ("In *Nature* 2006.", "In Nature 2006.", ["*", "*"]),
        ("In **Nature** 2006.", "In Nature 2006.", ["**", "**"]),
        ("In Nature. [Crossref]", "In Nature.", [" [Crossref]"]),
        ("In Nature. [PubMed] [CrossRef]", "In Nature.", [" [PubMed]", " [CrossRef]"]),
        ("A 3*4 grid and 5*6.", "A 3*4 grid and 5*6.", []),
        ("HLA-A*02 and B*07", "HLA-A*02 and B*07", []),
        ("Kök hücre [Stem cell]. Dergi", "Kök hücre [Stem cell]. Dergi", []),
    ],
    ids=["star", "two-stars", "stub", "two-stubs", "product", "allele", "translated-title"],
)
def test_markup_is_taken_out_of_an_entry(source: str, stays: str, goes: list[str]) -> None:
    kept, removed = strip_markup(source, Span(0, len(source)))
    assert "".join(source[span.start : span.end] for span in kept) == stays
    assert [source[r.source.start : r.source.end] for r in removed] == goes
