"""`python app.py`: what its options come to; nothing is served."""

import logging
from typing import Any

import pytest

import app
from qa.web import page
from qa.web.options import PageOptions


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[PageOptions]:
    """The options of the page that would be served."""
    options: list[PageOptions] = []

    def build(_: object, chosen: PageOptions) -> object:
        options.append(chosen)
        return object()

    def serve(*_: Any, **__: Any) -> None:
        """Serve nothing."""

    # What `main` changes for the whole process.
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logging.getLogger("sic"), "level", logging.NOTSET)
    monkeypatch.setattr(app, "_load_assistant", lambda arguments: arguments.index)
    monkeypatch.setattr(page, "build_page", build)
    monkeypatch.setattr(page, "serve_page", serve)
    return options


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
