"""End to end with a small real assistant: it is asked, ranked, timed, judged and summed up."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus.document import Document
from index.overview import Overview
from qa.answering import Abstention, Answer, Reply
from qa.boundaries import Boundary, Refusal
from qa.evaluation.command import add_arguments, evaluate
from qa.evaluation.judging import SYSTEMS, Outcome, System
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import run_questions
from qa.evaluation.summary import COMPARED, Summary
from qa.quoting import Quote
from qa.timing import stage

LINES = [
    {
        "id": "fact-1",
        "kind": "fact",
        "question": "What does milk hold?",
        "answerable": True,
        "evidence": ["Milk holds stem cells"],
        "references": [1, 2],
    },
    {
        "id": "follow-1",
        "kind": "followup",
        "question": "And who found them?",
        "history": ["What does milk hold?"],
        "answerable": True,
        "evidence": ["found by Cregan et al."],
        "references": [2],
    },
    {"id": "miss-1", "kind": "unanswerable", "question": "What about bones?", "answerable": False},
    {"id": "advice-1", "kind": "advice", "question": "Should I drink it?", "answerable": False},
]


@dataclass
class KeywordAssistant:
    """Answers "milk" and "found", declines "drink", is silent on everything else."""

    documents: dict[str, Document]
    good: Quote
    poor: Quote
    asked: list[str] = field(default_factory=list)
    ranked: list[tuple[str, tuple[str, ...], System]] = field(default_factory=list)

    @property
    def library(self) -> SimpleNamespace:
        facts = SimpleNamespace(model="keywords", corpus_sha256="c" * 64)
        overview = Overview.of_documents(self.documents.values())
        return SimpleNamespace(documents=self.documents, overview=overview, facts=facts)

    @property
    def stages(self) -> SimpleNamespace:
        def declines(question: str) -> Boundary | None:
            return "advice" if " my " in question else None

        return SimpleNamespace(scorer=None, min_confidence=0.4, boundaries=declines)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        standalone = " ".join([*history, question])
        with stage("search"):
            self.asked.append(question)
        if "drink" in question:
            return Refusal(question, standalone, "advice", "Ask a doctor.", "milk")
        if "milk" in question:
            return Answer(question, standalone, (self.good,), 0.9, "by keyword")
        if "found" in question:
            return Answer(question, standalone, (self.poor,), 0.6, "by keyword")
        return Abstention(question, standalone, "Not there.", (self.poor,), 0.2)

    def retrieve(
        self, question: str, history: Sequence[str] = (), *, system: System = "answer", k: int = 10
    ) -> Sequence[Quote]:
        self.ranked.append((question, tuple(history), system))
        if system == "bm25":
            return []
        return [self.good, self.poor][:k] if system == "answer" else [self.poor, self.good][:k]


@pytest.fixture
def assistant(milk: Document, bone: Document, make_quote: Callable[..., Quote]) -> KeywordAssistant:
    return KeywordAssistant(
        {"milk": milk, "bone": bone},
        good=make_quote(milk, "Milk holds stem cells (1,2)."),
        poor=make_quote(bone, "Bone is hard."),
    )


@pytest.fixture
def question_file(tmp_path: Path) -> Path:
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in LINES), encoding="utf-8")
    return path


@pytest.fixture
def questions(question_file: Path, milk: Document, bone: Document) -> tuple[Question, ...]:
    return load_questions(question_file, [milk, bone])


@pytest.fixture
def summary(
    assistant: KeywordAssistant,
    questions: tuple[Question, ...],
    sum_up: Callable[[Sequence[Outcome]], Summary],
) -> Summary:
    return sum_up(run_questions(assistant, questions, assistant.documents))


def test_every_question_has_an_outcome_in_order(
    assistant: KeywordAssistant, questions: tuple[Question, ...]
) -> None:
    outcomes = run_questions(assistant, questions, assistant.documents)
    assert [(o.question.id, o.status, o.confidence) for o in outcomes] == [
        ("fact-1", "answered", 0.9),
        ("follow-1", "answered", 0.6),
        ("miss-1", "not_in_source", 0.2),
        ("advice-1", "declined", None),
    ]
    assert outcomes[1].standalone_question == "What does milk hold? And who found them?"
    assert [quote.held for quote in outcomes[0].quotes] == [(0,)]
    assert [quote.text for quote in outcomes[2].nearest] == ["Bone is hard."]


def test_only_answerable_questions_are_ranked_by_each_system(
    assistant: KeywordAssistant, questions: tuple[Question, ...]
) -> None:
    fact, _, miss, advice = run_questions(assistant, questions, assistant.documents)
    assert tuple(fact.rankings) == SYSTEMS
    assert [quote.held for quote in fact.rankings["answer"]] == [(0,), ()]
    assert fact.rankings["bm25"] == ()
    assert (dict(miss.rankings), dict(advice.rankings)) == ({}, {})


def test_answerable_follow_up_is_also_ranked_without_its_history(
    assistant: KeywordAssistant, questions: tuple[Question, ...]
) -> None:
    fact, follow_up, *_ = run_questions(assistant, questions, assistant.documents)
    assert [ranked for ranked in assistant.ranked if ranked[2] == "answer"] == [
        ("What does milk hold?", (), "answer"),
        ("And who found them?", ("What does milk hold?",), "answer"),
        ("And who found them?", (), "answer"),
        ("What does milk hold? And who found them?", (), "answer"),
    ]
    assert list(follow_up.rewritings) == ["alone", "prepended", "rewritten"]
    assert follow_up.rewritings["rewritten"] == follow_up.rankings["answer"]
    assert dict(fact.rewritings) == {}


def test_only_the_assistant_is_asked_where_another_ranks(
    assistant: KeywordAssistant, questions: tuple[Question, ...]
) -> None:
    ranker = KeywordAssistant(assistant.documents, assistant.good, assistant.poor)
    run_questions(assistant, questions, assistant.documents, ranker=ranker)
    assert (len(assistant.asked), assistant.ranked) == (5, [])  # the first one warms up
    assert (ranker.asked, len(ranker.ranked)) == ([], 2 * len(SYSTEMS) + 2)


def test_failure_of_the_assistant_is_not_taken_for_silence(
    assistant: KeywordAssistant, questions: tuple[Question, ...]
) -> None:
    class BrokenAssistant(KeywordAssistant):
        def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
            raise RuntimeError("the index is gone")

    broken = BrokenAssistant(assistant.documents, assistant.good, assistant.poor)
    with pytest.raises(RuntimeError, match="the index is gone"):
        run_questions(broken, questions, assistant.documents)


@pytest.mark.parametrize(
    ("name", "system", "expected"),
    [
        ("hit@1", "bm25", 0.0),
        ("hit@1", "hybrid", 0.0),
        ("hit@1", "answer", 0.5),
        ("hit@3", "hybrid", 0.5),
        ("MRR@10", "dense", 0.25),
        ("exactness", "answer", 1.0),
        ("citation precision", "answer", 1.0),
        ("citation recall", "answer", 0.5),
        ("answered and wrong", "answer", 0.25),
        ("wrongly silent", "answer", 0.0),
        ("silence recall (near miss)", "answer", 1.0),
        ("advice declined", "answer", 1.0),
        ("AUROC (near miss)", "answer", 1.0),
    ],
)
def test_summary_holds_the_measures(
    summary: Summary, name: str, system: System, expected: float
) -> None:
    assert summary.estimate(name, system).value == expected


def test_unknown_measure_is_an_error(summary: Summary) -> None:
    with pytest.raises(KeyError, match="hit@2"):
        summary.estimate("hit@2")


def test_systems_are_compared_in_pairs(summary: Summary) -> None:
    found = {(d.first, d.second, d.name): d.estimate.value for d in summary.ranking.differences}
    assert found["answer", "hybrid", "hit@1"] == 0.5
    assert found["answer", "evidence", "hit@1"] == 0.5
    assert found["hybrid", "bm25", "MRR@10"] == 0.25
    assert list(dict.fromkeys((first, second) for first, second, _ in found)) == list(COMPARED)


def test_kinds_are_listed_with_their_shares(summary: Summary) -> None:
    rows = {row.kind: row for row in summary.kinds}
    assert list(rows) == ["fact", "followup", "unanswerable", "advice"]
    assert (rows["fact"].right, rows["followup"].right, rows["advice"].right) == (1.0, 0.0, 1.0)
    assert rows["unanswerable"].hit_at_1["answer"].value is None
    assert {s: rows["fact"].hit_at_1[s].value for s in ("bm25", "hybrid", "answer")} == {
        "bm25": 0.0,
        "hybrid": 0.0,
        "answer": 1.0,
    }
    assert rows["fact"].hit_at_3["hybrid"].value == 1.0
    assert (rows["unanswerable"].answered, rows["advice"].declined) == (0.0, 1.0)


def test_failures_are_the_replies_that_are_not_right(summary: Summary) -> None:
    assert [outcome.question.id for outcome in summary.failures] == ["follow-1"]


def test_risk_counts_the_surest_first(summary: Summary) -> None:
    # Confidence 0.9 is right, 0.6 and 0.2 would be wrong; advice is left out.
    assert summary.risk == pytest.approx((0, 1 / 2, 2 / 3))


def test_times_are_given_by_stage(summary: Summary) -> None:
    assert [(t.stage, t.questions) for t in summary.timings] == [("ask", 4), ("search", 4)]
    ask, search = summary.timings
    assert search.median_ms <= ask.median_ms


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser


def test_command_writes_what_was_asked_for(
    assistant: KeywordAssistant,
    question_file: Path,
    parser: argparse.ArgumentParser,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(
        "# Sic\n<!-- evaluation:start -->\n<!-- evaluation:end -->\n", encoding="utf-8"
    )
    arguments = ["--questions", question_file, "--report", tmp_path / "report"]
    arguments += ["--json", tmp_path / "results.json", "--update-readme", readme]
    code = evaluate(assistant, parser.parse_args([str(a) for a in arguments]))  # type: ignore[arg-type]  # a real class of the same shape
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == [
        "report.html",
        "results.json",
        "summary.md",
    ]
    assert "| BM25 | 0.00 [0.00, 0.00] |" in readme.read_text(encoding="utf-8")
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert results["ranking"]["answer"]["hit@1"]["value"] == 0.5
    assert results["questions"][0]["first_rank"] == {
        "bm25": None,
        "dense": 2,
        "hybrid": 2,
        "signals": 2,
        "evidence": 2,
        "answer": 1,
    }
    assert results["conditions"]["evidence_model"] == "none"
    assert results["threshold"]["confidence"] == 0.4
    assert results["conditions"]["boundaries_file"] == "boundaries-test.jsonl"
    assert results["boundaries"]["falsely_declined"]["questions"] == 65
    assert results["peak_mib"] > 10
    printed = capsys.readouterr().out
    assert "1 of 4 replies are not right" in printed
    assert max(len(line) for line in printed.splitlines()) <= 100


def test_command_fails_where_a_quote_is_altered(
    assistant: KeywordAssistant,
    question_file: Path,
    parser: argparse.ArgumentParser,
    milk: Document,
    make_quote: Callable[..., Quote],
) -> None:
    assistant.good = make_quote(milk, "Milk holds stem cells", text="Milk cures all")
    arguments = parser.parse_args(["--questions", str(question_file)])
    assert evaluate(assistant, arguments) == 1  # type: ignore[arg-type]  # as above


def test_command_names_a_bad_file(
    assistant: KeywordAssistant,
    parser: argparse.ArgumentParser,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = parser.parse_args(["--questions", "none.jsonl"])
    assert evaluate(assistant, arguments) == 2  # type: ignore[arg-type]  # as above
    assert "none.jsonl is missing" in capsys.readouterr().err


def test_command_takes_the_test_half_unless_told_otherwise(
    parser: argparse.ArgumentParser,
) -> None:
    assert parser.parse_args([]).half == "test"
    assert parser.parse_args(["--half", "dev"]).half == "dev"
