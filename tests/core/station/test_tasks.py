"""Việc cần làm, the rules: every cause once, in an order that does not wander, and nothing pressing ever hidden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.station.tasks import (
    LONGEST_OFF,
    PRESSING,
    Gravity,
    Mend,
    PutOff,
    Task,
    is_hidden,
    is_pressing,
    ordered,
    put_off_until,
    task_sentence,
)
from scheduler.kernel.errors import Refused
from tests.rows import over

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def task(key="a", gravity=Gravity.FAILS, minutes=None, **more):
    due = None if minutes is None else NOW + minutes * MINUTE
    return Task(key, more.pop("reason", "audio_missing"), gravity, Mend.STATION, due=due, **more)


KEYS = st.sampled_from("abcdefg")
TASKS = st.lists(
    st.builds(
        Task,
        key=KEYS,
        reason=st.sampled_from(["audio_missing", "unapproved", "approval_waits"]),
        gravity=st.sampled_from(Gravity),
        mend=st.sampled_from(Mend),
        about=st.sampled_from(["", "1", "2"]),
        due=st.none() | st.integers(-600, 6000).map(lambda minutes: NOW + minutes * MINUTE),
        details=st.dictionaries(st.sampled_from(["title", "zone"]), st.sampled_from(["x", "y"]), max_size=2),
        covers=st.frozensets(KEYS, max_size=2),
    ),
    max_size=12,
)


@given(TASKS, st.randoms())
def test_the_order_they_come_in_makes_no_difference(tasks, chance):
    mixed = list(tasks)
    chance.shuffle(mixed)
    assert ordered(mixed) == ordered(tasks)


@given(TASKS)
def test_no_cause_is_told_twice_and_ordering_again_changes_nothing(tasks):
    told = ordered(tasks)
    assert len({one.key for one in told}) == len(told)
    assert ordered(told) == told


@given(TASKS)
def test_no_cause_is_lost_unless_another_that_is_told_covers_it(tasks):
    told = ordered(tasks)
    shown, covered = {one.key for one in told}, {key for one in told for key in one.covers}
    assert {one.key for one in tasks} <= shown | covered
    assert bool(told) == bool(tasks)


@given(TASKS)
def test_what_fails_now_is_first_then_what_has_a_time_soonest_first_then_the_rest_by_gravity(tasks):
    told = ordered(tasks)
    ranks = [0 if one.gravity is Gravity.NOW else 1 if one.due else 2 for one in told]
    assert ranks == sorted(ranks)
    dues = [one.due for one, rank in zip(told, ranks, strict=True) if rank == 1]
    assert dues == sorted(dues)
    undated = [one.gravity for one, rank in zip(told, ranks, strict=True) if rank == 2]
    assert undated == sorted(undated)


@given(TASKS)
def test_a_cause_told_twice_has_the_sooner_time_and_the_graver_weight(tasks):
    for one in ordered(tasks):
        same = [other for other in tasks if other.key == one.key]
        dues = [other.due for other in same if other.due]
        assert one.gravity <= min(other.gravity for other in same)
        assert not dues or one.due <= min(dues)


def test_an_announcement_that_waits_and_that_the_plan_needs_is_one_task_with_its_time():
    waits = task("unapproved:7", Gravity.WAITS, reason="approval_waits")
    needed = task("unapproved:7", Gravity.FAILS, 90, reason="unapproved")
    assert ordered([waits, needed]) == [needed]


def test_an_output_in_trouble_explains_the_airings_that_nobody_would_hear():
    output = task("output:Loa", Gravity.NOW, covers=frozenset({"no_output_open:all"}))
    unheard = task("no_output_open:all", Gravity.FAILS, 10)
    assert ordered([unheard, output]) == [replace(output, due=unheard.due)]


def test_two_that_cover_each_other_are_both_told():
    both = [task("a", covers=frozenset("b")), task("b", covers=frozenset("a"))]
    assert {one.key for one in ordered(both)} == {"a", "b"}


@over(
    "gravity, minutes, pressing",
    [
        (Gravity.FAILS, 120, True),
        (Gravity.FAILS, 121, False),
        (Gravity.FAILS, -5, True),
        (Gravity.FAILS, None, False),
        (Gravity.NOW, None, True),
        (Gravity.WAITS, 5, False),
        (Gravity.HEED, None, False),
    ],
)
def test_what_fails_within_two_hours_presses(gravity, minutes, pressing):
    one = task(gravity=gravity, minutes=minutes)
    assert is_pressing(one, NOW) == pressing
    if pressing:
        with pytest.raises(Refused, match="todo_pressing"):
            put_off_until(one, NOW + MINUTE, NOW)


def test_what_will_fail_is_seen_again_two_hours_before_however_long_it_was_put_off():
    one = task(minutes=600)
    assert put_off_until(one, NOW + timedelta(days=3), NOW) == one.due - PRESSING


def test_nothing_is_put_off_for_longer_than_two_weeks_nor_into_the_past():
    one = task(gravity=Gravity.HEED)
    assert put_off_until(one, NOW + timedelta(days=90), NOW) == NOW + LONGEST_OFF
    with pytest.raises(Refused, match="time_invalid"):
        put_off_until(one, NOW, NOW)


@given(TASKS, st.integers(-100, 30_000), st.integers(0, 30_000))
def test_nothing_pressing_is_ever_hidden_however_it_was_put_off(tasks, wanted, later):
    now = NOW + later * MINUTE
    for one in tasks:
        off = PutOff(NOW + wanted * MINUTE, one.mark)
        assert not (is_pressing(one, now) and is_hidden(one, off, now))


def test_what_was_put_off_is_hidden_until_its_time_and_not_at_it():
    one = task(gravity=Gravity.WAITS)
    off = PutOff(NOW + MINUTE, one.mark)
    assert is_hidden(one, off, NOW)
    assert not is_hidden(one, off, NOW + MINUTE)


@pytest.mark.parametrize(
    "change", [{"due": NOW + MINUTE}, {"reason": "audio_changed"}, {"gravity": Gravity.HEED}], ids=str
)
def test_what_has_changed_since_it_was_put_off_is_seen_again(change):
    one = task(gravity=Gravity.WAITS)
    assert not is_hidden(replace(one, **change), PutOff(NOW + timedelta(days=1), one.mark), NOW)


def test_a_reason_inside_a_sentence_is_said_in_words():
    one = task(reason="not_aired_today", details={"airings": "2", "why": "station_off"})
    assert task_sentence(one) == "Hôm nay 2 lượt không phát được. Trạm không chạy vào giờ này."
