"""Tables go between their markers of the file with the results; and the file has all of them."""

import re
from pathlib import Path

import pytest

from benchmarks import formats, fuzz, fuzz_api, fuzz_files, killed, load, promise
from benchmarks.results_file import section, write_results
from benchmarks.scale import reporting
from benchmarks.speed import results

FILE = Path(__file__).parents[2] / "benchmarks" / "RESULTS.md"
NAMES = {
    *(formats.SECTION, killed.SECTION, load.SECTION, promise.SECTION, f"{promise.SECTION}-long"),
    *(fuzz.SECTION + kind for kind in ("models", "words")),
    *(reporting.FAMILY + name for name in ("sizes", "assistant", "vectors")),
    *(results.FAMILY + name for name in ("latency", "indexing", "start", "roofline", "users")),
    *(fuzz_api.SECTION, fuzz_files.SECTION),
    "public-sets",
}


def test_every_command_has_its_place_in_the_file() -> None:
    assert set(re.findall(r"<!-- (\S+):start -->", FILE.read_text("utf-8"))) == NAMES


def test_a_section_says_machine_versions_and_date() -> None:
    lines = section([["a", "b"], ["1", "2"]], ("torch",)).splitlines()
    assert re.search(r"\d cores .*Python 3\.\d+\.\d+, torch \d\S+; \d{4}-\d\d-\d\d\.$", lines[0])
    assert lines[1:] == ["", "| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_nothing_is_written_where_no_file_is_named() -> None:
    assert write_results(None, {"a": "b"}) == 0


def test_a_file_without_the_place_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("<!-- a:start -->\n<!-- a:end -->\n", "utf-8")
    assert write_results(path, {"a": "new", "b": "new"}) == 2
    assert "<!-- b:start -->" in capsys.readouterr().err
    assert path.read_text("utf-8") == "<!-- a:start -->\n<!-- a:end -->\n"
    assert write_results(tmp_path / "none.md", {"a": "new"}) == 2
