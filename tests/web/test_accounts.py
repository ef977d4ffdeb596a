"""The file of accounts, and the command that makes a line of it."""

import io
import logging
from pathlib import Path

import pytest

from qa.web.guard import accounts
from qa.web.guard.accounts import AccountsError, main, make_line, read_accounts

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def line() -> str:
    return make_line("ann", PASSWORD, rounds=4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts"
    path.touch(mode=0o600)
    return path


def test_the_password_of_an_account_fits_it_alone(file: Path, line: str) -> None:
    other = make_line("bob", "another long password", rounds=4)
    file.write_text(f"# who may come in\n\n{line}\n{other}\n", encoding="utf-8")
    known = read_accounts(file)
    assert len(known) == 2
    assert known.check("ann", PASSWORD)
    assert not known.check("ann", "another long password")
    assert not known.check("bob", PASSWORD)
    assert not known.check("carl", "nobody")
    assert not known.check("", "")


def test_a_line_of_htpasswd_is_one(file: Path, line: str) -> None:
    file.write_text(line.replace("$2b$", "$2y$"), encoding="utf-8")
    assert read_accounts(file).check("ann", PASSWORD)


def test_a_password_is_not_cut_off(file: Path) -> None:
    longest = "x" * 72
    file.write_text(make_line("ann", longest, rounds=4), encoding="utf-8")
    known = read_accounts(file)
    assert known.check("ann", longest)
    assert not known.check("ann", longest + "y")


@pytest.mark.parametrize(
    "bad",
    ["ann", "ann:secret", "ann:", ":$2b$04$" + "a" * 53, "a b:$2b$04$" + "a" * 53, "ann:$1$x$y"],
)
def test_a_line_that_is_none_is_named_and_not_shown(file: Path, line: str, bad: str) -> None:
    file.write_text(f"{line}\n{bad}\n", encoding="utf-8")
    with pytest.raises(AccountsError) as error:
        read_accounts(file)
    assert str(error.value).startswith(f"{file}, line 2 is no account: expected NAME:BCRYPT-HASH")
    assert "secret" not in str(error.value)


def test_a_name_stands_once(file: Path, line: str) -> None:
    file.write_text(f"{line}\n{line}\n", encoding="utf-8")
    with pytest.raises(AccountsError, match="line 2: there is an account ann already"):
        read_accounts(file)


def test_no_account_and_no_file_are_errors(file: Path) -> None:
    file.write_text("# nobody yet\n", encoding="utf-8")
    with pytest.raises(AccountsError, match="holds no account; make a line with"):
        read_accounts(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(AccountsError, match="cannot be read"):
        read_accounts(file)
    file.unlink()
    with pytest.raises(AccountsError, match="cannot be read"):
        read_accounts(file)


def test_a_file_that_everybody_reads_is_warned_of(
    file: Path, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(line, encoding="utf-8")
    read_accounts(file)
    assert caplog.messages == []
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        read_accounts(file)
    assert "can be read by every user of this machine" in caplog.text


def test_the_command_prints_a_line_that_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(accounts, "ROUNDS", 4)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    main(["ann"])
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert read_accounts(file).check("ann", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("a:b", PASSWORD, "'a:b' is no usable name"),
        ("ann", "short", "the password has 5 characters; take 12"),
        ("ann", "é" * 37, "the password has more than 72 bytes"),
    ],
)
def test_the_command_refuses_what_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str, reason: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    with pytest.raises(SystemExit) as error:
        main([name])
    assert str(error.value.code).startswith(f"error: {reason}")
