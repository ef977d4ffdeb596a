"""The licences of what is locked, as the packages state them: ``python -m tests.licences``."""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from tests.conftest import REPOSITORY

LOCK = REPOSITORY / "requirements.lock"
LOCKED = re.compile(r"^([\w.-]+)==([^ \\]+) \\\n((?: {4}--hash=\S+(?: \\)?\n?)+)", re.MULTILINE)
STRONG = re.compile(
    r"\b(?:A|Affero )?GPL|GNU (?:Affero )?General Public|(?<!Lesser )General Public", re.IGNORECASE
)
"""A licence that asks the whole program to be under it; that of a library alone (LGPL) is none."""


def locked(text: str) -> dict[str, str]:
    """Name -> version of the entries of a lock."""
    return {match[1]: match[2] for match in LOCKED.finditer(text)}


def licence_of(package: Distribution) -> str:
    """What a package says: the expression, else its classifiers, else the text's first line."""
    said = package.metadata
    classified = [
        line.rpartition("::")[2].strip()
        for line in said.get_all("Classifier", [])
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    lines = str(said["License"] or "").strip().splitlines()
    return str(said["License-Expression"] or "") or "; ".join(classified) or "".join(lines[:1])


def licences() -> dict[str, tuple[str, str]]:
    """Name -> version and licence of what is locked and installed here."""
    found = {}
    for name in locked(LOCK.read_text(encoding="utf-8")):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = (package.version, licence_of(package))
    return found


def main() -> None:
    """Print the table."""
    rows = [f"| {name} | {version} | {said} |" for name, (version, said) in licences().items()]
    sys.stdout.write("\n".join(["| package | version | licence |", "| --- | --- | --- |", *rows]))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
