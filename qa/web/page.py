"""The page: its layout, which event calls which handler, and how it is served."""

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from corpus.reading import READERS
from qa.web.cards import render_conversation
from qa.web.endpoints import AT_ONCE, add_endpoints, mcp_available
from qa.web.frame import (
    render_hint,
    render_opening,
    render_save,
    render_scope,
    render_welcome,
)
from qa.web.guard.health import health_route
from qa.web.guard.protection import Protection, make_guard, protect
from qa.web.handlers import Handlers
from qa.web.opening import Opening
from qa.web.options import NO_FILES, PageOptions
from qa.web.serving import report_route
from qa.web.shelf import Shelf
from qa.web.theme import make_theme

STATIC = Path(__file__).with_name("static")
READ_AT_ONCE = 2
"""Visitors whose files are read side by side, each in a process of its own."""
STYLES = ("sic.css", "tools.css", "print.css")
SCRIPTS = (
    "core.js",
    "reading.js",
    "copying.js",
    "finding.js",
    "selecting.js",
    "comparing.js",
    "feedback.js",
    "editing.js",
)
"""In this order: the first one makes what the others use."""
STORAGE_KEY = "sic-questions"
STORAGE_SECRET = "no secret: only questions are kept"  # Gradio encrypts by it; fixed for restarts
UPLOADS_KEPT = (600, 3600)
"""Seconds: how often to look for files that were uploaded and not read, and how old they may be."""
WAITING = 64
"""Questions in the queue; further ones are turned away with a message."""


class Parts(NamedTuple):
    """The components of the page that events come from or write to."""

    scope: gr.HTML
    welcome: gr.HTML
    reader: gr.HTML
    footer: gr.HTML
    conversation: gr.HTML
    hint: gr.HTML
    box: gr.Textbox
    send: gr.Button
    anew: gr.Button
    save: gr.HTML
    claim: gr.Textbox
    check: gr.Button
    verdict: gr.HTML
    choice: gr.Dropdown
    upload: gr.File
    report: gr.HTML
    listing: gr.HTML


def build_page(opening: Opening, options: PageOptions = NO_FILES) -> gr.Blocks:
    """Lay the page out over a library that is open or being opened."""
    handlers = Handlers(opening, options)
    page = gr.Blocks(
        title="Sic", analytics_enabled=False, fill_width=True, delete_cache=UPLOADS_KEPT
    )
    with page:
        add_endpoints(opening, options)  # before the events: the names are theirs
        parts = _lay_out(options)
        _connect(page, parts, handlers, Shelf(opening, options.library))
    page.queue(max_size=WAITING)
    return page


def _lay_out(options: PageOptions) -> Parts:
    scope = _html(render_scope(()), "sic-scope")
    with gr.Row(elem_id="sic-desk", equal_height=False):
        with gr.Column(elem_id="sic-talk", min_width=280):
            welcome = _html(render_welcome(()), "sic-welcome")
            conversation = _html(render_conversation(()), "sic-conversation")
            with gr.Accordion("Articles", open=False, elem_id="sic-library"):
                choice = _choice_box()
                upload = _upload_box(options)
                report = _html("", "sic-report")
                listing = _html("", "sic-listing")
            with gr.Accordion("Verify a quote", open=False, elem_id="sic-verify"):
                claim = _claim_box()
                check = gr.Button("Check", elem_id="sic-check", size="sm")
                verdict = _html("", "sic-verdict")
            with gr.Column(elem_id="sic-composer"):
                hint = _html(render_hint(""), "sic-hint")
                with gr.Row(elem_id="sic-ask-row"):
                    box = _question_box()
                    send = gr.Button("Ask", variant="primary", elem_id="sic-ask", scale=0)
                with gr.Row(elem_id="sic-tools"):
                    anew = gr.Button("New conversation", elem_id="sic-anew", size="sm", scale=0)
                    save = _html(render_save(), "sic-save")
            footer = _html("", "sic-footer")
        with gr.Column(elem_id="sic-read", min_width=280):
            reader = _html(render_opening(), "sic-reader")
    return Parts(
        scope,
        welcome,
        reader,
        footer,
        conversation,
        hint,
        box,
        send,
        anew,
        save,
        claim,
        check,
        verdict,
        choice,
        upload,
        report,
        listing,
    )


