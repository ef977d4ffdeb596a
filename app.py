"""Sic's chat: ``python app.py`` (``--help`` lists its options).

Owns the command line and the wiring; what the page shows is in `qa/web`, what is answered in `qa`.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.evidence_model.option import add_evidence_model
from qa.web.quick_import import quick_imports

if TYPE_CHECKING:
    from qa.assistant import Assistant

# Read by Gradio and by the Hugging Face client when they are imported: nothing leaves this machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Where Matplotlib is installed, Gradio asks it which screen it would draw on: a second to find out.
os.environ.setdefault("MPLBACKEND", "agg")
# After each call Gradio would sum up the last ten thousand in a data frame, which nobody looks at:
# up to 15 ms, and 30 KB that are never given back.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

DEFAULT_PORT = 7860
MAX_UPLOAD = 20_000_000
"""Bytes of a file that may be uploaded; the readers take no larger one."""

logger = logging.getLogger("sic")


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the chat until it is interrupted; the page is up while the library is being opened."""
    arguments = _parse_arguments(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger().handlers[0].setLevel(logging.INFO)
    logger.setLevel(logging.INFO)
    # Imported here because Gradio takes seconds: `--help` and a mistyped option answer at once.
    from qa.web.guard.accounts import AccountsError, read_accounts
    from qa.web.guard.protection import is_loopback, protect
    from qa.web.hub import needs_hub

    try:
        accounts = read_accounts(arguments.auth) if arguments.auth else None
    except AccountsError as error:
        sys.exit(f"error: {error}")
    if accounts is None and not is_loopback(arguments.host):
        logger.warning(
            "everybody who reaches %s can use this server; --auth FILE lets only those in who "
            "have an account",
            arguments.host,
        )
    if not needs_hub(arguments.model, arguments.evidence_model):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before Gradio imports the hub's client
    with quick_imports():
        from qa.web.opening import Opening
        from qa.web.options import PageOptions, library_folder
        from qa.web.page import build_page, serve_page
    changes = not (arguments.read_only or arguments.index)
    options = PageOptions(
        feedback=None if arguments.no_feedback else arguments.feedback,
        report=arguments.report,
        library=library_folder(arguments.library) if changes else None,
        max_upload=MAX_UPLOAD if changes else 0,
        log_questions=arguments.log_questions,
    )
    protection = protect(
        arguments.host,
        accounts=accounts,
        per_minute=arguments.rate_limit,
        allowed_hosts=tuple(arguments.allow_host),
    )
    # As by Ctrl+C: without a handler of its own the first process of a container ignores it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    opening = Opening(lambda: _load_assistant(arguments), at_once=False)
    page = build_page(opening, options)
    logger.info("Sic is at http://%s:%d (stop it with Ctrl+C)", arguments.host, arguments.port)
    try:
        serve_page(
            page,
            opening,
            host=arguments.host,
            port=arguments.port,
            options=options,
            protection=protection,
        )
    except OSError as error:  # Gradio's own message speaks of its settings, not of ours
        sys.exit(
            f"error: cannot listen on {arguments.host}:{arguments.port} ({error}); "
            "choose another port with --port"
        )


def _parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python app.py", description="Serve the chat.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to listen on")
    parser.add_argument("--library", type=Path, default=None, metavar="DIR", help="which library")
    parser.add_argument(
        "--read-only", action="store_true", help="no uploads; nobody changes the library"
    )
    parser.add_argument(
        "--index",
        default=None,
        metavar="ADDRESS",
        help="index on Milvus: milvus://HOST:19530/COLLECTION, token from SIC_MILVUS_TOKEN; "
        "implies --read-only",
    )
    parser.add_argument("--model", default=None, help="embedding model, by name or folder")
    add_evidence_model(parser)
    parser.add_argument(
        "--feedback",
        type=Path,
        default=Path("feedback.jsonl"),
        metavar="FILE",
        help="where thumbs up and down are appended (default: %(default)s)",
    )
    parser.add_argument("--no-feedback", action="store_true", help="no thumbs on quotes")
    parser.add_argument(
        "--report",
        type=Path,
        default=Path("report"),
        metavar="DIR",
        help="where the evaluation report is, if there is one (default: %(default)s)",
    )
    _add_guard(parser)
    return parser.parse_args(argv)


def _add_guard(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--auth",
        type=Path,
        default=None,
        metavar="FILE",
        help="who may log in, one NAME:BCRYPT-HASH a line; "
        "python -m qa.web.guard.accounts NAME makes one",
    )
    parser.add_argument(
        "--rate-limit",
        type=_whole,
        default=None,
        metavar="N",
        help="requests a minute and client, 0 for any number "
        "(default: any on a loopback address, else 120)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which a proxy on this machine asks for the page (may be repeated)",
    )
    parser.add_argument(
        "--log-questions", action="store_true", help="write each question to the log"
    )


def _whole(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"{value!r} is no whole number from 0 on")
    return int(value)


def _load_assistant(arguments: argparse.Namespace) -> "Assistant":
    from qa.assistant import Assistant  # loads the model's libraries; in the background thread
    from qa.batching import Batcher

    return Assistant.load(
        arguments.library,
        index=arguments.index,
        model=arguments.model,
        evidence_model=arguments.evidence_model,
        batcher=Batcher(),
        on_status=logger.info,
    )


if __name__ == "__main__":
    main()
