"""The checker must see what it checks for: real runs, with something laid beside them that should not be there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.extras.simulate.work.promises import checked
from scheduler.extras.simulate.work.silence import Heard


@pytest.fixture
def outcome(simulated):
    return simulated().outcome


def first(outcome) -> Heard:
    return outcome.heard[0]


def test_a_day_without_faults_keeps_every_promise(outcome):
    found = checked(outcome)
    assert found.kept
    assert (found.journal_rows, found.verified) == (2, True)


def test_a_sound_in_quiet_hours_is_seen(outcome):
    sound = first(outcome)
    sound.wall = sound.wall.replace(hour=15)  # 22:00 there
    assert checked(outcome).quiet_sounds == 1
    assert not checked(outcome).kept


def test_a_sound_that_runs_into_quiet_hours_is_seen(outcome):
    sound = first(outcome)
    sound.wall = sound.wall.replace(hour=13, minute=59, second=45)  # 20:59:45 there, 30 s long
    assert checked(outcome).quiet_sounds == 1


def test_a_sound_without_a_row_is_a_breach_at_any_hour(outcome):
    outcome.heard.append(replace(first(outcome), slot_id="stray", at=0.0))
    assert checked(outcome).quiet_sounds == 1


def test_a_slot_heard_again_is_seen(outcome):
    outcome.heard.append(replace(first(outcome), at=first(outcome).at + 600))
    assert checked(outcome).played_twice == 1


def test_a_slot_that_went_on_after_a_cut_is_not_heard_twice(outcome):
    whole = first(outcome).frames
    first(outcome).frames = whole // 3
    outcome.heard.append(replace(first(outcome), at=first(outcome).at + 60, frames=whole - whole // 3))
    assert checked(outcome).played_twice == 0


def test_two_sounds_at_once_on_one_output_are_seen_and_on_two_outputs_are_none(outcome):
    other = outcome.heard[1]
    other.at = first(outcome).at + 10
    assert checked(outcome).overlaps == 1
    other.output = "another"
    assert checked(outcome).overlaps == 0


def test_a_pause_shorter_than_the_stations_is_counted_and_not_judged(outcome):
    outcome.heard[1].at = first(outcome).until + 20
    assert checked(outcome).short_gaps == 1
    assert checked(outcome).kept


def test_a_journal_that_says_more_than_was_heard_is_seen(outcome):
    first(outcome).frames -= 48_000
    assert checked(outcome).unlike_journal == 1


def test_a_journal_row_without_any_sound_is_seen(outcome):
    del outcome.heard[0]
    assert checked(outcome).unlike_journal == 1


def test_a_slot_without_an_end_is_seen_when_its_day_is_over(simulated):
    outcome = simulated(days=2, campaigns=[]).outcome
    station = outcome.station
    assert checked(outcome).open_after_day == 0
    station.repos.store.db.conn.execute(
        "INSERT INTO slot (id, day, zone, start, length_ms, announcement_id, audio_sha256, priority, trigger, created_at)"
        " VALUES ('x', '2026-12-01', 'all', '2026-12-01T00:00:00.000000+00:00', 1, 1, '', 3, 'schedule', '')"
    )
    assert checked(outcome).open_after_day == 1


def test_a_changed_journal_is_seen(outcome):
    conn = outcome.station.repos.store.db.conn
    conn.execute("DROP TRIGGER journal_no_update")
    conn.execute("UPDATE journal SET played_ms = 40000 WHERE seq = 1")
    found = checked(outcome)
    assert not found.verified
    assert "row 1" in found.fault


def test_an_attempt_longer_than_planned_is_seen(outcome):
    outcome.station.repos.store.db.conn.execute("UPDATE airing SET played_ms = 30021 WHERE started_at LIKE '%T23:00%'")
    assert checked(outcome).longer_than_planned == 1


def test_a_slot_that_an_emergency_cut_early_and_that_was_begun_again_keeps_the_promise(simulated):
    urgent = {"at": "2026-12-01 06:00:02", "kind": "urgent", "clip": "b"}
    run = simulated(settings={"min_gap_minutes": 0}, clips={"a": 30, "b": 20}, events=[urgent])
    assert len([one for one in run.outcome.heard if one.slot_id.endswith("c1-1")]) == 2
    assert run.ends[0] == ("06:00", "played", "resumed")
    assert run.summary["kept"]


def test_a_slot_begun_again_after_its_half_is_heard_twice(outcome):
    whole = first(outcome).frames
    first(outcome).frames = whole * 6 // 10
    outcome.heard.append(replace(first(outcome), at=first(outcome).at + 60, frames=whole))
    assert checked(outcome).played_twice == 1


def test_what_a_power_cut_kept_from_the_journal_is_forgiven_up_to_a_heartbeat(simulated):
    off = [{"at": "2026-12-01 06:00:10", "kind": "power_off"}, {"at": "2026-12-01 06:05", "kind": "power_on"}]
    outcome = simulated(events=off).outcome
    assert checked(outcome).kept
    first(outcome).frames += round(timedelta(seconds=2) / timedelta(seconds=1) * 48_000)
    assert checked(outcome).unlike_journal == 1


def test_an_hour_fuller_than_any_of_the_plan_is_seen(simulated):
    settings = {"quiet_hours": ["21:00-05:00"], "make_good_minutes": 240}
    events = [
        {"at": "2026-12-01 05:50", "kind": "power_off"},
        {"at": "2026-12-01 06:20", "kind": "power_on"},
    ]
    outcome = simulated(settings=settings, events=events).outcome
    assert checked(outcome).bursts == 0
    with outcome.station.repos.store.write() as conn:
        conn.execute("UPDATE slot SET start = '2026-12-01T10:30:00.000Z' WHERE trigger = 'make_good'")
    assert checked(outcome).bursts == 1
    assert not checked(outcome).kept
