"""A town's words on the air: real sound by a real playout on a stepped clock, stopped by a stop order, told as measured."""

from datetime import timedelta

import numpy as np
import pytest

from scheduler.core.model import AiringOutcome, Priority
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.rules.envelope import Act, Kind
from scheduler.extras.town.service.town import TownService
from scheduler.playout.mixer import BLOCK, FADE
from tests.conftest import MORNING
from tests.extras.town.service.town import tend, told, up


@pytest.fixture
def playout(trusting):
    service = trusting.playout()
    service.start()
    yield service
    service.stop()


def run(playout, clock, seconds):
    playout.run_stepped(clock, clock.now() + timedelta(seconds=seconds))


def test_an_emergency_is_heard_in_quiet_hours_and_told_with_its_measured_length(trusting, alarm, playout, clock):
    clock.advance(6.5 * 3600)  # noon, when this ward keeps quiet
    trusting.services.get(TownService).up.queue_new()
    row = alarm.issue(priority=Priority.EMERGENCY)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    run(playout, clock, 1)
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received", "playing"]
    run(playout, clock, 90)
    tend(trusting, 1)
    trusting.services.get(TownService).up.queue_new()
    facts = trusting.repos.slots.slot(slot_id)
    assert facts.outcome is AiringOutcome.PLAYED
    ack = up(trusting, "ack")[-1]
    journal = next(body["journal"] for body in up(trusting, "asrun") if body["journal"]["slot_id"] == slot_id)
    assert (ack["state"], ack["played_ms"]) == ("played", journal["played_ms"])
    assert journal["played_ms"] > 5_000


def sounded(station, slot_id):
    """The samples in the recording of an airing."""
    (path,) = (station.config.data / "wav").rglob(f"*{slot_id}*.wav")
    return np.frombuffer(path.read_bytes()[44:], "<i2")


@pytest.mark.parametrize("how", ["stop", "cancel", "update"])
def test_what_sounds_is_cut_off_and_told_with_what_was_heard_until_then(trusting, alarm, playout, clock, how):
    row = alarm.issue(priority=Priority.EMERGENCY)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    run(playout, clock, 4)
    before, heard = clock.now(), sounded(trusting, slot_id)
    assert np.any(heard[-BLOCK:]), "it sounds at this moment"
    if how == "stop":
        alarm.issue(kind=Kind.STOP, references=(row.issue_id,))
    else:
        act = Act.CANCEL if how == "cancel" else Act.UPDATE
        alarm.issue(act=act, references=(row.issue_id,), priority=Priority.EMERGENCY, text="Nước đã rút.")
    run(playout, clock, 1)
    after = sounded(trusting, slot_id)
    assert 0 < len(after) - len(heard) <= FADE + 2 * BLOCK, "a fade, and no word more"
    assert np.array_equal(after[: len(heard)], heard)
    slot = trusting.repos.slots.slot(slot_id)
    assert (slot.outcome, slot.reason) == (AiringOutcome.PARTIAL, "stopped_by_town")
    ended = trusting.repos.store.row("SELECT actual_end, played_ms FROM journal WHERE slot_id = ?", (slot_id,))
    assert ended["actual_end"] <= (before + timedelta(seconds=1)).isoformat()
    assert 2_000 < ended["played_ms"] < 5_500
    assert abs(ended["played_ms"] * 48 - len(after)) < BLOCK
    assert told(trusting, row.issue_id) == ["received"]  # nothing is called over that may still sound
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received", "cancelled"]
    assert next(one for one in up(trusting, "ack") if one["state"] == "cancelled")["played_ms"] == ended["played_ms"]


def test_a_drill_of_the_town_keeps_to_quiet_hours(trusting, alarm, clock):
    from scheduler.extras.town.rules.envelope import Status

    clock.advance(6.5 * 3600)
    row = alarm.issue(priority=Priority.EMERGENCY, status=Status.EXERCISE)
    assert (
        air_by_rule(
            trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
        )
        is None
    )
    after = trusting.services.get(TownService).inbox.get(row.id)
    assert (after.state, after.reason) == ("waiting", "quiet_hours")
    assert told(trusting, row.issue_id) == ["received", "waiting"]


def test_priority_is_heard_in_the_next_session_and_a_normal_one_never_by_itself(trusting, alarm, playout, clock):
    urgent, normal = alarm.issue(priority=Priority.PRIORITY), alarm.issue()
    tend(trusting, 4)
    assert clock.now() == MORNING
    while told(trusting, urgent.issue_id)[-1] != "played" and clock.now() < MORNING + timedelta(hours=3):
        run(playout, clock, 120)
        tend(trusting, 1)
    assert told(trusting, urgent.issue_id)[-1] == "played"
    assert told(trusting, normal.issue_id) == ["waiting"]


# Two at once


def test_a_stop_that_comes_while_the_voice_still_speaks_wins(trusting, alarm, monkeypatch):
    row = alarm.issue(priority=Priority.EMERGENCY)
    (due,) = trusting.services.get(TownService).inbox.to_air()
    real = type(trusting).speak_now

    def slow(station, *args, **more):
        clip = real(station, *args, **more)
        alarm.issue(kind=Kind.STOP, references=(row.issue_id,))
        return clip

    monkeypatch.setattr(type(trusting), "speak_now", slow)
    assert air_by_rule(trusting, trusting.services.get(TownService).inbox, due) is None
    assert trusting.services.get(TownService).inbox.get(row.id).state == "cancelled"
    assert trusting.repos.store.value("SELECT count(*) FROM slot") == 0
    assert told(trusting, row.issue_id) == ["received", "cancelled"]


def test_a_stop_between_the_last_look_and_the_order_wins_too(trusting, alarm, monkeypatch):
    row = alarm.issue(priority=Priority.EMERGENCY)
    (due,) = trusting.services.get(TownService).inbox.to_air()
    inbox = type(trusting.services.get(TownService).inbox)
    real = inbox.order

    def late(self, *args, **more):
        alarm.issue(kind=Kind.STOP, references=(row.issue_id,))
        return real(self, *args, **more)

    monkeypatch.setattr(inbox, "order", late)
    assert air_by_rule(trusting, trusting.services.get(TownService).inbox, due) is None
    assert trusting.services.get(TownService).inbox.get(row.id).state == "cancelled"
    assert trusting.repos.store.value("SELECT count(*) FROM slot") == 0
