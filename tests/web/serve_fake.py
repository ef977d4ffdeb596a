"""The page over the fake assistant: ``python -m tests.web.serve_fake PORT [GATE] [FATE] [DIR]``.

It opens the library once the file ``GATE`` exists, at once where that is ""; with the fate "fail"
it fails to, and a number is how many articles there are. ``DIR`` is for feedback and report.
"""

import os
import sys
import time
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from qa.web.opening import Opening
from qa.web.options import PageOptions
from qa.web.page import build_page, serve_page
from tests.web.fakes import FakeAssistant, many_articles


def main(port: str, gate: str = "", fate: str = "", folder: str = "") -> None:
    """Serve until killed."""

    def load() -> FakeAssistant:
        while gate and not Path(gate).exists():
            time.sleep(0.05)
        if fate == "fail":
            raise RuntimeError("The index <built> is missing.")
        return many_articles(int(fate)) if fate.isdigit() else FakeAssistant()

    files = Path(folder)
    options = PageOptions(files / "feedback.jsonl", files / "report") if folder else PageOptions()
    opening = Opening(load)
    page = build_page(opening, options)
    serve_page(page, opening, host="127.0.0.1", port=int(port), options=options)


if __name__ == "__main__":
    main(*sys.argv[1:])
