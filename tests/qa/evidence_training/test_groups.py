"""Wide groups: what is in them, and that a file gives back what was written."""

from pathlib import Path

import pytest

from qa.evidence_model.pairs import Candidate
from qa.evidence_training.__main__ import main
from qa.evidence_training.articles import Example, TrainingDataError, read_squad
from qa.evidence_training.groups import WideGroup, read_groups, write_groups
from qa.evidence_training.heldout import evaluate_held_out, sum_up_groups
from qa.evidence_training.medquad import read_medquad
from qa.evidence_training.sampling import Sampler
from qa.evidence_training.widening import STRANGERS, WIDTH, held_out_groups, widen
from tests.conftest import KeywordEncoder
from tests.qa.evidence_training.toys import TOYS, write_squad

BONE = Candidate("Bone is hard.", "", "Bone.")
MILK = Candidate("Milk is 4 °C warm.", "Bone is hard.", "Milk.")
GROUPS = [
    WideGroup("What is hard?", (BONE, MILK), (True, False), "squad", True),
    WideGroup("What is soft?", (MILK, BONE), (None, False), "written-swapped", None),
]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    path = write_squad(tmp_path_factory.mktemp("data") / "squad.json", TOYS[:3])
    return read_squad(path, source="squad")


@pytest.fixture(scope="module")
def sampler(examples: list[Example]) -> Sampler:
    return Sampler(examples, KeywordEncoder())


@pytest.fixture(scope="module")
def groups(sampler: Sampler, examples: list[Example]) -> list[WideGroup]:
    return list(widen(sampler, examples * 20, seed=3))


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    assert write_groups(tmp_path / "new" / "groups.json.xz", GROUPS) == 2
    assert read_groups(tmp_path / "new" / "groups.json.xz") == GROUPS


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_another_file_is_an_error_that_names_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "groups.json.xz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingDataError, match=r"groups\.json\.xz cannot be read as groups"):
        read_groups(path)


def test_a_group_with_too_few_labels_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "groups.json.xz"
    write_groups(path, [WideGroup("What?", (BONE, MILK), (True,), "squad", True)])
    with pytest.raises(TrainingDataError, match=r"2 candidates, but 1 labels: 'What\?'"):
        read_groups(path)


def test_only_sentences_that_answer_are_labelled_so(
    groups: list[WideGroup], examples: list[Example]
) -> None:
    by_question = {example.question: example for example in examples}
    found = [group for group in groups if group.question in by_question]
    assert len(found) >= 200
    for group in found:
        example = by_question[group.question]
        answers = {example.article.sentences[n].candidate for n in example.answers}
        right = {c for c, label in zip(group.candidates, group.labels, strict=True) if label}
        assert right == answers
        assert group.answerable == bool(answers)


def test_misleading_sentences_are_labelled_wrong(
    groups: list[WideGroup], examples: list[Example]
) -> None:
    near = {e.question: {e.article.sentences[n].candidate for n in e.near} for e in examples}
    for group in groups:
        labels = dict(zip(group.candidates, group.labels, strict=True))
        assert [labels[candidate] for candidate in near.get(group.question, ())] == [False] * len(
            near.get(group.question, ())
        )


def test_each_group_has_sentences_of_another_article_that_do_not_answer(
    groups: list[WideGroup], examples: list[Example]
) -> None:
    own = {e.question: {s.candidate for s in e.article.sentences} for e in examples}
    for group in groups:
        if group.question in own:
            strange = [n for n, c in enumerate(group.candidates) if c not in own[group.question]]
            assert len(strange) == STRANGERS
            assert {group.labels[n] for n in strange} == {False}
            assert len(group.candidates) <= WIDTH + STRANGERS


def test_of_a_question_with_another_name_only_the_old_answer_is_known_to_be_wrong(
    groups: list[WideGroup],
) -> None:
    swapped = [group for group in groups if group.source == "squad-swapped"]
    assert len(swapped) >= 10
    for group in swapped:
        assert group.labels[0] is False
        assert set(group.labels[1:-STRANGERS]) <= {None}
        assert group.answerable is None


def test_some_questions_are_misspelt(groups: list[WideGroup], examples: list[Example]) -> None:
    known = {example.question for example in examples}
    odd = [g for g in groups if g.question not in known and g.source == "squad"]
    assert 0.05 < len(odd) / len(groups) < 0.3


