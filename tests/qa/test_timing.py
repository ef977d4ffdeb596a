"""Stages are counted where somebody asks, and only there."""

import time

import pytest

from qa.timing import record_stages, stage


def test_the_time_of_a_stage_is_recorded_under_its_name() -> None:
    with record_stages() as seconds, stage("search"):
        time.sleep(0.01)
    assert list(seconds) == ["search"]
    assert seconds["search"] >= 0.01


def test_a_stage_that_runs_twice_is_added_up() -> None:
    with record_stages() as seconds:
        for _ in range(2):
            with stage("search"):
                time.sleep(0.01)
    assert seconds["search"] >= 0.02


def test_stages_are_recorded_in_the_order_in_which_they_end() -> None:
    with record_stages() as seconds:
        for name in ("look up", "search", "evidence"):
            with stage(name):
                pass
    assert list(seconds) == ["look up", "search", "evidence"]


def test_a_stage_counts_for_nothing_where_nobody_records() -> None:
    with stage("search"):
        pass
    with record_stages() as seconds:
        pass
    assert seconds == {}


def test_a_stage_that_fails_is_recorded_and_the_error_goes_on() -> None:
    with record_stages() as seconds:
        with pytest.raises(ValueError, match="broken"), stage("search"):
            raise ValueError("broken")
        with stage("evidence"):
            pass
    assert list(seconds) == ["search", "evidence"]


def test_recording_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), record_stages() as seconds:
        raise ValueError("broken")
    with stage("search"):
        pass
    assert seconds == {}


def test_an_inner_recording_does_not_count_for_the_outer_one() -> None:
    with record_stages() as outer:
        with record_stages() as inner, stage("search"):
            pass
        with stage("quote"):
            pass
    assert (list(outer), list(inner)) == (["quote"], ["search"])
