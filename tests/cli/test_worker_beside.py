"""While a file is decoded in a process of its own the worker lives on: it beats, speaks, and stops when it is told."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from audio_assets import decode_apart as apart
from audio_assets.speech import engines
from audio_assets.speech.voice import Voice
from scheduler.kernel.clock import SystemClock
from scheduler.worker import Worker
from tests.audio.fake_engine import FakeEngine
from tests.audio.make_audio import speech_like, wav
from tests.waiting import PATIENCE, until

HELD = """
import pathlib, runpy, sys, time
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.02)
runpy.run_module("audio_assets.decode_child", run_name="__main__")
"""


@pytest.fixture(autouse=True)
def in_the_table(monkeypatch):
    """The voice of these tests is an engine that config.toml may name."""
    monkeypatch.setitem(engines._ENGINES, "fake", lambda _config: FakeEngine())


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """Decoding waits until this file is there."""
    place = tmp_path / "gate"
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", HELD.format(gate=str(place))))
    return place


@pytest.fixture
def running(station):
    """A worker at work in a thread, with a voice of its own."""
    stop = threading.Event()
    speech = replace(station.config.speech, engines=("fake",))
    parts = replace(station.repos, written=replace(station.config, speech=speech))

    def work():
        Worker(replace(station.services, repos=parts), lambda: Voice([FakeEngine()], pause_ms=300, speed=1.0)).run(stop)
        station.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield stop, thread
    stop.set()
    thread.join(PATIENCE)


@pytest.fixture
def handed_in(station, lan, tmp_path):
    def take():
        path = tmp_path / "a.wav"
        path.write_bytes(wav(speech_like(1.0)))
        return station.services.recordings.take_in(lan, path, path.name)

    return take


def state_of(station, job_id):
    return station.repos.jobs.get(job_id).state


def test_speech_does_not_wait_for_an_upload(station, lan, gate, handed_in, running):
    upload, later = handed_in(), handed_in()
    until(lambda: state_of(station, upload) == "running", "the beginning")
    announcement = station.services.announcements.write(lan, "Tiêm chủng", "Mời bà con đi tiêm phòng.")
    speech = station.services.announcements.make_speech(lan, announcement)
    until(lambda: station.repos.jobs.get(speech).ended, "the speech")
    assert state_of(station, speech) == "ready"
    assert state_of(station, upload) == "running"
    assert state_of(station, later) == "waiting"
    gate.touch()
    until(lambda: state_of(station, later) == "ready", "both uploads")
    assert state_of(station, upload) == "ready"


def test_the_heart_goes_on_beating(station, gate, handed_in, running):
    upload = handed_in()
    until(lambda: state_of(station, upload) == "running", "the beginning")
    first = station.repos.jobs.heartbeat("worker").at
    until(lambda: station.repos.jobs.heartbeat("worker").at > first, "the next beat")
    assert state_of(station, upload) == "running"
    gate.touch()
    until(lambda: state_of(station, upload) == "ready", "the end")


def test_told_to_stop_it_gives_the_file_back(station, gate, handed_in, running):
    stop, thread = running
    upload = handed_in()
    until(lambda: state_of(station, upload) == "running", "the beginning")
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    row = station.repos.store.row("SELECT state, attempts, progress FROM job WHERE id = ?", (upload,))
    assert row == {"state": "waiting", "attempts": 0, "progress": 0.0}
    [kept] = station.services.recordings.incoming.iterdir()
    assert kept.name == station.repos.jobs.get(upload).args["path"]


def test_a_command_that_takes_in_one_file_does_nobody_elses_work(station, lan, gate, handed_in):
    upload = handed_in()
    announcement = station.services.announcements.write(lan, "Tiêm chủng", "Mời bà con đi tiêm phòng.")
    speech = station.services.announcements.make_speech(lan, announcement)
    gate.touch()
    assert station.finish(upload, alone=True).state == "ready"
    assert state_of(station, speech) == "waiting"
