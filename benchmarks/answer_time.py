"""Measure the time from Enter to the cards on the page: ``python benchmarks/answer_time.py``.

Starts the chat on a free port, asks twenty questions in headless Chromium, each in a new
conversation, and prints the median and the slowest. Needs Debian's ``chromium`` and Playwright.
"""

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
QUESTIONS = (
    "What is microchimerism?",
    "Do maternal cells reach the brain of the pups?",
    "What did Ahn et al. do?",
    "Who first described stem cells in breast milk?",
    "Which sentences cite reference 27?",
)
START_SECONDS = 120
# Runs in the page, so that neither the driver nor its polling is measured.
WATCH = """() => {
    const box = document.querySelector("#sic-question textarea");
    window.elapsed = new Promise((resolve) => {
        let begun = 0;
        box.addEventListener("keydown", () => { begun = performance.now(); }, { once: true });
        new MutationObserver((_, observer) => {
            if (!document.querySelector(".sic-turn[data-state=done] .sic-card")) return;
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - begun));
        }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
}"""


def main() -> None:
    """Print the times in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="questions (default: %(default)s)")
    rounds = parser.parse_args().rounds
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--no-feedback"]
    server = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        times = measure(f"http://127.0.0.1:{port}", rounds)
    finally:
        server.terminate()
        server.wait(timeout=20)
    middle, slowest = statistics.median(times), max(times)
    sys.stdout.write(f"{rounds} questions: median {middle:.0f} ms, slowest {slowest:.0f} ms\n")


def measure(url: str, rounds: int) -> list[float]:
    """Ask on the page at an address; gives milliseconds from Enter to the cards."""
    wait_until_up(url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector(".sic-reader[data-state=open]", timeout=1000 * START_SECONDS)
        return [ask(page, QUESTIONS[n % len(QUESTIONS)]) for n in range(rounds)]


def ask(page: Page, question: str) -> float:
    """Ask one question in a conversation of its own."""
    page.locator("#sic-question textarea").fill(question)
    page.evaluate(WATCH)
    page.keyboard.press("Enter")
    elapsed = float(page.evaluate("window.elapsed"))
    page.locator("#sic-anew").click()
    page.wait_for_selector(".sic-turn", state="detached")
    return elapsed


def wait_until_up(url: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the chat did not come up at {url} in {START_SECONDS} s")


if __name__ == "__main__":
    main()
