"""The readiness check with real files, approvals, plans and heartbeats: raised before it fails, cleared when mended."""

import logging
import os
import shutil
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.voice import Voice
from scheduler.config.loading import OutputConfig
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.station.readiness import LEAST_FREE
from scheduler.services.station.readiness import ReadinessService
from scheduler.store import Ending
from scheduler.worker import LOOK_EVERY, Worker
from tests.conftest import DAY, MORNING

ROOM = 50 * LEAST_FREE


@pytest.fixture
def room():
    """How much of the disk is free: the machine of the test may be a full one."""
    return [ROOM]


@pytest.fixture
def readiness(station, room):
    return ReadinessService(station.repos, lambda _: room[0])


@pytest.fixture
def beat(station):
    """Playout's heartbeat as it would be now."""

    def write(*, state: str = "open", trusted: bool = True, stopping: bool = False) -> None:
        outputs = [{"name": "wav", "kind": "wavfile", "state": state, "message": "", "device": ""}]
        told = {"airing": None, "outputs": outputs, "clock_trusted": trusted, "stopping": stopping}
        station.repos.jobs.beat("playout", 1, station.clock.now(), told)

    return write


@pytest.fixture
def planned(station, cast, beat):
    """A running campaign of two airings, its first slot, and the file of its sound."""
    announcement_id = cast.approved()
    campaign_id = cast.planned(announcement_id)
    beat()
    first = station.repos.slots.of_day(DAY)[0]
    return announcement_id, campaign_id, first, station.repos.library.path(first.audio_sha256)


def todo(station) -> list[str]:
    return [row.reason for row in station.repos.todos.open()]


def at(clock, instant) -> None:
    clock.step_wall((instant - clock.now()).total_seconds())


def test_where_all_is_well_there_is_no_row(readiness, station, planned):
    assert readiness.check() == []
    assert todo(station) == []


def test_a_deleted_file_is_a_row_before_its_airing_and_none_when_it_is_back(readiness, station, planned):
    _, _, first, path = planned
    data = path.read_bytes()
    path.unlink()
    readiness.check()
    (row,) = station.repos.todos.open()
    assert (row.reason, row.due, row.slot_id) == ("audio_missing", first.start, first.id)
    assert row.due > station.clock.now()
    assert row.details == {"title": "Tiêm chủng", "airings": "2"}
    path.write_bytes(data)
    readiness.check()
    assert todo(station) == []


@pytest.mark.parametrize("keep_times", [False, True], ids=["plainly", "with_its_times_and_size_kept"])
def test_a_replaced_file_is_noticed(readiness, station, planned, keep_times):
    path = planned[3]
    readiness.check()
    data, stat = path.read_bytes(), path.stat()
    path.write_bytes(data[:-2] + b"\x00\x01")
    if keep_times:
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    readiness.check()
    assert todo(station) == ["audio_changed"]
    path.write_bytes(data)
    readiness.check()
    assert todo(station) == []


