"""Phát bù giữ nhịp: what is owed never makes a day denser than its plan."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import AiringOutcome, Boost, BoostKind, Sha256, Trigger
from scheduler.core.planning.day_plan import Clip
from scheduler.core.planning.distribution import StartRange
from scheduler.core.planning.make_good import is_owed
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.rhythm import fullest, outside
from scheduler.core.planning.rules import phase_on
from tests.core.planning.test_make_good import (
    CUTS,
    GRACES,
    HOUR,
    HOURS,
    MINUTE,
    MORNING,
    OWING,
    SECONDS,
    after_the_cut,
    cut_day,
    ended,
    made_good,
    numbered,
    station,
    wall,
    wish,
)
from tests.core.planning.test_planner import DAY, at
from tests.core.planning.test_planner_properties import DAYS, STATIONS
from tests.examples import examples

LONG = "06:00-18:00"


def every(minutes: float) -> Boost:
    return Boost(BoostKind.EVERY, minutes)


def reasons(plan) -> Counter:
    return Counter(one.reason for one in plan.refusals)


# What was reported


def test_a_half_hourly_announcement_that_was_off_for_eight_hours_owes_one_airing_at_return():
    plan, fixed = after_the_cut([wish(LONG, boost=every(30), gap=1)], station(), at("14:10"))
    assert len(fixed) == 17
    assert [wall(slot) for slot in made_good(plan)] == ["14:10"]
    assert [wall(slot) for slot in plan.slots][1:4] == ["14:30", "15:00", "15:30"]
    assert reasons(plan) == {"make_good_pulse": 16}


def test_a_campaign_of_four_by_three_comes_back_in_its_own_rhythm():
    planned = wish(LONG, base=4, boost=Boost(BoostKind.FACTOR, 3))
    plan, fixed = after_the_cut([planned], station(), at("11:40"))
    assert len(fixed) == 6
    starts = [slot.start for slot in plan.slots]
    assert min(later - sooner for sooner, later in pairwise(starts)) >= HOUR
    assert reasons(plan) == {"make_good_rhythm": 6 - len(made_good(plan))}


# One rule at a time


def test_a_beat_that_fills_its_window_is_made_good_like_any_single_airing():
    plan, _ = after_the_cut([wish(MORNING, "17:00-18:30", boost=every(600))], station(), at("06:10"))
    assert [wall(slot) for slot in plan.slots] == ["06:10", "17:00"]


def test_in_the_second_half_of_an_interval_the_next_beat_is_the_one_at_return():
    plan, _ = after_the_cut([wish(LONG, boost=every(30), gap=1)], station(), at("14:20"))
    assert made_good(plan) == []
    assert wall(plan.slots[0]) == "14:30"


def test_behind_the_last_beat_of_its_window_a_pulse_has_all_the_rest_of_it():
    plan, _ = after_the_cut([wish(MORNING, boost=every(30), gap=1)], station(), at("06:22"))
    assert [(slot.makes_good[-1], wall(slot)) for slot in made_good(plan)] == [("3", "06:22")]


def test_an_older_beat_is_not_made_good_once_a_later_one_has_been():
    planned = wish(LONG, boost=every(30), gap=1)
    plan, fixed = after_the_cut([planned], station(), at("07:05"))
    paid = replace(made_good(plan)[0], outcome=AiringOutcome.PLAYED)
    again = plan_day(DAY, [planned], station(), fixed=[*fixed, paid], not_before=at("07:10"))
    assert made_good(again) == []
    assert reasons(again) == {"make_good_pulse": 2}


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param("05:50", ["05:50"], id="alone_in_its_window"),
        pytest.param("09:00", [], id="too_near_to_the_evening_one"),
    ],
)
def test_the_fullest_hour_of_the_plan_is_the_most_that_an_hour_hears(now, found):
    plan, _ = after_the_cut([wish()], station(), at(now))
    assert [wall(slot) for slot in made_good(plan)] == found
    assert reasons(plan) == ({} if found else {"make_good_rhythm": 1})


def test_between_two_planned_airings_there_is_one_owed_at_most():
    planned = wish("05:00-06:00", "14:00-20:00", base=4, gap=5)
    slots = plan_day(DAY, [planned], station()).slots
    starts = [at(text) for text in ("05:00", "05:20", "05:40", "16:00")]
    fixed = [ended(replace(slot, start=start)) for slot, start in zip(slots[:3], starts[:3], strict=True)]
    evening = replace(slots[3], start=starts[3])
    plan = plan_day(DAY, [planned], station(24 * HOUR), fixed=[*fixed, evening], not_before=at("09:00"))
    assert [wall(slot) for slot in plan.slots] == ["14:00", "16:20"]
    assert reasons(plan) == {"make_good_rhythm": 1}


def test_one_announcement_of_two_campaigns_is_held_to_the_fullest_hour_of_both():
    airing_requests = [wish("05:00-06:00", "17:00-20:00", base=2), wish("18:00-18:10", base=1, id=2)]
    plan, _ = after_the_cut(airing_requests, station(), at("06:00"))
    paid = made_good(plan)
    starts = sorted(slot.start for slot in plan.slots)
    assert all(later - sooner >= HOUR / 4 for sooner, later in pairwise(starts))
    assert fullest([int(start.timestamp()) for start in starts]) <= 2
    assert len(paid) <= 1


def test_an_order_by_hand_counts_in_the_hour_of_what_is_owed():
    planned = wish(MORNING, base=1)
    missed = ended(replace(plan_day(DAY, [planned], station()).slots[0], start=at("05:00")))
    by_hand = replace(missed, id="by-hand", start=at("05:10"), campaign_id=None, outcome=AiringOutcome.PLAYED)
    by_hand = replace(by_hand, trigger=Trigger.MANUAL)
    plan = plan_day(DAY, [planned], station(), fixed=[missed, by_hand], not_before=at("05:20"))
    assert [wall(slot) for slot in made_good(plan)] == ["06:10"]


@pytest.mark.parametrize(
    ("starts", "stretch", "most"),
    [
        pytest.param([], 60, 0, id="nothing"),
        pytest.param([0, 60, 120], 60, 1, id="the_end_does_not_count"),
        pytest.param([0, 60, 120], 61, 2, id="a_second_more_and_it_does"),
        pytest.param([0, 1, 2, 100, 101], 10, 3, id="the_fullest"),
    ],
)
def test_the_fullest_stretch(starts, stretch, most):
    assert fullest(starts, stretch) == most


def test_a_hole_leaves_its_two_edges():
    assert outside([StartRange(0, 100, 1)], [(10, 20), (15, 30), (90, 200)]) == [
        StartRange(0, 10, 1),
        StartRange(30, 90, 1),
    ]
    assert outside([StartRange(5, 5, 1)], [(0, 10)]) == []


# Every rule at once

CAMPAIGNS = st.lists(
    st.builds(
        lambda hours, base, boost, gap, words: replace(
            planned := wish(*hours, base=base, boost=boost, gap=gap, airing=60, announcement_id=words),
            rest=(Clip(2, timedelta(seconds=45), Sha256("b" * 64)),) if words == 1 and base > 3 else (),
            campaign=planned.campaign,
        ),
        st.sampled_from([*HOURS, (LONG,)]),
        st.integers(1, 14),
        st.sampled_from([Boost(), Boost(), every(30), every(25), every(60)]),
        st.sampled_from([0, 1, 10]),
        st.sampled_from([1, 1, 2]),
    ),
    min_size=1,
    max_size=4,
).map(numbered)


@given(DAYS, CAMPAIGNS | OWING, STATIONS, GRACES, SECONDS, CUTS)
@settings(max_examples=examples(150), deadline=None)
def test_no_hour_hears_an_announcement_more_often_than_its_plan(day, airing_requests, rules, grace, second, ends):
    rules = replace(rules, make_good=grace)
    now, fixed = cut_day(day, airing_requests, rules, second, ends)
    plan = plan_day(day, airing_requests, rules, fixed=fixed, not_before=now)
    unheard = {slot.id for slot in fixed if is_owed(slot)}
    boosts = {one.campaign.id: phase_on(one.campaign, day).boost for one in airing_requests}
    pulses = {number: boost.value for number, boost in boosts.items() if boost.kind is BoostKind.EVERY}
    planned = [slot for slot in (*fixed, *plan.slots) if slot.trigger is Trigger.SCHEDULE]
    heard = [slot for slot in (*fixed, *plan.slots) if slot.id not in unheard]
    for paid in made_good(plan):
        beat = pulses.get(paid.campaign_id, 0)
        hour = int(HOUR.total_seconds()) + (beat > 0)
        same = [slot for slot in heard if slot.announcement_id == paid.announcement_id]
        near = [int(slot.start.timestamp()) for slot in same if abs(slot.start - paid.start) < HOUR * 2]
        words = sorted(int(one.start.timestamp()) for one in planned if one.announcement_id == paid.announcement_id)
        around = [at for at in sorted(near) if abs(at - paid.start.timestamp()) < hour]
        most = max(fullest(words, hour), 1)
        assert all(
            sum(low <= at < low + hour for at in around) <= most
            for low in around
            if low <= paid.start.timestamp() < low + hour
        )
        own = sorted((one for one in heard if one.campaign_id == paid.campaign_id), key=lambda one: one.start)
        beats = sorted(one.start for one in planned if one.campaign_id == paid.campaign_id)
        steps = [later - sooner for sooner, later in pairwise(beats)]
        least = min([*steps, HOUR, *([MINUTE * beat] if beat else [])]) / (2 if beat else 1)
        others = [one for one in own if one is not paid]
        assert all(abs(one.start - paid.start) >= least - MINUTE / 60 for one in others)
        between = sum(one.makes_good != "" and _place(one.start, beats) == _place(paid.start, beats) for one in own)
        assert between == 1


def _place(start, beats) -> int:
    return sum(beat <= start for beat in beats)
