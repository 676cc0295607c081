"""What a change of rules would let sound: told to the minute, and never less than the gate would then allow."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.gate import GateFacts, GateRequest, may_sound, may_start
from scheduler.core.model import ALL_WEEKDAYS, AirtimeLimit, Priority, QuietHours, Sha256, StationRules, Window
from scheduler.core.planning.relaxations import Loosened, loosened, minutes_of, windows_of
from scheduler.core.planning.rules import parse_window
from tests.rows import over

SHA = Sha256("a" * 64)
DAY = date(2026, 12, 2)


def rules(*windows, zones=(), **cap):
    blackout = frozenset(cap.pop("blackout", ()))
    return StationRules(
        zone_name="Asia/Ho_Chi_Minh",
        quiet_hours=QuietHours(tuple(map(parse_window, windows))),
        cap=AirtimeLimit(**cap),
        min_gap=timedelta(0),
        late_tolerance=timedelta(minutes=2),
        blackout=blackout,
        zone_quiet=tuple((name, QuietHours(tuple(map(parse_window, own)))) for name, own in zones),
    )


@over(
    "before, after, told",
    [
        (("21:00-05:00",), ("21:00-05:00",), []),
        (("21:00-05:00",), ("20:30-05:00",), []),
        (("21:00-05:00",), ("21:00-05:00", "11:30-13:30"), []),
        (("21:00-05:00",), ("21:30-05:00",), ["21:00-21:30"]),
        (("21:00-05:00",), ("22:00-04:30",), ["04:30-05:00", "21:00-22:00"]),
        (("21:00-05:00",), (), ["21:00-05:00"]),
        (("21:00-00:00", "00:00-05:00"), ("21:00-05:00",), []),
        (("21:00-05:00", "11:30-13:30"), ("21:00-05:00", "12:00-13:30"), ["11:30-12:00"]),
    ],
)
def test_quiet_minutes_that_open_are_told_as_windows(before, after, told):
    assert [one.told for one in loosened(rules(*before), rules(*after))] == told


def test_a_zone_of_its_own_is_told_apart_from_the_station():
    before = rules("21:00-05:00", zones=[("bac", ("11:30-13:30",))])
    assert loosened(before, rules("21:00-05:00")) == (Loosened("quiet", "11:30-13:30", "bac"),)
    assert loosened(before, rules("21:00-05:00", "11:00-14:00")) == ()
    assert loosened(before, rules("21:00-04:00", zones=[("bac", ("11:30-13:30",))])) == (
        Loosened("quiet", "04:00-05:00"),
    )


@over(
    "before, after, found",
    [
        ({}, {"sessions_a_day": 2}, ()),
        ({"sessions_a_day": 3}, {"sessions_a_day": 2}, ()),
        ({"sessions_a_day": 2}, {"sessions_a_day": 3}, (Loosened("cap_sessions", "3"),)),
        ({"sessions_a_day": 2}, {}, (Loosened("cap_sessions", ""),)),
        ({"minutes_a_session": 30.0}, {"minutes_a_session": 45.0}, (Loosened("cap_minutes", "45"),)),
        ({"weekdays": frozenset({0, 1})}, {"weekdays": ALL_WEEKDAYS}, (Loosened("weekdays", "2, 3, 4, 5, 6"),)),
        ({"blackout": [DAY]}, {}, (Loosened("blackout", "2026-12-02"),)),
        ({}, {"blackout": [DAY]}, ()),
    ],
)
def test_caps_and_days_loosen_in_one_direction_only(before, after, found):
    assert loosened(rules("21:00-05:00", **before), rules("21:00-05:00", **after)) == found


MINUTES = st.integers(0, 1439)
WINDOWS = st.lists(
    st.tuples(MINUTES, MINUTES)
    .filter(lambda two: two[0] != two[1])
    .map(lambda two: f"{two[0] // 60:02}:{two[0] % 60:02}-{two[1] // 60:02}:{two[1] % 60:02}"),
    max_size=3,
)
ZONES = st.dictionaries(st.sampled_from(["bac", "nam"]), WINDOWS, max_size=2).map(lambda found: list(found.items()))


@given(WINDOWS)
def test_windows_made_of_minutes_hold_exactly_those_minutes(texts):
    minutes = minutes_of(map(parse_window, texts))
    assert minutes_of(windows_of(minutes)) == minutes


@given(before=WINDOWS, after=WINDOWS, had=ZONES, has=ZONES, minute=MINUTES, zone=st.sampled_from(["all", "bac", "nam"]))
def test_what_loosens_nothing_never_turns_a_no_of_the_gate_into_a_yes(before, after, had, has, minute, zone):
    was, becomes = rules(*before, zones=had), rules(*after, zones=has)
    start = datetime(2026, 12, 2, tzinfo=UTC) - timedelta(hours=7) + timedelta(minutes=minute)
    request = GateRequest("s", start, start + timedelta(seconds=30), Priority.NORMAL, SHA, SHA, zone=zone)
    facts = GateFacts(clock_trusted=True)

    def allowed(told):
        starts = may_start(request, told, facts, start).allowed
        block = may_sound(
            request, told, start, start + timedelta(milliseconds=20), clock_trusted=True, lane_zones=(zone,)
        )
        return starts and block.allowed

    if not loosened(was, becomes):
        assert not (allowed(becomes) and not allowed(was))
    elif allowed(becomes) and not allowed(was):
        at = time(minute // 60, minute % 60)
        told = [parse_window(one.told) for one in loosened(was, becomes)]
        assert minute in minutes_of(told), (at, told)


def test_a_day_that_is_quiet_throughout_is_two_windows_that_hold_it():
    assert windows_of(range(1440)) == (Window(time(0), time(23, 59)), Window(time(23, 59), time(0)))
    whole = replace(rules(), quiet_hours=QuietHours(windows_of(range(1440))))
    assert loosened(rules("21:00-05:00"), whole) == ()
