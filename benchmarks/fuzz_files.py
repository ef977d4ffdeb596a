"""Read changed files as uploads are read: ``python -m benchmarks.fuzz_files --files 1000``.

Real articles in every format (`benchmarks.whole_files`) are changed at random
(`benchmarks.mutating`). Each file must be refused in words that name it, or be read: every passage
is the slice that its offsets say then, every citation has its entry, and of a file without tags no
character is lost. No file may make the reader fail, crash or reach a limit of its process, and no
process may be left.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from benchmarks.mutating import Mutations
from benchmarks.results_file import Table, add_results_option, section, write_results
from benchmarks.whole_files import ENDINGS, whole_files
from corpus.document import CorpusError, Document
from corpus.passages import split_passages
from index.reading_process import ReadingProcess
from qa.quoting import Quote
from qa.web.shelf import UPLOAD_LIMITS, read_upload
from tests.corpus.by_hand import lost_or_doubled

SECTION = "lasting-fuzz-files"
"""Of the file with the results."""
PACKAGES = ("lxml", "pypdfium2", "markdown-it-py")
MOST_SECONDS = 20.0
"""Of processor time for one file; the limit of an upload is 60."""
MARKUP = (".xml", ".html")
"""Endings under which files are read in which not every character is text."""
NAME = "changed"
"""The id of each document."""
FAILED = "cannot be read: the reader "
"""In a refusal: the reader fell over (it failed, crashed or ended); all others are meant."""
TOO_MUCH = "cannot be read: that takes "
"""In a refusal: the process reached a limit."""


@dataclass
class Findings:
    """What became of the files of a format.

    Attributes:
        read, refused: how many.
        faults: what must not be, in words.
        slowest: seconds of processor time of one file.
        memory: the most that a process held, in bytes.
    """

    read: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    memory: int = 0

    @property
    def files(self) -> int:
        """How many there were."""
        return self.read + self.refused


def main(argv: Sequence[str] | None = None) -> int:
    """Read; returns 0 if nothing was wrong, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000, metavar="N", help="of each format")
    parser.add_argument("--formats", nargs="+", default=ENDINGS, choices=ENDINGS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=300, metavar="S", help="for all of them")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write it there; a run goes on where it ends"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="for files that were wrong")
    add_results_option(parser)
    options = parser.parse_args(argv)
    results = resume(options.json, options.seed)
    mutations = Mutations(whole_files(), options.seed)
    deadline = time.monotonic() + options.seconds
    for ending in options.formats:
        found = results.setdefault(ending, Findings())
        Trial(mutations, ending, found, keep=options.keep).run(options.files, deadline)
        for fault in found.faults[:20]:
            _say(f"WRONG: {fault}")
        heads, line = table({ending: found})
        _say(", ".join(f"{head} {cell}" for head, cell in zip(heads, line, strict=True)))
    if options.json:
        formats = {ending: asdict(found) for ending, found in results.items()}
        held = {"seed": options.seed, "formats": formats}
        options.json.write_text(json.dumps(held, indent=2), encoding="utf-8")
    written = write_results(options.update_readme, {SECTION: section(table(results), PACKAGES)})
    return written or int(any(found.faults for found in results.values()))


def resume(path: Path | None, seed: int) -> dict[str, Findings]:
    """Return what an earlier run with the same seed has found; nothing without one."""
    if path is None or not path.exists():
        return {}
    held = json.loads(path.read_text(encoding="utf-8"))
    if held["seed"] != seed:
        return {}
    return {ending: Findings(**found) for ending, found in held["formats"].items()}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(results: dict[str, Findings]) -> Table:
    """Lay out what became of the files, a line a format."""
    heads = ["format", "files", "read", "refused", "wrong", "slowest, s of processor time"]
    lines = [
        [
            *(ending.removeprefix("."), f"{found.files:,}", f"{found.read:,}"),
            *(f"{found.refused:,}", f"{len(found.faults)}", f"{found.slowest:.2f}"),
            f"{found.memory / 1024**2:,.0f}",
        ]
        for ending, found in sorted(results.items(), key=lambda item: ENDINGS.index(item[0]))
    ]
    return [[*heads, "largest memory of the process, MiB"], *lines]


