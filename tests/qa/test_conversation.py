import pytest

from corpus.abbreviations import Expander
from qa.conversation import Standalone, Vocabulary, make_standalone

VOCABULARY = Vocabulary(
    authors=frozenset({"ahn", "chang", "huang", "keller", "moreira", "tsuji", "zani", "zhang"}),
    expander=Expander(
        {
            "BPD": "bronchopulmonary dysplasia",
            "HIE": "hypoxic-ischemic encephalopathy",
            "IVH": "intraventricular hemorrhage",
            "NEC": "necrotizing enterocolitis",
        }
    ),
)


def standalone(*turns: str) -> str:
    return make_standalone(turns[-1], turns[:-1], VOCABULARY).text


@pytest.mark.parametrize(
    "question",
    ["What is microchimerism?", "And in rats?", "it?", "And Zani?", "number 9?", "Was it safe?"],
)
def test_a_first_question_stays_as_it_is(question: str) -> None:
    assert standalone(question) == question


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("What causes it?", "What causes it? (What is NEC)"),
        ("How severe is it in preterms?", "How severe is it in preterms? (What is NEC)"),
        ("Does milk prevent it?", "Does milk prevent it? (What is NEC)"),
        ("How are they treated?", "How are they treated? (What is NEC)"),
        ("And its mortality?", "its mortality? (What is NEC)"),
        ("Which of those survive?", "Which of those survive? (What is NEC)"),
    ],
    ids=lambda value: value.split(" (")[0],
)
def test_a_pronoun_inherits_the_question_before(follow_up: str, expected: str) -> None:
    assert standalone("What is NEC?", follow_up) == expected


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("And in rats?", "in rats? (Were cells given intranasally)"),
        ("Why?", "Why? (Were cells given intranasally)"),
        ("In how many animals?", "In how many animals? (Were cells given intranasally)"),
        ("OK, but when?", "when? (Were cells given intranasally)"),
    ],
    ids=lambda value: value.split(" (")[0],
)
def test_an_ellipsis_inherits_the_question_before(follow_up: str, expected: str) -> None:
    assert standalone("Were cells given intranasally?", follow_up) == expected


@pytest.mark.parametrize(
    ("before", "follow_up", "expected"),
    [
        ("What did Huang et al. report?", "And Zani?", "What did Zani et al. report?"),
        ("What did Huang et al. report?", "What about Ahn's?", "What did Ahn et al. report?"),
        ("Was Keller's trial safe?", "and Tsuji", "Was Tsuji's trial safe?"),
        ("What is BPD?", "And NEC?", "What is NEC?"),
        ("Were cells given for BPD?", "What about IVH?", "Were cells given for IVH?"),
        ("Does milk help in HIE?", "and in NEC?", "Does milk help in NEC?"),
        ("What is reference 8?", "And 9?", "What is reference 9?"),
        ("Where is reference 22 cited?", "and number 23?", "Where is reference 23 cited?"),
        ("Show reference 40", "ref. 41?", "Show reference 41"),
    ],
    ids=[
        "author",
        "author in the genitive",
        "author for one in the genitive",
        "abbreviation",
        "abbreviation within",
        "abbreviation after a preposition",
        "number",
        "number with its name",
        "number with its short name",
    ],
)
def test_a_name_a_concept_or_a_number_takes_the_place_of_its_like(
    before: str, follow_up: str, expected: str
) -> None:
    assert standalone(before, follow_up) == expected


