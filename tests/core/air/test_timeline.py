from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.timeline import Arm, Began, Close, Cut, Due, Over, StopAsked, Tick, Timeline
from scheduler.core.model import AiringOutcome, Priority

T0 = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
TOLERANCE = timedelta(minutes=2)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def due(name: str, at: float, length: float = 10, priority: Priority = Priority.NORMAL, zone: str = "all") -> Due:
    return Due(name, zone, T0 + seconds(at), seconds(length), priority)


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(TOLERANCE)


def test_a_due_slot_gets_the_free_air_at_its_planned_start(timeline):
    assert timeline.feed(due("a", 5), T0) == [Arm("a", T0 + seconds(5))]


def test_a_slot_that_follows_exactly_is_armed_beside_the_one_before(timeline):
    timeline.feed(due("a", 5), T0)
    assert timeline.feed(due("b", 15), T0) == [Arm("b", T0 + seconds(15))]


def test_a_slot_that_overlaps_waits_and_goes_when_the_air_is_free(timeline):
    timeline.feed(due("a", 0), T0)
    assert timeline.feed(due("b", 9), T0 + seconds(4)) == []
    assert timeline.feed(Over("a"), T0 + seconds(10)) == [Arm("b", T0 + seconds(10))]


def test_two_zones_do_not_wait_for_each_other_but_all_waits_for_both(timeline):
    assert timeline.feed(due("a", 0, zone="tổ 1"), T0)
    assert timeline.feed(due("b", 0, zone="tổ 2"), T0)
    assert timeline.feed(due("c", 5), T0) == []


def test_the_same_slot_handed_over_twice_is_armed_once(timeline):
    assert timeline.feed(due("a", 5), T0)
    assert timeline.feed(due("a", 5), T0) == []


@pytest.mark.parametrize(
    ("waited", "missed"),
    [
        pytest.param(119.9, False, id="just_inside_the_tolerance"),
        pytest.param(120.0, False, id="at_the_tolerance"),
        pytest.param(120.1, True, id="just_past_it"),
    ],
)
def test_a_slot_that_waited_too_long_is_missed_not_played(timeline, waited, missed):
    timeline.feed(due("a", 0, length=1000), T0)
    timeline.feed(due("b", 0), T0)
    commands = timeline.feed(Tick(), T0 + seconds(waited))
    assert commands == ([Close("b", AiringOutcome.MISSED, "too_late")] if missed else [])


def test_after_a_stall_nothing_bursts(timeline):
    for number in range(10):
        timeline.feed(due(f"s{number}", number, length=30), T0)
    commands = timeline.feed(Tick(), T0 + timedelta(hours=3))
    assert all(isinstance(command, Close) for command in commands)


def test_priority_goes_before_an_earlier_ordinary_slot(timeline):
    timeline.feed(due("a", 0), T0)
    timeline.feed(due("ordinary", 2), T0)
    timeline.feed(due("priority", 4, priority=Priority.PRIORITY), T0)
    assert timeline.feed(Over("a"), T0 + seconds(10)) == [Arm("priority", T0 + seconds(10))]


def test_an_emergency_cuts_in_and_a_second_one_waits(timeline):
    timeline.feed(due("a", 0, length=60), T0)
    now = T0 + seconds(20)
    assert timeline.feed(due("e1", 20, priority=Priority.EMERGENCY), now) == [Cut("a", "pre_empted"), Arm("e1", now)]
    assert timeline.feed(due("e2", 21, priority=Priority.EMERGENCY), now + seconds(1)) == []
    assert timeline.feed(Over("e1"), now + seconds(10)) == [Arm("e2", now + seconds(10))]


def test_a_late_beginning_moves_the_end_that_others_wait_for(timeline):
    timeline.feed(due("a", 0), T0)
    timeline.feed(Began("a", T0 + seconds(3)), T0 + seconds(3))
    assert timeline.feed(due("b", 12), T0 + seconds(7)) == []


def test_stop_cuts_what_sounds_and_leaves_what_is_to_come(timeline):
    timeline.feed(due("a", 0), T0)
    timeline.feed(due("b", 15), T0)
    assert timeline.feed(StopAsked(None), T0 + seconds(5)) == [Cut("a", "stopped_by")]


def test_stop_of_one_slot_leaves_another_alone(timeline):
    timeline.feed(due("a", 0), T0)
    assert timeline.feed(StopAsked("b"), T0 + seconds(5)) == []


def test_stop_of_one_slot_cuts_it_also_where_it_is_armed_ahead(timeline):
    timeline.feed(due("a", 10), T0)
    assert timeline.feed(StopAsked(None), T0 + seconds(5)) == []
    assert timeline.feed(StopAsked("a"), T0 + seconds(5)) == [Cut("a", "stopped_by")]


def test_stop_of_a_waiting_slot_cancels_it(timeline):
    timeline.feed(due("a", 0), T0)
    timeline.feed(due("b", 1), T0)
    assert timeline.feed(StopAsked("b"), T0 + seconds(5)) == [Close("b", AiringOutcome.CANCELLED, "stopped_by")]


def test_what_was_stopped_by_its_name_before_it_came_never_has_the_air(timeline):
    timeline.feed(StopAsked("a", by="Minh"), T0)
    assert timeline.feed(due("a", 1), T0) == [Close("a", AiringOutcome.CANCELLED, "stopped_by")]
    assert timeline.who_stopped("a", "stopped_by") == "Minh"
    assert timeline.feed(Over("a"), T0) == []
    assert timeline.feed(due("b", 1), T0) == [Arm("b", T0 + seconds(1))]


def test_an_unknown_slot_that_is_over_changes_nothing(timeline):
    assert timeline.feed(Over("nobody"), T0) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 60), st.sampled_from([Priority.NORMAL, Priority.PRIORITY])),
        min_size=1,
        max_size=15,
    )
)
def test_armed_slots_of_one_zone_never_overlap_and_every_slot_is_armed_or_closed_once(rows):
    timeline = Timeline(TOLERANCE)
    lengths = {f"s{n}": seconds(length) for n, (_, length, _) in enumerate(rows)}
    handed = sorted(((start, f"s{n}", length, priority) for n, (start, length, priority) in enumerate(rows)))
    armed: dict[str, datetime] = {}
    closed: set[str] = set()
    ends: list[tuple[datetime, str]] = []
    for second in range(900):
        now = T0 + seconds(second)
        commands = []
        while handed and handed[0][0] - 5 <= second:
            start, name, length, priority = handed.pop(0)
            commands += timeline.feed(due(name, start, length, priority), now)
        for end, name in sorted(ends):
            if end <= now:
                ends.remove((end, name))
                commands += timeline.feed(Over(name), now)
        commands += timeline.feed(Tick(), now)
        for command in commands:
            if isinstance(command, Arm):
                assert command.slot_id not in armed
                armed[command.slot_id] = command.start
                ends.append((command.start + lengths[command.slot_id], command.slot_id))
            else:
                closed.add(command.slot_id)
    assert set(armed) | closed == set(lengths)
    assert not set(armed) & closed
    spans = sorted((start, start + lengths[name]) for name, start in armed.items())
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
