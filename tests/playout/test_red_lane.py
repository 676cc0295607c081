"""The red lane on a stepped clock: real service, real engine, real WAV output, and a database that takes nothing."""

import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from scheduler.playout.programme import Started
from scheduler.station import Station
from scheduler.store import instant_text
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


@contextmanager
def locked(station):
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(station.repos.store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@pytest.fixture
def templates(station, cast):
    """Three approved emergencies of different length."""
    found = [cast.approved(seconds=seconds, title=title, pitch=400 * seconds) for title, seconds in
             (("Vỡ đê", 2.0), ("Cháy rừng", 3.0), ("Lũ quét", 1.0))]  # fmt: skip
    for one in found:
        seen = station.repos.programme.announcement(one)
        station.repos.programme.change_announcement(seen, {"priority": 1}, station.clock.now())
    return found


def on_air(service):
    return [one.slot_id for one in service.engine.on_air()]


def orders(station):
    return station.repos.store.rows("SELECT * FROM slot WHERE trigger IN ('emergency', 'drill') ORDER BY start, id")


def test_an_order_sounds_while_the_database_is_locked_and_has_its_rows_afterwards_once(
    station, cast, clock, start, templates
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        pressed = clock.now()
        slot_id = station.services.emergency.break_in(cast.minh, templates[0])
        service.run_stepped(clock, pressed + SECOND)
        assert on_air(service) == [slot_id]
        service.run_stepped(clock, pressed + 3 * SECOND)
        assert station.services.air.on_air().airing["slot_id"] == slot_id
        assert station.services.air.red.told(slot_id).state == "sounding"
        service.run_stepped(clock, pressed + timedelta(seconds=40))
        assert station.services.air.red.told(slot_id).outcome == "played"
        assert orders(station) == []
    service.run_stepped(clock, clock.now() + SECOND)
    (slot,), (row,) = orders(station), rows(station)
    assert (slot["id"], slot["start"], slot["operator_id"]) == (slot_id, instant_text(pressed), cast.minh.id)
    assert slot["created_at"] == instant_text(pressed)
    assert (row["slot_id"], row["outcome"], row["operator"]) == (slot_id, "played", cast.minh.recorded_name)
    assert row["actual_start"] <= instant_text(pressed + SECOND)
    assert len(sound(station)[0]) == row["played_ms"] * 48
    assert [
        one["name"] for one in station.repos.store.rows("SELECT name FROM audit WHERE subject_id = ?", (slot_id,))
    ] == [cast.minh.recorded_name]
    assert station.repos.red.placed() == []
    assert station.repos.journal.verify().whole


def test_the_same_order_is_one_across_ring_and_rows(station, cast, clock, start, templates):
    service = start()
    first = station.services.emergency.break_in(cast.minh, templates[0])
    assert station.services.emergency.break_in(cast.minh, templates[0]) == first
    with locked(station):
        assert station.services.emergency.break_in(cast.minh, templates[0]) == first
        service.run_stepped(clock, clock.now() + timedelta(seconds=60))
        again = station.services.emergency.break_in(cast.minh, templates[0])
        assert again != first, "what has ended does not stand, though its row is still open"
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    assert [row["slot_id"] for row in rows(station)] == [first, again]


def test_those_that_wait_for_each_other_follow_without_the_database(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        ordered = [station.services.emergency.break_in(cast.minh, one) for one in templates]
        service.run_stepped(clock, clock.now() + timedelta(seconds=2))
        assert [key for key, _ in station.services.air.red.waiting()] == sorted(ordered[1:], key=ordered.index)
        service.run_stepped(clock, clock.now() + timedelta(minutes=2))
        assert len(sound(station)) == 3
    service.run_stepped(clock, clock.now() + SECOND)
    assert sorted((row["slot_id"], row["outcome"]) for row in rows(station)) == sorted(
        (one, "played") for one in ordered
    )


def test_a_stop_tells_what_still_waits_and_can_end_that_too(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        ordered = [station.services.emergency.break_in(cast.minh, one) for one in templates]
        service.run_stepped(clock, clock.now() + timedelta(seconds=2))
        done = station.services.air.stop(cast.lan)
        assert done.sounded, "the ring knows it, whatever playout has told of itself"
        assert [title for _, title in done.waiting] == ["Cháy rừng", "Lũ quét"]
        service.run_stepped(clock, clock.now() + SECOND)
        assert on_air(service) == [ordered[1]], "one stop stops what sounds"
        assert station.services.air.stop(cast.lan, also_waiting=True).waiting == ()
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
        assert on_air(service) == []
    service.run_stepped(clock, clock.now() + SECOND)
    told = {row["slot_id"]: (row["outcome"], row["reason"]) for row in rows(station)}
    assert told == {
        ordered[0]: ("partial", "stopped_by"),
        ordered[1]: ("partial", "stopped_by"),
        ordered[2]: ("cancelled", "stopped_by"),
    }
    commands = station.repos.store.rows("SELECT * FROM command WHERE kind = 'stop'")
    assert len(commands) == 3
    assert all(one["taken_at"] and one["created_by"] == cast.lan.id for one in commands)


def test_an_order_is_taken_back_while_the_database_is_locked(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        confirmed = station.services.emergency.confirmed
        slot_id = station.services.emergency.order(lambda: confirmed(cast.minh, "mat-khau-cua-minh"), templates[0])
        service.run_stepped(clock, clock.now() + timedelta(seconds=3))
        assert station.services.emergency.take_back(cast.lan, slot_id)
        service.run_stepped(clock, clock.now() + timedelta(seconds=30))
    service.run_stepped(clock, clock.now() + SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("cancelled", "order_taken_back", cast.lan.recorded_name)
    assert sound(station) == []
    (act,) = station.repos.store.rows("SELECT * FROM audit WHERE kind = 'order_taken_back'")
    assert (act["name"], act["subject_id"]) == (cast.lan.recorded_name, slot_id)


def test_a_stop_of_one_order_in_its_grace_takes_it_back_and_stops_nothing_else(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    sounds = station.services.emergency.break_in(cast.minh, templates[1])
    service.run_stepped(clock, clock.now() + SECOND)
    confirmed = station.services.emergency.confirmed
    slot_id = station.services.emergency.order(lambda: confirmed(cast.minh, "mat-khau-cua-minh"), templates[0])
    done = station.services.air.stop(cast.lan, slot_id)
    assert (done.taken_back, done.ordered, done.sounded) == ((slot_id,), False, True)
    service.run_stepped(clock, clock.now() + SECOND)
    assert on_air(service) == [sounds]


def test_to_stop_one_order_and_all_that_wait_ends_those_too(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        first, *_ = [station.services.emergency.break_in(cast.minh, one) for one in templates]
        service.run_stepped(clock, clock.now() + SECOND)
        waiting = [key for key, _ in station.services.air.red.waiting()]
        done = station.services.air.stop(cast.lan, waiting[0], also_waiting=True)
        assert (done.taken_back, done.ordered) == ((waiting[0],), True)
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
        assert station.services.air.red.waiting() == []
    service.run_stepped(clock, clock.now() + SECOND)
    ended = {row["slot_id"]: row["outcome"] for row in rows(station)}
    assert ended == {first: "played"} | dict.fromkeys(waiting, "cancelled")


@pytest.mark.parametrize("sounded", [False, True], ids=["before a frame", "in its middle"])
def test_a_playout_that_dies_between_ring_and_row_ends_or_repeats_it_once(
    station, config, cast, clock, start, templates, sounded
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        slot_id = station.services.emergency.break_in(cast.minh, templates[0])
        if sounded:
            service.run_stepped(clock, clock.now() + timedelta(seconds=4))
        else:
            service.step()
        # What a killed process leaves: the ring, the black box, no row. Nothing of it runs on.
        service.lane._mine.clear()
        service.engine.arm = service.engine.cut = service.step = lambda *_: None
    other = Station.open(config, clock)
    second = other.playout()
    second.start()
    second.run_stepped(clock, clock.now() + timedelta(minutes=1))
    told = [(row["slot_id"], row["outcome"], row["reason"]) for row in rows(other)]
    assert told == [(slot_id, "partial", "power_cut") if sounded else (slot_id, "played", "")]
    keys = other.repos.store.rows("SELECT attempt, ended_at FROM airing WHERE slot_id = ?", (slot_id,))
    assert [key["attempt"] for key in keys] == ([1] if sounded else [1, 2])
    assert all(key["ended_at"] for key in keys)
    second.stop()
    other.close()


def test_an_order_of_somebody_whose_right_was_taken_meanwhile_is_refused_by_playout(
    station, cast, clock, start, templates
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        slot_id = station.services.emergency.break_in(cast.minh, templates[0])
    station.repos.people.change(cast.minh.id, {"role": Role.EDITOR.value})
    service.run_stepped(clock, clock.now() + timedelta(seconds=30))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"], row["reason"]) == (slot_id, "refused", "not_permitted")


def test_an_order_that_nobody_took_in_time_is_missed_and_not_said_late(station, cast, clock, start, templates):
    with locked(station):
        slot_id = station.services.emergency.break_in(cast.minh, templates[0])
    clock.advance(3600)
    service = start()
    service.run_stepped(clock, clock.now() + timedelta(seconds=30))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"], row["reason"]) == (slot_id, "missed", "station_off")


def test_a_plan_that_fails_stops_no_order_and_is_told(station, cast, clock, start, templates, monkeypatch):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    monkeypatch.setattr(type(station.services.campaigns), "replan", lambda _: 1 / 0)
    slot_id = station.services.emergency.break_in(cast.minh, templates[0])
    service.run_stepped(clock, clock.now() + timedelta(seconds=40))
    assert [(row["slot_id"], row["outcome"]) for row in rows(station)] == [(slot_id, "played")]
    assert "ZeroDivisionError" in station.repos.jobs.heartbeat("playout").state["fault"]["cause"]
    (task,) = [task for task in station.services.to_do.open() if task.key == "plan_failed:station"]
    assert "ZeroDivisionError" in task.details["fault"]


def test_playout_plans_around_a_persons_order_and_the_press_does_not(
    station, cast, clock, start, templates, monkeypatch
):
    cast.running(cast.approved(seconds=30), base=1)
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    planned, usual = [], type(station.services.campaigns).replan

    def replan(services):
        planned.append(clock.now())
        return usual(services)

    monkeypatch.setattr(type(station.services.campaigns), "replan", replan)
    station.services.air.play_now(cast.minh, templates[0])
    assert planned == []
    service.run_stepped(clock, clock.now() + SECOND)
    assert len(planned) == 1


def test_a_slot_that_is_cut_before_it_is_armed_never_sounds(station, cast, clock, start, templates):
    """The service waits for the airing key of an ordinary slot when the emergency comes."""
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    claim, pressed = station.repos.slots.claim, []

    def slow_claim(slot, now, attempt=1, *, again=False):
        if slot.trigger.value == "manual" and not pressed:
            pressed.append(station.services.emergency.break_in(cast.minh, templates[0]))
            service.lane.turn(now)
        return claim(slot, now, attempt, again=again)

    station.repos.slots.claim = slow_claim
    begun = []
    tell = service.on_event
    service.engine._on_event = lambda event: (
        begun.append(event.slot_id) if isinstance(event, Started) else None,
        tell(event),
    )
    try:
        manual = station.services.air.play_now(cast.minh, cast.approved(seconds=2.0, title="Họp", pitch=300))
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    finally:
        del station.repos.slots.claim
    assert begun == [pressed[0], manual], "the announcement comes behind the emergency, whole"
    assert {row["slot_id"]: row["outcome"] for row in rows(station)} == {pressed[0]: "played", manual: "played"}


def test_the_rings_records_are_not_read_in_every_turn_of_an_idle_station(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    reads, placed = [], station.repos.red.placed
    station.repos.red.placed = lambda: reads.append(1) or placed()
    try:
        for _ in range(20):
            service.step()
        assert len(reads) <= 2, "the lane and what follows it may each look once, by the clock"
        slot_id = station.services.emergency.break_in(cast.minh, templates[0])
        service.step()
        assert slot_id in {one.key for one in placed()}
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    finally:
        del station.repos.red.placed
    assert [(row["slot_id"], row["outcome"]) for row in rows(station)] == [(slot_id, "played")]


def test_what_playout_writes_itself_is_no_reason_to_read_anew_what_may_be_ordered(
    station, cast, clock, start, templates, monkeypatch
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    read, refresh = [], service.lane.sounds.refresh
    monkeypatch.setattr(service.lane.sounds, "refresh", lambda wanted=(): read.append(wanted) or refresh(wanted))
    station.services.air.play_now(cast.lan, cast.approved(seconds=2.0))
    service.run_stepped(clock, clock.now() + SECOND)
    assert read, "people have changed rows"
    read.clear()
    service.run_stepped(clock, clock.now() + 30 * SECOND)
    assert (rows(station)[-1]["outcome"], read) == ("played", [])


def test_who_may_act_no_more_is_known_to_the_lane_at_the_next_turn(station, cast, clock, start, templates):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    assert service.lane.sounds.person(cast.minh.id)
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET active = 0 WHERE id = ?", (cast.minh.id,))
    service.step()
    assert service.lane.sounds.person(cast.minh.id) is None
