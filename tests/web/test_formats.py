"""Instants, days and lengths as people here write them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from web import formats

MIDNIGHT = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_the_station(app):
    with app.app_context():
        yield


def test_an_instant_is_shown_on_the_stations_clock_not_the_hosts():
    assert formats.local(MIDNIGHT).isoformat() == "2026-12-02T00:00:00+07:00"
    assert formats.local("2026-12-01T17:00:00+00:00") == formats.local(MIDNIGHT)


@pytest.mark.parametrize(
    ("instant", "wall", "hour_minute"),
    [
        (MIDNIGHT, "00:00:00", "00:00"),
        (MIDNIGHT - timedelta(seconds=1), "23:59:59", "23:59"),
        ("2026-12-01T22:30:05+00:00", "05:30:05", "05:30"),
        (None, "–", "–"),
    ],
)
def test_clocks_have_twenty_four_hours(instant, wall, hour_minute):
    assert formats.clock(instant) == wall
    assert formats.hour_minute(instant) == hour_minute


@pytest.mark.parametrize(("seconds", "of_day"), [(-1, 86_399), (0, 0), (0.999, 0), (1, 1), (3661, 3661)], ids=str)
def test_the_second_of_the_day_starts_at_local_midnight(seconds, of_day):
    assert formats.second_of_day(MIDNIGHT + timedelta(seconds=seconds)) == of_day


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 12, 2), "Thứ Tư 02/12/2026"),
        (date(2020, 3, 13), "Thứ Sáu 13/03/2020"),
        (date(2026, 12, 6), "Chủ Nhật 06/12/2026"),
    ],
)
def test_a_day_is_told_with_its_weekday(day, told):
    assert formats.day_text(day) == told


@pytest.mark.parametrize(
    ("ms", "told"),
    [(None, "0:00"), (0, "0:00"), (499, "0:00"), (500, "0:00"), (999, "0:01"), (61_000, "1:01"), (3_599_000, "59:59"),
     (3_600_000, "1:00:00"), (3_661_000, "1:01:01")],
)  # fmt: skip
def test_a_length_is_told_in_minutes_and_seconds(ms, told):
    assert formats.milliseconds(ms) == told
    assert formats.length_text(timedelta(milliseconds=ms or 0)) == told


@pytest.mark.parametrize(
    ("ms", "told"),
    [(0, "0 giây"), (42_000, "42 giây"), (4_660, "4 giây"), (90_000, "1 phút 30 giây"), (7_500_000, "2 giờ 05 phút")],
)
def test_a_sum_is_told_in_words(ms, told):
    assert formats.long_text(ms) == told


@pytest.mark.parametrize(("ms", "told"), [(None, "0,0"), (61_240, "61,2"), (1_000, "1,0"), (4_660, "4,6")])
def test_seconds_have_a_decimal_comma(ms, told):
    assert formats.seconds_text(ms) == told


@pytest.mark.parametrize("start", [0.0, 0.4, 0.7, 59.6])
@pytest.mark.parametrize("length", [0.3, 29.5, 30.5, 59.4, 59.6, 60.0, 60.4, 3599.6])
def test_a_start_a_length_and_an_end_that_are_shown_together_add_up(start, length):
    begins = MIDNIGHT + timedelta(seconds=start)
    long = timedelta(seconds=length)
    ends = formats.end_as_shown(begins, begins + long)
    shown = formats.second_of_day(ends) - formats.second_of_day(begins)
    assert formats.length_text(long) == formats.length_text(timedelta(seconds=shown))
