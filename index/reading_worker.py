"""The process in which articles are read; `ReadingProcess` runs it.

Its standard input is a socket: jobs come in, entries go out, and neither is ever code. It limits
itself before it opens a file.
"""

import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from corpus.document import CorpusError
from index.entries import ArticleFiles, Entry, read_new

LENGTH = 8
"""Bytes of the number that stands before each message and says how long it is."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """An article to read.

    Attributes:
        files: its files; the paths are for this machine.
        seconds: how long that may take on the processor.
        memory: bytes of addresses that the process may hold meanwhile.
    """

    files: ArticleFiles
    seconds: int
    memory: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: an entry, or why there is none.

    Attributes:
        entry: None where the article was not read.
        reason: why not; "" where it was.
        out_of_memory: it needs more memory than it may have.
    """

    entry: Entry | None = None
    reason: str = ""
    out_of_memory: bool = False


def send(channel: socket.socket, message: object) -> None:
    """Write a message."""
    content = msgspec.msgpack.encode(message, enc_hook=str)  # paths
    channel.sendall(len(content).to_bytes(LENGTH) + content)


def receive(channel: socket.socket, size: int, deadline: float | None = None) -> bytes:
    """Read so many bytes.

    Args:
        channel: where from.
        size: how many.
        deadline: the value of `time.monotonic` until which to wait; None waits for ever.

    Raises:
        EOFError: the other side has ended.
        TimeoutError: they did not come in time.
    """
    content = bytearray()
    while len(content) < size:
        left = None if deadline is None else max(deadline - time.monotonic(), 0.001)
        channel.settimeout(left)
        chunk = channel.recv(min(CHUNK, size - len(content)))
        if not chunk:
            raise EOFError
        content += chunk
    return bytes(content)


def serve(channel: socket.socket, read: Callable[[ArticleFiles], Entry] = read_new) -> None:
    """Say that all is loaded, then do jobs until the other side ends."""
    send(channel, Outcome())
    while True:
        try:
            length = int.from_bytes(receive(channel, LENGTH))
        except EOFError:
            return
        job = msgspec.msgpack.decode(receive(channel, length), type=Job, dec_hook=_make)
        send(channel, _work(job, read))


def _work(job: Job, read: Callable[[ArticleFiles], Entry]) -> Outcome:
    _limit(job)
    try:
        return Outcome(read(job.files))
    except MemoryError:
        return Outcome(out_of_memory=True)
    except CorpusError as error:
        return Outcome(reason=str(error), out_of_memory=isinstance(error.__cause__, MemoryError))


def _limit(job: Job) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + job.seconds
    for kind, limit in ((resource.RLIMIT_AS, job.memory), (resource.RLIMIT_CPU, seconds)):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit if most < 0 else min(limit, most), most))


def _make(kind: type, value: object) -> object:
    return kind(value)


def main() -> None:
    """Read articles until the other side ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what a visitor uploads is not kept in dumps
    with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked was stopped
        serve(socket.socket(fileno=sys.stdin.fileno()))


if __name__ == "__main__":
    main()
