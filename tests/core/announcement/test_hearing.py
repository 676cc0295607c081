"""Heard to its end: every second, aloud, and no quicker than a person can listen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.announcement.hearing import FASTEST, check_heard, stretches_of
from scheduler.kernel.errors import Refused
from tests.rows import over

MINUTE = timedelta(seconds=60)


def refusal(stretches, length=MINUTE, passed=MINUTE):
    try:
        check_heard(stretches, length, passed)
    except Refused as refused:
        return refused.reason
    return ""


@over(
    "stretches, reason",
    [
        ([(0, 60)], ""),
        ([(30, 60), (0, 31)], ""),
        ([(0.3, 59.6)], ""),
        ([], "heard_in_part"),
        ([(0, 30), (40, 60)], "heard_in_part"),
        ([(0, 50), (0, 50)], "heard_in_part"),
        ([(60, 0)], "heard_in_part"),
        ([(70, 200)], "heard_in_part"),
    ],
)
def test_every_second_of_it_was_played(stretches, reason):
    assert refusal(stretches) == reason


@pytest.mark.parametrize(
    ("seconds", "reason"), [(60, ""), (40, ""), (39.1, ""), (38, "heard_too_fast"), (0, "heard_too_fast")]
)
def test_nobody_hears_a_minute_in_less_than_forty_seconds(seconds, reason):
    assert refusal([(0, 60)], passed=timedelta(seconds=seconds)) == reason


def test_what_is_missing_is_told_in_seconds():
    with pytest.raises(Refused) as refused:
        check_heard([(0, 30)], MINUTE, MINUTE)
    assert refused.value.details["seconds"] == 30


@given(st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90)), max_size=8), st.floats(2, 80))
def test_what_counts_covers_the_whole_sound(stretches, length):
    if refusal(stretches, timedelta(seconds=length), timedelta(hours=1)):
        return
    holes = [at / 4 for at in range(int(length * 4)) if not any(a <= at / 4 <= b for a, b in stretches)]
    assert len(holes) <= 5 + 2 * len(stretches)


@given(st.floats(4, 600))
def test_faster_than_allowed_never_counts(length):
    passed = timedelta(seconds=length / (FASTEST * 1.6) - 1.1)
    assert refusal([(0, length)], timedelta(seconds=length), passed) == "heard_too_fast"


def test_stretches_are_read_as_a_page_sends_them():
    assert stretches_of("0-12.4,20.0-52") == [(0.0, 12.4), (20.0, 52.0)]
    assert stretches_of("") == []


@over("typed", ["a-b", "1", "-", "1-2-3", "nan-5", "0-1e9", "0-" + "9" * 20, ",".join(["0-1"] * 501), "٣-5"])
def test_anything_else_is_refused(typed):
    with pytest.raises(Refused, match="hearing_unclear"):
        stretches_of(typed)