def test_the_same_seed_gives_the_same_groups(sampler: Sampler, examples: list[Example]) -> None:
    again = list(widen(sampler, examples, seed=5))
    assert list(widen(sampler, examples, seed=5)) == again
    assert list(widen(sampler, examples, seed=6)) != again


def test_held_out_groups_are_summed_up_as_held_out_questions(
    sampler: Sampler, examples: list[Example]
) -> None:
    def score(question: str, candidates: object) -> list[float]:
        return [float(len(c.sentence) % 7) for c in candidates]  # type: ignore[attr-defined]

    made = list(held_out_groups(sampler, examples, candidates=3))
    found = sum_up_groups(made, [score(g.question, g.candidates) for g in made])
    assert found == evaluate_held_out(examples, sampler, score, candidates=3)


FLU = """<?xml version="1.0"?><Document><Focus>Flu</Focus><QAPairs>
<QAPair><Question>What is (are) Flu ?</Question><Answer>Flu is an illness of the lungs.</Answer>
</QAPair><QAPair><Question>What causes  Flu ?</Question><Answer>A virus causes the flu.</Answer>
</QAPair><QAPair><Question>How is Flu seen ?</Question><Answer/></QAPair>
<QAPair><Question>Who gets Flu ?</Question><Answer>People of every age get the flu.</Answer>
</QAPair></QAPairs></Document>"""


def test_medquad_file_is_an_article_of_its_answers(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "flu.xml").write_text(FLU, encoding="utf-8")
    found = list(read_medquad(tmp_path))
    assert [e.question for e in found] == [
        "What is (are) Flu?",
        "What causes Flu?",
        "Who gets Flu?",
    ]
    assert len({id(e.article) for e in found}) == 1
    sentences = [s.candidate.sentence for s in found[0].article.sentences]
    assert sentences == ["Flu is an illness of the lungs.", "People of every age get the flu."]
    assert {(e.answers, e.near) for e in found} == {((), ())}


def test_nothing_is_labelled_where_nothing_is_known(tmp_path: Path, sampler: Sampler) -> None:
    (tmp_path / "flu.xml").write_text(FLU, encoding="utf-8")
    medquad = list(read_medquad(tmp_path))
    group = next(widen(Sampler(medquad, KeywordEncoder()), medquad, seed=1))
    assert set(group.labels) == {None}
    assert group.answerable is None


@pytest.mark.parametrize(("content", "said"), [("<Document>", "as XML"), (None, "holds no .xml")])
def test_a_folder_that_is_not_medquad_is_an_error(
    tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "flu.xml").write_text(content, encoding="utf-8")
    with pytest.raises(TrainingDataError, match=said):
        list(read_medquad(tmp_path))


def test_command_writes_groups_and_keeps_held_out_articles_apart(tmp_path: Path) -> None:
    squad = write_squad(tmp_path / "squad.json")
    (tmp_path / "medquad").mkdir()
    (tmp_path / "medquad" / "flu.xml").write_text(FLU, encoding="utf-8")
    arguments = ["groups", "--squad", str(squad), "--medquad", str(tmp_path / "medquad")]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    train = read_groups(tmp_path / "out" / "train.json.xz")
    held_out = read_groups(tmp_path / "out" / "heldout.json.xz")
    assert {group.source.split("-")[0] for group in train} == {"squad", "tables", "medquad"}
    assert [group.answerable for group in held_out] == [True, True, False]
    heart = {candidate for group in held_out for candidate in group.candidates}
    assert {candidate.place for candidate in heart} == {"Heart."}
    assert not heart & {candidate for group in train for candidate in group.candidates}


def test_command_takes_no_more_articles_of_medquad_than_told(tmp_path: Path) -> None:
    squad = write_squad(tmp_path / "squad.json")
    (tmp_path / "medquad").mkdir()
    for name in ("flu", "cold", "gout"):
        text = FLU.replace("Flu", name.title())
        (tmp_path / "medquad" / f"{name}.xml").write_text(text, encoding="utf-8")
    arguments = ["groups", "--squad", str(squad), "--medquad", str(tmp_path / "medquad")]
    arguments += ["--medquad-articles", "2", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    train = read_groups(tmp_path / "out" / "train.json.xz")
    places = {g.candidates[0].place for g in train if g.source == "medquad"}
    assert len(places) == 2
