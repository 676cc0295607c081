"""What is ordered for now and stopped before playout has taken it, on a stepped clock: it ends and never sounds.

What waits behind something that is stopped is told to who stops it, and ends with all that waits.
"""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from scheduler.core.air.stop_words import stop_sentences
from scheduler.core.model import Role
from scheduler.kernel.errors import Refused
from scheduler.services.air.live_sound import BYTES_A_SECOND
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


def play(station, cast):
    return station.services.air.play_now(cast.lan, cast.approved(seconds=4.0))


def talk(station, cast):
    lease = station.services.live.open(cast.lan)
    station.services.live.push(cast.lan, lease.id, 0, bytes(2 * BYTES_A_SECOND))
    return lease.slot_id


@pytest.mark.parametrize("named", [True, False], ids=["by its name", "with all that sounds"])
@pytest.mark.parametrize("turns", range(3), ids=["no playout", "playout has not looked", "its alarm is set"])
@pytest.mark.parametrize("order", [play, talk])
def test_what_is_stopped_before_playout_takes_it_never_sounds(station, cast, clock, start, order, turns, named):
    service = start() if turns else None
    slot_id = order(station, cast)
    if turns > 1:
        service.step()
    done = station.services.air.stop(cast.minh, slot_id if named else None)
    assert done.taken_back == (slot_id,)
    (service or start()).run_stepped(clock, clock.now() + 30 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("cancelled", "stopped_by", cast.minh.recorded_name)
    assert sound(station) == []


def test_a_live_voice_that_is_stopped_while_no_playout_runs_is_over_and_kept(station, cast):
    slot_id = talk(station, cast)
    lease = station.repos.leases.of_slot(slot_id)
    station.services.air.stop(cast.minh, slot_id)
    state = station.services.live.state(lease.id)
    assert (state.open, state.ended_by) == (False, "stopped_by")
    with pytest.raises(Refused, match="live_over"):
        station.services.live.push(cast.lan, lease.id, 0, b"12")
    assert [job.kind for job in station.services.recordings.under_way()] == ["ingest"]


@pytest.mark.parametrize("named", [True, False], ids=["by its name", "with all that sounds"])
def test_a_test_of_loudspeakers_that_is_stopped_at_once_never_sounds(station, cast, clock, start, named):
    service = start()
    service.run_stepped(clock, clock.now() + 2 * SECOND)
    slot_id = station.services.output_tests.test(station.repos.people.machine(clock.now()))
    assert station.services.air.stop(cast.minh, slot_id if named else None).taken_back == (slot_id,)
    service.run_stepped(clock, clock.now() + 30 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("cancelled", "stopped_by")
    assert sound(station) == []


@pytest.mark.parametrize("order", [play, talk])
def test_what_is_stopped_by_its_name_while_the_database_is_held_never_sounds(station, cast, clock, start, order):
    service = start()
    slot_id = order(station, cast)
    with closing(sqlite3.connect(station.repos.store.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert station.services.air.stop(cast.minh, slot_id).taken_back == ()
        service.step()
        holder.execute("ROLLBACK")
    service.run_stepped(clock, clock.now() + 30 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("cancelled", "stopped_by", cast.minh.recorded_name)
    assert sound(station) == []


def test_what_waits_for_its_turn_is_stopped_by_its_name_and_what_sounds_goes_on(station, cast, clock, start):
    service = start()
    sounding = station.services.air.play_now(cast.lan, cast.approved(seconds=20), chime=False)
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    waits = station.services.air.play_now(cast.lan, cast.approved(seconds=4.0, title="Họp", pitch=300))
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    assert station.services.air.stop(cast.lan, waits).taken_back == (waits,)
    service.run_stepped(clock, clock.now() + 60 * SECOND)
    told = {row["slot_id"]: (row["outcome"], row["reason"]) for row in rows(station)}
    assert told == {sounding: ("played", ""), waits: ("cancelled", "stopped_by")}


def test_what_has_begun_is_stopped_where_it_is_and_not_taken_back(station, cast, clock, start):
    service = start()
    slot_id = station.services.air.play_now(cast.lan, cast.approved(seconds=20))
    service.run_stepped(clock, clock.now() + 5 * SECOND)
    assert station.services.air.stop(cast.minh, slot_id).taken_back == ()
    service.run_stepped(clock, clock.now() + 5 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "stopped_by")


def test_what_is_to_air_later_is_not_stopped_with_what_sounds(station, cast, clock, start):
    service = start()
    later = station.services.air.play_now(cast.lan, cast.approved(seconds=4.0))
    with station.repos.store.write() as db:
        at = (clock.now() + 10 * SECOND).isoformat()
        db.conn.execute("UPDATE slot SET start = ? WHERE id = ?", (at, later))
    assert station.services.air.stop(cast.minh).taken_back == ()
    service.run_stepped(clock, clock.now() + 30 * SECOND)
    assert [(row["slot_id"], row["outcome"]) for row in rows(station)] == [(later, "played")]


def test_boxes_beside_the_horns_are_told_of_what_no_playout_here_had_taken(station, cast):
    slot_id = station.services.air.play_now(cast.lan, cast.approved(seconds=4.0))
    station.services.air.stop(cast.minh)
    (command,) = station.repos.jobs.commands()  # the link of the boxes passes on what stands there
    assert (command.kind, command.args["slot_id"], command.args["by"]) == ("stop", slot_id, "Minh (minh)")


@pytest.fixture
def behind(station, cast, clock, start):
    """A service on the air, a "phát ngay" and a live voice that wait behind it: the service and the lease."""
    service = start()
    station.services.air.play_now(cast.lan, cast.approved(seconds=20), chime=False)
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    station.services.air.play_now(cast.lan, cast.approved(seconds=4.0, title="Họp", pitch=300))
    clock.advance(1)
    lease = station.services.live.open(cast.lan)
    service.run_stepped(clock, clock.now() + 5 * SECOND)
    return service, lease


def test_who_stops_what_sounds_is_told_what_waits_behind_it(station, cast, clock, behind):
    said = stop_sentences(station.services.air.stop(cast.minh), "06:00:00")
    assert said == ["Đã ra lệnh dừng.", "Còn 2 lượt đang chờ và sẽ phát: “Họp”, “Phát trực tiếp: Lan”."]


def test_a_stop_of_all_that_waits_ends_it_too(station, cast, clock, behind):
    service, lease = behind
    done = station.services.air.stop(cast.minh, also_waiting=True)
    assert (done.everything, done.behind) == (True, ())
    service.run_stepped(clock, clock.now() + 60 * SECOND)
    told = sorted((row["trigger"], row["outcome"], row["reason"]) for row in rows(station))
    assert told == [
        ("live", "cancelled", "stopped_by"),
        ("manual", "cancelled", "stopped_by"),
        ("manual", "partial", "stopped_by"),
    ]
    assert len(sound(station)) == 1
    assert station.services.live.state(lease.id).ended_by == "stopped_by"


def test_whoever_has_zones_of_their_own_ends_nothing_that_waits_elsewhere(station, cast, clock, start):
    tu = station.repos.people.add("tu", "Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", clock.now(), ("to5",))
    alarm = station.services.emergency.break_in(cast.minh, cast.approved(title="Vỡ đê"))
    own = station.services.air.play_now(cast.lan, cast.approved(pitch=300))
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE slot SET zone = 'to5' WHERE id = ?", (own,))
    done = station.services.air.stop(tu, own, also_waiting=True)
    assert (done.everything, done.taken_back, done.waiting) == (False, (own,), ((alarm, "Vỡ đê"),))
    start().run_stepped(clock, clock.now() + 60 * SECOND)
    assert {row["slot_id"]: row["outcome"] for row in rows(station)} == {own: "cancelled", alarm: "played"}
