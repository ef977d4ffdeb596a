"""From ``python app.py`` to the first answer, and what memory the server takes.

Every start is a process of its own, with the disk warm from an earlier one that does not count.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answer_time import REPOSITORY, START_SECONDS
from benchmarks.scale.asking import load_questions
from benchmarks.speed.loading import QUESTION, measure_loading
from benchmarks.speed.results import Goal, Measured

PAGE_S, ANSWER_S, MEMORY_MB = 3.0, 6.0, 700.0
"""The goals."""
IMPORTS = ("gradio", "qa.web.page", "numpy", "faiss", "torch", "index.bert", "qa.assistant")
IMPORT_LINE = re.compile(r"import time:\s*-?\d+ \|\s*(?P<us>\d+) \|\s*(?P<name>[\w.]+)$")
"""Of ``-X importtime``. A module's own time may be below zero: what another thread imports
meanwhile is taken off it."""


@dataclass(frozen=True, slots=True)
class Started:
    """One start.

    Attributes:
        page_s: until the page was served.
        answer_s: until the first question was answered.
        imports_s: by module, what is imported by it included.
        peak_mib: of the process after the first answer.
        asked_mib: the same after the other questions.
    """

    page_s: float
    answer_s: float
    imports_s: dict[str, float]
    peak_mib: float
    asked_mib: float


def measure_start(library: Path | None, *, rounds: int, questions: int) -> Measured:
    """Start the server some times; the quickest counts. Imports are timed in a start of their own.

    Args:
        library: folder; the program's own where it is None.
        rounds: starts that count.
        questions: that are asked after the first one, for the memory.
    """
    asked = load_questions()[:questions]
    imports = start_once(library, [], imports=True).imports_s
    starts = [start_once(library, asked) for _ in range(rounds)]
    page, answer = (min(getattr(one, part) for one in starts) for part in ("page_s", "answer_s"))
    peak = max(one.asked_mib for one in starts)
    table = [["", "s"], ["page is up", f"{page:.2f}"], ["first answer", f"{answer:.2f}"]]
    table += [[f"import of {name}", f"{took:.2f}"] for name, took in imports.items()]
    loading = [measure_loading(library) for _ in range(rounds)]
    for name in loading[0]:
        table.append([f"alone: {name}", f"{min(one[name] for one in loading):.2f}"])
    table += [
        ["", "MiB"],
        ["peak after the first answer", f"{max(one.peak_mib for one in starts):.0f}"],
    ]
    table += [[f"peak after {len(asked)} more", f"{peak:.0f}"]]
    memory = peak * 2**20 / 1e6
    goals = (
        _goal("the page is up in", page, PAGE_S, "s"),
        _goal("the first answer comes in", answer, ANSWER_S, "s"),
        _goal("the server takes less than", memory, MEMORY_MB, "MB"),
    )
    return Measured("start", table, goals)


def _goal(aim: str, found: float, most: float, unit: str) -> Goal:
    return Goal(f"{aim} {most:.0f} {unit}", f"{found:.1f} {unit}", found <= most)


def start_once(library: Path | None, questions: Sequence[str], *, imports: bool = False) -> Started:
    """Start the server, ask, and stop it; its imports are timed if asked for, which slows it."""
    with tempfile.TemporaryFile("w+") as log:
        begun = time.perf_counter()
        with serving(library, log.fileno() if imports else None) as (url, process):
            _wait_for(url)
            page = time.perf_counter() - begun
            ask(url, QUESTION)
            answer = time.perf_counter() - begun
            peak = peak_memory(process.pid)
            for question in questions:
                ask(url, question)
            asked = peak_memory(process.pid)
        log.seek(0)
        return Started(page, answer, read_imports(log.read().splitlines()), peak, asked)


@contextmanager
def serving(library: Path | None, log: int | None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the server on a free port, its imports timed on a file if there is one.

    Gives its address and its process.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    timed = [] if log is None else ["-X", "importtime"]
    command = [sys.executable, *timed, "app.py", "--port", str(port), "--no-feedback"]
    command += ["--library", str(library)] if library else []
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=log or subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server did not come up at {url} in {START_SECONDS} s")


def ask(url: str, question: str) -> str:
    """Ask over the server's API; gives the status of the answer.

    Raises:
        RuntimeError: the server answers with an error.
    """
    content = json.dumps({"data": [question, []]}).encode()
    headers = {"Content-Type": "application/json"}
    call = urllib.request.Request(f"{url}/gradio_api/call/ask", content, headers)
    with urllib.request.urlopen(call, timeout=START_SECONDS) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(
        f"{url}/gradio_api/call/ask/{event}", timeout=START_SECONDS
    ) as reply:
        said = reply.read().decode()
    if "event: complete" not in said:
        raise RuntimeError(f"{question!r} was not answered: {said[:200]}")
    found = json.loads(said.split("data: ")[-1])
    return str(found[0]["status"])


def peak_memory(process: int) -> float:
    """Return the most memory that a process has held, in MiB."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {process} has no VmHWM; this is measured on Linux")


def read_imports(lines: Sequence[str]) -> dict[str, float]:
    """Return the seconds of `IMPORTS` out of what ``-X importtime`` writes."""
    found = (IMPORT_LINE.match(line) for line in lines)
    took = {match["name"]: int(match["us"]) / 1e6 for match in found if match}
    return {name: took[name] for name in IMPORTS if name in took}
