"""The command: what it prints and writes, and what it refuses before a model runs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.public_sets.__main__ import main
from benchmarks.public_sets.answerability import measure_answerability
from benchmarks.public_sets.beir import BeirError
from benchmarks.public_sets.caching import CachedScorer
from benchmarks.public_sets.measuring import NDCG, RECALL
from benchmarks.public_sets.reporting import (
    END,
    START,
    Report,
    check_markers,
    markdown,
    terminal,
    update_readme,
    write_json,
)
from benchmarks.public_sets.reranking import DEFAULT, HYBRID_EVIDENCE, Combination
from benchmarks.public_sets.running import Plan, run_plan
from benchmarks.public_sets.searching import BM25, HYBRID
from benchmarks.public_sets.tables import (
    answerability_table,
    format_estimate,
    hit_table,
    retrieval_table,
    tuning_table,
)
from benchmarks.public_sets.tuning import OverlapError, TuningRow
from qa.evaluation.bootstrap import Estimate
from qa.evaluation.markdown import ReadmeError
from tests.benchmarks.conftest import CountingScorer, write_set
from tests.benchmarks.test_answerability import COVIDQA, SQUAD
from tests.conftest import KeywordEncoder


@pytest.fixture
def plan(set_folder: Path) -> Plan:
    return Plan(data=set_folder.parent, sets=("scifact",))


@pytest.fixture
def cached(tmp_path: Path, scorer: CountingScorer) -> CachedScorer:
    return CachedScorer(scorer, tmp_path / "cache", identity="counting")


@pytest.fixture
def report(plan: Plan, cached: CachedScorer) -> Report:
    return run_plan(plan, KeywordEncoder(), cached)


def test_set_is_measured_by_all_four_systems(report: Report) -> None:
    (found,) = report.sets
    ndcg, recall = found.rows

    assert (found.name, found.documents, found.queries) == ("scifact", 4, 2)
    assert (ndcg.measure, recall.measure) == (NDCG, RECALL)
    assert list(recall.estimates) == [BM25, "dense", HYBRID, HYBRID_EVIDENCE]
    # Four documents are all found, but BM25 does not find the bees for "bone".
    assert [one.value for one in recall.estimates.values()] == [0.75, 1.0, 1.0, 1.0]
    assert report.conditions.chosen_on == "fixed in advance"
    assert report.conditions.combination == DEFAULT


def test_evidence_model_may_be_asked_fewer_queries(
    plan: Plan, cached: CachedScorer, scorer: CountingScorer
) -> None:
    report = run_plan(replace(plan, evidence_queries=1), KeywordEncoder(), cached)

    row = report.sets[0].rows[0]
    assert len(scorer.calls) == 1
    assert (row.estimates[HYBRID].questions, row.estimates[HYBRID_EVIDENCE].questions) == (2, 1)
    headings, line, _ = retrieval_table(report.sets)
    assert line[headings.index(HYBRID_EVIDENCE)].endswith("] (1 queries)")
    assert line[headings.index(HYBRID)].endswith("]")


def test_limit_draws_the_same_queries_each_time(plan: Plan) -> None:
    seen = []
    for _ in range(8):  # by chance the same one of two would be drawn once in 128
        encoder = KeywordEncoder()
        run_plan(replace(plan, limit=1), encoder, None)
        seen.append(encoder.seen[4:])

    assert len(seen[0]) == 1
    assert seen == [seen[0]] * 8


def test_without_an_evidence_model_there_is_no_column_for_it(plan: Plan) -> None:
    report = run_plan(plan, KeywordEncoder(), None)

    assert retrieval_table(report.sets)[0] == [
        *("set", "measure", "BM25", "dense", "hybrid", "hybrid − BM25")
    ]
    assert report.conditions.evidence_model == "none"


def write_tuning(folder: Path, text: str = "answer there") -> tuple[Path, Path]:
    queries, qrels = folder / "train.jsonl", folder / "train.tsv"
    queries.write_text(json.dumps({"_id": "t1", "text": text}) + "\n", encoding="utf-8")
    qrels.write_text("headings\nt1\tgut\t1\n", encoding="utf-8")
    return queries, qrels


def test_tuned_combination_is_used_and_said(
    plan: Plan, cached: CachedScorer, tmp_path: Path
) -> None:
    report = run_plan(replace(plan, tune=write_tuning(tmp_path)), KeywordEncoder(), cached)

    assert report.conditions.combination == report.tuning[0].combination
    assert report.conditions.chosen_on == "chosen on 1 other queries of scifact"
    assert "chosen on 1 other queries of scifact" in markdown(report)


def test_question_that_is_measured_is_refused_for_tuning(
    plan: Plan, cached: CachedScorer, scorer: CountingScorer, tmp_path: Path
) -> None:
    # Refused even where the set itself is not measured in this run.
    other = replace(plan, sets=(), tune=write_tuning(tmp_path, "Bone"))

    with pytest.raises(OverlapError):
        run_plan(other, KeywordEncoder(), cached)
    assert scorer.calls == []


def test_all_files_are_read_before_a_model_runs(plan: Plan, set_folder: Path) -> None:
    write_set(set_folder.parent / "pubmedqa", qrels=[("q1", "gut", 0)])
    encoder = KeywordEncoder()

    with pytest.raises(BeirError, match=r"pubmedqa.*qrels.tsv judges no document relevant"):
        run_plan(replace(plan, sets=("scifact", "pubmedqa")), encoder, None)
    assert encoder.seen == []


def test_unknown_set_is_named_beside_those_that_are_there(plan: Plan) -> None:
    with pytest.raises(BeirError, match=r"has no set 'scifcat'; it has: scifact"):
        run_plan(replace(plan, sets=("scifcat",)), KeywordEncoder(), None)


def test_run_that_is_repeated_reads_no_pair_anew(
    plan: Plan, cached: CachedScorer, scorer: CountingScorer, report: Report
) -> None:
    calls = len(scorer.calls)

    again = run_plan(plan, KeywordEncoder(), cached)

    assert calls == 2
    assert len(scorer.calls) == calls
    assert again.sets == report.sets


def test_estimates_are_written_with_three_places() -> None:
    assert format_estimate(Estimate(0.71234, 0.66249, 0.7599, 9)) == "0.712 [0.662, 0.760]"
    assert format_estimate(Estimate(0.0123, -0.01, 0.03, 9), sign=True) == "+0.012 [-0.010, +0.030]"
    assert format_estimate(Estimate(None, None, None, 0)) == ""


def test_markdown_names_what_the_numbers_depend_on(report: Report) -> None:
    text = markdown(report)

    assert "Embedding model `keywords` (`cccccccccccc`), evidence model `counting`" in text
    assert "SciFact: 2 queries, 4 documents, recall@10 at most 1.000." in text
    assert "reads the 20 best documents of the hybrid" in text
    assert report.conditions.machine in text
    assert f"; {report.conditions.date}." in text
    assert "Python 3." in text
    assert "numpy 2." in text
    table = [line for line in text.split("\n") if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert table[2].startswith("| SciFact | nDCG@10 | ")


def test_tables_of_answerability() -> None:
    rows = measure_answerability([*SQUAD, *COVIDQA], KeywordEncoder(), CountingScorer())

    auroc, hits = answerability_table(rows), hit_table(rows)

    assert [line[:3] for line in auroc[1:]] == [
        ["SQuAD 2.0", "5", "3"],
        ["COVID-QA, own article or another", "4", "2"],
    ]
    assert auroc[0][3:] == [
        *("top BM25", "top cosine", "cosine + BM25", "evidence model"),
        "evidence model − top cosine",
    ]
    assert [line[:2] for line in hits] == [
        ["hit@1", "answerable"],
        ["COVID-QA", "2"],
        ["SQuAD 2.0", "3"],
    ]


def test_table_of_tuning_has_a_line_for_each_scaling() -> None:
    rows = [
        TuningRow(Combination("probability", 0.1), 0.75),
        TuningRow(Combination("min-max", 0.1), 0.5),
        TuningRow(Combination("probability", 0.0), 0.25),
        TuningRow(Combination("min-max", 0.0), 0.25),
    ]

    assert tuning_table(rows) == [
        ["nDCG@10, weight", "0.0", "0.1"],
        ["min-max", "0.250", "0.500"],
        ["probability", "0.250", "0.750"],
    ]


def test_terminal_aligns_columns() -> None:
    assert terminal([["set", "a"], ["SciFact", "0.5"]]) == "set      a\nSciFact  0.5"


def test_json_holds_everything(report: Report, tmp_path: Path) -> None:
    write_json(report, tmp_path / "new" / "results.json")

    found = json.loads((tmp_path / "new" / "results.json").read_text(encoding="utf-8"))
    assert found["conditions"]["combination"] == {"scaling": "probability", "weight": 0.5}
    recall = found["sets"][0]["rows"][1]
    assert recall["estimates"]["BM25"]["value"] == 0.75
    assert recall["differences"][0]["first"] == "hybrid"


def test_numbers_go_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text(f"# Above\n\n{START}\nold\n{END}\n\nBelow\n", encoding="utf-8")

    update_readme(path, "| new |")

    expected = f"# Above\n\n{START}\n| new |\n{END}\n\nBelow\n"
    assert path.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    "text",
    ["", START, f"{END}\n{START}", f"{START}\n{END}\n{START}\n{END}"],
    ids=["none", "one", "reversed", "twice"],
)
def test_file_without_its_markers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ReadmeError, match=r"RESULTS.md needs one line <!-- public-sets:start -->"):
        check_markers(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to measure: name --data DIR, --squad FILE or --covidqa FILE"),
        (["--squad", "x", "--tune", "a", "b"], "--tune needs --data DIR"),
        (
            ["--data", "x", "--tune", "a", "b", "--evidence-model", "none"],
            "needs an evidence model",
        ),
        (["--data", "x", "--depth", "9"], "--depth must be at least 10, got 9"),
        (["--data", "x", "--limit", "0"], "--limit: must be at least 1, got 0"),
    ],
    ids=["nothing", "tune-alone", "tune-without-model", "shallow", "no-query"],
)
def test_options_that_make_no_sense_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_command_says_what_is_wrong_in_one_line(
    tmp_path: Path, set_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "RESULTS.md"
    sets = ["--data", str(set_folder.parent), "--evidence-model", "none"]

    assert main([*sets, "--update-readme", str(missing)]) == 2
    assert (
        capsys.readouterr().err == f"error: {missing} cannot be read (No such file or directory)\n"
    )


def test_command_runs_with_the_real_encoder(
    tmp_path: Path, set_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, written = tmp_path / "RESULTS.md", tmp_path / "results.json"
    results.write_text(f"{START}\n{END}\n", encoding="utf-8")
    sets = ["--data", str(set_folder.parent), "--sets", "scifact", "--evidence-model", "none"]
    outputs = ["--update-readme", str(results), "--json", str(written)]

    code = main([*sets, "--cache", str(tmp_path / "cache"), *outputs])

    printed = capsys.readouterr().out.split("\n")
    assert code == 0
    assert printed[0].split("  ")[0] == "set"
    assert printed[1].startswith("SciFact  nDCG@10    ")
    assert "| SciFact | recall@10 | 0.750 [" in results.read_text(encoding="utf-8")
    assert json.loads(written.read_text(encoding="utf-8"))["tuning"] == []
