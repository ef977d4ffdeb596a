"""A set of four documents in BEIR form, and an evidence model whose logits are word counts."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from qa.evidence_model.pairs import Candidate

DOCUMENTS = [
    {"_id": "milk", "title": "Milk.", "text": "Milk holds stem cells of the mother."},
    {"_id": "gut", "title": "", "text": "Stem cells reach the gut. In pups they answer there."},
    {"_id": "bone", "title": "Bone", "text": "Bone is made of bone, and grows from bone cells."},
    {"_id": "bees", "title": "", "text": "Bees gather pollen in the warm months of the year."},
]
QUERIES = [
    {"_id": "q1", "text": "stem cells gut"},
    {"_id": "q2", "text": "bone"},
    {"_id": "unjudged", "text": "milk"},
]
QRELS = [("q1", "gut", 1), ("q1", "milk", 0), ("q2", "bone", 1), ("q2", "bees", 1)]


class CountingScorer:
    """A sentence's logit is how often the word "answer" stands in it, minus a half."""

    def __init__(self) -> None:
        self.name = "counting"
        self.calls: list[tuple[str, list[Candidate]]] = []

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        self.calls.append((question, list(candidates)))
        return [candidate.sentence.count("answer") - 0.5 for candidate in candidates]


@pytest.fixture
def scorer() -> CountingScorer:
    return CountingScorer()


def write_set(
    folder: Path,
    *,
    documents: Sequence[dict[str, str]] = DOCUMENTS,
    queries: Sequence[dict[str, str]] = QUERIES,
    qrels: Sequence[tuple[str, str, int]] = QRELS,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, items in (("corpus", documents), ("queries", queries)):
        lines = "".join(json.dumps(item) + "\n" for item in items)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    rows = "".join(f"{query}\t{document}\t{grade}\n" for query, document, grade in qrels)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows, encoding="utf-8")
    return folder


@pytest.fixture
def set_folder(tmp_path: Path) -> Path:
    """The set, under the name of one that is measured by default."""
    return write_set(tmp_path / "sets" / "scifact")