def _connect(page: gr.Blocks, parts: Parts, handlers: Handlers, empty: Shelf) -> None:
    turns, shelf = gr.State(()), gr.State(empty)
    stored = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_SECRET)
    download = gr.JSON(visible=False)
    exchange = [parts.box, parts.hint, parts.conversation, turns, stored, parts.reader]
    asking: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask"}
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    typed = [parts.box.submit, parts.send.click]
    gr.on(typed, handlers.ask_typed, [parts.box, turns, shelf], exchange, **asking, **quiet)
    chips = [parts.welcome.click, parts.conversation.click]
    gr.on(chips, handlers.ask_clicked, [turns, shelf], exchange, **asking, **quiet)
    parts.anew.click(handlers.begin_anew, outputs=exchange, **quiet)
    parts.conversation.submit(handlers.keep_feedback, turns, parts.hint, **quiet)
    checks = [parts.check.click, parts.claim.submit]
    gr.on(checks, handlers.check_quote, [parts.claim, shelf], parts.verdict, **asking, **quiet)
    saved = parts.save.click(handlers.save, [turns, shelf], download, **quiet)
    saved.then(None, download, js="(file) => { if (file) window.sic.save(file); }")
    frame = [
        parts.scope,
        parts.welcome,
        parts.reader,
        parts.footer,
        parts.choice,
        parts.listing,
        parts.report,
    ]
    page.load(handlers.show_library, shelf, frame, concurrency_limit=None, **quiet)
    page.load(handlers.restore, [stored, shelf], exchange, concurrency_limit=None, **quiet)
    reading: dict[str, Any] = {"concurrency_limit": READ_AT_ONCE}
    files = [parts.upload, shelf]
    added = parts.upload.upload(handlers.add_articles, files, frame, **reading, **quiet)
    added.then(lambda: None, outputs=parts.upload, **quiet)
    parts.listing.click(handlers.change_shelf, shelf, frame, **quiet)
    parts.reader.click(handlers.read_article, shelf, parts.reader, **quiet)
    chosen = [parts.scope, parts.listing]
    parts.choice.input(handlers.choose_articles, [parts.choice, shelf], chosen, **quiet)


def serve_page(
    page: gr.Blocks,
    opening: Opening,
    *,
    host: str,
    port: int,
    options: PageOptions = NO_FILES,
    protection: Protection | None = None,
) -> None:
    """Serve the page until the process ends; no other host is asked for anything.

    The library is opened when the page is up: opened beside it, it would only keep the page back.

    Args:
        page: from `build_page`.
        opening: the library that it is laid out over.
        host: the address to listen on.
        port: of it.
        options: those of `build_page`.
        protection: who may use it; None for what `protect` thinks fit.
    """
    guard = make_guard(protection or protect(host), max_upload=options.max_upload)
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=mcp_available(),
        quiet=True,
        prevent_thread_lock=True,
        # Gradio would ask for the page, and end where that takes 3 s, as on a busy machine.
        _frontend=False,
        # The upload route is open also where no component takes a file.
        max_file_size=options.max_upload or "1kb",
        app_kwargs={
            "routes": [report_route(options), health_route(opening)],
            "middleware": guard,
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        favicon_path=STATIC / "sic.svg",
        theme=make_theme(),
        css_paths=[STATIC / name for name in STYLES],
        js="\n".join((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS),
    )
    opening.start()
    page.block_thread()


def _html(value: str, elem_id: str) -> gr.HTML:
    """Make a part of the page that is rendered by our own templates; clicks reach the server."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        apply_default_css=False,
        js_on_load=(STATIC / "sending.js").read_text(encoding="utf-8"),
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        placeholder="Type a question…",
        show_label=False,
        container=False,
        lines=1,
        max_lines=5,
        autofocus=True,
        elem_id="sic-question",
    )


def _choice_box() -> gr.Dropdown:
    return gr.Dropdown(
        choices=[],
        multiselect=True,
        label="Ask only these",
        info="All articles are asked where none is chosen.",
        elem_id="sic-choice",
    )


def _upload_box(options: PageOptions) -> gr.File:
    megabytes = options.max_upload // 1_000_000
    return gr.File(
        label=f"Add articles (PDF, XML, …), {megabytes} MB each",
        file_count="multiple",
        file_types=list(READERS),
        visible=options.max_upload > 0,
        height=150,
        elem_id="sic-upload",
    )


def _claim_box() -> gr.Textbox:
    return gr.Textbox(
        label="A sentence that is said to be from the source",
        placeholder="Paste a sentence…",
        container=False,
        lines=3,
        max_lines=8,
        elem_id="sic-claim",
    )
