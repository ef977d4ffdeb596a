"""The answering stages over a library on Milvus: the same replies as over one on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedded import LibraryArticles
from index.milvus_writing import replace_library
from index.snapshot import LibraryError
from qa.__main__ import main
from qa.answering import Abstention, Answer
from qa.assistant import Assistant
from qa.rendering import reply_to_json
from tests.index.milvus_lite import address_in, connect

pytest.importorskip("pymilvus", reason="pymilvus is not installed (requirements-scale.txt)")


@pytest.fixture(scope="module")
def folder(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The library of the assistant, copied to Milvus."""
    made = tmp_path_factory.mktemp("milvus")
    local = made / "local"
    Assistant.load(local, encoder=assistant.library.encoder, evidence_model="none")
    connection = connect(made)
    encoder = assistant.library.encoder
    replace_library(connection, LibraryArticles(local, encoder), encoder)
    yield made
    connection.close()


@pytest.fixture(scope="module")
def far(folder: Path, assistant: Assistant) -> Assistant:
    return Assistant.load(index=address_in(folder), encoder=assistant.library.encoder)


@pytest.mark.parametrize(
    "question",
    [
        "Can stem cells in breast milk pass through the baby's gut?",
        "What is microchimerism?",
        "Which markers do breast milk stem cells express?",
        "Who wrote this article?",
        "What does reference 23 say?",
        "What is the capital of France?",
    ],
)
def test_replies_are_the_same(assistant: Assistant, far: Assistant, question: str) -> None:
    near, there = reply_to_json(assistant.ask(question)), reply_to_json(far.ask(question))
    assert there.pop("confidence") == pytest.approx(near.pop("confidence"), abs=1e-3)
    for reply in (near, there):
        for quote in (*reply.get("quotes", ()), *reply.get("nearest", ())):
            quote["score"] = round(quote["score"], 3)
    assert there == near


def test_a_question_without_an_answer_is_an_abstention(far: Assistant) -> None:
    assert isinstance(far.ask("What is the capital of France?"), Abstention)


def test_a_failing_cluster_is_an_error_and_no_abstention(
    far: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(far.ask("What is microchimerism?"), Answer)
    connection = far.library.connection  # type: ignore[attr-defined]

    def fail(*_: object, **__: object) -> None:
        raise connection.pymilvus.MilvusException(message="Connection refused")

    monkeypatch.setattr(connection.pymilvus.MilvusClient, "search", fail)
    with pytest.raises(LibraryError, match="no Milvus answers at"):
        far.ask("What is microchimerism?")


def test_the_commands_take_an_index(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quote = "Microchimerism is the presence of a small number of cells or DNA"
    assert main(["verify", quote, "--index", address_in(folder)]) == 0
    assert capsys.readouterr().out.startswith("FOUND")


def test_a_missing_cluster_is_an_error_without_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = "milvus://127.0.0.1:1/reviews"
    assert main(["ask", "What is microchimerism?", "--index", address]) == 2
    assert "no Milvus answers at http://127.0.0.1:1" in capsys.readouterr().err
