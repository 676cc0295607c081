"""Copying a day of Lịch phát: shown before it is taken, whole where it fits, with reasons where not, and undone whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Relay, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from tests.conftest import DAY

NEXT = DAY + timedelta(days=1)
DAYS = timedelta(days=1)


@pytest.fixture
def copies(station):
    return station.services.schedule_copies


@pytest.fixture
def slots(station):
    return lambda day=DAY: station.repos.slots.of_day(day)


def reasons(copied):
    return [one.refusal.reason for one in copied.refused]


def test_a_copied_day_sounds_like_the_other_at_the_same_times(station, cast, copies, slots):
    cast.running(cast.approved(), end=NEXT)
    said = cast.approved(title="Thêm", pitch=300.0)
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=8))
    station.services.schedule.add(cast.lan, said, slots()[0].start + timedelta(hours=3))
    copied = copies.preview(cast.lan, DAY, NEXT)
    assert (len(copied.standing), copied.refused) == (3, ())
    copies.take(cast.lan, DAY, NEXT, copied.mark)
    assert [slot.start - DAYS for slot in slots(NEXT)] == [slot.start for slot in slots()]
    station.services.campaigns.replan()
    assert [slot.start - DAYS for slot in slots(NEXT)] == [slot.start for slot in slots()]


def test_a_copy_is_taken_back_whole(station, cast, copies, slots):
    cast.running(cast.approved(), end=NEXT)
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=8))
    station.services.schedule.add(
        cast.lan, cast.approved(title="B", pitch=300.0), slots()[0].start + timedelta(hours=3)
    )
    before = slots(NEXT)
    station.services.schedule.undo(cast.lan, copies.take(cast.lan, DAY, NEXT))
    assert slots(NEXT) == before


def test_looking_writes_nothing(station, cast, copies, slots):
    cast.running(cast.approved(), end=NEXT)
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=8))
    before = slots(NEXT)
    copies.preview(cast.lan, DAY, NEXT)
    assert slots(NEXT) == before


def test_what_the_other_day_does_not_want_is_told(cast, copies):
    cast.running(cast.approved())
    copied = copies.preview(cast.lan, DAY, NEXT)
    assert (copied.standing, reasons(copied)) == ((), ["copy_not_wanted"] * 2)
    with pytest.raises(Refused, match="copy_nothing"):
        copies.take(cast.lan, DAY, NEXT)


def test_relays_and_orders_are_left_to_their_own_rules(station, cast, copies, slots):
    said = cast.approved()
    cast.running(said, end=NEXT, base=1)
    relay = Relay(0, 0, (parse_window("08:00-08:30"),), DAY, NEXT, ("https://dai.example/vov.mp3",))
    relay_id = station.services.relays.save(cast.lan, "Tiếp âm VOV", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    station.services.air.play_now(cast.minh, said)
    copied = copies.preview(cast.lan, DAY, NEXT)
    assert sorted(reasons(copied)) == ["copy_by_order", "copy_by_rule"]
    assert len(copied.standing) == 1


def test_what_would_sound_into_the_other_days_relay_stays_behind_with_the_reason(station, cast, copies, slots):
    cast.running(cast.approved(), end=NEXT, base=1, windows=(parse_window("06:00-09:00"),))
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start.replace(hour=1, minute=10))  # 08:10
    relay = Relay(0, 0, (parse_window("08:00-08:30"),), NEXT, NEXT, ("https://dai.example/vov.mp3",))
    relay_id = station.services.relays.save(cast.lan, "Tiếp âm VOV", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    copied = copies.preview(cast.lan, DAY, NEXT)
    assert reasons(copied) == ["relay_in_the_way"]
    assert any(slot.trigger is Trigger.RELAY for slot in slots(NEXT))


def test_half_of_a_day_is_copied_where_only_half_may_stand(station, cast, copies, slots):
    campaign_id = cast.running(cast.approved(), end=NEXT, base=2, windows=(parse_window("06:00-07:00"),))
    early = slots()[0].start - timedelta(minutes=10)
    station.services.schedule.move(cast.lan, slots()[0].id, early)
    campaign = station.repos.programme.campaign(campaign_id)
    other = replace(campaign, id=0, title="Hẹp", windows=(parse_window("06:00-06:20"),), start=NEXT, base=2)
    station.services.campaigns.start(cast.lan, station.services.campaigns.save(cast.lan, other))
    planned = len(slots(NEXT))
    copied = copies.preview(cast.lan, DAY, NEXT)
    assert len(copied.standing) + len(copied.refused) == 2
    if copied.standing:
        copies.take(cast.lan, DAY, NEXT, copied.mark)
    assert len(slots(NEXT)) >= planned


def test_a_preview_of_days_that_have_changed_is_not_taken(station, cast, copies, slots):
    cast.running(cast.approved(), end=NEXT)
    mark = copies.preview(cast.lan, DAY, NEXT).mark
    station.services.schedule.move(cast.minh, slots(NEXT)[0].id, slots(NEXT)[0].start + timedelta(minutes=2))
    with pytest.raises(Refused, match="changed_elsewhere"):
        copies.take(cast.lan, DAY, NEXT, mark)


def test_a_day_far_ahead_is_copied_onto_and_keeps_it_until_its_plan_is_written(station, cast, clock, copies, slots):
    far = DAY + timedelta(days=4)
    cast.running(cast.approved(), end=far)
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=8))
    wanted = [slot.start + timedelta(days=4) for slot in slots()]
    copies.take(cast.lan, DAY, far)
    clock.advance(3 * 86_400)
    station.services.campaigns.replan()
    assert [slot.start for slot in slots(far)] == wanted
