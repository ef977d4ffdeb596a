"""Marks inside a line that are not the article's words: LaTeX, emphasis stars, link stubs.

Each function takes a range of the source file and gives back what stays (in order) and what goes.
"""

import re
from dataclasses import dataclass

from corpus.document import Removed, Span

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "pm": "±", "times": "×", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "approx": "≈", "sim": "∼", "cdot": "·", "uparrow": "↑",
    "downarrow": "↓", "rightarrow": "→", "to": "→", "circ": "°", "infty": "∞", "neq": "≠",
}  # fmt: skip
"""LaTeX commands that stand for one character; a formula with any other command stays as it is."""

LATEX = re.compile(r"\$(?P<body>[^$\n]{1,80})\$")
COMMAND = re.compile(r"\\([A-Za-z]+)")
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*\n]+?)(?<=[^\s*])(\1)(?![\w*])")
LINK_STUB = re.compile(
    r"(?:(?<!\s)\s++)?\[(?:cross ?ref|pubmed|google scholar|medline|doi)\]", re.IGNORECASE
)

SUPERSCRIPTS = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
RAISED = re.compile(r"[\d+\-−–=(),;\s]+")
_LISTED = re.compile(r"[,;]|\d\s*[-−–]\s*\d")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of source that stays; ``text`` is what it reads as (the same, but for LaTeX)."""

    source: Span
    text: str


def translate_latex(source: str, span: Span) -> list[Kept]:
    r"""Cut a range at its formulas and write the simple ones in Unicode.

    ``$\alpha 6$`` reads ``α6`` (LaTeX ignores spaces). A ``$…$`` without a command, such as a price
    or ``$x$``, is not taken for a formula and stays literal.
    """
    kept: list[Kept] = []
    position = span.start
    for match in LATEX.finditer(source, span.start, span.end):
        plain = _plain_formula(match["body"])
        if plain is None:
            continue
        if match.start() > position:
            kept.append(Kept(Span(position, match.start()), source[position : match.start()]))
        kept.append(Kept(Span(match.start(), match.end()), plain))
        position = match.end()
    if position < span.end:
        kept.append(Kept(Span(position, span.end), source[position : span.end]))
    return kept


def _plain_formula(body: str) -> str | None:
    commands = COMMAND.findall(body)
    if not commands or any(command not in GREEK for command in commands):
        return None
    plain = COMMAND.sub(lambda match: GREEK[match[1]], body)
    plain = re.sub(r"[\s{}]", "", plain)
    return None if re.search(r"[\\^_]", plain) else plain


def strip_markup(source: str, span: Span) -> tuple[list[Span], list[Removed]]:
    """Take emphasis stars and link stubs out of a bibliography entry.

    Returns:
        The ranges that stay, in order, and the ranges that go with the reason.
    """
    removed = [
        Removed(Span(*match.span(mark)), "emphasis mark")
        for match in EMPHASIS.finditer(source, span.start, span.end)
        for mark in (1, 3)
    ]
    removed += [
        Removed(Span(*match.span()), "link stub")
        for match in LINK_STUB.finditer(source, span.start, span.end)
    ]
    removed.sort(key=lambda item: item.source)
    stays: list[Span] = []
    position = span.start
    for item in removed:
        if item.source.start > position:
            stays.append(Span(position, item.source.start))
        position = item.source.end
    if position < span.end:
        stays.append(Span(position, span.end))
    return stays, removed


def superscript(text: str) -> str:
    """Write raised characters in Unicode, where they are digits and signs; of a list the digits.

    ``6`` reads ``⁶`` and ``2+`` reads ``²⁺``, ``3-5`` reads ``³-⁵``, ``th`` stays.
    """
    if not RAISED.fullmatch(text):
        return text
    return text.translate(RAISED_DIGITS if _LISTED.search(text) else SUPERSCRIPTS)
