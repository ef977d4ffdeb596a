"""What makes an index stale without a changed article: other passages, other terms."""

import pytest

import index.library as library_module
from corpus.document import Document
from corpus.passages import split_passages
from index.library import hash_passages


def test_hash_is_that_of_the_passages(review: Document) -> None:
    passages = split_passages(review)
    assert hash_passages(passages) == hash_passages(split_passages(review))
    assert hash_passages(passages) != hash_passages(passages[:-1])


def test_other_terms_give_another_hash(review: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_passages(split_passages(review))
    monkeypatch.setattr(library_module, "terms", lambda text: text.split())
    assert hash_passages(split_passages(review)) != before
