"""The engine on the machine's own clocks and threads, with outputs that need no sound server."""

import threading
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.engine import Engine
from scheduler.playout.outputs import Output
from scheduler.playout.outputs.null import Null
from scheduler.playout.outputs.wavfile import WavFile
from scheduler.playout.programme import Ended, EngineEvent, OutputState, Programme, Started
from scheduler.playout.sink import Sink
from tests.playout.aired import outputs_ok
from tests.playout.fake_output import FakeOutput


@dataclass(frozen=True)
class Yes:
    allowed: bool = True
    reason: str = ""


class Live:
    """A running engine, and a way to wait for what it tells."""

    def __init__(self, *outputs: Output) -> None:
        self.clock = SystemClock()
        self.events: list[EngineEvent] = []
        self.told_on: set[str] = set()
        self._news = threading.Condition()
        self.engine = Engine(self.clock, outputs, allow=lambda *_: Yes(), on_event=self._listen)

    def _listen(self, event: EngineEvent) -> None:
        with self._news:
            self.events.append(event)
            self.told_on.add(threading.current_thread().name)
            self._news.notify_all()

    def wait(self, found: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(found, 120), self.events

    @property
    def ended(self) -> list[Ended]:
        return [event for event in self.events if isinstance(event, Ended)]

    @property
    def started(self) -> list[Started]:
        return [event for event in self.events if isinstance(event, Started)]

    def arm(self, sound: np.ndarray, after: float, slot_id: str = "a") -> None:
        start = self.clock.now() + timedelta(seconds=after)
        self.engine.arm(Programme(slot_id, "all", Priority.NORMAL, (sound,)), start)


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(7).integers(-30_000, 30_000, round(seconds * HOUSE_RATE)).astype(np.int16)


def test_a_recording_in_real_time_has_every_sample(tmp_path: Path):
    output = WavFile("loa", ("all",), folder=tmp_path, zone=ZoneInfo("Asia/Ho_Chi_Minh"))
    live = Live(output, Null("khác", ("all",)))
    live.engine.start()
    live.arm(noise(0.7), 0.3)
    live.wait(lambda: bool(live.ended))
    live.engine.stop()
    assert output.last is not None
    with wave.open(str(output.last)) as file:
        assert np.array_equal(np.frombuffer(file.readframes(file.getnframes()), "<i2"), noise(0.7))
    assert outputs_ok(live.ended[0]) == ("loa", "khác")
    assert live.ended[0].cut is None
    assert live.told_on == {"engine events"}


def test_what_is_armed_too_late_is_whole():
    out = FakeOutput()
    live = Live(out)
    live.engine.start()
    live.arm(noise(0.3), -5)
    live.wait(lambda: bool(live.ended))
    live.engine.stop()
    assert np.array_equal(out.sound, noise(0.3))
    assert live.started[0].late >= timedelta(seconds=4.5)


def test_stop_ends_everything_once_and_closes_the_outputs():
    out = FakeOutput()
    live = Live(out)
    live.engine.start()
    live.arm(noise(30), 0.1)
    live.arm(noise(1), 3600, "later")
    live.wait(lambda: bool(live.started))
    live.engine.stop()
    assert not out.is_open
    ends = {event.slot_id: event for event in live.ended}  # which is told first hangs on how long the fading takes
    assert {slot_id: event.cut for slot_id, event in ends.items()} == {"a": "stopped", "later": "stopped"}
    assert ends["a"].frames_accepted == out.frames
    live.engine.stop()
    assert len(live.ended) == 2


def test_a_hanging_output_does_not_hold_up_the_stop_nor_the_others():
    class Hanging(FakeOutput):
        def write(self, block: np.ndarray) -> None:
            release.wait()
            super().write(block)

    class Watched(FakeOutput):
        def end(self, slot_id: str) -> None:
            super().end(slot_id)
            done.set()

    release, done = threading.Event(), threading.Event()
    bad, good = Hanging("bad"), Watched("good")
    live = Live(bad, good)
    live.engine.start()
    live.arm(noise(0.3), 0.1)
    live.wait(lambda: bool(live.started))
    assert done.wait(120)
    live.engine.stop()
    release.set()
    assert np.array_equal(good.sound, noise(0.3))
    (ended,) = live.ended
    assert dict(ended.frames) == {"bad": 0, "good": round(0.3 * HOUSE_RATE)}


def test_a_fault_beside_the_writing_ends_no_thread_of_an_output(monkeypatch):
    usual, rests = Sink._pause_before_next, []

    def short_of_memory(sink):
        rests.append(sink)
        if len(rests) == 3:
            raise MemoryError
        return usual(sink)

    monkeypatch.setattr(Sink, "_pause_before_next", short_of_memory)
    out = FakeOutput()
    live = Live(out)
    live.engine.start()
    live.wait(lambda: len(live.events) >= 3)
    live.arm(noise(0.3), 0.1)
    live.wait(lambda: bool(live.ended))
    live.engine.stop()
    assert [event.state for event in live.events[:3]] == [OutputState.OPEN, OutputState.RETRYING, OutputState.OPEN]
    assert np.array_equal(out.sound, noise(0.3))


def test_an_output_that_is_away_at_the_start_is_found_later():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    live = Live(out)
    live.engine.start()
    live.wait(lambda: bool(live.events))
    assert live.engine.health()[0].state is OutputState.RETRYING
    out.refuse_open = None
    live.arm(noise(0.2), 0)
    live.wait(lambda: bool(live.ended))
    live.engine.stop()
    assert np.array_equal(out.sound, noise(0.2))


def test_an_engine_is_started_once():
    live = Live(FakeOutput())
    live.engine.start()
    with pytest.raises(RuntimeError, match="once"):
        live.engine.start()
    live.engine.stop()
    with pytest.raises(RuntimeError, match="once"):
        live.engine.start()


def test_stopping_what_never_ran_is_harmless():
    live = Live(FakeOutput())
    live.engine.stop()
    assert live.events == []
