"""Gradio's theme, set to the page's colours; `static/sic.css` takes its own from it."""

from gradio.themes import Base

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Arial", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def make_theme() -> Base:
    """Return the theme: paper and ink by day, a dim reading lamp by night; system fonts only."""
    return Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill="#f6f4ee",
        body_background_fill_dark="#14171a",
        body_text_color="#22262a",
        body_text_color_dark="#dfe2e0",
        body_text_color_subdued="#565d62",
        body_text_color_subdued_dark="#a3abae",
        background_fill_primary="#fffefb",
        background_fill_primary_dark="#1b1f23",
        background_fill_secondary="#efece3",
        background_fill_secondary_dark="#23282d",
        border_color_primary="#dcd7ca",
        border_color_primary_dark="#363d43",
        color_accent="#1d5c63",
        link_text_color="#17545b",
        link_text_color_dark="#86c9d0",
        button_primary_background_fill="#1d5c63",
        button_primary_background_fill_dark="#86c9d0",
        button_primary_background_fill_hover="#164a50",
        button_primary_background_fill_hover_dark="#a5d9de",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#10282b",
        input_background_fill="#fffefb",
        input_background_fill_dark="#1b1f23",
        input_placeholder_color="#666c70",
        input_placeholder_color_dark="#98a0a4",
    )
