"""Who may use the chat: a file with one ``NAME:BCRYPT-HASH`` a line, as ``htpasswd -B`` writes it.

``python -m qa.web.guard.accounts NAME`` asks for a password and prints the line.
"""

import argparse
import getpass
import logging
import re
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import bcrypt

MAX_PASSWORD = 72
"""Bytes of a password; bcrypt looks at no more."""
MIN_PASSWORD = 12
"""Characters of a new password."""
ROUNDS = 12
"""Each one more doubles the time of a check; 12 take a quarter of a second."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HASH = re.compile(r"\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")

logger = logging.getLogger(__name__)


class AccountsError(Exception):
    """The file of accounts cannot be used; the message says why and is for who starts the chat."""


class Accounts:
    """The accounts of a file.

    Args:
        hashes: name -> bcrypt hash.
    """

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = {name: known.encode() for name, known in hashes.items()}
        # Checked where there is no such name, so that the time does not tell whether there is.
        self._nobody = bcrypt.hashpw(b"nobody", bcrypt.gensalt(ROUNDS))

    def __len__(self) -> int:
        return len(self._hashes)

    def check(self, name: str, password: str) -> bool:
        """Tell whether a password is the one of a name; takes its time on purpose."""
        raw = password.encode()
        fits = bcrypt.checkpw(raw[:MAX_PASSWORD], self._hashes.get(name, self._nobody))
        return fits and name in self._hashes and len(raw) <= MAX_PASSWORD


def read_accounts(file: Path) -> Accounts:
    """Read the accounts of a file; blank lines and lines that begin with # say nothing.

    Raises:
        AccountsError: it cannot be read, holds no account, or a line is none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsError(f"the accounts in {file} cannot be read: {error}") from error
    if mode & stat.S_IROTH:
        logger.warning("%s can be read by every user of this machine: chmod o-r %s", file, file)
    hashes: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, separator, known = line.strip().partition(":")
        if not separator or not NAME.fullmatch(name) or not _HASH.fullmatch(known):
            raise AccountsError(
                f"{file}, line {number} is no account: expected NAME:BCRYPT-HASH; "
                "make the line with: python -m qa.web.guard.accounts NAME"
            )  # the line itself is not shown: it may hold a password
        if name in hashes:
            raise AccountsError(f"{file}, line {number}: there is an account {name} already")
        hashes[name] = known
    if not hashes:
        raise AccountsError(
            f"{file} holds no account; make a line with: python -m qa.web.guard.accounts NAME"
        )
    return Accounts(hashes)


def make_line(name: str, password: str, *, rounds: int = ROUNDS) -> str:
    """Return the line of an account.

    Raises:
        AccountsError: the name or the password cannot be used.
    """
    if not NAME.fullmatch(name):
        raise AccountsError(
            f"{name!r:.80} is no usable name: it takes letters, digits and ._@-, 64 at most"
        )
    if len(password) < MIN_PASSWORD:
        raise AccountsError(f"the password has {len(password)} characters; take {MIN_PASSWORD}")
    if len(password.encode()) > MAX_PASSWORD:
        raise AccountsError(f"the password has more than {MAX_PASSWORD} bytes")
    return f"{name}:{bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()}"


def main(argv: Sequence[str] | None = None) -> None:
    """Print the line of an account; the password is typed, or comes on the standard input."""
    parser = argparse.ArgumentParser(
        prog="python -m qa.web.guard.accounts",
        description="Print a line for the file of --auth; append it with >> FILE.",
    )
    parser.add_argument("name", metavar="NAME")
    name = parser.parse_args(argv).name
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            sys.exit("error: these are two different passwords")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        sys.stdout.write(make_line(name, password) + "\n")
    except AccountsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
