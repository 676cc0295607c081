"""A window over midnight: open where it is not quiet, of the day on which it starts, nothing of it doubled or lost."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.core.local_time import over_midnight, window_spans
from scheduler.core.model import Boost, BoostKind, Relay, Sha256, Window
from scheduler.core.planning.campaign_faults import campaign_faults
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.relay_plan import relay_slots
from scheduler.core.planning.rules import is_quiet, open_spans
from scheduler.core.planning.sessions import parts_of, session_of, session_stretches
from tests.core.planning.test_planner import DAY, SAIGON, at, reasons, station, w, walls, wish
from tests.examples import examples

NEXT = DAY + timedelta(days=1)
FREE = "02:00-05:00"
HAVANA, SAO_PAULO, PARIS = "America/Havana", "America/Sao_Paulo", "Europe/Paris"
"""Zones whose summer time begins or ends at midnight, at one, and at two o'clock."""
HURTS = [
    date(2018, 2, 17),
    date(2018, 11, 3),
    date(2020, 3, 7),
    date(2020, 3, 8),
    date(2020, 10, 31),
    date(2020, 10, 24),
]


def test_it_airs_on_both_sides_of_midnight_and_belongs_to_the_day_of_its_start():
    plan = plan_day(DAY, [wish("23:00-01:00", base=4)], station(FREE))
    assert walls(plan) == ["23:15", "23:45", "00:15", "00:45"]
    assert {slot.day for slot in plan.slots} == {DAY}
    assert plan.slots[-1].start == at("00:45", NEXT)
    assert plan_day(NEXT, [wish("23:00-01:00", base=1, end=DAY)], station(FREE)).slots == ()


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        pytest.param("00:00-05:00", ["23:00", "23:30"], id="from_midnight"),
        pytest.param("00:15-05:00", ["23:00", "23:30", "00:00"], id="a_quiet_window_that_begins_the_next_day"),
        pytest.param("21:00-23:30", ["23:30", "00:00", "00:30"], id="quiet_before_it"),
    ],
)
def test_only_the_hours_that_are_not_quiet_are_open(quiet, expected):
    plan = plan_day(DAY, [wish("23:00-01:00", boost=Boost(BoostKind.EVERY, 30))], station(quiet))
    assert walls(plan) == expected
    assert set(reasons(plan)) == {"quiet_hours"}


def test_a_day_without_airings_is_silent_from_its_midnight_on():
    rules = replace(station(FREE), blackout=frozenset({NEXT}))
    plan = plan_day(DAY, [wish("23:00-01:00", base=4)], rules)
    assert len(plan.slots) == 4
    assert all(slot.end <= at("00:00", NEXT) for slot in plan.slots)


def test_both_sides_of_midnight_are_one_session_of_its_day():
    one = wish("23:00-01:00").campaign
    stretches = session_stretches(DAY, [one], station(FREE))
    assert stretches == ((at("23:00"), at("01:00", NEXT)),)
    assert session_of(at("23:10"), stretches) == session_of(at("00:50", NEXT), stretches)
    plan = plan_day(DAY, [wish("23:00-01:00", base=4)], station(FREE))
    (part,) = parts_of(DAY, stretches, plan.slots, station(FREE))
    assert (part.key, part.start, part.end, part.slots) == ("toi", at("23:00"), at("01:00", NEXT), plan.slots)


def test_a_relay_goes_on_over_midnight_until_quiet_hours():
    relay = Relay(1, 1, (w("23:00-01:00"),), DAY, DAY, ("http://example.org/",), (Sha256("a" * 64),))
    (slot,) = relay_slots(DAY, [relay], station("00:30-05:00"))
    assert (slot.day, slot.start, slot.end) == (DAY, at("23:00"), at("00:30", NEXT))
    assert relay_slots(NEXT, [relay], station("00:30-05:00")) == []


