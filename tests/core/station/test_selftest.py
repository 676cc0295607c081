"""The minute of the self-test: one a week, the same after a restart, another each week; its row is read back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.station.selftest import WEEK, SelfTestPart, due_at, parts_note, read_parts, week_of

INSTANTS = st.integers(0, 10**9).map(lambda after: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=after))


@given(INSTANTS, st.text(), st.floats(0, 1))
def test_a_week_has_one_minute_in_itself_whenever_it_is_asked_for(now, seed, share):
    week = week_of(now)
    due = due_at(seed, week + share * (WEEK - timedelta(seconds=1)))
    assert week <= due < week + WEEK
    assert due.second == 0
    assert due == due_at(seed, now)


def test_the_minutes_of_a_year_differ_in_day_and_hour():
    due = [due_at("ab12", datetime(2026, 1, 5, tzinfo=UTC) + WEEK * week) for week in range(52)]
    assert len({one.weekday() for one in due}) == 7
    assert len({one.hour for one in due}) > 12


def test_the_note_of_the_journal_is_read_back():
    parts = (SelfTestPart("outputs", "selftest_no_share", {"title": "loa"}), SelfTestPart("voice"))
    assert read_parts(parts_note(parts)) == parts
    assert read_parts("something else") == ()
