"""The browser's microphone through a real file that grows, is cut, replaced and deleted while it is listened to."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel import beside
from scheduler.kernel.clock import SystemClock
from scheduler.playout.relay.sound import Pcm
from scheduler.playout.relay.tail import MOST_BEHIND, TailSource
from tests.playout.relay.listening import Kept, until
from tests.threads import Asking, starved


def words(frames: int, seed: int = 1) -> Pcm:
    return np.random.default_rng(seed).integers(-9000, 9000, frames).astype(np.int16)


class Microphone:
    """The web process: appends to the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = Kept()
        self.source = TailSource(path, self.kept.deliver, SystemClock(), silence_db=-50.0)

    def say(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[Microphone]:
    before, files = set(Path("/proc/self/task").iterdir()), len(list(Path("/proc/self/fd").iterdir()))
    made = Microphone(tmp_path / "lease.pcm")
    yield made
    made.source.stop()
    assert made.source.join(60.0)
    until(lambda: set(Path("/proc/self/task").iterdir()) <= before)
    assert len(list(Path("/proc/self/fd").iterdir())) <= files


def test_what_is_appended_is_heard_bit_by_bit(microphone):
    microphone.say(b"")
    microphone.source.start()
    said = words(10 * 960)
    for start in range(0, len(said), 960):
        microphone.say(said[start : start + 960].tobytes())
    assert np.array_equal(microphone.kept.wait_for(len(said) / HOUSE_RATE), said)
    seen = microphone.source.seen()
    assert seen.frames == len(said)
    assert seen.heard_at is not None
    assert seen.loud_at == seen.heard_at
    assert microphone.source.level_db() > -40.0


def test_what_was_said_before_is_not_heard(microphone):
    microphone.say(words(5000, 1).tobytes() + b"\x07")
    microphone.source.start()
    late = words(3000, 2)
    # the half sample that was there is completed first
    microphone.say(b"\x00" + late.tobytes())
    assert np.array_equal(microphone.kept.wait_for(3001 / HOUSE_RATE)[1:], late)


def test_half_samples_are_waited_for(microphone):
    microphone.source.start()
    said = words(500).tobytes()
    for start in range(0, len(said), 333):
        microphone.say(said[start : start + 333])
        threading.Event().wait(0.03)
    assert microphone.kept.wait_for(500 / HOUSE_RATE).tobytes() == said


def test_a_file_that_is_not_there_yet_is_waited_for_and_heard_from_its_start(microphone):
    microphone.source.start()
    threading.Event().wait(0.1)
    said = words(2000)
    microphone.say(said.tobytes())
    assert np.array_equal(microphone.kept.wait_for(2000 / HOUSE_RATE), said)


def test_an_emptied_file_is_heard_from_its_new_start(microphone):
    microphone.source.start()
    microphone.say(words(4000, 1).tobytes())
    microphone.kept.wait_for(4000 / HOUSE_RATE)
    os.truncate(microphone.path, 0)
    threading.Event().wait(0.1)
    again = words(1000, 2)
    microphone.say(again.tobytes())
    assert np.array_equal(microphone.kept.wait_for(5000 / HOUSE_RATE)[4000:], again)


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_new_file_in_the_same_place_is_heard(microphone, how):
    microphone.source.start()
    microphone.say(words(4000, 1).tobytes())
    microphone.kept.wait_for(4000 / HOUSE_RATE)
    again = words(3000, 2)
    if how == "deleted":
        microphone.path.unlink()
        threading.Event().wait(0.1)
        microphone.say(again.tobytes())
    else:
        other = microphone.path.with_suffix(".new")
        other.write_bytes(again.tobytes())
        other.replace(microphone.path)
    assert np.array_equal(microphone.kept.wait_for(7000 / HOUSE_RATE)[4000:], again)


def test_a_voice_that_lags_skips_to_the_last_two_seconds(microphone):
    microphone.source.start()
    said = words(6 * HOUSE_RATE)
    # all at once, so that the source never sees a part of it
    other = microphone.path.with_suffix(".new")
    other.write_bytes(said.tobytes())
    other.replace(microphone.path)
    heard = microphone.kept.wait_for(2.0)
    assert len(heard) == MOST_BEHIND // 2
    assert np.array_equal(heard, said[-len(heard) :])


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link"])
def test_what_is_no_plain_file_gives_nothing_and_hangs_nothing(microphone, tmp_path, kind):
    if kind == "a folder":
        microphone.path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(microphone.path)
    else:
        (tmp_path / "secret").write_bytes(words(1000).tobytes())
        microphone.path.symlink_to(tmp_path / "secret")
    microphone.source.start()
    threading.Event().wait(0.2)
    assert microphone.source.seen().heard_at is None


def test_nothing_comes_after_the_end(microphone):
    microphone.source.start()
    microphone.say(words(1000).tobytes())
    microphone.kept.wait_for(1000 / HOUSE_RATE)
    microphone.source.stop()
    until(lambda: microphone.source.join(0.1))
    microphone.say(words(1000).tobytes())
    threading.Event().wait(0.1)
    assert len(microphone.kept.sound) == 1000


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_a_source_without_a_thread_is_begun_anew_by_who_looks_at_it(microphone, monkeypatch, refuses):
    microphone.say(b"")
    asking = Asking(microphone.source.start)
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        asking.ask()
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.05)
        until(lambda: (microphone.source.seen(), machine.tried)[1] > 1)
    monkeypatch.setattr(beside, "BEGINS_WITHIN", 5.0)  # an attempt from before may still be waited for
    said = words(10 * 960)
    microphone.say(said.tobytes())
    until(lambda: microphone.source.seen().frames == len(said))
    assert np.array_equal(microphone.kept.wait_for(len(said) / HOUSE_RATE), said)  # measured first, then delivered
