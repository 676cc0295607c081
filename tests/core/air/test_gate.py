from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.air.gate import GateFacts, GateRequest, may_sound, may_start
from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Sha256, StationRules, Trigger, Window
from scheduler.core.planning.sessions import session_airtime, session_of
from tests.rows import over

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2020, 3, 16)  # a Monday
SUNDAY = date(2020, 3, 15)
SOUND, OTHER = Sha256("a" * 64), Sha256("b" * 64)
TRUSTED = GateFacts(clock_trusted=True)
UNTRUSTED = GateFacts(clock_trusted=False)
BASIS = "QĐ 05/2021/QĐ-UBND"


def at(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=SAIGON).astimezone(UTC)


def station(cap: AirtimeLimit | None = None) -> StationRules:
    quiet = QuietHours((Window(time(21), time(5)),), BASIS)
    gap, tolerance = timedelta(minutes=1), timedelta(minutes=5)
    return StationRules("Asia/Ho_Chi_Minh", quiet, cap or AirtimeLimit(), gap, tolerance)


def asks(start: str = "17:00", seconds: float = 90, day: date = DAY, **changes) -> GateRequest:
    begin = at(start, day)
    whole = GateRequest("s1", begin, begin + timedelta(seconds=seconds), Priority.NORMAL, SOUND, SOUND)
    return replace(whole, **changes)


EMERGENCY = {"priority": Priority.EMERGENCY, "emergency_ordered_by_right": True, "trigger": Trigger.EMERGENCY}


def reason_of(request, rules=None, facts=TRUSTED, now=None) -> str:
    verdict = may_start(request, rules or station(), facts, now or request.start)
    assert verdict.allowed is (verdict.reason == "")
    return verdict.reason


@pytest.mark.parametrize(
    ("request_", "facts", "late", "reason"),
    [
        pytest.param(asks(), TRUSTED, 0, "", id="an_ordinary_airing"),
        pytest.param(asks(), UNTRUSTED, 0, "clock_untrusted", id="clock_untrusted"),
        pytest.param(asks(approved_sha256=None), TRUSTED, 0, "unapproved", id="never_approved"),
        pytest.param(asks(approved_sha256=Sha256("")), TRUSTED, 0, "unapproved", id="approved_of_nothing"),
        pytest.param(asks(audio_sha256=OTHER), TRUSTED, 0, "audio_changed", id="not_the_sound_approved"),
        pytest.param(asks(seconds=0), TRUSTED, 0, "length_invalid", id="no_length"),
        pytest.param(asks(seconds=-5), TRUSTED, 0, "length_invalid", id="ends_before_it_starts"),
        pytest.param(asks("20:58", 120), TRUSTED, 0, "", id="ends_as_quiet_begins"),
        pytest.param(asks("20:58", 121), TRUSTED, 0, "quiet_hours", id="would_run_into_quiet"),
        pytest.param(asks("20:58", 120), TRUSTED, 1, "", id="one_second_late_is_on_time"),
        pytest.param(asks("20:58", 120), TRUSTED, 2, "quiet_hours", id="late_so_would_run_into_quiet"),
        pytest.param(asks("04:59", 10), TRUSTED, 0, "quiet_hours", id="before_quiet_ends"),
        pytest.param(asks("05:00", 10), TRUSTED, 0, "", id="as_quiet_ends"),
        pytest.param(asks("03:15", trigger=Trigger.MANUAL), TRUSTED, 0, "quiet_hours", id="by_hand_at_night"),
        pytest.param(asks(), TRUSTED, 300, "", id="as_late_as_tolerated"),
        pytest.param(asks(), TRUSTED, 301, "too_late", id="a_second_later_than_tolerated"),
        pytest.param(asks(trigger=Trigger.MANUAL), TRUSTED, 3600, "", id="by_hand_is_never_late"),
        pytest.param(asks("03:15", **EMERGENCY), TRUSTED, 0, "", id="emergency_at_night"),
        pytest.param(asks("03:15", **EMERGENCY), UNTRUSTED, 0, "", id="emergency_after_a_power_cut"),
        pytest.param(asks("03:15", **EMERGENCY), TRUSTED, 9999, "", id="emergency_that_waited"),
        pytest.param(asks(**EMERGENCY, approved_sha256=None), TRUSTED, 0, "unapproved", id="emergency_unapproved"),
        pytest.param(asks(**EMERGENCY, audio_sha256=OTHER), TRUSTED, 0, "audio_changed", id="emergency_changed"),
        pytest.param(
            asks("03:15", priority=Priority.EMERGENCY), TRUSTED, 0, "quiet_hours", id="emergency_without_the_right"
        ),
        pytest.param(
            asks("03:15", emergency_ordered_by_right=True), TRUSTED, 0, "quiet_hours", id="the_right_without_emergency"
        ),
        pytest.param(
            asks("03:15", priority=Priority.EMERGENCY), UNTRUSTED, 0, "clock_untrusted", id="no_right_no_clock"
        ),
    ],
)
def test_the_gate_says_no_with_its_reason(request_, facts, late, reason):
    assert reason_of(request_, facts=facts, now=request_.start + timedelta(seconds=late)) == reason


def test_asked_ahead_of_time_the_planned_start_counts():
    assert reason_of(asks("05:00"), now=at("04:59:50")) == ""


