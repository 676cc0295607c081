"""The service on a stepped clock with the real engine and a real WAV output: rows in, sound and journal out."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from scheduler.core.model import CampaignState, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from tests.playout.aired import rows, sound


def outcomes(station):
    return [(row["outcome"], row["reason"]) for row in rows(station)]


def test_the_days_slots_are_played_at_their_planned_seconds_and_measured(station, cast, clock, start):
    cast.running(cast.approved())
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    played = rows(station)
    assert [row["outcome"] for row in played] == ["played", "played"]
    assert [row["played_ms"] for row in played] == [3000, 3000]
    for row in played:
        assert row["actual_start"][:21] == row["planned_start"][:21]


def test_what_sounds_is_exactly_the_approved_clip(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    sha256 = station.repos.programme.announcement(announcement_id).approved_sha256
    (aired,) = sound(station)
    assert np.array_equal(aired, station.repos.library.load(sha256))


def test_chime_and_repeat_sound_too_and_count(station, cast, clock, start):
    cast.running(cast.approved(), base=1, chime=True, repeat=2)
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    (row,) = rows(station)
    (aired,) = sound(station)
    assert row["outcome"] == "played"
    assert len(aired) == round(row["planned_ms"] * 48)


def test_an_announcement_withdrawn_after_planning_does_not_sound(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start - timedelta(seconds=7))
    station.services.announcements.withdraw(cast.minh, announcement_id)
    service.run_stepped(clock, slot.start + timedelta(minutes=1))
    assert outcomes(station) in ([("refused", "unapproved")], [])
    assert sound(station) == []


def test_a_clip_file_that_was_changed_is_refused_at_the_last_moment(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    path = station.repos.library.path(station.repos.programme.announcement(announcement_id).audio_sha256)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[2000] ^= 0xFF
    path.write_bytes(bytes(data))
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    assert outcomes(station) == [("refused", "audio_changed")]
    assert sound(station) == []


def test_a_clip_file_that_is_gone_fails_its_slot_and_not_the_station(station, cast, clock, start):
    gone = cast.approved(title="mất", pitch=300)
    cast.running(gone, base=1, windows=(parse_window("06:00-06:20"),))
    cast.running(cast.approved(title="còn", pitch=500), base=1, windows=(parse_window("06:30-06:50"),))
    station.repos.library.path(station.repos.programme.announcement(gone).audio_sha256).unlink()
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    assert outcomes(station) == [("failed", "audio_missing"), ("played", "")]


def test_slots_of_the_hours_the_station_was_off_are_missed_and_nothing_bursts(station, cast, clock, start):
    cast.running(cast.approved(), base=4)
    station.services.campaigns.replan()
    clock.advance(3 * 3600)
    start().run_stepped(clock, clock.now() + timedelta(minutes=10))
    assert outcomes(station) == [("missed", "station_off")] * 4
    assert sound(station) == []


def test_a_short_outage_makes_a_slot_late_but_whole(station, cast, clock, start):
    cast.running(cast.approved(), base=1)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    clock.advance((slot.start - clock.now()).total_seconds() + 60)
    start().run_stepped(clock, clock.now() + timedelta(minutes=2))
    (row,) = rows(station)
    assert (row["outcome"], row["played_ms"]) == ("played", 3000)
    assert row["actual_start"] > row["planned_start"]


def test_a_crash_in_the_middle_is_closed_as_partial_with_what_was_measured(station, cast, clock, start):
    cast.running(cast.approved(seconds=30), base=1)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    crashed = station.playout()
    crashed.start()
    crashed.run_stepped(clock, slot.start + timedelta(seconds=10))
    clock.advance(20)
    start().run_stepped(clock, clock.now() + timedelta(minutes=2))
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "power_cut")
    assert 8000 <= row["played_ms"] <= 10_000
    crashed.engine.stop()


def test_stop_fades_what_sounds_and_the_journal_says_who_stopped_it_and_how_much_was_heard(station, cast, clock, start):
    cast.running(cast.approved(seconds=30), base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + timedelta(seconds=10))
    station.services.air.stop(cast.lan)
    service.run_stepped(clock, slot.start + timedelta(seconds=40))
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("partial", "stopped_by", "Lan (lan)")
    assert 9000 <= row["played_ms"] <= 11_500
    (aired,) = sound(station)
    assert len(aired) < 12 * 48_000


def test_play_now_is_heard_within_a_second(station, cast, clock, start):
    announcement_id = cast.approved()
    service = start()
    asked = clock.now()
    station.services.air.play_now(cast.lan, announcement_id, chime=False)
    service.run_stepped(clock, asked + timedelta(seconds=10))
    (row,) = rows(station)
    assert (row["outcome"], row["trigger"], row["operator"]) == ("played", "manual", "Lan (lan)")
    started = row["actual_start"]
    assert started <= (asked + timedelta(seconds=1.2)).isoformat(timespec="microseconds")


def test_the_heartbeat_tells_what_sounds_and_the_outputs(station, cast, clock, start):
    cast.running(cast.approved(seconds=30), base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + timedelta(seconds=10))
    on_air = station.services.air.on_air()
    assert on_air.alive
    assert on_air.airing is not None
    assert (on_air.airing["slot_id"], on_air.airing["title"]) == (slot.id, "Tiêm chủng")
    assert on_air.airing["total_ms"] == 30_000
    assert [(output["name"], output["kind"]) for output in on_air.outputs] == [("wav", "wavfile")]
    clock.advance(10)
    assert not station.services.air.on_air().alive


def test_a_clock_that_stands_before_the_newest_row_airs_nothing(station, cast, clock, start):
    cast.running(cast.approved(), base=1)
    start().run_stepped(clock, clock.now() + timedelta(hours=2))
    assert outcomes(station) == [("played", "")]
    lost = SteppedClock(clock.now() - timedelta(days=3650))
    reopened = Station.open(station.config, lost)
    service = reopened.playout()
    service.start()
    service.run_stepped(lost, lost.now() + timedelta(minutes=5))
    assert not reopened.services.air.on_air().clock_trusted
    service.stop()
    reopened.close()
    assert len(sound(station)) == 1


def test_a_step_of_the_wall_clock_is_journalled_and_nothing_plays_twice(station, cast, clock, start):
    cast.running(cast.approved(), base=2)
    service = start()
    first = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, first.end + timedelta(seconds=5))
    clock.step_wall(600)
    service.run_stepped(clock, clock.now() + timedelta(hours=2))
    assert [row["outcome"] for row in rows(station)] == ["played", "played"]
    notes = station.repos.store.rows("SELECT reason, note FROM journal WHERE kind = 'clock'")
    assert notes == [{"reason": "clock_step", "note": "+600.0 s"}]


def test_a_slot_that_would_run_into_quiet_hours_after_a_late_start_is_not_started(station, cast, clock, start):
    cast.running(cast.approved(seconds=50), base=1, windows=(parse_window("11:29-11:30"),))
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=8))[0]
    clock.advance((slot.start - clock.now()).total_seconds() + 30)
    start().run_stepped(clock, clock.now() + timedelta(minutes=3))
    assert outcomes(station) == [("refused", "quiet_hours")]
    assert sound(station) == []


def test_rows_written_by_hand_into_the_night_do_not_sound(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    planned = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    by_hand = {"id": "20261202-x", "trigger": Trigger.MANUAL, "campaign_id": None}
    night = replace(planned, **by_hand, start=planned.start.replace(day=2, hour=20, minute=15))  # 03:15 there
    station.repos.slots.add(night, None, clock.now())
    start().run_stepped(clock, night.start + timedelta(minutes=3))
    assert ("refused", "quiet_hours") in outcomes(station) + [
        (row["outcome"], row["reason"]) for row in rows(station, "2026-12-03")
    ]
    assert len(sound(station)) == 1


def test_the_nightly_plan_makes_the_next_days_rows(station, cast, clock, start):
    campaign_id = cast.running(cast.approved(), base=1, end=cast.campaign(0).end + timedelta(days=5))
    start().run_stepped(clock, clock.now() + timedelta(hours=20))
    days = station.repos.store.rows("SELECT DISTINCT day FROM slot WHERE campaign_id = ? ORDER BY day", (campaign_id,))
    assert [row["day"] for row in days] == ["2026-12-02", "2026-12-03", "2026-12-04"]


def test_a_stopped_campaign_sounds_no_more(station, cast, clock, start):
    campaign_id = cast.running(cast.approved(), base=4)
    service = start()
    first = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, first.end + timedelta(seconds=5))
    station.services.campaigns.stop(cast.lan, campaign_id)
    service.run_stepped(clock, clock.now() + timedelta(hours=2))
    assert outcomes(station) == [("played", "")]
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.STOPPED


def test_an_idle_turn_asks_the_database_one_question(station, clock, start):
    service, asked = start(), []
    service.run_stepped(clock, clock.now() + timedelta(minutes=3))
    service.beats = False
    service.step()  # which sees what the last beat has written
    station.repos.store.db.conn.set_trace_callback(asked.append)
    service.step()
    station.repos.store.db.conn.set_trace_callback(None)
    assert asked == ["PRAGMA data_version"]
    assert service.rests


def test_its_own_bookkeeping_is_no_news_to_playout_and_what_others_change_is(station, cast, clock, start):
    cast.running(cast.approved())
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + timedelta(seconds=1))
    before = station.repos.store.own_changes()
    clock.advance(1)
    service.engine.step()
    service.step()
    assert station.repos.store.own_changes() > before  # its heartbeat and what was measured
    assert not service.is_behind
    cast.running(cast.approved(title="Tin khác"))
    assert service.is_behind
    service.step()  # plans, and what it has planned is news to the next turn
    service.step()
    assert not service.is_behind