class Trial:
    """Reads the changed files of one format in a process that is watched.

    Args:
        mutations: draws the files.
        ending: of the format.
        found: takes what becomes of them.
        most_seconds: of processor time that a file may take.
        keep: a folder for files that were wrong.
    """

    def __init__(
        self,
        mutations: Mutations,
        ending: str,
        found: Findings,
        *,
        most_seconds: float = MOST_SECONDS,
        keep: Path | None = None,
    ) -> None:
        self._mutations = mutations
        self._ending = ending
        self._found = found
        self._most_seconds = most_seconds
        self._keep = keep
        self._others = _children()

    def run(self, count: int, deadline: float, reading: ReadingProcess | None = None) -> None:
        """Read files until there were so many, or no time is left.

        Args:
            count: how many there should be, with those of earlier runs.
            deadline: the value of `time.monotonic` at which to stop.
            reading: where they are read; None starts the process that uploads are read in.
        """
        reading = reading or ReadingProcess(UPLOAD_LIMITS)
        with tempfile.TemporaryDirectory() as folder, reading:
            while self._found.files < count and time.monotonic() < deadline:
                number = self._found.files
                path = Path(folder, f"{number}{self._ending}")
                content = self._mutations.draw(self._ending, number)
                faults = list(self._read(path, content, reading))
                self._found.faults += [f"{path.name}: {fault}" for fault in faults]
                if faults and self._keep:
                    self._keep.mkdir(parents=True, exist_ok=True)
                    (self._keep / path.name).write_bytes(content)
        left = _children() - self._others
        if left:
            self._found.faults.append(f"processes are left: {sorted(left)}")

    def _read(self, path: Path, content: bytes, reading: ReadingProcess) -> Iterator[str]:
        """Read one file; yields what must not be."""
        if not self._readers():  # the first one, or the one before was stopped
            path.write_bytes(self._mutations.whole[self._ending][0])
            read_upload(path, NAME, reading)  # so that its start is not measured
        path.write_bytes(content)
        begun = _processor_seconds()
        yield from self._outcome(path, reading)
        took = _processor_seconds() - begun
        self._found.slowest = max(self._found.slowest, took)
        if took > self._most_seconds:
            yield f"took {took:.1f} s"
        readers = self._readers()
        self._found.memory = max([self._found.memory, *map(_most_memory, readers)])
        if len(readers) > 1:
            yield f"read by {len(readers)} processes"

    def _outcome(self, path: Path, reading: ReadingProcess) -> Iterator[str]:
        try:
            upload = read_upload(path, NAME, reading)
        except CorpusError as error:
            self._found.refused += 1
            yield from faults_of_refusal(str(error), path)
        else:
            self._found.read += 1
            yield from faults_of(upload.document)
            if upload.suffix not in MARKUP:
                yield from lost_characters(upload.document)

    def _readers(self) -> set[int]:
        return _children() - self._others


def faults_of_refusal(message: str, path: Path) -> Iterator[str]:
    """Say what is wrong with the words in which a file is refused."""
    if str(path) not in message:
        yield f"refused without its name: {message}"
    if FAILED in message or TOO_MUCH in message:
        yield message


def faults_of(document: Document) -> Iterator[str]:
    """Say what of a document is not as it must be, if anything."""
    end = 0
    for block in document.blocks:
        if block.span.start < end:
            yield f"the block {block.span} begins before {end}"
        end = block.span.end
    if end > len(document.text):
        yield f"the last block ends at {end} of {len(document.text)}"
        return
    for passage in split_passages(document):
        quote = Quote.from_document(document, passage.span, score=0.5)
        if quote.text != document.text[passage.span.start : passage.span.end] or not quote.text:
            yield f"{passage.id} is not its slice"
        if passage.span not in document.block_at(passage.span.start).span:
            yield f"{passage.id} lies in several blocks"
    for marker in document.markers:
        missing = [n for n in marker.numbers if document.reference(n) is None]
        if missing or not marker.numbers:
            yield f"the citation {document.slice(marker.span)!r} has no entry {missing}"


def lost_characters(document: Document) -> Iterator[str]:
    """Say whether characters of a file without tags are in no block, or in several."""
    lost = lost_or_doubled(document)
    if lost:
        yield f"{len(lost)} characters are lost or doubled, the first at {lost[0][0]}"


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _processor_seconds() -> float:
    """Return what all processes have used that this one has started, ended or not."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return ended.ru_utime + ended.ru_stime + float(sum(one.user + one.system for one in running))


def _most_memory(process: int) -> int:
    """Return the most bytes that a process has held."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return 1024 * int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
