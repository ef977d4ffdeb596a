"""Facts about the article itself, and what a cited author reports. The questions are the tests'."""

import pytest

from qa.lookup import LookUp

AUTHORS = ["Sinem Gülcan Kersin , Eren Özek"]
CITATION = [
    "Cite this article as: Kersin SG, Özek E. Breast milk stem cells: are they magic bullets in "
    "neonatology? Turk Arch Pediatri 2021; 56(3): 187-91."
]
RECEIVED = ["Received: 07.01.2021"]
ACCEPTED = ["Accepted: 26.01.2021"]
LICENCE = [
    "Content of this journal is licensed under a Creative Commons Attribution-NonCommercial 4.0 "
    "International License."
]
FUNDING = [
    "Financial Disclosure: The authors declared that this study has received no financial support."
]
CONFLICTS = ["Conflict of Interest: The authors have no conflicts of interest to declare."]
KEYWORDS = [
    "Keywords: Bronchopulmonary dysplasia, human breast milk, hypoxic-ischemic encephalopathy, "
    "intraventricular hemorrhage, necrotizing enterocolitis, stem cell"
]
CORRESPONDENCE = ["Corresponding Author:\nSinem Gülcan Kersin\n✉sinemgulcan@hotmail.com"]
AFFILIATION = [
    "Division of Neonatology, Department of Pediatrics, Marmara University School of Medicine, "
    "İstanbul, Turkey"
]
PEER_REVIEW = ["Peer-review: Externally peer-reviewed."]
CONTRIBUTIONS = [
    "Author Contributions: Concept - S.G.K.; Design - S.G.K.; Supervision - E.O.; Materials - "
    "S.G.K.; Data Collection and/or Processing - S.G.K.; Analysis and/or Interpretation - S.G.K.; "
    "Literature Review - S.G.K., E.O.; Writing - S.G.K.; Critical Review - E.O."
]
TITLE = ["Breast milk stem cells: Are they magic bullets in neonatology?"]
WEB_SITE = ["turkarchpediatr.org"]


def found(look_up: LookUp, question: str) -> list[str]:
    result = look_up.find(question)
    return [look_up.document.slice(span) for span in result.spans] if result else []


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("Who are the authors of the paper?", AUTHORS),
        ("By whom was this article written?", AUTHORS),
        ("Authors", AUTHORS),
        ("In which journal did it appear?", CITATION),
        ("How should one cite this review?", CITATION),
        ("What year is this review from?", CITATION),
        ("Where was the article published?", CITATION),
        ("When was the manuscript received?", RECEIVED),
        ("On what date was the paper submitted?", RECEIVED),
        ("When was it accepted?", ACCEPTED),
        ("What is the date of acceptance?", ACCEPTED),
        ("Under which licence is the article available?", LICENCE),
        ("Is commercial reuse allowed?", LICENCE),
        ("Who holds the copyright?", LICENCE),
        ("Who sponsored this work?", FUNDING),
        ("Was there a grant?", FUNDING),
        ("Did the authors receive any financial support?", FUNDING),
        ("Do the authors declare any conflicts of interest?", CONFLICTS),
        ("Were competing interests disclosed?", CONFLICTS),
        ("Do the authors have ties to industry?", CONFLICTS),
        ("List the key words of the article", KEYWORDS),
        ("Which index terms are given?", KEYWORDS),
        ("Who is the corresponding author?", CORRESPONDENCE),
        ("To which e-mail address can I write?", CORRESPONDENCE),
        ("How can I get in touch with the authors?", CORRESPONDENCE),
        ("What is the affiliation of the authors?", AFFILIATION),
        ("Which university do the authors belong to?", AFFILIATION),
        ("Where do the authors work?", AFFILIATION),
        ("Was the article peer reviewed?", PEER_REVIEW),
        ("Is this paper refereed?", PEER_REVIEW),
        ("Which author supervised the work?", CONTRIBUTIONS),
        ("Who did the literature review?", CONTRIBUTIONS),
        ("What are the author contributions?", CONTRIBUTIONS),
        ("What is the title of the article?", TITLE),
        ("What is this paper called?", TITLE),
        ("What is the journal's website?", WEB_SITE),
        ("What is the home page of the journal?", WEB_SITE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fact_of_the_article_is_found_in_its_line(
    look_up: LookUp, question: str, lines: list[str]
) -> None:
    assert found(look_up, question) == lines


def test_contributions_are_found_by_the_verb(look_up: LookUp) -> None:
    assert found(look_up, "What did each author contribute?") == CONTRIBUTIONS


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Who wrote this?", "looked up: the authors"),
        ("Who funded the article?", "looked up: the funding"),
        ("When was it accepted?", "looked up: the date it was accepted"),
        ("Which journal is it in?", "looked up: where the article appeared"),
        ("Is it peer-reviewed?", "looked up: the peer review"),
    ],
)
def test_the_reason_names_the_fact(look_up: LookUp, question: str, reason: str) -> None:
    result = look_up.find(question)
    assert result is not None
    assert result.reason == reason


