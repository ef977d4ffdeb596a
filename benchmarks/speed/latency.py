"""How long an answer takes: against its parts, and against retrieval by other libraries."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.library_size import seconds as clock
from benchmarks.results_file import Table
from benchmarks.scale.asking import load_questions
from benchmarks.speed.results import Goal, Measured, Times, beside
from benchmarks.speed.sides import Asked, Ours, OurSearch, Side, open_peers
from qa.answering import Reply
from qa.timing import record_stages
from qa.web.cards import render_conversation
from qa.web.turns import Turn

AT_ONCE = 16
BARE = "sentence-transformers"
"""The encoder alone, which retrieves nothing."""


def measure_latency(library: Path, python: Path | None, *, questions: int) -> Measured:
    """Ask every side the same questions, one at a time and 16 at once, in turn.

    Args:
        library: folder of ours.
        python: of the environment with the peers; None to leave them out.
        questions: how many.
    """
    asked = load_questions()[:questions]
    ours = Ours(library)
    peers, remarks = open_peers(python)
    try:
        for peer in peers:
            peer.index(ours.sentences)
        sides: list[Side] = [ours, OurSearch(ours), *peers]
        one = ask_in_turn(sides, asked, at_once=1)
        many = ask_in_turn(sides, asked, at_once=AT_ONCE)
    finally:
        for peer in peers:
            peer.close()
    parts = measure_parts(ours, asked)
    others = [peer.name for peer in peers if peer.name != BARE]
    fastest = min(others, key=lambda name: one[name].median_ms, default="")
    goals = _goals(ours.name, fastest, one, many) if fastest else ()
    versions = [f"Peers: {', '.join(peer.versions for peer in peers)}."] if peers else []
    table = latency_table(one, many, fastest or ours.name, parts)
    return Measured("latency", table, goals, (*versions, *remarks))


def ask_in_turn(
    sides: Sequence[Side], questions: Sequence[str], *, at_once: int
) -> dict[str, Times]:
    """Ask sides in turn, some questions each; a first round, which warms them, does not count.

    Returns:
        By side: the seconds of each question; several at once, the seconds until all had theirs,
        divided by how many there were.
    """
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    starts = range(0, len(questions), at_once)
    for start in [0, *starts]:
        some = questions[start : start + at_once]
        for side in sides:
            asked = side.ask(some, at_once=at_once)
            found[side.name] += seconds_each(asked, at_once)
    warm = at_once if at_once == 1 else 1
    return {name: Times(tuple(seconds[warm:])) for name, seconds in found.items()}


def seconds_each(asked: Asked, at_once: int) -> list[float]:
    """Return what a question took; of several at once the mean, the inverse of their rate."""
    if at_once == 1:
        return list(asked.seconds)
    return [asked.all_s / len(asked.seconds)]


def measure_parts(ours: Ours, questions: Sequence[str]) -> dict[str, float]:
    """Return the median milliseconds of the parts of an answer."""
    found: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        with record_stages() as seconds:
            reply = ours.alone.ask(question)
        drawn = clock(partial(_draw, question, reply))
        for name, value in {**seconds, "render": drawn}.items():
            found[name].append(value)
    return {name: 1000 * statistics.median(values) for name, values in found.items()}


def _draw(question: str, reply: Reply) -> object:
    return render_conversation((Turn(question, outcome=reply),))


def latency_table(
    one: dict[str, Times], many: dict[str, Times], first: str, parts: dict[str, float]
) -> Table:
    """Lay out a line a side, with ratios to ``first``, and a line a part of our answer."""
    heads = ["", "one at a time, ms: median", "95th percentile", f"{AT_ONCE} at once, ms each"]
    table = [heads]
    for name, times in one.items():
        table.append(
            [
                name,
                beside(times.median_ms, one[first].median_ms),
                beside(times.p95_ms, one[first].p95_ms),
                beside(many[name].median_ms, many[first].median_ms),
            ]
        )
    return table + [[f"of ours: {name}", f"{value:.1f}", "", ""] for name, value in parts.items()]


def _goals(
    ours: str, fastest: str, one: dict[str, Times], many: dict[str, Times]
) -> tuple[Goal, ...]:
    aim = f"an answer takes no longer than retrieval by the fastest peer ({fastest})"
    found = []
    for times, how in ((one, "one at a time"), (many, f"{AT_ONCE} at once")):
        ratio = times[ours].median_ms / times[fastest].median_ms
        found.append(Goal(f"{how}, {aim}", f"{ratio:.2f} times as long", ratio <= 1))
    return tuple(found)
