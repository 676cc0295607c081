from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import AirtimeLimit, Boost, BoostKind, Campaign, QuietHours, StationRules, Window
from scheduler.core.planning import rules
from scheduler.core.planning.campaign_faults import campaign_faults
from scheduler.kernel.errors import Refused
from tests.core.planning.test_planner import w
from tests.rows import over

SAIGON = "Asia/Ho_Chi_Minh"
PARIS = "Europe/Paris"
ANGELES = "America/Los_Angeles"
DAY = date(2020, 3, 16)  # a Monday
NIGHT = QuietHours((Window(time(21), time(5)),), "QĐ 12/2021")
NOON = Window(time(11, 30), time(13, 30))


def at(day: date, text: str, zone: str = SAIGON, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZoneInfo(zone)).replace(fold=fold).astimezone(UTC)


def station(quiet: QuietHours = NIGHT, zone: str = SAIGON) -> StationRules:
    return StationRules(zone, quiet, AirtimeLimit(), timedelta(minutes=1), timedelta(minutes=5))


def campaign(*windows: str, **changes) -> Campaign:
    whole = Campaign(
        id=7,
        title="Phòng dịch",
        announcement_id=1,
        windows=tuple(map(w, windows)),
        base=2,
        start=date(2020, 3, 13),
        end=date(2020, 4, 13),
    )
    return replace(whole, **changes)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        pytest.param(DAY, SAIGON, 24, id="saigon"),
        pytest.param(date(2020, 3, 29), PARIS, 23, id="paris_gap"),
        pytest.param(date(2020, 10, 25), PARIS, 25, id="paris_fold"),
        pytest.param(date(2020, 3, 8), ANGELES, 23, id="los_angeles_gap"),
        pytest.param(date(2020, 11, 1), ANGELES, 25, id="los_angeles_fold"),
        pytest.param(date(2018, 11, 4), "America/Sao_Paulo", 23, id="midnight_itself_in_the_gap"),
    ],
)
def test_a_day_runs_from_local_midnight_to_local_midnight(day, zone, hours):
    start, end = rules.day_span(day, zone)
    assert end - start == timedelta(hours=hours)
    assert rules.local_day(start, zone) == day
    assert rules.local_day(start - timedelta(seconds=1), zone) == day - timedelta(days=1)
    assert rules.local_day(end - timedelta(seconds=1), zone) == day
    assert rules.local_day(end, zone) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        pytest.param(DAY, "05:00", SAIGON, "2020-03-15T22:00+00:00", id="saigon"),
        pytest.param(date(2020, 3, 29), "01:59", PARIS, "2020-03-29T00:59+00:00", id="just_before_the_gap"),
        pytest.param(date(2020, 3, 29), "02:00", PARIS, None, id="first_minute_of_the_gap"),
        pytest.param(date(2020, 3, 29), "02:59", PARIS, None, id="last_minute_of_the_gap"),
        pytest.param(date(2020, 3, 29), "03:00", PARIS, "2020-03-29T01:00+00:00", id="just_after_the_gap"),
        pytest.param(date(2020, 10, 25), "02:30", PARIS, "2020-10-25T00:30+00:00", id="first_coming_of_a_fold"),
        pytest.param(date(2020, 10, 25), "03:00", PARIS, "2020-10-25T02:00+00:00", id="just_after_the_fold"),
        pytest.param(date(2020, 3, 8), "02:30", ANGELES, None, id="los_angeles_gap"),
        pytest.param(date(2020, 11, 1), "01:30", ANGELES, "2020-11-01T08:30+00:00", id="los_angeles_fold"),
    ],
)
def test_a_wall_time_has_one_instant_or_none(day, wall, zone, expected):
    found = rules.local_instant(day, time.fromisoformat(wall), zone)
    assert (None if found is None else found.isoformat(timespec="minutes")) == expected


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        pytest.param("2020-03-16 20:58:00", "2020-03-16 21:00:00", False, id="ends_as_quiet_begins"),
        pytest.param("2020-03-16 20:58:00", "2020-03-16 21:00:01", True, id="runs_one_second_in"),
        pytest.param("2020-03-16 21:00:00", "2020-03-16 21:00:00", True, id="the_first_instant"),
        pytest.param("2020-03-16 20:59:59", "2020-03-16 20:59:59", False, id="the_instant_before"),
        pytest.param("2020-03-16 23:59:00", "2020-03-17 00:01:00", True, id="over_midnight"),
        pytest.param("2020-03-16 00:00:00", "2020-03-16 00:00:01", True, id="after_midnight_of_the_day_before"),
        pytest.param("2020-03-16 03:15:00", "2020-03-16 03:16:00", True, id="the_night_of_a_mis_set_relay"),
        pytest.param("2020-03-16 04:59:59", "2020-03-16 05:01:00", True, id="starts_a_second_early"),
        pytest.param("2020-03-16 05:00:00", "2020-03-16 05:01:00", False, id="starts_as_quiet_ends"),
        pytest.param("2020-03-16 05:00:00", "2020-03-16 05:00:00", False, id="the_instant_quiet_ends"),
        pytest.param("2020-03-16 12:00:00", "2020-03-16 12:00:01", False, id="broad_day"),
        pytest.param("2020-03-16 06:00:00", "2020-03-18 06:00:00", True, id="runs_for_two_days"),
    ],
)
def test_quiet_hours_over_midnight_end_exactly_where_they_say(start, end, quiet):
    zone = ZoneInfo(SAIGON)
    edges = [datetime.fromisoformat(edge).replace(tzinfo=zone).astimezone(UTC) for edge in (start, end)]
    assert rules.is_quiet(NIGHT, *edges, SAIGON) == (NIGHT.windows[0] if quiet else None)


