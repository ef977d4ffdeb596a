"""What the person who starts the chat may choose about the page."""

from dataclasses import dataclass
from pathlib import Path

from index.folders import DEFAULT_LIBRARY

REPORT_PAGE = "report.html"
"""The one file of the evaluation's folder that is served; it needs nothing beside it."""


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Where the page's files are.

    Attributes:
        feedback: the file to which thumbs up and down are appended; None switches them off.
        report: the folder that ``python -m qa evaluate --report`` has written, or may write.
        library: the library that visitors may add to and remove from; None for a library that
            nobody changes through the page.
        max_upload: bytes of a file that visitors may upload; 0 for no uploads.
        log_questions: write each question to the log; without that none ever is.
    """

    feedback: Path | None = None
    report: Path | None = None
    library: Path | None = None
    max_upload: int = 0
    log_questions: bool = False

    @property
    def report_file(self) -> Path | None:
        """The evaluation report, None while there is none."""
        file = self.report / REPORT_PAGE if self.report else None
        return file if file and file.is_file() else None

    @property
    def report_href(self) -> str:
        """The link to the report, relative to the page; "" while there is none."""
        return f"report/{REPORT_PAGE}" if self.report_file else ""


def library_folder(chosen: Path | None) -> Path:
    """Return the folder of the library: the chosen one, or the one that is opened by default."""
    return chosen or DEFAULT_LIBRARY


NO_FILES = PageOptions()
"""A page without thumbs and without a report."""
