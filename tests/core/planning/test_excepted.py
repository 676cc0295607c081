"""What the order of a campaign leaves out: in the plan, in the form, and in what people are told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.model import (
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    QuietHours,
    Sha256,
    StationRules,
    Window,
)
from scheduler.core.planning.campaign_faults import campaign_faults
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.excepted import Exceptions, met
from scheduler.core.planning.planner import idle_windows, plan_day
from scheduler.core.planning.rules import ordered_on, wanted_on
from tests.rows import over

ZONE = "Asia/Ho_Chi_Minh"
RULES = StationRules(ZONE, QuietHours(()), AirtimeLimit(), timedelta(0), timedelta(minutes=5))
DAY = date(2026, 3, 12)  # a Thursday
SOUND = Sha256("a" * 64)


def window(text: str) -> Window:
    return Window(*map(time.fromisoformat, text.split("-")))


CAMPAIGN = Campaign(
    id=1, title="Đợt", announcement_id=1, windows=(window("10:00-14:00"),), base=4, start=date(2026, 3, 5),
    end=date(2026, 3, 20), min_gap=timedelta(minutes=10), state=CampaignState.ACTIVE,
)  # fmt: skip


def planned(campaign: Campaign, day: date = DAY, seconds: int = 300):
    return plan_day(day, [PlannedCampaign(campaign, timedelta(seconds=seconds), SOUND)], RULES)


def walls(plan) -> list[str]:
    return [f"{slot.start.astimezone(ZoneInfo(ZONE)):%H:%M}" for slot in plan.slots]


def test_a_day_that_is_left_out_is_not_wanted_and_owes_nothing():
    campaign = replace(CAMPAIGN, except_days=(DAY,))
    assert not wanted_on(campaign, DAY)
    assert ordered_on(campaign, DAY, timedelta(minutes=5), RULES).airings == 0
    assert (planned(campaign).slots, planned(campaign).refusals) == ((), ())
    assert len(planned(campaign, date(2026, 3, 13)).slots) == 4


def test_only_the_days_that_are_named_are_aired_on():
    campaign = replace(CAMPAIGN, dates=(date(2026, 3, 13), date(2026, 3, 15)))
    days = [date(2026, 3, n) for n in range(5, 21)]
    assert [day.day for day in days if planned(campaign, day).slots] == [13, 15]


def test_hours_that_are_left_out_stay_free_and_all_airings_find_room_beside_them():
    plan = planned(replace(CAMPAIGN, except_windows=(window("11:00-13:30"),)))
    assert len(plan.slots) == 4
    assert all("10:00" <= at <= "10:55" or "13:30" <= at <= "13:55" for at in walls(plan))


def test_a_beat_that_lies_in_hours_left_out_is_not_asked_for():
    campaign = replace(CAMPAIGN, boost=Boost(BoostKind.EVERY, 30), except_windows=(window("11:30-13:30"),))
    plan = planned(campaign)
    assert walls(plan) == ["10:00", "10:30", "11:00", "13:30"]
    assert plan.refusals == ()


def test_what_runs_behind_midnight_ends_where_the_day_left_out_begins():
    campaign = replace(CAMPAIGN, windows=(window("22:00-02:00"),), except_days=(DAY + timedelta(days=1),))
    assert all("22:00" <= at <= "23:55" for at in walls(planned(campaign)))
    assert len(planned(campaign).slots) == 4


def test_a_window_left_out_whole_is_no_idle_window():
    campaign = replace(
        CAMPAIGN, windows=(window("06:00-07:00"), window("12:00-13:00")), except_windows=(window("11:30-13:30"),)
    )
    known = PlannedCampaign(campaign, timedelta(minutes=5), SOUND)
    assert idle_windows(DAY, [known], RULES, plan_day(DAY, [known], RULES).slots) == []


@pytest.mark.parametrize(
    ("changes", "seconds", "reason"),
    [
        ({"except_windows": (window("09:00-15:00"),)}, 300, "excepted_hours"),
        ({"max_minutes": 4}, 300, "airing_over_limit"),
    ],
)
def test_what_keeps_a_campaign_from_any_airing_is_told(changes, seconds, reason):
    plan = planned(replace(CAMPAIGN, **changes), seconds=seconds)
    assert (plan.slots, {one.reason for one in plan.refusals}) == ((), {reason})


def test_an_airing_as_long_as_it_may_be_is_aired():
    assert len(planned(replace(CAMPAIGN, max_minutes=5)).slots) == 4


@over(
    "changes, reasons",
    [
        ({"except_windows": (window("09:00-15:00"),)}, ["all_excepted"]),
        ({"except_windows": (window("11:00-12:00"),)}, []),
        ({"dates": (date(2026, 4, 1),)}, ["no_airing_day"]),
        ({"except_days": tuple(date(2026, 3, n) for n in range(5, 21))}, ["no_airing_day"]),
        ({"except_days": tuple(date(2026, 3, n) for n in range(5, 20))}, []),
        ({"max_minutes": 4}, ["airing_over_limit"]),
        ({"max_minutes": 0}, ["max_minutes_invalid"]),
        ({"except_days": tuple(date(2025, 1, 1) + timedelta(days=n) for n in range(367))}, ["exceptions_too_many"]),
    ],
)
def test_a_form_that_leaves_nothing_to_air_is_refused(changes, reasons):
    faults = campaign_faults(replace(CAMPAIGN, **changes), RULES, timedelta(minutes=5))
    assert [one.reason for one in faults] == reasons


@over(
    "start, minutes, reason",
    [
        ("10:55", 5, ""),
        ("10:55", 6, "excepted_hours"),
        ("11:00", 1, "excepted_hours"),
        ("12:00", 1, ""),
        ("21:00", 1, "excepted_hours"),
        ("23:59", 1, "excepted_hours"),
    ],
)
def test_an_exception_is_touched_from_its_first_instant_up_to_its_last(start, minutes, reason):
    kept = Exceptions(windows=(window("11:00-12:00"), window("20:00-00:00")))
    at = datetime.combine(DAY, time.fromisoformat(start), ZoneInfo(ZONE)).astimezone(UTC)
    found = met(kept, at, at + timedelta(minutes=minutes), ZONE)
    assert (found[0] if found else "") == reason
