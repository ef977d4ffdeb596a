"""A connection to Milvus: every call has a time limit, every failure names the place and a remedy.

The only module that knows pymilvus, and it imports it when an address is first connected to.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from index.snapshot import LibraryError

TOKEN_VARIABLE = "SIC_MILVUS_TOKEN"
ADDRESS_HELP = f"index on Milvus: milvus://HOST:19530/COLLECTION; token from {TOKEN_VARIABLE}"
CALL_SECONDS = 15.0
"""For one question's search or one batch of rows; a healthy cluster takes milliseconds."""
LOAD_SECONDS = 600.0
"""For making a collection ready to be searched, which reads all of it."""
PAGE = 1_000
"""Rows that come back in one answer; some megabytes at most."""

_ADDRESS = re.compile(
    r"milvus(?P<tls>\+tls)?://(?P<host>[^/]*)(?P<path>/.*)?/(?P<collection>[^/]*)", re.DOTALL
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_REFUSED_TOKEN = re.compile(r"auth|unauthenticated|permission|privilege", re.IGNORECASE)
_TOO_LATE = re.compile(r"deadline|timeout|timed out", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"connect|unavailable|illegal connection params|name resolution|DNS", re.IGNORECASE
)
_GONE = re.compile(r"(collection|alias)\b.*\bnot (found|exist)|can't find collection", re.I)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a library is on Milvus.

    Attributes:
        uri: as pymilvus takes it: ``http://HOST:19530``, or a file of Milvus Lite.
        collection: name of the library there.
    """

    uri: str
    collection: str

    def __str__(self) -> str:
        return f"{self.collection!r} at {self.uri}"


def parse_address(text: str) -> Address:
    """Read ``milvus://HOST:19530/COLLECTION``.

    ``milvus+tls://`` is the same over TLS; ``milvus:///FOLDER/FILE.db/COLLECTION`` is a file of
    Milvus Lite, for tests.

    Raises:
        LibraryError: it is no such address.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or not _NAME.fullmatch(match["collection"]):
        raise LibraryError(
            f"{text!r} is no address of an index; expected milvus://HOST:19530/COLLECTION, the "
            "collection of letters, digits and _"
        )
    if not match["host"]:
        if not (match["path"] or "").endswith(".db"):
            raise LibraryError(
                f"{text!r} names neither a host nor a file of Milvus Lite (FILE.db); expected "
                "milvus://HOST:19530/COLLECTION"
            )
        return Address(match["path"], match["collection"])
    if match["path"]:
        raise LibraryError(f"{text!r} has more than a host and a collection")
    scheme = "https" if match["tls"] else "http"
    host = match["host"] if ":" in match["host"] else f"{match['host']}:19530"
    return Address(f"{scheme}://{host}", match["collection"])


class Connection:
    """A client of one Milvus.

    Args:
        address: where.
        token: ``user:password`` or an API key; that of the environment where it is None.
        seconds: how long one call may take.

    Raises:
        LibraryError: pymilvus is missing, nothing answers there, or the token is refused.
    """

    def __init__(
        self, address: Address, *, token: str | None = None, seconds: float = CALL_SECONDS
    ) -> None:
        self.address = address
        self._token = os.environ.get(TOKEN_VARIABLE, "") if token is None else token
        self._seconds = seconds
        try:
            self.pymilvus: Any = import_module("pymilvus")
        except ImportError as error:
            raise LibraryError(
                "an index on Milvus needs pymilvus; install it: "
                "pip install -r requirements-scale.txt"
            ) from error
        # It logs every error with a traceback, which may hold the token; ours name the remedy.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        with self._explained():
            self._client = self.pymilvus.MilvusClient(
                uri=address.uri, token=self._token, timeout=seconds
            )

    def call(self, method: str, *arguments: Any, seconds: float = 0.0, **options: Any) -> Any:  # noqa: ANN401 (what comes back depends on the method)
        """Call a method of pymilvus' client.

        Args:
            method: its name.
            *arguments: what it takes.
            seconds: the time limit, where it is not that of the connection.
            **options: what it takes by name.

        Raises:
            LibraryError: it failed or took too long.
        """
        with self._explained():
            run = getattr(self._client, method)
            return run(*arguments, timeout=seconds or self._seconds, **options)

    def rows(self, collection: str, condition: str, fields: list[str]) -> Iterator[dict[str, Any]]:
        """Read all rows that fulfil a condition, as they are after the last write.

        Raises:
            LibraryError: they cannot be read.
        """
        with self._explained():
            pages = self._client.query_iterator(
                collection,
                batch_size=PAGE,
                filter=condition,
                output_fields=fields,
                consistency_level="Strong",
                timeout=self._seconds,
            )
        try:
            while True:
                with self._explained():
                    page = pages.next()
                if not page:
                    return
                yield from page
        finally:
            pages.close()

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn an error of the client into one that names the place and a remedy."""
        grpc = import_module("grpc")
        kinds = (self.pymilvus.MilvusException, grpc.RpcError, OSError)
        try:
            yield
        except kinds as error:
            raise LibraryError(self._explain(error)) from None  # its text may hold the token

    def _explain(self, error: Exception) -> str:
        said = " ".join(f"{_message(error)} {_message(error.__cause__)}".split())
        if self._token:
            said = said.replace(self._token, "[token]")
        said, where = said[:300], self.address
        if _REFUSED_TOKEN.search(said):
            return (
                f"Milvus at {where.uri} refused the token ({said}); set {TOKEN_VARIABLE} to "
                "USER:PASSWORD or an API key that may use the collection"
            )
        if _GONE.search(said):
            return (
                f"Milvus has no index {where} ({said}); make one with: python -m index import "
                "LIBRARY_OR_SHARDS --index ADDRESS"
            )
        if _TOO_LATE.search(said):
            return (
                f"Milvus at {where.uri} did not answer in {self._seconds:g} s ({said}); see "
                "whether it is up and not overloaded, then try again"
            )
        if _UNREACHABLE.search(said):
            return (
                f"no Milvus answers at {where.uri} ({said}); start it, or mend host and port in "
                "--index"
            )
        return f"Milvus failed on the index {where}: {said}; see its log"


def _message(error: BaseException | None) -> str:
    """Return what an error of the client says; that of gRPC below it has a code."""
    if error is None:
        return ""
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if callable(code) and callable(details):
        return f"{code().name}: {details()}"
    return str(getattr(error, "message", "") or error)
