"""A reader that crashes on a text about crashes and computes for long on one about work."""

import os
import signal
import socket
import sys
import time

from index.entries import ArticleFiles, Entry, read_new
from index.reading_worker import serve


def read(files: ArticleFiles) -> Entry:
    """Read, after having done what the text is about."""
    content = files.source.read_bytes()
    if b"crash" in content:
        os.kill(os.getpid(), signal.SIGSEGV)
    begun = time.process_time()
    while b"work" in content and time.process_time() - begun < 1.5:
        pass
    return read_new(files)


if __name__ == "__main__":
    serve(socket.socket(fileno=sys.stdin.fileno()), read)