def test_the_next_day_keeps_clear_of_what_still_sounds_behind_midnight():
    night = wish("23:00-00:30", boost=Boost(BoostKind.EVERY, 30), airing=1200)
    early = wish("00:00-01:00", base=1, id=2, gap=5)
    before = plan_day(DAY, [night], station(FREE)).slots
    (slot,) = plan_day(NEXT, [early], station(FREE), beside=before).slots
    assert all(slot.end <= one.start or one.end <= slot.start for one in before)
    alone = plan_day(NEXT, [early], station(FREE)).slots
    assert len(alone) == 1


@pytest.mark.parametrize(
    ("windows", "quiet", "expected"),
    [
        pytest.param(["22:30-00:30"], FREE, [], id="sound"),
        pytest.param(["22:30-00:30"], "21:00-05:00", ["all_quiet"], id="wholly_quiet"),
        pytest.param(["22:30-00:30", "05:00-06:00"], "21:00-05:00", ["all_quiet"], id="one_of_two_is_wholly_quiet"),
        pytest.param(["20:30-00:30"], "21:00-05:00", [], id="partly_quiet"),
        pytest.param(["18:00-06:00"], FREE, ["window_backwards"], id="half_a_day"),
    ],
)
def test_a_form_is_told_what_is_wrong_with_it(windows, quiet, expected):
    planned = wish(*windows)
    assert [one.reason for one in campaign_faults(planned.campaign, station(quiet), planned.airing)] == expected


minutes = st.integers(0, 1439).map(lambda m: time(m // 60, m % 60))
nights = st.builds(Window, minutes, minutes).filter(over_midnight)


@settings(max_examples=examples(150), deadline=None)
@given(
    nights,
    st.builds(Window, minutes, minutes),
    st.sampled_from([*HURTS, DAY]),
    st.sampled_from([SAIGON, PARIS, HAVANA, SAO_PAULO]),
    st.integers(1, 12),
)
@example(w("23:30-00:30"), w("03:00-04:00"), date(2018, 2, 17), SAO_PAULO, 6)
@example(w("23:30-01:30"), w("00:30-04:00"), date(2020, 10, 31), HAVANA, 6)
def test_nothing_sounds_in_quiet_hours_nor_twice_and_all_is_of_its_start_day(night, quiet, day, zone, base):
    rules = station(str(quiet), zone=zone)
    planned = wish(str(night), base=base, start=day, end=day + timedelta(days=1))
    first = plan_day(day, [planned], rules)
    second = plan_day(day + timedelta(days=1), [planned], rules, beside=first.slots)
    slots = sorted((*first.slots, *second.slots), key=lambda slot: slot.start)
    assert len(first.slots) + len(first.refusals) == base
    for slot in slots:
        assert is_quiet(rules.quiet_hours, slot.start, slot.end, zone) is None
        wall = slot.start.astimezone(ZoneInfo(zone))
        assert (wall.date() - slot.day).days == (wall.time() < night.end)
        assert night.start <= wall.time() or wall.time() < night.end
    gap = planned.campaign.min_gap
    assert all(later.start - one.end >= gap for one, later in pairwise(slots))
    again = plan_day(
        day, [planned], rules, fixed=first.slots[:1], not_before=first.slots[0].end if first.slots else None
    )
    assert (*first.slots[:1], *again.slots) == first.slots or first.refusals


@settings(max_examples=examples(150), deadline=None)
@given(nights, st.sampled_from([*HURTS, DAY]), st.sampled_from([SAIGON, PARIS, HAVANA, SAO_PAULO]))
def test_every_instant_of_a_window_over_midnight_reads_inside_it(night, day, zone):
    for start, end in window_spans(night, day, zone):
        for instant in (start, start + (end - start) / 2, end - timedelta(seconds=1)):
            wall: datetime = instant.astimezone(ZoneInfo(zone))
            assert night.start <= wall.time() or wall.time() < night.end
    campaign = wish(str(night)).campaign
    assert open_spans(campaign, day, station("12:00-12:01", zone=zone)) or not window_spans(night, day, zone)
