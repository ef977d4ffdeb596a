"""Measuring how libraries grow: what is made, what is measured, and where the tables go."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale import __main__ as command
from benchmarks.scale import making, reporting
from benchmarks.scale.asking import Asked, load_questions, resident
from benchmarks.scale.assisting import Assisted
from benchmarks.scale.making import DerivingEncoder, Varier
from benchmarks.scale.measuring import SizeRow, VectorRow, measure_vectors
from benchmarks.synthetic import WordEncoder, write_articles
from index.mapped import codes
from index.mapped.codes import Measured, Recall

SENTENCES = [
    "Milk of the mother holds many living cells.",
    "Cells reach the brain of young animals there.",
    "Bees eat the pollen of several yellow flowers.",
    "Too short.",
]


SIZES_START, SIZES_END = "<!-- scale-sizes:start -->", "<!-- scale-sizes:end -->"
ASSISTANT_START, ASSISTANT_END = "<!-- scale-assistant:start -->", "<!-- scale-assistant:end -->"


@pytest.fixture
def deriving(monkeypatch: pytest.MonkeyPatch) -> DerivingEncoder:
    monkeypatch.setattr(making, "SHIFTS", 20)
    return DerivingEncoder(WordEncoder(), SENTENCES)


def test_one_word_is_changed_and_never_one_of_the_first_three() -> None:
    draw, varier = random.Random(1), Varier(SENTENCES)
    for sentence in SENTENCES[:3]:
        for _ in range(50):
            words, changed = sentence.split(), varier.vary(sentence, draw).split()
            assert sum(one != other for one, other in zip(words, changed, strict=True)) <= 1
            assert changed[:3] == words[:3]
    assert varier.vary("Too short.", draw) == "Too short."
    assert len({varier.vary(SENTENCES[0], draw) for _ in range(50)}) > 5


def test_vector_of_a_changed_sentence_lies_where_the_model_puts_such_a_one(
    deriving: DerivingEncoder,
) -> None:
    draw, varier, model = random.Random(2), Varier(SENTENCES), WordEncoder()
    changed = [varier.vary(SENTENCES[0], draw) for _ in range(30)]
    base = model.encode(SENTENCES[:1])[0]
    derived, real = deriving.encode(changed), model.encode(changed)
    np.testing.assert_allclose(np.linalg.norm(derived, axis=1), 1.0, atol=1e-5)
    assert np.mean(derived @ base) == pytest.approx(float(np.mean(real @ base)), abs=0.05)
    assert deriving.asked == 0
    assert derived.tolist() == deriving.encode(changed).tolist()


def test_other_texts_are_left_to_the_model(deriving: DerivingEncoder) -> None:
    texts = ["What is microchimerism?", SENTENCES[1], "Milk of the night is something else again"]
    vectors = deriving.encode(texts)
    expected = WordEncoder().encode(texts)
    np.testing.assert_allclose(vectors[0], expected[0], atol=1e-6)
    np.testing.assert_allclose(vectors[2], expected[2], atol=1e-6)
    assert deriving.asked == 2


def test_articles_are_made_of_changed_sentences(tmp_path: Path) -> None:
    vary = Varier(SENTENCES).vary
    write_articles(tmp_path, SENTENCES, count=1, length=60, vary=vary)
    text = next(tmp_path.iterdir()).read_text(encoding="utf-8")
    assert text.count("Milk of the") > 5 > text.count(SENTENCES[0])


def test_questions_are_the_development_questions() -> None:
    questions = load_questions()
    assert len(questions) == len(set(questions)) > 50
    assert all(question.strip() for question in questions)


def test_memory_of_the_process_is_read() -> None:
    before = resident("RssAnon")
    held = np.ones(30_000_000, dtype=np.float32)
    assert resident("RssAnon") - before > 100
    assert held[0] == 1
    with pytest.raises(RuntimeError, match="has no Nonsense"):
        resident("Nonsense")


def test_vectors_are_searched_exactly_and_by_both_kinds_of_codes(
    deriving: DerivingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "QUERIES", 20)
    rows = list(measure_vectors(3_000, deriving))
    assert [(row.kind, row.vectors) for row in rows] == [
        ("exact", 3_000),
        ("rabitq", 3_000),
        ("ivf-rabitq", 3_000),
    ]
    assert (rows[0].recall, rows[0].measured) == (1.0, None)
    for row in rows[1:]:
        assert row.measured is not None
        assert row.codes_mib > 0
        assert 0 < row.median_ms <= row.p95_ms


class SmallEncoder(WordEncoder):
    """Stands for the model; takes its name."""

    def __init__(self, name: str) -> None:
        super().__init__()


def run(monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]) -> int:
    monkeypatch.setattr(making, "SHIFTS", 20)
    monkeypatch.setattr(command, "real_sentences", lambda: SENTENCES)
    monkeypatch.setattr(command, "SentenceEncoder", SmallEncoder)
    return command.main(arguments)


def test_libraries_are_built_opened_and_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "RESULTS.md"
    marked = f"{SIZES_START}\nold\n{SIZES_END}\n{ASSISTANT_START}\nold\n{ASSISTANT_END}\n"
    results.write_text(f"before\n{marked}after\n", "utf-8")
    options = ["--sizes", "3", "1", "--vectors", "--length", "12", "--report", str(tmp_path)]
    options += ["--cache", str(tmp_path / "cache"), "--update-readme", str(results), "--json"]
    assert run(monkeypatch, options) == 0
    said = json.loads(capsys.readouterr().out)
    one, three = said["sizes"]
    assert (one["articles"], three["articles"]) == (1, 3)
    assert three["asked"]["passages"] == one["asked"]["passages"] + 2 * 13
    assert one["asked"]["search"] == "in memory"
    assert three["disk_mib"] > one["disk_mib"] > 0
    text = results.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{SIZES_START}\n")
    assert text.endswith(f"{ASSISTANT_END}\nafter\n")
    assert text.count("started, s") == 1
    for size in (one, three):
        assert 0 < size["assisted"]["start_s"] < 60
        assert 0 < size["assisted"]["median_ms"] <= size["assisted"]["p95_ms"]
        assert size["assisted"]["start_mib"] > 0
    assert "old" not in text
    assert (tmp_path / "scale.svg").read_text(encoding="utf-8").count("passages") >= 1


def test_file_without_markers_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("nothing\n", encoding="utf-8")
    options = ["--sizes", "1", "--vectors", "--cache", str(tmp_path), "--report", str(tmp_path)]
    options += ["--update-readme", str(path)]
    assert run(monkeypatch, options) == 2
    assert "needs one line <!-- scale-sizes:start -->" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "nothing\n"


def test_tables_give_ratios_to_the_smallest_library_and_to_exact_search() -> None:
    one = Asked(100, "in memory", 0.5, 100, 110, 90, 2.0, 4.0, 1.0)
    nine = Asked(900, "mapped, exact", 0.25, 200, 220, 90, 3.0, 4.0, 0.995)
    small = SizeRow(1, 2.0, 1.0, one, Assisted(0.5, 20.0, 10, 12, 8, 30.0, 40.0))
    large = SizeRow(9, 9.0, 8.0, nine, Assisted(1.0, 25.0, 20, 22, 9, 45.0, 40.0))
    assert reporting.size_table([small, large])[2] == [
        *("9", "900 (×9)", "mapped, exact", "9.0", "0.25 (×0.5)", "200 (×2)", "220 (90)"),
        *("8 (×8)", "3.0 (×1.5)", "4.0", "0.9950"),
    ]
    assert reporting.assistant_table([small, large])[2] == [
        *("9", "900", "1.00 (×2)", "25", "20", "22 (9)", "45 (×1.5)", "40"),
    ]
    exact = VectorRow("exact", 1_000, 0.0, 0.0, None, 10.0, 12.0, 10.0, 1.0)
    gate = Measured(0, 400, Recall(0.9912, 0.97), 200)
    coded = VectorRow("rabitq", 1_000, 3.0, 5.0, gate, 1.0, 2.0, 1.0, 0.999)
    assert reporting.vector_table([exact, coded])[2] == [
        *("1,000", "rabitq", "3", "5", "", "400", "0.9912", "0.9700"),
        *("1.0 (×0.1)", "2.0 (×0.167)", "1.0 (×0.1)", "0.9990"),
    ]
