"""Kill the adding of articles at random moments: ``python -m benchmarks.killed --rounds 50``.

Each round adds articles to a copy of a library in a process of its own, which is killed with
SIGKILL, once or several times. After every kill the library must be whole: `check_library` finds
nothing, every article is the file that was added, byte for byte, and a copy of it can be opened
with exactly these articles. Then one run to the end must complete it.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.results_file import add_results_option, conditions, write_results
from benchmarks.synthetic import WordEncoder, real_sentences, write_articles
from index.checking import check_library
from index.encoder import DEFAULT_MODEL, Encoder, SentenceEncoder
from index.entries import PROGRAM
from index.folders import SHIPPED_ARTICLES
from index.library import Library
from index.store import add_articles, build_index, list_articles

SECTION = "lasting-killed"
"""Of the file with the results."""
PACKAGES = ("faiss-cpu",)
MOST_KILLS = 3
"""Kills in one round."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the rounds; returns 0 if every state was whole, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--articles", type=int, default=30)
    parser.add_argument("--length", type=int, default=60, help="sentences in an article")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", help="a real model, by name or folder (default: counted words)")
    parser.add_argument("--add", nargs=2, type=Path, help=argparse.SUPPRESS)
    add_results_option(parser)
    arguments = parser.parse_args(argv)
    encoder = make_encoder(arguments.model)
    if arguments.add:
        library, folder = arguments.add
        say("begun")
        add_articles(library, [folder], encoder=encoder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), encoder, arguments.model, seed=arguments.seed)
        trial.prepare(arguments.articles, arguments.length, real_sentences())
        for number in range(1, arguments.rounds + 1):
            finished, faults = trial.run()
            said = ", ".join(map(str, finished))
            say(f"round {number}: killed with {said} of {arguments.articles} articles moved in")
            for fault in faults:
                say(f"  NOT WHOLE: {fault}")
            if faults:
                return 1
    rounds, kills = arguments.rounds, trial.kills
    said = f"{rounds} rounds, {kills} kills: every state whole, every rerun complete"
    say(said)
    found = f"{conditions(PACKAGES)}\n\n{said}, {arguments.articles} articles."
    return write_results(arguments.update_readme, {SECTION: found})


def make_encoder(model: str | None) -> Encoder:
    """Load a model, or make the one that takes no time."""
    return WordEncoder() if model is None else SentenceEncoder(model or DEFAULT_MODEL)


class Trial:
    """A library and articles to add to it, again and again.

    Args:
        folder: for all that is written.
        encoder: for looking at the library; the processes that are killed load their own.
        model: its name for them, None for the one that takes no time.
        seed: of the moments.
    """

    def __init__(self, folder: Path, encoder: Encoder, model: str | None, *, seed: int) -> None:
        self.incoming = folder / "incoming"
        self.kills = 0
        self._before = folder / "before"
        self._library = folder / "library"
        self._encoder = encoder
        self._model = model
        self._draw = random.Random(seed)
        self._seconds = 0.0

    def prepare(self, articles: int, length: int, sentences: Sequence[str]) -> None:
        """Write the articles, index the shipped one, and measure a run that nobody stops."""
        write_articles(self.incoming, sentences, count=articles, length=length)
        build_index(self._before, encoder=self._encoder)
        shutil.copytree(self._before, self._library)
        process = self._start()
        begun = time.monotonic()
        if process.wait() != 0:
            raise RuntimeError(f"adding {self.incoming} failed with exit code {process.returncode}")
        self._seconds = time.monotonic() - begun

    def run(self) -> tuple[list[int], list[str]]:
        """Kill one to three times, then let one run come to its end.

        Returns:
            How many articles had been moved in at each kill, and all that was not whole.
        """
        shutil.rmtree(self._library)
        shutil.copytree(self._before, self._library)
        finished, faults = [], []
        for _ in range(self._draw.randint(1, MOST_KILLS)):
            process = self._start()
            time.sleep(self._draw.uniform(0, self._seconds))
            process.kill()
            process.wait()
            self.kills += 1
            finished.append(len(self._moved_in()))
            faults += self._faults()
        if self._start().wait() != 0:
            faults.append("the run after the kills did not succeed")
        missing = {path.stem for path in self.incoming.iterdir()} - set(self._moved_in())
        faults += [f"{name} is missing after the run to the end" for name in sorted(missing)]
        faults += self._faults(complete=True)
        return finished, faults

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "benchmarks.killed", "--add"]
        command += [str(self._library), str(self.incoming)]
        command += ["--model", self._model] if self._model else []
        process = subprocess.Popen(command, cwd=PROGRAM, stdout=subprocess.PIPE, text=True)
        if process.stdout is None or process.stdout.readline() != "begun\n":
            raise RuntimeError("the process that adds articles did not begin")
        return process

    def _moved_in(self) -> list[str]:
        folder = self._library / "articles"
        return [path.stem for path in self.incoming.iterdir() if (folder / path.stem).is_dir()]

    def _faults(self, *, complete: bool = False) -> list[str]:
        """Look at the library as the next process finds it."""
        report = check_library(self._library)
        faults = [f"{problem.kind}: {problem.what}" for problem in report.problems]
        for name in self._moved_in():
            copy = self._library / "articles" / name / "source.txt"
            if copy.read_bytes() != (self.incoming / f"{name}.txt").read_bytes():
                faults.append(f"{name} is not the file that was added")
        faults += self._faults_of_opening()
        if complete and report.waiting:
            faults.append(f"{', '.join(report.waiting)}: not indexed after the run to the end")
        names = sorted(path.name for path in self._library.iterdir())
        if complete and names != [".lock", "articles", "manifest.json", "read", "vectors"]:
            faults.append(f"left over after the run to the end: {names}")
        return faults

    def _faults_of_opening(self) -> list[str]:
        """Open a copy, so that what the killed process left stays as it is."""
        copy = self._library.with_name("copy")
        shutil.copytree(self._library, copy)
        try:
            opened = Library.open(copy, encoder=self._encoder)
            listed = {article.id for article in list_articles(copy) if article.added}
        finally:
            shutil.rmtree(copy)
        expected = {*self._moved_in(), *(path.name for path in SHIPPED_ARTICLES.iterdir())}
        if not set(opened.documents) == listed == expected:
            return [f"opened {sorted(opened.documents)}, not {sorted(expected)}"]
        return []


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
