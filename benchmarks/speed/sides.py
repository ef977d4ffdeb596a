"""Who is compared: the assistant in this process, peers each in a process of its own.

All of them are loaded at once and asked in turn, so that what else runs on the machine slows all of
them alike.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from benchmarks.speed.peer import PEERS
from corpus.passages import split_passages
from index.encoder import bundled_folder
from qa.assistant import Assistant
from qa.batching import Batcher

SCRIPT = Path(__file__).with_name("peer.py")


class PeerError(Exception):
    """A peer cannot be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds of each question, and of all of them together."""

    seconds: tuple[float, ...]
    all_s: float


class Side(Protocol):
    """Answers questions, so many at once."""

    @property
    def name(self) -> str:
        """As the table calls it."""

    def ask(self, questions: Sequence[str], *, at_once: int) -> Asked:
        """Ask questions."""


class Ours:
    """The assistant: alone as the command line has it, for several as the server has it."""

    def __init__(self, library: Path) -> None:
        self.name = "Sic: quotes, citations, abstention"
        self.alone = Assistant.load(library)
        self.shared = Assistant.load(library, batcher=Batcher())
        documents = self.alone.library.documents.values()
        passages = [passage for document in documents for passage in split_passages(document)]
        self.sentences = [passage.sentence for passage in passages]

    def ask(self, questions: Sequence[str], *, at_once: int) -> Asked:
        """Ask questions."""
        assistant = self.alone if at_once == 1 else self.shared
        return ask_all(lambda question: assistant.ask(question), questions, at_once=at_once)


class OurSearch:
    """The search of an assistant alone, which is what the peers do."""

    def __init__(self, ours: Ours) -> None:
        self.name = "Sic, search alone"
        self._ours = ours

    def ask(self, questions: Sequence[str], *, at_once: int) -> Asked:
        """Search for questions."""
        library: Any = (self._ours.alone if at_once == 1 else self._ours.shared).library

        def search(question: str) -> object:
            library.encoder.foresee([])  # nothing of the answer before is kept
            return library.search(question, k=10)

        return ask_all(search, questions, at_once=at_once)


def ask_all(ask: Any, questions: Sequence[str], *, at_once: int) -> Asked:  # noqa: ANN401
    """Time a function on questions, so many at once."""

    def timed(question: str) -> float:
        begun = time.perf_counter()
        ask(question)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    seconds = tuple(pool_of(at_once).map(timed, questions))
    return Asked(seconds, time.perf_counter() - begun)


@lru_cache
def pool_of(threads: int) -> ThreadPoolExecutor:
    """Return a pool that stays: torch makes helpers for each thread in which it computes."""
    return ThreadPoolExecutor(threads)


class Peer:
    """A library of another project, in its own process and environment.

    Args:
        name: a key of `PEERS`.
        python: of the environment with the peers.

    Raises:
        PeerError: it is not installed there, or does not start.
    """

    def __init__(self, name: str, python: Path) -> None:
        self.name = name
        offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        command = [str(python), str(SCRIPT), name, str(bundled_folder())]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=os.environ | offline,
            )
        except OSError as error:
            raise PeerError(f"{name}: {python} cannot be run ({error.strerror})") from error
        self.versions = str(self._read()["versions"])

    def index(self, texts: Sequence[str]) -> float:
        """Index texts anew; gives the seconds."""
        return float(self._request({"index": list(texts)})["seconds"])

    def ask(self, questions: Sequence[str], *, at_once: int) -> Asked:
        """Retrieve ten passages for each question."""
        reply = self._request({"ask": list(questions), "at_once": at_once})
        return Asked(tuple(reply["seconds"]), float(reply["all"]))

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=30)

    def _request(self, request: dict[str, object]) -> dict[str, Any]:
        pipe = self._process.stdin
        if pipe is None:
            raise PeerError(f"{self.name} has no pipe")
        pipe.write(json.dumps(request) + "\n")
        pipe.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        reply: dict[str, Any] = json.loads(line) if line else {"error": "it ended"}
        if "error" in reply:
            raise PeerError(f"{self.name} could not be measured: {reply['error']}")
        return reply


def open_peers(python: Path | None, names: Iterable[str] = PEERS) -> tuple[list[Peer], list[str]]:
    """Start the peers; gives those that run, and for each other one why not."""
    if python is None:
        return [], ["The peers were not measured: name their environment with --peers-python."]
    peers, remarks = [], []
    for name in names:
        try:
            peers.append(Peer(name, python))
        except PeerError as error:
            remarks.append(f"{error}.")
    return peers, remarks
