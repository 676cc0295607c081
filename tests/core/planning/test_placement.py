"""Airings that a person has placed or left out: kept where the rules allow, told where not, and nothing is doubled."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import (
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    QuietHours,
    Sha256,
    Slot,
    StationRules,
    Trigger,
    Window,
)
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.placement import Pin, judged
from scheduler.core.planning.planner import plan_day
from tests.core.planning.test_planner_properties import DAYS, STATIONS, WISHES, keeps_every_rule
from tests.examples import examples

DAY = date(2020, 3, 16)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)


def at(text, day=DAY):
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZONE).astimezone(UTC)


def station(**changes):
    plain = StationRules("Asia/Ho_Chi_Minh", QuietHours((Window(time(11), time(13)),)), AirtimeLimit(), MINUTE, MINUTE)
    return replace(plain, **changes)


HOURS = (Window(time(5), time(7)), Window(time(10), time(15)))


def wish(number=1, base=2, length=60, windows=HOURS, **changes):
    campaign = Campaign(number, "Đợt", number, windows, base, DAY, DAY, min_gap=5 * MINUTE, state=CampaignState.ACTIVE)
    return PlannedCampaign(replace(campaign, **changes), timedelta(seconds=length), Sha256("a" * 64))


def pin(ordinal=1, start="06:30", number=1, was="06:00"):
    return Pin(DAY, number, ordinal, at(start) if start else None, at(was), 1, "Lan", "" if start else "họp")


def test_a_pin_stands_and_all_else_is_planned_around_it():
    plan = plan_day(DAY, [wish(), wish(2)], station(), pins=[pin()])
    moved = next(slot for slot in plan.slots if slot.id == "20200316-c1-1")
    assert (moved.start, moved.moved_from) == (at("06:30"), at("06:00"))
    assert Counter(slot.campaign_id for slot in plan.slots) == {1: 2, 2: 2}
    others = [slot for slot in plan.slots if slot is not moved]
    assert all(slot.start >= moved.end + 5 * MINUTE or slot.end + 5 * MINUTE <= moved.start for slot in others)


def test_one_left_out_is_neither_planned_nor_lost_without_a_word():
    plan = plan_day(DAY, [wish()], station(), pins=[pin(start=None)])
    assert [slot.id for slot in plan.slots] == ["20200316-c1-2"]
    assert [(one.ordinal, one.reason, one.details["why"]) for one in plan.refusals] == [(1, "left_out", "họp")]


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        pytest.param("04:59:59", "outside_windows", id="just_before"),
        pytest.param("05:00", "", id="at_the_first_second"),
        pytest.param("06:59", "", id="at_the_last"),
        pytest.param("06:59:01", "outside_windows", id="just_after"),
        pytest.param("10:59", "", id="up_to_quiet_hours"),
        pytest.param("10:59:01", "quiet_hours", id="into_quiet_hours"),
        pytest.param("13:00", "", id="as_they_end"),
        pytest.param("12:59:59", "quiet_hours", id="before_they_end"),
    ],
)
def test_a_pin_is_kept_inside_its_hours_only(start, reason):
    plan = plan_day(DAY, [wish()], station(), pins=[pin(start=start)])
    assert [one.reason for one in plan.unkept] == ([reason] if reason else [])
    assert len(plan.slots) == 2
    assert (at(start) in {slot.start for slot in plan.slots}) == (not reason)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        pytest.param("06:30:30", "slot_overlaps", id="over_it"),
        pytest.param("06:36", "", id="a_gap_behind"),
        pytest.param("06:35:59", "slot_too_close", id="a_second_too_near"),
        pytest.param("06:24", "", id="a_gap_before"),
        pytest.param("06:24:01", "slot_too_close", id="a_second_too_near_before"),
    ],
)
def test_a_pin_keeps_its_silence_from_what_stands(standing, reason):
    other = Slot("x", DAY, "all", at(standing), MINUTE, None, 9, Sha256("b" * 64), trigger=Trigger.MANUAL)
    plan = plan_day(DAY, [wish()], station(), fixed=[other], pins=[pin()])
    assert [one.reason for one in plan.unkept] == ([reason] if reason else [])


def test_a_relay_in_the_way_is_called_one():
    relay = Slot("r", DAY, "all", at("06:25"), 10 * MINUTE, None, 9, Sha256("b" * 64), trigger=Trigger.RELAY)
    plan = plan_day(DAY, [wish()], station(), fixed=[relay], pins=[pin()])
    (unkept,) = plan.unkept
    assert (unkept.reason, unkept.details["other_at"], unkept.details["until"]) == (
        "relay_in_the_way",
        "06:25",
        "06:35",
    )


def test_a_pin_of_an_airing_that_is_not_wanted_is_told_and_costs_nothing():
    plan = plan_day(DAY, [wish(base=1)], station(), pins=[pin(2)])
    assert [one.reason for one in plan.unkept] == ["pin_not_wanted"]
    assert len(plan.slots) == 1


def test_one_that_stands_already_needs_no_pin():
    plan = plan_day(DAY, [wish()], station(), pins=[pin()])
    moved = plan.slots[0]
    again = plan_day(DAY, [wish()], station(), fixed=[moved], not_before=moved.end, pins=[pin()])
    assert again.unkept == ()
    assert [slot.id for slot in again.slots] == ["20200316-c1-2"]


def test_a_beat_whose_hours_have_changed_forgets_the_pin():
    every = Boost(BoostKind.EVERY, 30)
    planned = wish(base=0, boost=every, windows=(Window(time(5), time(6)),))
    assert len(plan_day(DAY, [planned], station(), pins=[pin(2, "05:50", was="05:30")]).slots) == 2
    later = wish(base=0, boost=every, windows=(Window(time(14), time(15)),))
    plan = plan_day(DAY, [later], station(), pins=[pin(2, "14:50", was="05:30")])
    assert [one.reason for one in plan.unkept] == ["pin_not_wanted"]
    assert [slot.start for slot in plan.slots] == [at("14:00"), at("14:30")]


PLACES = st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 1439)), max_size=5)


def pinned(plan, places, day, rules):
    """Pins of some of a plan's wanted airings."""
    wanted = sorted(
        {(one.campaign_id, int(one.id.rpartition("-")[2]), one.start) for one in plan.slots}
        | {(one.campaign_id, one.ordinal, None) for one in plan.refusals},
        key=str,
    )
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC)
    pins = {}
    for number, minute in places if wanted else ():
        campaign_id, ordinal, start = wanted[number % len(wanted)]
        to = None if minute is None else midnight + minute * MINUTE
        pins[campaign_id, ordinal] = Pin(day, campaign_id, ordinal, to, start or midnight, 1, "Lan", "họp")
    return list(pins.values())


