"""Measuring speed: sides are asked in turn, goals are marked, operations are counted right."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.results_file import write_results
from benchmarks.speed import __main__ as command
from benchmarks.speed import indexing, starting, users
from benchmarks.speed.indexing import BARE_HERE, ENCODER, OURS, in_turn, rate_table
from benchmarks.speed.latency import ask_in_turn, latency_table
from benchmarks.speed.loading import measure_loading
from benchmarks.speed.results import Goal, Measured, Times, beside, section, sections, to_json
from benchmarks.speed.roofline import first_token_operations, layer_operations, pair_operations
from benchmarks.speed.sides import Asked, Peer, PeerError, ask_all, open_peers
from benchmarks.speed.starting import read_imports
from benchmarks.speed.users import serve, shown
from index.bert import BertConfig
from qa.answering import Abstention, Reply

CONFIG = BertConfig(100, 8, 6, 2, 32, 64, 2, 1e-12)
MEASURED = Measured(
    "users",
    [["users", "rate"], ["1", "3.0"]],
    (Goal("fast", "2 s", True), Goal("small", "900 MB", False)),
    ("One peer is missing.",),
)


# What is written


def test_a_section_holds_machine_table_goals_and_remarks() -> None:
    lines = section(MEASURED).splitlines()
    assert "Python 3." in lines[0]
    assert lines[2:] == [
        "| users | rate |",
        "| --- | --- |",
        "| 1 | 3.0 |",
        "",
        "- fast: 2 s, **met**.",
        "- small: 900 MB, **not met**.",
        "",
        "One peer is missing.",
    ]


def test_json_holds_every_number_with_the_date() -> None:
    (one,) = json.loads(to_json([MEASURED]))["measured"]
    assert (one["name"], one["table"][1], one["goals"][1]["is_met"]) == (
        "users",
        ["1", "3.0"],
        False,
    )
    assert len(one["date"].split("-")) == 3


def test_results_are_put_between_their_markers(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("a\n<!-- speed-users:start -->\nold\n<!-- speed-users:end -->\nb\n", "utf-8")
    assert write_results(path, sections([MEASURED])) == 0
    text = path.read_text("utf-8")
    assert text.startswith("a\n<!-- speed-users:start -->\n")
    assert text.endswith("\nOne peer is missing.\n<!-- speed-users:end -->\nb\n")
    assert "old" not in text


def test_a_ratio_stands_beside_a_value() -> None:
    assert (beside(3.0, 2.0), beside(3.0, 0.0)) == ("3.0 (×1.50)", "3.0")


def test_times_are_told_in_milliseconds() -> None:
    times = Times((0.001, 0.002, 0.003, 0.004, 0.1))
    assert (times.median_ms, times.p95_ms) == (3.0, pytest.approx(80.8))


# Sides


class Fixed:
    """A side that takes a given time, and notes when it is asked."""

    def __init__(self, name: str, seconds: float, order: list[str]) -> None:
        self.name = name
        self._seconds, self._order = seconds, order

    def ask(self, questions: Sequence[str], *, at_once: int) -> Asked:
        self._order.append(f"{self.name} {' '.join(questions)}")
        return Asked((self._seconds,) * len(questions), self._seconds * len(questions))


def test_sides_are_asked_in_turn_after_a_round_that_does_not_count() -> None:
    order: list[str] = []
    found = ask_in_turn([Fixed("a", 1, order), Fixed("b", 2, order)], ["x", "y"], at_once=1)
    assert order == ["a x", "b x", "a x", "b x", "a y", "b y"]
    assert found == {"a": Times((1, 1)), "b": Times((2, 2))}


def test_of_several_at_once_the_inverse_of_the_rate_is_taken() -> None:
    order: list[str] = []
    found = ask_in_turn([Fixed("a", 4.0, order)], ["x", "y", "z"], at_once=2)
    assert order == ["a x y", "a x y", "a z"]
    assert found["a"] == Times((4.0, 4.0))


def test_a_function_is_timed_on_every_question() -> None:
    seen: list[str] = []
    asked = ask_all(seen.append, ["x", "y", "z"], at_once=2)
    assert sorted(seen) == ["x", "y", "z"]
    assert len(asked.seconds) == 3
    assert asked.all_s > 0


def test_ratios_of_latency_are_to_the_chosen_side() -> None:
    one = {"ours": Times((0.02,)), "peer": Times((0.04,))}
    table = latency_table(one, one, "peer", {"search": 7.25})
    assert table[1:] == [
        ["ours", "20.0 (×0.50)", "20.0 (×0.50)", "20.0 (×0.50)"],
        ["peer", "40.0 (×1.00)", "40.0 (×1.00)", "40.0 (×1.00)"],
        ["of ours: search", "7.2", "", ""],
    ]


@pytest.mark.parametrize(
    ("python", "said"),
    [(Path("nowhere/python"), "nowhere/python cannot be run"), (Path(sys.executable), "txtai")],
    ids=["no python", "not installed"],
)
def test_a_peer_that_cannot_run_is_named_with_the_reason(python: Path, said: str) -> None:
    peers, remarks = open_peers(python, ["txtai"])
    assert peers == []
    assert said in remarks[0]
    with pytest.raises(PeerError, match=said):
        Peer("txtai", python)


def test_without_an_environment_it_says_that_no_peer_was_measured() -> None:
    assert open_peers(None) == (
        [],
        ["The peers were not measured: name their environment with --peers-python."],
    )


# Counting operations, by hand for width 8 and inner width 32


def test_operations_of_a_layer_are_its_products() -> None:
    # A token: query, key, value, output 4·8·8, dense 2·8·32, each a multiplication and an addition.
    assert layer_operations(CONFIG, [1]) == 2 * (256 + 512) + 2 * 2 * 8
    assert layer_operations(CONFIG, [3, 2]) == 5 * 1536 + 2 * 2 * 8 * (9 + 4)


def test_operations_of_first_tokens_leave_the_other_rows_out() -> None:
    # Keys and values of all: 2·2·8·8 a token; the rest of one token a text.
    expected = 5 * 256 + 2 * 2 * (2 * 64 + 2 * 256) + 2 * 2 * 8 * 5
    assert first_token_operations(CONFIG, [3, 2]) == expected


def test_operations_of_a_pass_read_the_question_below_and_the_pairs_above() -> None:
    pairs = [2 + 5, 2 + 9]
    expected = 2 * layer_operations(CONFIG, [2]) + 3 * layer_operations(CONFIG, pairs)
    assert pair_operations(CONFIG, 2, [5, 9]) == expected + first_token_operations(CONFIG, pairs)


# Indexing


def test_the_best_round_of_each_side_counts() -> None:
    times = iter([3.0, 5.0, 1.0, 6.0])
    assert in_turn({"a": lambda n: next(times), "b": lambda n: next(times)}, 2) == {
        "a": 1.0,
        "b": 5.0,
    }


def test_rates_are_told_beside_the_bare_encoders() -> None:
    table = rate_table({OURS: 90.0, BARE_HERE: 100.0}, ["one two", "three four"])
    assert table[0][0] == "2 passages of 2 words"
    assert table[1] == [OURS, "90.0 (×0.90)"]


def test_goals_of_indexing_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {OURS: 96.0, BARE_HERE: 100.0, ENCODER: 120.0, "slow": 40.0, "fast": 60.0}
    share, own, times = indexing.goals_of(rates)
    assert (share.found, share.is_met) == ("96%", True)
    assert (own.found, own.is_met) == ("80%", False)
    assert (times.found, times.is_met) == ("1.60 times", False)
    assert "(fast)" in times.aim


# Start


def test_imports_are_read_with_what_they_import() -> None:
    lines = [
        "import time: self [us] | cumulative | imported package",
        "import time:      1000 |     500000 |   torch",
        "import time:       200 |       9000 | torch.nn",
        "WARNING nothing",
        "import time:   -700000 |    1500000 | gradio",
    ]
    assert read_imports(lines) == {"gradio": 1.5, "torch": 0.5}


def test_the_server_is_started_asked_and_stopped(tmp_path: Path) -> None:
    started = starting.start_once(tmp_path / "library", ["What is microchimerism?"], imports=True)
    assert 0 < started.page_s < started.answer_s
    assert {"gradio", "torch"} <= set(started.imports_s)
    assert 100 < started.peak_mib <= started.asked_mib


# Users


class Answering:
    """Fails at one question, and answers another one wrongly."""

    def ask(self, question: str) -> Reply:
        if question == "fail":
            raise RuntimeError("no")
        text = "other" if question == "wrong" else question
        return Abstention(text, text, "", (), 0.1 if question != "wrong" else 0.2)


def test_errors_and_wrong_answers_of_users_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "shown", lambda reply: reply)
    questions = ["a", "fail", "b", "wrong"]
    expected: dict[str, object] = {q: Abstention(q, q, "", (), 0.1) for q in questions}
    served = serve(Answering(), questions, expected, 2)  # type: ignore[arg-type]  # a stand-in
    assert (served.errors, served.wrong, len(served.times.seconds)) == (1, 1, 3)
    assert served.rate == 3 / served.all_s


def test_replies_are_alike_where_kind_and_quotes_are() -> None:
    one, other = (Abstention(text, text, "", (), 0.1) for text in ("a", "b"))
    assert shown(one) == shown(other) == (Abstention, ())


# The command


def test_a_file_without_markers_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure_users", lambda *_, **__: MEASURED)
    path = tmp_path / "RESULTS.md"
    path.write_text("nothing\n", "utf-8")
    kept = tmp_path / "found.json"
    assert command.main(["users", "--json", str(kept), "--update-readme", str(path)]) == 2
    said = capsys.readouterr()
    assert "| 1 | 3.0 |" in said.out
    assert "needs one line <!-- speed-users:start -->" in said.err
    assert json.loads(kept.read_text("utf-8"))["measured"][0]["name"] == "users"


def test_what_is_loaded_is_timed_step_by_step(tmp_path: Path) -> None:
    steps = measure_loading(tmp_path / "library")
    assert next(iter(steps)) == "torch imported"
    assert {"index opened", "evidence model loaded", "first question"} <= set(steps)
    assert all(seconds >= 0 for seconds in steps.values())
    assert steps["torch imported"] > 0.1
