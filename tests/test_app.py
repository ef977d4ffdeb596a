"""`python app.py`: what its options come to; nothing is served."""

import logging
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from qa.web import page
from qa.web.guard.accounts import make_line
from qa.web.guard.protection import Protection
from qa.web.options import PageOptions

protections: list[Protection] = []
"""Those of the pages that would be served."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PageOptions]]:
    """The options of the page that would be served."""
    options: list[PageOptions] = []

    def build(_: object, chosen: PageOptions) -> object:
        options.append(chosen)
        return object()

    def serve(*_: Any, protection: Protection, **__: Any) -> None:
        protections.append(protection)

    protections.clear()

    # What `main` changes for the whole process.
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logging.getLogger("sic"), "level", logging.NOTSET)
    monkeypatch.setattr(app, "_load_assistant", lambda arguments: arguments.index)
    monkeypatch.setattr(page, "build_page", build)
    monkeypatch.setattr(page, "serve_page", serve)
    at_end = signal.getsignal(signal.SIGTERM)
    yield options
    signal.signal(signal.SIGTERM, at_end)


@pytest.mark.parametrize(
    ("arguments", "is_changed"),
    [([], True), (["--read-only"], False), (["--index", "milvus://host:19530/reviews"], False)],
    ids=["plain", "read-only", "index"],
)
def test_who_may_change_the_library(
    served: list[PageOptions], arguments: list[str], is_changed: bool
) -> None:
    app.main(arguments)

    [options] = served
    assert (options.library is not None) is is_changed
    assert (options.max_upload > 0) is is_changed


def test_a_server_that_others_reach_without_accounts_says_so(
    served: list[PageOptions], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    app.main(["--host", "0.0.0.0"])
    assert "everybody who reaches 0.0.0.0 can use this server; --auth FILE" in caplog.text
    assert protections[-1].per_minute > 0

    caplog.clear()
    accounts = tmp_path / "accounts"
    accounts.write_text(make_line("ann", "correct horse battery", rounds=4), encoding="utf-8")
    accounts.chmod(0o600)
    app.main(["--host", "0.0.0.0", "--auth", str(accounts), "--rate-limit", "7"])
    app.main([])
    assert "everybody" not in caplog.text
    assert protections[1].accounts is not None
    assert protections[1].per_minute == 7
    assert (protections[2].accounts, protections[2].per_minute) == (None, 0)
    assert "localhost" in protections[2].hosts


def test_a_bad_file_of_accounts_ends_the_start(served: list[PageOptions], tmp_path: Path) -> None:
    bad = tmp_path / "accounts"
    bad.write_text("ann:secret", encoding="utf-8")
    with pytest.raises(SystemExit) as error:
        app.main(["--auth", str(bad)])
    assert str(error.value.code).startswith(f"error: {bad}, line 1 is no account")
    assert served == []


def test_questions_are_logged_only_where_that_is_asked_for(served: list[PageOptions]) -> None:
    app.main([])
    app.main(["--log-questions"])
    assert [options.log_questions for options in served] == [False, True]
