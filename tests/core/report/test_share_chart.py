"""The chart of minutes with a share in them: hatched inside its bar, with the target and without anything to run."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.report.chart import HEIGHT, WIDTH
from scheduler.core.report.share_chart import share_chart

DAY = date(2026, 12, 1)
DAYS = [DAY + timedelta(days=at) for at in range(3)]


def test_the_share_is_a_part_of_its_bar_and_said_in_words():
    drawn = share_chart(DAYS, [10, 20, 0], [5, 20, 0], [None, 15, 15], DAYS[1])
    heights = [float(found) for found in re.findall(r'height="([\d.]+)" fill="#00594f"', drawn)]
    wholes = [float(found) for found in re.findall(r'height="([\d.]+)" fill="#9fb3c8"', drawn)]
    assert heights == [pytest.approx(wholes[0] / 2, abs=0.01), pytest.approx(wholes[1], abs=0.01)]
    assert "01/12/2026: 10 phút; trong đó 5 phút" in drawn
    assert "Yêu cầu 15 phút" in drawn
    assert "Từ 02/12" in drawn
    assert "Phần gạch chéo: 25 trên 30 phút." in drawn


def test_no_day_is_no_chart():
    assert share_chart([], [], [], [], None) == ""


@pytest.mark.parametrize("share", [[1, 2], [11, 0, 0], [-1, 0, 0]], ids=["too few", "more than all", "less than none"])
def test_a_share_that_cannot_be_is_an_error(share):
    with pytest.raises(ValueError, match="share"):
        share_chart(DAYS, [10, 20, 0], share, [None] * 3, None)


@given(st.lists(st.tuples(st.floats(0, 1440), st.floats(0, 1)), min_size=1, max_size=40))
def test_nothing_is_drawn_outside_the_frame_and_nothing_in_it_runs(told):
    days = [DAY + timedelta(days=at) for at in range(len(told))]
    minutes, share = [of for of, _ in told], [of * part for of, part in told]
    drawn = share_chart(days, minutes, share, [None] * len(told), None)
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    assert {"style", "id", "onload"}.isdisjoint(name for one in root.iter() for name in one.attrib)
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        numbers = [float(found) for found in re.findall(r"-?[\d.]+", path.get("d"))]
        assert all(-0.1 <= x <= WIDTH + 0.1 for x in numbers[::2])
        assert all(-0.1 <= y <= HEIGHT + 0.1 for y in numbers[1::2])
