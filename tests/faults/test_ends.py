"""Every order and every airing has one end, whatever is thrown on its way; what stands behind it does not wait."""

import errno
import sqlite3
from datetime import timedelta

import pytest

from scheduler.core.model import Priority
from scheduler.core.words.wording import REASONS
from scheduler.kernel.errors import Refused
from scheduler.store import instant_text
from tests.faults.day import approved, people

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
FAULTS = {
    "no_descriptors": OSError(errno.EMFILE, "too many open files"),
    "out_of_memory": MemoryError(),
    "disk_error": OSError(errno.EIO, "input/output error"),
    "no_permission": PermissionError(errno.EACCES, "denied"),
    "disk_full": Refused("disk_full"),
    "internal_fault": KeyError("a bug"),
}


class Broken:
    """A function that raises for its first `times` calls, and then does what it did before."""

    def __init__(self, before, error, times):
        self.before, self.error, self.left, self.calls = before, error, times, 0

    def __call__(self, *given, **named):
        self.calls += 1
        if self.left > 0:
            self.left -= 1
            raise self.error
        return self.before(*given, **named)


@pytest.fixture
def breaks(monkeypatch):
    def breaking(owner, name, error, times=10_000):
        broken = Broken(getattr(owner, name), error, times)
        monkeypatch.setattr(owner, name, broken)
        return broken

    return breaking


@pytest.fixture
def ward(stepped):
    """A station on the air with one approved announcement of two seconds, and who may order it."""
    stepped.start()
    stepped.said = approved(stepped.station, "Họp tổ dân phố", 2.0, 3)
    _, stepped.leader = people(stepped.station)
    return stepped


def order(ward):
    return ward.station.services.air.play_now(ward.leader, ward.said, chime=False)


def end_of(ward, slot_id):
    (row,) = [row for row in ward.rows() if row["slot_id"] == slot_id]
    return row["outcome"], row["reason"], row["played_ms"]


def places(ward):
    """Where something can fail between an order and its sound."""
    service, repos = ward.service, ward.station.repos
    return {
        "the facts": (repos.slots, "facts"),
        "the gate": (service._in_hand, "_ask_gate"),
        "the sound": (repos.library, "load"),
        "the key": (repos.slots, "claim"),
        "the engine": (service.engine, "arm"),
    }


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.parametrize("place", ["the facts", "the gate", "the sound", "the key", "the engine"])
def test_an_order_that_fails_on_its_way_ends_says_what_failed_and_can_be_given_again(ward, breaks, place, reason):
    owner, name = places(ward)[place]
    broken = breaks(owner, name, FAULTS[reason])
    slot_id = order(ward)
    ward.stumble(8 * SECOND)
    broken.left = 0
    ward.stumble(3 * SECOND)
    assert end_of(ward, slot_id) == ("failed", reason, 0)
    assert broken.calls >= 3
    assert ward.heard == []
    task = next(task for task in ward.station.services.to_do.open() if task.reason == "not_aired_today")
    assert task.details["why"] == reason
    again = order(ward)
    ward.run(5 * SECOND)
    assert end_of(ward, again) == ("played", "", 2000)
    assert ward.broken() == []


@pytest.mark.parametrize("place", ["the facts", "the gate", "the sound", "the key", "the engine"])
def test_a_fault_that_passes_makes_an_order_late_and_nothing_else(ward, breaks, place):
    owner, name = places(ward)[place]
    breaks(owner, name, OSError(errno.EMFILE, "too many open files"), times=1)
    slot_id = order(ward)
    ward.stumble(8 * SECOND)
    assert end_of(ward, slot_id) == ("played", "", 2000)
    assert ward.broken() == []


