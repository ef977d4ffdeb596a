"""The file with the results: how what was measured is written, and where in the file it stands."""

import argparse
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from qa.evaluation.markdown import ReadmeError, split_at_markers

START, END = "<!-- {}:start -->", "<!-- {}:end -->"

Table = list[list[str]]


def add_results_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the file."""
    parser.add_argument("--update-readme", type=Path, metavar="FILE", help="put the tables there")


def write_results(path: Path | None, sections: Mapping[str, str]) -> int:
    """Put sections into the file that the option names, if it does.

    Args:
        path: of the file; None where none is named.
        sections: by the names in the markers.

    Returns:
        0, or 2 where the file cannot be used; then the reason is printed.
    """
    if path is not None:
        try:
            replace_sections(path, sections)
        except (OSError, ReadmeError) as error:
            sys.stderr.write(f"error: {error}\n")
            return 2
    return 0


def replace_sections(path: Path, sections: Mapping[str, str]) -> None:
    """Replace parts of a file, each between its two markers, and nothing else.

    Args:
        path: of the file.
        sections: by the names in the markers.

    Raises:
        ReadmeError: the file does not have each marker once and in order.
    """
    content = path.read_text(encoding="utf-8")
    for name, section in sections.items():
        start, end = START.format(name), END.format(name)
        before, after = split_at_markers(content, path, start=start, end=end)
        content = f"{before}{start}\n{section}\n{end}{after}"
    path.write_text(content, encoding="utf-8")


def section(table: Table, packages: Sequence[str]) -> str:
    """Write machine, the versions of packages and the date, and a table."""
    return "\n".join([conditions(packages), "", *table_lines(table)])


def table_lines(table: Table) -> list[str]:
    """Write a table in Markdown, line by line."""
    return [f"| {' | '.join(line)} |" for line in [table[0], ["---"] * len(table[0]), *table[1:]]]


def conditions(of: Sequence[str]) -> str:
    """Say where and with what was measured; ``of`` names the packages whose versions count."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    packages = ", ".join(f"{name} {version(name)}" for name in of)
    busy = os.getloadavg()[0]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores "
        f"(load {busy:.1f} at the end); Python {platform.python_version()}, {packages}; "
        f"{datetime.now(UTC).date()}."
    )
