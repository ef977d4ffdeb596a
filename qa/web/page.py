"""The page: its layout, which event calls which handler, and how it is served."""

from pathlib import Path
from typing import Any

import gradio as gr

from qa.web.cards import render_conversation
from qa.web.endpoints import add_endpoints, mcp_available
from qa.web.frame import render_hint, render_reader, render_scope, render_welcome
from qa.web.handlers import Handlers
from qa.web.opening import Opening
from qa.web.theme import make_theme

STATIC = Path(__file__).with_name("static")
ASK_AT_ONCE = 4
"""Questions that are answered side by side; one takes well under 100 ms of one core."""
SCRIPTS = ("core.js", "reading.js", "copying.js")
"""In this order: the first one makes what the others use."""
STORAGE_KEY = "sic-questions"
STORAGE_SECRET = "no secret: only questions are kept"  # Gradio encrypts by it; fixed for restarts
WAITING = 64
"""Questions in the queue; further ones are turned away with a message."""


def build_page(opening: Opening) -> gr.Blocks:
    """Lay the page out over a library that is open or being opened."""
    handlers = Handlers(opening)
    page = gr.Blocks(title="Sic", analytics_enabled=False, fill_width=True)
    with page:
        add_endpoints(opening)  # first: an event may take the name of one
        turns = gr.State(())
        stored = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_SECRET)
        scope = _html(render_scope(()), "sic-scope")
        with gr.Row(elem_id="sic-desk", equal_height=False):
            with gr.Column(elem_id="sic-talk", min_width=280):
                welcome = _html(render_welcome(()), "sic-welcome")
                conversation = _html(render_conversation(()), "sic-conversation")
                with gr.Column(elem_id="sic-composer"):
                    hint = _html(render_hint(""), "sic-hint")
                    with gr.Row(elem_id="sic-ask-row"):
                        box = _question_box()
                        send = gr.Button("Ask", variant="primary", elem_id="sic-ask", scale=0)
                    anew = gr.Button("New conversation", elem_id="sic-anew", size="sm")
            with gr.Column(elem_id="sic-read", min_width=280):
                reader = _html(render_reader(()), "sic-reader")
        exchange = [box, hint, conversation, turns, stored]
        asking: dict[str, Any] = {"concurrency_limit": ASK_AT_ONCE, "concurrency_id": "ask"}
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        gr.on(
            [box.submit, send.click], handlers.ask_typed, [box, turns], exchange, **asking, **quiet
        )
        gr.on(
            [welcome.click, conversation.click],
            handlers.ask_chip,
            turns,
            exchange,
            **asking,
            **quiet,
        )
        anew.click(handlers.begin_anew, outputs=exchange, **quiet)
        frame = [scope, welcome, reader]
        page.load(handlers.show_library, outputs=frame, concurrency_limit=None, **quiet)
        page.load(handlers.restore, stored, exchange, concurrency_limit=None, **quiet)
    page.queue(max_size=WAITING)
    return page


def serve_page(page: gr.Blocks, *, host: str, port: int) -> None:
    """Serve the page until the process ends; no other host is asked for anything."""
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
        max_file_size="1kb",  # the upload route is open though no component takes a file
        favicon_path=STATIC / "sic.svg",
        theme=make_theme(),
        css_paths=STATIC / "sic.css",
        js="\n".join((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS),
    )


def _html(value: str, elem_id: str) -> gr.HTML:
    """Make a part of the page that is rendered by our own templates; chips in it can be clicked."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        apply_default_css=False,
        js_on_load=(STATIC / "chips.js").read_text(encoding="utf-8"),
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
