"""Abbreviations that an article defines, and their long forms in what is searched."""

import random
import re
import time

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


# Many definitions.


def by_pattern(definitions: dict[str, str], text: str) -> str:
    """Expand by one pattern of all abbreviations, the longest first."""
    longest = sorted(definitions, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest)) or r"(?!)"
    done: set[str] = set()

    def add(match: re.Match[str]) -> str:
        long = definitions[match[1]]
        if match[1] in done or long.lower() in text.lower():
            return match[0]
        done.add(match[1])
        return f"{match[0]} ({long})"

    return re.sub(rf"(?<![\w-])({pattern})s?(?![\w])", add, text)


AWKWARD = (
    "MSCs and MSC, MSC-like, (MSC) x-MSC MSCss",
    "CD4+ T cells; CD4+NEC CD4 +NEC",
    "BMs BM BMS BMSs BMSCs; MSC- given",
    "s NECs_ NEC_ NEC's É-NEC éNEC",
    "",
)
SHORTS = {
    "MSC": "mesenchymal stem cell",
    "BM": "breast milk",
    "BMS": "bone marrow score",
    "BMSC": "bone marrow stem cell",
    "CD4+": "helper",
    "NEC": "necrotizing enterocolitis",
    "MSC-": "odd",
    "T": "temperature",
}


@pytest.mark.parametrize("text", AWKWARD)
def test_text_is_expanded_as_by_one_pattern_of_all_abbreviations(text: str) -> None:
    assert Expander(SHORTS).expand(text) == by_pattern(SHORTS, text)
    assert Expander({}).expand(text) == text


def test_real_texts_are_expanded_as_by_one_pattern(review: Document) -> None:
    definitions = make_expander(review).definitions | SHORTS
    expander = Expander(definitions)
    sentences = re.split(r"(?<=[.;]) ", review.text)
    changed = [sentence for sentence in sentences if expander.expand(sentence) != sentence]
    assert len(changed) > 30
    for sentence in sentences:
        assert expander.expand(sentence) == by_pattern(definitions, sentence)


def test_a_question_costs_little_among_ten_thousand_abbreviations() -> None:
    draw = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    shorts = {"".join(draw.choices(letters, k=draw.choice([3, 4, 5]))) for _ in range(10_000)}
    started = time.process_time()
    expander = Expander({short: f"long {short.lower()}" for short in shorts} | SHORTS)
    for _ in range(20):
        expander.expand_question("Is nec rare where MSCs are given?")
    assert time.process_time() - started < 0.5  # one pattern of all of them took more to compile
