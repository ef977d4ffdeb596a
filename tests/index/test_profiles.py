"""What is kept beside an article is what reading it would give."""

from collections import Counter

import pytest

from corpus.document import Author, BlockKind, Document
from index.entries import make_entry
from index.lexical import words
from index.packing import pack_record, unpack_record
from index.profiles import Lexicon, Profile, lexicon_of, profile_of
from qa.names import AuthorNames
from tests.qa.documents import make_document


def test_profile_is_what_the_article_says_of_itself(review: Document) -> None:
    profile = profile_of(review)
    assert profile == Profile("kersin-2021", review.metadata, review.source_sha256, 49)
    assert profile == make_entry(review).profile


def test_names_are_those_that_the_look_ups_know(review: Document) -> None:
    names = lexicon_of(review).names
    assert set(names) == AuthorNames(review).known
    assert list(names) == sorted(names)
    assert {"kersin", "hassiotou", "ahn"} <= set(names)


def test_words_are_counted_without_bare_numbers() -> None:
    document = make_document([(BlockKind.PARAGRAPH, "Milk, milk and Özek's 12 CD34 cells.")])
    lexicon = lexicon_of(document)
    assert lexicon.counts == {"milk": 2, "and": 1, "ozek": 1, "s": 1, "cd34": 1, "cells": 1}
    assert lexicon.accented == ("özek",)


def test_words_of_the_review_are_all_its_words(review: Document) -> None:
    expected = Counter(word for word in words(review.text) if not word.isdigit())
    assert lexicon_of(review).counts == dict(expected)


def test_lexicon_is_kept_as_it_was(review: Document) -> None:
    lexicon = lexicon_of(review)
    record = pack_record(lexicon)
    assert unpack_record(record, Lexicon) == lexicon == make_entry(review).lexicon
    assert len(record) < 20_000


@pytest.mark.parametrize("record", [b"", b"no zlib", pack_record(Lexicon((), {}, ()))[:-1]])
def test_damaged_lexicon_is_an_error(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack_record(record, Lexicon)


def test_own_authors_are_names_too() -> None:
    document = make_document([(BlockKind.PARAGRAPH, "Milk.")])
    assert document.metadata.authors == (Author("Tester", "Ann"),)
    assert lexicon_of(document).names == ("tester",)
