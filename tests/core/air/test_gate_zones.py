"""Zones with quiet hours of their own, days without airings, and what has no time to be late for."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.air.gate import GateFacts, GateRequest, may_sound, may_start
from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Sha256, StationRules, Trigger, Window
from scheduler.core.words.wording import sentence
from tests.rows import over

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2020, 3, 16)
SOUND = Sha256("a" * 64)
TRUSTED = GateFacts(clock_trusted=True)
BASIS = "QCVN 26"
RULES = StationRules(
    "Asia/Ho_Chi_Minh",
    QuietHours((Window(time(21), time(5)),), "QĐ 05"),
    AirtimeLimit(),
    timedelta(minutes=1),
    timedelta(minutes=5),
    blackout=frozenset({date(2020, 3, 17)}),
    zone_quiet=(("bệnh viện", QuietHours((Window(time(11, 30), time(14)),), BASIS)),),
)


def at(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=SAIGON).astimezone(UTC)


def asks(start: str, zone: str = "all", day: date = DAY, **changes: object) -> GateRequest:
    begin = at(start, day)
    plain = GateRequest("s", begin, begin + timedelta(seconds=60), Priority.NORMAL, SOUND, SOUND, zone=zone)
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a request


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        pytest.param(asks("12:00", "bệnh viện"), "quiet_hours", id="for_the_quiet_zone"),
        pytest.param(asks("11:29:30", "bệnh viện"), "quiet_hours", id="it_would_run_into_them"),
        pytest.param(asks("14:00", "bệnh viện"), "", id="just_behind_them"),
        pytest.param(asks("12:00", "chợ"), "", id="for_another_zone"),
        pytest.param(asks("12:00"), "", id="for_all_it_may_start"),
        pytest.param(asks("12:00", day=date(2020, 3, 17)), "blackout_date", id="a_day_without_airings"),
        pytest.param(
            asks("12:00", day=date(2020, 3, 17), priority=Priority.EMERGENCY, emergency_ordered_by_right=True),
            "",
            id="an_emergency_on_such_a_day",
        ),
    ],
)
def test_a_zone_keeps_its_own_quiet_hours(request_, reason):
    verdict = may_start(request_, RULES, TRUSTED, request_.start)
    assert (verdict.allowed, verdict.reason) == (not reason, reason)
    if reason == "quiet_hours":
        assert verdict.details["legal_basis"] == BASIS
        assert BASIS in sentence(verdict.reason, verdict.details)


@pytest.mark.parametrize(
    ("lane", "allowed"),
    [(("chợ",), True), (("bệnh viện",), False), (("chợ", "bệnh viện"), False), (("all",), True), ((), True)],
)
def test_what_is_for_all_is_silent_in_the_quiet_zone_alone(lane, allowed):
    start = at("12:00")
    block = (start, start + timedelta(milliseconds=20))
    verdict = may_sound(asks("12:00"), RULES, *block, clock_trusted=True, lane_zones=lane)
    assert verdict.allowed is allowed
    if not allowed:
        assert verdict.local
        assert "bệnh viện" in sentence(verdict.reason, verdict.details)


def test_the_stations_own_quiet_hours_are_a_no_for_every_output():
    start = at("21:00")
    verdict = may_sound(
        asks("21:00"), RULES, start, start + timedelta(seconds=1), clock_trusted=True, lane_zones=("chợ",)
    )
    assert (verdict.allowed, verdict.local) == (False, False)


def test_an_emergency_sounds_in_a_quiet_zone_too():
    ordered = asks("12:00", priority=Priority.EMERGENCY, emergency_ordered_by_right=True, trigger=Trigger.EMERGENCY)
    start = at("12:00")
    assert may_sound(ordered, RULES, start, start, clock_trusted=True, lane_zones=("bệnh viện",)).allowed


@over(
    "trigger, reason",
    [
        (Trigger.SCHEDULE, "too_late"),
        (Trigger.MAKE_GOOD, "too_late"),
        (Trigger.RELAY, ""),
        (Trigger.LIVE, ""),
        (Trigger.MANUAL, ""),
        (Trigger.DRILL, ""),
    ],
)
def test_only_what_the_plan_has_timed_can_be_too_late(trigger, reason):
    asked = asks("17:00", trigger=trigger)
    assert may_start(asked, RULES, TRUSTED, asked.start + timedelta(minutes=6)).reason == reason


def test_a_drill_is_no_emergency_whoever_orders_it():
    drill = asks("22:00", trigger=Trigger.DRILL, priority=Priority.PRIORITY, emergency_ordered_by_right=True)
    assert may_start(drill, RULES, TRUSTED, drill.start).reason == "quiet_hours"
