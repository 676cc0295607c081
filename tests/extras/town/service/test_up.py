"""What a ward tells its town: every journal row once, gap-free numbers, and no invented health."""

import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.model import AiringOutcome, Priority
from scheduler.extras.hub.rows.reported import hashed
from scheduler.extras.hub.rules.uplink_reports import ack_of, health_of, journal_of
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.rules.envelope import UpKind, read_up
from scheduler.extras.town.service.town import TownService
from scheduler.store import Ending
from tests.conftest import DAY
from tests.examples import examples
from tests.extras.town.service.town import WARD, speak_all, told, up


def ended(station, slot_id, ms, outcome=AiringOutcome.PLAYED, reason=""):
    """What playout writes when an airing is over."""
    slot = station.repos.slots.slot(slot_id)
    ending = Ending(outcome, reason, slot.start, slot.end, ms, {"wav": "ok"})
    station.repos.slots.close(slot_id, ending, station.clock.now())


def test_nothing_from_before_the_link_is_told_and_everything_after_it_once(station, cast):
    station.repos.journal.note("station", "2026-12-02", "station_started", "", station.clock.now())
    assert station.services.get(TownService).up.queue_new() == 0
    station.repos.journal.note("station", "2026-12-02", "station_started", "", station.clock.now())
    station.repos.journal.note("clock", "2026-12-02", "clock_step", "", station.clock.now())
    assert station.services.get(TownService).up.queue_new() == 2
    assert station.services.get(TownService).up.queue_new() == 0
    assert [body["journal"]["kind"] for body in up(station, "asrun")] == ["station", "clock"]


def test_a_row_of_the_journal_is_proved_by_its_own_hash_at_the_hub(station, cast):
    station.services.get(TownService).up.queue_new()
    cast.running(cast.approved())
    (slot, *_) = station.repos.slots.of_day(DAY)
    ended(station, slot.id, 3000)
    station.services.get(TownService).up.queue_new()
    rows = [row for row in station.services.get(TownService).up.outbox(99) if row.subject_kind is UpKind.ASRUN]
    read = [journal_of(read_up(row.body, WARD), hashed) for row in rows]
    assert [one.values["played_ms"] for one in read] == [3000]
    assert all(one.proved for one in read)


def test_an_airing_of_an_issue_names_it_and_is_acknowledged_with_what_was_measured(trusting, alarm):
    trusting.services.get(TownService).up.queue_new()
    row = alarm.issue(priority=Priority.EMERGENCY)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    slot = trusting.repos.slots.slot(slot_id)
    assert trusting.repos.slots.claim(slot, trusting.clock.now())
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received", "playing"]
    ended(trusting, slot_id, 12_345)
    trusting.services.get(TownService).tend()
    trusting.services.get(TownService).up.queue_new()
    acks = [
        ack_of(read_up(one.body, WARD))
        for one in trusting.services.get(TownService).up.outbox(99)
        if one.subject_kind == "ack"
    ]
    assert [(one.state, one.played_ms) for one in acks] == [("received", None), ("playing", None), ("played", 12_345)]
    assert [body["id"] for body in up(trusting, "asrun") if body["journal"]["slot_id"] == slot_id] == [row.issue_id]


@pytest.mark.parametrize(
    ("outcome", "ms", "found"),
    [
        (AiringOutcome.PARTIAL, 4_000, ("partial", 4_000)),
        (AiringOutcome.CANCELLED, 2_000, ("cancelled", 2_000)),
        (AiringOutcome.FAILED, None, ("refused", None)),
        (AiringOutcome.REFUSED, None, ("refused", None)),
        (AiringOutcome.MISSED, None, ("refused", None)),
        (AiringOutcome.PRE_EMPTED, 900, ("partial", 900)),
    ],
)
def test_every_end_of_an_airing_is_told_as_it_was(trusting, alarm, outcome, ms, found):
    row = alarm.issue(priority=Priority.EMERGENCY)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    ended(trusting, slot_id, ms, outcome, "output_failed")
    trusting.services.get(TownService).tend()
    body = up(trusting, "ack")[-1]
    assert (body["id"], body["state"], body.get("played_ms"), body["reason"]) == (row.issue_id, *found, "output_failed")


def test_a_slot_that_sounded_is_acknowledged_by_the_session_it_was_planned_in(trusting, alarm, clock):
    row = alarm.issue(priority=Priority.PRIORITY)
    speak_all(trusting)
    for _ in range(3):
        trusting.services.get(TownService).tend()
    row = trusting.services.get(TownService).inbox.get(row.id)
    slot_id = trusting.repos.store.value("SELECT id FROM slot WHERE announcement_id = ?", (row.announcement_id,))
    ended(trusting, slot_id, 8_000)
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["stored", "preparing", "approved", "planned", "played"]
    assert trusting.services.get(TownService).inbox.get(row.id).state == "aired"


# Numbers


def undone(store, act):
    with store.write():
        act()
        raise RuntimeError


