"""Reading articles in a process of its own, so that no file can hang or bring down this one.

The process has a limit of time and of memory for each article. Where it crashes, hangs or needs
too much, that article is refused with the reason, and the next one is read in a new process. One
process reads many articles one after the other: it is started once, and handing one over is cheap.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from corpus.document import CorpusError
from index.entries import PROGRAM, ArticleFiles, Entry
from index.reading_worker import LENGTH, Job, Outcome, receive, send

WORKER = "index.reading_worker"
KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")
"""Of the environment; what else is in it, keys and tokens, is no business of a file's reader."""
START_SECONDS = 120
"""For loading its libraries from a cold disk on a busy machine; a warm one takes half a second."""
MAX_REPLY = 500_000_000
"""Bytes of an entry; the one of a text of 20 MB has less than a tenth of that."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one article may take.

    Attributes:
        seconds: on the processor.
        patience: seconds on the clock; more, since a busy machine is no fault of a file.
        memory: bytes of addresses.
    """

    seconds: int = 60
    patience: float = 600
    memory: int = 2 * 1024**3


class ReadingProcess:
    """Reads articles elsewhere; use it in a ``with`` block, from one thread.

    The process is started when the first article is read.

    Args:
        limits: for each article.
        worker: the module that the process runs.
    """

    def __init__(self, limits: Limits | None = None, *, worker: str = WORKER) -> None:
        self._limits = limits or Limits()
        self._worker = worker
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read_new(self, files: ArticleFiles) -> Entry:
        """Read and split an article from its source.

        Raises:
            CorpusError: it cannot be read, for whatever reason.
        """
        try:
            outcome = self._ask(files)
        except _NotReadError as error:
            self._stop()
            raise CorpusError(f"{files.source} cannot be read: {error}") from error
        except BaseException:
            self._stop()  # an answer that comes late must not be taken for the next one
            raise
        if outcome.out_of_memory:
            self._stop()
            raise CorpusError(
                f"{files.source} cannot be read: that takes more than "
                f"{self._limits.memory // 1024**2} MB of memory; is it damaged?"
            )
        if outcome.entry is None:
            raise CorpusError(outcome.reason)
        return outcome.entry

    def _ask(self, files: ArticleFiles) -> Outcome:
        process, channel = self._running or self._start()
        try:
            channel.settimeout(self._limits.patience)
            send(channel, Job(files, self._limits.seconds, self._limits.memory))
            return _receive(channel, self._limits.patience)
        except TimeoutError:
            reason = f"that takes longer than {self._limits.patience:g} s"
        except (EOFError, OSError):
            code = process.wait()
            too_slow = f"that takes longer than {self._limits.seconds} s on a processor"
            reason = too_slow if code == -signal.SIGXCPU else f"the reader {_fate(code)}"
        raise _NotReadError(f"{reason}; is it damaged?")

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each holds addresses
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        channel, others = socket.socketpair()
        with others:
            process = subprocess.Popen(
                [sys.executable, "-m", self._worker],
                cwd=PROGRAM,
                env=kept | one_thread,
                stdin=others.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C is for this process, which then ends that one
            )
        self._running = process, channel
        try:
            _receive(channel, START_SECONDS)
        except TimeoutError:
            raise _NotReadError(f"the reader did not start in {START_SECONDS} s") from None
        except (EOFError, OSError):
            raise _NotReadError(f"the reader did not start: it {_fate(process.wait())}") from None
        return self._running

    def _stop(self) -> None:
        if self._running is not None:
            process, channel = self._running
            process.kill()
            process.wait()
            channel.close()
        self._running = None


class _NotReadError(Exception):
    """An article was not read; says why."""


def _receive(channel: socket.socket, seconds: float) -> Outcome:
    """Wait so long for what the process says; raises `TimeoutError` or `EOFError`."""
    deadline = time.monotonic() + seconds
    length = int.from_bytes(receive(channel, LENGTH, deadline))
    if length > MAX_REPLY:
        raise _NotReadError(f"what was read has {length} bytes; at most {MAX_REPLY} are taken")
    try:
        return msgspec.msgpack.decode(receive(channel, length, deadline), type=Outcome)
    except msgspec.DecodeError as error:
        raise _NotReadError(f"the reader's answer makes no sense ({error})") from error


def _fate(code: int) -> str:
    return f"crashed ({signal.Signals(-code).name})" if code < 0 else f"ended (exit code {code})"