def test_another_file_in_its_place_is_noticed(readiness, station, planned, tmp_path):
    path = planned[3]
    readiness.check()
    other = tmp_path / "other.wav"
    other.write_bytes(path.read_bytes() + b"\x00\x00")
    other.replace(path)
    readiness.check()
    assert todo(station) == ["audio_changed"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_noticed(readiness, station, planned):
    planned[3].chmod(0)
    readiness.check()
    assert todo(station) == ["file_unreadable"]


def test_a_file_is_hashed_once_while_it_looks_the_same(station, planned, room):
    read: list[str] = []
    library = type(station.repos.library)(station.repos.library.root)
    verify = library.verify
    library.verify = lambda sha256: (read.append(sha256), verify(sha256))[1]  # type: ignore[method-assign]  # counts, then does it
    service = ReadinessService(replace(station.repos, library=library), lambda _: room[0])
    for _ in range(3):
        service.check()
    assert read == [planned[2].audio_sha256]
    os.utime(planned[3])
    service.check()
    assert len(read) == 2


def test_a_chime_that_is_gone_is_a_row_of_its_own(readiness, station, cast, beat):
    cast.planned(cast.approved(), chime=True)
    beat()
    station.repos.library.path(station.services.rundowns.chime_sha256("close")).unlink()
    readiness.check()
    (row,) = station.repos.todos.open()
    assert (row.reason, row.details["title"]) == ("audio_missing", "Nhạc hiệu")


def test_a_withdrawn_approval_is_a_row_although_its_slots_are_gone(readiness, station, cast, planned, minh):
    announcement_id, _, _, _ = planned
    station.services.announcements.withdraw(minh, announcement_id)
    cast.plan_follows()
    assert station.repos.slots.of_day(DAY) == []
    readiness.check()
    (row,) = station.repos.todos.open()
    assert (row.reason, row.slot_id, row.details["title"]) == ("unapproved", None, "Tiêm chủng")
    assert row.due == MORNING + timedelta(minutes=30)  # 06:00, where its window opens


def test_a_campaign_that_waits_for_approval_is_a_row_until_it_has_it(readiness, station, cast, beat, minh):
    announcement_id = cast.submitted()
    cast.planned(announcement_id)
    beat()
    readiness.check()
    assert todo(station) == ["unapproved"]
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    station.services.announcements.approve(minh, announcement_id, sha256, heard=True)
    readiness.check()
    assert todo(station) == []


def test_a_campaign_that_starts_only_later_is_not_told_yet(readiness, station, cast, beat):
    later = DAY + timedelta(days=3)
    cast.planned(cast.submitted(), start=later, end=later)
    beat()
    readiness.check()
    assert todo(station) == []


def test_a_clip_that_was_put_away_is_a_row(readiness, station, cast, planned, minh):
    station.services.recordings.retire(minh, planned[2].audio_sha256)
    cast.plan_follows()
    readiness.check()
    assert todo(station) == ["audio_retired"]


def test_a_campaign_stopped_behind_the_planners_back_is_a_row(readiness, station, planned):
    with station.repos.store.write() as db:
        db.execute("UPDATE campaign SET state = 'stopped' WHERE id = ?", [planned[1]])
    readiness.check()
    assert todo(station) == ["campaign_stopped"]


def test_an_output_that_is_down_is_a_row_in_the_last_quarter_of_an_hour(readiness, station, planned, beat, clock):
    at(clock, planned[2].start - timedelta(minutes=16))
    beat(state="down")
    readiness.check()
    assert todo(station) == []
    clock.advance(60)
    beat(state="down")
    readiness.check()
    assert todo(station) == ["no_output_open"]
    beat()
    readiness.check()
    assert todo(station) == []


def test_each_clip_of_a_rotation_that_waits_for_approval_is_a_row(readiness, station, cast, beat):
    also = cast.submitted(title="Bản tin hai", pitch=300.0)
    cast.planned(cast.approved(), rotation=(also,))
    beat()
    readiness.check()
    [row] = [one for one in station.repos.todos.open() if one.reason == "unapproved"]
    assert row.details["title"] == "Bản tin hai"


def test_an_output_counts_for_the_zones_it_sounds_in(station, cast, beat, clock, room):
    campaign_id = cast.planned(cast.approved())
    programme = station.repos.programme
    programme.change_campaign(replace(programme.campaign(campaign_id), zone="to5"))  # a zone that was there then
    station.services.campaigns.replan()
    at(clock, station.repos.slots.of_day(DAY)[0].start - timedelta(minutes=5))
    beat()
    for zones, told in ((("all",), ["no_output_open"]), (("to5",), [])):
        config = replace(station.config, outputs=(OutputConfig(name="wav", kind="wavfile", counts=True, zones=zones),))
        ReadinessService(replace(station.repos, written=config), lambda _: room[0]).check()
        assert todo(station) == told


@pytest.mark.parametrize("how", ["never_heard", "too_old", "stopping"])
def test_a_playout_that_says_nothing_is_a_row_in_the_last_quarter_of_an_hour(
    readiness, station, planned, beat, clock, how
):
    at(clock, planned[2].start - timedelta(minutes=10))
    if how == "never_heard":
        station.repos.store.db.execute("DELETE FROM heartbeat")
    elif how == "stopping":
        beat(stopping=True)
    readiness.check()
    assert todo(station) == ["playout_silent"]
    beat()
    readiness.check()
    assert todo(station) == []


def test_a_clock_that_is_not_trusted_is_a_row_a_day_ahead(readiness, station, planned, beat):
    beat(trusted=False)
    readiness.check()
    assert todo(station) == ["clock_untrusted"]


def test_the_free_room_is_that_of_the_disk_the_data_lies_on(station):
    found = [one.reason for one in station.services.readiness.check()]
    assert (found == ["disk_low"]) == (shutil.disk_usage(station.config.data).free < LEAST_FREE)


def test_a_disk_that_fills_up_is_a_row(readiness, station, room):
    room[0] = LEAST_FREE - 1
    readiness.check()
    (row,) = station.repos.todos.open()
    assert (row.reason, row.due, row.details) == ("disk_low", None, {"free_mb": "190"})
    room[0] = ROOM
    readiness.check()
    assert todo(station) == []


def test_a_row_goes_on_to_the_next_airing_and_ends_with_the_last(readiness, station, planned, clock, beat):
    first, second = station.repos.slots.of_day(DAY)
    planned[3].unlink()
    readiness.check()
    for slot, then in ((first, [second.id]), (second, [])):
        at(clock, slot.start + timedelta(seconds=1))
        station.repos.slots.close(slot.id, Ending(AiringOutcome.FAILED, "audio_missing"), clock.now())
        beat()
        readiness.check()
        assert [row.slot_id for row in station.repos.todos.open() if row.reason == "audio_missing"] == then


def test_what_was_ordered_by_hand_is_not_looked_at(readiness, station, planned, clock):
    first = planned[2]
    by_hand = replace(first, id="by-hand", trigger=Trigger.MANUAL, audio_sha256="f" * 64, campaign_id=None)
    station.repos.slots.add(by_hand, None, clock.now())
    readiness.check()
    assert todo(station) == []


def test_checking_again_writes_nothing_while_nothing_has_changed(readiness, station, planned, clock, beat):
    planned[3].unlink()
    readiness.check()
    clock.advance(60)
    beat()
    version = station.repos.store.version()
    readiness.check()
    assert station.repos.store.version() == version


# In the worker


@pytest.fixture
def worker(station, readiness):
    return Worker(
        replace(station.services, readiness=readiness), lambda: Voice((EspeakEngine(),), pause_ms=300, speed=1.0)
    )


def test_the_worker_looks_ahead_at_most_once_a_minute(worker, station, planned, clock, beat):
    worker.look_ahead()
    planned[3].unlink()
    clock.advance(LOOK_EVERY - 1)
    worker.look_ahead()
    assert todo(station) == []
    clock.advance(1)
    beat()
    worker.look_ahead()
    assert todo(station) == ["audio_missing"]


def test_jobs_that_wait_go_first(station, worker, planned, lan):
    planned[3].unlink()
    stop = threading.Event()
    seen: list[bool] = []
    look = worker.look_ahead

    def look_and_end():
        seen.append(all(station.repos.jobs.get(job_id).ended for job_id in jobs))
        look()
        stop.set()

    worker.look_ahead = look_and_end  # type: ignore[method-assign]  # the end of the test's run
    texts = ("Mời bà con đi họp.", "Mời bà con đi tiêm.")
    jobs = [
        station.services.announcements.make_speech(lan, station.services.announcements.write(lan, "Họp", text))
        for text in texts
    ]
    worker.run(stop)
    assert seen == [True]
    assert "audio_missing" in todo(station)


def test_a_fault_of_the_check_is_logged_and_stops_nothing(worker, station, planned, caplog):
    station.repos.store.db.execute("DROP TABLE todo")
    planned[3].unlink()
    with caplog.at_level(logging.ERROR):
        worker.look_ahead()
    assert "ReadinessService.check failed" in caplog.text
    assert worker.work_once() is False
