"""Six ready templates: given once to a station that has none, spoken, and waiting for a leader."""

import re

import pytest

from scheduler.core.announcement.emergency_texts import READY_TEXTS
from scheduler.core.announcement.script_templates import blanks_left
from scheduler.core.model import AnnouncementState, Priority, Role
from scheduler.services.announcement import ready_templates

SIX = ["Bão đang đến", "Lũ lên nhanh", "Cháy lớn", "Mất điện diện rộng", "Dịch bệnh nguy hiểm", "Tìm người"]


@pytest.fixture
def ready(station, minh):
    return station.services.ready_templates


def given(station):
    return [one for one in station.services.announcements.listed() if one.priority is Priority.EMERGENCY][::-1]


def spoken(station):
    worker = station.worker()
    while worker.work_once():
        pass


def test_a_station_with_a_leader_and_without_templates_is_given_six(station, ready, clock):
    assert ready.keep_up() == 6
    assert sorted(one.title for one in given(station)) == sorted(SIX)
    assert {one.state for one in given(station)} == {AnnouncementState.DRAFT}
    spoken(station)
    assert ready.keep_up() == 0
    assert {one.state for one in given(station)} == {AnnouncementState.SUBMITTED}
    assert all(one.audio_sha256 for one in given(station))
    assert station.services.emergency.templates() == []
    (task,) = [one for one in station.services.to_do.open() if one.reason == "templates_wait"]
    assert task.details == {"count": "6"}


def test_a_leader_approves_each_after_hearing_it_and_writes_none_of_them(station, ready, minh):
    ready.keep_up()
    spoken(station)
    ready.keep_up()
    one = given(station)[0]
    assert station.services.announcements.unread(one.id) == ()
    station.services.submissions.approve(minh, one.id, one.audio_sha256, heard=True)
    assert [seen.id for seen in station.services.emergency.templates()] == [one.id]


def test_nobody_to_approve_them_none_are_given(station):
    station.repos.people.add("lan-2", "Lan hai", Role.EDITOR, "mat-khau-cua-lan", station.clock.now())
    assert station.services.ready_templates.keep_up() == 0


def test_a_ward_that_has_one_of_its_own_is_given_none(station, ready, lan):
    station.services.announcements.write(lan, "Vỡ đê", "Bà con sơ tán ngay.", Priority.EMERGENCY)
    assert ready.keep_up() == 0


def test_a_ward_that_withdraws_them_is_not_given_them_again(station, ready, minh):
    ready.keep_up()
    for one in given(station):
        station.services.announcements.withdraw(minh, one.id)
    assert ready.keep_up() == 0
    with station.repos.store.write() as db:
        db.execute("DELETE FROM job")
        db.execute("DELETE FROM announcement")
    assert ready.keep_up() == 0


def test_a_speech_that_failed_is_tried_again_later(station, ready, clock):
    ready.keep_up()
    with station.repos.store.write() as db:
        db.execute("UPDATE job SET state = 'refused', ended_at = ?", (station.clock.now().isoformat(),))
    ready.keep_up()
    assert station.repos.store.value("SELECT count(*) FROM job") == 6
    clock.advance(ready_templates.AGAIN_AFTER.total_seconds() + 1)
    ready.keep_up()
    assert station.repos.store.value("SELECT count(*) FROM job") == 12


def test_what_the_ward_changes_is_its_own(station, ready, lan):
    ready.keep_up()
    one = given(station)[0]
    station.services.announcements.edit(lan, one.id, one.version, one.title, "Sơ tán ngay.")
    spoken(station)
    ready.keep_up()
    assert station.repos.programme.announcement(one.id).state is AnnouncementState.DRAFT


@pytest.mark.parametrize("one", READY_TEXTS, ids=lambda one: one.title)
def test_each_can_be_said_as_it_stands(station, one):
    assert blanks_left(one.title, one.text) == ()
    assert not re.search(r"[\[\]]", one.text)
    script = station.services.scripts.of(one.title, one.text, station.services.scripts.usual)
    assert script.unknown == ()
    assert station.services.scripts.estimate(script).total_seconds() < 45


def test_the_worker_gives_them_a_minute_after_its_start(station, ready, clock):
    worker = station.worker()
    worker.look_ahead()
    assert given(station) == []
    clock.advance(61)
    worker.look_ahead()
    assert len(given(station)) == 6
