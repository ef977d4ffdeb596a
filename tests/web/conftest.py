"""The servers that a browser looks at, and its pages: one fails its test on any complaint."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.browsing import FAKE, WAIT_MS, free_port, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def fake_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the fake's feedback and of its evaluation report."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "report").mkdir()
    (folder / "report" / "report.html").write_text("<h1>The report</h1>", encoding="utf-8")
    (folder / "report" / "results.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def fake_url(fake_files: Path) -> Iterator[str]:
    port = free_port()
    with serving(*FAKE, str(port), "", "open", str(fake_files), port=port) as url:
        yield url


@pytest.fixture
def serve_fake() -> Iterator[Callable[..., str]]:
    """Start a fake of one's own: the file that lets its library open, and its fate."""
    with ExitStack() as stack:

        def start(*options: str) -> str:
            port = free_port()
            return stack.enter_context(serving(*FAKE, str(port), *options, port=port))

        yield start


@pytest.fixture(scope="session")
def real_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    library = str(tmp_path_factory.mktemp("library"))
    with serving("app.py", "--port", str(port), "--library", library, port=port) as url:
        yield url


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Open pages that fail the test on a console error or a request to another host.

    A test names it after its server, so that pages are closed before their server stops.
    """
    complaints: list[str] = []
    pages: list[Page] = []

    def note_console(kind: str, text: str) -> None:
        is_cut_off = text.startswith("AbortError")  # by a reload: a request of Gradio's own
        if kind == "error" and not is_cut_off:
            complaints.append(f"console: {text}")

    def open_one(url: str, **options: Any) -> "Page":
        page = browser.new_page(**options)
        own_host = "/".join(url.split("/")[:3])
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda line: note_console(line.type, line.text))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((own_host, "data:", "blob:"))
                else complaints.append(f"request to {request.url}")
            ),
        )
        page.goto(url)
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.close()
    assert complaints == []
