"""The plan follows what people change: playout makes it where it runs, and nobody who acts waits for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Relay, Role
from scheduler.core.planning.rules import parse_window
from scheduler.core.station.kept import PLAYOUT_SILENT_AFTER
from scheduler.kernel.errors import Refused
from tests.conftest import DAY

LONG = {"windows": (parse_window("06:00-10:00"), parse_window("14:00-18:00")), "base": 4}
LIVES = {"airings": [], "clock_trusted": True, "stopping": False}


@pytest.fixture
def beat(station, clock):
    """Playout says that it lives, and how."""

    def say(**state):
        station.repos.jobs.beat("playout", 1, clock.now(), LIVES | state)

    return say


@pytest.fixture
def owed(station):
    return station.services.campaigns.owed


class Ward:
    """What every act below has to act on."""

    def __init__(self, station, cast):
        self.station, self.services, self.lan, self.minh = station, station.services, cast.lan, cast.minh
        self.admin = station.repos.people.add("tuan", "Tuấn", Role.ADMIN, "mot-mat-khau-dai", station.clock.now())
        self.announcement = cast.approved()
        self.sha256 = station.repos.programme.announcement(self.announcement).audio_sha256
        self.submitted = cast.submitted(title="Tin chờ duyệt", pitch=500.0)
        self.campaign = cast.running(self.announcement, **LONG)
        other = cast.approved(title="Tin khác", pitch=600.0)
        self.other = cast.running(other, **LONG, title="Đợt khác")
        self.draft = self.services.campaigns.save(self.lan, cast.campaign(other, **LONG, title="Đợt mới"))
        relay = Relay(0, 0, (parse_window("11:00-11:30"),), DAY, DAY, ("https://dai.example/vov.mp3",))
        self.relay = self.services.relays.save(self.lan, "Tiếp âm", relay)
        self.shelved = cast.clip(title="Bản ghi cũ", pitch=700.0).sha256
        self.services.recordings.retire(self.minh, self.shelved)
        self.slot = next(one for one in station.repos.slots.of_day(DAY) if one.campaign_id == self.campaign)

    def kept(self, number):
        return self.station.repos.programme.campaign(number)

    def approve(self):
        sha256 = self.station.repos.programme.announcement(self.submitted).audio_sha256
        self.services.announcements.approve(self.minh, self.submitted, sha256, heard=True)

    def save_relay(self):
        relay, seen = self.services.relays.get(self.relay)
        self.services.relays.save(self.lan, seen.title, replace(relay, windows=(parse_window("11:00-11:20"),)))

    def quiet(self):
        values = {"quiet_hours.windows": ["21:00-06:30"], "quiet_hours.legal_basis": "QĐ 12"}
        self.services.settings.put(self.admin, values, confirmed=True)


ACTS = {
    "start": lambda ward: ward.services.campaigns.start(ward.lan, ward.draft),
    "save": lambda ward: ward.services.campaigns.save(ward.lan, replace(ward.kept(ward.campaign), base=2)),
    "stop": lambda ward: ward.services.campaigns.stop(ward.lan, ward.campaign),
    "pause": lambda ward: ward.services.campaigns.pause(ward.lan, ward.campaign),
    "replace": lambda ward: ward.services.campaigns.replace(ward.lan, ward.campaign, ward.draft),
    "order": lambda ward: ward.services.campaigns.order(ward.lan, [ward.other, ward.campaign]),
    "withdraw": lambda ward: ward.services.announcements.withdraw(ward.minh, ward.announcement),
    "approve": lambda ward: ward.approve(),
    "retire": lambda ward: ward.services.recordings.retire(ward.minh, ward.sha256),
    "offer again": lambda ward: ward.services.recordings.offer_again(ward.minh, ward.shelved),
    "save a relay": lambda ward: ward.save_relay(),
    "approve a relay": lambda ward: ward.services.relays.approve(ward.minh, ward.relay),
    "start a relay": lambda ward: ward.services.relays.start(ward.lan, ward.relay),
    "stop a relay": lambda ward: ward.services.relays.stop(ward.lan, ward.relay),
    "quiet hours": lambda ward: ward.quiet(),
    "leave out": lambda ward: ward.services.schedule.leave_out(ward.lan, ward.slot.id, "Nghỉ lễ"),
    "move": lambda ward: ward.services.schedule.move(ward.lan, ward.slot.id, ward.slot.start + timedelta(minutes=7)),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_no_act_waits_for_the_planner_where_playout_plans(station, cast, beat, owed, monkeypatch, act):
    ward = Ward(station, cast)
    assert owed.since() is None
    beat()
    monkeypatch.setattr(station.services.campaigns.days, "replan", lambda: 1 / 0)
    act(ward)
    assert owed.since() == station.clock.now()
    monkeypatch.undo()
    station.services.campaigns.replan()
    assert owed.since() is None


@pytest.mark.parametrize(
    "state",
    [None, {"late": True}, {"stopping": True}, {"clock_trusted": False}],
    ids=["none has ever lived", "it is silent", "it ends", "its clock is not trusted"],
)
def test_where_no_playout_plans_the_act_itself_does(station, cast, clock, beat, owed, state):
    if state is not None:
        beat(**state)
        clock.advance(PLAYOUT_SILENT_AFTER.total_seconds() + 1 if "late" in state else 0)
    cast.running(cast.approved(), **LONG)
    assert len(station.repos.slots.of_day(DAY)) == 4
    assert owed.since() is None


def test_an_act_that_is_refused_owes_no_plan(station, cast, beat, owed):
    campaign_id = cast.running(cast.approved(), **LONG)
    beat()
    with pytest.raises(Refused, match="instant_past"):
        station.services.campaigns.stop(cast.lan, campaign_id, station.clock.now() - timedelta(hours=1))
    assert owed.since() is None


def test_a_change_that_is_undone_leaves_no_plan_owed(station, beat, owed):
    beat()
    with pytest.raises(ZeroDivisionError), owed.changing():
        raise ZeroDivisionError
    assert owed.since() is None


def test_what_changes_while_a_plan_is_made_is_owed_still(station, cast, clock, beat, owed, monkeypatch):
    campaign_id = cast.running(cast.approved(), **LONG)
    beat()
    station.services.campaigns.pause(cast.lan, campaign_id)
    running = station.services.campaigns.days.running

    def meanwhile():
        monkeypatch.undo()
        found = running()
        clock.advance(1)
        station.services.campaigns.resume(cast.lan, campaign_id)
        return found

    monkeypatch.setattr(station.services.campaigns.days, "running", meanwhile)
    station.services.campaigns.replan()
    assert owed.since() == clock.now()
    station.services.campaigns.replan()
    assert owed.since() is None
    assert len(station.repos.slots.of_day(DAY)) == 4


def test_the_worker_makes_the_plan_that_playout_does_not_make(station, cast, clock, beat, owed):
    announcement_id = cast.approved()
    beat()
    cast.running(announcement_id, **LONG)
    assert not owed.make_late(), "playout has it"
    assert station.repos.slots.of_day(DAY) == []
    clock.advance(11)
    station.worker().look_ahead()
    assert len(station.repos.slots.of_day(DAY)) == 4
    assert owed.since() is None


def test_a_moved_airing_stands_where_it_was_put_before_playout_has_planned(station, cast, beat, owed):
    cast.running(cast.approved(), **LONG)
    slot = station.repos.slots.of_day(DAY)[0]
    beat()
    to = slot.start + timedelta(minutes=7)
    change = station.services.schedule.move(cast.lan, slot.id, to)
    assert station.repos.slots.slot(slot.id).start == to
    assert len(station.repos.slots.of_day(DAY)) == 4
    assert owed.since() is not None
    station.services.schedule.undo(cast.lan, change)
    assert station.repos.slots.slot(slot.id).start == slot.start
    station.services.campaigns.replan()
    assert station.repos.slots.slot(slot.id).start == slot.start
