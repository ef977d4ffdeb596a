"""Read the text that came out of a PDF: from lines to a `Document`, losing nothing.

Such a text is damaged in known ways: a page break tears a sentence in two and puts correspondence
lines or a table in between, bullets and numbers stand before entries, formulas are LaTeX. The
reading goes in four steps: classify groups of lines (`corpus.reading.layout`), mend torn
paragraphs, bring floating blocks to where they belong, and compose the canonical text with the
place in the file that each character came from.
"""

import hashlib
from itertools import groupby
from pathlib import Path

from corpus.document import CorpusError, Document, Metadata, Removed, Span
from corpus.reading import layout
from corpus.reading.classifying import classify
from corpus.reading.composing import Composer
from corpus.reading.drafting import arrange, mend_torn_paragraphs
from corpus.reading.encoding import decode
from corpus.reading.layout import Group


def read_plain_text(
    content: bytes, path: Path, *, document_id: str, metadata: Metadata | None = None
) -> Document:
    """Read an article from plain text.

    Args:
        content: the file's bytes, UTF-8.
        path: its name, for error messages.
        document_id: the id that quotations will carry.
        metadata: what is known about the article; None takes the first line for its title.

    Raises:
        CorpusError: the text is empty, not UTF-8, or its references are numbered inconsistently.
    """
    source = decode(content, path)
    groups = layout.split_groups(source)
    if not groups:
        raise CorpusError(f"{path} holds no text; is it the right file?")
    title = groups[0].lines[0].text
    furniture = layout.find_page_furniture(groups)
    groups = _without(groups, furniture)
    if not groups:
        raise CorpusError(f"{path} holds no text but page numbers; is it the right file?")
    drafts = mend_torn_paragraphs(list(classify(groups)), source)
    removed = [Removed(span, reason) for span, reason in furniture.items()]
    return Composer(source, document_id, removed, path=path).compose(
        arrange(drafts, source),
        metadata or Metadata(title),
        hashlib.sha256(content).hexdigest(),
    )


def _without(groups: list[Group], furniture: dict[Span, str]) -> list[Group]:
    """Take the furniture out; it parts the lines before it from those behind it."""
    return [
        Group(tuple(lines))
        for group in groups
        for removed, lines in groupby(group.lines, key=lambda line: line.span in furniture)
        if not removed
    ]