@pytest.mark.parametrize(
    "question",
    [
        "Who funded the Okazaki study?",
        "Which journal reported on BPD?",
        "Who supervised the trial in HIE?",
        "Which university ran Ahn's trial?",
        "When was Tsuji's pilot study accepted?",
        "Where was the umbilical cord blood collected?",
        "When were stem cells first described?",
        "How many infants received cord blood?",
        "Which country had the most infants with NEC?",
        "What is microchimerism?",
        "Where do exosomes come from?",
        "Who first described stem cells in milk?",
        "How often is this article cited?",
    ],
)
def test_a_question_about_the_subject_matter_is_not_looked_up(
    look_up: LookUp, question: str
) -> None:
    assert look_up.find(question) is None


# What a cited author reports

HASSIOTOU = [
    "In a study conducted by Hassiotou et al. (2)",
    "In a review authored by Hassiotou and Hartmann (2)",
    "In an animal experiment, Hassiotou et al. (23)",
]
AYDIN = ["Aydın et al. (25) showed that maternal cells"]
CREGAN = ["Cregan et al. (11) reported the presence", "Cregan et al. (11) also reported"]


@pytest.mark.parametrize(
    ("question", "openings"),
    [
        ("What did Cregan report?", CREGAN),
        ("According to Cregan et al.?", CREGAN),
        ("What did Hassiotou demonstrate?", HASSIOTOU),
        ("What did Hassiotu find?", HASSIOTOU),
        ("What did Aydın et al. show?", AYDIN),
        ("What did Aydin et al. show?", AYDIN),
        ("Tell me about Okazaki", ["In another study conducted by Okazaki et al. (29)"]),
        ("What did Okasaki find?", ["In another study conducted by Okazaki et al. (29)"]),
        ("What did van Velthoven find?", ["In animal models of HIE studies conducted by"]),
        ("What did Abd Allah et al. report?", ["In another study performed by Abd Allah"]),
        ("What did Borhani-Haghighi observe?", ["Borhani-Haghighi et al. (49)\tAnimal"]),
        (
            "What did Ahn and colleagues conclude?",
            ["A phase I dose-escalation clinical trial", "Ahn et al. (38)\tPhase I"],
        ),
        (
            "What did Huang and Keller find?",
            ["In a study conducted by Huang et al. (35)", "Keller et al. (37)\tPhase I"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_place_that_names_an_author_is_found_in_text_order(
    look_up: LookUp, question: str, openings: list[str]
) -> None:
    texts = found(look_up, question)
    assert [text[: len(opening)] for text, opening in zip(texts, openings, strict=True)] == openings


@pytest.mark.parametrize(
    ("question", "openings"),
    [
        ("What did Wobus find?", ["In an in vitro study conducted by Thomas et al. (16)"]),
        (
            "What did Dittmer and Leyh report?",
            ["Stem cells play crucial roles", "There are also studies reporting that paracrine"],
        ),
        ("What did Ates report?", ["The most accepted classifications are as follows (9):"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_author_whom_the_text_does_not_name_is_found_where_the_reference_is_cited(
    look_up: LookUp, question: str, openings: list[str]
) -> None:
    texts = found(look_up, question)
    assert [text[: len(opening)] for text, opening in zip(texts, openings, strict=True)] == openings


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Petersen et al. report?", "Petersen"),
        ("What did Johnson find?", "Johnson"),
        ("What did Prof. Garcia discover?", "Garcia"),
        ("what did gupta et al. report?", "gupta"),
        ("the study by Lindqvist", "Lindqvist"),
    ],
    ids=lambda value: value.split()[0],
)
def test_a_name_that_the_article_lacks_is_found_nowhere_and_named(
    look_up: LookUp, question: str, name: str
) -> None:
    result = look_up.find(question)
    assert result is not None
    assert (result.spans, result.reason) == ((), f"the article names nobody called {name}")


@pytest.mark.parametrize(
    "question",
    ["What dose did Ahn use?", "How did Moreira's rats breathe?", "Where did Zhang et al. inject?"],
)
def test_a_particular_about_an_author_is_left_to_the_search(look_up: LookUp, question: str) -> None:
    assert look_up.find(question) is None


def test_an_author_with_a_name_of_two_letters_is_found(look_up: LookUp) -> None:
    assert [text[:16] for text in found(look_up, "What did Wu et al. report?")] == [
        "Wu et al. (41)\tP"
    ]


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("What did Li report?", "Exosomes are small vesicles"),
        ("What did Xu et al. find?", "In an in vitro study conducted by Lanik"),
        ("What did Joy find?", "Moreira et al. (47)"),
    ],
)
def test_a_short_name_is_found_where_it_is_written_as_one(
    look_up: LookUp, question: str, opening: str
) -> None:
    assert [text[: len(opening)] for text in found(look_up, question)] == [opening]


@pytest.mark.parametrize("question", ["What brings joy to babies?", "Is it li or xu?"])
def test_a_short_name_in_lower_case_is_a_word(look_up: LookUp, question: str) -> None:
    assert look_up.find(question) is None


def test_a_place_is_not_taken_for_a_person(look_up: LookUp) -> None:
    assert look_up.find("What is the capital of France?") is None


def test_what_was_asked_this_time_decides_what_is_wanted(look_up: LookUp) -> None:
    result = look_up.find("Where is it cited? (Which paper is reference 44)", "Where is it cited?")
    assert result is not None
    assert result.reason == "looked up: the places that cite 44"
