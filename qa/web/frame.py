"""What stands around the conversation: scope line, welcome, hints, and the state of the library."""

from collections.abc import Mapping, Sequence

import gradio as gr

from corpus.document import Document
from qa.article_naming import Described
from qa.web.about import About
from qa.web.article import render_articles
from qa.web.downloads import FORMATS
from qa.web.examples import example_questions
from qa.web.options import PageOptions
from qa.web.shelf import Outcome, Shelf, choices
from qa.web.templating import render

MAX_LISTED = 50
"""Articles in the list of the page; ``python -m index list`` shows all."""
MAX_CHOICES = 1_000
"""Articles among which a visitor may choose; of a larger library the others are asked by name."""
MAX_READ = 4
"""Articles that the reading pane holds all; of a larger library it holds the one that is read."""


def render_scope(articles: Sequence[Described], chosen: Sequence[str] = ()) -> str:
    """Render the line that says what is asked and what may be expected; it is always in view.

    Args:
        articles: of the library.
        chosen: ids of those that are asked; () for all.
    """
    names = frozenset(chosen)
    asked = [article for article in articles if not names or article.id in names]
    return render("scope.html", documents=asked, total=len(articles))


def render_shelf(shelf: Shelf) -> str:
    """Render the list of articles, with what can be done with each."""
    profiles = shelf.assistant().library.overview.profiles
    own = {document.id for document in shelf.uploads}
    shown = sorted(profiles.values(), key=lambda profile: profile.id not in own)[:MAX_LISTED]
    return render(
        "shelf.html",
        documents=shown,
        own=own,
        total=len(profiles),
        can_keep=shelf.can_keep,
        in_reader=MAX_READ,
    )


def render_reading(count: int) -> str:
    """Say that files are being read."""
    return render_hint("Reading one file…" if count == 1 else f"Reading {count} files…")


def render_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Say what became of each uploaded file."""
    return render("uploaded.html", outcomes=outcomes)


def render_welcome(articles: Sequence[Described]) -> str:
    """Render the introduction with questions to begin with."""
    return render("welcome.html", examples=example_questions(articles), total=len(articles))


def render_hint(hint: str) -> str:
    """Render a gentle remark about the question that was typed; "" clears it."""
    return render("hint.html", hint=hint)


def render_reader(documents: Mapping[str, Document]) -> str:
    """Render the reading pane of an open library: its articles, or of many none as yet."""
    of_more = len(documents) > MAX_READ
    return render_articles(() if of_more else documents.values(), of_more=of_more)


def render_read(document: Document) -> str:
    """Render the reading pane with one article of many."""
    return render_articles([document], of_more=True)


def offer_choice(articles: Sequence[Described], chosen: Sequence[str]) -> gr.Dropdown:
    """Let a visitor choose among the first `MAX_CHOICES` articles, and those that are chosen."""
    first, names = articles[:MAX_CHOICES], frozenset(chosen)
    more = [article for article in articles[MAX_CHOICES:] if article.id in names]
    info = "All articles are asked where none is chosen."
    if len(articles) > MAX_CHOICES:
        info += f" Offered are the first {MAX_CHOICES:,}; name others in the question."
    return gr.Dropdown(choices=choices([*first, *more]), value=list(chosen) or None, info=info)


def render_opening() -> str:
    """Render the reading pane of a library that is being opened."""
    return render("opening.html")


def render_broken(reason: str) -> str:
    """Render the reading pane of a library that cannot be opened."""
    return render("broken.html", reason=reason)


def render_footer(about: About, options: PageOptions) -> str:
    """Render the last lines of the page: version, sources, models, evaluation report."""
    return render("footer.html", about=about, options=options)


def render_save() -> str:
    """Render the menu of the formats in which a conversation can be saved."""
    return render("save.html", formats=FORMATS)