@given(st.lists(st.sampled_from(["ok", "fails", "sent", "forget"]), max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25), deadline=None)
def test_numbers_have_no_holes_and_come_back_never(station, steps):
    queue, store, now = station.services.get(TownService).up.rows, station.repos.store, station.clock.now()
    given_out = []
    first = (queue.cursor("outbox") or 0) + 1
    for step in steps:
        match step:
            case "ok":
                given_out.append(queue.queue(WARD, UpKind.LOG, {}, now))
            case "fails":
                with pytest.raises(RuntimeError):
                    undone(store, lambda: queue.queue(WARD, UpKind.LOG, {}, now))
            case "sent":
                queue.sent([row.row for row in queue.unsent(99)], now)
            case "forget":
                queue.forget(now + timedelta(days=31))
    assert given_out == list(range(first, first + len(given_out)))


def test_a_journal_turn_that_fails_queues_nothing_and_the_next_has_it_all(station, monkeypatch):
    station.services.get(TownService).up.queue_new()
    for _ in range(3):
        station.repos.journal.note("station", "2026-12-02", "station_started", "", station.clock.now())

    def full(*_args):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(type(station.services.get(TownService).up.rows), "move", full)
    with pytest.raises(sqlite3.OperationalError):
        station.services.get(TownService).up.queue_new()
    monkeypatch.undo()
    assert station.services.get(TownService).up.outbox(9) == []
    assert station.services.get(TownService).up.queue_new() == 3
    assert [row.row for row in station.services.get(TownService).up.outbox(9)] == [1, 2, 3]


def test_thirty_days_cut_off_lose_nothing_and_one_health_waits(station, clock):
    station.services.get(TownService).up.queue_new()
    for _ in range(30):
        for _ in range(40):
            station.repos.journal.note("station", "2026-12-02", "station_started", "", clock.now())
        while station.services.get(TownService).up.queue_new():
            pass
        for _ in range(20):
            station.services.get(TownService).up.queue_health()
        station.services.get(TownService).up.forget()
        clock.advance(24 * 3600)
    waiting = station.services.get(TownService).up.outbox(10_000)
    assert [row.row for row in waiting] == list(range(1, 1202))
    assert sum(row.subject_kind is UpKind.HEALTH for row in waiting) == 1
    assert station.services.get(TownService).up.rows.state().oldest == clock.now() - timedelta(days=30)


def test_what_was_sent_can_be_asked_for_again_for_thirty_days(station, clock):
    for _ in range(5):
        station.services.get(TownService).up.log({"what": "x"})
    first = station.services.get(TownService).up.outbox(9)
    station.services.get(TownService).up.sent([1, 2, 3, 4, 5])
    assert station.services.get(TownService).up.outbox(9) == []
    assert station.services.get(TownService).up.rows.resend(2, 3) == 2
    assert station.services.get(TownService).up.outbox(9) == first[1:3]  # byte for byte: the hub knows them again
    station.services.get(TownService).up.sent([2, 3])
    clock.advance(31 * 24 * 3600)
    station.services.get(TownService).up.forget()
    assert station.services.get(TownService).up.rows.resend(1, 5) == 0
    station.services.get(TownService).up.log({"what": "x"})
    assert [row.row for row in station.services.get(TownService).up.outbox(9)] == [6]


def test_a_row_too_long_for_the_stream_goes_up_shortened_and_unproved(station):
    station.services.get(TownService).up.queue_new()
    station.repos.journal.note("rules", "2026-12-02", "rules_changed", "ữ" * 60_000, station.clock.now())
    station.services.get(TownService).up.queue_new()
    (row,) = station.services.get(TownService).up.outbox(9)
    assert len(row.body) < 65_536
    assert not journal_of(read_up(row.body, WARD), hashed).proved


# Health


def test_a_station_whose_playout_is_silent_says_so_and_invents_no_outputs(station):
    station.services.get(TownService).up.queue_health()
    (row,) = station.services.get(TownService).up.outbox(9)
    health = health_of(read_up(row.body, WARD))
    assert health["playout"] is False
    assert not {"outputs", "playing", "clock_trusted"} & set(health)


def test_health_is_what_playout_measured(station, clock):
    state = {
        "outputs": [{"name": "wav", "kind": "wavfile", "state": "ok", "message": "", "device": "x"}],
        "airings": [{"slot_id": "s", "title": "Xả lũ", "zone": "all", "trigger": "emergency", "played_ms": 5}],
        "clock_trusted": True,
    }
    station.repos.jobs.beat("playout", 1, clock.now(), state)
    health = station.services.get(TownService).up.health()
    assert health["playing"] == [{"title": "Xả lũ", "zone": "all", "trigger": "emergency"}]
    assert health["outputs"] == [{"name": "wav", "kind": "wavfile", "state": "ok", "message": ""}]
    clock.advance(60)
    assert station.services.get(TownService).up.health()["playout"] is False


def test_how_the_link_stands_is_what_its_process_last_said(station, clock):
    assert not station.services.get(TownService).up.state().alive
    beat = {"reached_at": clock.now().isoformat(), "reason": "", "details": {}, "clock_off_minutes": 7}
    station.repos.jobs.beat("link", 1, clock.now(), beat)
    state = station.services.get(TownService).up.state()
    assert (state.alive, state.clock_off_minutes, state.reached_at) == (True, 7, clock.now())
    clock.advance(120)
    assert not station.services.get(TownService).up.state().alive
