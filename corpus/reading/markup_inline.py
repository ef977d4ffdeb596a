"""From the inside of a paragraph to its characters: scripts, formulas, citations.

How it reads: a subscript as its plain characters (``H2O``); a superscript of digits, signs and
brackets as Unicode superscripts (``10⁶``, ``Ca²⁺``, ``10⁻⁶``), any other as plain characters
(``13th``, ``45a``); a superscript citation with superscript digits (``cells¹,³``). A formula is the
text of its MathML, else of its LaTeX without the preamble; a fraction gets a ``/``, an exponent
that is no number a ``^``. What is shown twice (``alternatives``) is read once.
"""

import re
from collections.abc import Callable, Iterable

from corpus.document import Removed, Span
from corpus.reading.markup_lines import Citation, Line, raise_line
from corpus.reading.markup_source import (
    Character,
    Element,
    MarkupSource,
    Run,
    elements_of,
    local_name,
)

_FORMULAS = ("inline-formula", "disp-formula")
_PREAMBLE = re.compile(r"\A.*\\begin\{document\}|\\end\{document\}.*\Z", re.DOTALL)
_SPACED = frozenset(
    (
        "break p disp-formula list list-item title sec td th tr mtr mtd "
        "br div li dt dd ul ol h1 h2 h3 h4 h5 h6 figcaption caption blockquote pre"
    ).split()
)
"""Elements that part words, in JATS and in HTML."""


class Inline:
    """Reads the inside of elements; keeps the list of what it leaves out.

    Args:
        source: the file.
        left_out: tells why the text of an element is in no block, None where it is.
        targets_of: tells the ids of the entries that an element cites, None where it cites none.
    """

    def __init__(
        self,
        source: MarkupSource,
        *,
        left_out: Callable[[Element], str | None],
        targets_of: Callable[[Element], tuple[str, ...] | None],
    ) -> None:
        self.source = source
        self._left_out = left_out
        self._targets_of = targets_of
        self.removed: list[Removed] = []

    def read(
        self,
        element: Element,
        *,
        skip: Callable[[Element], bool] = lambda _: False,
        found: list[Element] | None = None,
    ) -> Line:
        """Read an element's text.

        Args:
            element: a paragraph, title, cell or the like.
            skip: tells which elements inside are read by somebody else.
            found: the list to which those are added, in order.
        """
        line = Line()
        self._inside(element, line, skip, found if found is not None else [])
        return line

    def read_whole(
        self, element: Element, *, skip: Callable[[Element], bool], found: list[Element]
    ) -> Line:
        """Read an element that is itself part of a line: a citation, a superscript, a formula."""
        line = Line()
        self._child(element, line, skip, found)
        return line

    def leave_out(self, element: Element, reason: str) -> None:
        """Record the text inside an element as left out."""
        for inside in element.iter():
            self._remove_runs(self.source.before.get(inside, ()), reason)
            if inside is not element:
                self._remove_runs(self.source.behind.get(inside, ()), reason)

    def _remove_runs(self, runs: Iterable[Run], reason: str) -> None:
        for run in runs:
            text = self.source.text[run.start : run.end]
            if text.strip():
                start = run.start + len(text) - len(text.lstrip())
                self.removed.append(Removed(Span(start, start + len(text.strip())), reason))

    def _remove(self, characters: Iterable[Character], reason: str) -> None:
        places = [c.source for c in characters if c.source and not c.text.isspace()]
        if places:
            self.removed.append(Removed(Span(places[0].start, places[-1].end), reason))

    def _inside(
        self, element: Element, line: Line, skip: Callable[[Element], bool], found: list[Element]
    ) -> None:
        line.characters += self.source.text_of(element)
        dropped = _second_versions(element)
        for child in elements_of(element):
            if skip(child):
                found.append(child)
            elif child in dropped:
                self.leave_out(child, "alternative of a formula")
            elif (reason := self._left_out(child)) is not None:
                self.leave_out(child, reason)
            else:
                self._child(child, line, skip, found)
            line.characters += self.source.tail_of(child)

    def _child(
        self, child: Element, line: Line, skip: Callable[[Element], bool], found: list[Element]
    ) -> None:
        name = local_name(child)
        inner = Line()
        if name == "msup":
            inner = self._power(child)
        elif name == "mfrac":
            inner = self._fraction(child)
        else:
            self._inside(child, inner, skip, found)
        if name == "sup":
            inner = raise_line(inner)
        elif name == "tex-math":
            inner = self._without_preamble(inner)
        elif (targets := self._targets_of(child)) is not None and inner.text.strip():
            inner.citations = [Citation(0, len(inner.characters), targets)]
        if name in _SPACED:
            line.supply(" ")
        line.extend(inner)
        if name in _SPACED:
            line.supply(" ")

    def _power(self, element: Element) -> Line:
        base, *rest = [self._whole(child) for child in elements_of(element)] or [Line()]
        for exponent in rest:
            plain = exponent.text.strip()
            raised = raise_line(exponent)
            if raised is exponent and plain and plain not in ("′", "'", "*", "∗"):
                base.supply("^")
            base.extend(raised)
        return base

    def _fraction(self, element: Element) -> Line:
        whole = Line()
        for position, child in enumerate(elements_of(element)):
            if position:
                whole.supply("/")
            part = self._whole(child)
            wide = len(list(child)) > 1
            whole.supply("(" if wide else "")
            whole.extend(part)
            whole.supply(")" if wide else "")
        return whole

    def _whole(self, element: Element) -> Line:
        return self.read_whole(element, skip=lambda _: False, found=[])

    def _without_preamble(self, line: Line) -> Line:
        keep = [True] * len(line.characters)
        for match in _PREAMBLE.finditer(line.text):
            if match.end() > match.start():
                self._remove(line.characters[match.start() : match.end()], "LaTeX preamble")
                keep[match.start() : match.end()] = [False] * (match.end() - match.start())
        return Line([c for c, kept in zip(line.characters, keep, strict=True) if kept])


def _second_versions(element: Element) -> set[Element]:
    """Find the versions of a formula beside the one that is read: MathML, else LaTeX, else text."""
    kinds = {local_name(child): child for child in elements_of(element)}
    for first in ("math", "tex-math"):
        if first in kinds and local_name(element) in ("alternatives", *_FORMULAS):
            names = {"math", "tex-math", "textual-form"} - {first}
            return {child for child in elements_of(element) if local_name(child) in names}
    return set()