def test_a_number_is_not_exchanged_where_the_question_before_has_two() -> None:
    text = standalone("What are references 8 and 9?", "And 10?")
    assert text == "10? (What are references 8 and 9)"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("What did Zhang et al. show?", "And Keller?", "And Tsuji?"),
         "What did Tsuji et al. show?"),
        (("What is reference 8?", "And 9?", "And 10?"), "What is reference 10?"),
        (("Which cells were used in BPD?", "How were they given?", "Was it safe?"),
         "Was it safe? (How were they given; Which cells were used in BPD)"),
        (("What did Zhang et al. show?", "In which animals?", "And Keller?"),
         "In which animals? (What did Keller et al. show)"),
        (("What is BPD?", "What is NEC?", "And its mortality?"), "its mortality? (What is NEC)"),
    ],
    ids=["authors", "numbers", "ellipses keep the root", "exchange in brackets", "the last topic"],
)  # fmt: skip
def test_a_chain_of_two_follow_ups_is_resolved_one_by_one(
    turns: tuple[str, ...], expected: str
) -> None:
    assert standalone(*turns) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How is microchimerism defined?",
        "Which exosomes reduce experimental NEC?",
        "How many components does breast milk have?",
        "Is there evidence for cord blood in stroke?",
        "What did Ahn et al. find in IVH?",
        "Is it known where milk cells come from?",
    ],
)
def test_a_new_topic_inherits_nothing(question: str) -> None:
    assert standalone("What is HIE?", "What causes it?", question) == question


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote this article?",
        "How many references does this article have?",
        "Which journal published this review?",
        "What does this paper say about stroke?",
        "Is the source peer reviewed?",
    ],
)
def test_a_question_about_the_article_inherits_nothing(question: str) -> None:
    assert standalone("What did Huang et al. report?", question) == question


@pytest.mark.parametrize("question", ["What is microchimerism?", "What are exosomes?"])
def test_a_definition_inherits_nothing(question: str) -> None:
    assert standalone("Who wrote the article?", question) == question


@pytest.mark.parametrize("question", ["What was the route?", "What is the dose?"])
def test_a_definite_noun_inherits_the_question_before(question: str) -> None:
    expected = f"{question} (Which trials treated NEC)"
    assert standalone("Which trials treated NEC?", question) == expected


@pytest.mark.parametrize(
    "question", ["What is that?", "What are these?", "Who are they?", "Explain them"]
)
def test_what_a_pronoun_means_is_no_definition(question: str) -> None:
    expected = f"{question.rstrip('?')}? (Which trials treated NEC)"
    assert standalone("Which trials treated NEC?", question) == expected


def test_an_opening_word_is_dropped_from_a_complete_question() -> None:
    text = standalone("What is HIE?", "OK. And how is microchimerism defined?")
    assert text == "how is microchimerism defined?"


def test_what_was_asked_this_time_is_kept_apart_from_what_is_inherited() -> None:
    resolved = make_standalone("And in rats?", ["Were cells given?"], VOCABULARY)
    assert resolved == Standalone(
        "in rats? (Were cells given)", "in rats?", is_appended=True, previous="Were cells given?"
    )


def test_an_exchange_is_not_marked_as_appended() -> None:
    resolved = make_standalone("And NEC?", ["What is BPD?"], VOCABULARY)
    assert resolved == Standalone(
        "What is NEC?", "NEC?", is_appended=False, previous="What is BPD?"
    )


def test_a_question_that_inherits_nothing_has_no_previous_one() -> None:
    resolved = make_standalone("How is microchimerism defined?", ["What is BPD?"], VOCABULARY)
    assert resolved.previous == ""


def test_white_space_around_a_turn_does_not_matter() -> None:
    assert standalone(" What is BPD?\n", "\tAnd NEC? ") == "What is NEC?"


# Corrections


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("no, in animals I mean", "in animals? (Did cells help in HIE)"),
        ("I meant in animals", "in animals? (Did cells help in HIE)"),
        ("Sorry, make that in animals", "in animals? (Did cells help in HIE)"),
        ("in rats instead", "in rats? (Did cells help in HIE)"),
        ("I meant the mother's", "the mother's? (Did cells help in HIE)"),
        ("actually NEC", "Did cells help in NEC?"),
        ("in NEC instead?", "Did cells help in NEC?"),
        ("NEC, please", "Did cells help in NEC?"),
        ("Not that, NEC", "Did cells help in NEC?"),
        ("sorry, I wanted that for NEC", "Did cells help in NEC?"),
        ("oh, and NEC?", "Did cells help in NEC?"),
        ("wait, what about NEC", "Did cells help in NEC?"),
    ],
    ids=lambda value: value.split(" (")[0],
)
def test_a_correction_takes_over_what_it_does_not_correct(follow_up: str, expected: str) -> None:
    assert standalone("Did cells help in HIE?", follow_up) == expected