def test_the_window_that_is_touched_is_the_one_told():
    quiet = QuietHours((NIGHT.windows[0], NOON))
    assert rules.is_quiet(quiet, at(DAY, "13:29"), at(DAY, "13:31"), SAIGON) == NOON
    assert rules.is_quiet(quiet, at(DAY, "13:30"), at(DAY, "13:31"), SAIGON) is None


def test_quiet_spans_of_a_day_include_the_night_begun_the_day_before():
    assert rules.quiet_spans(NIGHT, DAY, SAIGON) == (
        (at(date(2020, 3, 15), "21:00"), at(DAY, "05:00")),
        (at(DAY, "21:00"), at(date(2020, 3, 17), "05:00")),
    )


def test_quiet_hours_with_equal_edges_are_silence_all_day():
    always = QuietHours((w("06:00-06:00"),))
    for hour in range(24):
        assert rules.is_quiet(always, at(DAY, f"{hour:02}:30"), at(DAY, f"{hour:02}:31"), SAIGON)


def test_quiet_hours_that_end_in_a_fold_last_until_its_second_coming():
    fold = date(2020, 10, 25)
    quiet = QuietHours((w("21:00-02:30"),))
    assert rules.is_quiet(quiet, at(fold, "02:29", PARIS, fold=1), at(fold, "02:29", PARIS, fold=1), PARIS)
    assert not rules.is_quiet(quiet, at(fold, "02:30", PARIS, fold=1), at(fold, "02:30", PARIS, fold=1), PARIS)


def test_quiet_hours_that_end_in_a_gap_end_when_the_clocks_change():
    gap = date(2020, 3, 29)
    quiet = QuietHours((w("21:00-02:30"),))
    change = datetime(2020, 3, 29, 1, tzinfo=UTC)
    assert rules.quiet_spans(quiet, gap, PARIS)[0][1] == change


@given(
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from([SAIGON, PARIS, ANGELES]),
    day=st.dates(date(2020, 1, 1), date(2021, 12, 31)),
    second=st.integers(0, 86_399),
)
def test_no_instant_whose_wall_time_is_in_a_quiet_window_is_ever_missed(start, end, zone, day, second):
    instant = datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=second)
    wall = instant.astimezone(ZoneInfo(zone)).time()
    inside = start <= wall < end if start < end else (wall >= start or wall < end)
    if inside:
        assert rules.is_quiet(QuietHours((Window(start, end),)), instant, instant, zone)


@given(
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from([SAIGON, PARIS, ANGELES]),
    day=st.sampled_from(
        [DAY, date(2020, 3, 29), date(2020, 10, 25), date(2020, 3, 8), date(2020, 11, 1)],
    ),
    share=st.floats(0, 0.999),
)
def test_every_instant_of_an_open_window_reads_as_inside_it_on_the_wall_clock(start, end, zone, day, share):
    for low, high in rules.raw_spans([Window(start, end)], day, zone):
        wall = (low + (high - low) * share).astimezone(ZoneInfo(zone))
        behind = end < start and wall.time() < end
        assert wall.date() == day + timedelta(days=behind)
        assert start <= wall.time() or behind
        assert wall.time() < end or end < start


