"""Servers and pages for the browser tests: starting them, asking, reading what is shown."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240
"""Gradio takes 3 to 15 s to import; the index of the real library is built, too."""
WAIT_MS = 30_000
PHONE = {"width": 375, "height": 812}


def missing() -> str:
    """Say what the browser tests lack, "" for nothing."""
    try:
        import playwright.sync_api  # noqa: F401 (asked only whether it is there)
    except ImportError:
        return "playwright is not installed"
    return "" if CHROMIUM else "no chromium on the path"


def skip_without_browser() -> None:
    """Skip the calling module where a browser is missing; in CI its tests fail instead."""
    if missing() and os.environ.get("CI") != "true":
        pytest.skip(missing(), allow_module_level=True)


@contextmanager
def launched() -> Iterator["Browser"]:
    """Run a browser until the block ends.

    Playwright keeps a loop running in the thread meanwhile, and starts no second time beside it:
    whoever needs a page shares the browser.
    """
    if missing():
        raise RuntimeError(f"{missing()}; install it, or do without a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*command: str, port: int, log: Path | None = None) -> Iterator[str]:
    """Run a server of ours until the block ends; yields its address. What it says goes to a log."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") if log else nullcontext() as said:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=REPOSITORY, stdout=said, stderr=said
        )
    try:
        wait_until_up(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{process.args!r} did not come up at {url}")


FAKE = ("-m", "tests.web.serve_fake")
LIGHT = ("-m", "tests.web.serve_light")


def until_open(page: "Page") -> "Page":
    page.wait_for_selector(".sic-reader[data-state=open]")
    return page


def ask(page: "Page", question: str) -> None:
    """Type a question, press Enter and wait for its outcome."""
    turns = page.locator(".sic-turn").count()
    page.locator("#sic-question textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#turn-{turns + 1}[data-state=done]")


def marked(page: "Page", joint: str = "") -> str:
    return joint.join(page.locator("mark.sic-quote").all_text_contents())


def is_in_view(page: "Page", selector: str) -> bool:
    script = """element => {
        const box = element.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;
    }"""
    return bool(page.locator(selector).first.evaluate(script))
