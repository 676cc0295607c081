"""A count is spread over the windows of its campaign first; a window that gets none is told."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import Boost, BoostKind, Phase, Window
from scheduler.core.planning.campaign_faults import campaign_faults, window_questions
from scheduler.core.planning.planner import idle_windows, plan_day
from tests.core.planning.test_planner import DAY, MINUTE, at, reasons, station, w, walls, wish
from tests.examples import examples

HALF, LONG = "05:30-06:00", "17:00-18:30"


def idle(planned, rules=None, **given):
    plan = plan_day(DAY, [planned], rules or station(), **given)
    fixed = given.get("fixed", ())
    told = idle_windows(DAY, [planned], rules or station(), [*fixed, *plan.slots])
    return [(one.details["window"], one.reason) for one in told]


def test_two_a_day_over_a_short_morning_and_a_long_evening_air_once_in_each():
    planned = wish(HALF, LONG, base=2)
    assert walls(plan_day(DAY, [planned], station())) == ["05:45", "17:45"]
    assert idle(planned) == []


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param(3, [1, 2], id="the_third_goes_where_there_is_most_time"),
        pytest.param(4, [1, 3], id="and_so_does_the_fourth"),
        pytest.param(8, [2, 6], id="and_so_on"),
    ],
)
def test_what_is_left_goes_by_length(base, expected):
    plan = plan_day(DAY, [wish(HALF, LONG, base=base)], station())
    morning = sum(slot.start < at("12:00") for slot in plan.slots)
    assert [morning, len(plan.slots) - morning] == expected


def test_planning_again_at_noon_finds_the_same_evening():
    planned = wish(HALF, LONG, base=3)
    whole = plan_day(DAY, [planned], station()).slots
    again = plan_day(DAY, [planned], station(), fixed=whole[:1], not_before=at("12:00"))
    assert again.slots == whole[1:]


@pytest.mark.parametrize(
    ("planned", "told"),
    [
        pytest.param(wish(HALF, LONG, base=1), [(HALF, "window_unasked")], id="fewer_airings_than_windows"),
        pytest.param(wish(HALF, "22:00-23:00", base=2), [("22:00-23:00", "window_closed")], id="quiet"),
        pytest.param(wish("05:30-05:31", LONG, base=2), [("05:30-05:31", "window_closed")], id="too_short"),
        pytest.param(wish(LONG, base=2), [], id="one_window"),
        pytest.param(wish(HALF, LONG, base=0), [], id="nothing_is_wanted"),
        pytest.param(wish("05:00-05:30", HALF, base=1), [], id="windows_that_touch_are_one"),
    ],
)
def test_a_window_without_an_airing_is_told(planned, told):
    assert idle(planned) == told


def test_a_window_that_others_fill_is_told_and_its_airing_goes_elsewhere():
    urgent = wish("05:30-05:33", base=1, id=2, rank=-1)
    planned = wish("05:30-05:33", LONG, base=2)
    plan = plan_day(DAY, [urgent, planned], station())
    assert [start >= "17:00" for start in walls(plan, campaign=1)] == [True, True]
    told = idle_windows(DAY, [urgent, planned], station(), plan.slots)
    assert [(one.campaign_id, one.reason) for one in told] == [(1, "window_full")]


# What a form is asked

QUESTIONS = [
    pytest.param(wish(HALF, LONG, base=1), [0], id="one_airing_for_two_windows"),
    pytest.param(wish(HALF, LONG, base=2), [], id="as_many"),
    pytest.param(wish(HALF, "22:00-23:00", base=1), [], id="a_quiet_window_asks_for_none"),
    pytest.param(wish(HALF, LONG, base=1, boost=Boost(BoostKind.FACTOR, 2)), [], id="boosted"),
    pytest.param(wish(HALF, LONG, base=3, boost=Boost(BoostKind.TARGET, 1)), [0], id="a_target_of_one"),
    pytest.param(wish(HALF, LONG, base=1, boost=Boost(BoostKind.EVERY, 30)), [], id="a_beat_has_its_own"),
    pytest.param(wish(HALF, LONG, base=2, phases=(Phase(DAY, base=1),)), [1], id="of_a_phase"),
    pytest.param(wish(HALF, base=1, phases=(Phase(DAY, base=1, windows=(w(HALF), w(LONG))),)), [1], id="its_windows"),
]


@pytest.mark.parametrize(("planned", "asked"), QUESTIONS)
def test_fewer_airings_than_windows_are_asked_back(planned, asked):
    found = window_questions(planned.campaign, station())
    assert [one.ordinal for one in found] == asked
    assert {one.reason for one in found} <= {"windows_more_than_airings"}


@pytest.mark.parametrize(
    ("every", "gap", "seconds", "refused"),
    [
        pytest.param(5, 10, 0, True, id="shorter_than_the_gap"),
        pytest.param(10, 10, 0, False, id="as_long_as_the_gap"),
        pytest.param(10, 10, 1, True, id="no_room_for_the_airing"),
        pytest.param(11, 10, 60, False, id="just_room"),
        pytest.param(1, 0, 10, True, id="shorter_than_the_wards_gap"),
    ],
)
def test_a_beat_shorter_than_the_gap_is_refused_with_both_figures(every, gap, seconds, refused):
    beat = Boost(BoostKind.EVERY, every)
    for changes, ordinal in (({"boost": beat}, 0), ({"phases": (Phase(DAY, base=1, boost=beat),)}, 1)):
        found = campaign_faults(wish(LONG, gap=gap, **changes).campaign, station(), timedelta(seconds=seconds))
        told = [(one.ordinal, one.reason, one.details["minutes"], one.details["gap_minutes"]) for one in found]
        assert told == ([(ordinal, "every_within_gap", every, max(gap, 1))] if refused else [])


# Every rule at once

LENGTHS = st.lists(st.integers(10, 120), min_size=1, max_size=5)


@given(LENGTHS, st.integers(1, 12), st.integers(0, 15), st.integers(20, 300))
@settings(max_examples=examples(150), deadline=None)
def test_each_window_gets_one_before_any_gets_two(lengths, base, gap, seconds):
    starts = [at("05:00") + timedelta(hours=3 * number) for number in range(len(lengths))]
    windows = [_window(5 + 3 * number, length) for number, length in enumerate(lengths)]
    planned = wish(base=base, gap=gap, airing=seconds)
    planned = replace(planned, campaign=replace(planned.campaign, windows=tuple(windows)))
    plan = plan_day(DAY, [planned], station())
    counts = [
        sum(start <= slot.start < start + length * MINUTE for slot in plan.slots)
        for start, length in zip(starts, lengths, strict=True)
    ]
    assert sum(counts) == len(plan.slots)
    assert min(counts) >= (1 if base >= len(lengths) else 0)
    if base <= len(lengths):
        assert max(counts) <= 1
    told = idle_windows(DAY, [planned], station(), plan.slots)
    assert len(told) == counts.count(0)
    assert len(plan.slots) == base or reasons(plan) == {"no_room": base - len(plan.slots)}
    assert all(later.start - sooner.end >= max(gap, 1) * MINUTE for sooner, later in pairwise(plan.slots))


def _window(hour: int, minutes: int) -> Window:
    start = datetime.combine(date(2020, 1, 1), datetime.min.time()).replace(hour=hour)
    return Window(start.time(), (start + timedelta(minutes=minutes)).time())
