"""Hung processes are ended, systemd is told while the station lives, and nobody is judged by a disk that takes nothing."""

import os
import signal
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import Refused
from scheduler.supervisor import Supervisor
from scheduler.watchdog import GIVEN_UP, BeatRows, Pulse, Vitals, notify
from tests.conftest import MORNING
from tests.lives import Begun
from tests.station.conftest import alive, hearing_the_terminal
from tests.waiting import until

PATIENCE = {"playout": 30.0, "web": 90.0}
STALLED = 120.0
"""Seconds that a busy machine may take for what takes one."""


class House:
    """Processes and their beats, moved by hand."""

    def __init__(self):
        self.clock = SteppedClock(MORNING)
        self.beats = dict.fromkeys(PATIENCE, "")
        self.begun = dict.fromkeys(PATIENCE, self.clock.monotonic())
        self.beating, self.resting = set(PATIENCE), set()
        self.killed, self.writes, self.count = [], 0, 0
        self.fault = None
        self.vitals = Vitals(self.clock, self, self, PATIENCE)

    def beat(self, name):
        return self.beats[name]

    def write(self):
        self.writes += 1
        if self.fault:
            raise self.fault

    def lived(self, name):
        return 0.0 if name in self.resting else self.clock.monotonic() - self.begun[name]

    def kill(self, name):
        self.killed.append(name)
        self.begun[name] = self.clock.monotonic()

    def seconds(self, count):
        """Live on; whether it lived at the end."""
        lives = True
        for _ in range(count):
            self.clock.advance(1)
            self.count += 1
            for name in self.beating:
                self.beats[name] = f"beat {self.count}"
            lives = self.vitals.look()
        return lives


@pytest.fixture
def house():
    return House()


class TestVitals:
    def test_a_station_that_beats_lives_and_nobody_is_ended(self, house):
        assert house.seconds(600)
        assert (house.killed, house.writes) == ([], 0)

    def test_a_process_that_falls_silent_is_ended_when_its_patience_is_over_and_not_before(self, house):
        house.seconds(60)
        house.beating = {"web"}
        house.seconds(29)
        assert house.killed == []
        house.seconds(1)
        assert house.killed == ["playout"]

    def test_beats_are_read_once_more_before_a_process_is_ended(self, house):
        house.seconds(60)
        house.beating = {"web"}
        house.seconds(29)
        reads = []

        def beat(name):
            reads.append(name)
            return "it came back" if name == "playout" and reads.count("playout") > 1 else house.beats[name]

        house.vitals._rows = SimpleNamespace(beat=beat, write=house.write)
        house.seconds(1)
        assert reads.count("playout") == 2
        assert house.killed == []

    def test_one_that_beats_again_is_given_all_its_patience_again(self, house):
        house.seconds(60)
        for _ in range(5):
            house.beating = {"web"}
            house.seconds(29)
            house.beating = {"web", "playout"}
            house.seconds(1)
        assert house.killed == []

    def test_one_that_is_still_beginning_is_left_alone_however_long_it_takes(self, house):
        house.beating = {"web"}
        house.beats["playout"] = "of the run before"
        house.vitals = Vitals(house.clock, house, house, PATIENCE)
        assert house.seconds(500)
        assert house.killed == []

    def test_one_that_hangs_right_behind_its_first_beat_is_ended_too(self, house):
        house.seconds(1)
        house.beating = {"web"}
        house.seconds(30)
        assert house.killed == ["playout"]

    def test_one_that_was_started_again_is_not_ended_for_the_silence_of_the_one_before(self, house):
        house.seconds(60)
        house.beating = {"web"}
        house.seconds(20)
        house.begun["playout"] = house.clock.monotonic()
        house.seconds(60)
        assert house.killed == []

    def test_silence_that_no_restart_mends_is_the_end_of_the_stations_life_until_it_beats(self, house):
        house.seconds(60)
        house.beating = {"web"}
        assert house.seconds(round(GIVEN_UP) - 1)
        assert not house.seconds(1)
        house.beating = {"web", "playout"}
        assert house.seconds(1)

    def test_one_that_rests_because_another_machine_has_the_air_does_not_hang(self, house):
        house.seconds(60)
        house.beating, house.resting = {"web"}, {"playout"}
        assert house.seconds(3600)
        house.resting = set()
        house.begun["playout"] = house.clock.monotonic()
        assert house.seconds(20)
        house.beating = {"web", "playout"}
        assert house.seconds(60)
        assert house.killed == []

    def test_a_page_that_hangs_is_ended_and_never_the_end_of_the_stations_life(self, house):
        house.seconds(60)
        house.beating = {"playout"}
        assert house.seconds(2000)
        assert set(house.killed) == {"web"}

    @pytest.mark.parametrize("fault", [Refused("disk_full"), Refused("disk_readonly")], ids=str)
    def test_a_database_that_takes_nothing_ends_nobody_also_when_it_takes_again(self, house, fault):
        house.seconds(60)
        house.beating, house.fault = set(), fault
        assert house.seconds(3600)
        house.fault, house.beating = None, set(PATIENCE)
        assert house.seconds(60)
        assert house.killed == []

    def test_a_machine_that_slept_ends_nobody(self, house):
        house.seconds(60)
        house.clock.advance(3600)
        assert house.vitals.look()
        assert house.seconds(5)
        assert house.killed == []

    def test_a_step_of_the_wall_clock_ends_nobody(self, house):
        house.seconds(60)
        house.clock.step_wall(-7200)
        assert house.seconds(60)
        assert house.killed == []

    @given(st.lists(st.tuples(st.integers(1, 25), st.sets(st.sampled_from(sorted(PATIENCE)))), max_size=20))
    def test_whoever_is_never_silent_for_its_patience_is_never_ended(self, times):
        house = House()
        house.seconds(5)
        for seconds, silent in times:
            house.beating = set(PATIENCE) - silent
            house.seconds(seconds)
            house.beating = set(PATIENCE)
            assert house.seconds(1)
        assert house.killed == []


