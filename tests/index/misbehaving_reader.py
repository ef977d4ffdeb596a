"""A reader that does what the id of an article says: hang, crash, take all memory, lie."""

import os
import signal
import socket
import sys
import time

from corpus.document import CorpusError
from index.entries import ArticleFiles, Entry, read_new
from index.reading_worker import LENGTH, serve

channel = socket.socket(fileno=sys.stdin.fileno())


def read(files: ArticleFiles) -> Entry:
    """Read, after having done what the id says."""
    match files.id:
        case "hangs":
            time.sleep(60)
        case "computes":
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            while True:
                pass
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leaves":
            sys.exit(3)
        case "eats":
            bytearray(8 * 1024**3)
        case "lies":
            channel.sendall((4).to_bytes(LENGTH) + b"\xc1\xc1\xc1\xc1")
        case "boasts":
            channel.sendall((1 << 60).to_bytes(LENGTH))
            time.sleep(60)
        case "tells":
            raise CorpusError(" ".join(sorted(os.environ)))
    return read_new(files)


if __name__ == "__main__":
    serve(channel, read)
