"""What stands around the conversation: scope line, welcome, hints, and the state of the library."""

from collections.abc import Sequence

from corpus.document import Document
from qa.web.about import About
from qa.web.article import render_articles
from qa.web.downloads import FORMATS
from qa.web.examples import example_questions
from qa.web.options import PageOptions
from qa.web.templating import render


def render_scope(documents: Sequence[Document]) -> str:
    """Render the line that says what is asked and what may be expected; it is always in view."""
    return render("scope.html", documents=documents)


def render_welcome(documents: Sequence[Document]) -> str:
    """Render the introduction with questions to begin with."""
    return render("welcome.html", examples=example_questions(documents))


def render_hint(hint: str) -> str:
    """Render a gentle remark about the question that was typed; "" clears it."""
    return render("hint.html", hint=hint)


def render_reader(documents: Sequence[Document]) -> str:
    """Render the reading pane; without documents it says that the library is being opened."""
    return render_articles(documents) if documents else render("opening.html")


def render_broken(reason: str) -> str:
    """Render the reading pane of a library that cannot be opened."""
    return render("broken.html", reason=reason)


def render_footer(about: About, options: PageOptions) -> str:
    """Render the last lines of the page: version, sources, models, evaluation report."""
    return render("footer.html", about=about, options=options)


def render_save() -> str:
    """Render the menu of the formats in which a conversation can be saved."""
    return render("save.html", formats=FORMATS)
