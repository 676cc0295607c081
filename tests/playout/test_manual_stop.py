"""A "phát ngay" that is stopped before playout has taken it, on a stepped clock: it ends at once and never sounds."""

from datetime import timedelta

import pytest

from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("named", [True, False], ids=["by its name", "with all that sounds"])
@pytest.mark.parametrize("turns", range(3), ids=["no playout", "playout has not looked", "its alarm is set"])
def test_what_is_stopped_before_playout_takes_it_never_sounds(station, cast, clock, start, turns, named):
    service = start() if turns else None
    slot_id = station.services.air.play_now(cast.lan, cast.approved(seconds=4.0))
    if turns > 1:
        service.step()
    done = station.services.air.stop(cast.minh, slot_id if named else None)
    assert done.taken_back == (slot_id,)
    (service or start()).run_stepped(clock, clock.now() + 30 * SECOND)
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
