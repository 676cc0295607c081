"""Minutes a day as a chart: what is drawn stands where the numbers say, and nothing else is drawn."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.report.chart import BOTTOM, DAY_LABELS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, chart_of, minutes_chart
from tests.rows import over

FIRST = date(2020, 3, 10)
NS = "{http://www.w3.org/2000/svg}"


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=at) for at in range(count)]


MINUTES = st.floats(0, 1440, allow_nan=False)
WEEKS = st.lists(st.tuples(MINUTES, st.none() | MINUTES), min_size=1, max_size=200)


@given(WEEKS, st.none() | st.integers(-5, 205))
def test_every_bar_stands_on_the_floor_and_inside_the_drawing_as_high_as_its_share(week, issued):
    minutes, ordered = [one for one, _ in week], [one for _, one in week]
    chart = chart_of(days(len(week)), minutes, ordered, None if issued is None else FIRST + timedelta(days=issued))
    top = float(chart.grid[-1].words.replace(",", "."))
    for bar, value in zip(chart.bars, minutes, strict=True):
        assert bar.y + bar.height == pytest.approx(HEIGHT - BOTTOM)
        assert bar.height == pytest.approx(value / top * (HEIGHT - BOTTOM - TOP), abs=0.01)
        assert bar.y >= TOP - 0.01
        assert LEFT <= bar.x < bar.x + bar.width <= WIDTH - RIGHT + 0.01


@given(WEEKS)
def test_the_ordered_line_runs_over_exactly_the_days_that_have_an_order(week):
    ordered = [one for _, one in week]
    chart = chart_of(days(len(week)), [one for one, _ in week], ordered, None)
    room = (WIDTH - LEFT - RIGHT) / len(week)
    covered = sum(line.x2 - line.x1 for line in chart.ordered)
    assert covered == pytest.approx(room * sum(one is not None for one in ordered), abs=0.01)


@given(WEEKS)
def test_at_most_so_many_days_are_named_and_the_first_always_is(week):
    chart = chart_of(days(len(week)), [one for one, _ in week], [None] * len(week), None)
    assert len(chart.days) <= DAY_LABELS
    assert chart.days[0][1] == "10/03"


def test_days_before_the_order_are_told_apart_from_those_after_it():
    chart = chart_of(days(4), [5, 5, 15, 15], [None, None, 15, 15], FIRST + timedelta(days=2))
    assert [bar.before for bar in chart.bars] == [True, True, False, False]
    assert chart.issued is not None
    assert chart.bars[1].x + chart.bars[1].width < chart.issued.x1 < chart.bars[2].x
    assert chart.issued.words == "Từ 12/03"


@pytest.mark.parametrize("away", [-1, 4], ids=["before_all", "behind_all"])
def test_an_order_outside_the_days_shown_has_no_upright_line(away):
    assert chart_of(days(4), [1] * 4, [None] * 4, FIRST + timedelta(days=away)).issued is None


@over(
    "most, levels",
    [
        (0, ["0", "1"]),
        (0.4, ["0", "1"]),
        (4, ["0", "1", "2", "3", "4"]),
        (4.1, ["0", "2", "4", "6"]),
        (17, ["0", "5", "10", "15", "20"]),
        (90, ["0", "50", "100"]),
        (1440, ["0", "500", "1000", "1500"]),
    ],
)
def test_grid_lines_stand_at_round_minutes(most, levels):
    assert [line.words for line in chart_of(days(1), [most], [None], None).grid] == levels


def test_the_drawing_says_in_words_what_it_shows():
    text = minutes_chart(days(3), [10, 12.5, 15], [None, 15, 15], FIRST + timedelta(days=1))
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.find(f"{NS}title").text == "Số phút phát mỗi ngày, 10/03/2020 – 12/03/2020"
    assert "1/2 ngày có yêu cầu đã phát đủ" in root.find(f"{NS}desc").text
    bars = [one.find(f"{NS}title").text for one in root.iter(f"{NS}rect")]
    assert bars == [
        "10/03/2020: 10 phút",
        "11/03/2020: 12,5 phút, yêu cầu 15 phút",
        "12/03/2020: 15 phút, yêu cầu 15 phút",
    ]
    assert root.get("role") == "img"


def test_the_drawing_holds_nothing_that_a_strict_page_refuses():
    text = minutes_chart(days(40), [3.0] * 40, [5.0] * 40, FIRST)
    assert not re.search(r"<style|style=|<script|\bon\w+=|\bid=|href", text)


def test_no_day_draws_nothing():
    assert minutes_chart([], [], [], FIRST) == ""


@over(
    "minutes, ordered",
    [
        ([1], [None, None]),
        ([1, 2, 3], [None, None]),
        ([-1, 2], [None, None]),
        ([1, float("nan")], [None, None]),
        ([1, 2], [None, float("inf")]),
        ([1, 2], [None, -0.1]),
    ],
)
def test_lists_that_do_not_fit_and_minutes_that_are_none_are_refused(minutes, ordered):
    with pytest.raises(ValueError, match="minutes"):
        minutes_chart(days(2), minutes, ordered, None)
