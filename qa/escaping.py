"""Texts made safe for other formats: what reads as markup there is shown as it stands."""

import re
import unicodedata

_MARKDOWN_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~^$&#]|=(?==)|(?<==)=|:(?=[\w+-]+:)")
_MARKDOWN_LINE_START = re.compile(r"^([-+=:]|\d{1,9}(?=[.)]))", re.MULTILINE)
_EDGE_SPACE = re.compile(r"^\s+|\s+$|\n\s+|\s+\n|[^\S \t\n\xa0]")
_BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip


def escape_markdown(text: str) -> str:
    """Escape a text so that CommonMark, with or without common extensions, shows it as it is.

    A line break becomes a hard one; white space that Markdown would strip, a character reference.
    """
    escaped = _MARKDOWN_SPECIAL.sub(r"\\\g<0>", text)
    escaped = _MARKDOWN_LINE_START.sub(_escape_line_start, escaped)
    kept = _EDGE_SPACE.sub(lambda match: "".join(map(_character_reference, match[0])), escaped)
    return kept.replace("\n", "\\\n")


def _character_reference(character: str) -> str:
    """Write a character as ``&#9;``; a control character has no valid reference and stays."""
    is_control = unicodedata.category(character) == "Cc" and character not in "\t\n\f\r"
    return character if is_control else f"&#{ord(character)};"


def _escape_line_start(match: re.Match[str]) -> str:
    # Of "1." it is the stop that is escaped, and the stop follows the match.
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def escape_markdown_line(text: str) -> str:
    """Escape a text for Markdown on one line, its white space folded; not for quotes."""
    return escape_markdown(" ".join(text.split()))


def escape_bibtex(text: str) -> str:
    """Escape what TeX reads as a command; ``--`` stays two hyphens, as printed."""
    plain = " ".join(text.split())
    escaped = "".join(_BIBTEX_SPECIAL.get(character, character) for character in plain)
    return re.sub("-(?=-)", "-{}", escaped)