def test_a_key_that_was_kept_although_its_writing_failed_is_the_same_key_at_the_next_try(ward, monkeypatch):
    slots, kept = ward.station.repos.slots, ward.station.repos.slots.claim

    def kept_and_failed(*given, again):
        assert kept(*given, again=again)
        monkeypatch.setattr(slots, "claim", kept)
        raise MemoryError

    monkeypatch.setattr(slots, "claim", kept_and_failed)
    slot_id = order(ward)
    ward.stumble(8 * SECOND)
    assert end_of(ward, slot_id) == ("played", "", 2000)
    assert ward.broken() == []


def test_an_end_that_no_row_takes_is_kept_while_stop_emergency_and_the_next_order_go_on(ward, breaks):
    closing = breaks(ward.station.repos.slots, "close", sqlite3.OperationalError("database is locked"))
    first = order(ward)
    ward.stumble(4 * SECOND)
    assert ward.rows() == []
    other = approved(ward.station, "Nước dâng", 20.0, 4, priority=Priority.EMERGENCY)
    emergency = ward.station.services.emergency.break_in(ward.leader, other)
    ward.stumble(3 * SECOND)
    assert [stretch.slot_id for stretch in ward.heard] == [first, emergency]
    ward.station.services.air.stop(ward.leader, emergency)
    ward.stumble(2 * SECOND)
    sounded = ward.heard[1].frames
    ward.stumble(4 * SECOND)
    assert ward.heard[1].frames == sounded < 8 * 48_000
    closing.left = 0
    ward.stumble(3 * SECOND)
    assert end_of(ward, first) == ("played", "", 2000)
    assert end_of(ward, emergency)[:2] == ("partial", "stopped_by")
    assert ward.broken() == []


def test_an_end_whose_details_no_row_takes_is_written_plainly(ward, monkeypatch):
    slots, close = ward.station.repos.slots, ward.station.repos.slots.close

    def fussy(slot_id, ending, now):
        if ending.outputs:
            raise KeyError("a bug in a detail")
        return close(slot_id, ending, now)

    monkeypatch.setattr(slots, "close", fussy)
    slot_id = order(ward)
    ward.stumble(12 * SECOND)
    assert end_of(ward, slot_id) == ("played", "", 2000)


def test_a_report_that_cannot_be_understood_still_ends_its_slot_as_measured(ward, monkeypatch):
    def bug(*_):
        raise ZeroDivisionError

    slot_id = order(ward)
    ward.run(SECOND)
    monkeypatch.setattr("scheduler.playout.active_airings.ending_of", bug)
    ward.stumble(4 * SECOND)
    assert end_of(ward, slot_id) == ("partial", "internal_fault", 2000)


@pytest.mark.parametrize("lost", ["the command", "the report"])
def test_a_slot_that_was_lost_on_the_way_ends_as_measured_and_can_be_given_again(ward, monkeypatch, lost):
    with monkeypatch.context() as patch:
        if lost == "the command":
            patch.setattr(ward.service._obeying, "feed", ward.service._timeline.feed)
            patch.setattr(ward.service, "_feed", ward.service._timeline.feed)
        else:
            patch.setattr(ward.service.engine, "_on_event", str)
        slot_id = order(ward)
        ward.run(4 * SECOND)
    ward.stumble(8 * SECOND)
    outcome, reason, played_ms = end_of(ward, slot_id)
    assert (outcome, played_ms) == (("played", 2000) if lost == "the report" else ("missed", 0))
    assert reason == ("" if lost == "the report" else "internal_fault")
    again = order(ward)
    ward.run(5 * SECOND)
    assert end_of(ward, again) == ("played", "", 2000)


def test_an_emergency_is_tried_for_as_long_as_it_is_valid(ward, breaks):
    broken = breaks(ward.station.repos.library, "load", OSError(errno.ENFILE, "too many open files"))
    other = approved(ward.station, "Nước dâng", 2.0, 4, priority=Priority.EMERGENCY)
    slot_id = ward.station.services.emergency.break_in(ward.leader, other)
    ward.stumble(30 * SECOND)
    assert ward.rows() == []
    broken.left = 0
    ward.stumble(30 * SECOND)
    assert end_of(ward, slot_id)[0] == "played"


