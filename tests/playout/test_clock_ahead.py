"""A clock that once ran ahead: nothing but an ordered emergency until people say that the hour is right, then all."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.model import Role
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from scheduler.store.air.checkpoints import Checkpoints
from tests.conftest import DAY, MORNING, Cast
from tests.playout.aired import sound

YEARS = timedelta(days=1096)
SECOND = timedelta(seconds=1)


def rows(station):
    return station.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq")


def heard(station):
    return [row["title"] for row in rows(station) if row["outcome"] == "played"]


def notes(station):
    return [row["reason"] for row in station.repos.store.rows("SELECT reason FROM journal WHERE kind = 'clock'")]


@contextmanager
def house(config):
    """A station of its own, with a campaign of two a day and a running playout."""
    clock = SteppedClock(MORNING)
    station = Station.open(config, clock)
    station.prepare()
    people = station.repos.people
    lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
    minh = people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
    cast = Cast(station, lan, minh)
    cast.running(cast.approved(), end=DAY + timedelta(days=9))
    service = station.playout()
    service.start()
    yield station, clock, cast, service
    service.stop()
    station.close()


@pytest.fixture
def ahead(station, cast, clock, start):
    """A running station whose clock went ahead, aired something there, and came back."""
    cast.running(cast.approved(), base=1, end=DAY + timedelta(days=9))

    def go(by=YEARS):
        service = start()
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
        station.repos.journal.note("station", str(DAY), "rules_changed", "", clock.now())
        clock.step_wall(by.total_seconds())
        service.run_stepped(clock, clock.now() + SECOND)
        station.services.air.play_now(cast.minh, cast.approved(title="Lúc đồng hồ sai"))
        service.run_stepped(clock, clock.now() + timedelta(seconds=20))
        clock.step_wall(-by.total_seconds())
        service.run_stepped(clock, clock.now() + timedelta(seconds=20))
        return service

    return go


def test_an_ordinary_airing_waits_for_the_word_and_goes_on_after_it(station, cast, clock, ahead):
    service = ahead()
    assert not station.services.air.on_air().clock_trusted
    station.services.air.play_now(cast.minh, cast.approved(title="Bây giờ", pitch=500))
    service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    assert heard(station) == ["Lúc đồng hồ sai"]
    assert station.services.clock.confirm(cast.minh, clock.now())
    service.run_stepped(clock, clock.now() + timedelta(hours=2))
    # What the false hour had missed is made good in today's window: it has not been heard yet.
    assert heard(station) == ["Lúc đồng hồ sai", "Tiêm chủng"]
    assert station.services.air.on_air().clock_trusted
    assert station.services.proof.verify().whole
    assert station.repos.audit.verify()[1] is None
    assert "clock_word" in {row["subject"] for row in station.repos.store.rows("SELECT subject FROM audit")}


def test_before_the_word_an_ordered_emergency_sounds(station, cast, clock, ahead):
    service = ahead()
    slot = station.services.emergency.break_in(cast.minh, cast.approved(title="Bão", pitch=600))
    service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    assert station.repos.slots.slot(slot).outcome == "played"
    assert not station.services.air.on_air().clock_trusted


def test_the_page_the_list_and_the_command_line_say_what_happened(station, cast, clock, ahead):
    ahead()
    (task,) = [one for one in station.services.to_do.open() if one.key == "clock_untrusted:station"]
    assert task.reason == "clock_ran_ahead"
    assert task.details["until"].endswith("2029")
    state = station.services.clock.state()
    assert (state.trusted, state.people) == (False, 1)
    assert str(state.ahead.rows) == task.details["rows"]
    assert state.ahead.airings == {"2029-12-02": 1}


def test_where_two_may_say_it_two_have_to(station, cast, clock, ahead):
    service = ahead()
    tam = station.repos.people.add("tam", "Tâm", Role.TECHNICIAN, "mat-khau-cua-tam", clock.now())
    assert not station.services.clock.confirm(cast.minh, clock.now())
    service.run_stepped(clock, clock.now() + SECOND)
    assert not station.services.air.on_air().clock_trusted
    with pytest.raises(Refused) as twice:
        station.services.clock.confirm(cast.minh, clock.now())
    assert twice.value.reason == "clock_second_needed"
    assert station.services.clock.confirm(tam, clock.now())
    service.run_stepped(clock, clock.now() + timedelta(seconds=2))
    assert station.services.air.on_air().clock_trusted
    assert notes(station)[-2:] == ["clock_confirm_asked", "clock_confirmed"]
    (row,) = station.repos.store.rows("SELECT author, approver FROM journal WHERE reason = 'clock_confirmed'")
    assert row == {"author": "Minh", "approver": "Tâm"}


def test_a_first_word_that_is_an_hour_old_no_longer_counts(station, cast, clock, ahead):
    ahead()
    tam = station.repos.people.add("tam", "Tâm", Role.TECHNICIAN, "mat-khau-cua-tam", clock.now())
    assert not station.services.clock.confirm(cast.minh, clock.now())
    clock.advance(3601)
    assert not station.services.clock.confirm(tam, clock.now())


def test_what_the_word_is_refused_for(station, cast, clock, ahead):
    def refused(actor, seen):
        with pytest.raises(Refused) as found:
            station.services.clock.confirm(actor, seen)
        return found.value.reason

    assert refused(cast.minh, clock.now()) == "clock_is_trusted"
    ahead()
    with pytest.raises(NotPermitted):
        station.services.clock.confirm(cast.lan, clock.now())
    assert refused(cast.minh, clock.now() + timedelta(minutes=11)) == "clock_seen_differs"
    clock.step_wall(-400 * 86_400)
    assert refused(cast.minh, clock.now()) == "clock_before_release"


def test_days_closed_under_the_wrong_date_are_closed_again_and_the_line_holds(station, cast, clock, ahead):
    service = ahead(timedelta(days=40))
    clock.step_wall(40 * 86_400)
    station.services.proof.close_days()
    clock.step_wall(-40 * 86_400)
    service.run_stepped(clock, clock.now() + SECOND)
    assert Checkpoints(station.repos.store).newest() is not None
    station.services.clock.confirm(cast.minh, clock.now())
    service.run_stepped(clock, clock.now() + timedelta(days=2, minutes=10))
    line = station.services.proof.checkpoints()
    assert [one.day for one in line if one.clock_back] == [DAY]
    assert [one.day for one in line][-2:] == [DAY, DAY + timedelta(days=1)]
    midnight = f"{DAY}T17:00"  # of UTC: the end of the day in Việt Nam
    newest = station.repos.store.value("SELECT max(seq) FROM journal WHERE at < ?", (midnight,))
    assert line[-2].last_seq >= newest
    assert station.services.proof.verify().whole
    assert station.services.proof.verify(since=DAY).whole


def test_airings_of_days_ahead_that_came_early_do_not_come_again_and_are_told(station, cast, clock, start):
    cast.running(cast.approved(), base=1, end=DAY + timedelta(days=1))
    service = start()
    service.run_stepped(clock, clock.now() + timedelta(hours=2))
    assert heard(station) == ["Tiêm chủng"]
    clock.step_wall(86_400 - 7200)  # tomorrow's morning
    service.run_stepped(clock, clock.now() + timedelta(hours=2))
    assert heard(station) == ["Tiêm chủng"] * 2
    clock.step_wall(-86_400)
    service.run_stepped(clock, clock.now() + SECOND)
    assert station.services.clock.state().ahead.airings == {str(DAY + timedelta(days=1)): 1}
    station.services.clock.confirm(cast.minh, clock.now())
    service.run_stepped(clock, clock.now() + timedelta(days=1, hours=3))
    assert heard(station) == ["Tiêm chủng"] * 2
    (note,) = [
        row["note"] for row in station.repos.store.rows("SELECT note FROM journal WHERE reason = 'clock_confirmed'")
    ]
    assert f"aired early: {DAY + timedelta(days=1)} x1" in note
    assert len(sound(station)) == 2


def test_the_nights_backup_is_made_although_one_was_asked_for_under_a_later_date(station, clock):
    backups = station.services.backups
    runs = backups._runs
    machine = station.repos.people.machine(clock.now())
    clock.step_wall(YEARS.total_seconds())
    run = runs.begin(str(backups.folder), machine.id, clock.now())
    runs.end(run, clock.now(), file="x", size=1)
    clock.step_wall(-YEARS.total_seconds())
    due = type(backups)._is_due
    nightly = type("Nightly", (type(backups),), {"is_nightly": True})
    backups.__class__ = nightly
    assert due(backups, clock.now())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([3600, 86_400, 1096 * 86_400]), st.integers(1, 90), st.booleans()), max_size=3
    )
)
def test_whatever_the_clock_does_nothing_airs_twice_and_all_is_heard_after_the_word(config, tmp_path_factory, steps):
    with house(replace(config, folder=tmp_path_factory.mktemp("ahead"))) as (station, clock, cast, service):
        for by, minutes, confirmed in steps:
            clock.step_wall(by)
            service.run_stepped(clock, clock.now() + timedelta(minutes=minutes))
            clock.step_wall(-by)
            service.run_stepped(clock, clock.now() + timedelta(seconds=2))
            trusted = station.services.clock.state().trusted
            assert station.services.air.on_air().clock_trusted == trusted
            if confirmed and not trusted:
                assert station.services.clock.confirm(cast.minh, clock.now())
        service.run_stepped(clock, clock.now() + timedelta(seconds=2))
        if not station.services.clock.state().trusted:
            assert station.services.clock.confirm(cast.minh, clock.now())
        service.run_stepped(clock, clock.now() + timedelta(seconds=2))
        assert station.services.air.on_air().clock_trusted
        slot = station.services.air.play_now(cast.minh, cast.approved(title="Cuối", pitch=700))
        service.run_stepped(clock, clock.now() + timedelta(minutes=10))
        assert station.repos.slots.slot(slot).outcome == "played"
        ended = Counter(row["slot_id"] for row in rows(station))
        assert max(ended.values()) == 1
        played = sum(row["played_ms"] > 0 for row in rows(station))
        assert len(sound(station)) == played
        assert station.services.proof.verify().whole
