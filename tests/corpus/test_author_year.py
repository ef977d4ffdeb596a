"""Citations by author and year: those that name exactly one entry, and no other."""

from pathlib import Path

import pytest

from corpus.author_year import find_author_year
from corpus.bibliography import parse_reference
from corpus.document import Document, Span
from corpus.reading import read_document
from tests.corpus.by_hand import article, read

ENTRIES = [
    "Pisano, C., Galley, J., & Elbahrawy, M. (2020). Milk vesicles. Surgery, 55(1), 54–58.",
    "Smith, J., & Jones, K. (2019a). First title. Nature, 12, 1-2.",
    "Smith, J., & Jones, K. (2019b). Second title. Nature, 12, 3-4.",
    "Lee, A. (2020). Third title. Nature, 13, 1-4.",
    "Lee, A., & Kim, B. (2021). Fourth title. Nature, 13, 1-4.",
    "Lee, A. (2021). Fifth title. Nature, 13, 1-4.",
    "Abd Allah, S. H., Shalaby, S. M., & El-Shal, A. S. (2016). Growth. Life, 68(12), 935–942.",
    "Öztürk, Ş. (2018). Kök hücre. Nature, 1, 1.",
    "Lee, A. (2022). Sixth title. Nature, 1, 1.",
    "Lee, A. (2022). Seventh title. Nature, 1, 1.",
]
REFERENCES = [
    parse_reference(text, number=number, span=Span(0, len(text)), raw=text)
    for number, text in enumerate(ENTRIES, 1)
]


def cited(text: str) -> list[tuple[str, int]]:
    found = find_author_year(text, [Span(0, len(text))], REFERENCES)
    return [(text[m.span.start : m.span.end], *m.numbers) for m in found]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It helps (Pisano et al., 2020).", [("Pisano et al., 2020", 1)]),
        ("Pisano et al. (2020) saw it.", [("Pisano et al. (2020)", 1)]),
        ("As Pisano et al., 2020 saw.", [("Pisano et al., 2020", 1)]),
        ("Pisano and colleagues (2020, p. 4) saw.", [("Pisano and colleagues (2020, p. 4)", 1)]),
        ("(Pisano, Galley, & Elbahrawy, 2020)", [("Pisano, Galley, & Elbahrawy, 2020", 1)]),
        ("(Smith and Jones 2019a; Lee, 2020)", [("Smith and Jones 2019a", 2), ("Lee, 2020", 4)]),
        ("(Smith & Jones, 2019a, b)", [("Smith & Jones, 2019a", 2), ("b", 3)]),
        ("(Lee, 2020, 2021)", [("Lee, 2020", 4), ("2021", 6)]),
        ("Lee (2021) and Lee and Kim (2021)", [("Lee (2021)", 6), ("Lee and Kim (2021)", 5)]),
        ("(e.g., Abd Allah et al. 2016)", [("Abd Allah et al. 2016", 7)]),
        ("Öztürk’s (2018) and [Ozturk 2018]", [("Öztürk’s (2018)", 8), ("Ozturk 2018", 8)]),
    ],
    ids=["bracketed", "narrative", "free", "colleagues", "all-names", "two", "letters", "years",
         "number-of-authors", "two-word-name", "accents"],
)  # fmt: skip
def test_citation_names_its_entry(text: str, found: list[tuple[str, int]]) -> None:
    assert cited(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "(Smith and Jones 2019)", "(Smith and Jones 2019c)", "(Lee, 2022)", "(Lee et al., 2020)",
        "(Lee and Smith 2021)", "(Pisano and Kim 2020)", "(Pisano et al., 2019)", "(Leeds, 2020)",
        "(McLee, 2020)", "(Moss, 2020)", "In 2020 Lee 2020 bees flew", "(2020)",
        "(Galley et al., 2020)",
    ],
    ids=["letter-missing", "no-such-letter", "two-entries", "only-author", "other-second",
         "unknown-second", "other-year", "longer-name", "longer-name-in-front", "unknown",
         "no-brackets", "no-name", "second-author"],
)  # fmt: skip
def test_citation_that_fits_no_single_entry_stays_text(text: str) -> None:
    assert cited(text) == []


def test_bibliography_is_not_looked_at() -> None:
    text = "Bees (Lee, 2020). Lee, A. (2020)."
    found = find_author_year(text, [Span(0, 17)], REFERENCES)
    assert [marker.span for marker in found] == [Span(6, 15)]


BODY = "Bees fly (Lee, 2020). They rest in two ways: (1) at night, and (2) in winter."


def markers_of(document: Document) -> list[tuple[str, tuple[int, ...]]]:
    return [(document.slice(marker.span), marker.numbers) for marker in document.markers]


def test_unnumbered_bibliography_is_cited_by_name_if_names_are_more_frequent() -> None:
    body = f"{BODY} So say Pisano et al. (2020) and Öztürk (2018)."
    document = read(article(body, references="\n\n".join(ENTRIES)))
    assert [numbers for _, numbers in markers_of(document)] == [(4,), (1,), (8,)]


def test_numbered_bibliography_is_cited_by_number() -> None:
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(ENTRIES, 1))
    document = read(article(f"{BODY} So says Pisano et al. (2020).", references=numbered))
    assert markers_of(document) == [("(1)", (1,)), ("(2)", (2,))]


def test_numbered_bibliography_without_citations_by_number_is_cited_by_name() -> None:
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(ENTRIES, 1))
    document = read(article("Bees fly (Lee, 2020).", references=numbered))
    assert markers_of(document) == [("Lee, 2020", (4,))]


@pytest.mark.parametrize("ending", ["md", "html"])
def test_author_year_article_is_cited_by_name_in_every_format(tmp_path: Path, ending: str) -> None:
    body = "Bees fly (Lee, 2020). So say Pisano et al. (2020)."
    listed = "\n".join(f"- {text}" for text in ENTRIES)
    source = f"# Bees\n\n## Results\n\n{body}\n\n## References\n\n{listed}\n"
    if ending == "html":
        items = "".join(f"<li>{text.replace('&', '&amp;')}</li>" for text in ENTRIES)
        source = f"<h1>Bees</h1><h2>Results</h2><p>{body}<h2>References</h2><ul>{items}</ul>"
    path = tmp_path / f"bees.{ending}"
    path.write_text(source, encoding="utf-8")
    assert markers_of(read_document(path)) == [
        ("Lee, 2020", (4,)), ("Pisano et al. (2020)", (1,)),
    ]  # fmt: skip
