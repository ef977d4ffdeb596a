"""How far from the machine's limit one encode and one evidence pass are.

The limit is what a large matrix product in the models' type reaches in the same run, in turn with
the passes and on as many threads.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from benchmarks.library_size import seconds
from benchmarks.scale.asking import load_questions
from benchmarks.speed.results import Measured
from index.bert import BertConfig, read_config
from index.encoder import SentenceEncoder, bundled_folder, model_type
from index.library import Library
from index.side_by_side import WORKERS, cut
from index.wordpieces import WordPieces
from qa.evidence_model.network import APART
from qa.evidence_model.pairs import Candidate, PairTokenizer
from qa.evidence_model.scorer import load_scorer
from qa.settings import Settings

SIDE = 1024
"""Of the square matrices whose product is the limit."""


def layer_operations(config: BertConfig, lengths: Sequence[int]) -> float:
    """Return the floating-point operations of one layer: its products, and attention by text."""
    width, inner = config.hidden_size, config.intermediate_size
    dense = sum(lengths) * 2 * (4 * width * width + 2 * width * inner)
    attention = sum(2 * 2 * length * length * width for length in lengths)
    return float(dense + attention)


def first_token_operations(config: BertConfig, lengths: Sequence[int]) -> float:
    """Return those of a layer of which each text's first token alone is computed."""
    width, inner = config.hidden_size, config.intermediate_size
    keys = sum(lengths) * 2 * 2 * width * width
    firsts = len(lengths) * 2 * (2 * width * width + 2 * width * inner)
    return float(keys + firsts + sum(2 * 2 * length * width for length in lengths))


def pair_operations(config: BertConfig, question: int, candidates: Sequence[int]) -> float:
    """Return those of an evidence pass whose candidates' lower halves are kept.

    Args:
        config: of the network.
        question: its tokens.
        candidates: their tokens.
    """
    pairs = [question + length for length in candidates]
    lower = APART * layer_operations(config, [question])
    middle = config.num_hidden_layers - APART - 1
    upper = middle * layer_operations(config, pairs) + first_token_operations(config, pairs)
    return lower + upper


def measure_roofline(library: Path, *, rounds: int) -> Measured:
    """Time passes and a large product in turn; the best of each counts."""
    config, rows = read_config(bundled_folder()), []
    encoder, scorer = SentenceEncoder(), load_scorer()
    questions = sorted(load_questions(), key=len)
    middle = len(questions) // 2
    pieces = WordPieces(bundled_folder())
    for count in (1, 16):
        some = questions[middle - count // 2 :][:count]
        lengths = [len(pieces.encode(text, add_special_tokens=True)) for text in some]
        work = config.num_hidden_layers * layer_operations(config, lengths)
        what = f"encode {count} question{'s' if count > 1 else ''}, {sum(lengths)} tokens"
        rows.append(_row(what, work, partial(encoder.encode, some), _threads(lengths), rounds))
    own = Library.open(library, encoder=encoder).passages
    candidates = [Candidate.of(own[n]) for n in range(0, len(own), len(own) // 40)]
    tokens = PairTokenizer(pieces)
    question = questions[middle]
    read = candidates[: Settings().read_candidates]
    lengths = [len(tokens.candidate(candidate).ids) for candidate in read]
    asked = len(tokens.question(question).ids)
    work = pair_operations(config, asked, lengths)
    pairs = [asked + length for length in lengths]
    what = f"evidence, {len(read)} pairs, {sum(pairs)} tokens"
    judge = partial(scorer.score, question, read)
    rows.append(_row(what, work, judge, _threads(pairs), rounds))
    heads = ["", "operations, 10⁹", "ms", "10⁹ a second", "the product", "share of the limit"]
    return Measured("roofline", [[*heads], *rows])


def _threads(lengths: Sequence[int]) -> int:
    return min(len(cut(lengths)), WORKERS)


def _row(
    what: str, operations: float, work: Callable[[], object], threads: int, rounds: int
) -> list[str]:
    square = torch.rand(SIDE, SIDE).to(model_type())
    found, limit = [], []
    for _ in range(rounds):
        found.append(seconds(work))
        torch.set_num_threads(threads)  # the work may have chosen another number for itself
        limit.append(seconds(lambda: square @ square))
    rate, most = operations / min(found) / 1e9, 2 * SIDE**3 / min(limit) / 1e9
    return [
        f"{what}, {threads} thread{'s' if threads > 1 else ''}",
        f"{operations / 1e9:.2f}",
        f"{1000 * min(found):.1f}",
        f"{rate:.0f}",
        f"{most:.0f}",
        f"{rate / most:.0%}",
    ]
