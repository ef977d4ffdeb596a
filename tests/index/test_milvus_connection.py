"""Every failure of a cluster names the place and the remedy, in a limited time."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index.milvus import MilvusLibrary
from index.milvus_connection import Address, Connection, parse_address
from index.snapshot import LibraryError
from tests.conftest import KeywordEncoder
from tests.index.milvus_lite import address_in, connect, embedded, fill

MILVUS_MISSING = "pymilvus is not installed (requirements-scale.txt)"
SECRET = "root:vErySecret"


@pytest.mark.parametrize(
    ("text", "uri", "collection"),
    [
        ("milvus://host:19530/reviews", "http://host:19530", "reviews"),
        ("milvus://host/reviews_2", "http://host:19530", "reviews_2"),
        ("milvus+tls://m.example.org:443/r", "https://m.example.org:443", "r"),
        ("milvus:///data/lite.db/reviews", "/data/lite.db", "reviews"),
    ],
    ids=["plain", "default-port", "tls", "lite"],
)
def test_an_address_is_read(text: str, uri: str, collection: str) -> None:
    assert parse_address(text) == Address(uri, collection)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("http://host:19530/reviews", "expected milvus://HOST:19530/COLLECTION"),
        ("milvus://host:19530", "expected milvus://HOST:19530/COLLECTION"),
        ("milvus://host/", "expected milvus://HOST:19530/COLLECTION"),
        ("milvus://host/my reviews", "letters, digits and _"),
        ("milvus://host/more/reviews", "more than a host and a collection"),
        ("milvus:///data/reviews", "neither a host nor a file"),
    ],
    ids=["scheme", "no-collection", "empty", "blank", "too-much", "no-file"],
)
def test_what_is_no_address_is_refused_with_the_form(text: str, named: str) -> None:
    with pytest.raises(LibraryError, match=named):
        parse_address(text)


def test_without_pymilvus_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(LibraryError, match=r"pip install -r requirements-scale\.txt"):
        Connection(Address("http://127.0.0.1:1", "reviews"))


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def strict_server() -> Iterator[int]:
    """A gRPC server that takes no token."""
    grpc = pytest.importorskip("grpc", reason=MILVUS_MISSING)

    class Refusing(grpc.GenericRpcHandler):
        def service(self, details: Any) -> Any:
            def refuse(_: Any, context: Any) -> None:
                said = f"auth check failure, please check api key is correct: {SECRET}"
                context.abort(grpc.StatusCode.UNAUTHENTICATED, said)

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Refusing()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None)


def test_where_nothing_listens_the_host_is_named() -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    with pytest.raises(LibraryError, match=r"no Milvus answers at http://127\.0\.0\.1:1 .*--index"):
        Connection(Address("http://127.0.0.1:1", "reviews"), seconds=2)


def test_a_server_that_does_not_answer_is_given_up(silent_server: int) -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    begun = time.monotonic()
    with pytest.raises(LibraryError, match=f":{silent_server} did not answer in 1 s"):
        Connection(Address(f"http://127.0.0.1:{silent_server}", "reviews"), seconds=1)
    assert time.monotonic() - begun < 20


def test_a_refused_token_is_named_by_its_variable_and_never_printed(
    strict_server: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    monkeypatch.setenv("SIC_MILVUS_TOKEN", SECRET)
    with pytest.raises(LibraryError) as caught:
        Connection(Address(f"http://127.0.0.1:{strict_server}", "reviews"), seconds=5).call(
            "list_collections"
        )
    assert f"127.0.0.1:{strict_server} refused the token" in str(caught.value)
    assert "SIC_MILVUS_TOKEN" in str(caught.value)
    everything = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    assert "vErySecret" not in everything


def test_a_missing_library_says_how_to_make_one(
    tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    with pytest.raises(LibraryError, match=r"no index 'nothing' at .*python -m index import"):
        MilvusLibrary.open(address_in(tmp_path, "nothing"), encoder=keyword_encoder)


def test_a_call_that_hangs_is_given_up(
    tmp_path: Path, keyword_encoder: KeywordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    connection = connect(tmp_path)
    articles = [embedded(tmp_path, "milk", "Milk\n\nIntroduction\n\nMilk.\n", keyword_encoder)]
    fill(connection, articles, keyword_encoder)
    limits = []

    def search(*_: object, timeout: float, **__: object) -> None:
        limits.append(timeout)
        raise connection.pymilvus.MilvusException(message="Deadline Exceeded")

    monkeypatch.setattr(connection.pymilvus.MilvusClient, "search", search)
    with pytest.raises(LibraryError, match=r"did not answer in 15 s .*try again"):
        MilvusLibrary.of(connection, keyword_encoder).search("milk")
    assert limits == [15.0]
    connection.close()


def test_one_connection_serves_several_threads(
    tmp_path: Path, keyword_encoder: KeywordEncoder
) -> None:
    pytest.importorskip("pymilvus", reason=MILVUS_MISSING)
    connection = connect(tmp_path)
    articles = [embedded(tmp_path, "milk", "Milk\n\nIntroduction\n\nMilk.\n", keyword_encoder)]
    fill(connection, articles, keyword_encoder)
    library = MilvusLibrary.of(connection, keyword_encoder)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(library.search("milk", k=1)[0].passage.id))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    connection.close()
