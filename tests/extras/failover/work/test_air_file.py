"""Whether this machine has the air, as its processes read it: a deadline that runs out by itself, and a fence of rows."""

import os
import threading

import numpy as np
import pytest

from scheduler.core.air.gate import GateFacts, GateRequest, may_sound, may_start
from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Sha256, StationRules, Trigger
from scheduler.kernel import air_fence as pair_air
from scheduler.kernel.air_fence import Air, AirFence, FenceState, Resting, folder_of
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import Refused
from scheduler.playout.airing_book import AiringBook, Lane
from scheduler.playout.frames import FrameClock
from scheduler.playout.programme import Ended, Programme
from scheduler.playout.sink import Sink
from scheduler.supervisor import Supervisor
from tests.conftest import MORNING
from tests.playout.fake_output import FakeOutput


class Steady:
    """Seconds since boot that move when told."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def air(tmp_path, steady):
    made = AirFence(tmp_path / "pair", steady)
    yield made
    made.close()


def test_nobody_has_the_air_before_anybody_has_written(air):
    assert not air.has_air()
    assert air.read().phase is FenceState.NONE


def test_the_air_ends_at_its_deadline_whoever_sleeps(air, steady):
    air.write(Air(1005.0, FenceState.HOLDS, 3))
    assert air.has_air()
    assert air.has_air(4.9)
    assert not air.has_air(5.0)
    steady.at = 1005.0
    assert not air.has_air()


def test_other_processes_read_what_was_written(air, tmp_path, steady):
    air.write(Air(1005.0, FenceState.HOLDS, 3, page="http://192.0.2.1:8600", alone=True))
    other = AirFence(tmp_path / "pair", steady)
    assert other.read() == air.read()
    assert other.read().page == "http://192.0.2.1:8600"
    other.close()


def test_what_was_written_before_the_machine_was_started_says_no(tmp_path, steady, monkeypatch):
    before = AirFence(tmp_path / "pair", steady)
    before.write(Air(9e9, FenceState.HOLDS, 3))
    monkeypatch.setattr(pair_air, "boot_mark", lambda: "another start")
    after = AirFence(tmp_path / "pair", steady)
    assert not after.has_air()
    assert after.read().term == 3
    before.close()
    after.close()


def test_a_record_that_is_damaged_says_no(tmp_path, air):
    air.write(Air(9e9, FenceState.HOLDS, 3))
    path = tmp_path / "pair" / "air.bin"
    raw = bytearray(path.read_bytes())
    raw[45] ^= 1
    path.write_bytes(raw)
    assert not air.has_air()


def test_a_reader_beside_a_writer_never_sees_half_a_record(air, tmp_path, steady):
    stop, other = threading.Event(), AirFence(tmp_path / "pair", steady)
    told = {(1001.0, 1), (2002.0, 2)}
    air.write(Air(1001.0, FenceState.HOLDS, 1))

    def write():
        while not stop.is_set():
            air.write(Air(1001.0, FenceState.HOLDS, 1))
            air.write(Air(2002.0, FenceState.HOLDS, 2))

    thread = threading.Thread(target=write)
    thread.start()
    seen = {(one.deadline, one.term) for one in (other.read() for _ in range(20_000))}
    stop.set()
    thread.join()
    assert seen - {(float("-inf"), 0)} <= told
    other.close()


def test_the_fence_lets_the_holder_write_and_a_moment_longer_and_nobody_else(air, steady):
    with pytest.raises(Refused, match="pair_not_here"):
        air.fence()
    air.write(Air(1005.0, FenceState.HOLDS, 3))
    air.fence()
    steady.at = 1007.0
    air.fence()  # what was heard up to the deadline is still written down
    steady.at = 1009.0
    with pytest.raises(Refused, match="pair_not_here"):
        air.fence()
    air.write(Air(phase=FenceState.LOST, turn=2))
    air.fence()
    air.write(Air(phase=FenceState.FOLLOWS, page="http://192.0.2.1:8600"))
    with pytest.raises(Refused, match=r"192\.0\.2\.1"):
        air.fence()


def test_what_is_a_machines_own_is_written_behind_the_fence(station, tmp_path):
    store = station.repos.store
    store.fence = AirFence(folder_of(station.written.data)).fence
    assert store.is_fenced
    with pytest.raises(Refused, match="pair_not_here"):
        station.repos.journal.note("clock", "2026-12-02", "clock_step", "", station.clock.now())
    station.repos.jobs.beat("web", 1, station.clock.now(), {})
    station.repos.audit.event("sign_in_wrong")
    assert station.repos.store.value("SELECT count(*) FROM journal") == 0
    assert station.repos.jobs.heartbeat("web").pid == 1


# The gate and the last step before sound

RULES = StationRules("Asia/Ho_Chi_Minh", QuietHours((), ""), AirtimeLimit(), MORNING - MORNING, MORNING - MORNING)


def asks(**changes):
    request = {"priority": Priority.NORMAL, "audio_sha256": Sha256("a" * 64), "approved_sha256": Sha256("a" * 64)}
    return GateRequest("s1", MORNING, MORNING.replace(minute=31), **(request | changes))


EMERGENCY = {"priority": Priority.EMERGENCY, "emergency_ordered_by_right": True, "trigger": Trigger.EMERGENCY}


@pytest.mark.parametrize("changes", [{}, EMERGENCY], ids=["ordinary", "emergency"])
def test_nothing_sounds_on_a_machine_without_the_air_not_even_an_emergency(changes):
    request = asks(**changes)
    facts = GateFacts(clock_trusted=True, on_air_here=False)
    assert may_start(request, RULES, facts, MORNING).reason == "not_on_air_here"
    end = MORNING.replace(second=1)
    sound = may_sound(request, RULES, MORNING, end, clock_trusted=True, on_air_here=False)
    assert sound.reason == "not_on_air_here"
    assert may_sound(request, RULES, MORNING, end, clock_trusted=True).allowed


class Yes:
    allowed = True
    reason = ""


@pytest.mark.parametrize("paces", [False, True])
def test_a_thread_that_slept_after_the_gate_said_yes_hands_over_nothing(paces):
    clock, output, changes = SteppedClock(MORNING), FakeOutput(paces=paces), []
    frames, lane = FrameClock(clock), Lane("fake", ("all",))
    holds = [True]
    airings = AiringBook(frames, [lane], lambda *_: Yes())
    sink = Sink(output, lane, airings, clock=clock, frames=frames, tell=changes.append, has_air=lambda _: holds[0])
    airings.arm(Programme("s1", "all", Priority.NORMAL, (np.full(48_000 * 4, 1000, np.int16),)), MORNING)
    assert sink.ready(stepped=True)
    clock.advance(1.0)
    sink.step()
    heard = sum(np.count_nonzero(block) for block in output.blocks)
    assert heard > 40_000
    holds[0] = False
    clock.advance(1.0)
    sink.step()
    assert sum(np.count_nonzero(block) for block in output.blocks) == heard
    assert not output.is_open
    airings.close("stopped")
    ended = [one for one in airings.settle(force=True) if isinstance(one, Ended)]
    assert ended[0].frames_accepted <= 48_000 + 960


# Who rests


def test_a_machine_that_follows_runs_pages_and_a_silent_playout_and_nothing_else(tmp_path):
    folder = tmp_path / "pair"
    file, resting = AirFence(folder), Resting(folder)
    file.write(Air(phase=FenceState.FOLLOWS))
    running = {name for name in ("pair", "web", "playout", "worker", "link", "province") if not resting.rests(name)}
    assert running == {"pair", "web", "playout"}
    file.write(Air(9e9, FenceState.HOLDS))
    assert not any(map(resting.rests, ("worker", "link", "playout")))
    file.write(Air(phase=FenceState.LOST, turn=7))
    assert resting.rests("web")
    assert not resting.rests("pair")
    resting.over(frozenset({"pair", "web"}))
    assert not (folder / "quiet").exists()
    resting.over(frozenset({"pair"}))
    assert (folder / "quiet").read_text() == "7"
    file.close()


def test_a_process_that_is_to_rest_ends_even_if_it_is_stopped_and_comes_back_when_it_may(monkeypatch):
    import signal
    import subprocess
    import sys

    clock = SystemClock()
    watch = Supervisor([], clock, base=("playout",))
    (child,) = watch._children
    child.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    os.kill(child.process.pid, signal.SIGSTOP)
    watch.rests = lambda _: True
    deadline = clock.monotonic() + 120
    while watch.alive and clock.monotonic() < deadline:
        watch._look_after(child)
        clock.sleep_until(clock.monotonic() + 0.05)
    assert not watch.alive
    watch._look_after(child)
    assert child.process is None
    assert child.deaths == 0
