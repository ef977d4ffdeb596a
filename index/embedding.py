"""Embedding a large corpus with Ray Data: on two workers of a laptop or on a cluster, alike.

Articles are divided into shards beforehand. Each shard is read, split, embedded and written by one
worker; a worker that dies loses the shard that it was at, which another one makes again. Shards
that are there and whole are kept, so a run that was cut off goes on where it was.

The only module that knows Ray, and it imports it when it is first needed.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from corpus.document import CorpusError
from index.embedded import embed, read_candidate
from index.encoder import Encoder
from index.entries import PROGRAM
from index.incoming import Candidate, Refusal, find_candidates
from index.shards import (
    Refused,
    ShardArticle,
    ShardManifest,
    ShardReport,
    finished,
    without_articles,
    write_shard,
    write_shard_manifest,
)
from index.snapshot import BuildFacts, LibraryError
from index.updating import OnProgress, Progress, encoder_facts, ignore

SHARD_ARTICLES = 64
"""Of one shard; with vectors about 50 MB in a worker's memory."""
OBJECT_STORE_BYTES = 256 * 1024 * 1024
"""Of Ray on this machine; only names and reports go through it."""
NO_THREADS = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """A shard that is to be made: its name and its articles, as (path, id)."""

    name: str
    articles: tuple[tuple[str, str], ...]


def embed_corpus(
    paths: Iterable[Path],
    out: Path,
    make_encoder: Callable[[], Encoder],
    *,
    workers: int = 2,
    address: str | None = None,
    shard_articles: int = SHARD_ARTICLES,
    on_progress: OnProgress = ignore,
) -> ShardManifest:
    """Read, split and embed articles into shards.

    Args:
        paths: files, article folders, or folders to search for both; seen by every worker.
        out: folder of the shards; seen by every worker.
        make_encoder: loads the model; called here and once in each worker.
        workers: how many; each loads the model and uses one core.
        address: of a Ray cluster; one is started here where it is None.
        shard_articles: how many articles a shard has.
        on_progress: is told of each shard.

    Returns:
        The manifest, which is in the folder too.

    Raises:
        EncoderError: the model cannot be loaded.
        LibraryError: Ray is missing or fails, there is no article, or a shard could not be made.
        OSError: the folder cannot be written.
    """
    facts = without_articles(encoder_facts(make_encoder()))
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    candidates, refused = _choose(paths)
    plans = list(plan_shards(candidates, facts, shard_articles))
    missing = [plan for plan in plans if finished(out, plan.name) is None]
    for number, plan in enumerate(plans, start=1):
        if plan not in missing:
            on_progress(Progress(number, len(plans), plan.name, "unchanged", "it is there"))
    if missing:
        done = len(plans) - len(missing)
        for name in _run(missing, out, make_encoder, workers=workers, address=address):
            done += 1
            on_progress(Progress(done, len(plans), name, "embedded", ""))
    reports = [_report(out, plan) for plan in plans]
    refused += [one for report in reports for one in report.refused]
    if not any(report.articles for report in reports):
        reasons = "; ".join(one.reason for one in refused[:5]) or "no path was given"
        raise LibraryError(f"no article could be embedded: {reasons}")
    manifest = ShardManifest(facts, tuple(reports), tuple(refused))
    write_shard_manifest(out, manifest)
    return manifest


def _choose(paths: Iterable[Path]) -> tuple[list[Candidate], list[Refused]]:
    """Find the articles; of several with one id the first."""
    candidates: dict[str, Candidate] = {}
    refused: list[Refused] = []
    for one in find_candidates(path.resolve() for path in paths):
        if isinstance(one, Refusal):
            refused.append(Refused(str(one.path), one.reason))
        elif one.id in candidates:
            earlier = candidates[one.id].path
            reason = f"{one.path} would be {one.id}, as {earlier} is; rename one of the two"
            refused.append(Refused(str(one.path), reason))
        else:
            candidates[one.id] = one
    return list(candidates.values()), refused


