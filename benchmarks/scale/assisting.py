"""Starting the assistant over a library, in a process of its own: time and memory beside the model.

The embedding model is loaded before the clock starts, since it takes the same whatever the library;
the evidence model is left out.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.scale.asking import load_questions, resident
from index.encoder import Encoder, FloatMatrix, SentenceEncoder
from index.entries import PROGRAM
from index.library import Library
from index.snapshot import read_manifest
from qa.assistant import Assistant
from qa.settings import FIRST_QUESTION

STARTS = 3
"""Times that the assistant is started; the quickest counts, since other processes may run."""
QUESTIONS = 30


@dataclass(frozen=True, slots=True)
class Assisted:
    """What starting and asking the assistant took.

    Attributes:
        start_s: opening the library and making the assistant, with a warm disk cache.
        first_ms: its first reply.
        start_mib: by how much the process grew until that reply.
        asked_mib: the same after more questions.
        own_mib: of that, what is not mapped from files.
        median_ms, p95_ms: of a reply, embedding and all.
    """

    start_s: float
    first_ms: float
    start_mib: float
    asked_mib: float
    own_mib: float
    median_ms: float
    p95_ms: float


class RenamedEncoder:
    """A model under the name that a library was made with."""

    def __init__(self, encoder: Encoder, name: str, weights_sha256: str) -> None:
        self.name = name
        self.weights_sha256 = weights_sha256
        self.dimension = encoder.dimension
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32, rows of unit length, in the order of ``texts``."""
        return self._encoder.encode(texts)


def assist_in_process(library: Path, model: str) -> Assisted:
    """Run `assist` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--assist", str(library)]
    command += ["--model", model]
    done = subprocess.run(command, cwd=PROGRAM, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"no assistant over {library}: {done.stderr}")
    return msgspec.json.decode(done.stdout, type=Assisted)


def assist(folder: Path, model: str) -> str:
    """Start an assistant over a library and ask it; returns `Assisted` as JSON."""
    facts = read_manifest(folder).facts
    encoder = RenamedEncoder(SentenceEncoder(model), facts.model, facts.weights_sha256)
    encoder.encode([FIRST_QUESTION])
    before, own_before = resident("VmRSS"), resident("RssAnon")
    assistant, start = _start(folder, encoder)
    first = _ask(assistant, FIRST_QUESTION)
    at_start = resident("VmRSS") - before
    times = [_ask(assistant, question) for question in load_questions()[:QUESTIONS]]
    asked, own = resident("VmRSS") - before, resident("RssAnon") - own_before
    start = min([start, *(_start(folder, encoder)[1] for _ in range(STARTS - 1))])
    return json.dumps(
        asdict(
            Assisted(
                start_s=start,
                first_ms=first,
                start_mib=at_start,
                asked_mib=asked,
                own_mib=own,
                median_ms=float(np.median(times)),
                p95_ms=float(np.percentile(times, 95)),
            )
        )
    )


def _start(folder: Path, encoder: Encoder) -> tuple[Assistant, float]:
    begun = time.perf_counter()
    assistant = Assistant(Library.open(folder, encoder=encoder))
    return assistant, time.perf_counter() - begun


def _ask(assistant: Assistant, question: str) -> float:
    begun = time.perf_counter()
    assistant.ask(question)
    return 1000 * (time.perf_counter() - begun)
