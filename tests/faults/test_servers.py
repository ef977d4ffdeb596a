"""Servers that are killed, that find their port taken, and that share one library."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from index.checking import check_library
from index.encoder import SentenceEncoder
from index.library import Library
from qa.answering import Answer
from qa.assistant import Assistant
from qa.web.opening import Opening
from qa.web.shelf import Shelf
from tests.conftest import REPOSITORY
from tests.web.browsing import free_port, wait_until_up

QUESTION = "What is microchimerism?"
WAX = "Wax of bees\n\nIntroduction\n\nBees make wax out of honey. Wax is soft at 40 degrees.\n"
WAX_QUESTION = "What do bees make wax out of?"


@contextmanager
def process(library: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the real chat."""
    command = [sys.executable, "app.py", "--port", str(port), "--library", str(library)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background
    try:  # ignores Ctrl+C, and so would what it starts
        started = subprocess.Popen([*command, "--no-feedback"], cwd=REPOSITORY)
    finally:
        signal.signal(signal.SIGINT, before)
    with started as server:
        try:
            wait_until_up(f"http://127.0.0.1:{port}", server)
            yield server
        finally:
            server.kill()


def ask(port: int, question: str) -> Any:
    client = Client(f"http://127.0.0.1:{port}", verbose=False, analytics_enabled=False)
    return client.predict(question=question, history=[], api_name="/ask")


def test_server_that_is_killed_while_it_answers_answers_the_same_after_a_restart(
    tmp_path: Path,
) -> None:
    library, port = tmp_path / "library", free_port()
    asked: list[Future[Any]] = []
    with process(library, port) as server, ThreadPoolExecutor(4) as pool:
        before = ask(port, QUESTION)
        asked += [pool.submit(ask, port, QUESTION) for _ in range(4)]
        time.sleep(0.3)
        server.kill()
    assert before["status"] == "answered"
    assert check_library(library).problems == ()
    with process(library, port):
        assert ask(port, QUESTION) == before
    assert check_library(library).problems == ()
    answers = [one.result() for one in asked if not one.exception()]
    assert all(answer == before for answer in answers)  # none was cut short and taken for whole


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["stopped", "interrupted"])
def test_server_that_is_told_to_stop_ends_by_itself_and_soon(
    tmp_path: Path, sent: signal.Signals
) -> None:
    library, port = tmp_path / "library", free_port()
    with process(library, port) as server:
        assert ask(port, QUESTION)["status"] == "answered"
        server.send_signal(sent)
        assert server.wait(timeout=20) == 0  # -15 would be: without a handler of its own
    assert check_library(library).problems == ()


def test_port_that_is_taken_is_an_error_that_names_it_and_the_option(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "app.py", "--port", str(port), "--library", str(tmp_path)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"error: cannot listen on 127.0.0.1:{port} (")
    assert said.endswith("choose another port with --port")
    assert "Traceback" not in done.stderr


@pytest.fixture
def two_shelves(tmp_path: Path, encoder: SentenceEncoder) -> tuple[Shelf, Shelf]:
    """The shelves of two servers on one library."""
    folder = tmp_path / "library"

    def load() -> Assistant:
        return Assistant(Library.open(folder, encoder=encoder))

    return Shelf(Opening(load), folder), Shelf(Opening(load), folder)


def test_server_answers_while_another_one_keeps_an_upload_in_the_same_library(
    two_shelves: tuple[Shelf, Shelf], tmp_path: Path
) -> None:
    one, other = two_shelves
    file = tmp_path / "wax.txt"
    file.write_text(WAX, encoding="utf-8")
    before = other.assistant().ask(QUESTION)
    assert isinstance(before, Answer)
    [outcome] = one.add([file])
    assert outcome.reason == ""
    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(one.keep, "wax")
        while not kept.done():
            assert other.assistant().ask(QUESTION, documents=["kersin-2021"]) == before
        kept.result()
    assert list(other.assistant().library.documents) == ["kersin-2021", "wax"]
    for shelf in two_shelves:
        reply = shelf.assistant().ask(WAX_QUESTION, documents=["wax"])
        assert isinstance(reply, Answer)
        assert reply.quotes[0].text == "Bees make wax out of honey."
    assert check_library(tmp_path / "library").problems == ()
