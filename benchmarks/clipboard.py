"""What Chromium puts on the clipboard when the buttons of a conversation are pressed."""

import shutil
from types import TracebackType

from index.entries import PROGRAM

SCRIPTS = PROGRAM / "qa" / "web" / "static"
# Presses every button in turn and hands back what the page's own script has copied.
COPY = """async (html) => {
    document.querySelector("#page").innerHTML = html;
    window.copied = [];
    for (const button of document.querySelectorAll(".sic-copy")) {
        button.click();
        await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return window.copied;
}"""
STUB = """Object.defineProperty(navigator, "clipboard", {
    value: { writeText: async (text) => { window.copied.push(text); } },
});"""


class Clipboard:
    """A page with the project's scripts for copying, in a browser; use it in a ``with`` block.

    Raises:
        RuntimeError: there is no chromium on the path.
    """

    def __enter__(self) -> "Clipboard":
        """Start the browser."""
        from playwright.sync_api import sync_playwright

        path = shutil.which("chromium") or shutil.which("google-chrome")
        if path is None:
            raise RuntimeError("there is no chromium on the path; install it, or leave it out")
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        self._page = self._browser.new_page()
        self._page.set_content('<div id="page"></div>')
        for script in (STUB, *(SCRIPTS.joinpath(n).read_text() for n in ("core.js", "copying.js"))):
            self._page.add_script_tag(content=script)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the browser."""
        self._browser.close()
        self._playwright.stop()

    def copy_all(self, page: str) -> list[str]:
        """Return what is copied when the button of each card of a page is pressed, in order."""
        copied: list[str] = self._page.evaluate(COPY, page)
        return copied
