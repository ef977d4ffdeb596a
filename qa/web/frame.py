"""What stands around the conversation: scope line, welcome, hints, and the state of the library."""

from collections.abc import Iterable, Sequence
from itertools import islice

from corpus.document import Document
from qa.web.about import About
from qa.web.article import render_articles
from qa.web.downloads import FORMATS
from qa.web.examples import example_questions
from qa.web.options import PageOptions
from qa.web.shelf import Outcome, Shelf
from qa.web.templating import render

MAX_LISTED = 50
"""Articles in the list of the page; ``python -m index list`` shows all."""
MAX_READ = 12
"""Articles in the reading pane; of a larger library the ones that are quoted."""


def render_scope(documents: Sequence[Document], chosen: Sequence[str] = ()) -> str:
    """Render the line that says what is asked and what may be expected; it is always in view.

    Args:
        documents: of the library.
        chosen: ids of those that are asked; () for all.
    """
    asked = [document for document in documents if not chosen or document.id in chosen]
    return render("scope.html", documents=asked, total=len(documents))


def render_shelf(shelf: Shelf) -> str:
    """Render the list of articles, with what can be done with each."""
    documents = shelf.assistant().library.documents
    own = {document.id for document in shelf.uploads}
    shown = sorted(documents.values(), key=lambda document: document.id not in own)[:MAX_LISTED]
    return render(
        "shelf.html",
        documents=shown,
        own=own,
        total=len(documents),
        can_keep=shelf.can_keep,
        in_reader=MAX_READ,
    )


def render_reading(count: int) -> str:
    """Say that files are being read."""
    return render_hint("Reading one file…" if count == 1 else f"Reading {count} files…")


def render_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Say what became of each uploaded file."""
    return render("uploaded.html", outcomes=outcomes)


def render_welcome(documents: Sequence[Document]) -> str:
    """Render the introduction with questions to begin with."""
    return render("welcome.html", examples=example_questions(documents), total=len(documents))


def render_hint(hint: str) -> str:
    """Render a gentle remark about the question that was typed; "" clears it."""
    return render("hint.html", hint=hint)


def render_reader(documents: Iterable[Document]) -> str:
    """Render the reading pane; without documents it says that the library is being opened.

    Args:
        documents: the first `MAX_READ` of them are shown.
    """
    shown = list(islice(documents, MAX_READ))
    return render_articles(shown) if shown else render("opening.html")


def render_broken(reason: str) -> str:
    """Render the reading pane of a library that cannot be opened."""
    return render("broken.html", reason=reason)


def render_footer(about: About, options: PageOptions) -> str:
    """Render the last lines of the page: version, sources, models, evaluation report."""
    return render("footer.html", about=about, options=options)


def render_save() -> str:
    """Render the menu of the formats in which a conversation can be saved."""
    return render("save.html", formats=FORMATS)
