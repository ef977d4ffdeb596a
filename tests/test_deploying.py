"""The unit and the container file say what the program understands."""

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from tests.conftest import REPOSITORY

UNIT = REPOSITORY / "docs" / "deploy" / "sic.service"
CONTAINER = REPOSITORY / "Containerfile"
INSTRUCTIONS = {
    *("FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK"),
    *("ENTRYPOINT", "CMD"),
}


def instructions() -> Iterator[tuple[str, str]]:
    """The instructions of the container file with their arguments, continued lines joined."""
    text = CONTAINER.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, " ".join(rest.split())


def options_of(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> argparse.Namespace:
    """What ``python app.py`` makes of arguments."""
    found: list[argparse.Namespace] = []

    class StoppedError(Exception):
        """Ends the start once the arguments are read."""

    parse = argparse.ArgumentParser.parse_args

    def note(parser: argparse.ArgumentParser, *given: object, **more: object) -> object:
        found.append(parse(parser, *given, **more))  # type: ignore[call-overload]
        raise StoppedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", note)
    with pytest.raises(StoppedError):
        app.main(arguments)
    return found[0]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on the path")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "sic.service"
    text = UNIT.read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/sic/.venv/bin/python", sys.executable), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    about_it = [line for line in verified.stderr.splitlines() if "sic.service" in line]
    assert (about_it, verified.returncode) == ([], 0)


def test_the_unit_starts_the_program_with_options_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = UNIT.read_text(encoding="utf-8").replace("\\\n", " ")
    [command] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, script, *arguments = shlex.split(command)
    assert (program, script) == ("/opt/sic/.venv/bin/python", "app.py")
    options = options_of(monkeypatch, arguments)
    assert (options.host, options.rate_limit) == ("127.0.0.1", 120)
    assert options.auth.name == "accounts"
    for path in (options.library, options.feedback):
        assert path.is_relative_to("/var/lib/sic")  # all else is read-only


@pytest.mark.parametrize(
    "setting",
    ["DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateTmp=yes",
     "CapabilityBoundingSet=", "IPAddressDeny=any", "LoadCredential=accounts:/etc/sic/accounts"],
)  # fmt: skip
def test_the_unit_confines_the_program(setting: str) -> None:
    assert setting in UNIT.read_text(encoding="utf-8").splitlines()


def test_the_unit_lets_the_reader_limit_itself() -> None:
    filters = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert filters == ["@system-service", "~@privileged"]  # @resources has setrlimit


def test_the_container_file_has_known_instructions_in_two_stages() -> None:
    names = [name for name, _ in instructions()]
    assert set(names) <= INSTRUCTIONS
    assert names.count("FROM") == 2
    assert names[0] == "FROM"
    assert [name for name in names if name in ("HEALTHCHECK", "ENTRYPOINT", "USER")] == [
        "USER",
        "HEALTHCHECK",
        "ENTRYPOINT",
    ]


def test_the_container_copies_what_there_is_and_runs_without_rights() -> None:
    found = list(instructions())
    copied = [argument.split()[:-1] for name, argument in found if name == "COPY"]
    sources = [source for line in copied for source in line if not line[0].startswith("--from")]
    assert {"app.py", "corpus", "index", "qa", "requirements.lock"} <= set(sources)
    assert [source for source in sources if not (REPOSITORY / source).exists()] == []
    [user] = [argument for name, argument in found if name == "USER"]
    assert user.isdecimal()
    assert user != "0"


def test_the_container_starts_the_program_with_options_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {name: argument for name, argument in instructions()}
    words = [re.findall(r'"([^"]*)"', said[name]) for name in ("ENTRYPOINT", "CMD")]
    program, script, *arguments = [word for group in words for word in group]
    assert (program, script) == (".venv/bin/python", "app.py")
    options = options_of(monkeypatch, arguments)
    assert (options.host, str(options.auth)) == ("0.0.0.0", "/run/accounts")
    assert options.library.is_relative_to("/var/lib/sic")


def test_the_health_check_fails_where_nothing_answers() -> None:
    said = {name: argument for name, argument in instructions()}
    _, script = re.findall(r'CMD \["([^"]*)", "-c", "([^"]*)"\]', said["HEALTHCHECK"])[0]
    closed = script.replace(":7860", ":9")
    assert "/healthz" in script
    assert subprocess.run([sys.executable, "-c", closed], capture_output=True).returncode == 1
