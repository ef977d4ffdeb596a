"""Thumbs up and down: one JSON line per verdict, in a file on this machine and nowhere else."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from qa.answering import Abstention, Answer
from qa.quoting import Quote
from qa.web.about import read_version
from qa.web.turns import Turn

MAX_REASON_CHARS = 500
_LABEL = re.compile(r"([QN])([1-9]\d?)")
_writing = Lock()


class FeedbackError(Exception):
    """A verdict cannot be kept; the message says why and is for the user."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody thinks of a quote.

    Attributes:
        turn: number of the exchange, from 1.
        label: of the quote, ``Q1`` or ``N1``.
        is_good: thumbs up.
        reason: in the user's words, may be "".
    """

    turn: int
    label: str
    is_good: bool
    reason: str


def read_verdict(turn: object, label: object, thumb: object, reason: object) -> Verdict:
    """Read a verdict that a browser has sent.

    Raises:
        FeedbackError: it is none.
    """
    if not (str(turn).isdecimal() and thumb in ("up", "down") and isinstance(reason, str)):
        raise FeedbackError("This feedback could not be read.")
    return Verdict(int(str(turn)), str(label), thumb == "up", reason.strip()[:MAX_REASON_CHARS])


def append_verdict(file: Path, verdict: Verdict, turns: Sequence[Turn]) -> None:
    """Append a verdict, with the quote that it is about as it was shown.

    Raises:
        FeedbackError: there is no such quote, or the file cannot be written.
    """
    turn = turns[verdict.turn - 1] if 0 < verdict.turn <= len(turns) else None
    quote = _find_quote(turn, verdict.label) if turn else None
    if turn is None or quote is None:
        raise FeedbackError("This quote is no longer in the conversation.")
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "thumb": "up" if verdict.is_good else "down",
        "reason": verdict.reason,
        "question": turn.question,
        "label": verdict.label,
        "document": quote.document_id,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
        "score": round(quote.score, 4),
        "version": read_version(),
    }
    try:
        with _writing, file.open("ab") as lines:
            begun = b"\n" if _ends_in_a_torn_line(file) else b""
            lines.write(begun + json.dumps(line, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise FeedbackError(
            f"Your feedback could not be saved: {file} cannot be written ({error.strerror})."
        ) from error


def _ends_in_a_torn_line(file: Path) -> bool:
    """Tell whether the last line is cut off: by a full disk, or a process that was killed."""
    if not file.stat().st_size:
        return False
    with file.open("rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return lines.read() != b"\n"


def _find_quote(turn: Turn, label: str) -> Quote | None:
    match = _LABEL.fullmatch(label)
    if not match:
        return None
    quotes: tuple[Quote, ...] = ()
    if match[1] == "Q" and isinstance(turn.outcome, Answer):
        quotes = turn.outcome.quotes
    elif match[1] == "N" and isinstance(turn.outcome, Abstention):
        quotes = turn.outcome.nearest
    position = int(match[2]) - 1
    return quotes[position] if position < len(quotes) else None
