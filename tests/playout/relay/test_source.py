"""Streams through a real child process: what comes out of it, what it may do, and how it ends."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.playout.relay.source import ChildSource, stream_command
from tests.playout.relay.faces import Faces, faces, mp3, stream
from tests.playout.relay.listening import Kept, children, nothing_left_behind, pitch_of, until

ALLOWED = ("127.0.0.1",)


@pytest.fixture(scope="module")
def server() -> Iterator[Faces]:
    with faces() as running:
        yield running


@pytest.fixture(autouse=True)
def clean(server) -> Iterator[None]:
    with nothing_left_behind():
        yield
        until(lambda: not any(thread.name.endswith("(_answer)") for thread in threading.enumerate()))


def command(url: str, **more: object) -> list[str]:
    settings = {"allow_private": False, "allowed_hosts": ALLOWED, "target_lufs": -17.0, "idle": 60.0} | more
    return stream_command(url, **settings)  # type: ignore[arg-type]  # a table of settings


class Listening:
    def __init__(self, url: str, **more: object) -> None:
        self.kept = Kept()
        self.source = ChildSource(command(url, **more), self.kept.deliver, SystemClock(), silence_db=-50.0)

    def __enter__(self) -> Self:
        self.source.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.source.stop()
        assert self.source.join(60.0)


@pytest.mark.parametrize("path", ["mp3", "aac", "opus"])
def test_a_stream_becomes_house_format_in_real_time(server, path):
    with Listening(server.url(path)) as listening:
        sound = listening.kept.wait_for(2.6)
        assert pitch_of(sound) == 440
        with listening.kept.news:
            parts, came = list(listening.kept.parts), list(listening.kept.came)
        for had, at in zip(np.cumsum([len(part) for part in parts]), came, strict=True):
            assert had / HOUSE_RATE < at - came[0] + 2.0 + 0.5
        seen = listening.source.seen()
        assert seen.fault == ""
        assert seen.loud_at is not None
        assert -20.0 < listening.source.level_db() < -14.0


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("to-metadata", "relay_private_address"),
        ("html", "relay_not_audio"),
        ("hls.m3u8", "relay_hls"),
        ("bomb", "relay_not_audio"),
    ],
)
def test_a_refused_stream_is_asked_for_once(server, path, why):
    before = server.visits.count(path)
    with Listening(server.url(path)) as listening:
        until(lambda: listening.source.seen().fault == why)
        assert listening.source.join(60.0)
        assert listening.source.seen().heard_at is None
    assert server.visits.count(path) == before + 1


def test_an_address_that_is_not_allowed_is_refused_by_the_child_itself(server):
    with Listening(server.url("mp3"), allowed_hosts=()) as listening:
        until(lambda: listening.source.seen().fault == "relay_private_address")


def test_a_stream_that_ends_is_taken_up_again(server):
    with Listening(server.url("short")) as listening:
        sound = listening.kept.wait_for(2.0)
        assert listening.source.seen().fault == "relay_ended"
    assert server.visits.count("short") >= 2
    assert np.abs(sound).max() > 3000


def test_a_child_that_is_killed_is_followed_by_another(server):
    with Listening(server.url("mp3")) as listening:
        listening.kept.wait_for(0.5)
        first = listening.source.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: listening.source.pid not in {None, first})
        had = len(listening.kept.sound) / HOUSE_RATE
        listening.kept.wait_for(had + 0.5)
        assert listening.source.seen().fault == "relay_fault"


def test_a_child_that_hangs_does_not_hold_up_the_end(server):
    with Listening(server.url("mp3")) as listening:
        listening.kept.wait_for(0.2)
        assert listening.source.pid is not None
        os.kill(listening.source.pid, signal.SIGSTOP)


def test_the_child_gives_up_priority_memory_and_files(server):
    with Listening(server.url("mp3")) as listening:
        listening.kept.wait_for(0.5)
        pid = listening.source.pid
        assert pid is not None
        assert os.getpriority(os.PRIO_PROCESS, pid) >= 5
        assert os.sched_getscheduler(pid) == os.SCHED_OTHER
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
        assert rows["Max open files"] == "1"
        assert rows["Max file size"] == "0"
        assert int(rows["Max address space"]) <= 1 << 30
        assert int(rows["Max cpu time"]) < 60
        open_now = [str(name.readlink()) for name in Path(f"/proc/{pid}/fd").iterdir()]
        known = ("pipe:", "socket:", "/dev/null", "/dev/shm/faketime_")  # noqa: S108 - the last is libfaketime's own
        assert not [name for name in open_now if not name.startswith(known)]


def test_a_child_whose_listener_has_died_ends_by_itself(server):
    """As when playout is killed: nobody is left to end it."""
    child = subprocess.Popen(command(server.url("mp3")), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.read(9600)
    child.stdout.close()
    try:
        assert child.wait(timeout=120) == 0
        assert child.stderr.read() == b""
    finally:
        child.stderr.close()


def test_a_thread_with_real_time_priority_does_not_hand_it_on(server):
    """Playout asks for SCHED_FIFO, and threads and children inherit it."""
    script = (
        "import os, sys, threading\n"
        "try:\n    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))\n"
        "except OSError:\n    print('not permitted'); sys.exit()\n"
        "from scheduler.playout.priority import be_ordinary\n"
        "seen = []\n"
        "thread = threading.Thread(target=lambda: (be_ordinary(), seen.append(os.sched_getscheduler(0))))\n"
        "thread.start(); thread.join()\n"
        "print(seen[0] == os.SCHED_OTHER and os.sched_getscheduler(0) == os.SCHED_FIFO)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert told in {"True", "not permitted"}


def test_a_decoder_that_computes_without_making_sound_is_ended_by_the_system():
    script = (
        "from scheduler.playout.relay import child\nimport numpy as np\n"
        "child.CPU_SECONDS = 1\n"
        "def work():\n    child.write(np.zeros(10, np.int16))\n    while True:\n        pass\n"
        "child.run_child(work)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGXCPU
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 6.0


def test_a_stream_that_changes_its_rate_and_channels_goes_on(server):
    from tests.playout.relay.faces import encoded, tone

    parts = [encoded(tone(0.8, rate=44_100), "mp3", "libmp3lame", rate=44_100), mp3(seconds=1.0)]
    server.faces["mixed"] = stream("audio/mpeg", lambda: b"".join(parts))
    with Listening(server.url("mixed")) as listening:
        sound = listening.kept.wait_for(2.4)
    assert np.abs(sound[HOUSE_RATE // 2 :].reshape(-1, 2)).max() > 3000
    assert pitch_of(sound[: round(0.7 * HOUSE_RATE)]) == 440


def test_rubbish_in_the_middle_of_a_stream_does_not_end_it(server):
    rubbish = np.random.default_rng(3).bytes(20_000)
    server.faces["rubbish"] = stream("audio/mpeg", lambda: mp3(seconds=1.0) + rubbish)
    with Listening(server.url("rubbish")) as listening:
        listening.kept.wait_for(2.4)


def test_stopping_before_anything_came_leaves_nothing(server):
    with Listening(server.url("nothing")):
        until(lambda: bool(children()))
