"""A campaign over midnight: behind midnight its day still goes on, and the next one keeps clear of it."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from scheduler.core.local_time import local_instant
from scheduler.core.model import AiringOutcome
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from scheduler.store import Ending
from tests.conftest import DAY

NEXT = DAY + timedelta(days=1)
ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def config(config):
    return replace(config, quiet_hours=replace(config.quiet_hours, windows=("01:00-05:00",)))


def at(text, day):
    found = local_instant(day, time.fromisoformat(text), ZONE)
    assert found
    return found


def test_behind_midnight_the_day_goes_on_and_is_planned_with_its_campaign(station, cast, clock):
    campaign_id = cast.running(cast.approved(), base=4, windows=(parse_window("23:00-00:50"),))
    slots = station.repos.slots.of_day(DAY)
    late = [slot for slot in slots if slot.start >= at("00:00", NEXT)]
    assert (len(slots), len(late), {slot.day for slot in slots}) == (4, 2, {DAY})
    assert [one.slot.id for one in station.services.schedule_days.day(DAY).items] == [slot.id for slot in slots]
    clock.advance((at("00:05", NEXT) - clock.now()).total_seconds())
    for slot in slots[:2]:
        station.repos.slots.close(slot.id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    station.services.campaigns.replan()
    told = [one for one in station.repos.slots.of_day(DAY) if one.outcome is None and not one.makes_good]
    assert [slot.id for slot in told] == [slot.id for slot in late]
    coming = station.services.schedule_days.coming().items
    assert [slot.id for slot in late if slot.id in {one.slot.id for one in coming}] == [slot.id for slot in late]
    station.services.campaigns.stop(cast.lan, campaign_id)
    assert [one for one in station.repos.slots.of_day(DAY) if one.outcome is None] == []


def test_an_airing_can_be_moved_behind_midnight_inside_its_window_only(station, cast):
    cast.running(cast.approved(), base=1, windows=(parse_window("23:00-00:50"),))
    (slot,) = station.repos.slots.of_day(DAY)
    to = station.services.campaigns.days.instant_on(DAY, time(0, 20))
    assert to == at("00:20", NEXT)
    station.services.schedule.move(cast.lan, slot.id, to)
    (moved,) = station.repos.slots.of_day(DAY)
    assert (moved.start, moved.day) == (to, DAY)
    with pytest.raises(Refused) as caught:
        station.services.schedule.move(cast.lan, slot.id, at("05:30", NEXT))
    assert caught.value.reason == "other_day"


def test_the_next_day_keeps_its_silence_to_what_still_sounds(station, cast):
    cast.running(cast.approved(seconds=300), base=2, windows=(parse_window("23:00-00:40"),))
    early_hours = (parse_window("00:00-00:50"),)
    cast.running(cast.approved(seconds=40, title="Tin sớm"), base=1, windows=early_hours, start=NEXT, end=NEXT)
    own, early = station.repos.slots.of_day(DAY), station.repos.slots.of_day(NEXT)[0]
    assert (own[-1].start, early.start) > (at("00:00", NEXT), at("00:00", NEXT))
    gap = timedelta(minutes=5)
    assert early.start - own[-1].end >= gap or own[-1].start - early.end >= gap
