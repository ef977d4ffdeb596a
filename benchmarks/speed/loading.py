"""What is loaded behind the page, step by step, in a process of its own.

``python -m benchmarks.speed.loading [LIBRARY]`` prints the seconds of each step as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index.library import DEFAULT_LIBRARY

Made = TypeVar("Made")
QUESTION = "Do maternal cells reach the brain of the pups?"


def load_in_steps(library: Path) -> dict[str, float]:
    """Load and ask as the server does; returns the seconds of each step, in their order."""
    steps: dict[str, float] = {}

    def step(name: str, work: Callable[[], Made]) -> Made:
        begun = time.perf_counter()
        made = work()
        steps[name] = time.perf_counter() - begun
        return made

    step("torch imported", _import_torch)
    step("the program imported", _import_program)
    from index.encoder import SentenceEncoder
    from index.library import Library
    from qa.assistant import Assistant
    from qa.evidence_model.scorer import load_scorer
    from qa.foreseeing import ForeseeingEncoder

    encoder = ForeseeingEncoder(step("embedding model loaded", SentenceEncoder))
    opened = step("index opened", lambda: Library.open(library, encoder=encoder))
    scorer = step("evidence model loaded", load_scorer)
    assistant = step("assistant wired", lambda: Assistant(opened, scorer=scorer))
    step("first question", lambda: assistant.ask(QUESTION))
    step("the same again", lambda: assistant.ask(QUESTION))
    return steps


def _import_torch() -> None:
    import torch  # noqa: F401 (the time that it takes is what counts)


def _import_program() -> None:
    import qa.assistant  # noqa: F401 (as above)


def measure_loading(library: Path | None) -> dict[str, float]:
    """Return the seconds of each step of a fresh process over a library that is there."""
    command = [sys.executable, "-m", "benchmarks.speed.loading"]
    command += [str(library)] if library else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name: float(value) for name, value in json.loads(done.stdout).items()}


def main() -> None:
    """Print them."""
    library = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_LIBRARY
    sys.stdout.write(json.dumps(load_in_steps(library)) + "\n")


if __name__ == "__main__":
    main()
