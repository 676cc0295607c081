"""The whole way to a real sound server and back: what its monitor hears against what was armed."""

import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from scheduler.clock import SystemClock
from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.errors import OutputError
from scheduler.playout.engine import Engine
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.null import Null
from scheduler.playout.outputs.pulse import PulseStream
from scheduler.playout.outputs.soundcard import SoundCard, find_soundcard
from scheduler.playout.programme import Ended, EngineEvent, OutputState, Programme, Started
from tests.playout.audio_server import AudioServer, audio_server

__all__ = ["audio_server"]

pytestmark = pytest.mark.needs_audio_server
TIMEOUT = 20


@dataclass(frozen=True)
class Yes:
    allowed: bool = True
    reason: str = ""


class Told:
    """Events as they come, and a way to wait for them."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self._news = threading.Condition()

    def __call__(self, event: EngineEvent) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait(self, found: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(found, TIMEOUT), self.events

    def of(self, kind: type) -> list[EngineEvent]:
        return [event for event in self.events if isinstance(event, kind)]


def noise(seconds: float, seed: int) -> Block:
    return np.random.default_rng(seed).integers(-12_000, 12_000, round(seconds * HOUSE_RATE)).astype(np.int16)


def place_of(sound: Block, capture: np.ndarray) -> tuple[int, float]:
    """Where `sound` lies in the capture, and how alike it is there (1 = the same)."""
    size = 1 << (len(capture) + len(sound)).bit_length()
    spectrum = np.fft.rfft(capture.astype(float), size) * np.conj(np.fft.rfft(sound.astype(float), size))
    match = np.fft.irfft(spectrum)[: len(capture) - len(sound) + 1]
    at = int(np.argmax(match))
    heard = capture[at : at + len(sound)].astype(float)
    return at, float(np.dot(heard, sound) / (np.linalg.norm(heard) * np.linalg.norm(sound.astype(float)) + 1e-9))


def streams(server: AudioServer) -> int:
    """How many streams play into the server."""
    asked = subprocess.run(
        ["pactl", "list", "short", "sink-inputs"], env=server.environment, capture_output=True, check=True
    )
    return len(asked.stdout.splitlines())


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_was_armed_is_heard_whole_and_gapless(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    chime, speech = noise(0.3, 1), noise(0.7, 2)
    with audio_server.capture() as capture:
        engine.start()
        start = clock.now() + timedelta(seconds=7)  # behind the time for which a start waits on a device just opened
        engine.arm(Programme("a", "all", Priority.NORMAL, (chime, speech, chime)), start)
        engine.arm(Programme("b", "all", Priority.NORMAL, (speech,)), start + timedelta(seconds=1.6))
        told.wait(lambda: len(told.of(Ended)) == 2)
        engine.stop()
    whole = np.concatenate([chime, speech, chime])
    first, likeness = place_of(whole, capture.sound)
    assert likeness > 0.99
    after = capture.sound[first + len(whole) :]
    second, likeness = place_of(speech, after)
    assert likeness > 0.99
    assert not capture.sound[: first - 50].any(), "something sounded before the first airing"
    assert not after[50 : second - 50].any(), "something sounded between the airings"
    apart = second + len(whole)
    assert apart == pytest.approx(1.6 * HOUSE_RATE, abs=HOUSE_RATE // 10)
    for event in told.of(Ended):
        assert isinstance(event, Ended)
        assert (event.frames_accepted, event.cut, event.outputs_ok) == (event.frames_total, None, ("loa",))
    started = told.of(Started)[0]
    assert isinstance(started, Started)
    assert abs(started.at - start) < timedelta(seconds=1)


def test_a_cut_is_silent_soon_after(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    with audio_server.capture() as capture:
        engine.start()
        engine.arm(Programme("a", "all", Priority.NORMAL, (noise(60, 3),)), clock.now() + timedelta(seconds=1.5))
        told.wait(lambda: bool(told.of(Started)))
        engine.cut("a", "stopped_by")
        told.wait(lambda: bool(told.of(Ended)))
        quiet_from = len(capture.sound)
        threading.Event().wait(0.3)
        engine.stop()
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert ended.cut == "stopped_by"
    assert capture.sound[:quiet_from].any()
    assert not capture.sound[quiet_from + HOUSE_RATE // 10 :].any()


def test_a_killed_server_is_found_again_and_the_others_go_on(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    card, other = SoundCard("loa", ("all",)), Null("khác", ("all",))
    engine = Engine(clock, [card, other], allow=lambda *_: Yes(), on_event=told)

    def states() -> list[OutputState]:
        return [health.state for health in engine.health()]

    engine.start()
    engine.arm(Programme("a", "all", Priority.NORMAL, (noise(2, 4),)), clock.now() + timedelta(seconds=2.2))
    told.wait(lambda: bool(told.of(Started)))
    threading.Event().wait(0.4)  # so that some of it has been heard
    audio_server.kill()
    told.wait(lambda: bool(told.of(Ended)))
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert dict(ended.frames)["khác"] == ended.frames_total
    assert 0 < dict(ended.frames)["loa"] < ended.frames_total
    assert ended.outputs_ok == ("khác",)
    assert states() == [OutputState.RETRYING, OutputState.OPEN]
    assert "sound server" in engine.health()[0].message
    audio_server.up()
    sound = noise(0.5, 5)
    with audio_server.capture() as capture:
        told.wait(lambda: states() == [OutputState.OPEN] * 2)
        engine.arm(Programme("b", "all", Priority.NORMAL, (sound,)), clock.now() + timedelta(seconds=2))
        told.wait(lambda: len(told.of(Ended)) == 2)
        engine.stop()
    assert place_of(sound, capture.sound)[1] > 0.99


def test_stop_fades_and_is_quick(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    with audio_server.capture() as capture:
        engine.start()
        engine.arm(Programme("a", "all", Priority.NORMAL, (noise(60, 6),)), clock.now() + timedelta(seconds=1.5))
        told.wait(lambda: bool(told.of(Started)))
        before = clock.monotonic()
        engine.stop()
        assert clock.monotonic() - before < 5
        threading.Event().wait(0.2)
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert ended.cut == "stopped"
    assert ended.frames_accepted > 0
    assert capture.sound.any()
    assert not capture.sound[-HOUSE_RATE // 10 :].any()


def test_the_card_that_would_be_used_is_said(audio_server: AudioServer):
    assert find_soundcard() == "PulseAudio, default device"
    assert find_soundcard("ward") == "PulseAudio, ward"
    assert SoundCard("loa", ("all",), device="ward").device.endswith("ward")


@pytest.mark.parametrize(
    ("address", "device", "sentence"),
    [
        pytest.param("unix:/nonexistent/native", "", "no sound server answers", id="no_server"),
        pytest.param(None, "no-such-sink", "no such device", id="no_device"),
    ],
)
def test_what_is_missing_is_named(
    audio_server: AudioServer,
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    device: str,
    sentence: str,
):
    if address:
        monkeypatch.setenv("PULSE_SERVER", address)
    with pytest.raises(OutputError, match=sentence):
        PulseStream(device, 0.3)


def test_a_server_that_is_stopped_is_an_error_within_seconds_and_is_found_again(
    audio_server: AudioServer,
):
    card = SoundCard("loa", ("all",), buffer=0.3, opening=0.5)
    assert audio_server.process is not None
    audio_server.process.send_signal(signal.SIGSTOP)
    try:
        before = set(threading.enumerate())
        for _ in range(3):
            with pytest.raises(OutputError, match=r"opening the sound card (gave no answer|still hangs)"):
                card.open()
        left = set(threading.enumerate()) - before
        assert len(left) == 1, "a thread was left behind for each try"
        with pytest.raises(OutputError, match="not open"):
            card.write(np.zeros(960, np.int16))
    finally:
        audio_server.process.send_signal(signal.SIGCONT)
    (thread,) = left
    thread.join(TIMEOUT)  # what it opened at last, it closed again
    assert not thread.is_alive()
    assert streams(audio_server) == 0
    card.open()
    card.write(np.zeros(960, np.int16))
    assert streams(audio_server) == 1
    card.close()


def test_looking_for_a_card_does_not_hang_either(audio_server: AudioServer):
    assert audio_server.process is not None
    audio_server.process.send_signal(signal.SIGSTOP)
    try:
        assert find_soundcard(opening=0.5) is None
    finally:
        audio_server.process.send_signal(signal.SIGCONT)
