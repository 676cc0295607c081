"""Waits after wrong tries."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.people.throttle import Budget, waits_until
from tests.rows import over

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
BUDGET = Budget(free=3, first=timedelta(seconds=30), longest=timedelta(minutes=4), window=timedelta(hours=1))


def tries(count):
    return [NOW - timedelta(seconds=count - number) for number in range(count)]


@over("count, seconds", [(0, None), (2, None), (3, 30), (4, 60), (5, 120), (6, 240), (7, 240), (500, 240)])
def test_waits_grow_up_to_the_longest(count, seconds):
    wrong = [NOW] * count
    assert waits_until(wrong, BUDGET, NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_a_wait_that_is_over_is_none():
    wrong = tries(3)
    end = wrong[-1] + BUDGET.first
    assert waits_until(wrong, BUDGET, end - timedelta(microseconds=1)) == end
    assert waits_until(wrong, BUDGET, end) is None


def test_what_lies_before_the_window_is_forgotten():
    assert waits_until([NOW - timedelta(hours=1)] * 9, BUDGET, NOW) is None


@given(st.lists(st.integers(0, 7200), max_size=60).map(sorted))
def test_nobody_waits_longer_than_the_longest_wait_whatever_was_tried(seconds):
    wrong = [NOW - timedelta(seconds=7200 - one) for one in seconds]
    until = waits_until(wrong, BUDGET, NOW)
    assert until is None or NOW < until <= NOW + BUDGET.longest
