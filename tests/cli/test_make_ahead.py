"""The worker between jobs: chimes and renders are made ahead, and whoever waits for a job is served first."""

import threading
from dataclasses import replace

import pytest

from audio_assets.speech.voice import Voice
from scheduler.config.loading import OutputConfig
from scheduler.core.air.chimes import CHIMES
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from scheduler.worker import AHEAD_EVERY, Worker
from tests.audio.fake_engine import FakeEngine
from tests.waiting import PATIENCE, until


@pytest.fixture
def config(config):
    return replace(config, outputs=(OutputConfig(name="loa", kind="wavfile", counts=True, horn="loa-nen"),))


@pytest.fixture
def worker(station):
    return Worker(station.services, lambda: Voice((FakeEngine(),), pause_ms=300, speed=1.0))


def bundled(station):
    return station.repos.store.value("SELECT count(*) FROM clip WHERE origin = 'bundled'")


def renders(station):
    return station.repos.store.value("SELECT count(*) FROM render")


def finish(worker):
    while worker.make_ahead():
        pass


def test_the_chimes_that_are_not_in_use_are_made_for_people_to_choose_from(station, worker):
    assert bundled(station) == 4
    finish(worker)
    assert bundled(station) == len(CHIMES)
    assert renders(station) == len(CHIMES)


def test_one_thing_is_made_at_a_time_and_the_next_look_is_later(station, worker, cast):
    assert worker.make_ahead()
    assert bundled(station) == 5
    finish(worker)
    cast.approved()
    assert not worker.make_ahead()
    station.clock.advance(AHEAD_EVERY + 1)
    finish(worker)
    assert renders(station) == len(CHIMES) + 1


def test_a_job_that_comes_in_the_middle_of_a_render_is_done_before_the_render(station, worker, cast, lan):
    finish(worker)
    station.clock.advance(AHEAD_EVERY + 1)
    cast.approved(seconds=45.0)
    announcement_id = station.services.announcements.write(lan, "Họp", "Mời bà con đi họp tổ dân phố.")
    job_id = station.services.announcements.make_speech(lan, announcement_id)
    before = renders(station)
    seen = []
    work_once = worker.work_once

    def watched(*args):
        worked = work_once(*args)
        if worked:
            seen.append(renders(station))
        return worked

    worker.work_once = watched
    assert worker.make_ahead()
    assert station.repos.jobs.get(job_id).ended
    assert seen == [before]
    assert renders(station) == before + 1


def test_a_worker_that_is_told_to_end_leaves_a_half_made_render_and_nothing_behind(station, worker, cast):
    finish(worker)
    cast.approved(seconds=45.0)
    stop = threading.Event()
    worker._stop = stop
    stop.set()
    station.clock.advance(AHEAD_EVERY + 1)
    assert not worker.make_ahead()
    assert renders(station) == len(CHIMES)
    assert not list((station.repos.library.root / "renders").glob(".part-*"))


def test_a_fault_of_what_is_made_ahead_stops_no_job(station, worker, caplog, monkeypatch):
    def broken(*_):
        raise RuntimeError("no sound today")

    monkeypatch.setattr(type(station.services.renders), "work", broken)
    finish(worker)
    station.clock.advance(AHEAD_EVERY + 1)
    assert not worker.make_ahead()
    assert "making ahead failed" in caplog.text


def test_a_running_worker_makes_everything_ahead(station, config, cast):
    cast.approved()
    stop = threading.Event()
    beside = Station.open(config, station.clock)
    worker = threading.Thread(target=lambda: Worker(beside.services, beside.voice).run(stop))
    worker.start()
    try:
        until(lambda: renders(station) == len(CHIMES) + 1, "the renders")
    finally:
        stop.set()
        worker.join(PATIENCE)
    assert renders(station) == len(CHIMES) + 1


def test_chimes_that_somebody_deleted_are_made_again_at_the_next_start(station):
    path = station.repos.library.path(station.services.rundowns.chime_sha256("drill"))
    path.unlink()
    with pytest.raises(Refused):
        station.repos.library.load(station.services.rundowns.chime_sha256("drill"))
    station.prepare()
    station.repos.library.load(station.services.rundowns.chime_sha256("drill"))
    assert bundled(station) == 4