class Listener:
    """The socket of a service manager."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(STALLED)

    def next(self):
        return self.socket.recv(4096).decode()

    def waiting(self):
        self.socket.setblocking(False)
        found = []
        while True:
            try:
                found.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                self.socket.settimeout(STALLED)
                return found


@pytest.fixture
def listener(tmp_path_factory):
    made = Listener(str(tmp_path_factory.mktemp("n") / "n"))
    yield made
    made.socket.close()


class TestPulse:
    def environment(self, listener, **more):
        return {"NOTIFY_SOCKET": listener.socket.getsockname(), **more}

    def test_tells_that_it_is_ready_once_and_lives_a_third_as_often_as_asked(self, listener):
        clock = SteppedClock(MORNING)
        pulse = Pulse(clock, self.environment(listener, WATCHDOG_USEC="30000000", WATCHDOG_PID=str(os.getpid())))
        for _ in range(31):
            pulse.turn(lives=True)
            clock.advance(1)
        assert listener.waiting() == ["READY=1", *["WATCHDOG=1"] * 4]

    def test_says_nothing_while_the_station_does_not_live(self, listener):
        clock = SteppedClock(MORNING)
        pulse = Pulse(clock, self.environment(listener, WATCHDOG_USEC="3000000"))
        pulse.turn(lives=False)
        clock.advance(100)
        pulse.turn(lives=False)
        assert listener.waiting() == ["READY=1"]

    @pytest.mark.parametrize(
        "more", [{}, {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "viel"}], ids=str
    )
    def test_gives_no_sign_of_life_that_nobody_waits_for(self, listener, more):
        Pulse(SteppedClock(MORNING), self.environment(listener, **more)).turn(lives=True)
        assert listener.waiting() == ["READY=1"]

    def test_without_a_service_manager_tells_nobody(self, listener):
        Pulse(SteppedClock(MORNING), {}).turn(lives=True)
        assert listener.waiting() == []

    def test_a_service_manager_that_is_gone_is_no_fault_and_is_told_again(self, tmp_path):
        clock = SteppedClock(MORNING)
        pulse = Pulse(clock, {"NOTIFY_SOCKET": str(tmp_path / "none")})
        pulse.turn(lives=True)
        later = Listener(str(tmp_path / "none"))
        pulse.turn(lives=True)
        assert later.waiting() == ["READY=1"]
        later.socket.close()

    def test_an_abstract_name_is_told_too(self):
        name = f"loa-test-{os.getpid()}"
        made = Listener("\0" + name)
        assert notify(f"@{name}", "READY=1")
        assert made.waiting() == ["READY=1"]
        made.socket.close()


def test_a_real_supervisor_ends_a_hung_process_and_starts_it_again(station, monkeypatch):
    """The process beats through the station's own database and is stopped in its tracks."""
    code = (
        "import sys, os; from scheduler.config.loading import load; from scheduler.kernel.clock import SystemClock;"
        f"from scheduler.store import Jobs, Store; from pathlib import Path; j = Jobs(Store(Path({str(station.repos.store.path)!r})));"
        "c = SystemClock()\nwhile True:\n j.beat('playout', os.getpid(), c.now(), {})\n c.sleep_until(c.monotonic() + 0.2)"
    )
    real = subprocess.Popen
    monkeypatch.setattr(
        "scheduler.supervisor.subprocess.Popen", lambda _, **named: real([sys.executable, "-c", code], **named)
    )
    clock = SystemClock()
    watch = Supervisor([], clock)
    watch._children = watch._children[:1]
    rows = BeatRows(station.services.processes)
    vitals = Vitals(clock, rows, watch, {"playout": 6.0})  # a busy machine may hold up a beat for some seconds
    turning = threading.Thread(target=watch.run, args=(vitals.look,))
    turning.start()
    try:
        until(lambda: rows.beat("playout"), "the first beat")
        first = watch._children[0].process.pid
        until(lambda: watch.lived("playout") > 7, "a while")
        assert watch._children[0].process.pid == first, "who beats is left alone"
        os.kill(first, signal.SIGSTOP)
        until(lambda: not alive(first), "the end of the hung one")
        until(lambda: rows.beat("playout").split()[:1] not in ([], [str(first)]), "the beat of the next one")
    finally:
        watch.stop.set()
        turning.join(STALLED)
    assert not turning.is_alive()


def test_loa_run_tells_systemd_that_it_is_ready_and_lives(listener, tmp_path, config_path):
    environment = {**os.environ, "NOTIFY_SOCKET": listener.socket.getsockname(), "WATCHDOG_USEC": "1500000"}
    with (tmp_path / "told").open("wb") as out, hearing_the_terminal():
        process = Begun("--config", config_path, "run", env=environment, stdout=out)
    try:
        assert [listener.next() for _ in range(4)] == ["READY=1", *["WATCHDOG=1"] * 3]
    finally:
        process.terminate()
        assert process.wait(STALLED) == 0