@given(DAYS, WISHES, STATIONS, PLACES)
@settings(max_examples=examples(120), deadline=None)
def test_with_any_pins_every_slot_keeps_every_rule_and_nothing_is_doubled_or_lost(day, airing_requests, rules, places):
    plain = plan_day(day, airing_requests, rules)
    pins = pinned(plain, places, day, rules)
    plan = plan_day(day, airing_requests, rules, pins=pins)
    keeps_every_rule(plan, day, airing_requests, rules)
    names = [slot.id for slot in plan.slots]
    assert len(set(names)) == len(names)
    before = Counter([*(slot.campaign_id for slot in plain.slots), *(one.campaign_id for one in plain.refusals)])
    after = Counter([*(slot.campaign_id for slot in plan.slots), *(one.campaign_id for one in plan.refusals)])
    assert after == before
    unkept = {(one.campaign_id, one.ordinal) for one in plan.unkept}
    starts = {slot.id: slot.start for slot in plan.slots}
    for one in pins:
        if (one.campaign_id, one.ordinal) not in unkept:
            assert starts.get(one.slot_id) == one.start
    assert plan_day(day, airing_requests, rules, pins=list(reversed(pins))) == plan


@given(DAYS, WISHES, STATIONS, PLACES, st.integers(0, 86_400))
@settings(max_examples=examples(100), deadline=None)
def test_planning_again_in_the_middle_of_the_day_keeps_what_was_placed(day, airing_requests, rules, places, second):
    pins = pinned(plan_day(day, airing_requests, rules), places, day, rules)
    whole = plan_day(day, airing_requests, rules, pins=pins)
    now = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC) + timedelta(seconds=second)
    begun = [slot for slot in whole.slots if slot.start < now]
    again = plan_day(day, airing_requests, rules, fixed=begun, not_before=now, pins=pins)
    assert again.slots == tuple(slot for slot in whole.slots if slot.start >= now)


@given(DAYS, WISHES, STATIONS, st.integers(0, 60), st.integers(0, 1439))
@settings(max_examples=examples(100), deadline=None)
def test_what_the_desk_allows_beside_the_plan_the_planner_keeps(day, airing_requests, rules, number, minute):
    plan = plan_day(day, airing_requests, rules)
    if not plan.slots:
        return
    slot = plan.slots[number % len(plan.slots)]
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC)
    to = midnight + minute * MINUTE
    others = [one for one in plan.slots if one.id != slot.id]
    if judged(slot, to, airing_requests, others, rules, None) is None:
        one = Pin(day, slot.campaign_id, int(slot.id.rpartition("-")[2]), to, slot.start, 1)
        assert plan_day(day, airing_requests, rules, pins=[one]).unkept == ()


@given(DAYS, WISHES, STATIONS, st.integers(0, 60), st.none() | st.integers(0, 1439))
@settings(max_examples=examples(150), deadline=None)
def test_moving_or_leaving_out_one_airing_moves_no_other(day, airing_requests, rules, number, minute):
    plan = plan_day(day, airing_requests, rules)
    if not plan.slots:
        return
    slot = plan.slots[number % len(plan.slots)]
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC)
    to = None if minute is None else midnight + minute * MINUTE
    others = [one for one in plan.slots if one.id != slot.id]
    if to is not None and judged(slot, to, airing_requests, others, rules, None) is not None:
        return
    one = Pin(day, slot.campaign_id, int(slot.id.rpartition("-")[2]), to, slot.start, 1)
    after = {slot.id: slot.start for slot in plan_day(day, airing_requests, rules, pins=[one]).slots}
    assert {other.id: after.get(other.id) for other in others} == {other.id: other.start for other in others}
