"""When a station tests itself: once in its week's minute, again each minute where it may not, and each miss with why."""

from contextlib import suppress
from datetime import timedelta

import pytest

from scheduler.core.station.selftest import WEEK, due_at, week_of
from scheduler.station_selftest import SelfTest


@pytest.fixture
def notes(station):
    """The rows of the self-test, as (reason, note)."""

    def read():
        rows = station.repos.store.rows("SELECT reason, note FROM journal WHERE kind = 'selftest' ORDER BY seq")
        return [(row["reason"], row["note"]) for row in rows]

    station.repos.journal.note("clock", "2026-12-02", "clock_step", "", station.clock.now())
    return read


def seed_of(station):
    return station.repos.store.value("SELECT hash FROM journal ORDER BY seq LIMIT 1")


def test_it_begins_in_its_minute_and_tries_again_where_the_outputs_may_not_sound(station, clock, notes, monkeypatch):
    test, begun = SelfTest(station), []
    monkeypatch.setattr(station.services.output_tests, "test", lambda *_, **__: begun.append(clock.now()) or 1 / 0)
    clock.advance((due_at(seed_of(station), clock.now() + WEEK) - clock.now()).total_seconds() - 60)
    test.turn()
    assert not [one for one in begun if week_of(one) == week_of(clock.now())]
    clock.advance(60)
    with pytest.raises(ZeroDivisionError):
        test.turn()
    assert begun == [clock.now()]


def test_a_station_that_began_after_its_minute_of_the_week_waits_for_the_next_one(station, clock, monkeypatch):
    begun = []
    monkeypatch.setattr(station.services.output_tests, "test", lambda *_, **__: begun.append(clock.now()) or 1 / 0)
    clock.advance((week_of(clock.now()) + WEEK - clock.now()).total_seconds() - 60)  # no minute but the last is left
    station.repos.journal.note("clock", "2026-12-02", "clock_step", "", clock.now())
    test = SelfTest(station)
    for _ in range(7 * 24 * 60):
        with suppress(ZeroDivisionError):
            test.turn()
        if begun:
            break
        clock.advance(60)
    (at,) = begun
    assert due_at(seed_of(station), at) <= at < due_at(seed_of(station), at) + timedelta(minutes=1)


def test_a_week_in_which_it_could_not_be_done_is_told_once_with_the_reason(station, clock, notes):
    test = SelfTest(station)
    clock.advance(WEEK.total_seconds())
    for _ in range(2 * 7 * 24):  # nobody plays: each try is refused
        clock.advance(3600)
        test.turn()
    missed = [note for reason, note in notes() if reason == "selftest_missed"]
    assert missed
    assert set(missed) == {"Bộ phát không chạy nên chưa phát được; hãy bật trạm"}
    assert len(missed) <= 2
    assert station.repos.journal.verify().whole


def test_a_month_without_an_audible_drill_is_reminded_of_once_and_told_when_it_is_over(station, clock, notes):
    test = SelfTest(station)
    for _ in range(70):
        test._remind(clock.now())
        clock.advance(timedelta(days=1).total_seconds())
    reasons = [reason for reason, _ in notes()]
    assert reasons == ["drill_due", "drill_due", "drill_missed", "drill_due", "drill_missed"]
