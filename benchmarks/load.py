"""Many users at once: ``python -m benchmarks.load --users 64 --questions 5000``.

Starts the real chat on a free port of this machine and lets each user ask over ``/ask``, with a
conversation of its own. Every answer must be the one that a single user gets to the same
conversation, and the server's memory must stay flat after the first questions. Prints a table.
"""

import argparse
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from gradio_client import Client

from benchmarks.results_file import (
    Table,
    add_results_option,
    section,
    table_lines,
    write_results,
)
from index.entries import PROGRAM

OPENINGS = (
    "What is microchimerism?",
    "What did Hassiotou find?",
    "Which stem cells are in breast milk?",
    "What is necrotizing enterocolitis?",
    "Do maternal cells reach the brain?",
    "What is a mesenchymal stem cell?",
)
FOLLOW_UPS = (
    "And in animals?",
    "Which paper is that from?",
    "more",
    "Which sentences cite reference 27?",
    "How many of them are there?",
    "Who wrote this article?",
    "What is the best football team?",
)
TURNS = 3
"""Questions of a conversation; then the user begins another one."""
SCRIPTS = 12
"""So many conversations there are; each is asked once by a single user, to compare with."""
START_SECONDS = 180.0
SECTION = "lasting-load"
"""Of the file with the results."""
PACKAGES = ("torch", "gradio")
MOST_GROWTH = 0.10
"""By so much of itself the server's memory may grow after the first tenth of the questions."""

Conversation = tuple[str, ...]


@dataclass
class Load:
    """What came of it.

    Attributes:
        seconds: of each answer.
        errors: in words.
        mixed_up: conversations whose answer was not the single user's.
        memory: MiB of the server, after each tenth of the questions.
        took: seconds for all.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed_up: list[Conversation] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    took: float = 0.0

    @property
    def growth(self) -> float:
        """By what share the memory grew after the first tenth."""
        return self.memory[-1] / self.memory[0] - 1.0 if self.memory else 0.0

    @property
    def is_well(self) -> bool:
        """Tell whether nothing went wrong."""
        return not (self.errors or self.mixed_up or self.growth > MOST_GROWTH)


def main(argv: Sequence[str] | None = None) -> int:
    """Start the chat and ask; returns 0 if nothing went wrong, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=64)
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=3_600.0, help="stop asking after so long")
    parser.add_argument("--seed", type=int, default=1)
    add_results_option(parser)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (url, process):
        load = measure(
            url,
            process,
            users=arguments.users,
            questions=arguments.questions,
            seconds=arguments.seconds,
            seed=arguments.seed,
        )
    found = table(load, arguments.users)
    sys.stdout.write("\n".join(table_lines(found)) + "\n")
    for error in load.errors[:10]:
        sys.stdout.write(f"ERROR: {error}\n")
    for conversation in load.mixed_up[:10]:
        sys.stdout.write(f"MIXED UP: {conversation}\n")
    failed = write_results(arguments.update_readme, {SECTION: section(found, PACKAGES)})
    return failed or (0 if load.is_well else 1)


def table(load: Load, users: int) -> Table:
    """Lay out what was measured."""
    many = statistics.quantiles(load.seconds, n=20) if len(load.seconds) > 1 else [0.0] * 19
    first, last = (load.memory[0], load.memory[-1]) if load.memory else (0.0, 0.0)
    heads = ["users", "answers", "answers/s", "median s", "95th percentile s", "errors", "mixed up"]
    line = [f"{users}", f"{len(load.seconds):,}", f"{len(load.seconds) / max(load.took, 1e-9):.1f}"]
    line += [f"{many[9]:.2f}", f"{many[18]:.2f}", f"{len(load.errors)}", f"{len(load.mixed_up)}"]
    heads += ["memory, first tenth MiB", "at the end MiB", "by tenths"]
    line += [f"{first:.0f}", f"{last:.0f}", ", ".join(f"{value:.0f}" for value in load.memory)]
    return [heads, line]


@contextmanager
def serving(library: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Run the chat over a library on a free port of this machine.

    Raises:
        RuntimeError: it does not come up.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--library", str(library)]
    with subprocess.Popen([*command, "--no-feedback"], cwd=PROGRAM) as process:
        try:
            wait_until_up(port, process)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()


def wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until somebody listens.

    Raises:
        RuntimeError: nobody does for long, or the process has ended.
    """
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the chat did not come up on port {port} in {START_SECONDS:.0f} s")


def measure(
    url: str,
    process: "subprocess.Popen[bytes]",
    *,
    users: int,
    questions: int,
    seconds: float,
    seed: int,
) -> Load:
    """Ask as one user, then as many, and compare.

    Args:
        url: of the chat.
        process: its server, for its memory.
        users: how many ask side by side.
        questions: how many all of them ask together.
        seconds: after so long no further question is asked.
        seed: of who asks what.
    """
    turns = -(-questions // users)
    asked = [conversations_of(user, turns, seed) for user in range(users)]
    alone = Client(url, verbose=False, analytics_enabled=False)
    expected = {one: ask(alone, one) for one in dict.fromkeys(c for user in asked for c in user)}
    load = Load()
    deadline = time.monotonic() + seconds
    server = psutil.Process(process.pid)

    def use(conversations: Sequence[Conversation]) -> None:
        client = Client(url, verbose=False, analytics_enabled=False)
        for conversation in conversations:
            if time.monotonic() > deadline or len(load.seconds) >= questions:
                return
            begun = time.perf_counter()
            try:
                answer = ask(client, conversation)
            except Exception as error:  # whatever a client is told
                load.errors.append(f"{type(error).__name__}: {error}")
                continue
            load.seconds.append(time.perf_counter() - begun)
            if answer != expected[conversation]:
                load.mixed_up.append(conversation)
            if len(load.seconds) % max(questions // 10, 1) == 0:
                load.memory.append(server.memory_info().rss / 2**20)

    begun = time.perf_counter()
    with ThreadPoolExecutor(users) as pool:
        list(pool.map(use, asked))
    load.took = time.perf_counter() - begun
    return load


def conversations_of(user: int, turns: int, seed: int) -> list[Conversation]:
    """Draw what a user asks: each conversation with all that was asked in it before."""
    draw = random.Random(f"{seed} {user}")
    drawn: list[Conversation] = []
    while len(drawn) < turns:
        script = random.Random(f"{seed} script {draw.randrange(SCRIPTS)}")
        asked = (script.choice(OPENINGS), *script.sample(FOLLOW_UPS, TURNS - 1))
        drawn += [asked[:length] for length in range(1, TURNS + 1)]
    return drawn[:turns]


def ask(client: Client, conversation: Conversation) -> object:
    """Ask the last question of a conversation."""
    *history, question = conversation
    return client.predict(question=question, history=history, api_name="/ask")


if __name__ == "__main__":
    sys.exit(main())