@pytest.mark.parametrize(
    ("windows", "quiet", "expected"),
    [
        pytest.param(["05:00-06:30"], NIGHT, [("05:00", "06:30")], id="begins_as_quiet_ends"),
        pytest.param(["04:00-06:30"], NIGHT, [("05:00", "06:30")], id="cut_at_its_start"),
        pytest.param(["20:00-22:00"], NIGHT, [("20:00", "21:00")], id="cut_at_its_end"),
        pytest.param(["22:00-23:00"], NIGHT, [], id="wholly_quiet"),
        pytest.param(["11:00-14:00"], QuietHours((NOON,)), [("11:00", "11:30"), ("13:30", "14:00")], id="cut_in_two"),
        pytest.param(["06:00-07:00", "06:30-08:00"], NIGHT, [("06:00", "08:00")], id="overlapping_are_one"),
        pytest.param(["07:00-08:00", "06:00-07:00"], NIGHT, [("06:00", "08:00")], id="touching_are_one"),
        pytest.param(["07:00-07:00"], NIGHT, [], id="empty"),
        pytest.param(["20:00-02:00"], NIGHT, [("20:00", "21:00")], id="over_midnight_and_quiet_behind"),
    ],
)
def test_a_campaign_is_open_in_its_windows_less_quiet_hours(windows, quiet, expected):
    found = rules.open_spans(campaign(*windows), DAY, station(quiet))
    assert found == tuple((at(DAY, low), at(DAY, high)) for low, high in expected)


def test_a_window_that_starts_in_a_fold_uses_its_first_coming_only():
    fold = date(2020, 10, 25)
    assert rules.open_spans(campaign("02:15-03:30"), fold, station(QuietHours(()), PARIS)) == (
        (datetime(2020, 10, 25, 0, 15, tzinfo=UTC), datetime(2020, 10, 25, 1, 0, tzinfo=UTC)),
        (datetime(2020, 10, 25, 2, 0, tzinfo=UTC), datetime(2020, 10, 25, 2, 30, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("base", "boost", "expected"),
    [
        pytest.param(2, Boost(), 2, id="no_boost"),
        pytest.param(2, Boost(BoostKind.FACTOR, 3), 6, id="times_three"),
        pytest.param(3, Boost(BoostKind.FACTOR, 1.5), 5, id="half_rounds_up"),
        pytest.param(5, Boost(BoostKind.FACTOR, 1.1), 6, id="half_rounds_up_in_decimals"),
        pytest.param(7, Boost(BoostKind.FACTOR, 1.1), 8, id="seven_point_seven"),
        pytest.param(2, Boost(BoostKind.FACTOR, 1.2), 2, id="less_than_half_rounds_down"),
        pytest.param(2, Boost(BoostKind.FACTOR, 0.1), 1, id="at_least_one"),
        pytest.param(0, Boost(BoostKind.FACTOR, 3), 0, id="nothing_boosted_is_nothing"),
        pytest.param(2, Boost(BoostKind.TARGET, 14), 14, id="a_target_replaces_the_base"),
        pytest.param(2, Boost(BoostKind.EVERY, 30), 6, id="every_half_hour_of_two_windows"),
        pytest.param(2, Boost(BoostKind.EVERY, 89), 4, id="every_89_minutes"),
        pytest.param(2, Boost(BoostKind.EVERY, 90), 2, id="every_90_minutes_the_end_is_not_in"),
        pytest.param(2, Boost(BoostKind.FACTOR, float("nan")), 2, id="a_senseless_boost_is_left_out"),
        pytest.param(2, Boost(BoostKind.EVERY, 0), 2, id="every_zero_minutes_is_senseless"),
    ],
)
def test_airings_wanted_are_base_times_boost(base, boost, expected):
    wanted = campaign("05:00-06:30", "17:00-18:30", base=base, boost=boost)
    assert rules.airings_wanted(wanted, DAY) == expected


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param(date(2020, 3, 12), 0, id="the_day_before"),
        pytest.param(date(2020, 3, 13), 2, id="the_first_day"),
        pytest.param(date(2020, 4, 13), 2, id="the_last_day"),
        pytest.param(date(2020, 4, 14), 0, id="the_day_after"),
        pytest.param(date(2020, 3, 14), 0, id="a_saturday"),
    ],
)
def test_dates_are_inclusive_and_weekdays_hold(day, wanted):
    assert rules.airings_wanted(campaign("05:00-06:30", weekdays=frozenset(range(5))), day) == wanted


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param(date(2020, 3, 28), 6, id="an_ordinary_day"),
        pytest.param(date(2020, 3, 29), 4, id="an_hour_lost"),
        pytest.param(date(2020, 10, 25), 8, id="an_hour_twice"),
    ],
)
def test_every_thirty_minutes_means_real_half_hours(day, wanted):
    every = campaign("01:00-04:00", boost=Boost(BoostKind.EVERY, 30), start=date(2020, 1, 1), end=date(2020, 12, 31))
    starts = rules.every_starts(every, day, PARIS)
    assert rules.airings_wanted(every, day, PARIS) == wanted == len(starts)
    assert {later - sooner for sooner, later in pairwise(starts)} == {timedelta(minutes=30)}


