"""One run: what was asked for, in which order, with which models."""

import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.public_sets.answerability import AnswerabilityRow, measure_answerability
from benchmarks.public_sets.beir import BeirError, BeirSet, Query, read_queries, read_set
from benchmarks.public_sets.caching import CachedScorer
from benchmarks.public_sets.measuring import SetResult, SystemRankings, measure_set
from benchmarks.public_sets.reporting import (
    Conditions,
    Report,
    describe_machine,
    describe_software,
    today,
)
from benchmarks.public_sets.reranking import DEFAULT, HYBRID_EVIDENCE, Combination, rerank
from benchmarks.public_sets.searching import BM25, DENSE, HYBRID, Search
from benchmarks.public_sets.tuning import TuningRow, read_rankings, refuse_overlap, tune
from index.encoder import Encoder
from qa.evidence_model.scorer import NO_MODEL
from qa.evidence_training.articles import Example, read_squad, source_of
from qa.evidence_training.written import read_written

SETS = ("scifact", "bioasq12b", "pubmedqa")
TUNING_SET = "scifact"
SEED = 2021
"""Of the questions that are drawn where not all are taken."""

Item = TypeVar("Item")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure; what is None is left out, and a limit of None means all.

    Attributes:
        data: folder with one folder a set.
        sets: names of those folders.
        limit: queries a set, and held-out questions a source.
        evidence_queries: of these, how many the evidence model is asked.
        depth: documents a query that it reads.
        tune: files with queries and judgements to choose the combination on, over the documents of
            `TUNING_SET`.
        tune_queries: how many of these.
        squad, covidqa: files of held-out articles.
    """

    data: Path | None = None
    sets: tuple[str, ...] = SETS
    limit: int | None = None
    evidence_queries: int | None = None
    depth: int = 20
    tune: tuple[Path, Path] | None = None
    tune_queries: int | None = None
    squad: Path | None = None
    covidqa: Path | None = None


def run_plan(plan: Plan, encoder: Encoder, scorer: CachedScorer | None) -> Report:
    """Measure what the plan names; all its files are read before the first model runs.

    Raises:
        BeirError, OverlapError, TrainingDataError, NoCandidateError: a file cannot be used.
        EncoderError, CacheError: a model or what it computed before cannot be used.
    """
    sets = [_read_named_set(plan.data, name) for name in plan.sets] if plan.data else []
    tuning_set = _read_tuning_set(plan, sets)
    examples = _read_held_out(plan)
    tuning: list[TuningRow] = []
    combination, chosen_on = DEFAULT, "fixed in advance"
    if tuning_set and scorer:
        tuning = _tune(tuning_set, plan, encoder, scorer)
        combination = tuning[0].combination
        chosen_on = f"chosen on {len(tuning_set.queries)} other queries of {TUNING_SET}"
    results = [_measure_set(one, plan, encoder, scorer, combination) for one in sets]
    answerability: list[AnswerabilityRow] = []
    if examples:
        answerability = measure_answerability(examples, encoder, scorer)
    conditions = Conditions(
        encoder=encoder.name,
        encoder_sha256=encoder.weights_sha256,
        evidence_model=scorer.name if scorer else NO_MODEL,
        evidence_identity=scorer.identity if scorer else "",
        combination=combination,
        chosen_on=chosen_on,
        depth=plan.depth,
        machine=describe_machine(),
        software=describe_software(),
        date=today(),
    )
    return Report(conditions, tuple(results), tuple(tuning), tuple(answerability))


def _read_named_set(data: Path, name: str) -> BeirSet:
    if not (data / name).is_dir():
        known = sorted(path.name for path in data.glob("*") if path.is_dir())
        raise BeirError(f"{data} has no set {name!r}; it has: {', '.join(known) or 'none'}")
    return read_set(data / name)


def _read_tuning_set(plan: Plan, sets: Sequence[BeirSet]) -> BeirSet | None:
    """Read the questions to tune on, none of which may be measured."""
    if not plan.data or not plan.tune:
        return None
    measured = next((one for one in sets if one.name == TUNING_SET), None)
    measured = measured or _read_named_set(plan.data, TUNING_SET)
    known = {document.id for document in measured.documents}
    queries = read_queries(*plan.tune, known)
    refuse_overlap(queries, measured.queries)
    return BeirSet(TUNING_SET, measured.documents, _draw(queries, plan.tune_queries))


def _read_held_out(plan: Plan) -> list[Example]:
    covidqa = read_squad(plan.covidqa, source="covidqa") if plan.covidqa else []
    squad = read_squad(plan.squad, source="squad") if plan.squad else []
    written = read_written({example.article for example in covidqa})
    by_source: dict[str, list[Example]] = defaultdict(list)
    for example in (*squad, *covidqa, *written):
        if example.article.is_held_out:
            by_source[source_of(example)].append(example)
    return [one for examples in by_source.values() for one in _draw(examples, plan.limit)]


def _draw(items: Sequence[Item], limit: int | None) -> tuple[Item, ...]:
    """Draw so many at random, always the same ones, and keep their order."""
    if limit is None or limit >= len(items):
        return tuple(items)
    return tuple(items[n] for n in sorted(random.Random(SEED).sample(range(len(items)), limit)))


def _tune(one: BeirSet, plan: Plan, encoder: Encoder, scorer: CachedScorer) -> list[TuningRow]:
    search = Search(one.documents, encoder)
    rows = tune(one.documents, one.queries, search, scorer, depth=plan.depth)
    logger.info("tuned on %d queries: %s", len(one.queries), rows[0].combination)
    return rows


def _measure_set(
    one: BeirSet,
    plan: Plan,
    encoder: Encoder,
    scorer: CachedScorer | None,
    combination: Combination,
) -> SetResult:
    queries: tuple[Query, ...] = _draw(one.queries, plan.limit)
    logger.info("%s: %d documents, %d queries", one.name, len(one.documents), len(queries))
    found = Search(one.documents, encoder).rank(queries, plan.depth)
    systems = {
        name: SystemRankings(queries, [rankings[name] for rankings in found])
        for name in (BM25, DENSE, HYBRID)
    }
    if scorer:
        read = _draw(
            tuple(zip(queries, systems[HYBRID].rankings, strict=True)), plan.evidence_queries
        )
        asked, rankings = [query for query, _ in read], [ranking for _, ranking in read]
        logits = read_rankings(one.documents, asked, rankings, scorer)
        pairs = zip(rankings, logits, strict=True)
        again = [rerank(ranking, heard, combination) for ranking, heard in pairs]
        systems[HYBRID_EVIDENCE] = SystemRankings(asked, again)
        logger.info("evidence model so far: %d pairs in %.0f s", scorer.pairs, scorer.seconds)
    return measure_set(one.name, one.documents, systems)
