"""README.md says what is true: its paths exist, its example prints what it shows."""

import re
import shlex
from pathlib import Path

import pytest

from qa.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = "$ .venv/bin/python -m qa "
ENDINGS = r"py|md|toml|txt|jsonl?|css|js|html|jinja|png|svg|sh|yml|yaml|cfg|ini"
PLACEHOLDER = re.compile(r"[A-Z]{2,}\b(?!\.md)|[<>{}*]|\s")
MADE_WHEN_RUN = ("index/built", "feedback.jsonl")


def named_paths(text: str) -> list[str]:
    """Return what stands in backticks and has a slash or a file ending, each once."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", prose) + re.findall(r"\]\(([^)#:\s]+)\)", prose)
    paths = [
        span
        for span in spans
        if re.search(rf"/|\.(?:{ENDINGS})$", span)
        and not PLACEHOLDER.search(span)
        and not span.startswith((".venv/", "http", "/"))
    ]
    return list(dict.fromkeys(paths))


def exists(path: str) -> bool:
    """Tell whether a path exists below the root; a bare file name may lie in any folder."""
    if (ROOT / path).exists() or path.rstrip("/") in MADE_WHEN_RUN:
        return True
    folders = ("corpus", "index", "qa", "tests", "docs")
    return "/" not in path and any(next((ROOT / name).rglob(path), None) for name in folders)


def example() -> tuple[list[str], str]:
    """Return the arguments of the example command and the output that README shows for it."""
    block = re.search(
        r"<!-- example:start -->\s*```\w*\n(.*?)\n```\s*<!-- example:end -->", README, re.DOTALL
    )
    assert block
    command, _, output = block[1].partition("\n")
    assert command.startswith(COMMAND)
    return shlex.split(command.removeprefix(COMMAND)), output + "\n"


@pytest.mark.parametrize("path", named_paths(README))
def test_a_path_that_readme_names_exists(path: str) -> None:
    assert exists(path)


def test_paths_are_recognised_in_backticks_and_links() -> None:
    text = "`qa/web/`, `app.py`, [x](docs/a.md), `python -m qa`, `index add FILE.txt`, `n/a b`"
    assert named_paths(text) == ["qa/web/", "app.py", "docs/a.md"]


def test_readme_names_the_modules_to_read() -> None:
    assert {"corpus/document.py", "index/library.py", "qa/answering.py", "app.py"} <= set(
        named_paths(README)
    )


def test_the_example_prints_what_readme_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, output = example()
    assert main([*arguments, "--library", str(tmp_path)]) == 0
    assert capsys.readouterr().out == output
