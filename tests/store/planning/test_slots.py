from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.make_good import is_owed
from scheduler.store import Ending

DAY = date(2026, 12, 2)


@pytest.fixture
def slots(station):
    return station.repos.slots


@pytest.fixture
def slot(cast, station) -> Slot:
    cast.running(cast.approved())
    return station.repos.slots.of_day(DAY)[0]


def test_the_airing_key_can_be_claimed_once(slots, slot, clock):
    assert slots.claim(slot, clock.now()) is True
    assert slots.claim(slot, clock.now()) is False


def test_an_ended_slot_cannot_be_claimed(slots, slot, clock):
    slots.close(slot.id, Ending(AiringOutcome.CANCELLED, "stopped_by"), clock.now())
    assert slots.claim(slot, clock.now()) is False


def test_only_what_is_open_and_claimed_by_no_key_is_ended_by_who_stops_it(cast, slots, clock, station):
    cast.running(cast.approved(), base=3)
    claimed, ended, waiting = slots.of_day(DAY)
    slots.claim(claimed, clock.now())
    slots.close(ended.id, Ending(AiringOutcome.MISSED, "too_late"), clock.now())
    assert [(slot.id, title) for slot, title in slots.unclaimed([Trigger.SCHEDULE])] == [(waiting.id, "Tiêm chủng")]
    assert slots.unclaimed([Trigger.MANUAL, Trigger.LIVE]) == []
    asked, stopped = [claimed.id, ended.id, waiting.id, "taken out"], Ending(AiringOutcome.CANCELLED, "stopped_by")
    assert [slot.id for slot in slots.end_unclaimed(asked, stopped, clock.now())] == [waiting.id]
    assert slots.end_unclaimed(asked, stopped, clock.now()) == []
    told = {row["slot_id"]: row["outcome"] for row in station.repos.journal.of_day(DAY.isoformat())}
    assert told == {ended.id: "missed", waiting.id: "cancelled"}
    assert slots.claim(waiting, clock.now()) is False


def test_a_slot_ends_once_with_one_journal_row(slots, slot, clock, station):
    assert slots.close(slot.id, Ending(AiringOutcome.PLAYED, played_ms=3000), clock.now()) is True
    assert slots.close(slot.id, Ending(AiringOutcome.MISSED, "too_late"), clock.now()) is False
    rows = station.repos.journal.of_day(DAY.isoformat())
    assert [(row["slot_id"], row["outcome"], row["played_ms"]) for row in rows] == [(slot.id, "played", 3000)]


def test_a_journal_row_tells_what_why_who_and_what_was_measured(slots, slot, clock, station):
    started = slot.start + timedelta(milliseconds=1)
    ending = Ending(
        AiringOutcome.PARTIAL, "output_failed", started, started + timedelta(seconds=2), 2000, {"wav": "đầy"}
    )
    slots.close(slot.id, ending, clock.now())
    row = station.repos.journal.of_day(DAY.isoformat())[0]
    assert row["title"] == "Tiêm chủng"
    assert (row["author"], row["approver"]) == ("Lan (lan)", "Minh (minh)")
    assert row["audio_sha256"] == slot.audio_sha256
    assert row["reason"] == "output_failed"
    assert row["planned_ms"] == 3000
    assert row["outputs"] == {"wav": "đầy"}
    assert row["actual_start"].startswith(started.isoformat()[:19])


