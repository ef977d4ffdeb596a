"""Questions and candidates become tokens: limits, frames, and what each token belongs to."""

import pytest

from corpus.document import Document
from corpus.passages import split_passages
from qa.evidence_model.pairs import (
    CONTEXT,
    MAX_BEFORE_TOKENS,
    MAX_PLACE_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_SENTENCE_TOKENS,
    QUESTION,
    SENTENCE,
    Candidate,
    PairTokenizer,
    Tokens,
)
from tests.qa.documents import make_document

CLS, SEP = 1000, 1001


class LengthTokenizer:
    """A word's id is its length."""

    cls_token_id = CLS
    sep_token_id = SEP

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        return [len(word) for word in text.split()]


@pytest.fixture
def tokenizer() -> PairTokenizer:
    return PairTokenizer(LengthTokenizer())


def words(count: int, length: int) -> str:
    return " ".join(["x" * length] * count)


def test_a_question_stands_between_its_signs(tokenizer: PairTokenizer) -> None:
    assert tokenizer.question("What is NEC?") == Tokens([CLS, 4, 2, 4, SEP], [QUESTION] * 5)


def test_a_candidate_is_its_sentence_and_then_what_stands_before_it_and_its_place(
    tokenizer: PairTokenizer,
) -> None:
    found = tokenizer.candidate(Candidate("Bone is hard.", "Milk flows on.", "Findings."))
    assert found == Tokens([CLS, 4, 2, 5, SEP, 4, 5, 3, 9, SEP], [SENTENCE] * 5 + [CONTEXT] * 5)


def test_a_candidate_without_context_has_both_signs(tokenizer: PairTokenizer) -> None:
    found = tokenizer.candidate(Candidate("Bone is hard.", "", ""))
    assert found == Tokens([CLS, 4, 2, 5, SEP, SEP], [SENTENCE] * 5 + [CONTEXT])


def test_an_empty_question_is_its_two_signs(tokenizer: PairTokenizer) -> None:
    assert tokenizer.question("") == Tokens([CLS, SEP], [QUESTION] * 2)


def test_a_long_question_is_cut_at_its_end(tokenizer: PairTokenizer) -> None:
    found = tokenizer.question(f"first {words(MAX_QUESTION_TOKENS, 2)}")
    assert found.ids == [CLS, 5, *[2] * (MAX_QUESTION_TOKENS - 1), SEP]


def test_each_part_of_a_candidate_is_cut_to_its_own_limit(tokenizer: PairTokenizer) -> None:
    found = tokenizer.candidate(Candidate(words(500, 2), words(500, 3), words(500, 4)))
    assert found.ids == [
        CLS, *[2] * MAX_SENTENCE_TOKENS, SEP, *[3] * MAX_BEFORE_TOKENS, *[4] * MAX_PLACE_TOKENS, SEP
    ]  # fmt: skip
    assert found.parts.count(SENTENCE) == MAX_SENTENCE_TOKENS + 2


def test_every_token_belongs_to_a_part(tokenizer: PairTokenizer) -> None:
    found = tokenizer.candidate(Candidate(words(500, 2), words(500, 3), ""))
    assert len(found.ids) == len(found.parts)


def test_no_pair_is_longer_than_the_network_reads() -> None:
    longest = MAX_QUESTION_TOKENS + MAX_SENTENCE_TOKENS + MAX_BEFORE_TOKENS + MAX_PLACE_TOKENS + 5
    assert longest <= 512


def test_the_context_is_the_place_and_what_stands_before() -> None:
    assert Candidate("c", "Before.", "Place.").context == "Place. Before."
    assert Candidate("c", "", "Place.").context == "Place."
    assert Candidate("c", "", "").context == ""


def test_the_candidate_of_a_passage_has_its_parts() -> None:
    document: Document = make_document()
    passage = next(p for p in split_passages(document) if p.sentence.startswith("Twelve pups"))
    candidate = Candidate.of(passage)
    assert candidate == Candidate(passage.sentence, passage.before, passage.place)
    assert candidate.before.startswith("These cells reach the brain")
