"""The monitor on a real sound server: it hears the sink's monitor, outlives the server, and disturbs nobody."""

import os
import signal
import subprocess
import sys
from collections import deque

import numpy as np
import pytest

from scheduler.config import loading as configuration
from scheduler.core.air.heard_back import Heard
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE, Role
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.work.bands import bands_of
from scheduler.extras.air_check.work.ear import SoundcardEar
from scheduler.extras.air_check.work.matching import match
from scheduler.extras.air_check.work.memory import Memory
from scheduler.kernel.clock import SystemClock
from scheduler.store.station.tasks import AIR
from tests.conftest import Cast
from tests.extras.air_check.work.sounds import babble
from tests.playout.audio_server import AudioServer, audio_server
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, alive
from tests.waiting import pause, until

__all__ = ["AudioServer", "audio_server"]

pytestmark = pytest.mark.needs_audio_server
LISTENING = """
[monitor]
kind = "soundcard"
device = "ward.monitor"
stray_seconds = 2.0
"""


def play(server, samples):
    """Sound on the ward's sink that the station knows nothing of."""
    command = ["pacat", "-d", "ward", "--raw", "--format=s16le", f"--rate={HOUSE_RATE}", "--channels=1"]
    subprocess.run(command, input=samples.tobytes(), env=server.environment, check=True, timeout=120)


@pytest.fixture
def ear(audio_server, clock):
    begun = SoundcardEar("ward.monitor", clock)
    begun.start()
    yield begun
    begun.stop()


@pytest.fixture
def clock():
    return SystemClock()


def remember(ear, memory, found):
    """Take what comes until something is found in it."""

    def look():
        for piece in ear.take():
            memory.add(piece.arrived, piece.samples, fresh=piece.fresh)
        return found()

    return until(look)


def test_what_a_real_sink_sounds_is_known_again_at_its_instant(audio_server, ear, clock):
    memory, sound = Memory(HOUSE_RATE), babble(1, 6)
    remember(ear, memory, lambda: memory.until)
    began = clock.now()
    play(audio_server, sound)
    ended = clock.now()
    remember(ear, memory, lambda: memory.until > ended)
    found = match(bands_of([sound], HOUSE_RATE), memory.between(began, ended), 0.28)
    assert found.share == 1.0
    assert found.correlation > 0.9
    spare = (ended - began).total_seconds() - len(sound) / HOUSE_RATE
    assert 0 <= found.delay < spare + 0.5  # it was whole between the two instants; how soon it began is pacat's affair


def test_the_ear_says_why_it_hears_nothing_and_hears_again_when_the_server_is_back(audio_server, ear):
    until(ear.take, "sound")
    audio_server.kill()
    until(lambda: ear.fault == "air_monitor_no_server", "the fault")
    assert ear.take() is not None
    audio_server.up()
    until(ear.take, "sound again")
    assert ear.fault == ""


def test_a_fault_is_over_before_the_sound_that_ends_it_can_be_taken(audio_server, ear):
    seen = []

    class Watched(deque):
        def append(self, piece):
            seen.append(ear.fault)
            super().append(piece)

    until(ear.take, "sound")
    audio_server.kill()
    until(lambda: ear.fault == "air_monitor_no_server", "the fault")
    ear._pieces = Watched()
    audio_server.up()
    until(ear.take, "sound again")
    assert set(seen) == {""}


def test_a_device_that_is_not_there_is_said_to_be_so(audio_server, clock):
    ear = SoundcardEar("gone.monitor", clock)
    ear.start()
    try:
        until(lambda: ear.fault == "air_monitor_no_device", "the fault")
    finally:
        ear.stop()


def test_a_child_that_hangs_is_ended_and_followed_by_another(audio_server, ear, monkeypatch):
    until(ear.take, "sound")
    first = ear.pid
    monkeypatch.setattr("scheduler.extras.air_check.work.ear._HUNG", 1.0)
    os.kill(first, signal.SIGSTOP)
    until(lambda: ear.pid not in {first, None}, "another child")
    monkeypatch.setattr("scheduler.extras.air_check.work.ear._HUNG", 120.0)  # the next one may be slow to begin
    ear.take()
    until(ear.take, "sound again")
    assert not alive(first)


def test_the_monitor_loads_neither_the_page_nor_the_alarms():
    code = (
        "import sys, scheduler.extras.air_check.work.service, scheduler.extras.air_check.work.ear; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"flask", "apscheduler", "av", "pasimple"} & set(loaded) == set()


@pytest.fixture
def config_path(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=free_port(), kind="soundcard") + LISTENING, encoding="utf-8")
    return path


@pytest.fixture
def config(config_path):
    return configuration.load(config_path)


def air(station, clock):
    """Order an airing of twelve seconds of speech; its slot."""
    lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
    minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
    services, made = station.services, station.repos.library.add_master(babble(1, 12))
    clip = StoredClip(made.sha256, "Tiêm chủng", "upload", made.frames, clock.now(), lan.id, lufs=made.lufs)
    station.repos.programme.add_clip(clip)
    announcement_id = services.announcements.record(lan, "Tiêm chủng", made.sha256)
    services.announcements.heard(lan, announcement_id, made.sha256)
    services.announcements.submit(lan, announcement_id)
    services.announcements.approve(minh, announcement_id, made.sha256, heard=True)
    return services.air.play_now(Cast(station, lan, minh).lan, announcement_id, chime=True)


def test_a_running_station_hears_its_own_airing_and_a_sound_that_is_not_its_own(
    audio_server, station, config_path, clock
):
    rows, jobs, todos = HeardRows(station.repos.store, station.repos.journal), station.repos.jobs, station.repos.todos
    running = Running(config_path)
    try:
        until(lambda: (beat := jobs.heartbeat("monitor")) and beat.state["listening"], "the monitor")
        slot_id = air(station, clock)
        (one,) = until(lambda: rows.last(5), "the verdict")
        assert (one.slot_id, one.verdict) == (slot_id, Heard.HEARD)
        assert one.measured.correlation > 0.9
        assert one.measured.delay_ms < 1500
        assert one.measured.level_dbfs > -40
        pause(5)  # the tail of what ended may still be heard
        play(audio_server, np.concatenate([babble(2, 5), np.zeros(HOUSE_RATE, dtype=np.int16)]))
        until(lambda: any(todo.key == AIR + "stray" for todo in todos.open()), "the alarm")
        monitor = jobs.heartbeat("monitor").pid
        playout = jobs.heartbeat("playout").pid
        os.kill(monitor, signal.SIGKILL)
        until(lambda: jobs.heartbeat("monitor").pid != monitor, "another monitor")
        assert jobs.heartbeat("playout").pid == playout
        assert station.repos.journal.verify().whole
    finally:
        running.end()
