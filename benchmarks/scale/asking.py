"""Opening a library in a process of its own and asking it: time, memory and recall.

The questions' vectors are made beforehand, so that no model is loaded and the memory is that of the
library alone. A question then costs what the search costs; embedding it comes on top.
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

from index.dense import nearest
from index.encoder import Encoder, FloatMatrix
from index.entries import PROGRAM
from index.library import Library
from index.mapped.writing import MAPPED

QUESTIONS = PROGRAM / "qa" / "evaluation" / "questions" / "kersin-2021-dev.jsonl"
TIE = 1e-6
OPENINGS = 3
"""Times that a library is opened; the quickest counts, since other processes may run."""
ROUNDS = 3
"""Times that each question is asked; the first round, in which files are read, counts too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What opening and asking took.

    Attributes:
        passages: of the library.
        search: how vectors are searched.
        opened_s: until the library was open, with a warm disk cache.
        opened_mib: memory of the process after the first opening.
        asked_mib: the same after the questions.
        own_mib: of that, what is not mapped from files.
        median_ms, p95_ms: of a question, without embedding it.
        recall: recall@10 of the questions against exact search.
    """

    passages: int
    search: str
    opened_s: float
    opened_mib: float
    asked_mib: float
    own_mib: float
    median_ms: float
    p95_ms: float
    recall: float


class QuestionEncoder:
    """Knows the vectors of some questions."""

    def __init__(
        self, name: str, weights_sha256: str, questions: Sequence[str], vectors: FloatMatrix
    ) -> None:
        self.name = name
        self.weights_sha256 = weights_sha256
        self.dimension = int(vectors.shape[1])
        self._vectors = dict(zip(questions, vectors, strict=True))

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dimension) float32 of questions that it was made with."""
        return np.stack([self._vectors[text] for text in texts])


def load_questions() -> list[str]:
    """Return the development questions about the shipped article, each once."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(json.loads(line)["question"] for line in lines if line.strip()))


def write_questions(path: Path, library: Library, encoder: Encoder) -> None:
    """Keep the questions of a library, as it expands them, with their vectors."""
    questions = load_questions()
    expanded = [library.expander.expand_question(question) for question in questions]
    np.savez(
        path,
        vectors=encoder.encode(expanded),
        said=np.array(json.dumps([encoder.name, encoder.weights_sha256, questions, expanded])),
    )


def ask_in_process(library: Path, questions: Path) -> Asked:
    """Run `ask` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--open", str(library), str(questions)]
    done = subprocess.run(command, cwd=PROGRAM, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{library} cannot be asked: {done.stderr}")
    return msgspec.json.decode(done.stdout, type=Asked)


def ask(folder: Path, kept: Path) -> str:
    """Open and ask a library; returns `Asked` as JSON."""
    loaded = np.load(kept, allow_pickle=False)
    name, weights, questions, expanded = json.loads(str(loaded["said"]))
    encoder = QuestionEncoder(name, weights, expanded, loaded["vectors"])
    library, opened = _open(folder, encoder)
    at_opening = resident("VmRSS")
    opened = min([opened, *(_open(folder, encoder)[1] for _ in range(OPENINGS - 1))])
    times = []
    for question in ROUNDS * questions:
        begun = time.perf_counter()
        library.search(question)
        times.append(1000 * (time.perf_counter() - begun))
    asked, own = resident("VmRSS"), resident("RssAnon")
    form = library.manifest.mapped
    return json.dumps(
        asdict(
            Asked(
                passages=len(library.passages),
                search="in memory" if form is None else f"mapped, {form.search}",
                opened_s=opened,
                opened_mib=at_opening,
                asked_mib=asked,
                own_mib=own,
                median_ms=float(np.median(times)),
                p95_ms=float(np.percentile(times, 95)),
                recall=_recall(library, folder, questions, loaded["vectors"]),
            )
        )
    )


def _open(folder: Path, encoder: Encoder) -> tuple[Library, float]:
    begun = time.perf_counter()
    library = Library.open(folder, encoder=encoder, on_status=_refuse)
    return library, time.perf_counter() - begun


def _refuse(line: str) -> None:
    raise RuntimeError(f"the library is not only opened: {line}")


def _recall(
    library: Library, folder: Path, questions: Sequence[str], vectors: FloatMatrix
) -> float:
    """Compare the ten nearest passages with those of exact search; equal cosines are as good."""
    form = library.manifest.mapped
    if form is None:
        return 1.0
    everything = np.memmap(folder / MAPPED / form.key / "vectors", dtype=np.float32, mode="r")
    _, best = nearest(vectors, np.asarray(everything).reshape(-1, vectors.shape[1]), 10)
    found = [
        [hit.cosine for hit in library.search(question, k=10, dense_weight=1.0)]
        for question in questions
    ]
    return float(np.mean(np.array(found) >= best[:, -1:] - TIE))


def resident(field: str) -> float:
    """Return a field of the process's memory in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/self/status has no {field}; this is measured on Linux")
