"""Texts to the token ids of a BERT model: the tokenizers library alone, without transformers."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

TOKENIZER_FILE = "tokenizer.json"


class WordPieces:
    """The tokenizer of a model folder.

    Args:
        folder: with the model.
        max_tokens: longer texts are cut to so many tokens, [CLS] and [SEP] counted; None for never.

    Raises:
        ValueError: the file is missing or damaged.
    """

    def __init__(self, folder: Path, *, max_tokens: int | None = None) -> None:
        path = folder / TOKENIZER_FILE
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"{path} cannot be read: {error}") from error
        self._tokenizer.no_padding()  # the file asks for padding and for cuts of its own
        if max_tokens is None:
            self._tokenizer.no_truncation()
        else:
            self._tokenizer.enable_truncation(max_tokens)
        self.cls_token_id = self._id_of("[CLS]")
        self.sep_token_id = self._id_of("[SEP]")

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the token ids of a text, between [CLS] and [SEP] if these are asked for."""
        return list(self._tokenizer.encode(text, add_special_tokens=add_special_tokens).ids)

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of texts, each between [CLS] and [SEP]."""
        return [list(found.ids) for found in self._tokenizer.encode_batch_fast(list(texts))]

    def _id_of(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"the tokenizer knows no {token}; it is not that of a BERT model")
        return int(found)
