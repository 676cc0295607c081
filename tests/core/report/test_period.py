"""The days a report is about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.report.period import PeriodKind, parse_period, period_with
from scheduler.kernel.errors import Refused
from tests.rows import over

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@over(
    "kind, day, first, last, words",
    [
        (PeriodKind.DAY, date(2026, 12, 2), date(2026, 12, 2), date(2026, 12, 2), "ngày 02/12/2026"),
        (PeriodKind.WEEK, date(2026, 12, 6), date(2026, 11, 30), date(2026, 12, 6), "tuần 49 năm 2026"),
        (PeriodKind.WEEK, date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3), "tuần 53 năm 2026"),
        (PeriodKind.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), "tháng 2 năm 2024"),
        (PeriodKind.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), "tháng 12 năm 2026"),
        (PeriodKind.QUARTER, date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31), "quý IV năm 2026"),
        (PeriodKind.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31), "quý I năm 2026"),
        (PeriodKind.HALF, date(2026, 6, 30), date(2026, 1, 1), date(2026, 6, 30), "6 tháng đầu năm 2026"),
        (PeriodKind.HALF, date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31), "6 tháng cuối năm 2026"),
        (PeriodKind.YEAR, date(2026, 5, 5), date(2026, 1, 1), date(2026, 12, 31), "năm 2026"),
    ],
)
def test_a_day_lies_in_its_period(kind, day, first, last, words):
    period = period_with(kind, day)
    assert (period.first, period.last) == (first, last)
    assert period.words.startswith(words)


@given(st.sampled_from(PeriodKind), DAYS)
def test_a_period_holds_its_day_and_its_code_leads_back_to_it(kind, day):
    period = period_with(kind, day)
    assert period.first <= day <= period.last
    assert parse_period(period.code) == period


@given(st.sampled_from(PeriodKind), DAYS)
def test_periods_of_a_kind_follow_each_other_without_gap_or_overlap(kind, day):
    period = period_with(kind, day)
    assert period_with(kind, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)
    assert period.days[0] == period.first
    assert period.days[-1] == period.last
    assert len(period.days) == (period.last - period.first).days + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("2026-q4", "2026-Q4"), (" 2026-12 ", "2026-12"), ("02/12/2026", "2026-12-02"), ("2026-w1", "2026-W01")],
)
def test_a_period_may_be_written_in_several_ways(text, code):
    assert parse_period(text).code == code


@over("text", ["", "2026-13", "2026-Q5", "2026-W54", "0000", "tháng 12", "31/02/2026", "2026-00"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Refused) as refused:
        parse_period(text)
    assert refused.value.reason == "period_invalid"


@pytest.mark.parametrize("kind", [PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR])
def test_the_end_of_the_calendar_is_refused_with_a_sentence(kind):
    with pytest.raises(Refused) as refused:
        period_with(kind, date.max)
    assert refused.value.reason == "period_invalid"
