"""A wished time against the rows of a station: judged without a trace, and kept as it was judged."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from scheduler.core.model import Role
from scheduler.core.planning.rules import local_day, local_instant, parse_window
from scheduler.kernel.errors import Refused
from tests.conftest import DAY, MORNING

TOMORROW = DAY + timedelta(days=1)


def at(text, day=DAY):
    found = local_instant(day, time.fromisoformat(text), "Asia/Ho_Chi_Minh")
    assert found
    return found


@pytest.fixture
def judge(station, cast):
    """What is judged of a start of an announcement."""

    def judged(announcement_id, start, zones=("all",), by=cast.lan):
        seen = station.services.announcements.get(announcement_id)
        return station.services.schedule.judge.at(seen, start, zones, by)

    return judged


@pytest.fixture
def slots(station):
    return lambda day=DAY: station.repos.slots.of_day(day)


def test_what_the_planner_placed_gives_way_as_it_was_said(station, cast, judge, slots):
    cast.running(cast.approved(title="Rác thải", pitch=300.0), base=1, title="Đợt rác")
    (stood,) = slots()
    urgent = cast.approved(title="Cắt nước")
    judged = judge(urgent, stood.start)
    assert (judged.refusal, [(one.title, one.was) for one in judged.moved]) == (None, [("Rác thải", stood.start)])
    assert slots() == [stood]
    station.services.schedule.add(cast.lan, urgent, stood.start)
    starts = {slot.id: slot.start for slot in slots()}
    assert starts.pop(stood.id) == judged.moved[0].now
    assert list(starts.values()) == [stood.start]
    station.services.campaigns.replan()
    assert {slot.start for slot in slots()} == {stood.start, judged.moved[0].now}


def test_a_look_writes_nothing(station, cast, judge):
    cast.running(cast.approved())
    said = cast.approved(title="Cắt nước", pitch=300.0)
    before = station.repos.store.version()
    for start in (at("06:30"), at("12:00"), at("04:00"), at("06:15"), at("06:30", TOMORROW)):
        judge(said, start)
    assert station.repos.store.version() == before


def test_a_fixed_time_is_named_with_its_title_and_end(cast, judge, station):
    station.services.schedule.add(cast.lan, cast.approved(90.0, title="Lịch cắt điện"), at("09:00"))
    refusal = judge(cast.approved(pitch=300.0), at("09:01")).refusal
    assert refusal.reason == "wish_held"
    assert {name: refusal.details[name] for name in ("title", "other_at")} == {
        "title": "Lịch cắt điện",
        "other_at": "09:00",
    }


@pytest.mark.parametrize("start", ["09:01", "12:00", "04:00", "20:59:59", "06:30"])
def test_every_time_that_is_offered_is_taken(station, cast, judge, slots, start):
    cast.running(cast.approved(20.0, title="Rác thải", pitch=300.0), base=3)
    station.services.schedule.add(cast.lan, cast.approved(90.0, title="Lịch cắt điện"), at("09:00"))
    said = cast.approved(30.0, title="Cắt nước", pitch=200.0)
    offered = judge(said, at(start)).choices
    assert len(offered) == 3
    before = {slot.id: slot.start for slot in slots()}
    for one in offered:
        day = local_day(one, "Asia/Ho_Chi_Minh")
        change = station.services.schedule.add(cast.lan, said, one)
        assert one in {slot.start for slot in slots(day)}
        assert before.items() <= {slot.id: slot.start for slot in slots()}.items()
        station.services.schedule.undo(cast.lan, change)


def test_without_a_sound_its_length_is_a_guess(station, cast, judge):
    text = "Kính thưa bà con. " * 30
    number = station.services.announcements.write(cast.lan, "Cắt nước", text)
    judged = judge(number, at("09:00"))
    assert judged.refusal is None
    assert judged.end - judged.start > timedelta(seconds=30)


@pytest.fixture
def config(config):
    zoned = [replace(config.outputs[0], zones=("all", "to5", "to6"))]
    return replace(config, outputs=tuple(zoned))


def test_a_contributors_wish_displaces_nothing_outside_their_zones(station, cast, judge, slots):
    tu = station.repos.people.add("tu", "Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", MORNING, ("to5",))
    cast.running(cast.approved(title="Toàn phường"), base=1)
    cast.running(cast.approved(title="Tổ 5", pitch=300.0), base=1, zone="to5", windows=(parse_window("08:00-09:00"),))
    ward, own = slots()
    said = cast.approved(title="Cắt nước", pitch=200.0)
    assert judge(said, ward.start, ("to5",), tu).refusal.reason == "wish_other_zone"
    assert [one.title for one in judge(said, own.start, ("to5",), tu).moved] == ["Tổ 5"]
    assert judge(said, ward.start, ("to5",)).refusal is None


def test_soon_is_a_minute_ahead_outside_quiet_hours(station, cast, clock):
    seen = station.services.announcements.get(cast.approved())
    judge = station.services.schedule.judge
    clock.advance(10)
    soon = judge.soon(seen, ("all",), cast.lan)
    assert soon - clock.now() >= timedelta(minutes=1)
    assert soon == datetime.fromisoformat("2026-12-02T05:32:00+07:00")
    station.services.schedule.add(cast.lan, seen.id, soon)
    assert judge.soon(seen, ("all",), cast.lan) > soon
    clock.advance((at("20:59:30") - clock.now()).total_seconds())
    assert judge.soon(seen, ("all",), cast.lan) == at("05:00", TOMORROW)


def test_what_was_judged_on_another_day_is_not_written(station, cast, judge):
    said = cast.approved()
    judged = judge(said, at("09:00"))
    station.services.schedule.add(cast.lan, said, at("09:00"))
    assert station.services.schedule.add_judged(cast.lan, "Cắt nước", judged) is None
    with pytest.raises(Refused):
        station.services.schedule.add(cast.lan, said, at("09:00"))