@pytest.mark.parametrize(
    ("changes", "windows", "airing", "reasons"),
    [
        pytest.param({}, ["05:00-06:30"], 90, [], id="sound"),
        pytest.param({}, [], 90, ["no_windows"], id="no_windows"),
        pytest.param({}, ["05:00-05:00"], 90, ["window_empty"], id="zero_length"),
        pytest.param({}, ["06:30-05:00"], 90, ["window_backwards"], id="backwards"),
        pytest.param({}, ["21:30-22:30", "03:00-05:00"], 90, ["all_quiet"], id="wholly_quiet"),
        pytest.param({}, ["21:30-22:30", "05:00-06:00"], 90, [], id="quiet_in_one_of_two"),
        pytest.param({}, ["05:00-05:02"], 120, [], id="clip_as_long_as_its_window"),
        pytest.param({}, ["05:00-05:02"], 121, ["clip_longer_than_window"], id="clip_a_second_too_long"),
        pytest.param({}, ["04:00-05:02"], 121, ["clip_longer_than_window"], id="too_long_for_what_quiet_leaves"),
        pytest.param({}, ["05:00-05:01", "05:01-05:30"], 121, [], id="windows_that_touch_are_one_room"),
        pytest.param({"title": "  "}, ["05:00-06:00"], 90, ["title_missing"], id="no_title"),
        pytest.param({"base": 0}, ["05:00-06:00"], 90, ["base_invalid"], id="base_zero"),
        pytest.param({"base": 0, "boost": Boost(BoostKind.TARGET, 3)}, ["05:00-06:00"], 90, [], id="target_needs_none"),
        pytest.param({"base": 10**9}, ["05:00-06:00"], 90, ["base_invalid"], id="base_beyond_sense"),
        pytest.param({"boost": Boost(BoostKind.FACTOR, 0)}, ["05:00-06:00"], 90, ["boost_invalid"], id="factor_zero"),
        pytest.param(
            {"boost": Boost(BoostKind.EVERY, 0.5)}, ["05:00-06:00"], 90, ["boost_invalid"], id="every_half_minute"
        ),
        pytest.param({"repeat": 0}, ["05:00-06:00"], 90, ["repeat_invalid"], id="repeat_zero"),
        pytest.param({"repeat": 11}, ["05:00-06:00"], 90, ["repeat_invalid"], id="repeat_eleven"),
        pytest.param({"min_gap": timedelta(minutes=-1)}, ["05:00-06:00"], 90, ["gap_invalid"], id="negative_gap"),
        pytest.param({"end": date(2020, 3, 12)}, ["05:00-06:00"], 90, ["dates_backwards"], id="dates_backwards"),
        pytest.param({"weekdays": frozenset()}, ["05:00-06:00"], 90, ["no_weekdays"], id="no_weekdays"),
        pytest.param(
            {"end": date(2020, 3, 15), "weekdays": frozenset({0})},
            ["05:00-06:00"],
            90,
            ["no_airing_day"],
            id="no_monday_from_friday_to_sunday",
        ),
        pytest.param(
            {"title": "", "base": -1, "repeat": 0, "end": date(2020, 1, 1)},
            ["06:00-05:00", "07:00-07:00"],
            None,
            ["title_missing", "base_invalid", "repeat_invalid", "dates_backwards", "window_backwards", "window_empty"],
            id="all_at_once",
        ),
    ],
)
def test_every_fault_of_a_form_is_told_at_once(changes, windows, airing, reasons):
    length = None if airing is None else timedelta(seconds=airing)
    faults = campaign_faults(campaign(*windows, **changes), station(), length)
    assert [fault.reason for fault in faults] == reasons
    assert {fault.campaign_id for fault in faults} <= {7}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("05:00-06:30", "05:00-06:30", id="plain"),
        pytest.param(" 5:00 – 6:30 ", "05:00-06:30", id="spaces_and_a_long_dash"),
        pytest.param("5h đến 6h30", "05:00-06:30", id="as_spoken"),
        pytest.param("5 giờ - 6 giờ 30 phút", "05:00-06:30", id="in_words"),
        pytest.param("21:00-05:00", "21:00-05:00", id="over_midnight"),
        pytest.param("18:00-24:00", "18:00-00:00", id="until_midnight"),
    ],
)
def test_windows_are_read_as_officers_write_them(text, expected):
    assert str(rules.parse_window(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "window_invalid", id="empty"),
        pytest.param("05:00", "window_invalid", id="one_edge"),
        pytest.param("05:00-", "window_invalid", id="half"),
        pytest.param("1-2-3", "window_invalid", id="three_edges"),
        pytest.param("05:00-25:00", "time_invalid", id="hour_25"),
        pytest.param("05:60-06:00", "time_invalid", id="minute_60"),
        pytest.param("24:00-05:00", "time_invalid", id="24_is_only_an_end"),
        pytest.param("sáng-chiều", "time_invalid", id="words"),
        pytest.param("05:00-05:00", "window_empty", id="zero_length"),
    ],
)
def test_a_window_that_is_none_is_refused_with_its_reason(text, reason):
    with pytest.raises(Refused) as refusal:
        rules.parse_window(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("text", ["13/03/2020", "13/3/2020", "2020-03-13", " 13-03-2020 ", "13.3.2020"])
def test_a_date_is_read_in_both_orders(text):
    assert rules.parse_date(text) == date(2020, 3, 13)


@over("text", ["29/02/2023", "2023-02-29", "31/4/2020", "0/1/2020", "hôm nay", "", "13/03/20", "1/1/0001"])
def test_a_day_the_calendar_lacks_is_refused_with_what_was_written(text):
    with pytest.raises(Refused) as refusal:
        rules.parse_date(text)
    assert refusal.value.reason == "date_invalid"
    assert refusal.value.details["value"] == text


def test_the_29th_of_february_of_a_leap_year_is_a_day():
    assert rules.parse_date("29/2/2024") == date(2024, 2, 29)


def test_a_refusal_quotes_only_the_beginning_of_a_very_long_value():
    with pytest.raises(Refused) as refusal:
        rules.parse_time("9" * 100_000)
    assert len(str(refusal.value.details["value"])) < 100


@over(
    "typed, read",
    [
        ("5", time(5)),
        ("17", time(17)),
        ("530", time(5, 30)),
        ("1730", time(17, 30)),
        ("17.30", time(17, 30)),
        (" 17h ", time(17)),
        ("17:30", time(17, 30)),
        ("17:30:05", time(17, 30, 5)),
    ],
)
def test_a_field_for_a_time_reads_what_the_keys_of_a_phone_can_write(typed, read):
    assert rules.parse_typed_time(typed) == read


@over("typed", ["", "24", "99", "1760", "17.3", "17.305", "17305", "17:30:60", "-5", "5-6", "mười bảy giờ"])
def test_what_is_no_time_is_refused_with_what_was_typed(typed):
    with pytest.raises(Refused) as refusal:
        rules.parse_typed_time(typed)
    assert (refusal.value.reason, refusal.value.details["value"]) == ("time_invalid", typed)


def test_a_window_reads_hours_with_a_dot_and_no_bare_numbers():
    assert rules.parse_window("5.30-6.30") == rules.parse_window("05:30-06:30")
    with pytest.raises(Refused):
        rules.parse_window("5-6")
