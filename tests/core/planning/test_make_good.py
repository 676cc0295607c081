"""Phát bù: what is owed, and where the planner makes it good."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import (
    AiringOutcome,
    AirtimeLimit,
    CampaignState,
    Priority,
    QuietHours,
    Sha256,
    Slot,
    StationRules,
    Trigger,
)
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.make_good import debts, is_owed, ordinal_of, slot_id, written_off
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.rules import phase_on, quiet_spans, raw_spans
from scheduler.core.planning.sessions import session_airtime, session_stretches
from tests.core.planning.test_planner import DAY, MINUTE, SAIGON, at, w
from tests.core.planning.test_planner import wish as planner_wish
from tests.core.planning.test_planner_properties import DAYS, STATIONS, WISHES, gap_between, numbered
from tests.examples import examples

HOUR = timedelta(hours=1)
MORNING, EVENING = "05:00-06:30", "17:00-18:30"


def wall(slot: Slot) -> str:
    return f"{slot.start.astimezone(ZoneInfo(SAIGON)):%H:%M}"


def station(grace: timedelta = 12 * HOUR, **changes) -> StationRules:
    plain = StationRules(SAIGON, QuietHours((w("21:00-05:00"),), "QĐ 1"), AirtimeLimit(), MINUTE, 2 * MINUTE, grace)
    return replace(plain, **changes)


def wish(*windows: str, **changes) -> PlannedCampaign:
    return planner_wish(*(windows or (MORNING, EVENING)), **changes)


def ended(slot: Slot, outcome: AiringOutcome = AiringOutcome.MISSED, reason: str = "station_off") -> Slot:
    return replace(slot, outcome=outcome, reason=reason)


def after_the_cut(airing_requests, rules, now: datetime, **ends) -> tuple[DayPlan, list[Slot]]:
    """The plan of `now`, when everything planned before it has ended as `ends` say (missed, if they do not)."""
    fixed = [ended(slot, **ends) for slot in plan_day(DAY, airing_requests, rules).slots if slot.start < now]
    return plan_day(DAY, airing_requests, rules, fixed=fixed, not_before=now), fixed


def made_good(plan: DayPlan) -> list[Slot]:
    return [slot for slot in plan.slots if slot.trigger is Trigger.MAKE_GOOD]


def told(plan: DayPlan) -> list[tuple[int, int, str]]:
    return [(one.campaign_id, one.ordinal, one.reason) for one in plan.refusals]


# What is owed


@pytest.mark.parametrize(
    ("outcome", "reason", "owed"),
    [
        pytest.param(AiringOutcome.MISSED, "station_off", True, id="the_station_was_off"),
        pytest.param(AiringOutcome.MISSED, "too_late", True, id="it_waited_too_long"),
        pytest.param(AiringOutcome.MISSED, "clock_step", True, id="the_clock_jumped_over_it"),
        pytest.param(AiringOutcome.FAILED, "output_failed", True, id="no_output_took_a_sample"),
        pytest.param(AiringOutcome.FAILED, "audio_missing", False, id="its_file_was_gone"),
        pytest.param(AiringOutcome.FAILED, "power_cut", True, id="nothing_of_it_was_measured"),
        pytest.param(AiringOutcome.FAILED, "no_descriptors", True, id="the_machine_failed"),
        pytest.param(AiringOutcome.REFUSED, "clock_untrusted", True, id="nobody_knew_the_hour"),
        pytest.param(AiringOutcome.REFUSED, "quiet_hours", False, id="the_gate_said_no"),
        pytest.param(AiringOutcome.REFUSED, "unapproved", False, id="it_was_not_approved"),
        pytest.param(AiringOutcome.PRE_EMPTED, "pre_empted", False, id="gave_way"),
        pytest.param(AiringOutcome.CANCELLED, "stopped_by", False, id="somebody_stopped_it"),
        pytest.param(AiringOutcome.PLAYED, "", False, id="played"),
        pytest.param(None, "", False, id="still_to_come"),
    ],
)
def test_owed_is_what_made_no_sound_and_nobody_wished_silent(outcome, reason, owed):
    planned = plan_day(DAY, [wish()], station()).slots[0]
    assert is_owed(replace(planned, outcome=outcome, reason=reason)) is owed
    plan = plan_day(DAY, [wish()], station(), fixed=[replace(planned, outcome=outcome, reason=reason)])
    assert [slot.makes_good for slot in made_good(plan)] == ([planned.id] if owed else [])


@pytest.mark.parametrize("trigger", [Trigger.MANUAL, Trigger.RELAY, Trigger.LIVE, Trigger.DRILL, Trigger.EMERGENCY])
def test_only_the_plan_owes(trigger):
    slot = ended(replace(plan_day(DAY, [wish()], station()).slots[0], trigger=trigger))
    assert debts([slot]) == []


def test_a_slot_the_planner_has_not_named_is_no_debt():
    slot = ended(replace(plan_day(DAY, [wish()], station()).slots[0], id="20200316-xyz"))
    assert ordinal_of(slot) is None
    assert debts([slot]) == []


def test_an_ordinal_is_found_again_in_the_name():
    slot = plan_day(DAY, [wish()], station()).slots[0]
    assert ordinal_of(replace(slot, id=slot_id(DAY, 1, 117))) == 117
    assert ordinal_of(replace(slot, campaign_id=None)) is None
    assert ordinal_of(replace(slot, campaign_id=11)) is None


# Where it is made good


def test_a_missed_airing_is_made_good_in_the_rest_of_its_window():
    plan, fixed = after_the_cut([wish(base=2)], station(), at("05:50"))
    assert [(slot.id, wall(slot)) for slot in fixed] == [("20200316-c1-1", "05:45")]
    (paid,) = made_good(plan)
    assert (paid.id, paid.makes_good, wall(paid)) == ("20200316-c1-1-b1", "20200316-c1-1", "05:50")
    assert not plan.refusals


def test_a_made_good_airing_is_the_campaign_as_it_is_now():
    planned = wish(base=2)
    fixed = [ended(plan_day(DAY, [planned], station()).slots[0])]
    campaign = replace(planned.campaign, chime=False, repeat=2, priority=Priority.PRIORITY, announcement_id=12)
    now = PlannedCampaign(campaign, timedelta(seconds=200), Sha256("b" * 64))
    plan = plan_day(DAY, [now], station(), fixed=fixed, not_before=at("06:00"))
    assert made_good(plan) == [
        Slot(
            id="20200316-c1-1-b1",
            day=DAY,
            zone="all",
            start=at("06:00"),
            length=timedelta(seconds=200),
            campaign_id=1,
            announcement_id=12,
            audio_sha256=Sha256("b" * 64),
            chime=False,
            repeat=2,
            priority=Priority.PRIORITY,
            trigger=Trigger.MAKE_GOOD,
            makes_good="20200316-c1-1",
        )
    ]


def test_when_its_window_is_over_it_goes_to_the_next():
    plan, _ = after_the_cut([wish("05:00-08:00", "17:00-20:00")], station(), at("09:00"))
    assert [wall(slot) for slot in made_good(plan)] == ["17:00"]
    assert [wall(slot) for slot in plan.slots if slot.trigger is Trigger.SCHEDULE] == ["18:30"]


def test_it_never_goes_to_the_window_after_the_next():
    windows = ("05:00-06:30", "10:00-10:30", "17:00-18:30")
    planned = wish(*windows, base=1)
    first = ended(replace(plan_day(DAY, [planned], station()).slots[0], start=at("05:15")))
    plan = plan_day(DAY, [planned], station(), fixed=[first], not_before=at("11:00"))
    assert made_good(plan) == []
    assert told(plan) == [(1, 1, "no_room_make_good")]


@pytest.mark.parametrize(
    ("minutes", "now", "found"),
    [
        pytest.param(60, "06:14", "06:14", id="just_inside"),
        pytest.param(60, "06:15", "06:15", id="at_the_edge"),
        pytest.param(60, "06:16", "make_good_late", id="just_over"),
        pytest.param(30, "09:00", "make_good_late", id="long_over"),
    ],
)
def test_it_is_made_good_within_the_grace_or_written_off(minutes, now, found):
    planned = wish(MORNING, base=1)
    rules = station(minutes * MINUTE)
    first = ended(replace(plan_day(DAY, [planned], rules).slots[0], start=at("05:15")))
    plan = plan_day(DAY, [planned], rules, fixed=[first], not_before=at(now))
    assert ([wall(slot) for slot in plan.slots] or [one.reason for one in plan.refusals]) == [found]


def test_without_a_grace_nothing_is_owed_and_nothing_is_said():
    plan, _ = after_the_cut([wish()], station(timedelta(0)), at("06:00"))
    assert made_good(plan) == []
    assert plan.refusals == ()


def test_the_window_it_was_planned_in_may_be_the_campaigns_no_more():
    fixed = [ended(plan_day(DAY, [wish(MORNING, base=1)], station()).slots[0])]
    later = wish("08:00-08:30", EVENING, base=1)
    plan = plan_day(DAY, [later], station(), fixed=fixed, not_before=at("06:00"))
    assert [wall(slot) for slot in plan.slots] == ["08:00"]
    plan = plan_day(DAY, [later], station(), fixed=fixed, not_before=at("09:00"))
    assert told(plan) == [(1, 1, "no_room_make_good")]


# What it gives way to


def test_a_debt_displaces_no_planned_airing():
    airing_requests = [wish(MORNING, base=3, gap=20), wish(MORNING, base=3, gap=20, id=2)]
    rules = station()
    whole = plan_day(DAY, airing_requests, rules)
    plan, _ = after_the_cut(airing_requests, rules, at("05:45"))
    left = [slot for slot in whole.slots if slot.start >= at("05:45")]
    assert [slot for slot in plan.slots if slot.trigger is Trigger.SCHEDULE] == left
    assert [wall(slot) for slot in made_good(plan)] == []
    assert {reason for _, ordinal, reason in told(plan) if ordinal == 1} == {"no_room_make_good"}


def test_a_debt_keeps_its_campaigns_gap_from_one_that_asks_for_less():
    missed = ended(plan_day(DAY, [wish(MORNING, base=1, gap=20)], station()).slots[0])
    by_hand = Slot("by-hand", DAY, "all", at("06:00"), MINUTE, None, 99, Sha256("c" * 64), trigger=Trigger.MANUAL)
    by_hand = replace(by_hand, outcome=AiringOutcome.PLAYED)
    planned = wish(MORNING, base=1, gap=20)
    plan = plan_day(DAY, [planned], station(), fixed=[missed, by_hand], not_before=at("05:50"))
    assert [wall(slot) for slot in plan.slots] == ["06:21"]


def test_the_more_urgent_debt_is_made_good_first():
    airing_requests = [wish(MORNING, base=1), wish(MORNING, base=1, id=2, priority=Priority.PRIORITY)]
    plan, _ = after_the_cut(airing_requests, station(), at("06:10"))
    assert [slot.campaign_id for slot in made_good(plan)] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "rules", "reason"),
    [
        pytest.param({}, {"cap": AirtimeLimit(minutes_a_session=2.5)}, "cap_minutes", id="minutes_of_the_session"),
        pytest.param({}, {"cap": AirtimeLimit(sessions_a_day=1)}, "cap_sessions", id="sessions_of_the_day"),
        pytest.param({}, {"blackout": frozenset({DAY})}, "blackout_date", id="a_day_without_airings"),
        pytest.param({}, {"cap": AirtimeLimit(weekdays=frozenset({5, 6}))}, "cap_weekday", id="not_on_a_monday"),
        pytest.param({"blocked": "unapproved"}, {}, "unapproved", id="approval_was_withdrawn"),
        pytest.param({"state": CampaignState.STOPPED}, {}, "campaign_stopped", id="stopped"),
        pytest.param({"base": 0}, {}, "no_longer_wanted", id="fewer_airings_a_day"),
        pytest.param({"end": date(2020, 3, 15)}, {}, "no_longer_wanted", id="its_dates_are_over"),
        pytest.param(
            {"airing": 5400.0}, {"quiet_hours": QuietHours((w("06:00-17:30"),))}, "quiet_hours", id="quiet_since_then"
        ),
    ],
)
def test_a_debt_that_no_rule_lets_be_paid_is_written_off_with_the_rules_reason(changes, rules, reason):
    missed = ended(plan_day(DAY, [wish(base=1)], station()).slots[0])
    aired = Slot("by-hand", DAY, "all", at("06:00"), 90 * timedelta(seconds=1), None, 99, Sha256("c" * 64))
    aired = replace(aired, trigger=Trigger.MANUAL, outcome=AiringOutcome.PLAYED)
    now = at("17:10") if reason in {"cap_minutes", "cap_sessions"} else at("06:10")
    if reason == "cap_minutes":
        aired = replace(aired, start=at("17:00"))
    planned = wish(**{"base": 1} | changes)
    plan = plan_day(DAY, [planned], station(**rules), fixed=[missed, aired], not_before=now)
    assert plan.slots == ()
    assert told(plan) == [(1, 1, reason)]


def test_a_campaign_that_is_not_there_any_more_is_a_stopped_one():
    missed = ended(plan_day(DAY, [wish(base=1)], station()).slots[0])
    assert told(plan_day(DAY, [], station(), fixed=[missed])) == [(1, 1, "campaign_stopped")]


def test_the_quiet_hours_of_a_zone_hold_for_its_debts():
    rules = station(zone_quiet=(("to5", QuietHours((w("06:00-17:15"),), "QĐ 5")),))
    missed = ended(replace(plan_day(DAY, [wish(base=1, zone="to5")], rules).slots[0], start=at("05:15")))
    plan = plan_day(DAY, [wish(base=1, zone="to5")], rules, fixed=[missed], not_before=at("06:00"))
    assert [wall(slot) for slot in plan.slots] == ["17:15"]


def test_between_full_minutes_it_takes_the_second_there_is():
    taken = Slot("by-hand", DAY, "all", at("06:01"), 29 * MINUTE, None, 99, Sha256("c" * 64), trigger=Trigger.MANUAL)
    planned = wish(MORNING, base=1, airing=20, gap=0)
    missed = ended(plan_day(DAY, [planned], station()).slots[0])
    rules = station(min_gap=timedelta(0))
    plan = plan_day(DAY, [planned], rules, fixed=[missed, taken], not_before=at("06:00") + timedelta(seconds=10))
    assert [slot.start for slot in plan.slots] == [at("06:00") + timedelta(seconds=10)]


# Attempts


def test_what_is_being_made_good_is_not_made_good_again():
    plan, fixed = after_the_cut([wish(base=2)], station(), at("05:50"))
    again = plan_day(DAY, [wish(base=2)], station(), fixed=[*fixed, *made_good(plan)], not_before=at("05:51"))
    assert made_good(again) == []
    assert again.slots == tuple(slot for slot in plan.slots if slot.trigger is Trigger.SCHEDULE)


@pytest.mark.parametrize(
    ("share", "reason", "owed"),
    [
        pytest.param(0.0, "power_cut", True, id="power_at_once"),
        pytest.param(0.499, "power_cut", True, id="power_just_before_half"),
        pytest.param(0.5, "power_cut", False, id="power_at_half"),
        pytest.param(0.499, "output_failed", True, id="output_just_before_half"),
        pytest.param(0.94, "output_failed", False, id="output_near_the_end"),
        pytest.param(0.3, "internal_fault", True, id="a_fault_of_the_program"),
        pytest.param(0.1, "stopped_by", False, id="somebody_stopped_it"),
        pytest.param(0.1, "quiet_hours", False, id="the_gate_cut_it"),
        pytest.param(0.1, "station_stopping", False, id="the_station_was_stopped"),
    ],
)
def test_what_a_fault_cut_before_its_half_is_owed_and_what_was_cut_on_purpose_is_not(share, reason, owed):
    planned = plan_day(DAY, [wish()], station()).slots[0]
    ended = replace(planned, outcome=AiringOutcome.PARTIAL, reason=reason, heard=planned.length * share)
    assert is_owed(ended) is owed
    assert bool(debts([ended])) is owed


@pytest.mark.parametrize(
    ("outcome", "reason", "tried_again"),
    [
        pytest.param(AiringOutcome.PLAYED, "", False, id="played"),
        pytest.param(AiringOutcome.PARTIAL, "stopped_by", False, id="stopped_in_the_middle"),
        pytest.param(AiringOutcome.CANCELLED, "stopped_by", False, id="stopped_by_a_person"),
        pytest.param(AiringOutcome.REFUSED, "unapproved", False, id="refused_for_its_sound"),
        pytest.param(AiringOutcome.MISSED, "too_late", True, id="missed_again"),
        pytest.param(AiringOutcome.FAILED, "output_failed", True, id="failed_again"),
    ],
)
def test_an_attempt_settles_the_debt_unless_it_was_as_soundless(outcome, reason, tried_again):
    plan, fixed = after_the_cut([wish(base=2)], station(), at("05:50"))
    attempt = ended(made_good(plan)[0], outcome, reason)
    again = plan_day(DAY, [wish(base=2)], station(), fixed=[*fixed, attempt], not_before=at("05:52"))
    ids = [slot.id for slot in made_good(again)]
    assert ids == (["20200316-c1-1-b2"] if tried_again else [])
    assert all(slot.makes_good == "20200316-c1-1" for slot in made_good(again))
    assert not [one for one in again.refusals if one.ordinal == 1]


@pytest.mark.parametrize(("gap", "rest"), [pytest.param(10, 10, id="the_gap"), pytest.param(0, 1, id="a_minute")])
def test_two_attempts_are_a_gap_apart_so_that_a_lasting_fault_does_not_burst(gap, rest):
    rules = station(min_gap=timedelta(0))
    plan, fixed = after_the_cut([wish(MORNING, base=1, gap=gap)], rules, at("05:50"))
    attempt = ended(made_good(plan)[0], AiringOutcome.REFUSED, "clock_untrusted")
    attempt = replace(attempt, start=attempt.start + MINUTE / 2)
    soon = attempt.start + MINUTE / 6
    again = plan_day(DAY, [wish(MORNING, base=1, gap=gap)], rules, fixed=[*fixed, attempt], not_before=soon)
    assert made_good(again)[0].start - attempt.start == rest * MINUTE + MINUTE / 2  # at the next full minute


def test_what_was_tried_three_times_without_a_sound_is_given_up():
    rules = station(HOUR)
    planned = wish(MORNING, base=1, gap=10)
    first = ended(replace(plan_day(DAY, [planned], rules).slots[0], start=at("05:15")))
    fixed, now = [first], at("05:40")
    for _ in range(20):
        plan = plan_day(DAY, [planned], rules, fixed=fixed, not_before=now)
        if not plan.slots:
            break
        fixed.append(ended(plan.slots[0]))
        now = plan.slots[0].start + 2 * MINUTE
    assert told(plan) == [(1, 1, "make_good_given_up")]
    assert [wall(slot) for slot in fixed] == ["05:15", "05:40", "05:50", "06:00"]
    assert len({slot.id for slot in fixed}) == 4


def test_attempts_end_with_the_grace():
    planned, rules = wish(MORNING, base=1, gap=10), station(30 * MINUTE)
    first = ended(replace(plan_day(DAY, [planned], rules).slots[0], start=at("05:15")))
    plan = plan_day(DAY, [planned], rules, fixed=[first], not_before=at("05:40"))
    tried = ended(plan.slots[0])
    assert wall(tried) == "05:40"
    plan = plan_day(DAY, [planned], rules, fixed=[first, tried], not_before=at("05:42"))
    assert told(plan) == [(1, 1, "make_good_late")]


def test_an_attempt_never_answers_a_wish_of_its_own():
    """Else the campaign would lose an airing for each one that was made good."""
    plan, fixed = after_the_cut([wish(base=2)], station(), at("05:50"))
    paid = ended(made_good(plan)[0], AiringOutcome.PLAYED, "")
    again = plan_day(DAY, [wish(base=2)], station(), fixed=[*fixed, paid], not_before=at("05:52"))
    assert len(again.slots) == 1


# A day that is over


def test_what_a_day_that_is_over_still_owes_is_written_off_once():
    slots = [ended(slot) for slot in plan_day(DAY, [wish(base=3)], station()).slots]
    told_already = [Refusal(1, 2, "no_room_make_good")]
    missing = written_off(slots, told_already, station())
    assert [(one.campaign_id, one.ordinal, one.reason) for one in missing] == [
        (1, 1, "make_good_late"),
        (1, 3, "make_good_late"),
    ]
    assert missing[0].details == {"minutes": 720}
    assert written_off(slots, [*told_already, *missing], station()) == []
    assert written_off(slots, [], station(timedelta(0))) == []


# Every rule at once

GRACES = st.sampled_from([HOUR / 2, 3 * HOUR, 24 * HOUR])
ENDS = st.sampled_from(
    [
        (AiringOutcome.MISSED, "station_off"),
        (AiringOutcome.MISSED, "too_late"),
        (AiringOutcome.FAILED, "output_failed"),
        (AiringOutcome.REFUSED, "clock_untrusted"),
        (AiringOutcome.PLAYED, ""),
        (AiringOutcome.PARTIAL, "power_cut"),
    ]
)
CUTS = st.lists(ENDS, min_size=1, max_size=7)
HOURS = [(MORNING, EVENING), ("06:00-12:00",), ("05:00-05:40", "09:00-10:00", "15:00-16:00"), ("04:30-20:00",)]
USUAL = st.builds(
    lambda hours, base, gap, airing, zone, priority: wish(
        *hours, base=base, gap=gap, airing=airing, zone=zone, priority=priority
    ),
    st.sampled_from(HOURS),
    st.integers(1, 5),
    st.sampled_from([0, 5, 20]),
    st.sampled_from([20, 61.5, 180, 600]),
    st.sampled_from(["all", "all", "to5"]),
    st.sampled_from(Priority),
)
OWING = st.lists(USUAL, min_size=1, max_size=6).map(numbered) | WISHES
"""Campaigns as they come to be, and such as mostly air and so mostly owe."""
SECONDS = st.integers(0, 86_400)


def cut_day(day, airing_requests, rules, second: int, ends) -> tuple[datetime, list[Slot]]:
    """A day whose first airings have ended in some way, a while after the last of them."""
    planned = plan_day(day, airing_requests, rules).slots
    begun = list(planned[: second % (len(planned) + 1)])
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC)
    now = begun[-1].end + timedelta(seconds=second % 2000) if begun else midnight + timedelta(seconds=second)
    begun = [slot for slot in planned if slot.start < now]
    return now, [ended(slot, *ends[number % len(ends)]) for number, slot in enumerate(begun)]


@given(DAYS, OWING, STATIONS, GRACES, SECONDS, CUTS)
@settings(max_examples=examples(120), deadline=None)
def test_every_debt_is_made_good_by_the_rules_or_written_off(day, airing_requests, rules, grace, second, ends):
    rules = replace(rules, make_good=grace)
    now, fixed = cut_day(day, airing_requests, rules, second, ends)
    plan = plan_day(day, airing_requests, rules, fixed=fixed, not_before=now)
    paid, owed = made_good(plan), {slot.id: slot for slot in fixed if is_owed(slot)}
    by_id = {one.campaign.id: one for one in airing_requests}
    refused = [(one.campaign_id, one.ordinal) for one in plan.refusals]
    for debt in debts(fixed):
        answers = [slot.id for slot in paid if slot.makes_good == debt.slot.id]
        assert len(answers) + refused.count((debt.campaign_id, debt.ordinal)) == 1
    assert len(refused) == len(set(refused))
    assert {slot.makes_good for slot in paid} <= set(owed)
    for slot in paid:
        old = owed[slot.makes_good]
        assert max(now, old.start) <= slot.start <= old.start + grace
        for quiet in (rules.quiet_hours, rules.quiet_of(slot.zone)):
            for low, high in quiet_spans(quiet, day, rules.zone_name) if quiet else ():
                assert slot.end <= low or slot.start >= high
        spans = raw_spans(phase_on(by_id[slot.campaign_id].campaign, day).windows, day, rules.zone_name)
        planned_in = next(n for n, (low, high) in enumerate(spans) if low <= old.start < high)
        assert any(low <= slot.start and slot.end <= high for low, high in spans[planned_in : planned_in + 2])
    sounding = [*plan.slots, *(one for one in fixed if one.outcome in {AiringOutcome.PLAYED, AiringOutcome.PARTIAL})]
    for one, other in combinations(sounding, 2):
        if Trigger.MAKE_GOOD in {one.trigger, other.trigger} and (
            one.zone == other.zone or "all" in {one.zone, other.zone}
        ):
            first, last = sorted((one, other), key=lambda slot: slot.start)
            assert last.start - first.end >= gap_between(one, other, by_id, rules)


@given(DAYS, OWING, STATIONS, GRACES, SECONDS, CUTS)
@settings(max_examples=examples(80), deadline=None)
def test_debts_change_nothing_that_is_planned_and_no_cap(day, airing_requests, rules, grace, second, ends):
    now, fixed = cut_day(day, airing_requests, rules, second, ends)
    without = plan_day(day, airing_requests, rules, fixed=fixed, not_before=now)
    rules = replace(rules, make_good=grace)
    plan = plan_day(day, airing_requests, rules, fixed=fixed, not_before=now)
    assert [slot for slot in plan.slots if slot.trigger is Trigger.SCHEDULE] == list(without.slots)
    stretches = session_stretches(
        day, [one.campaign for one in airing_requests if one.campaign.state == "active"], rules
    )
    sounds = [slot for slot in (*fixed, *plan.slots) if slot.outcome not in {"missed", "refused"}]
    aired = [(slot.zone, slot.start, slot.length) for slot in sounds]
    for zone in {slot.zone for slot in made_good(plan)}:
        for had in session_airtime(zone, aired, stretches):
            assert rules.cap.sessions_a_day is None or len(had) <= rules.cap.sessions_a_day
            if rules.cap.minutes_a_session is not None:
                assert all(sound <= timedelta(minutes=rules.cap.minutes_a_session) for sound in had.values())


@given(DAYS, OWING, STATIONS, GRACES, SECONDS, st.integers(0, 7200), CUTS)
@settings(max_examples=examples(100), deadline=None)
def test_planning_again_later_finds_the_same_made_good_airings(day, airing_requests, rules, grace, second, later, ends):
    rules = replace(rules, make_good=grace)
    now, fixed = cut_day(day, airing_requests, rules, second, ends)
    plan = plan_day(day, airing_requests, rules, fixed=fixed, not_before=now)
    assert plan_day(day, airing_requests, rules, fixed=fixed[::-1], not_before=now) == plan
    then = now + timedelta(seconds=later)
    begun = [slot for slot in plan.slots if slot.start < then]
    again = plan_day(day, airing_requests, rules, fixed=[*fixed, *begun], not_before=then)
    assert not {slot.makes_good for slot in made_good(again)} & {slot.makes_good for slot in begun if slot.makes_good}
    planned = [slot for slot in again.slots if slot.trigger is Trigger.SCHEDULE]
    assert planned == [slot for slot in plan.slots if slot.trigger is Trigger.SCHEDULE and slot.start >= then]
    waiting = [slot for slot in made_good(plan) if slot.start >= then]
    if all(slot.start.second == 0 for slot in waiting):
        assert made_good(again) == waiting


@given(DAYS, OWING, STATIONS, SECONDS, CUTS)
@settings(max_examples=examples(120), deadline=None)
def test_nothing_is_made_good_beyond_the_most_that_a_dispatch_allows(day, airing_requests, rules, second, ends):
    rules = replace(rules, make_good=24 * HOUR)
    planned = Counter(slot.campaign_id for slot in plan_day(day, airing_requests, rules).slots)
    bounded = [replace(one, most=planned[one.campaign.id]) for one in airing_requests]
    now, fixed = cut_day(day, bounded, rules, second, ends)
    plan = plan_day(day, bounded, rules, fixed=fixed, not_before=now)
    heard = [slot for slot in fixed if slot.outcome in {AiringOutcome.PLAYED, AiringOutcome.PARTIAL}]
    aired = Counter(slot.campaign_id for slot in (*heard, *plan.slots))
    for number in {slot.campaign_id for slot in made_good(plan)}:
        assert aired[number] <= planned[number]
    refused = [(one.campaign_id, one.ordinal) for one in plan.refusals]
    paid = {slot.makes_good for slot in made_good(plan)}
    for debt in debts(fixed):
        assert (debt.slot.id in paid) + refused.count((debt.campaign_id, debt.ordinal)) == 1


def test_what_was_cut_before_its_half_counts_towards_the_most_that_a_dispatch_allows():
    one = wish("05:00-20:00", base=2)
    cut = {"outcome": AiringOutcome.PARTIAL, "reason": "power_cut"}
    for most, expected in ((None, 1), (3, 1), (2, 0)):
        plan, _ = after_the_cut([replace(one, most=most)], station(), at("12:00"), **cut)
        assert len(made_good(plan)) == expected
    assert [(reason, campaign) for campaign, _, reason in told(plan)] == [("most_reached", 1)]
    assert plan.refusals[0].details == {"most": 2}
