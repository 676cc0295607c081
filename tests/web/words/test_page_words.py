"""Words and numbers of the pages: Vietnamese dates, commas, lengths; search without diacritics; doubts in sentences."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.dispatch.reader import dispatch_json, read_dispatch
from scheduler.core.model import (
    AirtimeLimit,
    QuietHours,
    Sha256,
    Slot,
    StationRules,
)
from scheduler.core.planning.rules import parse_window
from web.formats import day_words, decimal, length_text, minutes_words, weekday_words
from web.planning.day_strip import LEAST_WIDTH, strip
from web.words.dispatch_words import doubt, order_words, short_weekdays
from web.words.page_words import matching

ZONE = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (59.4, "0:59"), (59.6, "1:00"), (605, "10:05"), (3600, "1:00:00"), (3725, "1:02:05")],
)
def test_lengths(seconds, words):
    assert length_text(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("number", "words"), [(-16.04, "−16"), (7.55, "7,5"), (3, "3"), (-0.25, "−0,2")])
def test_decimals(number, words):
    assert decimal(number) == words


def test_minutes():
    assert minutes_words(timedelta(seconds=450)) == "7,5 phút"


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2020, 3, 13), "13/03/2020"), ("2020-03-13", "13/03/2020"), ("hôm qua", "hôm qua"), (None, "")],
)
def test_days(day, words):
    assert day_words(day) == words


@pytest.mark.parametrize(
    ("typed", "words"), [("13/3/2020", "Thứ Sáu"), ("29/02/2023", ""), ("", ""), ("15/11/2026", "Chủ Nhật")]
)
def test_weekdays_of_typed_days(typed, words):
    assert weekday_words(typed) == words


@pytest.mark.parametrize("typed", ["duong day nong", "ĐƯỜNG", "đường", "nong day", "du\u031bo\u031b\u0300ng"])
def test_search_leaves_diacritics_and_d_aside(typed):
    assert matching(["a", "b"], typed, ["Đường dây nóng", "Khai báo"]) == ["a"]


def test_a_search_that_fits_nothing_finds_nothing():
    assert matching(["a"], "xyz", ["Đường dây nóng"]) == []


@pytest.mark.parametrize(
    ("days", "words"),
    [((0, 1, 2, 3, 4), "T2–T6"), ((5, 6), "T7, CN"), (range(7), "hằng ngày"), ((0, 2, 4), "T2, T4, T6"), ((6,), "CN")],
)
def test_weekdays_in_short(days, words):
    assert short_weekdays(tuple(days)) == words


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"increase": True}, "tăng thời lượng, chưa có con số"),
        ({"increase": True, "factor": 3.0}, "tăng gấp 3 lần"),
        ({"factor": 1.5, "windows": ["05:30-06:30"]}, "tăng gấp 1,5 lần, buổi phát 05:30-06:30"),
        (
            {"per_day": 3, "at": ["05:30"], "start": "2024-07-08", "end": "2024-07-31"},
            "3 lượt/ngày, lúc 05:30, từ 08/07/2024, đến 31/07/2024",
        ),
        ({"every_minutes": 30, "weekdays": [5, 6]}, "cứ 30 phút một lượt, T7, CN"),
        ({"session_minutes": 20, "per_week": 2}, "2 lượt/tuần, mỗi buổi 20 phút"),
        (
            {"per_day": 2, "except_days": ["2026-03-12"], "not_after": "20:00", "max_minutes": 10},
            "2 lượt/ngày, mỗi buổi không quá 10 phút, KHÔNG phát ngày 12/03/2026, KHÔNG phát sau 20 giờ",
        ),
        ({}, "có nói đến việc phát, chưa rõ số lượt"),
    ],
)
def test_orders_in_words(order, words):
    assert order_words(order) == words


def test_every_doubt_of_the_sample_dispatches_has_its_own_sentence():
    found = set()
    for path in sorted((Path(__file__).parents[2] / "core" / "dispatches").glob("*.txt")):
        found.update(dispatch_json(read_dispatch(path.read_text(encoding="utf-8")))["warnings"])
    assert len(found) > 5
    assert not [warning for warning in found if "Có chỗ cần xem lại" in doubt(warning)]


def test_a_doubt_nobody_knows_is_still_told():
    assert "colour: mauve" in doubt("colour: mauve")


def test_a_number_in_a_doubt_is_kept():
    assert "12/QĐ-UBND" in doubt("replaces: dispatch 12/QĐ-UBND is replaced; stop its campaign")
    assert "mỗi ngày" in doubt("frequency: 1 more a day than usual is ordered; the officer must state the total")


def slot(at, minutes, campaign):
    start = datetime.combine(date(2026, 3, 13), at, ZoneInfo(ZONE))
    return Slot(f"s{at}", date(2026, 3, 13), "all", start, timedelta(minutes=minutes), campaign, 1, Sha256("0" * 64))


def test_the_strip_puts_everything_at_its_minute():
    station = StationRules(ZONE, QuietHours((parse_window("21:00-05:00"),)), AirtimeLimit(), timedelta(0), timedelta(0))
    six = time(6)
    drawn = strip(date(2026, 3, 13), [parse_window("06:00-07:00")], [slot(six, 3, 9), slot(six, 10, 8)], station, 9)
    assert drawn.minutes == 1440
    places = [(block.kind, block.x, block.width) for block in drawn.blocks]
    assert places == [
        ("window", 360.0, 60.0),
        ("quiet", 0.0, 300.0),
        ("quiet", 1260.0, 180.0),
        ("other", 360.0, 10.0),
        ("own", 360.0, LEAST_WIDTH),
    ]
