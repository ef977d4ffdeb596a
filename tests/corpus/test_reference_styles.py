"""Entries of other styles than Vancouver, taken apart field by field."""

import pytest

from corpus.bibliography import parse_reference
from corpus.document import Reference, Span
from corpus.reference_styles import family_name

TITLE = "Human milk vesicles and the gut"


def parse(text: str) -> Reference:
    return parse_reference(text, number=1, span=Span(0, len(text)), raw=text)


@pytest.mark.parametrize(
    ("text", "journal"),
    [
        (f"Pisano, C., Galley, J.-P., & De Coppi, P. (2020). {TITLE}. Journal of Surgery, 55(1), "
         "54–58. https://doi.org/10.1000/182", "Journal of Surgery"),
        (f"Pisano, C., Galley, J.-P. and De Coppi, P. (2020) '{TITLE}', Journal of Surgery, 55(1), "
         "pp. 54–58. doi: 10.1000/182.", "Journal of Surgery"),
        (f"Pisano, C., Galley, J.-P., De Coppi, P., (2020). {TITLE}. Journal of Surgery, 55(1), "
         "54–58. doi:10.1000/182", "Journal of Surgery"),
        (f"Pisano, C., Galley, J.-P., De Coppi, P., 2020a. {TITLE}. J. Pediatr. Surg. 55 (1), "
         "54–58. https://doi.org/10.1000/182", "J. Pediatr. Surg"),
        (f"C. Pisano, J.-P. Galley, P. De Coppi, {TITLE}, J. Pediatr. Surg. 55 (1) (2020) 54–58, "
         "https://doi.org/10.1000/182.", "J. Pediatr. Surg"),
        (f"Pisano C, Galley J-P, De Coppi P (2020) {TITLE}. J Surg 55(1):54–58. "
         "https://doi.org/10.1000/182", "J Surg"),
        (f"Pisano C, Galley J-P, De Coppi P. 2020. {TITLE}. J Surg 55(1):54–58, doi:10.1000/182",
         "J Surg"),
        (f"Pisano C, Galley J-P, De Coppi P. {TITLE}. J Surg 2020; 55(1): 54–58. doi: 10.1000/182",
         "J Surg"),
    ],
    ids=["apa", "harvard", "comma-year", "elsevier-year", "elsevier-number", "springer",
         "year-behind-names", "vancouver"],
)  # fmt: skip
def test_entry_is_taken_apart(text: str, journal: str) -> None:
    entry = parse(text)
    assert entry.authors == ("Pisano C", "Galley J-P", "De Coppi P")
    assert (entry.title, entry.journal, entry.year) == (TITLE, journal, 2020)
    assert (entry.volume, entry.issue, entry.pages) == ("55", "1", "54–58")
    assert entry.doi == "10.1000/182"


def test_names_of_many_forms_are_authors() -> None:
    entry = parse(
        "van der Berg, J. H., O'Neill, K., Jr., … Öztürk, Ş. (2019). Bees. Nature, 12, 3."
    )
    assert entry.authors == ("van der Berg JH", "O'Neill K Jr", "Öztürk Ş")


def test_et_al_is_noted() -> None:
    entry = parse("Smith J, Jones K, et al. (2018). On bees. PLoS ONE 13(2): e0191234. PMID: 123")
    assert (entry.authors, entry.et_al) == (("Smith J", "Jones K"), True)
    assert (entry.journal, entry.pages, entry.pmid) == ("PLoS ONE", "e0191234", "123")


def test_title_may_hold_stops_and_end_as_a_question() -> None:
    entry = parse("Smith, J. (2019). Pollen. A food? Nature, 12, 3-4.")
    assert (entry.title, entry.journal) == ("Pollen. A food?", "Nature")


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("World Health Organization. (2009). Infant feeding. Geneva: WHO.",
         ("World Health Organization",)),
        ("Smith, J. (2009). Infant feeding. Springer.", ("Smith J",)),
    ],
    ids=["institution", "book"],
)  # fmt: skip
def test_fields_that_are_not_plain_are_empty(text: str, authors: tuple[str, ...]) -> None:
    entry = parse(text)
    assert (entry.authors, entry.year, entry.title) == (authors, 2009, "Infant feeding")
    assert (entry.journal, entry.volume, entry.issue, entry.pages) == ("", "", "", "")


@pytest.mark.parametrize(
    "text",
    ["World Health Organization. Infant feeding. Geneva: WHO; 2009", "Bees in 2009 and later"],
)
def test_entry_of_no_known_style_keeps_its_text_as_title(text: str) -> None:
    entry = parse(text)
    assert (entry.authors, entry.title, entry.year) == ((), text, None)


@pytest.mark.parametrize(
    ("author", "family"),
    [("Pisano C", "Pisano"), ("van der Berg JH", "van der Berg"), ("King ML Jr", "King"),
     ("Brown J-P", "Brown"), ("World Health Organization", "World Health Organization")],
)  # fmt: skip
def test_family_name_is_without_initials(author: str, family: str) -> None:
    assert family_name(author) == family
