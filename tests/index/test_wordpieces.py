"""Token ids are those of Hugging Face's tokenizer, and longer texts are cut."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from index.encoder import bundled_folder
from index.wordpieces import WordPieces

TEXTS = ["", "Breast milk (BM) holds β-cells.", "é ü ß 中文 ½ ﬁ", "a\u200bb\x00 c", "cell " * 400]


def test_ids_are_those_of_hugging_faces_tokenizer() -> None:
    theirs = AutoTokenizer.from_pretrained(bundled_folder(), local_files_only=True)
    ours = WordPieces(bundled_folder(), max_tokens=256)
    expected = [theirs(text, truncation=True, max_length=256)["input_ids"] for text in TEXTS]
    assert ours.encode_all(TEXTS) == expected
    assert len(expected[-1]) == 256


def test_without_a_limit_nothing_is_cut_or_framed() -> None:
    ours = WordPieces(bundled_folder())
    assert len(ours.encode("cell " * 400, add_special_tokens=False)) == 400
    assert ours.encode("", add_special_tokens=True) == [ours.cls_token_id, ours.sep_token_id]


@pytest.mark.parametrize("content", [None, "{"], ids=["missing", "damaged"])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer\.json cannot be read"):
        WordPieces(tmp_path)