@pytest.mark.parametrize(
    ("cap", "facts", "reason"),
    [
        pytest.param(AirtimeLimit(weekdays=frozenset(range(5))), {}, "", id="a_monday_is_a_weekday"),
        pytest.param(AirtimeLimit(weekdays=frozenset({5, 6})), {}, "cap_weekday", id="a_monday_is_no_weekend"),
        pytest.param(AirtimeLimit(sessions_a_day=2), {1: 5}, "", id="a_second_session"),
        pytest.param(AirtimeLimit(sessions_a_day=2), {1: 5, 3: 5}, "cap_sessions", id="a_third_of_two_sessions"),
        pytest.param(AirtimeLimit(sessions_a_day=2), {1: 5, 5: 5}, "", id="in_a_session_already_begun"),
        pytest.param(AirtimeLimit(sessions_a_day=0), {}, "cap_sessions", id="no_session_at_all"),
        pytest.param(AirtimeLimit(minutes_a_session=15), {5: 13.5}, "", id="fills_its_session_exactly"),
        pytest.param(AirtimeLimit(minutes_a_session=15), {5: 13.6}, "cap_minutes", id="six_seconds_over"),
        pytest.param(AirtimeLimit(minutes_a_session=15), {3: 15}, "", id="another_session_was_full"),
        pytest.param(AirtimeLimit(minutes_a_session=1), {}, "cap_minutes", id="longer_than_any_session"),
    ],
)
def test_caps_hold_and_name_their_legal_basis(cap, facts, reason):
    cap = replace(cap, legal_basis=BASIS)
    had = {session: timedelta(minutes=minutes) for session, minutes in facts.items()}
    verdict = may_start(asks(), station(cap), GateFacts(clock_trusted=True, session=5, aired=(had,)), at("17:00"))
    assert verdict.reason == reason
    assert verdict.details.get("legal_basis", BASIS) == BASIS
    assert bool(verdict.details) is bool(reason)


def test_one_zone_at_its_cap_stops_what_airs_in_all_of_them():
    facts = GateFacts(clock_trusted=True, session=1, aired=({1: timedelta(0)}, {1: timedelta(minutes=15)}))
    assert reason_of(asks(), station(AirtimeLimit(minutes_a_session=15)), facts) == "cap_minutes"


def test_no_cap_stops_a_permitted_emergency():
    cap = AirtimeLimit(sessions_a_day=0, minutes_a_session=0, weekdays=frozenset())
    assert reason_of(asks(**EMERGENCY), station(cap)) == ""


def test_the_weekday_is_the_stations_not_that_of_greenwich():
    cap = AirtimeLimit(weekdays=frozenset(range(5)))
    monday_five = asks("05:30")
    assert monday_five.start.weekday() == 6  # Sunday in UTC
    assert reason_of(monday_five, station(cap)) == ""
    assert reason_of(asks("05:30", day=SUNDAY), station(cap)) == "cap_weekday"


@pytest.mark.parametrize(
    ("start", "request_", "trusted", "reason"),
    [
        pytest.param("20:59:59.980", asks("20:58"), True, "", id="the_last_block_before_quiet"),
        pytest.param("20:59:59.981", asks("20:58"), True, "quiet_hours", id="a_millisecond_in"),
        pytest.param("21:00:00", asks("20:58"), True, "quiet_hours", id="the_first_quiet_block"),
        pytest.param("04:59:59.999", asks("05:00"), True, "quiet_hours", id="a_millisecond_early"),
        pytest.param("05:00:00", asks("05:00"), True, "", id="the_first_block_of_the_morning"),
        pytest.param("12:00:00", asks("12:00"), False, "clock_untrusted", id="trust_lost_on_the_way"),
        pytest.param("12:00:00", asks("12:00", audio_sha256=OTHER), True, "audio_changed", id="sound_replaced"),
        pytest.param("12:00:00", asks("12:00", approved_sha256=None), True, "unapproved", id="approval_lost"),
        pytest.param("03:15:00", asks("03:15", **EMERGENCY), False, "", id="permitted_emergency"),
        pytest.param("03:15:00", asks("03:15", **EMERGENCY, audio_sha256=OTHER), True, "audio_changed", id="wrong_one"),
    ],
)
def test_each_block_is_asked_again(start, request_, trusted, reason):
    begin = at(start)
    verdict = may_sound(request_, station(), begin, begin + timedelta(milliseconds=20), clock_trusted=trusted)
    assert (verdict.allowed, verdict.reason) == (not reason, reason)


def test_the_zone_of_the_station_decides_at_the_very_next_block():
    noon = at("12:00")
    block = (noon, noon + timedelta(milliseconds=20))
    assert may_sound(asks("12:00"), station(), *block, clock_trusted=True).allowed
    moved = replace(station(), zone_name="America/Los_Angeles")  # 22:00 there
    assert may_sound(asks("12:00"), moved, *block, clock_trusted=True).reason == "quiet_hours"


STRETCHES = ((at("05:00"), at("06:30")), (at("17:00"), at("18:30")))


@over(
    "start, session", [("04:59", 0), ("05:00", 1), ("06:29", 1), ("06:30", 2), ("12:00", 2), ("17:00", 3), ("18:30", 4)]
)
def test_a_session_is_a_stretch_or_the_pause_before_it(start, session):
    assert session_of(at(start), STRETCHES) == session


def test_each_zone_has_its_own_ears():
    minute = timedelta(minutes=1)
    aired = [("all", at("05:00"), minute), ("to5", at("05:10"), 2 * minute), ("to6", at("17:00"), 3 * minute)]
    to5, to6 = {1: 3 * minute}, {1: minute, 3: 3 * minute}
    assert session_airtime("to5", aired, STRETCHES) == (to5,)
    assert session_airtime("to6", aired, STRETCHES) == (to6,)
    assert session_airtime("all", aired, STRETCHES) == (to5, to6)
    assert session_airtime("all", aired[:1], STRETCHES) == ({1: minute},)
