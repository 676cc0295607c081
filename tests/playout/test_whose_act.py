"""Whose act ended an airing: a stop from above, an ended playout. Real service, engine and WAV output, stepped clock."""

from datetime import timedelta

import pytest

from scheduler.core.people.kept import AuditFilter
from scheduler.core.stops import StopReason, WhyEnded
from scheduler.core.words.wording import REASONS
from scheduler.playout.end_record import EndRecord, EndRecords
from scheduler.supervisor import Supervisor
from tests.playout.aired import rows

SECOND = timedelta(seconds=1)


@pytest.fixture
def sounding(station, cast, clock, start):
    """A service, ten seconds into an airing of thirty."""
    cast.running(cast.approved(seconds=30), base=1)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service = start()
    service.run_stepped(clock, slot.start + 10 * SECOND)
    return service


@pytest.mark.parametrize("reason", StopReason)
def test_the_journal_says_whose_stop_it_was_and_who(station, cast, clock, sounding, reason):
    station.services.air.stop(cast.lan, reason=reason)
    sounding.run_stepped(clock, clock.now() + 5 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("partial", reason.value, "Lan (lan)")
    told = station.repos.audit.rows(AuditFilter())
    if reason is StopReason.OFFICER:
        assert not [one for one in told if one.kind == "stopped"]
    else:
        (one,) = [one for one in told if one.kind == "stopped"]
        assert (one.name, one.person_id, one.note) == ("Lan (lan)", cast.lan.id, reason.value)


@pytest.mark.parametrize("reason", StopReason)
def test_what_waits_behind_an_emergency_is_taken_off_as_theirs_too(station, cast, clock, sounding, reason):
    alarm = cast.approved(seconds=20, title="Vỡ đê", pitch=1200.0)
    station.services.emergency.break_in(cast.minh, alarm)
    sounding.run_stepped(clock, clock.now() + 2 * SECOND)
    station.services.air.stop(cast.lan, reason=reason)
    sounding.run_stepped(clock, clock.now() + 5 * SECOND)
    ends = {row["trigger"]: (row["outcome"], row["reason"], row["note"]) for row in rows(station)}
    assert ends == dict.fromkeys(("schedule", "emergency"), ("partial", reason.value, "Lan (lan)"))


def test_a_stop_in_the_moment_of_giving_way_is_theirs(station, cast, clock, sounding):
    """The airing is cut for an emergency, and nobody has heard yet how far it came."""
    station.services.emergency.break_in(cast.minh, cast.approved(seconds=20, title="Vỡ đê", pitch=1200.0))
    station.services.air.stop(cast.lan, reason=StopReason.TOWN)
    sounding.run_stepped(clock, clock.now() + 5 * SECOND)
    ends = {row["trigger"]: (row["reason"], row["note"]) for row in rows(station)}
    assert ends["schedule"] == ("stopped_by_town", "Lan (lan)")


def test_every_reason_has_its_sentence():
    assert {*StopReason, *WhyEnded} <= set(REASONS)


# A playout that was ended


def crashed(station, clock, seconds=10):
    """A playout that is no more since a moment, in the middle of an airing (its engine, to be ended)."""
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service = station.playout()
    service.start()
    service.run_stepped(clock, slot.start + seconds * SECOND)
    return service


@pytest.mark.parametrize("why", [None, *WhyEnded])
def test_an_airing_that_was_left_open_says_what_ended_its_playout(station, cast, clock, start, why):
    cast.running(cast.approved(seconds=30), base=1)
    dead = crashed(station, clock)
    if why is not None:
        EndRecords(station.config.data).put(why, clock.now())
    clock.advance(20)
    start().run_stepped(clock, clock.now() + SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", (why or WhyEnded.CUT).value)
    assert EndRecords(station.config.data).read() is None, "a word is for one death"
    dead.engine.stop()


@pytest.mark.parametrize(
    ("off", "reason"), [(150, "playout_hung"), (1200, "station_off")], ids=["back_soon", "off_too"]
)
def test_what_was_due_meanwhile_was_missed_for_the_same_reason_as_far_as_it_reaches(
    station, cast, clock, start, off, reason
):
    cast.running(cast.approved(seconds=5), base=1)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    died = slot.start - (SECOND if off == 150 else 600 * SECOND)
    clock.advance((died - clock.now()).total_seconds())
    EndRecords(station.config.data).put(WhyEnded.HUNG, clock.now())
    clock.advance(off)
    start().run_stepped(clock, clock.now() + SECOND)
    assert (rows(station)[0]["outcome"], rows(station)[0]["reason"]) == ("missed", reason)


def test_the_first_word_of_a_death_stands_and_later_ones_say_how_long_it_went_on(tmp_path, clock):
    records = EndRecords(tmp_path)
    records.put(WhyEnded.HUNG, clock.now())
    clock.advance(30)
    records.put(WhyEnded.DIED, clock.now())
    assert records.read() == EndRecord(WhyEnded.HUNG, clock.now())
    (tmp_path / "playout.ended").write_text('{"why": "x", "at": ""}', encoding="utf-8")
    assert records.read() is None


def test_a_folder_that_takes_no_files_costs_the_word_only(tmp_path, clock):
    EndRecords(tmp_path / "nowhere").put(WhyEnded.HUNG, clock.now())


def test_a_playout_whose_supervisor_is_gone_says_so(station, cast, clock, sounding):
    sounding.stop(WhyEnded.SUPERVISOR)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "supervisor_died")


def test_a_supervisor_leaves_a_word_before_it_ends_playout_and_when_it_finds_it_dead(clock):
    watch, words = Supervisor(["--config", "/nowhere/config.toml"], clock), []
    watch.leave_word = words.append
    playout, web, *_ = watch._children
    for child in (playout, web):
        watch._look_after(child)
    watch.kill("web")
    assert words == []
    watch.kill("playout")
    assert words == [WhyEnded.HUNG]
    for child in (playout, web):
        child.process.wait(120)
        watch._look_after(child)
    assert words == [WhyEnded.HUNG, WhyEnded.DIED]
    for child in (playout, web):
        if child.process:  # started again at once
            child.process.kill()
            child.process.wait()