def plan_shards(
    candidates: Iterable[Candidate], facts: BuildFacts, shard_articles: int
) -> Iterable[Plan]:
    """Divide articles into shards; a shard's name changes with its files and with the program."""
    rest = iter(candidates)
    while some := list(islice(rest, shard_articles)):
        digest = hashlib.sha256(msgspec.json.encode(facts))
        for one in some:
            digest.update(f"{one.id}\x00{_state_of(one.path)}\n".encode())
        articles = tuple((str(one.path), one.id) for one in some)
        yield Plan(f"shard-{digest.hexdigest()[:24]}.parquet", articles)


def _state_of(path: Path) -> str:
    """Say how the files of an article are now, without reading them."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    states = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            states.append(f"{file} gone")
        else:
            states.append(f"{file} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(states)


def make_shard(plan: Plan, out: Path, encoder: Encoder) -> ShardReport:
    """Read, split and embed the articles of one shard, and write it.

    Raises:
        OSError: the folder cannot be written.
    """
    articles: list[ShardArticle] = []
    refused: list[Refused] = []
    for path, name in plan.articles:
        try:
            read = read_candidate(Candidate(Path(path), name))
        except CorpusError as error:
            refused.append(Refused(path, str(error)))
            continue
        vectors = embed(read.entry, encoder).vectors
        source = read.files.source.name
        articles.append(ShardArticle(read.content, source, read.files.key, read.entry, vectors))
    return write_shard(out, plan.name, articles, refused)


class ShardMaker:
    """What runs in a worker: the model, loaded once."""

    def __init__(self, make_encoder: Callable[[], Encoder], out: str) -> None:
        self._encoder = make_encoder()
        self._out = Path(out)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Make the shards of a batch; gives their names back."""
        for raw in batch["plan"]:
            plan = msgspec.json.decode(raw, type=Plan)
            if finished(self._out, plan.name) is None:
                make_shard(plan, self._out, self._encoder)
        return {"name": batch["name"]}


def _run(
    plans: Sequence[Plan],
    out: Path,
    make_encoder: Callable[[], Encoder],
    *,
    workers: int,
    address: str | None,
) -> Iterable[str]:
    """Make shards on Ray; gives the name of each when it is there."""
    ray = _start(workers, address)
    try:
        items = [{"name": p.name, "plan": msgspec.json.encode(p).decode()} for p in plans]
        made = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
            ShardMaker,
            fn_constructor_args=(make_encoder, str(out)),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=min(workers, len(plans))),
            num_cpus=1,
        )
        for row in made.iter_rows():
            yield str(row["name"])
    except (ray.exceptions.RayError, OSError) as error:
        said = " ".join(str(error).split())[:500]
        raise LibraryError(
            f"Ray stopped ({type(error).__name__}: {said}); finished shards are kept in {out}: "
            "run the same command again"
        ) from error
    finally:
        ray.shutdown()


def _start(workers: int, address: str | None) -> Any:  # noqa: ANN401 (an extra without types)
    """Start or reach Ray: no dashboard, no usage statistics, no chatter."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        ray: Any = import_module("ray")
        import_module("ray.data")
    except ImportError as error:
        raise LibraryError(
            "embedding on workers needs Ray; install it: pip install -r requirements-scale.txt"
        ) from error
    options: dict[str, Any] = {
        "include_dashboard": False,
        "num_cpus": workers + 1,
        "object_store_memory": OBJECT_STORE_BYTES,
        "runtime_env": {"env_vars": NO_THREADS | {"PYTHONPATH": str(PROGRAM)}},
    }
    if address:
        excluded = [".venv", ".git", "index/built", "report", "tests"]
        environment = {"working_dir": str(PROGRAM), "excludes": excluded, "env_vars": NO_THREADS}
        options = {"address": address, "runtime_env": environment}
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise LibraryError(
            f"Ray cannot be started at {address or 'this machine'}: {error}; mend --address, or "
            "leave it out"
        ) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    return ray


def _report(out: Path, plan: Plan) -> ShardReport:
    report = finished(out, plan.name)
    if report is None:
        raise LibraryError(
            f"the shard {out / plan.name} was not made; run the same command again: the other "
            "shards are kept"
        )
    return report