@pytest.mark.parametrize(
    ("before", "follow_up", "expected"),
    [
        ("Did cells help in HIE?", "oh sorry, stroke not HIE", "Did cells help in stroke?"),
        ("Did cells help in HIE?", "I mean NEC, not HIE", "Did cells help in NEC?"),
        ("Did cells help in HIE?", "stroke rather than hie", "Did cells help in stroke?"),
        ("Did cells help in HIE?", "no, not in HIE but in stroke", "Did cells help in stroke?"),
        ("What did Zani do in NEC?", "Keller, not Zani", "What did Keller do in NEC?"),
        ("What is reference 8?", "sorry, 9 not 8", "What is reference 9?"),
    ],
    ids=lambda value: value,
)
def test_what_is_told_to_be_wrong_is_replaced(before: str, follow_up: str, expected: str) -> None:
    assert standalone(before, follow_up) == expected


@pytest.mark.parametrize(
    "follow_up", ["NEC, not BPD", "Is milk not sterile?", "I am not sure", "not NEC"]
)
def test_a_not_that_corrects_nothing_before_replaces_nothing(follow_up: str) -> None:
    assert standalone("Did cells help in HIE?", follow_up) == follow_up


@pytest.mark.parametrize(
    ("follow_up", "own"),
    [
        ("no, in animals I mean", "in animals"),
        ("in rats instead.", "in rats"),
        ("NEC, though", "NEC"),
        ("Thanks. And how is BPD treated, please?", "how is BPD treated"),
    ],
)
def test_closing_words_are_no_part_of_what_was_asked(follow_up: str, own: str) -> None:
    assert make_standalone(follow_up, ["Did cells help in HIE?"], VOCABULARY).own == own


def test_instead_of_within_a_question_stays() -> None:
    question = "Which cells were used instead of MSCs?"
    assert standalone("What is BPD?", question) == question


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("One more thing on Zani, which enzyme was it?", "Zani, which enzyme was it?"),
        ("one more question about Ahn: how many infants took part?",
         "Ahn: how many infants took part?"),
        ("Back to Tsuji, how soon were the cells used?", "Tsuji, how soon were the cells used?"),
        ("As for NEC, which cells help?", "NEC, which cells help?"),
    ],
    ids=["one more thing", "one more question", "back to", "as for"],
)  # fmt: skip
def test_a_topic_before_a_whole_question_inherits_nothing(follow_up: str, expected: str) -> None:
    assert standalone("Who gave milk by nose in IVH?", follow_up) == expected


@pytest.mark.parametrize("question", ["Tell me about microglia", "describe exosomes"])
def test_a_single_thing_to_be_told_about_inherits_nothing(question: str) -> None:
    assert standalone("What is BPD?", question) == question


@pytest.mark.parametrize("question", ["Tell me about them", "tell me about the trial"])
def test_a_thing_that_was_named_before_inherits_the_question_before(question: str) -> None:
    assert standalone("What is BPD?", question) == f"{question}? (What is BPD)"


@pytest.mark.parametrize("words", ["hello", "Thanks!", "ok, thank you very much", "Great, bye."])
def test_small_talk_inherits_nothing_and_leaves_the_topic(words: str) -> None:
    before = "Were cells given in BPD?"
    assert standalone(before, words) == words
    assert standalone(before, words, "And in rats?") == standalone(before, "And in rats?")
    assert standalone(words, "And in rats?") == standalone("And in rats?")


@pytest.mark.parametrize("words", ["ok, and in rats?", "thanks, more", "great apes?"])
def test_a_question_behind_small_talk_is_still_a_follow_up(words: str) -> None:
    assert standalone("Were cells given in BPD?", words) != words