def test_a_stop_of_an_order_that_cannot_be_armed_yet_ends_it_and_it_never_sounds(ward, breaks):
    broken = breaks(ward.station.repos.library, "load", OSError(errno.EMFILE, "too many open files"))
    slot_id = order(ward)
    ward.stumble(SECOND)
    ward.station.services.air.stop(ward.leader, slot_id)
    ward.stumble(SECOND)
    broken.left = 0
    ward.stumble(4 * SECOND)
    assert end_of(ward, slot_id) == ("cancelled", "stopped_by", 0)
    assert ward.heard == []


def test_a_stop_is_obeyed_although_its_row_cannot_be_written_and_is_obeyed_once(ward, breaks):
    slot_id = order(ward)
    ward.run(SECOND)
    marking = breaks(ward.station.repos.jobs, "taken", Refused("disk_full"))
    ward.station.services.air.stop(ward.leader)
    ward.stumble(SECOND)
    assert end_of(ward, slot_id)[:2] == ("partial", "stopped_by")
    again = order(ward)
    ward.stumble(4 * SECOND)
    assert end_of(ward, again) == ("played", "", 2000)
    marking.left = 0
    ward.stumble(2 * SECOND)
    assert ward.station.repos.jobs.commands() == []


@pytest.mark.parametrize("part", ["plan", "refresh", "heartbeat", "amplifier", "clock", "rules", "recover"])
def test_no_part_of_a_turn_takes_an_order_with_it_and_the_fault_is_shown(ward, monkeypatch, part):
    service = ward.service
    owner, name = {
        "plan": (service.services.campaigns, "replan"),
        "refresh": (service.alarms, "cancel"),
        "heartbeat": (service._heartbeat, "_outputs"),
        "amplifier": (service._amplifier, "update"),
        "clock": (service._watch, "look"),
        "rules": (service, "_take_rules"),
        "recover": (service._in_hand, "recover"),
    }[part]

    def bug(*_, **__):
        raise RuntimeError(f"a bug in {part}")

    slot_id = order(ward)
    ward.run(SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, bug)
        patch.setattr(type(service._amplifier), "is_there", True)
        service._in_hand.owes = True
        service._slot_alarms._set["gone"] = instant_text(ward.clock.now())
        service._is_recovered = part != "recover"
        assert ward.stumble(3 * SECOND) > 0
        assert end_of(ward, slot_id) == ("played", "", 2000)
    ward.stumble(2 * SECOND)
    fault = ward.station.services.air.on_air().fault
    assert fault["reason"] == "internal_fault"
    assert f"a bug in {part}" in fault["cause"]
    assert any(task.reason in {"playout_fault", "plan_failed"} for task in ward.station.services.to_do.open())
    assert REASONS["playout_fault"]


def test_an_order_stands_although_the_planner_fails_and_playout_plans_again(ward, breaks):
    planning = breaks(ward.station.services.campaigns._days, "replan", ValueError("a bug of the planner"), times=1)
    slot_id = order(ward)
    ward.stumble(5 * SECOND)
    assert end_of(ward, slot_id) == ("played", "", 2000)
    assert planning.calls == 2


def test_what_was_missed_while_turns_failed_says_which_fault_it_was_not_that_the_station_was_off(stepped, breaks):
    stepped.says("05:40-06:40", base=1)
    (slot,) = stepped.slots[:1]
    service = stepped.start()
    stepped.run(slot.start - 30 * SECOND)
    ringing = breaks(service, "_rung", OSError(errno.EIO, "input/output error"))
    stepped.stumble(stepped.station.config.rules.late_tolerance + MINUTE)
    ringing.left = 0
    stepped.stumble(3 * SECOND)
    assert stepped.ends[0] == ("missed", "disk_error")
