"""Train the evidence model, and test one on the held-out articles.

python -m qa.evidence_training train --squad FILE --covidqa FILE --out DIR
python -m qa.evidence_training test --squad FILE --covidqa FILE --model DIR
python -m qa.evidence_training groups --squad FILE --covidqa FILE --medquad DIR --out GROUPS
python -m qa.evidence_training teach --groups GROUPS --model NAME --out TEACHER
python -m qa.evidence_training distil --groups GROUPS --logits TEACHER/logits.npy --out DIR
"""

import argparse
import logging
import random
import sys
from collections import Counter
from dataclasses import asdict, fields
from pathlib import Path

from tqdm import tqdm

from index.encoder import EncoderError, SentenceEncoder, bundled_folder
from index.wordpieces import WordPieces
from qa.evidence_model.scorer import load_scorer, read_weights
from qa.evidence_training.articles import (
    Example,
    TrainingDataError,
    read_squad,
    source_of,
)
from qa.evidence_training.distilling import add_options, distil, teach
from qa.evidence_training.groups import HELD_OUT_FILE, TRAIN_FILE, write_groups
from qa.evidence_training.heldout import HeldOutResult, evaluate_held_out
from qa.evidence_training.medquad import read_medquad
from qa.evidence_training.sampling import Sampler
from qa.evidence_training.tables import make_tables
from qa.evidence_training.training import TrainingSettings, train, write_weights
from qa.evidence_training.widening import held_out_groups, widen
from qa.evidence_training.written import read_written

logger = logging.getLogger("qa.evidence_training")

REPEATS = {"written": 2}
"""How often the questions of a source are drawn in one round; 1 for the others."""
TABLES = 40
TABLES_SEED = 11


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        if options.command in ("teach", "distil"):
            print(_table((teach if options.command == "teach" else distil)(options)))
            return 0
        examples = _examples(options)
        if options.command == "groups":
            _write_groups(options, examples)
            return 0
        if options.command == "train":
            _train(options, [e for e in examples if not e.article.is_held_out])
            options.model = str(options.out)
        _test(options, [e for e in examples if e.article.is_held_out])
    except (TrainingDataError, EncoderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.evidence_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "test", "groups"):
        command = commands.add_parser(name)
        command.add_argument("--squad", type=Path, help="questions in SQuAD 2.0's JSON form")
        command.add_argument("--covidqa", type=Path, help="COVID-QA, in the same form")
        command.add_argument("--limit", type=int, default=0, help="held-out questions a source")
        command.add_argument("--candidates", type=int, default=12, help="scored for each question")
    commands.choices["test"].add_argument("--model", required=True, help="folder or hub name")
    command = commands.choices["groups"]
    command.add_argument("--medquad", type=Path, help="folder with MedQuAD's files")
    command.add_argument("--medquad-articles", type=int, default=1000, help="drawn of its files")
    command.add_argument("--out", type=Path, required=True, help="folder for the groups")
    command.add_argument("--seed", type=int, default=7)
    add_options(commands.add_parser("teach"), commands.add_parser("distil"))
    command = commands.choices["train"]
    command.add_argument("--out", type=Path, required=True, help="folder for weights, checkpoints")
    command.add_argument("--start", type=Path, help="folder with weights to go on from")
    for field in fields(TrainingSettings):
        if field.name == "start":
            continue  # is given as a folder
        option = "--" + field.name.replace("_", "-")
        choices = ("lora", "full") if field.name == "tune" else None
        command.add_argument(
            option, type=type(field.default), default=field.default, choices=choices
        )
    return parser


def _examples(options: argparse.Namespace) -> list[Example]:
    covidqa = read_squad(options.covidqa, source="covidqa") if options.covidqa else []
    squad = read_squad(options.squad, source="squad") if options.squad else []
    written = read_written({example.article for example in covidqa})
    found = [*squad, *covidqa, *written]
    if not found:
        raise TrainingDataError("no data: name --squad FILE, --covidqa FILE or both")
    return found


def _train(options: argparse.Namespace, examples: list[Example]) -> None:
    import torch

    from qa.evidence_model.network import base_network
    from qa.evidence_model.pairs import PairTokenizer

    names = [field.name for field in fields(TrainingSettings) if field.name != "start"]
    start, digest = None, ""
    if options.start is not None:
        start, _, digest = read_weights(options.start)
    settings = TrainingSettings(**{n: getattr(options, n) for n in names}, start=digest)
    examples = [e for e in examples for _ in range(REPEATS.get(source_of(e), 1))]
    examples += make_tables(TABLES, seed=TABLES_SEED)
    logger.info("examples a round: %s", dict(Counter(map(source_of, examples))))
    base = bundled_folder()
    tokenizer = PairTokenizer(WordPieces(base))
    sampler = Sampler(examples, SentenceEncoder())
    torch.manual_seed(settings.seed)  # the head starts at random
    tensors = train(base_network(base), tokenizer, sampler, settings, options.out, start)
    write_weights(options.out, tensors, asdict(settings))


def _write_groups(options: argparse.Namespace, examples: list[Example]) -> None:
    rng = random.Random(options.seed)
    training = [e for e in examples if not e.article.is_held_out]
    training = [e for e in training for _ in range(REPEATS.get(source_of(e), 1))]
    training += make_tables(TABLES, seed=TABLES_SEED)
    if options.medquad is not None:
        medquad = list(read_medquad(options.medquad))
        articles = list({example.article: None for example in medquad})
        kept = set(rng.sample(articles, min(options.medquad_articles, len(articles))))
        training += [example for example in medquad if example.article in kept]
    held_out = [e for e in examples if e.article.is_held_out and (e.answers or e.near)]
    encoder = SentenceEncoder()
    apart = Sampler(held_out, encoder)
    groups = held_out_groups(apart, held_out, candidates=options.candidates)
    number = write_groups(options.out / HELD_OUT_FILE, groups)
    logger.info("%d held-out questions", number)
    sampler = Sampler(training, encoder)
    bar = tqdm(training, desc="groups", unit="q", mininterval=10)
    number = write_groups(options.out / TRAIN_FILE, widen(sampler, bar, seed=options.seed))
    logger.info("%d groups of %s", number, dict(Counter(map(source_of, training))))


def _test(options: argparse.Namespace, examples: list[Example]) -> None:
    kept: list[Example] = []
    seen: Counter[str] = Counter()
    for example in examples:
        source = source_of(example)
        seen[source] += 1
        if not options.limit or seen[source] <= options.limit:
            kept.append(example)
    if not kept:
        print("no held-out article in the data")
        return
    scorer = load_scorer(options.model)
    sampler = Sampler(kept, SentenceEncoder())
    results = evaluate_held_out(kept, sampler, scorer.score, candidates=options.candidates)
    print(_table(results))


def _table(results: list[HeldOutResult]) -> str:
    lines = ["source      questions answerable  AUROC  hit@1  (retrieval)  recall"]
    lines += [
        f"{r.source:<11} {r.questions:>9} {r.answerable:>10}  {r.auroc:.3f}  {r.hit_at_1:.3f}"
        f"  {r.retrieval_hit_at_1:>11.3f}  {r.recall:.3f}"
        for r in results
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