def test_who_is_renamed_keeps_the_old_name_in_old_rows_and_the_account_in_all(cast, slots, clock, station):
    cast.running(cast.approved(), base=2)
    first, second = station.repos.slots.of_day(DAY)[:2]
    slots.close(first.id, Ending(AiringOutcome.PLAYED), clock.now())
    station.services.people.rename(cast.lan, "Lê Thị Lan")
    slots.close(second.id, Ending(AiringOutcome.PLAYED), clock.now())
    rows = station.repos.journal.of_day(DAY.isoformat())
    assert [row["author"] for row in rows] == ["Lan (lan)", "Lê Thị Lan (lan)"]
    assert station.repos.journal.verify().whole


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (AiringOutcome.CANCELLED, "stopped_by"),
        (AiringOutcome.REFUSED, "quiet_hours"),
        (AiringOutcome.FAILED, "output_failed"),
    ],
)
def test_what_was_heard_before_an_emergency_is_partial_and_not_owed_whatever_came_of_the_rest(
    outcome, reason, slots, slot, clock, station
):
    began = clock.now()
    slots.claim(slot, began)
    slots.interrupt(
        slot.id, Ending(AiringOutcome.PRE_EMPTED, "pre_empted", began, began + timedelta(seconds=5), 5_000), clock.now()
    )
    slots.claim(slot, clock.now(), 2)
    assert slots.close(slot.id, Ending(outcome, reason), clock.now())
    ended = slots.slot(slot.id)
    assert (ended.outcome, ended.reason) == (AiringOutcome.PARTIAL, reason)
    (of_the_day,) = [one for one in slots.of_day(ended.day) if one.id == slot.id]  # which knows how much was heard
    assert not is_owed(of_the_day)
    row = station.repos.store.row("SELECT outcome, reason, played_ms FROM journal WHERE slot_id = ?", (slot.id,))
    assert row == {"outcome": "partial", "reason": reason, "played_ms": 5_000}


def test_replacing_a_day_keeps_what_has_been_claimed_or_has_ended(slots, slot, clock, cast, station):
    second = slots.of_day(DAY)[1]
    slots.claim(slot, clock.now())
    slots.close(second.id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    slots.replace_day(DayPlan(DAY, (), ()), clock.now(), clock.now())
    assert [kept.id for kept in slots.of_day(DAY)] == [slot.id, second.id]


def test_replacing_a_day_keeps_the_refusals_of_the_new_plan_only(slots, slot, clock):
    refusal = Refusal(slot.campaign_id, 3, "no_room", {"window": "06:00-07:00"})
    slots.replace_day(DayPlan(DAY, (), (refusal,)), clock.now(), clock.now())
    assert slots.refusals(DAY) == [refusal]
    slots.replace_day(DayPlan(DAY, (), ()), clock.now(), clock.now())
    assert slots.refusals(DAY) == []


def test_an_open_airing_remembers_what_was_measured_last(slots, slot, clock):
    slots.claim(slot, clock.now())
    slots.progress(slot.id, slot.start, 1500)
    (airing,) = slots.open_airings()
    assert (airing.slot_id, airing.started_at, airing.played_ms) == (slot.id, slot.start, 1500)


def test_verify_finds_an_ended_slot_whose_row_was_never_written(slots, slot, clock, station):
    slots.store.db.execute("UPDATE slot SET outcome = 'played' WHERE id = ?", [slot.id])
    found = station.repos.journal.verify()
    assert found.broken is not None
    assert slot.id in found.broken.fault


def test_a_slot_survives_the_way_through_its_row(slots, slot, clock):
    other = replace(slot, id="20261202-n1-x", chime=True, repeat=2)
    slots.add(other, None, clock.now())
    assert other in slots.of_day(DAY)


def test_an_output_that_lost_sound_before_an_emergency_is_not_called_ok_for_what_came_behind_it(
    slots, slot, clock, station
):
    first = OutputShare("loa", "soundcard", True, ("all",), 1_000, 3_000, clock.now(), (Hole(1_000, 2_000),), "stood")
    second = OutputShare("loa", "soundcard", True, ("all",), 1_000, 1_000, clock.now())
    slots.claim(slot, clock.now())
    cut = Ending(AiringOutcome.PRE_EMPTED, "pre_empted", clock.now(), clock.now(), 1_000, shares=(first,))
    slots.interrupt(slot.id, cut, clock.now())
    slots.claim(slot, clock.now(), 2)
    slots.close(
        slot.id, Ending(AiringOutcome.PARTIAL, "", clock.now(), clock.now(), 1_000, shares=(second,)), clock.now()
    )
    row = station.repos.store.row("SELECT outputs_json, played_ms FROM journal WHERE slot_id = ?", (slot.id,))
    assert (row["outputs_json"], row["played_ms"]) == ('{"loa":"stood"}', 2_000)
