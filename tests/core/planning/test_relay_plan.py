"""Where relays stand in a day: fixed by the clock, cut by quiet hours, never two together."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import AirtimeLimit, QuietHours, Relay, StationRules, Window
from scheduler.core.planning.relay_plan import SHORTEST, relay_slots, relay_token
from scheduler.core.planning.rules import is_quiet, parse_window
from scheduler.core.planning.sessions import hears

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 12, 2)
RULES = StationRules(
    "Asia/Ho_Chi_Minh",
    QuietHours((Window(time(21), time(5)), Window(time(11, 30), time(13, 30)))),
    AirtimeLimit(weekdays=frozenset({0, 1, 2, 3, 4})),
    timedelta(minutes=1),
    timedelta(minutes=2),
    blackout=frozenset({date(2026, 12, 3)}),
)


def relay(number: int = 1, *windows: str, **changes: object) -> Relay:
    plain = Relay(number, number, tuple(map(parse_window, windows or ("05:00-05:30",))), DAY, DAY, ("https://a.vn/x",))
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a relay


def spans(slots):
    walls = [(slot.start.astimezone(SAIGON), slot.end.astimezone(SAIGON)) for slot in slots]
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in walls]


def test_one_slot_a_window_as_long_as_the_window():
    assert spans(relay_slots(DAY, [relay(1, "05:00-05:30", "17:00-17:45")], RULES)) == ["05:00-05:30", "17:00-17:45"]


def test_quiet_hours_cut_a_window_in_two():
    assert spans(relay_slots(DAY, [relay(1, "11:00-14:00")], RULES)) == ["11:00-11:30", "13:30-14:00"]


def test_none_on_a_day_without_airings_or_outside_its_dates():
    every = relay(1, start=date(2026, 1, 1), end=date(2027, 1, 1))
    assert relay_slots(date(2026, 12, 3), [every], RULES) == []
    assert relay_slots(date(2026, 12, 5), [every], RULES) == []
    assert relay_slots(DAY + timedelta(days=7), [relay()], RULES) == []


def test_of_two_that_would_be_heard_together_the_first_stays():
    one, two = relay(1, "05:00-05:30"), relay(2, "05:15-06:00")
    assert [slot.announcement_id for slot in relay_slots(DAY, [two, one], RULES)] == [1]
    apart = [replace(one, zone="tổ 1"), replace(two, zone="tổ 2")]
    assert len(relay_slots(DAY, apart, RULES)) == 2


def test_one_that_is_under_way_is_joined_now():
    now = datetime(2026, 12, 2, 5, 10, tzinfo=SAIGON)
    assert spans(relay_slots(DAY, [relay()], RULES, not_before=now)) == ["05:10-05:30"]
    assert relay_slots(DAY, [relay()], RULES, not_before=now + timedelta(minutes=20)) == []


def test_the_token_changes_with_the_sources_their_order_and_the_fallback():
    tokens = {
        relay_token(("a", "b"), ()),
        relay_token(("b", "a"), ()),
        relay_token(("a",), ("b",)),
        relay_token(("ab",), ()),
    }
    assert len(tokens) == 4


TIMES = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))


@given(st.lists(st.tuples(TIMES, TIMES, st.sampled_from(["all", "tổ 1", "tổ 2"])), max_size=6), st.integers(0, 60 * 24))
def test_no_relay_is_in_quiet_hours_and_no_two_are_heard_together(windows, minute):
    relays = [relay(number, zone=zone, windows=(Window(a, b),)) for number, (a, b, zone) in enumerate(windows, 1)]
    now = datetime(2026, 12, 2, tzinfo=SAIGON) + timedelta(minutes=minute)
    slots = relay_slots(DAY, relays, RULES, not_before=now)
    for slot in slots:
        assert is_quiet(RULES.quiet_hours, slot.start, slot.end, RULES.zone_name) is None
        assert slot.start >= now
        assert slot.length >= SHORTEST
        others = [other for other in slots if other is not slot and hears(slot.zone, other.zone)]
        assert all(other.end <= slot.start or other.start >= slot.end for other in others)
