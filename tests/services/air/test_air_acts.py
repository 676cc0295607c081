from datetime import timedelta

import pytest

from scheduler.config.loading import CapConfig
from scheduler.core.model import AiringOutcome
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests.refusals import refused


def test_only_what_is_approved_plays_now(station, cast, lan):
    announcement_id = cast.submitted()
    assert refused(lambda: station.services.air.play_now(lan, announcement_id)) == "unapproved"
    assert station.repos.slots.of_day(cast.campaign(0).start) == []


def test_quiet_hours_refuse_play_now_at_the_desk_and_name_their_basis(station, cast, lan, clock):
    announcement_id = cast.approved()
    clock.advance(6.5 * 3600)  # 12:00, inside 11:30-13:30
    with pytest.raises(Refused) as refusal:
        station.services.air.play_now(lan, announcement_id)
    assert refusal.value.reason == "quiet_hours"
    assert refusal.value.details["legal_basis"] == "QĐ 12/QĐ-UBND"


def test_a_clip_that_would_run_into_quiet_hours_is_not_started(station, cast, lan, clock):
    announcement_id = cast.approved(seconds=120)
    clock.advance((5 * 60 + 59) * 60)  # 11:29
    assert refused(lambda: station.services.air.play_now(lan, announcement_id)) == "quiet_hours"


def test_play_now_twice_airs_once(station, cast, lan):
    announcement_id = cast.approved()
    station.services.air.play_now(lan, announcement_id)
    assert refused(lambda: station.services.air.play_now(lan, announcement_id)) == "already_on_air"


def test_planned_airings_make_room_for_what_plays_now(station, cast, lan, clock):
    planned = cast.approved(seconds=60)
    cast.running(planned, base=1, windows=cast.campaign(0).windows)
    slot = station.repos.slots.of_day(cast.campaign(0).start)[0]
    clock.advance((slot.start - clock.now()).total_seconds() - 30)
    station.services.air.play_now(lan, cast.approved(seconds=60, title="Gấp", pitch=700))
    service = station.playout()
    service.start()  # playout plans, not the press
    service.stop()
    after = {kept.id: kept for kept in station.repos.slots.of_day(cast.campaign(0).start)}
    manual = next(kept for kept in after.values() if kept.campaign_id is None)
    assert after[slot.id].start >= manual.end + timedelta(minutes=1)


def test_a_retired_sound_does_not_play_now(station, cast, lan):
    announcement_id = cast.approved()
    station.services.recordings.retire(lan, station.repos.programme.announcement(announcement_id).audio_sha256)
    assert refused(lambda: station.services.air.play_now(lan, announcement_id)) == "audio_retired"


def test_nothing_is_said_to_be_on_air_when_playout_is_silent(station):
    on_air = station.services.air.on_air()
    assert (on_air.alive, on_air.airing) == (False, None)


@pytest.mark.parametrize(
    ("cap", "reason"), [({"sessions_a_day": 1}, "cap_sessions"), ({"weekdays": (0,)}, "cap_weekday")]
)
def test_caps_refuse_play_now_too(config, clock, cast, lan, cap, reason):
    from dataclasses import replace

    announcement_id = cast.approved()
    capped = Station.open(replace(config, cap=CapConfig(legal_basis="QĐ 5", **cap)), clock)
    if reason == "cap_sessions":
        campaign = cast.campaign(announcement_id, base=1)
        campaign_id = capped.services.campaigns.save(lan, campaign)
        capped.services.campaigns.start(lan, campaign_id)
        playout = capped.playout()
        playout.start()
        playout.run_stepped(clock, clock.now() + timedelta(hours=2))
        playout.stop()
    assert refused(lambda: capped.services.air.play_now(lan, announcement_id)) == reason
    capped.close()


def test_an_order_that_nobody_took_while_it_was_valid_blocks_nothing_and_gets_its_end(station, cast, clock):
    announcement_id = cast.approved(5.0)
    first = station.services.air.play_now(cast.minh, announcement_id)
    with pytest.raises(Refused, match="already_on_air"):
        station.services.air.play_now(cast.minh, announcement_id)
    clock.advance(station.config.rules.late_tolerance.total_seconds() + 1)
    second = station.services.air.play_now(cast.minh, announcement_id)
    dead = station.repos.slots.slot(first)
    assert (dead.outcome, dead.reason) == (AiringOutcome.MISSED, "station_off")
    assert station.repos.slots.slot(second).outcome is None


def test_an_order_that_is_sounding_stands_however_long_ago_it_was_given(station, cast, clock):
    announcement_id = cast.approved(5.0)
    first = station.services.air.play_now(cast.minh, announcement_id)
    station.repos.slots.claim(station.repos.slots.slot(first), clock.now())
    clock.advance(3600)
    with pytest.raises(Refused, match="already_on_air"):
        station.services.air.play_now(cast.minh, announcement_id)


def test_an_order_is_answered_with_its_slot_and_plans_nothing_itself(station, cast, monkeypatch):
    def bug():
        raise ZeroDivisionError

    announcement_id = cast.approved(5.0)
    monkeypatch.setattr(station.services.campaigns._days, "replan", bug)
    slot_id = station.services.air.play_now(cast.minh, announcement_id)
    assert station.repos.slots.slot(slot_id).outcome is None
    assert station.repos.jobs.commands() == [], "playout plans, once it has seen the order"
