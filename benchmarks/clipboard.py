"""What Chromium puts on the clipboard when the buttons of a conversation are pressed."""

from typing import TYPE_CHECKING

from index.entries import PROGRAM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
    """A page with the project's scripts for copying.

    Args:
        browser: in which it is opened.
    """

    def __init__(self, browser: "Browser") -> None:
        self._page = browser.new_page()
        self._page.set_content('<div id="page"></div>')
        for script in (STUB, *(SCRIPTS.joinpath(n).read_text() for n in ("core.js", "copying.js"))):
            self._page.add_script_tag(content=script)

    def copy_all(self, page: str) -> list[str]:
        """Return what is copied when the button of each card of a page is pressed, in order."""
        copied: list[str] = self._page.evaluate(COPY, page)
        return copied
