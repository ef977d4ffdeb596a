"""Users who ask the real server side by side get what each gets alone."""

from pathlib import Path

from benchmarks.load import Load, conversations_of, measure, serving, table


def test_users_who_ask_at_once_get_their_own_answers(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, process):
        load = measure(url, process, users=8, questions=100, seconds=120, seed=1)
    assert load.errors == []
    assert load.mixed_up == []
    assert len(load.seconds) >= 20  # on a machine that does nothing else, 100
    assert load.growth < 0.5  # of so few questions; the long form measures it


def test_users_have_conversations_of_their_own() -> None:
    one, other = (conversations_of(user, 30, seed=1) for user in (0, 1))
    assert one != other
    assert one == conversations_of(0, 30, seed=1)
    assert [len(conversation) for conversation in one[:4]] == [1, 2, 3, 1]
    assert one[2][:2] == one[1]


def test_what_went_wrong_is_counted() -> None:
    assert Load(memory=[500.0, 540.0]).is_well
    assert not Load(memory=[500.0, 600.0]).is_well
    assert not Load(mixed_up=[("a", "b")]).is_well
    bad = Load(seconds=[1.0, 2.0, 3.0], errors=["no"], memory=[500.0, 600.0], took=2.0)
    assert table(bad, 8)[1] == ["8", "3", "1.5", "2.00", "3.80", "1", "0", "500", "600", "500, 600"]
    assert not bad.is_well
