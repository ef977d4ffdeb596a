"""Random BERT models small enough to be made in a test, with a vocabulary of their own."""

from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

WORDS = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] what is does the of in a milk cells brain bone rats gut hard "
    "holds harmed healed living found ? . ,"
).split()


def _config(layers: int, labels: int, spread: float) -> BertConfig:
    return BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
        num_labels=labels,
        initializer_range=spread,  # so large that different texts get clearly different numbers
    )


def tiny_tokenizer() -> BertTokenizerFast:
    return BertTokenizerFast(vocab={word: number for number, word in enumerate(WORDS)})


def save_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """Save a random cross-encoder of two layers."""
    torch.manual_seed(1)
    BertForSequenceClassification(_config(2, labels, 0.5)).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def save_encoder(folder: Path) -> Path:
    """Save a random encoder of four layers, two of them lower ones."""
    torch.manual_seed(2)
    BertModel(_config(4, 1, 0.2), add_pooling_layer=False).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder
