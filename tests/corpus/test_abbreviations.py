"""Abbreviations that an article defines, and their long forms in what is searched."""

import pytest

from corpus.abbreviations import Expander, find_definitions, read_legend
from corpus.document import Document
from corpus.passages import make_expander

EXPANDER = Expander(
    {
        "NEC": "necrotizing enterocolitis",
        "MSC": "mesenchymal stem cell",
        "hUC-MSC": "human umbilical cord mesenchymal stem cell",
        "CK": "cytokeratin",
    }
)


@pytest.mark.parametrize(
    ("sentence", "definitions"),
    [
        ("Infants with necrotizing enterocolitis (NEC) were fed.", "NEC=necrotizing enterocolitis"),
        (
            "Hypoxic-ischemic encephalopathy (HIE) is rare.",
            "HIE=Hypoxic-ischemic encephalopathy",
        ),
        ("It has cytokeratin (CK) 18.", "CK=cytokeratin"),
        ("A polymerase chain reaction (PCR) was run.", "PCR=polymerase chain reaction"),
        ("Tumor necrosis factor (TNF-\u03b1) rose.", ""),
        ("The integrin (CD49f) was seen.", ""),
        ("The cells were fed (see Methods) and kept.", ""),
        ("The study (1) was small.", ""),
        ("They met in Ankara (UK) once.", ""),
    ],
    ids=[
        *("plain", "hyphen", "inside-a-word", "three-words", "no-alpha", "marker-name", "remark"),
        *("citation", "place"),
    ],
)
def test_definition_is_read_from_a_sentence(sentence: str, definitions: str) -> None:
    found = find_definitions([sentence])
    assert "; ".join(f"{short}={long}" for short, long in found.items()) == definitions


def test_first_definition_of_a_short_form_counts() -> None:
    sentences = ["Breast milk (BM) is fresh.", "Bone marrow (BM) is not."]
    assert find_definitions(sentences) == {"BM": "Breast milk"}


def test_legend_is_read_entry_by_entry() -> None:
    assert read_legend("HIE: hypoxic encephalopathy; MSC, stem cell; STAT1: a signal.") == {
        "HIE": "hypoxic encephalopathy",
        "MSC": "stem cell",
        "STAT1": "a signal",
    }


def test_abbreviations_of_the_review(review: Document) -> None:
    assert make_expander(review).definitions == {
        "CK": "cytokeratin",
        "HIE": "hypoxic-ischemic encephalopathy",
        "IVH": "intraventricular hemorrhage",
        "BPD": "bronchopulmonary dysplasia",
        "NEC": "necrotizing enterocolitis",
        "AF-MSC": "amniotic fluid-derived mesenchymal stem cell",
        "AF-NSC": "amniotic fluid-derived neural stem cell",
        "BMSC": "breast milk-derived stem cell",
        "E-NSC": "neonatal enteric stem cell",
        "hUC-MSC": "human umbilical cord mesenchymal stem cell",
        "MAPK": "mitogen-activated protein kinase",
        "MSC": "mesenchymal stem cell",
        "STAT1": "signal transducer and activator of transcription 1",
    }


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("NEC is rare.", "NEC (necrotizing enterocolitis) is rare."),
        ("NEC and again NEC.", "NEC (necrotizing enterocolitis) and again NEC."),
        ("MSCs were given.", "MSCs (mesenchymal stem cell) were given."),
        (
            "hUC-MSCs were given.",
            "hUC-MSCs (human umbilical cord mesenchymal stem cell) were given.",
        ),
        ("Necrotizing enterocolitis (NEC).", "Necrotizing enterocolitis (NEC)."),
        ("CONNECT and NECK stay.", "CONNECT and NECK stay."),
        ("CK18 stays.", "CK18 stays."),
        ("nec stays in prose.", "nec stays in prose."),
        ("", ""),
    ],
    ids=[
        *("once", "first-only", "plural", "longest", "long-form-there", "inside-a-word"),
        *("with-digits", "lower-case", "empty"),
    ],
)
def test_text_is_expanded(text: str, expanded: str) -> None:
    assert EXPANDER.expand(text) == expanded


@pytest.mark.parametrize(
    ("question", "expanded"),
    [
        ("what is nec?", "what is NEC (necrotizing enterocolitis)?"),
        ("Do mscs help?", "Do MSC (mesenchymal stem cell) help?"),
        ("Does NEC recur?", "Does NEC (necrotizing enterocolitis) recur?"),
        ("does it connect?", "does it connect?"),
        ("is ck seen?", "is ck seen?"),
    ],
    ids=["lower-case", "plural", "capitals", "other-word", "two-letters-need-capitals"],
)
def test_question_is_expanded_in_any_case_of_letters(question: str, expanded: str) -> None:
    assert EXPANDER.expand_question(question) == expanded


@pytest.mark.parametrize(
    ("term", "long_form"),
    [("NEC", "necrotizing enterocolitis"), (" nec ", "necrotizing enterocolitis"), ("gut", "gut")],
    ids=["as-written", "lower-case", "other-term"],
)
def test_long_form_of_a_term(term: str, long_form: str) -> None:
    assert EXPANDER.long_form(term) == long_form


def test_longest_abbreviation_is_expanded() -> None:
    expander = Expander({"AF": "amniotic fluid", "AF-MSC": "amniotic stem cell"})
    assert expander.expand("AF-MSC of AF") == "AF-MSC (amniotic stem cell) of AF (amniotic fluid)"


def test_nothing_is_expanded_where_nothing_is_defined() -> None:
    assert Expander({}).expand("NEC is rare.") == "NEC is rare."
