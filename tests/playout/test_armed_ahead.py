"""What is armed some seconds ahead, or waits, and is taken off before it begins, on a stepped clock: no sound."""

from datetime import timedelta

import pytest

from scheduler.core.model import Relay
from scheduler.core.planning.rules import parse_window
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)
ENDED = [("cancelled", "stopped_by", "Lan (lan)")]


def first_of(station, clock):
    return station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]


def ended(station):
    return [(row["outcome"], row["reason"], row["note"]) for row in rows(station)]


@pytest.fixture
def armed(station, cast, clock, start):
    """A service three seconds before a planned airing: its slot, its campaign and its announcement."""
    announcement_id = cast.approved()
    campaign_id = cast.running(announcement_id, base=1)
    service, slot = start(), first_of(station, clock)
    service.run_stepped(clock, slot.start - 3 * SECOND)
    assert station.repos.slots.claimed_of(announcement_id) == [slot.id]
    return service, slot, campaign_id, announcement_id


def test_an_announcement_that_is_withdrawn(station, cast, clock, armed):
    service, slot, _, announcement_id = armed
    station.services.announcements.withdraw(cast.minh, announcement_id)
    service.run_stepped(clock, slot.end + 30 * SECOND)
    assert ended(station) == [("cancelled", "stopped_by", cast.minh.recorded_name)]
    assert sound(station) == []


@pytest.mark.parametrize("act", ["stop", "pause"])
def test_a_campaign_that_is_stopped_or_paused(station, cast, clock, armed, act):
    service, slot, campaign_id, _ = armed
    getattr(station.services.campaigns, act)(cast.lan, campaign_id)
    service.run_stepped(clock, slot.end + 30 * SECOND)
    assert ended(station) == ENDED
    assert sound(station) == []


def test_a_campaign_that_is_stopped_from_later_on_airs_until_then(station, cast, clock, armed):
    service, slot, campaign_id, _ = armed
    station.services.campaigns.stop(cast.lan, campaign_id, slot.start + SECOND)
    service.run_stepped(clock, slot.end + 30 * SECOND)
    assert ended(station) == [("played", "", "")]


def test_an_airing_that_is_stopped_by_its_name(station, cast, clock, armed):
    service, slot, _, _ = armed
    station.services.air.stop(cast.lan, slot.id)
    service.run_stepped(clock, slot.end + 30 * SECOND)
    assert ended(station) == ENDED
    assert sound(station) == []


def test_a_relay_that_is_stopped(station, cast, clock, start):
    day, source = cast.campaign(0).start, "https://radio.example.vn/live.mp3"
    relay = Relay(0, 0, (parse_window("06:00-06:30"),), day, day, (source,))
    relay_id = station.services.relays.save(cast.lan, "Đài tỉnh", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    service = start()
    slot = first_of(station, clock)
    service.run_stepped(clock, slot.start - 3 * SECOND)
    station.services.relays.stop(cast.lan, relay_id)
    service.run_stepped(clock, slot.start + 10 * SECOND)
    assert ended(station) == ENDED
    assert sound(station) == []


def test_a_row_that_is_taken_out_while_it_waits_longer_than_it_may_leaves_nothing_to_write(station, cast, clock, start):
    service = start()
    station.services.air.play_now(cast.lan, cast.approved(seconds=150), chime=False)
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    waits = station.services.air.play_now(cast.lan, cast.approved(title="Họp", pitch=300))
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM slot WHERE id = ?", (waits,))
    service.run_stepped(clock, clock.now() + 160 * SECOND)
    assert ended(station) == [("played", "", "")]
    assert service.rests
